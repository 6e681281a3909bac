// Package e2e walks through Purser in a real browser, as its people do: each journey with and without script, in light and
// dark, on a desk and on a telephone.
package e2e

import (
	"flag"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"purser.example/e2e/browser"
	"purser.example/internal/config"
	"purser.example/internal/demo"
	"purser.example/internal/demo/demotest"
)

// pictures lets the tests renew the pictures in docs/images; otherwise they land among the artifacts.
var pictures = flag.Bool("pictures", false, "renew the pictures of the documents")

func TestMain(m *testing.M) { browser.Main(m) }

// house is a demo that runs in this process.
type house struct {
	*demotest.House
	ahead atomic.Int64 // of the machine's clock
}

// open starts a demo with settings such as "PURSER_SESSION_IDLE=3s".
func open(t *testing.T, settings ...string) *house {
	t.Helper()
	return openDemo(t, demo.Options{NoProfiles: true}, settings...)
}

// openDemo starts a demo with the simulator's tenants and profiles that o asks for.
func openDemo(t *testing.T, o demo.Options, settings ...string) *house {
	t.Helper()
	h := &house{}
	t.Cleanup(func() { h.noSurprises(t) }) // when everything is closed
	cfg, err := config.LoadDemo(settings)
	if err != nil {
		t.Fatal(err)
	}
	o.Config, o.Now = cfg, h.now
	h.House = demotest.OpenAs(t, o)
	return h
}

func (h *house) now() time.Time { return time.Now().UTC().Add(time.Duration(h.ahead.Load())) }

// pass lets time pass at Purser. A page that looks on has a clock of its own (see browser.Page.Pass), and so has the identity
// provider: ten minutes ahead, what it says has run out.
func (h *house) pass(d time.Duration) { h.ahead.Add(int64(d)) }

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

// fine holds a page against what every page promises.
func fine(p *browser.Page, name string) {
	p.Axe()
	p.NoSidewaysScroll()
	p.Evidence(name)
}

// noSurprises fails a test whose Purser logged an error, or a password of the demo.
func (h *house) noSurprises(t *testing.T) {
	if h.House == nil {
		return // it did not open, which is said already
	}
	for line := range strings.Lines(h.Log.String()) {
		if strings.Contains(line, "level=ERROR") || strings.Contains(line, demo.Password) || strings.Contains(line, password) {
			t.Errorf("logged: %s", line)
		}
	}
}
