package profiles

import (
	"context"
	"math"
	"net/url"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"purser.example/internal/access"
	"purser.example/internal/appprofile"
	"purser.example/internal/catalogue"
	"purser.example/internal/profile"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
	"purser.example/web/retirements"
	"purser.example/web/session"
	"purser.example/web/tenants"
	"purser.example/web/ui"
	"purser.example/web/verdicts"
	"purser.example/web/words"
)

func (h *Handlers) listView(c echo.Context) (listView, error) {
	ctx, caller, query := c.Request().Context(), session.Caller(c), readListQuery(c)
	connected, err := h.Tenants.All(ctx, caller)
	if err != nil {
		return listView{}, err
	}
	page, counts, err := h.Profiles.List(ctx, caller, query.query())
	if err != nil {
		return listView{}, err
	}
	view := listView{
		Services: h.Profiles.Offered(), ClassicHref: classicPath, NoTenant: len(connected) == 0,
		ExportHref: query.With(ExportPath, "after", "", "before", ""), Tiles: tiles(counts, query), Filter: h.filterView(connected, query),
		Heads: heads(query.sort(), func(sort string) string { return query.FirstPage("sort", sort) }),
		Pager: pager(page, query), Now: words.Moment(h.Now(), h.Now()).Now,
	}
	if view.Active, err = h.activeRuns(c); err != nil {
		return listView{}, err
	}
	classic, err := h.Profiles.HasClassic(ctx, caller)
	if err != nil {
		return listView{}, err
	}
	if classic {
		clock := retirements.AppPasswords(h.Now())
		view.Retired = &clock
	}
	if kind := query.query().Kind; classic || kind != "" {
		view.Filter.Types = types(kind)
	}
	if len(connected) > 0 {
		view.CreateHref = query.Address("new")
	}
	if view.First, err = h.first(ctx, caller, connected, len(page.Rows) > 0 || view.Filter.Active); err != nil {
		return listView{}, err
	}
	names := make(map[tenant.ID]tenant.Tenant, len(connected))
	for _, t := range connected {
		names[t.ID] = t
	}
	view.Rows = make([]rowView, 0, len(page.Rows))
	kept := query.With("")
	for _, row := range page.Rows {
		view.Rows = append(view.Rows, h.rowView(row, names[row.Tenant], kept))
	}
	return view, nil
}

// first is how far the installation has come (R75). Once permissions have been checked nobody is led there again while a tenant is connected,
// whatever becomes of them, so that a list asks no further. Of a public client none can be checked, so that none is waited for.
func (h *Handlers) first(ctx context.Context, caller access.Caller, connected []tenant.Tenant, saved bool) (tenants.Progress, error) {
	steps := tenants.Progress{Connected: slices.ContainsFunc(connected, func(t tenant.Tenant) bool { return t.Apps > 0 }), Saved: saved}
	if !steps.Connected {
		h.permitted.Store(false) // the next tenant begins anew
		return steps, nil
	}
	if steps.Permitted = h.permitted.Load(); steps.Permitted {
		return steps, nil
	}
	apps, err := h.Apps.List(ctx, caller, appprofile.Query{Limit: math.MaxInt})
	steps.Permitted = slices.ContainsFunc(apps.Rows, func(p appprofile.Profile) bool { return p.Status == appprofile.Active || p.Kind() == appprofile.Public })
	if steps.Permitted {
		h.permitted.Store(true)
	}
	return steps, err
}

// tiles count by status what the search and the other filters let through, and each is a way to see what it counts (X34).
func tiles(counts profile.Counts, query listQuery) []ui.TileProps {
	now := query.Values.Get("status")
	all := "All profiles"
	if q := query.query(); q.Text != "" || q.Tenant != "" || q.Service != "" || q.Kind != "" {
		all = "All matching"
	}
	tile := func(count int, label, status string, tone ui.Tone) ui.TileProps {
		if count == 0 {
			tone = ""
		}
		return ui.TileProps{Count: atLeast(count, counts.AtLeast && (status != "" || counts.AllAtLeast)), Label: label, Href: query.FirstPage("status", status), Tone: tone, Current: now == status}
	}
	return []ui.TileProps{
		tile(counts.All, all, "", ""),
		tile(counts.Valid, "Valid", string(verdict.Valid), ui.OK),
		tile(counts.Attention, "Need attention", profile.Attention, ui.Bad),
		tile(counts.Expiring, "Expire within 30 days", profile.Expiring, ui.Warn),
		tile(counts.NotValidated, "Not validated", string(verdict.NotValidated), ""),
	}
}

