package horizons

import (
	"strconv"

	"github.com/labstack/echo/v4"

	"purser.example/internal/horizon"
	"purser.example/internal/tenant"
	"purser.example/web/session"
	"purser.example/web/ui"
	"purser.example/web/words"
)

// pageView is everything that the page shows.
type pageView struct {
	Tiles   []ui.TileProps
	Filter  filterView
	Broken  brokenView
	Endings endingsView
	Month   *monthView // nil: the list is shown
	List    string     // the address of the list, and Month's of the calendar
	Months  string
	First   bool // no tenant is connected
	Checked bool // health checks are on
	Feeds   feedsView
	Now     string // when its times were so
}

// filterView is what narrows the lists.
type filterView struct {
	Tenants, Kinds []ui.Option
	Hidden         []ui.Hidden
	Active         bool
	Clear          string
}

func (h *Handlers) pageView(c echo.Context, t typed) (view pageView, err error) {
	ctx, caller, q, now := c.Request().Context(), session.Caller(c), readQuery(c.QueryParams()), h.Now()
	all, err := h.Tenants.All(ctx, caller)
	if err != nil {
		return view, err
	}
	summary, err := h.Horizon.Summary(ctx, caller)
	if err != nil {
		return view, err
	}
	names := map[tenant.ID]string{}
	for _, t := range all {
		names[t.ID] = t.Called()
	}
	view = pageView{
		Tiles: tiles(summary, q), Filter: filters(all, q), First: len(all) == 0, Checked: h.Checked, Now: words.Moment(now, now).Now,
		List: q.first(paramView, "", paramMonth, "", paramDay, ""), Months: q.first(paramView, calendar, paramWindow, "", paramDay, ""),
	}
	if view.Broken, err = h.brokenView(c, q, names, summary); err != nil {
		return view, err
	}
	if view.Feeds, err = h.feedsView(c, t); err != nil {
		return view, err
	}
	if q.calendar() {
		view.Month, err = h.monthView(c, q)
		return view, err
	}
	view.Endings, err = h.endingsView(c, q, names, summary)
	return view, err
}

// narrowed is the part of a summary that the filters let through.
func narrowed(s horizon.Summary, q query) horizon.Summary {
	kinds := append(append([]horizon.Kind{}, q.kinds()...), q.broken()...)
	return s.In(q.tenant(), kinds...)
}

// tiles count what the filters let through, and each is a way to see what it counts (X34).
func tiles(all horizon.Summary, q query) []ui.TileProps {
	s := narrowed(all, q)
	list := q.day().IsZero() && !q.calendar()
	tile := func(n int, label, window string, days int, tone ui.Tone) ui.TileProps {
		if n == 0 {
			tone = ""
		}
		return ui.TileProps{
			Count: words.Number(n), Label: label, Href: q.first(paramWindow, window, paramView, "", paramMonth, "", paramDay, "") + "#ends", Tone: tone, Current: list && q.window() == days,
		}
	}
	broken := ui.TileProps{Count: words.Number(s.Broken()), Label: "Broken now", Href: q.first() + "#broken", Tone: ui.Bad}
	if s.Broken() == 0 {
		broken.Tone = ""
	}
	tiles := []ui.TileProps{broken, tile(s.Ended(), "Past the end", ended, 0, ui.Bad)}
	within := s.Within()
	for i, days := range horizon.Windows {
		tone := ui.Warn
		if i > 1 {
			tone = ""
		}
		tiles = append(tiles, tile(within[i], "End within "+words.Counted(days, "day"), strconv.Itoa(days), days, tone))
	}
	return tiles
}

func filters(all []tenant.Tenant, q query) filterView {
	f := filterView{Active: q.filtered(), Clear: q.first(paramTenant, "", paramKind, "")}
	for _, t := range all {
		f.Tenants = append(f.Tenants, ui.Option{Value: string(t.ID), Label: t.Called(), Selected: t.ID == q.tenant()})
	}
	for _, k := range horizon.EndingKinds {
		f.Kinds = append(f.Kinds, ui.Option{Value: string(k), Label: titles[k], Selected: k == q.kind()})
	}
	for _, name := range []string{paramWindow, paramView, paramMonth, paramDay} {
		if value := q.Values.Get(name); value != "" {
			f.Hidden = append(f.Hidden, ui.Hidden{Name: name, Value: value})
		}
	}
	return f
}

// pagerOf leads to the neighboring pages of a list by the places of its first and last row.
func pagerOf[T interface{ Place() horizon.Place }](p horizon.Page[T], q query, prefix, fragment string) ui.PagerProps {
	props := ui.PagerProps{}
	if len(p.Rows) == 0 {
		return props
	}
	to := func(name, other string, at T) string {
		return q.With(listPath, prefix+other, "", prefix+name, cursor(at.Place())) + fragment
	}
	if p.Earlier {
		props.PreviousHref = to("before", "after", p.Rows[0])
	}
	if p.Later {
		props.NextHref = to("after", "before", p.Rows[len(p.Rows)-1])
	}
	return props
}
