// Package tenants is what Purser knows of one connected tenant, and what an owner may say of it.
package tenants

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"purser.example/internal/access"
	"purser.example/internal/appprofile"
	"purser.example/internal/problem"
	"purser.example/internal/tenant"
	"purser.example/web/form"
	"purser.example/web/respond"
	"purser.example/web/session"
	"purser.example/web/words"
)

// Path is where the tenants are.
const Path = "/tenants"

// Address is where a tenant is.
func Address(id tenant.ID) string { return Path + "/" + url.PathEscape(string(id)) }

// Handlers answers the addresses of tenants.
type Handlers struct {
	Tenants *tenant.Service
	Apps    *appprofile.Service
	Found   Found
	Now     func() time.Time
}

// Found tells what scans have found in a tenant. Who scans comes after this room, so that it is told here.
type Found func(ctx context.Context, caller access.Caller, t tenant.ID) ([]Objects, error)

// Objects is how many objects of a type a tenant has.
type Objects struct {
	Type string
	N    int
	Href string    // where they are
	Read time.Time // when a scan last read the type to its end
}

// Mount adds the routes.
func (h *Handlers) Mount(e *echo.Echo) {
	e.GET(Path+"/:id", h.show)
	e.POST(Path+"/:id/cloud-domains", h.say)
	e.POST(Path+"/:id/cloud-domains/withdraw", h.withdraw)
}

func (h *Handlers) show(c echo.Context) error { return h.page(c, http.StatusOK, "", "") }

// page shows the tenant, with what was typed and what is wrong with it.
func (h *Handlers) page(c echo.Context, status int, typed, wrong string) error {
	caller := session.Caller(c)
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return err
	}
	t, err := h.Tenants.Find(c.Request().Context(), tenant.ID(c.Param("id")))
	if err != nil {
		return err
	}
	view := tenantView{
		ID: string(t.ID), Name: t.Called(), Domain: t.InitialDomain, Cloud: t.Cloud.Title(), Connected: words.Moment(t.Connected, h.Now()),
		Action: Address(t.ID) + "/cloud-domains", Health: Address(t.ID) + "/health", MayChange: caller.May(access.ChangeSecurity), Typed: typed, Wrong: wrong,
	}
	for _, d := range t.CloudDomains {
		view.CloudDomains = append(view.CloudDomains, cloudDomainView{Domain: d.Domain, By: d.By, At: words.Moment(d.At, h.Now())})
	}
	view.read(t, h.Now())
	apps, err := h.Apps.OfTenant(c.Request().Context(), caller, t.ID)
	if err != nil {
		return err
	}
	view.Apps = appViews(apps)
	throttles, err := h.Tenants.Throttles(c.Request().Context(), caller, t.ID)
	if err != nil {
		return err
	}
	view.Throttles = throttleViews(throttles, h.Now())
	found, err := h.Found(c.Request().Context(), caller, t.ID)
	if err != nil {
		return err
	}
	view.Objects = objectViews(found, h.Now())
	return respond.Page(c, status, tenantPage(respond.Shell(c, "Management", t.Called()), view))
}

// say notes that the cloud checks the passwords of a federated domain (X25).
func (h *Handlers) say(c echo.Context) error {
	values, err := form.Values(c)
	if err != nil {
		return err
	}
	id, domain := tenant.ID(c.Param("id")), values.Get(fieldDomain)
	err = h.Tenants.SayCloudDomain(c.Request().Context(), session.Caller(c), session.Origin(c), id, domain, true)
	if problem.KindOf(err) == problem.Invalid {
		return h.page(c, http.StatusUnprocessableEntity, domain, problem.Message(err))
	}
	if err != nil {
		return err
	}
	return respond.Leave(c, Address(id), "Passwords of this domain now go to Microsoft's sign-in host.")
}

func (h *Handlers) withdraw(c echo.Context) error {
	values, err := form.Values(c)
	if err != nil {
		return err
	}
	id := tenant.ID(c.Param("id"))
	if err := h.Tenants.SayCloudDomain(c.Request().Context(), session.Caller(c), session.Origin(c), id, values.Get(fieldDomain), false); err != nil {
		return err
	}
	return respond.Leave(c, Address(id), "Passwords of this domain are no longer sent.")
}
