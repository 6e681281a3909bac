package m365sim

import (
	"errors"
	"strconv"
	"time"
)

// moment reads a time of a fixture: RFC 3339, or a signed number of days or hours from start (-30d, +5d, -36h).
func moment(text string, start time.Time) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at.UTC(), nil
	}
	n, unit, ok := relative(text)
	if !ok {
		return time.Time{}, errors.New("must be a time such as 2026-11-23T14:00:00Z, -30d, +5d or -36h")
	}
	if unit == 'd' {
		return start.UTC().AddDate(0, 0, n), nil
	}
	return start.UTC().Add(time.Duration(n) * time.Hour), nil
}

// relative splits +5d into 5 and 'd'. A million units is further than any fixture needs, and keeps durations from overflow.
func relative(text string) (n int, unit byte, ok bool) {
	if len(text) < 3 || (text[0] != '+' && text[0] != '-') {
		return 0, 0, false
	}
	unit = text[len(text)-1]
	n, err := strconv.Atoi(text[:len(text)-1])
	if err != nil || n < -1e6 || n > 1e6 || (unit != 'd' && unit != 'h') {
		return 0, 0, false
	}
	return n, unit, true
}
