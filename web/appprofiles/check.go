package appprofiles

import (
	"slices"

	"github.com/labstack/echo/v4"

	"purser.example/internal/appprofile"
	"purser.example/internal/problem"
	forms "purser.example/web/form"
	"purser.example/web/layout"
	"purser.example/web/respond"
	"purser.example/web/session"
)

// check asks Microsoft 365 about one app profile; the details then show what came of it.
func (h *Handlers) check(c echo.Context) error {
	id := appprofile.ID(c.Param("id"))
	said, err := h.ask(c, id)
	if err != nil {
		return err
	}
	return respond.Tell(c, readListQuery(c).Address(string(id)), said)
}

// checkSelected is check for the list's command, which stays at the list.
func (h *Handlers) checkSelected(c echo.Context) error {
	values, err := forms.Values(c)
	if err != nil {
		return err
	}
	query, ids := listQueryOf(values), values["id"]
	if len(ids) != 1 {
		return respond.Back(c, query.Address(), "Select one app profile to check.")
	}
	said, err := h.ask(c, appprofile.ID(ids[0]))
	if err != nil {
		return err
	}
	said.Href, said.About = query.Address(ids[0]), ids[0]
	return respond.Tell(c, query.Address(), said)
}

// told are the kinds of problems that a check says on the page it began at: nothing was changed by them.
var told = []problem.Kind{problem.Conflict, problem.Invalid, problem.Upstream, problem.Unavailable, problem.Altered}

func (h *Handlers) ask(c echo.Context, id appprofile.ID) (layout.Flash, error) {
	p, err := h.Apps.Check(c.Request().Context(), session.Caller(c), session.Origin(c), id)
	if kind := problem.KindOf(err); err != nil && slices.Contains(told, kind) {
		h.Log.WarnContext(c.Request().Context(), "app profile not checked", "request_id", session.Origin(c).Request, "error", problem.Told(err))
		return layout.Flash{Failure: true, Text: problem.Message(err)}, nil
	}
	return checkedWords(p), err
}

// checkedWords say what a check came to.
func checkedWords(p appprofile.Profile) layout.Flash {
	of := "App profile " + p.Called() + ": "
	switch {
	case p.Status == appprofile.Active:
		return layout.Flash{Text: of + "Microsoft 365 accepts it, and every needed permission is granted."}
	case p.Status == appprofile.PermissionsMissing:
		return layout.Flash{Failure: true, Text: of + "Microsoft 365 accepts it. " + lacking(p)}
	case p.Finding.Cause != "":
		return layout.Flash{Failure: true, Verdict: true, Text: of + p.Finding.Cause + " (" + p.Finding.Code + ")"}
	}
	return layout.Flash{Text: of + "its tenant exists. A public client has no credential to check."}
}
