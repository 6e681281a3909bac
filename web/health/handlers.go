// Package health is the screens of what Purser checks by itself: how the checks of an account went, what changed before it broke, and when
// the night of a tenant is (R90).
package health

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"purser.example/internal/account"
	"purser.example/internal/appprofile"
	"purser.example/internal/audit"
	"purser.example/internal/drift"
	"purser.example/internal/notify"
	"purser.example/internal/pool"
	"purser.example/internal/problem"
	"purser.example/internal/profile"
	"purser.example/internal/shown"
	"purser.example/internal/tenant"
	"purser.example/internal/watch"
	"purser.example/web/form"
	"purser.example/web/respond"
	"purser.example/web/session"
)

// Handlers answers the addresses of health checks.
type Handlers struct {
	Watch    *watch.Service
	Drift    *drift.Service
	Notices  *notify.Service
	Profiles *profile.Service
	Pools    *pool.Service
	Tenants  *tenant.Service
	Apps     *appprofile.Service
	Now      func() time.Time
}

const (
	profilesPath = "/service-accounts"
	tenantsPath  = "/tenants"
)

// ofProfile is where the checks of a profile are, and ofTenant those of a tenant.
func ofProfile(id profile.ID) string {
	return profilesPath + "/" + url.PathEscape(string(id)) + "/health"
}

func ofTenant(id tenant.ID) string { return tenantsPath + "/" + url.PathEscape(string(id)) + "/health" }

// Mount adds the routes.
func (h *Handlers) Mount(e *echo.Echo) {
	e.GET(profilesPath+"/:id/health", h.showProfile)
	e.POST(profilesPath+"/:id/health/freeze", h.freezeProfile)
	e.POST(profilesPath+"/:id/health/resume", h.resumeProfile)
	h.mountQuiet(e, profilesPath+"/:id/health", h.profile, h.profileView)
	h.mountQuiet(e, membersPath, h.memberSubject, h.memberView)
	e.GET(membersPath, h.showMember)
	e.POST(membersPath+"/freeze", h.freezeMember)
	e.POST(membersPath+"/resume", h.resumeMember)
	e.GET(tenantsPath+"/:id/health", h.showTenant)
	e.POST(tenantsPath+"/:id/health", h.schedule)
	e.POST(tenantsPath+"/:id/health/freeze", h.freezeTenant)
	e.POST(tenantsPath+"/:id/health/resume", h.resumeTenant)
}

// place is where the account of a profile is kept.
func place(id profile.ID) account.Place {
	return account.Place{Kind: profile.PlaceKind, ID: string(id)}
}

// typed is what somebody typed into one of the forms, and what is wrong with it.
type typed struct {
	Until, Because, Time, Zone string
	QuietUntil, Why            string
	Errors                     map[string]string
}

func wrong(err error) map[string]string {
	list := map[string]string{}
	for _, f := range problem.Fields(err) {
		list[f.Field] = f.Message
	}
	return list
}

// profileSubject is a profile as a subject of health checks.
func profileSubject(p profile.Profile) subject {
	return subject{
		kind: "profile", name: p.Name, username: p.Username, tenant: p.Tenant, place: place(p.ID), target: targetOf(p), path: ofProfile(p.ID),
		back: profilesPath + "/" + string(p.ID), backTo: "Profile " + p.Name,
	}
}

func (h *Handlers) showProfile(c echo.Context) error {
	view, err := h.profileView(c, typed{})
	if err != nil {
		return err
	}
	return h.placePage(c, http.StatusOK, view)
}

// readFreeze reads what a freeze says. The day is one by UTC, as days are everywhere in Purser.
func readFreeze(values url.Values) (t typed, until time.Time) {
	t = typed{Until: shown.Trim(values.Get(watch.FieldUntil)), Because: values.Get(watch.FieldBecause)}
	if t.Until == "" {
		return t, time.Time{}
	}
	until, err := time.Parse(time.DateOnly, t.Until)
	if err != nil {
		until = time.Unix(1, 0) // no day is one that has passed: the service says what to enter
	}
	return t, until
}

// profile is the profile that an address is about.
func (h *Handlers) profile(c echo.Context) (subject, error) {
	p, err := h.Profiles.Find(c.Request().Context(), session.Caller(c), profile.ID(c.Param("id")))
	if err != nil {
		return subject{}, err
	}
	return profileSubject(p), nil
}

func (h *Handlers) freezeProfile(c echo.Context) error {
	return h.freeze(c, h.profile, h.profileView)
}

func (h *Handlers) resumeProfile(c echo.Context) error { return h.resume(c, h.profile) }

func targetOf(p profile.Profile) audit.Target {
	return audit.Target{Kind: "profile", ID: string(p.ID), Name: p.Name}
}

func tenantTarget(t tenant.Tenant) audit.Target {
	return audit.Target{Kind: "tenant", ID: string(t.ID), Name: t.DisplayName}
}

func (h *Handlers) showTenant(c echo.Context) error { return h.tenant(c, http.StatusOK, typed{}) }

func (h *Handlers) tenant(c echo.Context, status int, t typed) error {
	view, err := h.tenantView(c, t)
	if err != nil {
		return err
	}
	shell := respond.Shell(c, "Management", "Health checks of "+view.Name)
	shell.Scripts = []string{"js/zone.js"}
	return respond.Page(c, status, tenantPage(shell, view))
}

// schedule sets when the nights of a tenant begin.
func (h *Handlers) schedule(c echo.Context) error {
	values, err := form.Values(c)
	if err != nil {
		return err
	}
	id := tenant.ID(c.Param("id"))
	t := typed{Time: shown.Trim(values.Get(watch.FieldTime)), Zone: shown.Trim(values.Get(watch.FieldZone))}
	minute := -1
	if at, err := time.Parse("15:04", t.Time); err == nil {
		minute = at.Hour()*60 + at.Minute()
	}
	err = h.Watch.Schedule(c.Request().Context(), session.Caller(c), session.Origin(c), id, minute, strings.ReplaceAll(t.Zone, " ", "_"))
	if problem.KindOf(err) == problem.Invalid {
		t.Errors = wrong(err)
		return h.tenant(c, http.StatusUnprocessableEntity, t)
	}
	if err != nil {
		return err
	}
	return respond.Leave(c, ofTenant(id), "Schedule saved.")
}

func (h *Handlers) freezeTenant(c echo.Context) error {
	values, err := form.Values(c)
	if err != nil {
		return err
	}
	of, err := h.Tenants.Find(c.Request().Context(), tenant.ID(c.Param("id")))
	if err != nil {
		return err
	}
	t, until := readFreeze(values)
	err = h.Watch.Freeze(c.Request().Context(), session.Caller(c), session.Origin(c), watch.TenantScope(of.ID), tenantTarget(of), until, t.Because)
	if problem.KindOf(err) == problem.Invalid {
		t.Errors = wrong(err)
		return h.tenant(c, http.StatusUnprocessableEntity, t)
	}
	if err != nil {
		return err
	}
	return respond.Leave(c, ofTenant(of.ID), "Health checks of this tenant are frozen.")
}

func (h *Handlers) resumeTenant(c echo.Context) error {
	if _, err := form.Values(c); err != nil {
		return err
	}
	of, err := h.Tenants.Find(c.Request().Context(), tenant.ID(c.Param("id")))
	if err != nil {
		return err
	}
	if err := h.Watch.Resume(c.Request().Context(), session.Caller(c), session.Origin(c), watch.TenantScope(of.ID), tenantTarget(of)); err != nil {
		return err
	}
	return respond.Leave(c, ofTenant(of.ID), "Health checks of this tenant go on with the next night.")
}
