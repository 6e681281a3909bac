package appprofiles

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"purser.example/internal/appprofile"
	"purser.example/internal/problem"
	forms "purser.example/web/form"
	"purser.example/web/respond"
	"purser.example/web/session"
	"purser.example/web/words"
)

// fieldNamed is the name of an app profile, typed by whoever deletes one that is needed.
const fieldNamed = "named"

// deleteView asks whether an app profile shall go (R70).
type deleteView struct {
	Action      string // a POST address
	Close       string
	ID          string
	Name        string
	Tenant      string
	Application string
	Last        bool     // of its tenant
	Uses        []string // what would not be reached any more; empty: nothing
	Typed       string
	Error       string
}

// confirmRemove names what would go, and what would not be reached any more, before it goes.
func (h *Handlers) confirmRemove(c echo.Context) error {
	query, ids := readListQuery(c), c.QueryParams()["id"]
	if len(ids) != 1 {
		return respond.Back(c, query.Address(), "Select one app profile to delete.")
	}
	view, err := h.deleteView(c, query, appprofile.ID(ids[0]))
	if err != nil {
		return err
	}
	return h.screen().Over(c, http.StatusOK, "Delete app profile", deleteDialog(view))
}

func (h *Handlers) deleteView(c echo.Context, query listQuery, id appprofile.ID) (deleteView, error) {
	d, err := h.Apps.BeforeDelete(c.Request().Context(), session.Caller(c), id)
	if err != nil {
		return deleteView{}, err
	}
	view := deleteView{
		Action: query.With(deletePath), Close: query.Address(), ID: string(d.ID), Name: d.Called(), Tenant: h.Tenants.Name(c.Request().Context(), d.Tenant),
		Application: d.ApplicationID, Last: d.Last,
	}
	if d.InUse() {
		view.Uses = useWords(d.Uses)
	}
	return view, nil
}

// useWords are what is kept for a tenant: "3 service account profiles: Backup, Fly and others".
func useWords(uses []appprofile.Use) []string {
	var list []string
	for _, u := range uses {
		text := words.Counted(u.Count, u.Kind)
		names := u.Names
		if len(names) > 0 && len(names) < u.Count {
			names = append(names[:len(names):len(names)], "others")
		}
		if len(names) > 0 {
			text += ": " + words.Sentence(names)
		}
		list = append(list, text)
	}
	return list
}

func (h *Handlers) remove(c echo.Context) error {
	values, err := forms.Values(c)
	if err != nil {
		return err
	}
	query, id := readListQuery(c), appprofile.ID(values.Get("id"))
	view, err := h.deleteView(c, query, id)
	if err != nil {
		return err
	}
	err = h.Apps.Delete(c.Request().Context(), session.Caller(c), session.Origin(c), id, values.Get(fieldNamed))
	if problem.KindOf(err) == problem.Conflict {
		view.Typed, view.Error = values.Get(fieldNamed), problem.Message(err)
		return h.screen().Whole(c, http.StatusUnprocessableEntity, respond.Shell(c, section, title), "Delete app profile", deleteDialog(view))
	}
	if err != nil {
		return err
	}
	return respond.Leave(c, query.Address(), "App profile "+view.Name+" deleted.")
}
