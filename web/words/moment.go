// Package words spells for people what every screen tells: times, numbers and lists of names. It knows nobody.
package words

import (
	"strconv"
	"strings"
	"time"
)

// Time is a moment in three spellings; the zero value is no moment.
type Time struct {
	ISO  string // for machines: "2026-11-23T14:02:11Z"
	Text string // in sight: "12 minutes ago"
	Full string // in the title, and on paper: "November 23, 2026, 14:02 UTC"
	Now  string // when Text was so, in seconds since 1970: from there js/time.js goes on
}

// Moment spells a time for somebody who reads at now. A zero time is no moment.
func Moment(at, now time.Time) Time {
	if at.IsZero() {
		return Time{}
	}
	at = at.UTC()
	return Time{ISO: at.Format(time.RFC3339), Text: relative(at.Sub(now)), Full: at.Format("January 2, 2006, 15:04 UTC"), Now: strconv.FormatInt(now.Unix(), 10)}
}

// Brief is ISO without its seconds where they make no difference to Text.
func (t Time) Brief() string {
	if at, seconds := strings.CutSuffix(t.ISO, "Z"); seconds && len(at) == len("2026-11-23T14:02:11") && !strings.Contains(t.Text, "minute") && t.Text != justNow {
		return at[:len(at)-len(":11")] + "Z"
	}
	return t.ISO
}

const justNow = "just now"

// relative says how far away a time is: "in 6 days", "12 minutes ago". It rounds down, so that nobody is told of more time
// than is left; the distance to the past is rounded down too.
func relative(distance time.Duration) string {
	if distance.Abs() < time.Minute {
		return justNow
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
		return Counted(int(d/time.Minute), "minute")
	case d < day:
		return Counted(int(d/time.Hour), "hour")
	case d < 90*day:
		return Counted(int(d/day), "day")
	case d < 730*day:
		return Counted(int(d/(30*day)), "month")
	default:
		return Counted(int(d/(365*day)), "year")
	}
}

// Took is how long something went on, in whole seconds or minutes; empty while it goes on.
func Took(begun, ended time.Time) string {
	if ended.IsZero() {
		return ""
	}
	d := ended.Sub(begun).Round(time.Second)
	if d < time.Minute {
		return Counted(max(int(d.Seconds()), 1), "second")
	}
	return Counted(int(d.Round(time.Minute).Minutes()), "minute")
}

// Number writes thousands with a comma.
func Number(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// Counted is a number with its noun: "1 day", "2,000 days".
func Counted(count int, noun string) string {
	if count == 1 {
		return "1 " + noun
	}
	return Number(count) + " " + noun + "s"
}

// Plural chooses between two spellings by a number.
func Plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
