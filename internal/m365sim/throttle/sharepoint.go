package throttle

import (
	"cmp"
	"math"
	"net/http"
	"strconv"
	"time"

	"purser.example/internal/m365sim/fixture"
)

// AtSharePoint counts a request to SharePoint, which Graph's of sites and drives are too: towards the budget of the app in the tenant, and
// towards that of the user where one is signed in. It answers the one that hinders more.
func (b *Budgets) AtSharePoint(f *fixture.Throttle, who Key, now time.Time) Use {
	if f == nil {
		return Use{}
	}
	use := b.Spend(Key{Tenant: who.Tenant, App: who.App}, f.SharePointRequests, f.Window(), now)
	if who.User == "" {
		return use
	}
	return worse(use, b.Spend(Key{Tenant: who.Tenant, User: who.User}, f.SharePointUserRequests, f.Window(), now))
}

// RateLimit adds the headers by which SharePoint tells how a budget stands, from four fifths of it on.
func (u Use) RateLimit(header http.Header) {
	if !u.Near() {
		return
	}
	header.Set("RateLimit-Limit", strconv.Itoa(u.Limit))
	header.Set("RateLimit-Remaining", strconv.Itoa(u.Limit-u.Used))
	header.Set("RateLimit-Reset", strconv.Itoa(int(math.Ceil(u.Reset.Seconds()))))
}

// Status is that of a refusal of SharePoint, which has two for it.
func Status(f *fixture.Throttle) int { return cmp.Or(f.SharePointStatus, http.StatusTooManyRequests) }

// RetryAfter writes how long to wait, in the form that the fixture wants: in seconds, with thousandths where the service has them, or as
// a date.
func RetryAfter(f *fixture.Throttle, wait time.Duration, now time.Time, thousandths bool) string {
	switch {
	case f.RetryAfter == fixture.RetryAfterDate:
		return now.Add(wait + time.Second - 1).UTC().Format(http.TimeFormat)
	case thousandths:
		return strconv.FormatFloat(math.Ceil(wait.Seconds()*1000)/1000, 'f', 3, 64)
	}
	return strconv.Itoa(int(math.Ceil(wait.Seconds())))
}
