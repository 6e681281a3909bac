package appprofiles

import (
	"time"

	"github.com/labstack/echo/v4"

	"purser.example/internal/appprofile"
	"purser.example/internal/tenant"
	"purser.example/web/lists"
	"purser.example/web/session"
	"purser.example/web/ui"
	"purser.example/web/verdicts"
	"purser.example/web/words"
)

func (h *Handlers) listView(c echo.Context) (listView, error) {
	ctx, caller, query := c.Request().Context(), session.Caller(c), readListQuery(c)
	page, err := h.Apps.List(ctx, caller, query.query())
	if err != nil {
		return listView{}, err
	}
	tenants, err := h.Tenants.All(ctx, caller)
	if err != nil {
		return listView{}, err
	}
	known := make(map[tenant.ID]tenant.Tenant, len(tenants))
	for _, t := range tenants {
		known[t.ID] = t
	}
	view := listView{
		CreateHref: query.Address("new"), Filter: filterOf(tenants, query), Now: words.Moment(h.Now(), h.Now()).Now, Pager: pager(page, query),
		Heads: lists.Heads(columns, query.sort(), func(sort string) string { return query.FirstPage("sort", sort) }),
	}
	for _, p := range page.Rows {
		view.Rows = append(view.Rows, h.rowView(p, known[p.Tenant], query))
	}
	return view, nil
}

func pager(page appprofile.Page, query listQuery) ui.PagerProps {
	props := ui.PagerProps{Summary: words.Number(page.Total) + " total"}
	switch {
	case page.Total == 1:
		props.Summary = "1 app profile"
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

func filterOf(tenants []tenant.Tenant, query listQuery) filterView {
	q := query.query()
	f := filterView{Query: q.Search, Active: query.filtered()}
	for _, t := range tenants {
		f.Tenants = append(f.Tenants, ui.Option{Value: string(t.ID), Label: t.Called(), Selected: t.ID == q.Tenant})
	}
	for _, s := range appprofile.Statuses() {
		f.Statuses = append(f.Statuses, ui.Option{Value: string(s), Label: s.Title(), Selected: s == q.Status})
	}
	if sort := query.Values.Get("sort"); sort != "" {
		f.Kept = []ui.Hidden{{Name: "sort", Value: sort}}
	}
	f.Hidden = listQueryOf(map[string][]string{"q": {q.Search}, "tenant": {string(q.Tenant)}, "status": {string(q.Status)}, "sort": {query.Values.Get("sort")}}).Hidden()
	return f
}

func (h *Handlers) rowView(p appprofile.Profile, of tenant.Tenant, query listQuery) rowView {
	now := h.Now()
	return rowView{
		ID: string(p.ID), Name: p.Called(), Href: query.Address(string(p.ID)), Preferred: p.Preferred && of.Apps > 1,
		Tenant: of.Called(), Domain: of.InitialDomain, Cloud: of.Cloud.Title(), Application: p.ApplicationID,
		Credential: credentialsOf(p), Expires: dueOf(p.Kind(), p.Ending(now), now), Status: statusOf(p), Checked: words.Moment(p.Checked, now),
	}
}

func credentialsOf(p appprofile.Profile) string {
	if len(p.Credentials) > 1 {
		return words.Counted(len(p.Credentials), "credential")
	}
	return p.Kind().Title()
}

// dueOf tells of the end of a credential 30, 14, 7 days and 1 day before (R74).
func dueOf(kind appprofile.Kind, e appprofile.Ending, now time.Time) dueView {
	switch {
	case kind == appprofile.Public:
		return dueView{Text: "–"}
	case e.At.IsZero():
		return dueView{Text: "Not known"}
	}
	due := dueView{At: words.Moment(e.At, now)}
	switch {
	case e.Ended, e.Mark > 0 && e.Mark <= 7:
		due.Tone = ui.Bad
	case e.Mark > 0:
		due.Tone = ui.Warn
	}
	return due
}

// statusOf is the status with its reason.
func statusOf(p appprofile.Profile) statusView {
	s := statusView{Tone: verdicts.AppTone(p.Status), Text: p.Status.Title(), Reason: p.Finding.Code}
	if lacks := p.Lacks(); p.Status == appprofile.PermissionsMissing && len(lacks) > 0 {
		s.Reason = lacks[0].Name
		if len(lacks) > 1 {
			s.Reason += " and " + words.Counted(len(lacks)-1, "other")
		}
	}
	return s
}
