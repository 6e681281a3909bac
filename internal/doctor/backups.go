package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"purser.example/internal/app"
	"purser.example/internal/backup"
	"purser.example/internal/secret"
)

// late is the age from which a daily backup is missed: a day and the hour by which clocks change, and time to make it.
const late = 26 * time.Hour

// backups looks whether the scheduled backups are made, and whether the newest can be restored (R65).
func backups(ctx context.Context, l *look) []Finding {
	folder := l.cfg.Backup.Dir
	if folder == "" {
		return only(ok("Purser makes no backups by itself, because PURSER_BACKUP_DIR is not set."))
	}
	kept, err := app.ShelfOf(l.cfg).Backups()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return only(wrong("The folder for backups "+folder+" is not there.", "Make it for the account that Purser runs as, with mode 700, or correct PURSER_BACKUP_DIR."))
	case err != nil:
		return only(wrong("The folder for backups "+folder+" cannot be looked at: "+reason(err)+".", "Run this command with the account that Purser runs as, or as root."))
	case writable(folder) != nil:
		return only(wrong("The account that runs this command may not write to "+folder+".", "Give the folder to the account that Purser runs as, with mode 700; or run this command with that account."))
	case len(kept) == 0:
		return only(warning("There is no scheduled backup in "+folder+" yet.", "Purser makes the first at the time of PURSER_BACKUP_AT. To have one now, use `purser backup` (docs/backup.md)."))
	}
	return only(l.newest(ctx, kept))
}

// newest looks at the newest backup as a restore does.
func (l *look) newest(ctx context.Context, kept []backup.Kept) Finding {
	newest := kept[0]
	age := l.Now().Sub(newest.Made)
	if age > late {
		return wrong(fmt.Sprintf("The newest of %s is %s old.", counted(len(kept), "backup"), spoken(age)), "Look for \"THE BACKUP FAILED\" in the log of Purser, and whether Purser runs at the time of PURSER_BACKUP_AT.")
	}
	keepers, err := app.Keepers(l.cfg)
	if err != nil {
		return wrong("PURSER_KEY is not a key.", remedies["PURSER_KEY"])
	}
	switch _, err := backup.Verify(ctx, newest.Path, keepers...); {
	case errors.Is(err, secret.ErrUnavailable), errors.Is(err, secret.ErrRefused):
		return warning(fmt.Sprintf("The newest of %s is %s old. Whether it can be restored cannot be told without the key service.", counted(len(kept), "backup"), spoken(age)), keyServiceRemedy)
	case errors.Is(err, secret.ErrWrongKey):
		return wrong("The newest backup was made with another key.", "Keep the former key as long as you keep its backups (docs/keys.md).")
	case err != nil:
		return wrong("The newest backup, "+newest.Path+", can't be restored: it is damaged or can't be read.", "Make another one with `purser backup` now, and look at the disk.")
	}
	return ok("The newest of %s is %s old and can be restored.", counted(len(kept), "backup"), spoken(age))
}

// spoken is a span of time as people say it.
func spoken(age time.Duration) string {
	switch {
	case age < 2*time.Minute:
		return counted(int(max(0, age)/time.Second), "second")
	case age < 2*time.Hour:
		return counted(int(age/time.Minute), "minute")
	case age < 72*time.Hour:
		return counted(int(age/time.Hour), "hour")
	}
	return counted(int(age/(24*time.Hour)), "day")
}

// behind is from when on a continuous copy is not one: Litestream copies every second.
const behind = time.Minute

// replica looks whether the continuous copy goes on.
func replica(_ context.Context, l *look) []Finding {
	folder := l.cfg.Backup.Replica
	if folder == "" {
		return only(ok("No continuous copy is looked at, because PURSER_REPLICA_DIR is not set."))
	}
	const remedy = "Look whether Litestream runs and what it logs: systemctl status purser-litestream (docs/backup.md)."
	through, err := app.ReplicaOf(l.cfg).Through(l.Now())
	late := l.Now().Sub(through)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return only(wrong("The folder of the continuous copy "+folder+" is not there.", "Make it for the account that Purser runs as, with mode 700, or correct PURSER_REPLICA_DIR."))
	case errors.Is(err, backup.ErrNoReplica):
		return only(wrong("There is no continuous copy in "+folder+".", remedy))
	case err != nil:
		return only(wrong("The continuous copy in "+folder+" cannot be looked at: "+reason(err)+".", "Run this command with the account that Purser runs as, or as root."))
	case late > behind:
		return only(wrong("The continuous copy is "+spoken(late)+" behind.", remedy))
	}
	return only(ok("The continuous copy in %s is up to date.", folder))
}
