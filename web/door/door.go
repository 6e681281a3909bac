// Package door is what every request passes on its way to a page: how many come in at once and for how long, where they may
// come from, how much they bring, who may enter, and what is written of it.
//
// It knows no page. What it has to know of those behind it stands in Rules, and web/server.go, the table of contents, says it:
// the order of the parts too.
package door

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/web/respond"
)

// Rules are what the door has to know of the house.
type Rules struct {
	BaseURL  *url.URL
	Log      *slog.Logger
	Activity Recorder

	Anonymous func(echo.Context) bool // the same for everybody: it needs no session and waits for no place
	SigningIn func(echo.Context) bool // the way in, which is open to whoever has no session yet (R1)
	Streaming func(echo.Context) bool // it holds its connection to hear of progress
	Asking    func(echo.Context) bool // it may wait for Microsoft 365
	Quiet     func(echo.Context) bool // nobody asks the log about it

	// Observe is told of each request by its route; nil: nobody is.
	Observe func(route, method string, status int, took time.Duration)

	Uploads   map[string]int64        // the addresses that take a file, with the largest body of each
	Beginning func(echo.Context) bool // it begins a sign-in
	Fetching  func(echo.Context) bool // a calendar program comes with a secret address
	Now       func() time.Time

	Networks []netip.Prefix          // from where the house is open (R66); nil: from everywhere
	Health   func(echo.Context) bool // it is asked from anywhere

	FormOrigins func() []string                    // where else forms may lead, by the policy of the browser
	SignIn      func(returnTo string) string       // the address of the way in that leads back to a page
	NoRole      func(echo.Context) templ.Component // the one page for somebody whom no role lets in (R2)
}

// Recorder writes what stands alone to the activity log.
type Recorder interface {
	Record(ctx context.Context, e audit.Entry) error
}

// Door is the middleware of the house; each of its parts is one method.
type Door struct {
	rules      Rules
	https      bool
	turnstiles turnstiles
	full       echo.HandlerFunc // the answer to whoever finds no place
	enough     echo.HandlerFunc // the answer to whoever has had their share
	outside    echo.HandlerFunc // the answer to whoever comes from elsewhere than the networks
	turned     tally
	refused    tally
	protection *http.CrossOriginProtection

	signIns, allSignIns, asks, fetches *limits

	bodies, largeBodies gate          // of what arrives, by address
	bodyWithin          time.Duration // of which a body has so long to arrive
}

// New makes the door of a house.
func New(r Rules) *Door {
	if r.Now == nil {
		r.Now = time.Now
	}
	return &Door{
		signIns: newLimits(SignInsEach, SignInEach), allSignIns: newLimits(SignInsOfAll, SignInEachAll), asks: newLimits(AsksEach, AskEach), fetches: newLimits(FetchesEach, FetchEach),
		rules: r, https: r.BaseURL.Scheme == "https", turnstiles: newTurnstiles(), full: respond.Prepared(errTooMuch), enough: respond.Prepared(errEnough),
		outside: respond.Prepared(errOutside), turned: tally{log: r.Log, says: "requests turned away: too many at once"},
		refused: tally{log: r.Log, says: "requests refused: from outside the trusted networks"}, protection: protectionOf(r.BaseURL),
		bodies:      gate{newTurnstile(bodyPlaces, bodyQueue), newShares(bodiesEach, bodyQueueEach)},
		largeBodies: gate{newTurnstile(largeBodyPlaces, largeBodyQueue), newShares(largeBodiesEach, largeBodyQueueEach)},
		bodyWithin:  usualBody,
	}
}

var (
	errTooMuch = problem.New(problem.Unavailable, "Purser is too busy right now. Nothing was changed.")
	errOutside = problem.New(problem.Outside, "Purser is open to certain networks only, and your address isn't in one of them.")
	errEnough  = problem.New(problem.Unavailable, "You already have as many requests in progress as Purser allows. Nothing was changed.")
)

// safe reports whether a request changes nothing.
func safe(r *http.Request) bool {
	return r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions
}
