package activity

import (
	"cmp"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"purser.example/internal/access"
	"purser.example/internal/activity"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/shown"
	"purser.example/web/lists"
	"purser.example/web/session"
	"purser.example/web/ui"
	"purser.example/web/words"
)

// listView is the log as a list.
type listView struct {
	Filter  filterView
	Day     dayView
	Verify  verifyView
	Failing []failingView // receivers that do not take the log
	CSV     string        // the address of the view as a file
	Heads   []ui.Column
	Rows    []rowView
	Pager   ui.PagerProps
	Looked  string // how far back nothing more was found; empty: everything was looked at
	Many    string // which filter fits too much; empty: none
}

// filterView is what is filtered as the address has it, and what is wrong with it.
type filterView struct {
	Values  map[string]string
	Errors  map[string]string
	Actions []ui.Option
	Results []ui.Option
	Tenants []ui.Option
	Active  bool
}

// mistakes are what is wrong, in the order of the fields.
func (f filterView) mistakes() (list []ui.Mistake) {
	for _, field := range []struct{ name, label string }{{paramFrom, "From"}, {paramTo, "To"}, {paramResult, "Result"}} {
		if text := f.Errors[field.name]; text != "" {
			list = append(list, ui.Mistake{Label: field.label, Control: field.name, Text: text})
		}
	}
	return list
}

// columns are the heads of the list, to the letter.
var columns = []lists.Column{
	{Label: "Time", Width: ui.Named},
	{Label: "Who", Width: ui.Texts},
	{Label: "Action"},
	{Label: "Object", Width: ui.Texts, From: ui.FromMiddle},
	{Label: "Result", Width: ui.Badges},
	{Label: "Address", Width: ui.Short, From: ui.FromMiddle},
}

// rowView is one entry in the list.
type rowView struct {
	Href                         string
	ISO, Time                    string
	Who, Title, Sentence, Object string
	Tone                         ui.Tone
	Result, Address              string
}

const exact = "2006-01-02 15:04:05"

func (h *Handlers) listView(c echo.Context) (listView, error) {
	ctx, caller, address := c.Request().Context(), session.Caller(c), readListQuery(c.QueryParams())
	if err := access.Require(caller, access.ReadActivity); err != nil {
		return listView{}, err
	}
	q, wrong := address.query()
	entries, newest, err := h.Activity.Extent(ctx, caller)
	if err != nil {
		return listView{}, err
	}
	view := listView{Heads: lists.Heads(columns, "", nil)}
	if view.Filter, err = h.filterView(c, address, wrong); err != nil {
		return view, err
	}
	if view.Day, err = h.dayView(c, q, newest); err != nil {
		return view, err
	}
	latest, err := h.Activity.Latest(ctx, caller)
	if err != nil {
		return view, err
	}
	if view.Failing, err = h.failing(c); err != nil {
		return view, err
	}
	view.Verify, view.CSV = h.verifyView(latest), address.With(CSVPath, "after", "", "before", "")
	view.Pager.Summary = words.Number(entries) + " total"
	if wrong != nil {
		return view, wrong
	}
	page, err := h.Activity.Find(ctx, caller, q)
	if err != nil {
		return view, err
	}
	for _, e := range page.Entries {
		view.Rows = append(view.Rows, rowOf(e, address))
	}
	view.page(page, address)
	return view, nil
}

// page says where the list goes on.
func (v *listView) page(page activity.Page, address listQuery) {
	if address.filtered() {
		v.Pager.Summary = words.Counted(len(page.Entries), "entry")
		if len(page.Entries) != 1 {
			v.Pager.Summary = words.Number(len(page.Entries)) + " entries on this page"
		}
	}
	if page.Previous != "" {
		v.Pager.PreviousHref = address.FirstPage("before", page.Previous)
	}
	if page.Next != "" {
		v.Pager.NextHref = address.FirstPage("after", page.Next)
	}
	if !page.LookedBackTo.IsZero() {
		v.Looked = page.LookedBackTo.Format(exact)
	}
	switch page.TooMany {
	case "person":
		v.Many = "More people match than can be looked for at once. Type more of the name."
	case "object":
		v.Many = "More objects begin with this than can be looked for at once. Type more of the name."
	}
}

func rowOf(e activity.Entry, address listQuery) rowView {
	return rowView{
		Href: entryAddress(address, e.Seq), ISO: e.At.Format(time.RFC3339), Time: e.At.Format(exact), Who: activity.Who(e.Actor), Title: activity.TitleOf(e.Action), Sentence: activity.Tell(e.Link),
		Object: activity.Object(e.Target), Tone: tone(e.Result), Result: e.Result.Title(), Address: cmp.Or(shown.Name(e.Origin.Address), "–"),
	}
}

// tone is how serious a result is.
func tone(r activity.Result) ui.Tone {
	switch r {
	case activity.Begun:
		return ui.Info
	case activity.Failed:
		return ui.Bad
	case activity.Refused:
		return ui.Warn
	default:
		return ui.OK
	}
}

func (h *Handlers) filterView(c echo.Context, address listQuery, wrong error) (filterView, error) {
	ctx, caller := c.Request().Context(), session.Caller(c)
	f := filterView{Values: map[string]string{}, Errors: map[string]string{}, Active: address.filtered()}
	for _, name := range filters {
		f.Values[name] = address.Values.Get(name)
	}
	for _, e := range problem.Fields(wrong) {
		f.Errors[e.Field] = e.Message
	}
	actions, err := h.Activity.Actions(ctx, caller)
	if err != nil {
		return f, err
	}
	if chosen := audit.Action(f.Values[paramAction]); chosen != "" && !slices.Contains(actions, chosen) {
		actions = append(actions, chosen)
	}
	for _, a := range actions {
		f.Actions = append(f.Actions, ui.Option{Value: string(a), Label: activity.TitleOf(a), Selected: string(a) == f.Values[paramAction]})
	}
	slices.SortFunc(f.Actions, func(a, b ui.Option) int { return cmp.Compare(a.Label, b.Label) })
	for _, r := range activity.Results {
		f.Results = append(f.Results, ui.Option{Value: string(r), Label: r.Title(), Selected: string(r) == f.Values[paramResult]})
	}
	known, err := h.Tenants.All(ctx, caller)
	for _, t := range known {
		f.Tenants = append(f.Tenants, ui.Option{Value: string(t.ID), Label: t.Called(), Selected: string(t.ID) == f.Values[paramTenant]})
	}
	return f, err
}

// failingView is a receiver of the log that takes no entries.
type failingView struct {
	Name, Reason string
	Since        words.Time
}

func (h *Handlers) failing(c echo.Context) (list []failingView, err error) {
	receivers, err := h.Activity.Receivers(c.Request().Context(), session.Caller(c))
	for _, r := range receivers {
		if !r.Failing.IsZero() {
			list = append(list, failingView{Name: r.Name, Reason: r.Reason, Since: words.Moment(r.Failing, h.Now())})
		}
	}
	return list, err
}
