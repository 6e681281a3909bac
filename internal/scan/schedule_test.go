package scan_test

import (
	"testing"
	"time"
	_ "time/tzdata"

	"purser.example/internal/scan"
)

func at(t testing.TB, text string) time.Time {
	t.Helper()
	moment, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return moment.UTC()
}

func daily(zone string, hour, minute int) scan.Schedule {
	return scan.Schedule{Daily: true, Minute: hour*60 + minute, Zone: zone}
}

// R52: daily times are by the clocks of a zone, and survive both changes of the clocks.
func TestTheNextTimeR52(t *testing.T) {
	berlin := daily("Europe/Berlin", 2, 30)
	for _, c := range []struct {
		name     string
		schedule scan.Schedule
		after    string
		last     string // the slot of the former scan; empty: none
		want     string // empty: never
	}{
		{"later today", berlin, "2026-11-30T00:00:00Z", "", "2026-11-30T01:30:00Z"},
		{"at the very moment it is tomorrow", berlin, "2026-11-30T01:30:00Z", "", "2026-12-01T01:30:00Z"},
		{"by hand", scan.Schedule{}, "2026-11-30T00:00:00Z", "", ""},
		{"a zone that nobody knows", daily("Europe/Atlantis", 2, 30), "2026-11-30T00:00:00Z", "", ""},
		{"the machine's own zone is none", daily("Local", 2, 30), "2026-11-30T00:00:00Z", "", ""},
		{"midnight", daily("Europe/Berlin", 0, 0), "2026-11-30T22:59:59Z", "", "2026-11-30T23:00:00Z"},
		{"the last minute", daily("Asia/Tokyo", 23, 59), "2026-11-30T14:58:00Z", "", "2026-11-30T14:59:00Z"},
		{"a time that the clocks leave out is the first moment after", berlin, "2027-03-27T12:00:00Z", "", "2027-03-28T01:00:00Z"},
		{"and the day after it is itself again", berlin, "2027-03-28T01:00:00Z", "2027-03-28T01:00:00Z", "2027-03-29T00:30:00Z"},
		{"a time that the clocks have twice is the first of both", berlin, "2026-10-24T12:00:00Z", "", "2026-10-25T00:30:00Z"},
		{"and comes once", berlin, "2026-10-25T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"},
		{"and once though it was missed", berlin, "2026-10-25T01:00:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"},
		{"half an hour's change", daily("Australia/Lord_Howe", 2, 15), "2026-10-03T00:00:00Z", "", "2026-10-03T15:30:00Z"},
		{"a day that a zone never had", daily("Pacific/Apia", 2, 0), "2011-12-29T12:30:00Z", "", "2011-12-30T10:00:00Z"},
		{"and its next day has one scan, not two", daily("Pacific/Apia", 2, 0), "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z", "2011-12-31T12:00:00Z"},
		{"a gap at midnight", daily("America/Sao_Paulo", 0, 30), "2018-11-03T12:00:00Z", "", "2018-11-04T03:00:00Z"},
		{"a missed week is made up for by the scan that begins now", berlin, "2026-12-07T12:00:00Z", "2026-11-30T01:30:00Z", "2026-12-08T01:30:00Z"},
		{"a clock that went back a day makes no second scan for a day", berlin, "2026-11-29T12:00:00Z", "2026-11-30T01:30:00Z", "2026-12-01T01:30:00Z"},
		{"nor does one that went back by weeks", berlin, "2026-11-01T12:00:00Z", "2026-11-30T01:30:00Z", "2026-12-01T01:30:00Z"},
		{"another zone counts from the next time on", daily("America/New_York", 2, 30), "2026-11-30T02:00:00Z", "", "2026-11-30T07:30:00Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var last, want time.Time
			if c.last != "" {
				last = at(t, c.last)
			}
			if c.want != "" {
				want = at(t, c.want)
			}
			if got := c.schedule.Next(at(t, c.after), last); !got.Equal(want) {
				t.Errorf("%s after %s: %s, want %s", c.schedule.Clock(), c.after, got, want)
			}
		})
	}
}

// R52: whatever the zone, the time and the moment, a next time comes, later than the moment, within two days, and on a later day than the last.
func FuzzNext(f *testing.F) {
	f.Add(int64(1_774_659_600), 150, uint8(0))
	f.Add(int64(1_792_888_200), 150, uint8(1))
	f.Add(int64(1_325_203_200), 120, uint8(4))
	zones := []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "America/Sao_Paulo", "Africa/Casablanca", "Asia/Tehran", "UTC"}
	f.Fuzz(func(t *testing.T, seconds int64, minute int, zone uint8) {
		const most = 4_000_000_000
		s := scan.Schedule{Daily: true, Minute: ((minute % 1440) + 1440) % 1440, Zone: zones[int(zone)%len(zones)]}
		after := time.Unix(((seconds%most)+most)%most, 0)
		place, err := time.LoadLocation(s.Zone)
		if err != nil {
			t.Fatal(err)
		}
		next := s.Next(after, time.Time{})
		if !next.After(after) || next.Sub(after) > 50*time.Hour {
			t.Fatalf("%+v after %s: %s", s, after.In(place), next.In(place))
		}
		following := s.Next(next, next)
		if following.Sub(next) > 50*time.Hour || following.In(place).Format(time.DateOnly) <= next.In(place).Format(time.DateOnly) {
			t.Fatalf("%+v after %s: %s", s, next.In(place), following.In(place))
		}
		if shown := next.In(place); shown.Hour()*60+shown.Minute() < s.Minute && shown.Day() == after.In(place).Day() {
			t.Fatalf("%+v after %s: %s is too early", s, after.In(place), shown)
		}
	})
}
