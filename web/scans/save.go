package scans

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"purser.example/internal/problem"
	"purser.example/internal/scan"
	"purser.example/internal/tenant"
	"purser.example/web/layout"
	"purser.example/web/respond"
	"purser.example/web/session"
)

// showNew is the pane that creates, for the tenant that the list is of, or that a link names.
func (h *Handlers) showNew(c echo.Context) error {
	view, err := h.newView(c, form{tenant: h.tenantOf(c)})
	if err != nil {
		return err
	}
	return h.screen().Over(c, http.StatusOK, view.Title, formPane(view))
}

// tenantOf is the tenant that the address asks for, if Purser knows it; where it knows only one, that one.
func (h *Handlers) tenantOf(c echo.Context) tenant.ID {
	known, err := h.Tenants.All(c.Request().Context(), session.Caller(c))
	if err != nil {
		return "" // the pane asks again, and says why it cannot
	}
	asked := readListQuery(c).query().Tenant
	for _, t := range known {
		if t.ID == asked || len(known) == 1 {
			return t.ID
		}
	}
	return ""
}

// follow brings the form for another tenant, as it was typed: with script the part alone that follows the tenant.
func (h *Handlers) follow(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	view, err := h.newView(c, f)
	if err != nil {
		return err
	}
	if respond.ByScript(c) {
		return respond.Page(c, http.StatusOK, ofTenant(view))
	}
	return h.screen().Whole(c, http.StatusOK, respond.Shell(c, section, title), view.Title, formPane(view))
}

func (h *Handlers) create(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	p, err := h.Scans.Create(c.Request().Context(), session.Caller(c), session.Origin(c), f.profile())
	if err != nil {
		view, unread := h.newView(c, f)
		if unread != nil {
			return unread
		}
		return h.refuse(c, f, view, err)
	}
	return h.saved(c, p)
}

// chooseEdit leads from the list's command to the one selected scan profile.
func (h *Handlers) chooseEdit(c echo.Context) error {
	query, ids := readListQuery(c), c.QueryParams()["id"]
	if len(ids) != 1 {
		return respond.Back(c, query.Address(), "Select one scan profile to edit.")
	}
	if !respond.ByScript(c) {
		return c.Redirect(http.StatusSeeOther, query.Address(ids[0], "edit"))
	}
	c.Response().Header().Set("HX-Push-Url", query.Address(ids[0], "edit"))
	c.SetParamNames("id")
	c.SetParamValues(ids[0])
	return h.showEdit(c)
}

// find gives the scan profile that the address names.
func (h *Handlers) find(c echo.Context) (scan.Profile, error) {
	return h.Scans.Find(c.Request().Context(), session.Caller(c), scan.ProfileID(c.Param("id")))
}

func (h *Handlers) showEdit(c echo.Context) error {
	p, err := h.find(c)
	if err != nil {
		return err
	}
	view, err := h.editView(c, formOf(p), p)
	if err != nil {
		return err
	}
	return h.screen().Over(c, http.StatusOK, view.Title, formPane(view))
}

// update saves an edit (R52).
func (h *Handlers) update(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	before, err := h.find(c)
	if err != nil {
		return err
	}
	f.tenant = before.Tenant
	changed := f.profile()
	changed.ID = before.ID
	p, err := h.Scans.Edit(c.Request().Context(), session.Caller(c), session.Origin(c), changed)
	if err != nil {
		view, unread := h.editView(c, f, before)
		if unread != nil {
			return unread
		}
		return h.refuse(c, f, view, err)
	}
	return h.saved(c, p)
}

// saved leads back to the list, which marks the scan profile and offers to open it.
func (h *Handlers) saved(c echo.Context, p scan.Profile) error {
	query, id := readListQuery(c), string(p.ID)
	said := "Scan profile " + p.Name + " saved."
	if !p.Schedule.Daily {
		said += " Select Run to start a scan."
	}
	return respond.Tell(c, query.Address(), layout.Flash{Text: said, Href: query.Address(id), About: id})
}

// refuse answers a Save that changed nothing: the same form as typed, with what is wrong or what somebody else saved.
func (h *Handlers) refuse(c echo.Context, f form, view formView, cause error) error {
	status := http.StatusUnprocessableEntity
	conflict, changed := errors.AsType[*scan.Conflict](cause)
	switch kind := problem.KindOf(cause); {
	case changed:
		status, view.Conflict = http.StatusConflict, h.conflictOf(c, f, conflict.Now)
	case kind == problem.Invalid:
		if view.Errors = errorsByField(cause); len(view.mistakes()) == 0 {
			view.Problem = problem.Message(cause)
		}
	case kind == problem.Conflict:
		status, view.Problem = http.StatusConflict, problem.Message(cause)
	case kind == problem.Unavailable && !respond.ByScript(c):
		status, view.Problem = http.StatusServiceUnavailable, problem.Message(cause)
		c.Response().Header().Set("Retry-After", respond.RetryAfter)
		h.Log.ErrorContext(c.Request().Context(), "scan profile not saved", "request_id", session.Origin(c).Request, "error", problem.Told(cause))
	default:
		return cause
	}
	if respond.ByScript(c) {
		return respond.Page(c, status, outcomeFragment(view))
	}
	return h.screen().Whole(c, status, respond.Shell(c, section, title), view.Title, formPane(view))
}

func errorsByField(err error) map[string]string {
	byField := map[string]string{}
	for _, f := range problem.Fields(err) {
		if _, there := byField[f.Field]; !there {
			byField[f.Field] = f.Message
		}
	}
	return byField
}
