package door

import (
	"math"
	"strconv"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/time/rate"

	"purser.example/internal/problem"
	"purser.example/web/session"
)

// How often somebody may ask for what others pay for (R66): Begun sign-ins are a row each and a visit at the identity provider, and behind
// one address may be a whole office; what asks Microsoft 365 costs the accounts of a tenant their attempts. So many at once, and then one in
// each Every.
const (
	SignInsEach, SignInEach     = 120, time.Second
	SignInsOfAll, SignInEachAll = 600, 50 * time.Millisecond
	AsksEach, AskEach           = 240, 2 * time.Second
	FetchesEach, FetchEach      = 120, 5 * time.Second // a calendar program asks a few times a day, and a service that reads for many comes from few addresses
)

// mostLimited is how many addresses or people are told apart at once; those beyond have one limit together.
const mostLimited = 4096

var (
	errSignsInTooOften = problem.New(problem.TooOften, "Too many sign-ins were started from your network, or everywhere together. No one was signed in.")
	errFetchesTooOften = problem.New(problem.TooOften, "Calendars are read too often from your network.")
	errAsksTooOften    = problem.New(problem.TooOften, "You asked Microsoft 365 for more than Purser allows in a minute. Nothing was changed, and what you typed is still in your browser.")
)

// limits are how often each of many may do something.
type limits struct {
	every time.Duration
	burst int

	mu sync.Mutex
	of map[string]*rate.Limiter
}

func newLimits(burst int, every time.Duration) *limits {
	return &limits{every: every, burst: burst, of: map[string]*rate.Limiter{}}
}

// wait takes one of somebody's, and gives 0, or how long it is until there is one; then nothing is taken.
func (l *limits) wait(who string, now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	taken := l.at(who, now).ReserveN(now, 1)
	wait := taken.DelayFrom(now)
	if wait > 0 {
		taken.CancelAt(now)
	}
	return wait
}

// at finds somebody's limit. Where there are too many, those go that have all of theirs again, of whom nothing has to be known.
func (l *limits) at(who string, now time.Time) *rate.Limiter {
	if l.of[who] == nil && len(l.of) >= mostLimited {
		for other, limiter := range l.of {
			if limiter.TokensAt(now) >= float64(l.burst) {
				delete(l.of, other)
			}
		}
		if len(l.of) >= mostLimited {
			who = ""
		}
	}
	if l.of[who] == nil {
		l.of[who] = rate.NewLimiter(rate.Every(l.every), l.burst)
	}
	return l.of[who]
}

// Limit refuses what somebody asks for too often: to begin a sign-in, by address and by all together, to read calendars, by address, and to
// ask Microsoft 365, by person.
// It stands behind Admit, because before it nobody knows who asks. Suggestions have a limit in how many there are at once.
func (d *Door) Limit(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		now := d.rules.Now()
		switch {
		case d.rules.Beginning(c):
			wait := d.signIns.wait(neighborsOf(c.RealIP()), now)
			if wait == 0 {
				wait = d.allSignIns.wait("", now)
			}
			if wait > 0 {
				return later(c, wait, errSignsInTooOften)
			}
		case d.rules.Fetching(c):
			if wait := d.fetches.wait(neighborsOf(c.RealIP()), now); wait > 0 {
				return later(c, wait, errFetchesTooOften)
			}
		case d.rules.Asking(c) && !safe(c.Request()):
			caller := session.Caller(c)
			if wait := d.asks.wait(caller.Issuer+" "+caller.Subject, now); wait > 0 {
				return later(c, wait, errAsksTooOften)
			}
		}
		return next(c)
	}
}

// later refuses a request until some time has passed, in whole seconds.
func later(c echo.Context, wait time.Duration, refusal *problem.Error) error {
	c.Response().Header().Set(echo.HeaderRetryAfter, strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	return refusal
}
