// Package layout is the page around the pages: header, navigation, the person's menu, messages from the last request and
// the warning before the session ends. It shows what it is given and reads neither requests nor sessions.
package layout

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/a-h/templ"
	"purser.example/web/ui"
)

// Shell is what every signed-in page shows around its content.
type Shell struct {
	Title   string // the heading, and the document's title before "· Purser"
	Section string // the breadcrumb before the title: "Management"
	Nav     []NavGroup
	Person  Person
	Flash   *Flash          // what the last request did; nil for nothing
	Session Session         // how long the person may stay (R4)
	Help    *NavItem        // the place behind the question mark of the header; nil for none
	Bell    Bell            // what happened since the person last looked
	Classic bool            // the classic look: a band of colour, denser, no side navigation
	Rail    bool            // the content begins with a rail of its own contents, beside which the rest stands
	Scripts []string        // the page's own beside js/app.js, by their names in package static: "js/pool.js"
	Pane    templ.Component // a ui.Pane or ui.Dialog over the content, which is inert behind it; nil for none
	// PaneTitle is the document's title while the pane is open, before "· Purser"; empty for Title.
	PaneTitle string
}

// NavGroup is one heading of the navigation with its entries. Only what the person may open is in it.
type NavGroup struct {
	Title string
	Items []NavItem
}

// NavItem leads to one page. Icon is a name of static/generate/icons.mjs.
type NavItem struct {
	Label   string
	Href    string
	Icon    string
	Current bool
	NewTab  bool // it leads out of this look, to the classic one
}

// Person is who is signed in. Name may be empty, where the identity provider does not tell it.
type Person struct {
	Name   string
	SignIn string
	Role   string // in words: "Tenant Owner"; empty for none
}

// Bell leads to what happened, and says how much of it is new. Without an address there is none.
type Bell struct {
	Href    string
	Count   int
	Current bool
}

// mostCounted is the largest number that the bell shows.
const mostCounted = 99

// shows is the number as it stands beside the bell.
func (b Bell) shows() string {
	if b.Count > mostCounted {
		return strconv.Itoa(mostCounted) + "+"
	}
	return strconv.Itoa(b.Count)
}

// name is what the bell is called.
func (b Bell) name() string {
	if b.Count == 0 {
		return "What happened"
	}
	return "What happened: " + b.shows() + " new"
}

// Flash is the outcome of the request before this page.
type Flash struct {
	Failure bool
	Text    string
	Href    string // where what it speaks of is opened; empty for nowhere
	Label   string // of that link; empty: Open
	About   string // the id of what it speaks of, which a list marks
	Verdict bool   // it says what a validation found, which a page that shows the verdict leaves to the verdict
}

// Session says how many seconds are left without activity, and at the latest. Zero of both means that nothing is known;
// then nobody is warned.
type Session struct {
	IdleSeconds int
	MaxSeconds  int
	Ask         bool // the browser may have kept the page, so that js/session.js asks how much is left
}

// PlainPage is a page without navigation.
type PlainPage struct {
	Title  string
	Person *Person // nil when nobody is signed in

	Scripts []string // the page's own beside js/app.js, as a Shell's
}

// Fault is a page for what went wrong.
type Fault struct {
	Title       string // what happened: "This page doesn't exist"
	Text        string // one sentence for the person
	Next        string // what to do now
	Reference   string // the request id, which the log knows too; empty for none
	ActionLabel string // "Go to Service account"
	ActionHref  string // empty for no action

	ActionNewTab bool // so that this page, and what its reload sends again, stays
	Person       *Person
}

// simulated is where a context says that a simulator answers.
type simulated struct{}

// Simulated marks a request whose pages say that a simulator answers in the place of Microsoft 365 (X31): every page, those for
// people who are not signed in and those that tell of a fault too, so that nobody believes a verdict that is none.
func Simulated(ctx context.Context) context.Context {
	return context.WithValue(ctx, simulated{}, true)
}

