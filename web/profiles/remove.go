package profiles

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"purser.example/internal/problem"
	"purser.example/internal/profile"
	forms "purser.example/web/form"
	"purser.example/web/respond"
	"purser.example/web/session"
	"purser.example/web/words"
)

// confirmRemove names what would go before it goes (R11, R20).
func (h *Handlers) confirmRemove(c echo.Context) error {
	query := readListQuery(c)
	view := deleteView{Action: query.With(deletePath), Close: query.Address()}
	doomed, err := h.Profiles.BeforeDelete(c.Request().Context(), session.Caller(c), idsOf(c.QueryParams()["id"]))
	if err != nil {
		return err
	}
	for _, p := range doomed {
		view.Profiles = append(view.Profiles, deleteRow{
			ID: string(p.ID), Version: strconv.FormatInt(p.Version, 10), Name: p.Name, Username: p.Username, Tenant: h.Tenants.Name(c.Request().Context(), p.Tenant), Uses: useLinks(p.Tenant, p.Uses),
		})
	}
	if len(view.Profiles) == 0 {
		return respond.Back(c, query.Address(), "Select the profiles to delete.")
	}
	return h.screen().Over(c, http.StatusOK, "Delete profiles", deleteDialog(view))
}

func idsOf(texts []string) []profile.ID {
	ids := make([]profile.ID, len(texts))
	for i, text := range texts {
		ids[i] = profile.ID(text)
	}
	return ids
}

var errDamaged = problem.New(problem.BadRequest, "Purser couldn't read this form. Go back to the list and select the profiles again.")

func (h *Handlers) remove(c echo.Context) error {
	values, err := forms.Values(c)
	if err != nil {
		return err
	}
	ids, versions := values["id"], values["version"]
	if len(ids) == 0 || len(ids) != len(versions) {
		return errDamaged
	}
	var seen []profile.Seen
	for i, id := range ids {
		version, err := strconv.ParseInt(versions[i], 10, 64)
		if err != nil {
			return errDamaged
		}
		seen = append(seen, profile.Seen{ID: profile.ID(id), Version: version})
	}
	query := readListQuery(c)
	n, err := h.Profiles.Delete(c.Request().Context(), session.Caller(c), session.Origin(c), seen)
	if conflict, ok := errors.AsType[*profile.Conflict](err); ok {
		return respond.Back(c, query.Address(), "Nothing was deleted, because someone changed "+conflict.Current.Name+" in the meantime. Check the change, then delete again.")
	}
	if err != nil {
		return err
	}
	if n == 0 {
		return respond.Back(c, query.Address(), "Nothing was deleted, because someone else already deleted the selected profiles.")
	}
	sentence := words.Counted(n, "profile") + " deleted."
	if n < len(seen) {
		sentence += " Someone else already deleted the others."
	}
	return respond.Leave(c, query.Address(), sentence)
}
