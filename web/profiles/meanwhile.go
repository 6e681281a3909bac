package profiles

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"purser.example/internal/problem"
	"purser.example/internal/profile"
	"purser.example/web/layout"
	"purser.example/web/respond"
	"purser.example/web/session"
)

// showUnstored shows what a validation found though it could not be stored: the sign-in was made, and nobody should make it
// again only to see its outcome.
func (h *Handlers) showUnstored(c echo.Context, id string, unstored *profile.Unstored) error {
	h.Log.ErrorContext(c.Request().Context(), "result of a validation not stored", "request_id", session.Origin(c).Request, "error", problem.Told(unstored.Cause))
	d, err := h.Profiles.Details(c.Request().Context(), session.Caller(c), profile.ID(id))
	if err != nil {
		return unstored
	}
	view := h.detailsView(c, d, &layout.Flash{Failure: true, Text: problem.Message(unstored)})
	v := h.tell(c, unstored.Verdict, d.Profile)
	view.Verdict, v.Quiet = &v, true // the alert is that it is not stored
	view.Said = &layout.Flash{Failure: true, Text: problem.Message(unstored)}
	c.Response().Header().Set("Retry-After", respond.RetryAfter)
	return h.screen().Whole(c, http.StatusServiceUnavailable, respond.Shell(c, section, title), view.Name, detailsPane(view))
}

// tellMeanwhile says that the validated profile is not what it was when the validation began.
func (h *Handlers) tellMeanwhile(c echo.Context, to string, conflict *profile.Conflict) error {
	if conflict.Gone {
		return respond.Back(c, readListQuery(c).Address(), "Someone deleted this profile while it was being validated. The activity log has the response from Microsoft 365.")
	}
	return respond.Back(c, to, "Someone changed the account of "+conflict.Current.Name+" while it was being validated, so the result doesn't count. Validate again.")
}
