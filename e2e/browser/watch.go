package browser

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/playwright-community/playwright-go"
)

// kind groups complaints by the method that permits them.
type kind int

const (
	console kind = iota // console errors, uncaught script errors, breaches of the content security policy
	refusal             // answers of 400 or more, requests without an answer
)

// complaint is something that a page or its server did and a person would call broken.
type complaint struct {
	kind kind
	text string
}

// permission lets complaints of one kind pass.
type permission struct {
	kind  kind
	match func(string) bool
}

// watch collects the complaints of one browser context. The driver reports on a goroutine of its own.
type watch struct {
	mu         sync.Mutex
	complaints []complaint
	permitted  []permission
}

// over starts to listen to everything that happens in the context, in all of its tabs.
func (w *watch) over(context playwright.BrowserContext) {
	context.OnConsole(w.console)
	context.OnWebError(func(e playwright.WebError) { w.add(console, "script error: %v", e.Error()) })
	context.OnResponse(w.response)
}

func (w *watch) add(k kind, format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.complaints = append(w.complaints, complaint{k, fmt.Sprintf(format, args...)})
}

func (w *watch) permit(k kind, match func(string) bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.permitted = append(w.permitted, permission{k, match})
}

// console keeps errors, and breaches of the policy whatever their level. It is also where a request without an answer
// shows: this version of the driver does not report those (it subscribes to an event by a wrong name). One that the
// page itself gave up is not reported, as it should be. What Chromium says about an answer is left to response, which
// knows the method.
func (w *watch) console(m playwright.ConsoleMessage) {
	text := m.Text()
	failure, failed := strings.CutPrefix(text, "Failed to load resource: ")
	switch {
	case strings.Contains(text, "Content Security Policy"):
		w.add(console, "content security policy: %s", text)
	case failed && strings.HasPrefix(failure, "net::"):
		w.add(refusal, "%s %s", failure, m.Location().URL)
	case !failed && m.Type() == "error":
		w.add(console, "console error: %s", text)
	}
}

// response keeps answers of 400 or more. 422 is how a form comes back to a person who has something to correct, so it
// is a complaint only where a page's own parts are loaded.
func (w *watch) response(r playwright.Response) {
	if r.Status() < http.StatusBadRequest {
		return
	}
	loads := []string{"document", "xhr", "fetch"}
	if r.Status() == http.StatusUnprocessableEntity && slices.Contains(loads, r.Request().ResourceType()) {
		return
	}
	w.add(refusal, "%s", answered(r.Status(), r.Request().Method(), r.URL()))
}

// answered is the text of a complaint about an answer.
func answered(status int, method, address string) string {
	return fmt.Sprintf("%d %s %s", status, method, address)
}

// unexpected gives every complaint that nobody permitted, in the order in which they came.
func (w *watch) unexpected() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var texts []string
	for _, c := range w.complaints {
		allowed := func(p permission) bool { return p.kind == c.kind && p.match(c.text) }
		if !slices.ContainsFunc(w.permitted, allowed) {
			texts = append(texts, c.text)
		}
	}
	return texts
}

// ExpectConsole permits console errors, script errors and breaches of the content security policy whose text matches
// pattern, before or after they come. The texts begin "console error: ", "script error: " and "content security
// policy: ". Without it each of them fails the test at its end.
func (p *Page) ExpectConsole(pattern string) {
	p.visit.watch.permit(console, regexp.MustCompile(pattern).MatchString)
}

// ExpectRefusal permits answers of 400 or more and requests that nobody answered whose text matches pattern, before or
// after they come. The texts read "409 POST http://127.0.0.1:1/pools" and "net::ERR_EMPTY_RESPONSE http://…".
// Without it each of them fails the test at its end; only a page or a script's request may be answered 422.
func (p *Page) ExpectRefusal(pattern string) {
	p.visit.watch.permit(refusal, regexp.MustCompile(pattern).MatchString)
}
