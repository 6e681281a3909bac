package scan

import "time"

// Schedule is when scans begin by themselves. The zero Schedule is never: by hand.
type Schedule struct {
	Daily  bool
	Minute int    // of the day, by the clocks of the zone: 0 to 1439
	Zone   string // a name of the IANA time zone database, such as "Europe/Berlin"
}

// Clock is the time of day as people write it: "02:30".
func (s Schedule) Clock() string {
	return time.Date(0, 1, 1, s.Minute/60, s.Minute%60, 0, 0, time.UTC).Format("15:04")
}
