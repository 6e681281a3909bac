package people

import (
	"strings"

	"github.com/labstack/echo/v4"

	core "purser.example/internal/people"
	"purser.example/web/lists"
	"purser.example/web/session"
	"purser.example/web/ui"
	"purser.example/web/words"
)

// listView is what the page shows behind and without a pane.
type listView struct {
	Query  string
	Hidden []ui.Hidden // the view, for a command on selected rows
	Kept   []ui.Hidden // what a search keeps: the order
	Heads  []ui.Column
	Rows   []rowView
	Pager  ui.PagerProps
	New    string // where people are added

	Waiting []waitingView // who waits for an answer of the caller
	Now     string        // when its times were so
}

// bare is true for a list that nobody is in yet.
func (v listView) bare() bool { return len(v.Rows) == 0 && v.Query == "" }

// columns are the heads of the list, to the letter, each with its value of sort.
var columns = []lists.Column{
	{Label: "Name", Sort: "name", Width: ui.Named},
	{Label: "Sign-in", Sort: "sign-in", Width: ui.User, From: ui.FromMiddle},
	{Label: "Role", Sort: "role", Width: ui.User},
	{Label: "Source", From: ui.FromMiddle, Width: ui.Texts},
	{Label: "Last sign-in", Sort: "last", Width: ui.Times},
	{Label: "Status", Sort: "status", Width: ui.Badges},
}

// rowView is one person or group in the list.
type rowView struct {
	ID      string
	Name    string
	Href    string
	SignIn  string
	Role    string
	Source  string
	Seen    words.Time
	None    string // in the place of Seen
	Status  string
	Tone    ui.Tone
	Primary bool
}

func (h *Handlers) listView(c echo.Context) (listView, error) {
	query := readListQuery(c)
	page, err := h.People.List(c.Request().Context(), session.Caller(c), query.query())
	if err != nil {
		return listView{}, err
	}
	view := listView{
		New: query.Address("new"), Query: query.query().Text, Hidden: query.Hidden(), Pager: pager(page, query), Now: words.Moment(h.Now(), h.Now()).Now,
		Heads: lists.Heads(columns, query.sort(), func(sort string) string { return query.FirstPage("sort", sort) }),
	}
	if sort := query.Values.Get("sort"); sort != "" {
		view.Kept = []ui.Hidden{{Name: "sort", Value: sort}}
	}
	for _, p := range page.Rows {
		view.Rows = append(view.Rows, h.rowView(p, query))
	}
	view.Waiting, err = h.waitingViews(c, query)
	return view, err
}

func (h *Handlers) rowView(p core.Person, query listQuery) rowView {
	row := rowView{
		ID: string(p.ID), Name: p.Called(), Href: query.Address(string(p.ID)), SignIn: p.SignIn, Role: p.Role().Title(), Source: strings.Join(p.Sources(), ", "),
		Status: string(p.Status()), Tone: tone(p.Status()), Primary: p.Primary, None: "–",
	}
	if !p.Seen.IsZero() {
		row.Seen = words.Moment(p.Seen, h.Now())
	}
	if row.Source == "" {
		row.Source = "–"
	}
	return row
}

// hint is what a row of one line may leave out.
func (r rowView) hint() string { return strings.Join([]string{r.SignIn, r.Role, r.Source}, "\n") }

// tone is how a status looks.
func tone(s core.Status) ui.Tone {
	switch s {
	case core.Active:
		return ui.OK
	case core.Inactive:
		return ui.Bad
	}
	return ui.Mute
}

func pager(page core.Page, query listQuery) ui.PagerProps {
	props := ui.PagerProps{Summary: words.Number(page.Total) + " total"}
	switch {
	case page.AtLeast:
		props.Summary = "more than " + words.Number(page.Total) + " match"
	case query.query().Text != "":
		props.Summary = words.Number(page.Total) + " match"
	}
	if page.Previous != "" {
		props.PreviousHref = query.FirstPage("before", page.Previous)
	}
	if page.Next != "" {
		props.NextHref = query.FirstPage("after", page.Next)
	}
	return props
}
