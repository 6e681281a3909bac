package scans

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"purser.example/internal/problem"
	"purser.example/internal/scan"
	forms "purser.example/web/form"
	"purser.example/web/respond"
	"purser.example/web/session"
	"purser.example/web/words"
)

// deleteView asks whether scan profiles shall go.
type deleteView struct {
	Action   string // a POST address
	Close    string
	Profiles []doomedView
}

type doomedView struct {
	ID, Version string
	Name        string
	About       string // tenant and types
	Goes        string // what goes with it
}

func (v deleteView) title() string {
	if len(v.Profiles) == 1 {
		return "Delete this scan profile?"
	}
	return "Delete " + strconv.Itoa(len(v.Profiles)) + " scan profiles?"
}

// confirmRemove names what would go before it goes.
func (h *Handlers) confirmRemove(c echo.Context) error {
	query := readListQuery(c)
	var ids []scan.ProfileID
	for _, id := range c.QueryParams()["id"] {
		ids = append(ids, scan.ProfileID(id))
	}
	doomed, err := h.Scans.BeforeDelete(c.Request().Context(), session.Caller(c), ids)
	if err != nil {
		return err
	}
	if len(doomed) == 0 {
		return respond.Back(c, query.Address(), "Select one or more scan profiles to delete.")
	}
	view := deleteView{Action: query.With(deletePath), Close: query.Address()}
	for _, d := range doomed {
		view.Profiles = append(view.Profiles, doomedView{
			ID: string(d.ID), Version: strconv.FormatInt(d.Version, 10), Name: d.Name,
			About: h.Tenants.Name(c.Request().Context(), d.Tenant) + " · " + words.Sentence(typeTitles(d.Types)), Goes: goesWith(d),
		})
	}
	return h.screen().Over(c, http.StatusOK, "Delete", deleteDialog(view))
}

// goesWith says what is lost with a scan profile.
func goesWith(d scan.Doomed) string {
	if d.Scans == 0 {
		return "It has no scans yet."
	}
	return "Its history goes with it: " + words.Counted(d.Scans, "scan") + "."
}

func (h *Handlers) remove(c echo.Context) error {
	values, err := forms.Values(c)
	if err != nil {
		return err
	}
	query, ids, versions := readListQuery(c), values["id"], values[fieldVersion]
	if len(ids) != len(versions) {
		return forms.ErrDamaged
	}
	seen := make([]scan.Seen, 0, len(ids))
	for i, id := range ids {
		version, err := strconv.ParseInt(versions[i], 10, 64)
		if err != nil {
			return forms.ErrDamaged
		}
		seen = append(seen, scan.Seen{ID: scan.ProfileID(id), Version: version})
	}
	err = h.Scans.Delete(c.Request().Context(), session.Caller(c), session.Origin(c), seen)
	if problem.KindOf(err) == problem.Conflict {
		return respond.Back(c, query.Address(), problem.Message(err))
	}
	if err != nil {
		return err
	}
	return respond.Leave(c, query.Address(), words.Capital(words.Counted(len(seen), "scan profile"))+" deleted.")
}
