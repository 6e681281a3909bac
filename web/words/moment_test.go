package words

import (
	"testing"
	"time"
)

func TestAMomentReadsAsAPersonWouldSayIt(t *testing.T) { // R10
	now := time.Date(2026, 11, 23, 14, 2, 11, 0, time.UTC)
	const day = 24 * time.Hour
	for distance, want := range map[time.Duration]string{
		0:                                "just now",
		59 * time.Second:                 "just now",
		-59 * time.Second:                "just now",
		-time.Minute:                     "1 minute ago",
		-12 * time.Minute:                "12 minutes ago",
		-(time.Hour + 59*time.Minute):    "1 hour ago",
		6*day + 23*time.Hour:             "in 6 days",
		-day:                             "1 day ago",
		62 * day:                         "in 62 days",
		90 * day:                         "in 3 months",
		-400 * day:                       "13 months ago",
		800 * day:                        "in 2 years",
		-(24*time.Hour - time.Second):    "23 hours ago",
		time.Duration(-59) * time.Minute: "59 minutes ago",
	} {
		if got := Moment(now.Add(distance), now).Text; got != want {
			t.Errorf("%s away reads %q, want %q", distance, got, want)
		}
	}
	zone := time.FixedZone("", 3600)
	if got := Moment(now.In(zone), now); got.ISO != "2026-11-23T14:02:11Z" || got.Full != "November 23, 2026, 14:02 UTC" {
		t.Errorf("the exact spellings are %+v", got)
	}
	if Moment(time.Time{}, now) != (Time{}) {
		t.Error("no time is a moment")
	}
}

func TestNamesAreJoinedAsInASentence(t *testing.T) {
	for want, names := range map[string][]string{"": nil, "Fly": {"Fly"}, "Fly and Opus": {"Fly", "Opus"}, "Fly, Opus and Cense": {"Fly", "Opus", "Cense"}} {
		if got := Sentence(names); got != want {
			t.Errorf("%q reads %q", names, got)
		}
	}
}
