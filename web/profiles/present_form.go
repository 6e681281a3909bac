package profiles

import (
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"purser.example/internal/account"
	"purser.example/internal/catalogue"
	"purser.example/internal/profile"
	"purser.example/internal/secret"
	"purser.example/web/session"
	"purser.example/web/tenants"
	"purser.example/web/words"
)

// Addresses of help that panes lead to.
const (
	notesHref     = "/help/validation-notes"
	passwordsHref = "/help/password-rules"
	importHref    = "/help/importing-profiles"
	browserHref   = "/help/works-in-browser"
)

// appPasswordsHref is what Microsoft says of app passwords.
const appPasswordsHref = "https://learn.microsoft.com/entra/identity/authentication/howto-mfa-app-passwords"

// formView shows a form as typed; id is nil for a new profile.
func (h *Handlers) formView(c echo.Context, f form, id *profile.ID) (formView, error) {
	query := readListQuery(c)
	connected, err := h.Tenants.All(c.Request().Context(), session.Caller(c))
	if err != nil {
		return formView{}, err
	}
	view := formView{
		Action: query.Address(), Close: query.Address(), Name: f.draft.Name, Description: f.draft.Description, Username: f.draft.Username,
		Services: h.serviceViews(f.draft.Services), Rules: ruleViews(h.Accounts.PasswordRules()),
		HelpHref: notesHref, PasswordsHref: passwordsHref, Errors: map[string]string{}, AdminCenter: f.draft.AdminCenterURL,
	}
	for _, t := range connected {
		view.Tenants = append(view.Tenants, tenants.Option(t, t.ID == f.draft.Tenant || len(connected) == 1))
	}
	if view.Elsewhere, err = h.elsewhereView(c, f.draft, id); err != nil {
		return formView{}, err
	}
	if id != nil {
		view.Edit, view.Action, view.Version = true, query.Address(string(*id)), strconv.FormatInt(f.version, 10)
	}
	return view, nil
}

// serviceViews lists what is offered, and what the profile has from before (R13).
func (h *Handlers) serviceViews(ids []string) []serviceView {
	offered := h.Profiles.Offered()
	for s := range catalogue.Named(ids) {
		if !slices.ContainsFunc(offered, func(o catalogue.Service) bool { return o.ID == s.ID }) {
			offered = append(offered, s)
		}
	}
	var views []serviceView
	for _, s := range offered {
		views = append(views, serviceView{Value: s.ID, Name: s.Name, Needs: s.Needs, Checked: slices.Contains(ids, s.ID)})
	}
	return views
}

func ruleViews(rules []account.PasswordRule) []ruleView {
	var views []ruleView
	for _, r := range rules {
		views = append(views, ruleView{ID: r.ID, Text: r.Text, Refuse: r.Refuse})
	}
	return views
}

// conflictView shows both versions, field by field (R19).
func (h *Handlers) conflictView(c echo.Context, f form, conflict *profile.Conflict) *conflictView {
	if conflict.Gone {
		return &conflictView{Gone: true}
	}
	p := conflict.Current
	view := h.stored(p, readListQuery(c).Address(string(p.ID), "edit"))
	view.compare(
		conflictRow{Field: "Profile name", Yours: f.draft.Name, Stored: p.Name},
		conflictRow{Field: "Description", Yours: f.draft.Description, Stored: p.Description},
		conflictRow{Field: "Select tenant", Yours: h.Tenants.Name(c.Request().Context(), f.draft.Tenant), Stored: h.Tenants.Name(c.Request().Context(), p.Tenant)},
		conflictRow{Field: "Select service", Yours: strings.Join(serviceNames(f.draft.Services), ", "), Stored: strings.Join(serviceNames(p.Services), ", ")},
		conflictRow{Field: "Username", Yours: f.draft.Username, Stored: p.Username},
		passwordRow(f.draft.Password),
	)
	if f.draft.AdminCenterURL != "" || p.AdminCenterURL != "" {
		view.compare(conflictRow{Field: adminCenterLabel, Yours: f.draft.AdminCenterURL, Stored: p.AdminCenterURL})
	}
	return view
}

// stored is a conflict with what is stored now; reload is the editor that shows it.
func (h *Handlers) stored(p profile.Profile, reload string) *conflictView {
	return &conflictView{By: p.Modified.By, At: words.Moment(p.Modified.At, h.Now()), Version: strconv.FormatInt(p.Version, 10), Reload: reload}
}

// compare adds fields in both versions.
func (v *conflictView) compare(rows ...conflictRow) {
	for _, row := range rows {
		row.Differs = row.Yours != row.Stored && row.Field != "Password"
		v.Rows = append(v.Rows, row)
	}
}

// passwordRow tells of a password only whether one was typed.
func passwordRow(typed secret.Value) conflictRow {
	row := conflictRow{Field: "Password", Yours: "Changed", Stored: "Not shown"}
	if typed.Empty() {
		row.Yours = "Unchanged"
	}
	return row
}
