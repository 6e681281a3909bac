// Package e2e walks through Purser in a real browser, as its people do: each journey with and without script, in light and
// dark, on a desk and on a telephone.
package e2e

import (
	"context"
	"flag"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"purser.example/e2e/browser"
	"purser.example/internal/config"
	"purser.example/internal/demo"
)

// pictures lets the tests renew the pictures in docs/images; otherwise they land among the artifacts.
var pictures = flag.Bool("pictures", false, "renew the pictures of the documents")

func TestMain(m *testing.M) { browser.Main(m) }

// house is a demo that runs in this process.
type house struct {
	*demo.Demo
	log *logBook
}

// open starts a demo with settings such as "PURSER_SESSION_IDLE=3s".
func open(t *testing.T, settings ...string) *house {
	t.Helper()
	return openDemo(t, demo.Options{NoProfiles: true}, settings...)
}

// openDemo starts a demo with the simulator's tenants and profiles that o asks for.
func openDemo(t *testing.T, o demo.Options, settings ...string) *house {
	t.Helper()
	cfg, err := config.LoadDemo(settings)
	if err != nil {
		t.Fatal(err)
	}
	h := &house{log: &logBook{}}
	o.Addr, o.Config, o.Log = "127.0.0.1:0", cfg, slog.New(slog.NewTextHandler(h.log, nil))
	if h.Demo, err = demo.Open(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
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
		h.log.noSurprises(t)
	})
	return h
}

// signIn does what a person does, from the page that asks to the page they wanted.
func signIn(p *browser.Page, email string) {
	p.Fill("Email", email)
	p.Fill("Password", demo.Password)
	p.Click("Sign in")
}

// view is one way to look at a page.
type view struct {
	name     string
	noScript bool
	dark     bool
	width    int
}

var views = []view{
	{"desk, light", false, false, 1280},
	{"desk, dark", false, true, 1280},
	{"telephone, light", false, false, 390},
	{"telephone, dark, no script", true, true, 390},
	{"desk, no script", true, false, 1280},
}

func (v view) options(h *house) browser.Options {
	return browser.Options{BaseURL: h.URL(), NoScript: v.noScript, Dark: v.dark, Width: v.width, Height: 844}
}

// everyView runs a journey in each view.
func everyView(t *testing.T, journey func(t *testing.T, v view)) {
	for _, v := range views {
		t.Run(v.name, func(t *testing.T) { journey(t, v) })
	}
}

// picture keeps a picture for the documents.
func picture(p *browser.Page, name string) {
	if *pictures {
		name = "docs/images/" + name
	}
	p.Picture(name)
}

// fine holds a page against what every page promises, and keeps a picture.
func fine(p *browser.Page, name string) {
	p.Axe()
	p.NoSidewaysScroll()
	p.Screenshot(name)
}

type logBook struct {
	mu    sync.Mutex
	lines strings.Builder
}

func (l *logBook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lines.Write(p)
}

// noSurprises fails a test whose Purser logged an error, or a password of the demo.
func (l *logBook) noSurprises(t *testing.T) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for line := range strings.Lines(l.lines.String()) {
		if strings.Contains(line, "level=ERROR") || strings.Contains(line, demo.Password) || strings.Contains(line, password) {
			t.Errorf("logged: %s", line)
		}
	}
}

// soon waits for what a script is about to do.
func soon(t *testing.T, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(15 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if done() {
			return
		}
	}
	t.Fatalf("did not happen: %s", what)
}
