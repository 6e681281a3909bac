package appprofiles

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"purser.example/internal/appprofile"
	"purser.example/internal/problem"
	forms "purser.example/web/form"
	"purser.example/web/respond"
	"purser.example/web/session"
)

// showAdd is the form of a second credential (R74).
func (h *Handlers) showAdd(c echo.Context) error {
	p, err := h.find(c)
	if err != nil {
		return err
	}
	return h.showForm(c, addView(c, form{}, p))
}

// add keeps a second credential beside the first, after Microsoft 365 has been asked about it.
func (h *Handlers) add(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	defer f.clear()
	before, err := h.find(c)
	if err != nil {
		return err
	}
	p, err := h.Apps.AddCredential(c.Request().Context(), session.Caller(c), session.Origin(c), before.ID, f.version, f.draft.Credential)
	if err != nil {
		return h.refuse(c, addView(c, f, before), err)
	}
	said := "Credential added. Microsoft 365 accepts it."
	if f.draft.Credential.Choice == appprofile.Ours {
		said = "Certificate created. Download it, upload it to the app registration, then select Check."
	}
	return respond.Leave(c, readListQuery(c).Address(string(p.ID)), said)
}

// dropView asks whether a credential shall go.
type dropView struct {
	Action     string // a POST address
	Close      string
	Version    string
	Profile    string
	Credential credentialView
}

// confirmDrop asks before a credential goes.
func (h *Handlers) confirmDrop(c echo.Context) error {
	p, err := h.find(c)
	if err != nil {
		return err
	}
	query, id := readListQuery(c), c.Param("credential")
	for i, view := range credentialViews(p, query, h.Now()) {
		if string(p.Credentials[i].ID) == id {
			return h.screen().Over(c, http.StatusOK, "Remove credential", dropDialog(dropView{
				Action: query.Address(string(p.ID), "credentials", id, "remove"), Close: query.Address(string(p.ID)), Version: strconv.FormatInt(p.Version, 10), Profile: p.Called(), Credential: view,
			}))
		}
	}
	return problem.New(problem.NotFound, "This credential no longer exists.")
}

func (h *Handlers) drop(c echo.Context) error {
	values, err := forms.Values(c)
	if err != nil {
		return err
	}
	version, err := strconv.ParseInt(values.Get(fieldVersion), 10, 64)
	if err != nil {
		return forms.ErrDamaged
	}
	id, to := appprofile.ID(c.Param("id")), readListQuery(c).Address(c.Param("id"))
	_, err = h.Apps.RemoveCredential(c.Request().Context(), session.Caller(c), session.Origin(c), id, version, appprofile.CredentialID(c.Param("credential")))
	if problem.KindOf(err) == problem.Conflict {
		return respond.Back(c, to, problem.Message(err))
	}
	if err != nil {
		return err
	}
	return respond.Leave(c, to, "Credential removed.")
}
