package browser

import (
	"net/url"
	"testing"
	"time"

	"github.com/playwright-community/playwright-go"
)

// page makes a Page of a tab, which tells from now on when it arrives somewhere.
func (v *visit) page(t testing.TB, tab playwright.Page) *Page {
	news := make(chan struct{}, 1)
	tell := func() {
		select {
		case news <- struct{}{}:
		default: // it is told already
		}
	}
	tab.OnFrameNavigated(func(playwright.Frame) { tell() })
	tab.OnLoad(func(playwright.Page) { tell() })
	return &Page{Page: tab, t: t, visit: v, news: news}
}

// WaitPath waits until the page's path, without query and fragment, is path, and the page is loaded: an action that leads
// to another page has arrived there. The driver's own way looks first and listens then, so what happens in between, as it
// does on a busy machine, is lost on it; here the page has been listened to all along.
func (p *Page) WaitPath(path string) {
	p.t.Helper()
	late := time.After(p.visit.ways)
	for !p.isAt(path) {
		select {
		case <-p.news:
		case <-late:
			p.t.Fatalf("wait for %s, but the page is %s", path, p.Path())
		}
	}
}

// Answer does what sends a form or asks for a part of the page, and gives the status of the answer to it. What the page makes
// of the answer may still be to come.
func (p *Page) Answer(path string, do func()) int {
	p.t.Helper()
	response, err := p.Page.ExpectResponse(func(address string) bool {
		at, err := url.Parse(address)
		return err == nil && at.Path == path
	}, func() error { do(); return nil })
	if err != nil {
		p.t.Fatalf("wait for the answer of %s on %s: %v", path, p.Path(), err)
	}
	return response.Status()
}

// Pass lets time pass in a page with a clock of its own: what is due by then happens once, as after a computer's sleep.
func (p *Page) Pass(d time.Duration) {
	p.t.Helper()
	if err := p.visit.context.Clock().FastForward(int(d.Milliseconds())); err != nil {
		p.t.Fatalf("let %s pass on %s: %v", d, p.Path(), err)
	}
}

// isAt says whether the page has come to path and is loaded. One that is on its way to somewhere else has no state to give.
func (p *Page) isAt(path string) bool {
	at, err := url.Parse(p.Page.URL())
	if err != nil || at.Path != path {
		return false
	}
	state, err := p.Page.Evaluate("document.readyState")
	return err == nil && state == "complete"
}
