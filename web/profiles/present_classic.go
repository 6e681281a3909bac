package profiles

import (
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"purser.example/internal/problem"
	"purser.example/internal/profile"
	"purser.example/internal/shown"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
	"purser.example/web/layout"
	"purser.example/web/retirements"
	"purser.example/web/session"
	"purser.example/web/words"
)

// classicView shows a classic MFA profile.
func (h *Handlers) classicView(c echo.Context, d profile.Details, said *layout.Flash) classicView {
	query, id := readListQuery(c), string(d.ID)
	view := classicView{detailsView: h.detailsView(c, d, said), Clock: retirements.AppPasswords(h.Now()), ListHref: query.Address()}
	view.EditHref, view.ValidateAction = query.classic(id, "edit"), query.classic(id, "validate")
	view.ConvertHref = query.With(classicEditPath(id), paramConvert, "yes")
	view.Roles, view.RolesNote = nil, rolesHidden
	view.AdminCenter = words.Either(d.AdminCenterURL, "Not entered. Select Edit and enter it before you validate.")
	return view
}

// classicFormView shows the classic form as typed, for the profile as it is stored.
func (h *Handlers) classicFormView(c echo.Context, f classicForm, p profile.Profile) (classicFormView, error) {
	query, ctx, d := readListQuery(c), c.Request().Context(), f.draft
	view := classicFormView{
		formView: formView{
			Edit: true, Action: query.classic(string(p.ID), "edit"), Close: query.classic(string(p.ID)), Version: strconv.FormatInt(f.version, 10),
			Name: d.Name, Description: d.Description, Username: d.Username, Rules: ruleViews(h.Accounts.PasswordRules()), PasswordsHref: passwordsHref,
			HelpHref: notesHref, Errors: map[string]string{}, AdminCenter: d.AdminCenterURL,
		},
		MFA: d.MFA, Custom: d.Custom || d.MFA, Tested: f.command == commandTest, Converting: f.command == commandConvert, RoleNote: "Select Validation Test to read the roles.",
		ServiceNames: strings.Join(serviceNames(p.Services), ", "), Clock: retirements.AppPasswords(h.Now()), tenant: p.Tenant, services: p.Services,
	}
	if p.Tenant == "" {
		return view, nil // it is gone
	}
	t, err := h.Tenants.Find(ctx, p.Tenant)
	if err != nil && problem.KindOf(err) != problem.NotFound {
		return view, err
	}
	view.Tenant = t.Called()
	if own := tenant.OwnAdminURLs(t); len(own) > 0 {
		view.DefaultCenter = own[0]
	}
	if view.Custom {
		view.Doubt = h.Profiles.Doubt(t, d.AdminCenterURL)
	}
	uses, err := h.Profiles.Uses(ctx, session.Caller(c), p)
	if err != nil {
		return view, err
	}
	view.UsedBy = useLinks(p.Tenant, uses)
	view.Elsewhere, err = h.elsewhereView(c, profile.Draft{Tenant: p.Tenant, Username: d.Username, Elsewhere: d.Elsewhere}, &p.ID)
	return view, err
}

// classicConflict shows both versions, field by field (R19). One that somebody converted meanwhile has no way back to this form (R33).
func (h *Handlers) classicConflict(c echo.Context, f classicForm, conflict *profile.Conflict) *conflictView {
	p, query := conflict.Current, readListQuery(c)
	switch {
	case conflict.Gone:
		return &conflictView{Gone: true}
	case p.Kind != profile.ClassicMFA:
		return &conflictView{Converted: true, By: p.Modified.By, At: words.Moment(p.Modified.At, h.Now()), Reload: query.Address(string(p.ID))}
	}
	view := h.stored(p, query.classic(string(p.ID), "edit"))
	view.compare(
		conflictRow{Field: "Profile Name", Yours: f.draft.Name, Stored: p.Name},
		conflictRow{Field: "Description", Yours: f.draft.Description, Stored: p.Description},
		conflictRow{Field: "Enable MFA", Yours: onOff(f.draft.MFA), Stored: onOff(true)},
		conflictRow{Field: "Username", Yours: f.draft.Username, Stored: p.Username},
		passwordRow(f.draft.Password),
		conflictRow{Field: adminCenterLabel, Yours: f.draft.AdminCenterURL, Stored: p.AdminCenterURL},
	)
	return view
}

func onOff(on bool) string {
	if on {
		return "On"
	}
	return "Off"
}

// rolesOf names the roles of a verdict.
func rolesOf(v verdict.Verdict) string {
	var names []string
	for _, r := range v.Roles {
		names = append(names, shown.Name(r.Name))
	}
	return words.Sentence(names)
}
