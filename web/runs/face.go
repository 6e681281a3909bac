// Package runs shows runs of every kind (R11, R43): the list, one run with its items while it goes on and afterwards, its
// stream, and how it is cancelled and gone on with.
//
// A kind brings a Face: its addresses, its words and what is special about its items. All else is here, once.
package runs

import (
	"context"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/run"
	"purser.example/web/ui"
)

// Face is how a kind of run looks to people.
type Face struct {
	Kind    run.Kind
	Path    string // of the list; a run's own is below it
	Section string
	Classic bool
	Words   Words
	Columns []Column // of the list: the first stands before the state, the others behind it

	// Outcomes are the names of outcomes that differ from kind to kind, and Usual those that are counted though nothing has them.
	Outcomes map[run.Outcome]string
	Usual    []run.Outcome
	// Reasons are sentences of the kind's own, or in place of the usual ones. That of NotReached stands where there is no reason.
	Reasons    map[account.Reason]string
	NotReached string

	// Scope is what the list is of, as the kind names it; nil: of all.
	Scope func(c echo.Context) string
	// Lead says what a run is about, and by whom; Said what came of one that is over.
	Lead func(r run.Run) string
	Said func(r run.Run) ui.MessageProps
	// Left says how much Again would take, empty for nothing.
	Left  func(r run.Run) string
	Again func(ctx context.Context, caller access.Caller, origin audit.Origin, id run.ID) (run.Run, error)
	// Item gives what turns the usual view of an item into the kind's own. It is asked once a page.
	Item func(c echo.Context, r run.Run) func(i run.Item, view *Item)
	// Below are the links below a run, and below the list.
	Below     func(r run.Run) []Link
	ListBelow func(c echo.Context) []Link
	// Pane stands over the page of a run; nil for none.
	Pane func(c echo.Context, r run.Run, here string) templ.Component
}

// Words are what a kind of run is called on pages.
type Words struct {
	One, Many string // titles
	Lead      string // of the list
	Progress  string // while it goes on
	Leave     string // that one may leave
	Cancel    string // buttons
	Again     string
	Items     string // the name of the table of items
	Subject   string // heads
	Second    string // what stands beside the name of an item: "Username" unless set
	Result    string
	At        string
	None      string // no item has the outcome
	Empty     ui.EmptyProps
	EmptyLink ui.LinkProps // what to do where there is no run yet; without an address there is none
}

// Column is one of the list.
type Column struct {
	Label  string
	Text   func(r run.Run) string
	Number bool    // it counts, so its digits stand below one another
	From   ui.From // on which tables it stands
}

// Link is a text that leads somewhere.
type Link struct{ Text, Href string }
