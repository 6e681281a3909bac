package profiles

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"purser.example/internal/profile"
	"purser.example/internal/tenant"
	"purser.example/web/respond"
	"purser.example/web/session"
	"purser.example/web/words"
)

// elsewhereView names the other places of an account, each with whether it gets a new password too.
type elsewhereView struct {
	Renew  string // where this part comes from when tenant or username change
	Places []placeView
}

// placeView is one of them.
type placeView struct {
	Value   string
	Name    string // "Profile Backup – Europe"
	Checked bool
}

// showElsewhere gives the part of the form that names the places of the account that is typed, for a script. Without one they are
// named where the form is of an account that is known, and a Save tells what it did.
func (h *Handlers) showElsewhere(c echo.Context) error {
	draft := profile.Draft{Tenant: tenant.ParseID(c.QueryParam(fieldTenant)), Username: c.QueryParam(fieldUsername)}
	var id *profile.ID
	if text := profile.ID(c.QueryParam("id")); text != "" {
		id = &text
	}
	view, err := h.elsewhereView(c, draft, id)
	if err != nil {
		return err
	}
	return respond.Page(c, http.StatusOK, otherPlaces(view))
}

func (h *Handlers) elsewhereView(c echo.Context, d profile.Draft, id *profile.ID) (elsewhereView, error) {
	view := elsewhereView{Renew: elsewherePath}
	var own profile.ID
	if id != nil {
		own = *id
		view.Renew = listQueryOf(nil).With(elsewherePath, "id", string(own))
	}
	if d.Tenant == "" || d.Username == "" {
		return view, nil
	}
	places, err := h.Profiles.Elsewhere(c.Request().Context(), session.Caller(c), d.Tenant, d.Username, own)
	for _, p := range places {
		view.Places = append(view.Places, placeView{Value: p.Place.String(), Name: words.Capital(p.Name), Checked: !slices.Contains(d.Elsewhere.Off, p.Place)})
	}
	return view, err
}

// renewed says which other places got a new password with a Save; empty for none.
func renewed(p profile.Profile) string {
	if len(p.Renewed) == 0 {
		return ""
	}
	var names []string
	for _, w := range p.Renewed {
		names = append(names, w.Name)
	}
	return " The password was also stored for the same account in these places: " + words.Sentence(names) + "."
}
