package profiles

import (
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"purser.example/internal/account"
	"purser.example/internal/catalogue"
	"purser.example/internal/profile"
	"purser.example/web/session"
	"purser.example/web/tenants"
	"purser.example/web/words"
)

// Addresses of help that panes lead to.
const (
	notesHref     = "/help/validation-notes"
	passwordsHref = "/help/password-rules"
	browserHref   = "/help/works-in-browser"
)

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
		HelpHref: notesHref, PasswordsHref: passwordsHref, Errors: map[string]string{},
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
	view := &conflictView{
		By: p.Modified.By, At: words.Moment(p.Modified.At, h.Now()), Version: strconv.FormatInt(p.Version, 10),
		Reload: readListQuery(c).Address(string(p.ID), "edit"),
	}
	password := "Unchanged"
	if !f.draft.Password.Empty() {
		password = "Changed"
	}
	for _, row := range []conflictRow{
		{Field: "Profile name", Yours: f.draft.Name, Stored: p.Name},
		{Field: "Description", Yours: f.draft.Description, Stored: p.Description},
		{Field: "Select tenant", Yours: h.Tenants.Name(c.Request().Context(), f.draft.Tenant), Stored: h.Tenants.Name(c.Request().Context(), p.Tenant)},
		{Field: "Select service", Yours: strings.Join(serviceNames(f.draft.Services), ", "), Stored: strings.Join(serviceNames(p.Services), ", ")},
		{Field: "Username", Yours: f.draft.Username, Stored: p.Username},
		{Field: "Password", Yours: password, Stored: "Not shown"},
	} {
		row.Differs = row.Yours != row.Stored && row.Field != "Password"
		view.Rows = append(view.Rows, row)
	}
	return view
}
