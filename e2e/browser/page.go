package browser

import (
	"net/http"
	"net/url"
	"sync"
	"testing"

	"github.com/playwright-community/playwright-go"
)

// Options say how a test looks at the application.
type Options struct {
	BaseURL  string         // such as "http://127.0.0.1:41234"; Goto adds paths to it
	NoScript bool           // the pages' scripts do not run
	Dark     bool           // prefers-color-scheme: dark
	Width    int            // of the viewport in CSS pixels; 0 means 1280
	Touch    bool           // pressed with fingers, with nothing that points
	Height   int            // of the viewport in CSS pixels; 0 means 800
	Cookies  []*http.Cookie // of a session that exists already; they belong to BaseURL
	OwnClock bool           // the pages' time goes on by Pass too
}

// Page is one tab. Every method fails the test with a sentence when it cannot do what it says. It belongs to the
// goroutine of its test.
type Page struct {
	// Page is the driver's own page, for what the methods here do not offer.
	Page  playwright.Page
	t     testing.TB
	visit *visit
	news  <-chan struct{} // something has come that WaitPath may wait for
}

// visitors are the tests that have pages open.
var visitors = newSeats(2)

// New opens an empty page in a browser context of its own: no cookie, cache or storage is shared with another page. It
// waits while two other tests have pages open. When the test ends, the page closes, unexpected complaints fail the test
// (see ExpectConsole and ExpectRefusal), and of a failed test a trace and a picture stay in e2e/artifacts.
func New(t testing.TB, options Options) *Page {
	t.Helper()
	e, err := shared()
	if err != nil {
		t.Fatalf("%v", err)
	}
	holder := visitors.take(t.Name())
	t.Cleanup(func() { visitors.leave(holder) })
	v, err := e.open(t.Name(), options)
	if err != nil {
		t.Fatalf("open a page: %v", err)
	}
	page := v.page(t, v.first)
	t.Cleanup(page.end)
	return page
}

// Goto opens a path of BaseURL and waits until the page and its parts are loaded. An answer of 400 or more fails the
// test; see GotoRefused.
func (p *Page) Goto(path string) {
	p.t.Helper()
	if status := p.open(path); status >= http.StatusBadRequest {
		p.t.Fatalf("%s answered %d %s.", path, status, http.StatusText(status))
	}
}

// GotoRefused opens a path of BaseURL that has to be answered with the given status of 400 or more. Only that answer is
// permitted: a part of the page that cannot be loaded fails the test as ever.
func (p *Page) GotoRefused(path string, status int) {
	p.t.Helper()
	got := p.open(path)
	if got != status {
		p.t.Fatalf("%s answered %d %s, want %d.", path, got, http.StatusText(got), status)
	}
	answer := answered(got, http.MethodGet, p.Page.URL())
	p.visit.watch.permit(refusal, func(text string) bool { return text == answer })
}

// open gives the status of the page that was reached, 0 where no request was needed (another part of the same page).
func (p *Page) open(path string) int {
	p.t.Helper()
	response, err := p.Page.Goto(path)
	if err != nil {
		p.t.Fatalf("open %s: %v", path, err)
	}
	if response == nil {
		return 0
	}
	return response.Status()
}

// Path gives the path, query and fragment of the page, such as "/service-accounts?status=invalid".
func (p *Page) Path() string {
	address, err := url.Parse(p.Page.URL())
	if err != nil {
		return p.Page.URL()
	}
	address.Scheme, address.Host, address.User = "", "", nil
	return address.String()
}

// Title gives the title of the document.
func (p *Page) Title() string {
	p.t.Helper()
	title, err := p.Page.Title()
	if err != nil {
		p.t.Fatalf("read the title of %s: %v", p.Path(), err)
	}
	return title
}

// Text gives the text that a person sees on the whole page, blanks joined.
func (p *Page) Text() string {
	p.t.Helper()
	return p.within(p.Page.Locator("body"), "the page").Text()
}

// Hold keeps every request to the path back until release is called, as a slow network does.
func (p *Page) Hold(path string) (release func()) {
	p.t.Helper()
	open := make(chan struct{})
	if err := p.Page.Route("**"+path, func(held playwright.Route) {
		go func() {
			<-open
			_ = held.Continue() // A page that is gone asks for nothing any more.
		}()
	}); err != nil {
		p.t.Fatalf("hold back %s: %v", path, err)
	}
	return sync.OnceFunc(func() { close(open) })
}

// NewTab gives the tab that open, such as a click on a link to the classic UI, opens. It shares cookies, watch and trace
// with p.
func (p *Page) NewTab(open func()) *Page {
	p.t.Helper()
	tab, err := p.visit.context.ExpectPage(func() error { open(); return nil })
	if err != nil {
		p.t.Fatalf("no new tab opened from %s: %v", p.Path(), err)
	}
	if err := tab.WaitForLoadState(); err != nil {
		p.t.Fatalf("load the new tab %s: %v", tab.URL(), err)
	}
	return p.visit.page(p.t, tab)
}

// Cookies gives every cookie that the browser keeps, for Options.Cookies of another page. The driver would leave secure
// ones out for an address without TLS, although Chromium sends them to loopback, so it is not asked by address.
func (p *Page) Cookies() []*http.Cookie {
	p.t.Helper()
	kept, err := p.visit.context.Cookies()
	if err != nil {
		p.t.Fatalf("read the cookies: %v", err)
	}
	cookies := make([]*http.Cookie, 0, len(kept))
	for _, c := range kept {
		cookies = append(cookies, &http.Cookie{
			Name: c.Name, Value: c.Value, Path: c.Path, HttpOnly: c.HttpOnly, Secure: c.Secure,
		})
	}
	return cookies
}
