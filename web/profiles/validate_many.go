package profiles

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"purser.example/internal/problem"
	"purser.example/internal/profile"
	"purser.example/internal/run"
	"purser.example/internal/verdict"
	forms "purser.example/web/form"
	"purser.example/web/respond"
	"purser.example/web/session"
	"purser.example/web/words"
)

// validateSelected validates what is selected on the page of the list (R11): one profile at once, several in a run. With
// nothing selected it asks about all that match.
func (h *Handlers) validateSelected(c echo.Context) error {
	values, err := forms.Values(c)
	if err != nil {
		return err
	}
	ids, query := values["id"], listQueryOf(values)
	switch {
	case values.Get(fieldAll) != "":
		return h.began(c, query.Address())(h.Validations.BeginMatching(c.Request().Context(), session.Caller(c), session.Origin(c), query.query(), h.selection(c, query)))
	case len(ids) == 0:
		return c.Redirect(http.StatusSeeOther, query.With(validatePath))
	case len(ids) == 1:
		return h.validateOne(c, ids[0], query.Address(ids[0]))
	}
	selected := make([]profile.ID, len(ids))
	for i, id := range ids {
		selected[i] = profile.ID(id)
	}
	return h.began(c, query.Address())(h.Validations.Begin(c.Request().Context(), session.Caller(c), session.Origin(c), selected))
}

// began leads to a run that was just made, or back to the list where there is nothing to validate.
func (h *Handlers) began(c echo.Context, list string) func(run.Run, error) error {
	return func(r run.Run, err error) error {
		if problem.KindOf(err) == problem.Invalid {
			return respond.Back(c, list, problem.Message(err))
		}
		if err != nil {
			return err
		}
		return c.Redirect(http.StatusSeeOther, runPath(r.ID))
	}
}

// confirmValidate asks before all that match are validated: it is more than anybody sees on a page.
func (h *Handlers) confirmValidate(c echo.Context) error {
	query := readListQuery(c)
	q := query.query()
	q.After, q.Before = "", ""
	page, _, err := h.Profiles.List(c.Request().Context(), session.Caller(c), q)
	if err != nil {
		return err
	}
	if page.Total == 0 {
		return respond.Back(c, query.Address(), "No profiles match, so there is nothing to validate.")
	}
	view := confirmView{Action: query.With(validatePath), Close: query.Address(), Count: words.Number(page.Total), AtLeast: page.AtLeast, One: page.Total == 1, Selection: h.selection(c, query), Hidden: query.Hidden()}
	return h.screen().Over(c, http.StatusOK, "Validate profiles", confirmDialog(view))
}

// selection says in words which profiles a view of the list has.
func (h *Handlers) selection(c echo.Context, query listQuery) string {
	q := query.query()
	var parts []string
	if q.Text != "" {
		parts = append(parts, "“"+q.Text+"”")
	}
	if q.Tenant != "" {
		parts = append(parts, "tenant "+h.Tenants.Name(c.Request().Context(), q.Tenant))
	}
	if q.Service != "" {
		parts = append(parts, "service "+strings.Join(serviceNames([]string{q.Service}), ""))
	}
	if q.Kind != "" {
		parts = append(parts, "type "+q.Kind.Title())
	}
	switch q.Status {
	case "":
	case profile.Attention:
		parts = append(parts, "status Need attention")
	case profile.Expiring:
		parts = append(parts, "password expires within 30 days")
	default:
		parts = append(parts, "status "+verdict.Status(q.Status).Title())
	}
	if len(parts) == 0 {
		return "All profiles"
	}
	return "All matching profiles: " + strings.Join(parts, ", ")
}
