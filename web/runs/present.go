package runs

import (
	"cmp"
	"slices"

	"github.com/labstack/echo/v4"

	"purser.example/internal/account"
	"purser.example/internal/run"
	"purser.example/web/session"
	"purser.example/web/ui"
	"purser.example/web/verdicts"
	"purser.example/web/words"
)

// runView is a run with one page of its items.
type runView struct {
	Face
	Text         string // what it is about, and by whom
	Begun        words.Time
	Took         string // empty while it goes on
	Over         bool
	Cancelling   bool
	Done, Total  int
	Tiles        []ui.TileProps
	Message      *ui.MessageProps // what came of it; nil while it goes on
	Resting      []restView
	CancelAction string // POST addresses
	AgainAction  string
	Rest         string // how much "again" would take; empty for nothing
	Here         string // this page
	Events       string // where its changes come from
	Items        []Item
	Pager        ui.PagerProps
	Links        []Link
}

// restView says that Microsoft is left in peace for a tenant.
type restView struct {
	Tenant string
	Until  words.Time
}

// Item is one item of a run as its row shows it.
type Item struct {
	Name      string
	Href      string // what it is about; empty for nowhere
	Username  string
	Tone      ui.Tone
	Text      string
	Code      string // empty for none
	Reason    string // empty for none
	Explained Link   // what the code of the reason means, where the kind has a place for that
	At        words.Time
	Verdict   *verdicts.View // what to do, on demand; nil for nothing
}

// listView lists runs of a kind, newest first.
type listView struct {
	Face
	Rows  []rowView
	Older string // empty for no more
	Below []Link
}

// rowView is one run in the list. Its texts are those of the columns.
type rowView struct {
	Href  string
	Begun words.Time
	Tone  ui.Tone
	State string
	Texts []string
	By    string
}

// view gathers what the page of a run shows.
func (s screen) view(c echo.Context) (runView, run.Run, error) {
	ctx, caller, q := c.Request().Context(), session.Caller(c), queryOf(c)
	r, err := s.Runs.Find(ctx, caller, s.face.Kind, q.Run)
	if err != nil {
		return runView{}, r, err
	}
	items, more, err := s.Runs.Items(ctx, caller, q)
	if err != nil {
		return runView{}, r, err
	}
	path, now := s.face.Address(r.ID), s.Now()
	view := runView{
		Face: s.face, Text: s.face.Lead(r), Begun: words.Moment(r.Begun, now), Took: words.Took(r.Begun, r.Ended), Links: s.face.Below(r),
		Over: r.State.Over(), Cancelling: r.State == run.Cancelling, Done: r.Done(), Total: r.Total, Tiles: s.face.tiles(r, q.Outcome),
		CancelAction: path + "/cancel", AgainAction: path + "/again", Rest: s.face.Left(r),
		Here: partOf(path, q.Outcome, q.After), Events: partOf(path+"/events", q.Outcome, q.After),
	}
	if view.Over {
		said := s.face.Said(r)
		view.Message = &said
	}
	special := s.face.Item(c, r)
	for _, i := range items {
		row := s.face.item(i)
		row.At = words.Moment(i.At, now)
		special(i, &row)
		view.Items = append(view.Items, row)
	}
	for t, until := range s.Runs.Resting(r) {
		view.Resting = append(view.Resting, restView{Tenant: s.Tenants.Name(ctx, t), Until: words.Moment(until, now)})
	}
	view.Pager, err = s.pager(c, r, q, items, more)
	return view, r, err
}

func (s screen) pager(c echo.Context, r run.Run, q run.ItemQuery, items []run.Item, more bool) (ui.PagerProps, error) {
	path := s.face.Address(r.ID)
	props := ui.PagerProps{Summary: words.Number(r.Total) + " total"}
	if q.Outcome != "" {
		props.Summary = words.Number(r.Counts[q.Outcome]) + " of " + words.Number(r.Total)
	}
	if q.After > 0 {
		before, err := s.Runs.Previous(c.Request().Context(), session.Caller(c), q)
		if err != nil {
			return props, err
		}
		props.PreviousHref = partOf(path, q.Outcome, before)
	}
	if more {
		props.NextHref = partOf(path, q.Outcome, items[len(items)-1].No)
	}
	return props, nil
}

