package profiles

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"purser.example/internal/problem"
	"purser.example/internal/profile"
	"purser.example/internal/verdict"
	"purser.example/web/layout"
	"purser.example/web/respond"
	"purser.example/web/session"
	"purser.example/web/verdicts"
)

// classicShell is what surrounds the pages of classic MFA profiles.
func classicShell(c echo.Context, section, title string) layout.Shell {
	shell := respond.Shell(c, section, title)
	shell.Classic = true
	return shell
}

// showClassic is the detail page of a classic MFA profile (R31). That of a common one is in the new UI.
func (h *Handlers) showClassic(c echo.Context) error {
	query := readListQuery(c)
	d, err := h.Profiles.Details(c.Request().Context(), session.Caller(c), profile.ID(c.Param("id")))
	if err != nil {
		return err
	}
	if d.Kind != profile.ClassicMFA {
		return respond.Leave(c, query.Address(string(d.ID)), "")
	}
	shell := classicShell(c, title, d.Name)
	view := h.classicView(c, d, shell.Flash)
	shell.Flash = view.Said
	return respond.Page(c, http.StatusOK, classicPage(shell, view))
}

// validateClassic signs in with the stored app password; the detail page then shows what came of it.
func (h *Handlers) validateClassic(c echo.Context) error {
	return h.validateOne(c, c.Param("id"), readListQuery(c).classic(c.Param("id")))
}

// editClassic opens the classic form (R31), where an address asks for it with Enable MFA cleared.
func (h *Handlers) editClassic(c echo.Context) error {
	query := readListQuery(c)
	p, err := h.Profiles.Find(c.Request().Context(), session.Caller(c), profile.ID(c.Param("id")))
	if err != nil {
		return err
	}
	if p.Kind != profile.ClassicMFA {
		return respond.Leave(c, query.Address(string(p.ID), "edit"), "")
	}
	f := classicFormOf(p)
	f.draft.MFA = c.QueryParam(paramConvert) == ""
	f.draft.Custom = f.draft.MFA || p.AdminCenterURL != "" // without MFA, no address means the default one
	view, err := h.classicFormView(c, f, p)
	if err != nil {
		return err
	}
	return respond.Page(c, http.StatusOK, classicEditPage(classicShell(c, p.Name, classicTitle), view))
}

const classicTitle = "Edit service account profile"

// saveClassic does what the pressed button of the classic form says: Validation Test, Save, or Confirm of a conversion (R32–R34).
func (h *Handlers) saveClassic(c echo.Context) error {
	f, err := readClassicForm(c)
	if err != nil {
		return err
	}
	defer f.draft.Password.Clear()
	id, query := profile.ID(c.Param("id")), readListQuery(c)
	if f.command == commandTest {
		return h.testClassic(c, id, f)
	}
	p, err := h.Profiles.UpdateClassic(c.Request().Context(), session.Caller(c), session.Origin(c), id, f.version, f.draft)
	if err != nil {
		return h.refuseClassic(c, id, f, err)
	}
	if p.Kind == profile.Common {
		return respond.Tell(c, query.Address(string(id)), layout.Flash{Text: "Profile " + p.Name + " is a common profile now. Microsoft 365 confirmed the account. Edit the profile here from now on." + renewed(p)})
	}
	return respond.Tell(c, query.classic(string(id)), layout.Flash{Text: "Profile " + p.Name + " saved." + keptThough(p, f)})
}

// keptThough says of an app password that a Save brought that it is stored though nothing takes it any more; empty for any other.
func keptThough(p profile.Profile, f classicForm) string {
	if f.draft.Password.Empty() || p.Status != verdict.LegacyRetired {
		return ""
	}
	return " The app password is stored, but Microsoft has turned off the sign-in it belongs to."
}

// testClassic is the Validation Test: its verdict, and everything as it was typed (R34).
func (h *Handlers) testClassic(c echo.Context, id profile.ID, f classicForm) error {
	tested, err := h.Profiles.Test(c.Request().Context(), session.Caller(c), session.Origin(c), id, f.draft)
	if err != nil {
		return h.refuseClassic(c, id, f, err)
	}
	p, err := h.Profiles.Find(c.Request().Context(), session.Caller(c), id)
	if err != nil {
		return err
	}
	view, err := h.classicFormView(c, f, p)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if !tested.Verdict.Valid() {
		status = http.StatusUnprocessableEntity
	}
	h.showTested(c, &view, tested)
	return h.answerClassic(c, status, p.Name, view)
}

// showTested puts the outcome of a Validation Test into the form.
func (h *Handlers) showTested(c echo.Context, view *classicFormView, tested profile.Tested) {
	told := h.Verdicts.Begin().Tell(c.Request().Context(), tested.Verdict, verdicts.Account{Username: view.Username, Tenant: view.tenant, Services: view.services})
	view.Verdict = &told
	view.Role, view.RoleNote = testedRoles(tested.Verdict)
	if tested.Unrecorded != nil {
		h.tellUnrecorded(c, &view.formView, tested.Unrecorded)
	}
}

// testedRoles are the roles that a test found, or why there are none.
func testedRoles(v verdict.Verdict) (role, note string) {
	switch {
	case !v.RolesRead:
		return "", rolesUnread(v.Warnings)
	case len(v.Roles) == 0:
		return "", "No directory role."
	}
	return rolesOf(v), ""
}

// refuseClassic answers a command that changed nothing, as refuse does.
func (h *Handlers) refuseClassic(c echo.Context, id profile.ID, f classicForm, cause error) error {
	p, err := h.Profiles.Find(c.Request().Context(), session.Caller(c), id)
	conflict, conflicts := errors.AsType[*profile.Conflict](cause)
	switch {
	case problem.KindOf(err) == problem.NotFound && conflicts:
		p = profile.Profile{ID: id, Name: f.draft.Name, Kind: profile.ClassicMFA} // gone, and what was typed is still shown
	case err != nil:
		return err
	}
	view, err := h.classicFormView(c, f, p)
	if err != nil {
		return err
	}
	if errors.Is(cause, profile.ErrUnconfirmed) {
		view.Confirm = true
		return h.answerClassic(c, http.StatusUnprocessableEntity, p.Name, view)
	}
	if conflicts {
		view.Conflict = h.classicConflict(c, f, conflict)
	}
	status, err := h.blame(c, &view.formView, verdicts.Account{Username: f.draft.Username, Tenant: p.Tenant, Services: p.Services, Saving: true}, cause)
	if err != nil {
		return err
	}
	return h.answerClassic(c, status, p.Name, view)
}

// answerClassic brings the outcome of a command alone, for a script that leaves the fields as they are, or the whole form, whose password
// has to be typed again.
func (h *Handlers) answerClassic(c echo.Context, status int, name string, view classicFormView) error {
	if respond.ByScript(c) {
		return respond.Page(c, status, classicFragment(view))
	}
	view.RetypeHint = true
	return respond.Page(c, status, classicEditPage(classicShell(c, name, classicTitle), view))
}
