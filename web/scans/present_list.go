package scans

import (
	"strings"

	"github.com/labstack/echo/v4"

	"purser.example/internal/scan"
	"purser.example/internal/tenant"
	"purser.example/web/lists"
	"purser.example/web/session"
	"purser.example/web/tones"
	"purser.example/web/ui"
	"purser.example/web/words"
)

func (h *Handlers) listView(c echo.Context) (listView, error) {
	ctx, caller, query := c.Request().Context(), session.Caller(c), readListQuery(c)
	page, err := h.Scans.List(ctx, caller, query.query())
	if err != nil {
		return listView{}, err
	}
	known, err := h.Tenants.All(ctx, caller)
	if err != nil {
		return listView{}, err
	}
	view := listView{
		NoTenant: len(known) == 0 && len(page.Rows) == 0, CreateHref: query.Address("new"), Filter: filterOf(known, query), Now: words.Moment(h.Now(), h.Now()).Now, Pager: pager(page, query),
		Heads: lists.Heads(columns, query.sort(), func(sort string) string { return query.FirstPage("sort", sort) }),
	}
	for _, p := range page.Rows {
		view.Rows = append(view.Rows, h.rowView(p, h.Tenants.Name(ctx, p.Tenant), query))
	}
	view.Active, err = h.activeViews(c)
	return view, err
}

func pager(page scan.ListPage, query listQuery) ui.PagerProps {
	props := ui.PagerProps{Summary: words.Number(page.Total) + " total"}
	switch {
	case page.Total == 1:
		props.Summary = "1 scan profile"
	case query.filtered():
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

func filterOf(known []tenant.Tenant, query listQuery) filterView {
	q := query.query()
	f := filterView{Query: q.Text, Active: query.filtered(), Tenants: tenantOptions(known, q.Tenant)}
	if sort := query.Values.Get("sort"); sort != "" {
		f.Kept = []ui.Hidden{{Name: "sort", Value: sort}}
	}
	f.Hidden = listQueryOf(map[string][]string{"q": {q.Text}, "tenant": {string(q.Tenant)}, "sort": {query.Values.Get("sort")}}).Hidden()
	return f
}

// tenantOptions are the tenants as a filter offers them.
func tenantOptions(known []tenant.Tenant, chosen tenant.ID) []ui.Option {
	var options []ui.Option
	for _, t := range known {
		options = append(options, ui.Option{Value: string(t.ID), Label: t.Called(), Selected: t.ID == chosen})
	}
	return options
}

func (h *Handlers) rowView(p scan.Listed, of string, query listQuery) rowView {
	row := rowView{
		ID: string(p.ID), Name: p.Name, Href: query.Address(string(p.ID)), Tenant: of, Types: typeTitles(p.Types), Method: p.Method.Title(), Schedule: scheduleWords(p.Schedule),
		Next: words.Moment(p.Next, h.Now()),
	}
	if len(row.Types) == 0 {
		row.Types = []string{"–"}
	}
	if p.Last != nil {
		last := h.lastView(*p.Last)
		row.Last = &last
	}
	return row
}

func (h *Handlers) lastView(s scan.Scan) lastView {
	view := lastView{Tone: tones.Scan(s.State), State: s.State.Title(), Begun: words.Moment(s.Begun, h.Now()), Href: scanAddress(s.ID)}
	if total := sum(s); total.Found > 0 {
		view.Found = words.Counted(total.Found, "object")
	}
	return view
}

func typeTitles(types []scan.Type) []string {
	var titles []string
	for _, t := range types {
		titles = append(titles, t.Title())
	}
	return titles
}

// scheduleWords say when scans begin: "Daily at 02:30 Europe/Berlin".
func scheduleWords(s scan.Schedule) string {
	if !s.Daily {
		return "By hand"
	}
	return "Daily " + s.Clock() + " " + strings.ReplaceAll(s.Zone, "_", " ")
}

// sum adds up what a scan has of all types.
func sum(s scan.Scan) scan.Section {
	var total scan.Section
	for _, section := range s.Sections {
		total.Found += section.Found
		total.New += section.New
		total.Gone += section.Gone
		total.Failed += section.Failed
	}
	return total
}

// activeViews tell of the scans that go on, of the tenant that the list is of.
func (h *Handlers) activeViews(c echo.Context) ([]activeView, error) {
	active, err := h.Scans.Active(c.Request().Context(), session.Caller(c), readListQuery(c).query().Tenant)
	var list []activeView
	for _, s := range active {
		view := activeView{Href: scanAddress(s.ID), Name: s.Name}
		if n := sum(s).Found; n > 0 {
			view.Found = words.Counted(n, "object") + " so far"
		}
		list = append(list, view)
	}
	return list, err
}
