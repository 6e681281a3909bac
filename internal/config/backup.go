package config

import (
	"strconv"
	"strings"
	"time"
)

// backup reads when backups are made (R65).
func (r *reader) backup(data string) Backup {
	b := Backup{Dir: r.apart("PURSER_BACKUP_DIR", data)}
	at := r.text("PURSER_BACKUP_AT", "02:30", fixed)
	keep := r.text("PURSER_BACKUP_KEEP", "14", fixed)
	clock, zone, _ := strings.Cut(at, " ")
	moment, err := time.Parse("15:04", clock)
	b.Replica = r.apart("PURSER_REPLICA_DIR", data)
	b.Minute, b.Zone = moment.Hour()*60+moment.Minute(), zone
	if zone == "" {
		b.Zone = "UTC"
	}
	if _, unknown := time.LoadLocation(b.Zone); err != nil || unknown != nil || b.Zone == "Local" {
		r.wrong("PURSER_BACKUP_AT", "must be a time of day, in UTC or with a time zone, such as 02:30 or 02:30 Europe/Berlin.")
	}
	if b.Keep, err = strconv.Atoi(keep); err != nil || b.Keep < 1 || b.Keep > 1000 {
		r.wrong("PURSER_BACKUP_KEEP", "must be a number from 1 to 1000.")
	}
	for _, name := range []string{"PURSER_BACKUP_AT", "PURSER_BACKUP_KEEP"} {
		if b.Dir == "" && !r.refused["PURSER_BACKUP_DIR"] && (r.env[name] != "" || r.env[name+"_FILE"] != "") {
			r.wrong(name, "needs PURSER_BACKUP_DIR, the folder for the backups.")
		}
	}
	return b
}

// apart is a folder for what must not be lost together with the data folder.
func (r *reader) apart(name, data string) string {
	folder := r.text(name, "", place)
	if folder != "" && data != "" && Inside(data, folder) {
		r.wrong(name, "must not be inside PURSER_DATA; choose a folder on another disk.")
	}
	return folder
}