func isSimulated(ctx context.Context) bool { return ctx.Value(simulated{}) != nil }

// Notice is what somebody is to know on every page until they put it away.
type Notice struct {
	Title, Text string
	Action      string            // where the form leads that puts it away
	Fields      map[string]string // what that form says
}

type notice struct{}

// WithNotice marks a request whose pages carry a notice.
func WithNotice(ctx context.Context, n Notice) context.Context {
	return context.WithValue(ctx, notice{}, n)
}

func noticeIn(ctx context.Context) (Notice, bool) {
	n, there := ctx.Value(notice{}).(Notice)
	return n, there
}

// fieldNames are in one order, so that the same page is the same bytes.
func (n Notice) fieldNames() []string { return slices.Sorted(maps.Keys(n.Fields)) }

// htmxConfig is htmx 4's configuration: no style of its own (the policy forbids it), only the extension that we ship,
// requests to this site only, and no fault page swapped into a part of a page. A form that wants its refusal (422)
// swapped says so with hx-status:422, because an exact status wins over these. The browser's Back loads the page afresh:
// a body that is swapped in would leave our scripts with the elements of the page before.
// It is in htmx's own short form, because each quote of JSON is five bytes in an attribute.
const htmxConfig = `history:reload includeIndicatorCSS:false extensions:'sse,hx-sse' noSwap:'[204,304,"4xx","5xx"]' mode:same-origin`

// TitleText is what the browser's tab says.
func TitleText(title string) string { return title + " · Purser" }

// mainClass tells the style sheet of a rail. The sheet could find out itself with :has, and would then work out the whole content once more
// for each part of the page that arrives.
func (s Shell) mainClass() string {
	if s.Rail {
		return "main main-rail"
	}
	return "main"
}

// documentTitle is the title of the browser's tab, before "· Purser".
func (s Shell) documentTitle() string {
	if s.Pane != nil && s.PaneTitle != "" {
		return s.PaneTitle
	}
	return s.Title
}

// known is false where the page has no idea when the session ends.
func (s Session) known() bool { return s.Ask || s.told() }

// told is true where the page itself says how much is left.
func (s Session) told() bool { return s.IdleSeconds > 0 || s.MaxSeconds > 0 }

// sentence says in whole minutes when the session ends.
func (s Session) sentence() string {
	if s.MaxSeconds > 0 && s.MaxSeconds <= s.IdleSeconds {
		return "Your session ends in " + minutes(s.MaxSeconds) + " at most."
	}
	return "Your session ends after " + minutes(s.IdleSeconds) + " without activity."
}

func minutes(seconds int) string {
	switch count := (seconds + 30) / 60; {
	case count < 1:
		return "less than a minute"
	case count == 1:
		return "1 minute"
	default:
		return strconv.Itoa(count) + " minutes"
	}
}

// display is how the person is called: by name, or by sign-in where there is no name.
func (p Person) display() string {
	if strings.TrimSpace(p.Name) == "" {
		return p.SignIn
	}
	return p.Name
}

// initials are one or two capitals for the round picture: of the first and the last word of the name.
func (p Person) initials() string {
	words := strings.FieldsFunc(p.display(), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if p.display() == p.SignIn && len(words) > 1 {
		words = words[:1] // the domain says nothing about the person
	}
	if len(words) == 0 {
		return "?"
	}
	first, _ := utf8.DecodeRuneInString(words[0])
	if len(words) == 1 {
		return strings.ToUpper(string(first))
	}
	last, _ := utf8.DecodeRuneInString(words[len(words)-1])
	return strings.ToUpper(string(first) + string(last))
}

// message is the flash as a message bar.
func (f Flash) message() ui.MessageProps {
	if f.Failure {
		return ui.MessageProps{Tone: ui.Bad, Text: f.Text}
	}
	return ui.MessageProps{Tone: ui.OK, Text: f.Text}
}
