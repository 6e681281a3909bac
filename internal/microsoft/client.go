// Package microsoft is the only client of Microsoft 365. It signs in with a username and a password, reads what the account
// is, and answers with a verdict (R17).
//
// It speaks plain net/http, because what counts is the exact answer: codes, suberrors, claims and Retry-After, which
// libraries hide. It promises that a password goes to the login host of the tenant's own cloud and nowhere else, once per
// validation: redirects are not followed, a lost answer is not asked for again, and only what Microsoft throttled or could
// not serve (429, 503) is repeated (R62). Passwords, secrets and tokens appear in no error, no log and no verdict (R60).
// What an answer means is decided by package verdict.
//
// Everything that asks Graph or SharePoint about one tenant shares one budget (R55): so much at once, rests where Microsoft asks for them,
// and slower steps where it warns. Sign-ins are no part of it; they have gates of their own.
package microsoft

import (
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"

	"purser.example/internal/verdict"
	"purser.example/internal/whose"
)

// Config says how to reach Microsoft 365. The zero Config is right for production.
type Config struct {
	// Simulator receives everything that is meant for Microsoft's hosts, the real host kept in Host. It must be a loopback
	// address: any other is never asked, and every validation ends as unreachable.
	Simulator *url.URL
	Now       func() time.Time  // nil: time.Now
	Transport http.RoundTripper // nil: one of our own, with TLS 1.2 or later and connections kept for reuse
	Log       *slog.Logger      // nil: none. One line per request at level debug
	Codes     *verdict.Table    // what answers mean; nil: the built-in table
	Throttled func(Throttle)    // is told of every answer of Graph and SharePoint that asks for a rest, and must be quick; nil: nobody

	// AdminCenters are further hosts of SharePoint admin centers, in lower case, that an app password's token may go to (R44).
	AdminCenters []string

	CallTimeout  time.Duration // of one request with its answer; 0: 10 seconds
	TotalTimeout time.Duration // of a validation; 0: 40 seconds
	// Patience is how long a validation waits in all for a throttled or unavailable service while a person waits; 0: 5
	// seconds (R62).
	Patience time.Duration
}

// Client asks Microsoft 365. It is safe for use by many goroutines, keeps no cookies, and of tokens only those of apps, in memory; those of an
// account that scans are kept by its Survey.
type Client struct {
	simulator *url.URL
	now       func() time.Time
	transport http.RoundTripper
	log       *slog.Logger
	codes     *verdict.Table
	throttled func(Throttle)

	adminCenters []string

	callTimeout, totalTimeout, patience time.Duration

	tokens  *keeper
	manners *manners
}

// New makes a client. It does no I/O.
func New(cfg Config) *Client {
	c := &Client{
		simulator: cfg.Simulator, now: cfg.Now, transport: cfg.Transport, log: cfg.Log, codes: cfg.Codes, throttled: cfg.Throttled, adminCenters: cfg.AdminCenters,
		callTimeout:  orDefault(cfg.CallTimeout, 10*time.Second),
		totalTimeout: orDefault(cfg.TotalTimeout, 40*time.Second),
		patience:     orDefault(cfg.Patience, 5*time.Second),
		tokens:       newKeeper(),
		manners:      newManners(),
	}
	if c.now == nil {
		c.now = time.Now
	}
	if c.transport == nil {
		c.transport = newTransport()
	}
	if t, ok := c.transport.(*http.Transport); ok {
		c.transport = whose.Through(t)
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	return c
}

func orDefault(d, otherwise time.Duration) time.Duration {
	if d <= 0 {
		return otherwise
	}
	return d
}

// newTransport keeps connections for reuse, because a Save should not wait for handshakes. It speaks HTTP/1.1 only: there
// it is certain that a request whose body was written is never sent twice behind our back.
func newTransport() *http.Transport {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    5 * time.Second,
		MaxIdleConns:           256,
		MaxIdleConnsPerHost:    64,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
		Protocols:              protocols,
	}
}
