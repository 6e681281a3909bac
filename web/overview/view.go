package overview

import (
	"context"
	"math"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"purser.example/internal/access"
	"purser.example/internal/appprofile"
	"purser.example/internal/horizon"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
	"purser.example/web/chart"
	"purser.example/web/session"
	"purser.example/web/tenants"
	"purser.example/web/ui"
	"purser.example/web/words"
)

// pageView is what the page shows.
type pageView struct {
	Empty   bool             // nothing was ever connected
	First   tenants.Progress // how far the first steps have come
	Begun   bool             // they are behind, or not to be shown
	Tenants []ui.Option      // to choose from; none where there is one
	Tiles   []ui.TileProps
	Items   []item
	Status  chart.Share
	Ends    chart.Columns
	Health  chart.Columns
	Scans   latestView
	Runs    latestView
}

// item is something that needs attention, with a few of what it counts.
type item struct {
	Tone  ui.Tone
	Badge string // what it is about, in a word
	Text  string
	Href  string // empty for nowhere
	Note  string // empty for none
	Lines []line
	More  string // how many more there are than lines; empty for none
}

// line is one of what an item counts.
type line struct {
	Text string
	Href string
	Why  string
	At   words.Time
}

// asked is whom the page is for, and of which tenant: the zero tenant is all of them.
type asked struct {
	ctx    context.Context
	caller access.Caller
	tenant tenant.ID
	known  map[tenant.ID]tenant.Tenant
}

// link adds the tenant to an address.
func (a asked) link(path string, pairs ...string) string {
	values := url.Values{}
	if a.tenant != "" {
		values.Set("tenant", string(a.tenant))
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	if len(values) == 0 {
		return path
	}
	return path + "?" + values.Encode()
}

// called is a tenant's name.
func (a asked) called(t tenant.ID) string {
	of := a.known[t]
	return words.Either(of.Called(), string(t))
}

// view gathers the page. What is not known of the address is left out rather than refused: an old bookmark still opens.
func (h *Handlers) view(c echo.Context) (view pageView, err error) {
	a := asked{ctx: c.Request().Context(), caller: session.Caller(c), known: map[tenant.ID]tenant.Tenant{}}
	connected, err := h.Tenants.All(a.ctx, a.caller)
	if err != nil {
		return view, err
	}
	for _, t := range connected {
		a.known[t.ID] = t
	}
	if chosen := tenant.ParseID(c.QueryParam("tenant")); a.known[chosen].ID != "" {
		a.tenant = chosen
	}
	if len(connected) > 1 {
		for _, t := range connected {
			view.Tenants = append(view.Tenants, ui.Option{Value: string(t.ID), Label: t.Called(), Selected: t.ID == a.tenant})
		}
	}
	standing, err := h.Profiles.Standing(a.ctx, a.caller, a.tenant)
	if err != nil {
		return view, err
	}
	if err := h.first(a, connected, standing, &view); err != nil || view.Empty {
		return view, err
	}
	view.Status = statusPicture(a, standing)
	return view, h.fill(a, &view)
}

// fill asks for all that the page shows of an installation in use.
func (h *Handlers) fill(a asked, view *pageView) error {
	summary, err := h.Horizon.Summary(a.ctx, a.caller)
	if err != nil {
		return err
	}
	recent, err := h.Watch.Recent(a.ctx, a.caller, a.tenant)
	if err != nil {
		return err
	}
	summary = summary.In(a.tenant)
	view.Tiles, view.Health = tiles(a, summary), healthPicture(recent)
	if view.Ends, err = h.endsPicture(a); err != nil {
		return err
	}
	if view.Items, err = h.attention(a, summary, recent); err != nil {
		return err
	}
	if view.Scans, err = h.latestScans(a); err != nil {
		return err
	}
	view.Runs, err = h.latestRuns(a)
	return err
}

// first finds out how far an installation without profiles has come (R75). Nobody else is asked.
func (h *Handlers) first(a asked, connected []tenant.Tenant, standing map[verdict.Status]int, view *pageView) error {
	if view.Begun = len(standing) > 0 || a.tenant != ""; view.Begun {
		return nil
	}
	view.First.Connected = slices.ContainsFunc(connected, func(t tenant.Tenant) bool { return t.Apps > 0 })
	if view.Empty = len(connected) == 0; view.Empty {
		return nil
	}
	apps, err := h.Apps.List(a.ctx, a.caller, appprofile.Query{Limit: math.MaxInt})
	view.First.Permitted = slices.ContainsFunc(apps.Rows, func(p appprofile.Profile) bool { return p.Status == appprofile.Active || p.Kind() == appprofile.Public })
	return err
}

// tiles are the numbers of what is broken and what ends, each a way to see them.
func tiles(a asked, s horizon.Summary) []ui.TileProps {
	tile := func(n int, label string, tone ui.Tone, href string) ui.TileProps {
		if n == 0 {
			tone = ""
		}
		return ui.TileProps{Count: words.Number(n), Label: label, Tone: tone, Href: href}
	}
	list := []ui.TileProps{tile(s.Broken(), "Don't work", ui.Bad, brokenLink(a))}
	for i, n := range s.Within() {
		days := horizon.Windows[i]
		tone := ui.Tone("")
		if i == 0 {
			tone = ui.Warn
		}
		list = append(list, tile(n, "End within "+words.Counted(days, "day"), tone, endsLink(a, days)))
	}
	return list
}
