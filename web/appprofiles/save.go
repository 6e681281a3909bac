package appprofiles

import (
	"cmp"
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"purser.example/internal/appprofile"
	"purser.example/internal/problem"
	"purser.example/internal/tenant"
	"purser.example/web/layout"
	"purser.example/web/respond"
	"purser.example/web/session"
	"purser.example/web/tenants"
	"purser.example/web/verdicts"
)

func (h *Handlers) showNew(c echo.Context) error {
	return h.showForm(c, newView(c, form{draft: appprofile.Draft{Tenant: h.tenantOf(c)}}))
}

// tenantOf is by which domain, or id, the tenant is called that the address asks an app profile for; empty for none.
func (h *Handlers) tenantOf(c echo.Context) string {
	t, err := h.Tenants.Find(c.Request().Context(), tenant.ParseID(c.QueryParam(tenants.ForTenant)))
	if err != nil {
		return "" // what somebody else's link says is not typed for anybody
	}
	return cmp.Or(t.InitialDomain, string(t.ID))
}

func (h *Handlers) showForm(c echo.Context, view formView) error {
	return h.screen().Over(c, http.StatusOK, view.Title, formPane(view))
}

// create saves a new app profile, after Microsoft 365 has been asked about it (R71).
func (h *Handlers) create(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	defer f.clear()
	p, err := h.Apps.Create(c.Request().Context(), session.Caller(c), session.Origin(c), f.draft)
	if err != nil {
		return h.refuse(c, newView(c, f), err)
	}
	return h.saved(c, p)
}

// chooseEdit leads from the list's command to the one selected app profile.
func (h *Handlers) chooseEdit(c echo.Context) error {
	query, ids := readListQuery(c), c.QueryParams()["id"]
	if len(ids) != 1 {
		return respond.Back(c, query.Address(), "Select one app profile to edit.")
	}
	if !respond.ByScript(c) {
		return c.Redirect(http.StatusSeeOther, query.Address(ids[0], "edit"))
	}
	c.Response().Header().Set("HX-Push-Url", query.Address(ids[0], "edit"))
	c.SetParamNames("id")
	c.SetParamValues(ids[0])
	return h.showEdit(c)
}

// find gives the app profile that the address names.
func (h *Handlers) find(c echo.Context) (appprofile.Profile, error) {
	return h.Apps.Find(c.Request().Context(), session.Caller(c), appprofile.ID(c.Param("id")))
}

func (h *Handlers) showEdit(c echo.Context) error {
	p, err := h.find(c)
	if err != nil {
		return err
	}
	return h.showForm(c, h.editView(c, formOf(p), p))
}

// update saves an edit.
func (h *Handlers) update(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	defer f.clear()
	before, err := h.find(c)
	if err != nil {
		return err
	}
	p, err := h.Apps.Edit(c.Request().Context(), session.Caller(c), session.Origin(c), before.ID, f.version, f.draft)
	if err != nil {
		return h.refuse(c, h.editView(c, f, before), err)
	}
	return h.saved(c, p)
}

// saved leads back to the list, which marks the app profile and offers to open it; where a certificate waits to be uploaded, to the
// details that have it.
func (h *Handlers) saved(c echo.Context, p appprofile.Profile) error {
	query, id := readListQuery(c), string(p.ID)
	if made(p) {
		return respond.Leave(c, query.Address(id), savedWords(p))
	}
	return respond.Tell(c, query.Address(), layout.Flash{Text: savedWords(p), Href: query.Address(id), About: id})
}

// refuse answers a Save that changed nothing: the same form as typed, with what is wrong. What is secret is the one thing that never goes
// back; with script it is still in its field.
func (h *Handlers) refuse(c echo.Context, view formView, cause error) error {
	status := http.StatusUnprocessableEntity
	refusal, refused := errors.AsType[*appprofile.Refusal](cause)
	switch kind := problem.KindOf(cause); {
	case refused:
		v := consentable(h.Verdicts.App("Microsoft 365 refused the app profile. Nothing was saved.", refusal.Finding), refusal.Consent)
		view.Verdict, view.Errors = &v, map[string]string{refusal.Field: refusal.Cause + " (" + refusal.Code + ")"}
	case kind == problem.Invalid:
		if view.Errors = errorsByField(cause); len(view.mistakes()) == 0 {
			view.Problem = problem.Message(cause)
		}
	case kind == problem.Conflict:
		status, view.Problem, view.Changed = http.StatusConflict, problem.Message(cause), true
	case (kind == problem.Upstream || kind == problem.Unavailable) && !respond.ByScript(c):
		status, view.Problem = statuses[kind], problem.Message(cause)
		h.Log.ErrorContext(c.Request().Context(), "app profile not saved", "request_id", session.Origin(c).Request, "error", problem.Told(cause))
	default:
		return cause
	}
	if respond.ByScript(c) {
		return respond.Page(c, status, outcomeFragment(view))
	}
	view.Retype = true
	return h.screen().Whole(c, status, respond.Shell(c, section, title), view.Title, formPane(view))
}

// consentable leads from what Microsoft 365 said to where an administrator gives consent, if there is such a place.
func consentable(v verdicts.View, address string) verdicts.View {
	if address != "" {
		v.Links = append(v.Links, verdicts.Link{Text: "Grant admin consent", Href: address})
	}
	return v
}

// statuses are the answers to a Save that failed for a reason of somebody else's; the form stays on the page all the same.
var statuses = map[problem.Kind]int{problem.Upstream: http.StatusBadGateway, problem.Unavailable: http.StatusServiceUnavailable}

func errorsByField(err error) map[string]string {
	byField := map[string]string{}
	for _, f := range problem.Fields(err) {
		if _, there := byField[f.Field]; !there {
			byField[f.Field] = f.Message
		}
	}
	return byField
}
