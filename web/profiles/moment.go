package profiles

import (
	"strconv"
	"time"
)

// moment spells a time for somebody who reads at now. A zero time is no moment.
func moment(at, now time.Time) timeView {
	if at.IsZero() {
		return timeView{}
	}
	at = at.UTC()
	return timeView{ISO: at.Format(time.RFC3339), Text: relative(at.Sub(now)), Full: at.Format("2 January 2006, 15:04 UTC")}
}

// relative says how far away a time is: "in 6 days", "12 minutes ago". It rounds down, so that nobody is told of more time
// than is left; the distance to the past is rounded down too.
func relative(distance time.Duration) string {
	if distance.Abs() < time.Minute {
		return "just now"
	}
	words := span(distance.Abs())
	if distance < 0 {
		return words + " ago"
	}
	return "in " + words
}

// span counts in the largest unit that fits at least once, in days up to three months.
func span(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d < time.Hour:
		return counted(int(d/time.Minute), "minute")
	case d < day:
		return counted(int(d/time.Hour), "hour")
	case d < 90*day:
		return counted(int(d/day), "day")
	case d < 730*day:
		return counted(int(d/(30*day)), "month")
	default:
		return counted(int(d/(365*day)), "year")
	}
}

// counted is a number with its noun: "1 day", "2 days".
func counted(count int, noun string) string {
	if count == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(count) + " " + noun + "s"
}
