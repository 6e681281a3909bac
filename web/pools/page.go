package pools

import (
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"purser.example/internal/pool"
	"purser.example/internal/problem"
	"purser.example/internal/tenant"
	"purser.example/web/respond"
	"purser.example/web/session"
	"purser.example/web/tenants"
)

// show opens the page with what is saved, or with the members that an address names.
func (h *Handlers) show(c echo.Context) error {
	view, err := h.pageView(c, form{tenant: keyOf(c).Tenant, tab: keyOf(c).Class})
	if err != nil {
		return err
	}
	return h.page(c, http.StatusOK, view)
}

// page answers with the whole page.
func (h *Handlers) page(c echo.Context, status int, view pageView) error {
	shell := respond.Shell(c, "", title)
	shell.Classic = true
	if view.Tenant != "" {
		shell.Scripts = []string{"js/pool.js"}
	}
	if changed := pool.Class(c.QueryParam("changed")); changed.Known() && view.Tenant != "" && c.Request().Method == http.MethodGet {
		key := pool.Key{Tenant: tenant.ID(view.Tenant), Class: changed}
		asked, err := h.rerunView(c, key, pageAddress(key))
		if err != nil {
			return err
		}
		shell.Pane = rerunDialog(asked)
	}
	return respond.Page(c, status, poolPage(shell, view))
}

// pageView gathers the page for the form; pools that are not in it are shown as they are saved.
func (h *Handlers) pageView(c echo.Context, f form) (pageView, error) {
	connected, err := h.Tenants.All(c.Request().Context(), session.Caller(c))
	if err != nil || len(connected) == 0 {
		return pageView{}, err
	}
	if f.tenant == "" {
		f.tenant = connected[0].ID
	}
	view := pageView{Tenant: string(f.tenant), Tab: string(f.tab), Needs: pool.Requirements()}
	for _, t := range connected {
		view.Tenants = append(view.Tenants, tenants.Option(t, t.ID == f.tenant))
	}
	if !slices.ContainsFunc(connected, func(t tenant.Tenant) bool { return t.ID == f.tenant }) {
		return pageView{}, problem.New(problem.NotFound, "This tenant is not connected.")
	}
	for _, s := range pool.Services() {
		view.Services = append(view.Services, serviceView{Name: s.Name, Inferred: s.Pools == "inferred"})
	}
	pools, err := h.Pools.Pools(c.Request().Context(), session.Caller(c), f.tenant)
	if err != nil {
		return pageView{}, err
	}
	tell := h.Verdicts.Begin()
	for _, p := range pools {
		panel, err := h.panelView(c, tell, p, h.formFor(c, f, p), p.Class == f.tab)
		if err != nil {
			return pageView{}, err
		}
		view.Panels = append(view.Panels, panel)
		for _, todo := range panel.Chain.Todo {
			if !slices.Contains(view.Todo, todo) {
				view.Todo = append(view.Todo, todo)
			}
		}
	}
	return view, nil
}

// formFor gives the pool's form as it was sent. Without one it is the pool as saved, with the members that the address of the
// page names where it is about this pool.
func (h *Handlers) formFor(c echo.Context, f form, p pool.Pool) *poolForm {
	if sent := f.pools[p.Class]; sent != nil {
		return sent
	}
	made := formOf(p)
	if p.Class == f.tab && c.Request().Method == http.MethodGet {
		made.members = memberQueryOf(c.QueryParam)
		made.look(h, c, pool.ReadingID(c.QueryParam("reading")), p.By.At)
	}
	return made
}

// look takes the members of another reading into the form. One that is gone, another pool's, or older than what was saved since, as
// an old bookmark names it, is passed over.
func (p *poolForm) look(h *Handlers, c echo.Context, id pool.ReadingID, saved time.Time) {
	if id == "" || id == p.reading {
		return
	}
	r, err := h.Pools.Reading(c.Request().Context(), session.Caller(c), id)
	if err != nil || r.Key != p.key || r.Begun.Before(saved) {
		return
	}
	p.reading, p.group, p.named = id, r.Group.Name, r.Group.Name
}

// retype says at the members that passwords have to be typed again, because a whole page came back.
func (v *pageView) retype() {
	for _, p := range v.Panels {
		if p.Users != nil {
			p.Users.Retype = true
		}
	}
}
