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

// farthest is how many days are looked at for the next time: where clocks are put forward by a whole day, the next but one has it.
const farthest = 4

// Next is when the next scan begins: the first time of the schedule that is after a moment, on a later day, by the clocks of the zone, than
// last, the time for which the former scan began. So a time that was missed is made up for once, and a clock that was wrong for a while makes
// neither a storm nor a second scan for a day. It is zero for a schedule that never begins, and for a zone that nobody knows.
//
// Where the clocks leave the time out, it is the first moment after the gap; where they have it twice, the first of both.
func (s Schedule) Next(after, last time.Time) time.Time {
	zone, known := zoneOf(s.Zone)
	if !s.Daily || !known {
		return time.Time{}
	}
	year, month, day := after.In(zone).Date()
	for d := range farthest {
		at := moment(year, month, day+d-1, s.Minute, zone)
		if at.After(after) && (last.IsZero() || dayOf(at, zone) > dayOf(last, zone)) {
			return at.UTC()
		}
	}
	// The clock is far behind the former scan: its day stays the last one that had a scan.
	year, month, day = last.In(zone).Date()
	return moment(year, month, day+1, s.Minute, zone).UTC()
}

// zoneOf finds a zone by its name. The names that Go has for itself, and what would be the machine's own, are none.
func zoneOf(name string) (*time.Location, bool) {
	if name == "" || name == "Local" {
		return nil, false
	}
	zone, err := time.LoadLocation(name)
	return zone, err == nil
}

// dayOf numbers a day by the clocks of a zone, in the order of days.
func dayOf(at time.Time, zone *time.Location) int {
	year, month, day := at.In(zone).Date()
	return (year*12+int(month))*31 + day
}

// moment is the first moment at which the clocks of a zone show the minute of the day or a later one. Each stretch of time with one
// offset is looked at in its order: where the time lies before the stretch, it fell into the gap at its beginning.
func moment(year int, month time.Month, day, minute int, zone *time.Location) time.Time {
	wall := time.Date(year, month, day, 0, minute, 0, 0, time.UTC) // the clocks' time, as if it were UTC
	for from := wall.Add(-27 * time.Hour); ; {
		at := from.In(zone)
		_, offset := at.Zone()
		found := wall.Add(-time.Duration(offset) * time.Second)
		_, end := at.ZoneBounds()
		switch {
		case found.Before(from):
			return from
		case end.IsZero() || found.Before(end):
			return found
		}
		from = end.UTC()
	}
}
