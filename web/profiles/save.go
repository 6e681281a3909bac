package profiles

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"purser.example/internal/appprofile"
	"purser.example/internal/problem"
	"purser.example/internal/profile"
	"purser.example/web/layout"
	"purser.example/web/respond"
	"purser.example/web/session"
	"purser.example/web/tenants"
	"purser.example/web/verdicts"
)

func (h *Handlers) showNew(c echo.Context) error {
	view, err := h.formView(c, form{}, nil)
	if err != nil {
		return err
	}
	return h.screen().Over(c, http.StatusOK, view.title(), newPane(view))
}

// create saves a new profile, after Microsoft 365 has confirmed the account (R17).
func (h *Handlers) create(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	defer f.draft.Password.Clear()
	p, err := h.Profiles.Create(c.Request().Context(), session.Caller(c), session.Origin(c), f.draft)
	if err != nil {
		return h.refuse(c, f, nil, err)
	}
	return h.saved(c, p, "Profile "+p.Name+" saved. Microsoft 365 confirmed the account."+renewed(p))
}

// chooseEdit leads from the list's command to the one selected profile.
func (h *Handlers) chooseEdit(c echo.Context) error {
	query, ids := readListQuery(c), c.QueryParams()["id"]
	if len(ids) != 1 {
		return respond.Back(c, query.Address(), "Select one profile to edit.")
	}
	if respond.ByScript(c) {
		c.Response().Header().Set("HX-Push-Url", query.Address(ids[0], "edit"))
		c.SetParamNames("id")
		c.SetParamValues(ids[0])
		return h.showEdit(c)
	}
	return c.Redirect(http.StatusSeeOther, query.Address(ids[0], "edit"))
}

func (h *Handlers) showEdit(c echo.Context) error {
	p, err := h.Profiles.Find(c.Request().Context(), session.Caller(c), profile.ID(c.Param("id")))
	if err != nil {
		return err
	}
	if p.Kind == profile.ClassicMFA {
		return respond.Leave(c, readListQuery(c).classic(string(p.ID), "edit"), "")
	}
	view, err := h.formView(c, formOf(p), &p.ID)
	if err != nil {
		return err
	}
	return h.screen().Over(c, http.StatusOK, view.title(), editPane(view))
}

// update saves an edit (R19).
func (h *Handlers) update(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	defer f.draft.Password.Clear()
	id := profile.ID(c.Param("id"))
	p, err := h.Profiles.Update(c.Request().Context(), session.Caller(c), session.Origin(c), id, f.version, f.draft)
	if err != nil {
		return h.refuse(c, f, &id, err)
	}
	return h.saved(c, p, "Profile "+p.Name+" saved."+renewed(p))
}

// saved leads back to the list, which marks the profile and offers to open it.
func (h *Handlers) saved(c echo.Context, p profile.Profile, sentence string) error {
	query, id := readListQuery(c), string(p.ID)
	return respond.Tell(c, query.Address(), layout.Flash{Text: sentence, Href: query.Address(id), About: id})
}

// refuse answers a Save that changed nothing: the same form as typed, with what is wrong, the verdict or the conflict. The
// password is the one thing that never goes back; with script it is still in its field.
func (h *Handlers) refuse(c echo.Context, f form, id *profile.ID, cause error) error {
	view, err := h.formView(c, f, id)
	if err != nil {
		return err
	}
	if conflict, ok := errors.AsType[*profile.Conflict](cause); ok {
		view.Conflict = h.conflictView(c, f, conflict)
	}
	status, err := h.blame(c, &view, verdicts.Account{Username: f.draft.Username, Tenant: f.draft.Tenant, Services: f.draft.Services, Saving: true}, cause)
	if err != nil {
		return err
	}
	if respond.ByScript(c) {
		return respond.Page(c, status, outcomeFragment(view))
	}
	view.RetypeHint = true
	shell := respond.Shell(c, section, title)
	if view.Edit {
		return h.screen().Whole(c, status, shell, view.title(), editPane(view))
	}
	return h.screen().Whole(c, status, shell, view.title(), newPane(view))
}

// blame puts into a form why a Save changed nothing, and gives the status that says so: the verdict, what is wrong in fields, or a sentence.
// A conflict the form has already. What is no refusal comes back.
func (h *Handlers) blame(c echo.Context, view *formView, of verdicts.Account, cause error) (status int, err error) {
	status = http.StatusUnprocessableEntity
	if errors.Is(cause, appprofile.ErrNone) {
		view.Connect = tenants.ConnectAddress(of.Tenant)
	}
	if refused, ok := errors.AsType[*profile.Refused](cause); ok {
		v := h.Verdicts.Begin().Tell(c.Request().Context(), refused.Verdict, of)
		view.Verdict = &v
		if refused.Unrecorded != nil {
			h.tellUnrecorded(c, view, refused.Unrecorded)
		}
	} else if view.Conflict != nil {
		status = http.StatusConflict
	} else if problem.KindOf(cause) == problem.Unavailable && !respond.ByScript(c) {
		status, view.Problem = http.StatusServiceUnavailable, problem.Message(cause)
		c.Response().Header().Set("Retry-After", respond.RetryAfter)
		h.Log.ErrorContext(c.Request().Context(), "profile not saved", "request_id", session.Origin(c).Request, "error", problem.Told(cause))
	} else if problem.KindOf(cause) == problem.Altered {
		status, view.Problem = http.StatusConflict, problem.Message(cause)
		h.Log.ErrorContext(c.Request().Context(), "profile not saved", "request_id", session.Origin(c).Request, "error", problem.Told(cause))
	} else if problem.KindOf(cause) == problem.Invalid || problem.KindOf(cause) == problem.Conflict {
		if view.Errors = errorsByField(cause); len(view.Errors) == 0 {
			view.Problem = problem.Message(cause)
		}
	} else {
		return 0, cause
	}
	return status, nil
}

// tellUnrecorded says that the end of an attempt is not in the activity log.
func (h *Handlers) tellUnrecorded(c echo.Context, view *formView, cause error) {
	view.Problem = unrecorded
	h.Log.ErrorContext(c.Request().Context(), "end of a validation not recorded", "request_id", session.Origin(c).Request, "error", problem.Told(cause))
}

const unrecorded = "This result couldn't be written to the activity log because Purser can't use its database right now. If this keeps happening, ask your server administrator to check the disk."

func errorsByField(err error) map[string]string {
	byField := map[string]string{}
	for _, f := range problem.Fields(err) {
		if _, there := byField[f.Field]; !there {
			byField[f.Field] = f.Message
		}
	}
	return byField
}
