// Package demotest opens whole Pursers for the tests of pages: the demo on a port of its own, with a clock that tests move, and
// browsers that ask it over HTTP without drawing anything.
package demotest

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"purser.example/internal/config"
	"purser.example/internal/demo"
	"purser.example/internal/demo/idp/idptest"
	"purser.example/internal/sqlite/sqlitetest"
	"purser.example/web/respond"
)

// House is a whole Purser on a real port, with its identity provider, a clock that tests move and its log.
type House struct {
	*demo.Demo
	Clock *sqlitetest.Clock // nil where OpenAs opened it
	Log   *LogBook
	Data  string // the folder of its database

	crossing crossing
}

// Open opens a house with the demo's tenants and no profiles; settings are such as "PURSER_TRUSTED_PROXIES=127.0.0.0/8".
func Open(t testing.TB, settings ...string) *House {
	t.Helper()
	cfg, err := config.LoadDemo(settings)
	if err != nil {
		t.Fatal(err)
	}
	return open(t, demo.Options{Config: cfg})
}

// OpenFixture opens a house with the simulator's tenants from the text of a fixture.
func OpenFixture(t testing.TB, fixture string) *House {
	t.Helper()
	return OpenImpatient(t, fixture, 0)
}

// OpenImpatient is OpenFixture for a house that gives a request to Microsoft 365 up sooner than Purser does.
func OpenImpatient(t testing.TB, fixture string, callTimeout time.Duration) *House {
	t.Helper()
	cfg, err := config.LoadDemo(nil)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "fixture.json")
	if err := os.WriteFile(file, []byte(fixture), 0o600); err != nil {
		t.Fatal(err)
	}
	return open(t, demo.Options{Config: cfg, Fixture: file, CallTimeout: callTimeout})
}

func open(t testing.TB, o demo.Options) *House {
	t.Helper()
	clock := sqlitetest.StartingNow()
	o.Now, o.NoProfiles = clock.Now, true
	h := serve(t, respond.WithPace(context.Background(), hurried), o)
	h.Clock = clock
	return h
}

// OpenAs opens a house as o has it, for browsers that draw: its streams and, where o has none, its clock go as usual.
func OpenAs(t testing.TB, o demo.Options) *House {
	t.Helper()
	return serve(t, context.Background(), o)
}

// serve opens a house and closes it when the test ends. Its connections begin with ctx.
func serve(t testing.TB, ctx context.Context, o demo.Options) *House {
	t.Helper()
	h := &House{Log: &LogBook{}, Data: furnish(t)}
	o.Addr, o.Data, o.Crossing = "127.0.0.1:0", h.Data, h.crossing.before
	o.Log = slog.New(slog.NewTextHandler(h.Log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	var err error
	if h.Demo, err = demo.Open(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(ctx)
	served := make(chan error, 1)
	go func() { served <- h.Serve(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

// Browser gives a browser of somebody who has never been here.
func (h *House) Browser(t testing.TB) *Browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &Browser{t: t, Base: h.URL(), Client: &http.Client{
		Jar: jar, Timeout: 30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// SignedIn signs a person of the demo in, from the page that they wanted to the page they get.
func (h *House) SignedIn(t testing.TB, email string) *Browser {
	t.Helper()
	b := h.Browser(t)
	callback, err := idptest.SignIn(t.Context(), b.Client, h.URL()+"/auth/sign-in", email, demo.Password)
	if err != nil {
		t.Fatal(err)
	}
	if res := b.Get(callback); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("callback: %d\n%s", res.StatusCode, res.Text())
	}
	return b
}

// Passwords counts the sign-ins with a password that have arrived at Microsoft 365.
func (h *House) Passwords() (sent int) {
	for _, r := range h.Sim.Requests() {
		if r.GrantType == "password" {
			sent++
		}
	}
	return sent
}

// LogBook is what was logged, safe for reading while others write.
type LogBook struct {
	mu    sync.Mutex
	lines strings.Builder
}

func (l *LogBook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lines.Write(p)
}

func (l *LogBook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lines.String()
}
