package login_test

import (
	"net/http"
	"testing"
	"time"

	"purser.example/internal/login"
	"purser.example/internal/problem"
)

// X47: a provider that asks to be left alone is, at each of its addresses, but not for longer than five minutes.
func TestAProviderThatAsksToBeLeftAloneX47(t *testing.T) {
	busy := func(status int, after string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", after)
			w.Header().Set("Date", "Mon, 23 Nov 2026 09:00:00 GMT")
			w.WriteHeader(status)
		}
	}
	for _, tc := range []struct {
		name   string
		answer http.HandlerFunc
		wait   time.Duration
	}{
		{"429", busy(429, "30"), 30 * time.Second},
		{"503", busy(503, "30"), 30 * time.Second},
		{"a date", busy(503, "Mon, 23 Nov 2026 09:01:00 GMT"), time.Minute},
		{"for ever", busy(429, "1e9"), 5 * time.Minute},
	} {
		for _, path := range []string{discoveryPath, "/token", "/keys"} {
			t.Run(tc.name+" at "+path, func(t *testing.T) {
				p := newProvider(t)
				c := newClient(p)
				try := func() error { _, err := signIn(t, c); return err }
				if path == discoveryPath {
					try = func() error { return c.Discover(t.Context()) }
				}
				p.instead(path, tc.answer)
				err := try()
				p.refuses(t, err, problem.Upstream, notAnswered)
				if got := login.RetryAfter(err); got != tc.wait {
					t.Errorf("carries %s, want %s", got, tc.wait)
				}
				p.instead(path, nil)
				p.pass(tc.wait - time.Second)
				err = try()
				p.refuses(t, err, problem.Upstream, notAnswered)
				if n := p.hitsOf(path); n != 1 || login.RetryAfter(err) != time.Second {
					t.Errorf("asked %d times before the time was over; %s left", n, login.RetryAfter(err))
				}
				p.pass(time.Second)
				if err := try(); err != nil {
					t.Errorf("after the time: %v", err)
				}
			})
		}
	}
	t.Run("what is no time holds nobody off", func(t *testing.T) {
		p := newProvider(t)
		c := newClient(p)
		p.instead(discoveryPath, busy(503, "soon"))
		p.refuses(t, c.Discover(t.Context()), problem.Upstream, notAnswered)
		p.instead(discoveryPath, nil)
		p.pass(time.Second)
		if err := c.Discover(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
