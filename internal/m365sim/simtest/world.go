// Package simtest is what the tests of the simulator's rooms share: tenants to ask about, a simulator behind a real listener,
// and a client that knows nothing of how the simulator is made.
package simtest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"purser.example/internal/m365sim"
)

// Clock is a time that a test moves by hand.
type Clock struct {
	mu sync.Mutex
	at time.Time
}

// NewClock makes a clock that stands at 2026-11-23 14:02:11 UTC.
func NewClock() *Clock { return &Clock{at: time.Date(2026, 11, 23, 14, 2, 11, 0, time.UTC)} }

// Now is the time at which the clock stands.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// Advance moves the clock on.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// MustNew makes a simulator of a fixture's text.
func MustNew(t testing.TB, text string, change ...func(*m365sim.Options)) *m365sim.Simulator {
	t.Helper()
	f, err := m365sim.Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	opts := m365sim.Options{}
	for _, c := range change {
		c(&opts)
	}
	s, err := m365sim.New(f, opts)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// World is a simulator behind a real listener, asked with any Host. It ends with its test.
type World struct {
	Sim   *m365sim.Simulator
	Clock *Clock
	URL   string

	t    testing.TB
	http *http.Client
}

// NewWorld serves a fixture's text, by a clock that the test moves.
func NewWorld(t testing.TB, text string) *World {
	t.Helper()
	clock := NewClock()
	w := Serve(t, MustNew(t, text, func(o *m365sim.Options) { o.Now = clock.Now }))
	w.Clock = clock
	return w
}

// Serve serves a simulator that the test has made, by that one's own clock.
func Serve(t testing.TB, sim *m365sim.Simulator) *World {
	t.Helper()
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	w := &World{Sim: sim, URL: server.URL, t: t, http: server.Client()}
	w.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return w
}

// Do sends one request. The host "" is this machine itself; header holds pairs.
func (w *World) Do(method, host, path, body string, header ...string) Reply {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), method, w.URL+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	r.Host = host
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	resp, err := w.http.Do(r)
	if err != nil {
		return Reply{Err: err}
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return Reply{resp.StatusCode, resp.Header, string(text), err}
}

// FormType is the content type of a token request.
const FormType = "application/x-www-form-urlencoded"

// Token sends a token request for Contoso with the fields given as pairs; a field with the value "-" is left out.
func (w *World) Token(pairs ...string) Reply {
	w.t.Helper()
	return w.TokenAt(LoginHost, TenantID, pairs...)
}

// TokenAt is Token at any host, for any tenant.
func (w *World) TokenAt(host, tenant string, pairs ...string) Reply {
	w.t.Helper()
	form := url.Values{"grant_type": {"password"}, "client_id": {AppID}, "scope": {GraphDefault}, "username": {"svc@contoso.com"}, "password": {"Right-1234"}}
	for i := 0; i < len(pairs); i += 2 {
		if form.Set(pairs[i], pairs[i+1]); pairs[i+1] == "-" {
			form.Del(pairs[i])
		}
	}
	return w.Do(http.MethodPost, host, "/"+tenant+"/oauth2/v2.0/token", form.Encode(), "Content-Type", FormType)
}

// AccessToken signs in and answers the token.
func (w *World) AccessToken(pairs ...string) string {
	w.t.Helper()
	r := w.Token(pairs...)
	tokens := r.Tokens(w.t)
	if r.Status != http.StatusOK || tokens.Access == "" {
		w.t.Fatalf("no token: %d %s", r.Status, r.Body)
	}
	return tokens.Access
}

// AsApp answers a token of an app with its secret.
func (w *World) AsApp(app, secret string) string {
	w.t.Helper()
	return w.AccessToken("grant_type", "client_credentials", "client_id", app, "client_secret", secret, "username", "-", "password", "-")
}

// Get asks Graph.
func (w *World) Get(token, path string, header ...string) Reply {
	w.t.Helper()
	return w.Do(http.MethodGet, GraphHost, path, "", append([]string{"Authorization", "Bearer " + token}, header...)...)
}

// Control sends a control call that must have the status.
func (w *World) Control(method, path, body string, want int) Reply {
	w.t.Helper()
	r := w.Do(method, "", path, body)
	if r.Status != want {
		w.t.Fatalf("%s %s: %d %s", method, path, r.Status, r.Body)
	}
	return r
}

// Faults puts a list in force by the control call.
func (w *World) Faults(list string) {
	w.t.Helper()
	w.Control(http.MethodPost, "/_sim/faults", list, http.StatusNoContent)
}
