package whose

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// seconds is a number of them in any notation, without a sign.
var seconds = regexp.MustCompile(`^([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$`)

// RetryAfter reads for how long an answer asks to stay away, by its header of that name: seconds, a fraction of seconds as Graph sends it
// (2.128), or an HTTP date. It rounds up, never down: too early counts as another request. A number of any size says how long, and is held
// to the cap (X47); false for what says nothing.
func RetryAfter(value string, now time.Time, most time.Duration) (time.Duration, bool) {
	if value = strings.TrimSpace(value); seconds.MatchString(value) {
		n, _ := strconv.ParseFloat(value, 64) // what is out of range comes as infinite, or as 0
		return ceil(time.Duration(min(n, most.Seconds()) * float64(time.Second))), true
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0, false
	}
	return ceil(min(max(at.Sub(now), 0), most)), true
}

func ceil(d time.Duration) time.Duration {
	return (d + time.Millisecond - 1).Truncate(time.Millisecond)
}