// tiles count by outcome, and each is a way to see what it counts. Outcomes that nothing has are left out where they
// are rare, and what is under way, because it is gone in a moment.
func (f Face) tiles(r run.Run, now run.Outcome) []ui.TileProps {
	path := f.Address(r.ID)
	tiles := []ui.TileProps{{Count: words.Number(r.Total), Label: "Total", Href: path, Current: now == ""}}
	for _, o := range run.Outcomes {
		n := r.Counts[o]
		if now != o && !slices.Contains(f.Usual, o) && (n == 0 || o == run.Trying) {
			continue
		}
		tile := ui.TileProps{Count: words.Number(n), Label: f.outcome(o), Href: partOf(path, o, 0), Current: now == o}
		if n > 0 {
			tile.Tone = tone(o)
		}
		tiles = append(tiles, tile)
	}
	return tiles
}

var outcomes = map[run.Outcome]string{
	run.Warned: "With warnings", run.NotReached: "Not reached", run.Skipped: "Skipped", run.Interrupted: "Interrupted", run.Dropped: "Not tried", run.Waiting: "Waiting",
}

func (f Face) outcome(o run.Outcome) string { return cmp.Or(f.Outcomes[o], outcomes[o]) }

func tone(o run.Outcome) ui.Tone {
	switch o {
	case run.Confirmed:
		return ui.OK
	case run.Rejected:
		return ui.Bad
	case run.Warned, run.NotReached, run.Interrupted:
		return ui.Warn
	default:
		return ui.Mute
	}
}

// item is an item as those of all kinds look.
func (f Face) item(i run.Item) Item {
	return Item{Name: words.Either(i.Name, i.Username), Username: i.Username, Tone: tone(i.Outcome), Text: f.outcome(i.Outcome), Reason: f.reason(i)}
}

// reasons say why there is no verdict, and what to do where something can be done.
var reasons = map[account.Reason]string{
	account.Locked:     "Microsoft locked this account a short while ago. Another attempt would extend the lockout.",
	account.Busy:       "Someone else was validating this account.",
	account.Outage:     "Microsoft 365 didn't respond for this tenant for too long. The password was not sent.",
	account.AppSetup:   "Microsoft 365 refuses the tenant's app registration. The password was not sent.",
	account.Often:      "Purser reached its hourly sign-in limit for this account. Try again later.",
	account.Budget:     "Purser reached its hourly sign-in limit for this tenant. The next run continues.",
	account.NoApp:      "The tenant has no app profile. Nothing was sent to Microsoft. Create an app profile for it, then validate again.",
	account.AppAltered: "The tenant's app profile was changed outside of Purser. Nothing was sent to Microsoft. Connect the tenant again, and tell your server administrator.",
	account.Altered:    "Changed outside of Purser. The password was not sent to Microsoft. Enter it again, and tell your server administrator.",
	run.Damaged:        "Something went wrong on our side. The log has the details.",
}

func (f Face) reason(i run.Item) string {
	switch {
	case i.Reason != "":
		return cmp.Or(f.Reasons[i.Reason], reasons[i.Reason])
	case i.Outcome == run.Interrupted:
		return "Purser stopped during the attempt or couldn't store its result. Microsoft may have counted it, so it was not repeated."
	case i.Outcome == run.Waiting && i.Tries > 0:
		return "Postponed: the account was busy, or Microsoft asked Purser to try later."
	case i.Outcome == run.NotReached:
		return f.NotReached
	}
	return ""
}

func (s screen) row(r run.Run) rowView {
	row := rowView{Href: s.face.Address(r.ID), Begun: words.Moment(r.Begun, s.Now()), Tone: ui.Info, State: "Running", By: r.By()}
	for _, column := range s.face.Columns {
		row.Texts = append(row.Texts, column.Text(r))
	}
	switch r.State {
	case run.Finished:
		row.Tone, row.State = ui.OK, "Finished"
	case run.Cancelled:
		row.Tone, row.State = ui.Mute, "Canceled"
	case run.Cancelling:
		row.State = "Canceling"
	case run.Queued, run.Preparing:
		row.State = "Waiting"
	}
	return row
}