// atLeast is a number that may be larger: counting on would cost.
func atLeast(n int, more bool) string {
	switch {
	case !more:
		return words.Number(n)
	case n == 0:
		return "–"
	}
	return words.Number(n) + "+"
}

func (h *Handlers) filterView(connected []tenant.Tenant, query listQuery) filterView {
	q := query.query()
	f := filterView{Query: q.Text, Active: q.Filtered()}
	for _, t := range connected {
		f.Tenants = append(f.Tenants, ui.Option{Value: string(t.ID), Label: t.Called(), Selected: t.ID == q.Tenant})
	}
	for _, s := range h.Profiles.Offered() {
		f.Services = append(f.Services, ui.Option{Value: s.ID, Label: s.Name, Selected: s.ID == q.Service})
	}
	f.Statuses = []ui.Option{
		{Value: profile.Attention, Label: "Need attention", Selected: q.Status == profile.Attention},
		{Value: profile.Expiring, Label: "Expire within 30 days", Selected: q.Status == profile.Expiring},
	}
	for _, s := range verdict.Statuses() {
		f.Statuses = append(f.Statuses, ui.Option{Value: string(s), Label: s.Title(), Selected: string(s) == q.Status})
	}
	if sort := query.Values.Get("sort"); sort != "" {
		f.Hidden = append(f.Hidden, ui.Hidden{Name: "sort", Value: sort})
	}
	return f
}

// types are the kinds that the list may be narrowed to.
func types(now profile.Kind) []ui.Option {
	list := make([]ui.Option, len(profile.Kinds))
	for i, k := range profile.Kinds {
		list[i] = ui.Option{Value: string(k), Label: k.Brief(), Selected: k == now}
	}
	return list
}

func pager(page profile.Page, query listQuery) ui.PagerProps {
	props := ui.PagerProps{Summary: words.Number(page.Total) + " total"}
	switch {
	case page.AtLeast:
		props.Summary = "more than " + words.Number(page.Total)
	case page.Total == 1:
		props.Summary = "1 profile"
	case query.query().Filtered():
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

// rowView shows one profile; kept is the view of the list as its address carries it along, the same for every row.
func (h *Handlers) rowView(r profile.Row, of tenant.Tenant, kept string) rowView {
	now, path := h.Now(), listPath+"/"+url.PathEscape(string(r.ID))
	return rowView{
		ID: string(r.ID), Name: r.Name, Href: path + kept, Description: r.Description, Classic: r.Kind == profile.ClassicMFA,
		Tenant: of.Called(), Domain: of.InitialDomain, Services: serviceNames(r.Services), Username: r.Username,
		Status: h.statusView(r.Profile), Expires: expires(r.Profile, now), Validated: words.Moment(r.Validated, now), Modified: words.Moment(r.Modified.At, now),
	}
}

// statusView is the status with its reason in one line, and whether it could be renewed.
func (h *Handlers) statusView(p profile.Profile) statusView {
	s := statusView{Tone: verdicts.Tone(p.Status), Text: p.Status.Title(), Reason: verdicts.Quotable(p.Verdict.Code)}
	if warnings := h.Profiles.Warnings(p); p.Status == verdict.Valid && len(warnings) > 0 {
		s.Tone, s.Reason = ui.Warn, warnings[0].Short()
	}
	if p.Failed != nil {
		s.Tried, s.TriedAt = p.Failed.Status.Title(), words.Moment(p.Failed.At, h.Now())
	}
	return s
}

func expires(p profile.Profile, now time.Time) expiryView {
	e := p.Verdict.Expiry
	switch e.Kind {
	case verdict.ExpiresOn:
		view := expiryView{Time: words.Moment(e.At, now)}
		if now.After(e.At) {
			view.Tone = ui.Bad
		} else if !now.Before(e.Warn) {
			view.Tone = ui.Warn
		}
		return view
	case verdict.ExpiresNever:
		return expiryView{Text: "Never"}
	case verdict.ExpiresElsewhere:
		return expiryView{Text: "On-premises"}
	default:
		return expiryView{Text: "Unknown"}
	}
}

func serviceNames(ids []string) []string {
	var names []string
	for s := range catalogue.Named(ids) {
		names = append(names, s.Name)
	}
	return names
}
