package profiles

import (
	"errors"

	"github.com/labstack/echo/v4"

	"purser.example/internal/appprofile"
	"purser.example/internal/problem"
	"purser.example/internal/profile"
	"purser.example/web/layout"
	"purser.example/web/respond"
	"purser.example/web/session"
	"purser.example/web/tenants"
)

// validate signs in with the stored password; the details then show what came of it.
func (h *Handlers) validate(c echo.Context) error {
	return h.validateOne(c, c.Param("id"), readListQuery(c).Address(c.Param("id")))
}

func (h *Handlers) validateOne(c echo.Context, id, to string) error {
	v, err := h.Profiles.Validate(c.Request().Context(), session.Caller(c), session.Origin(c), profile.ID(id))
	if unstored, ok := errors.AsType[*profile.Unstored](err); ok {
		return h.showUnstored(c, id, unstored)
	}
	if conflict, ok := errors.AsType[*profile.Conflict](err); ok {
		return h.tellMeanwhile(c, to, conflict)
	}
	switch kind := problem.KindOf(err); {
	case errors.Is(err, appprofile.ErrNone):
		return h.tellNoApp(c, id, to)
	case kind == problem.Altered:
		h.Log.ErrorContext(c.Request().Context(), "profile not validated", "request_id", session.Origin(c).Request, "error", problem.Told(err))
		return respond.Back(c, to, problem.Message(err))
	case err != nil && (kind == problem.Conflict || kind == problem.Invalid):
		return respond.Back(c, to, problem.Message(err))
	case err != nil:
		return err
	case !v.Valid():
		return respond.Tell(c, to, layout.Flash{Failure: true, Verdict: true, Text: "Validation result: " + v.Status.Title() + "."})
	}
	return respond.Tell(c, to, layout.Flash{Verdict: true, Text: "The account is valid. Microsoft 365 confirmed it just now."})
}

// tellNoApp says that the profile's tenant has no app profile, and leads to where it gets one.
func (h *Handlers) tellNoApp(c echo.Context, id, to string) error {
	p, err := h.Profiles.Find(c.Request().Context(), session.Caller(c), profile.ID(id))
	if err != nil {
		return err
	}
	return respond.Tell(c, to, layout.Flash{Failure: true, Text: problem.Message(appprofile.ErrNone), Href: tenants.ConnectAddress(p.Tenant), Label: tenants.Connect})
}
