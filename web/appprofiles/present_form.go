package appprofiles

import (
	"cmp"
	"strconv"

	"github.com/labstack/echo/v4"

	"purser.example/internal/appprofile"
	"purser.example/internal/tenant"
	"purser.example/web/ui"
	"purser.example/web/words"
)

// What stands in the lines for copying in place of what is not typed yet.
const (
	exampleTenant = "contoso.onmicrosoft.com"
	exampleApp    = "00000000-0000-0000-0000-000000000000"
)

// newView is the pane that creates.
func newView(c echo.Context, f form) formView {
	query := readListQuery(c)
	view := viewOf(f)
	view.Title, view.Action, view.Close, view.Whole = "Create app profile", query.Address(), query.Address(), true
	view.Choices = choices(cmp.Or(f.draft.Credential.Choice, appprofile.ASecret), appprofile.Choices())
	view.Register = &registerView{
		Consent:    tenant.Tenant{ID: tenant.ID(cmp.Or(f.draft.Tenant, exampleTenant))}.ConsentAddress(cmp.Or(f.draft.ApplicationID, exampleApp)),
		Access:     appprofile.RequiredResourceAccess(false),
		PowerShell: appprofile.PowerShell(appprofile.Registration{Name: cmp.Or(f.draft.Name, "Purser"), Tenant: cmp.Or(f.draft.Tenant, exampleTenant), None: f.draft.Credential.Choice == appprofile.None}),
	}
	return view
}

// editView is the pane that edits one.
func (h *Handlers) editView(c echo.Context, f form, p appprofile.Profile) formView {
	query := readListQuery(c)
	view := viewOf(f)
	view.Title, view.Action, view.Close, view.Whole, view.Fixed = "Edit app profile", query.Address(string(p.ID)), query.Address(), true, true
	view.Tenant, view.Again = string(p.Tenant), query.Address(string(p.ID), "edit")
	if t, err := h.Tenants.Find(c.Request().Context(), p.Tenant); err == nil {
		view.Tenant = t.InitialDomain
	}
	keep := ui.Choice{Value: keepChoice, Label: "Leave it as it is", Note: "Now: " + credentialsOf(p) + ".", Checked: f.draft.Credential.Choice == ""}
	view.Choices = append([]ui.Choice{keep}, choices(f.draft.Credential.Choice, appprofile.Choices())...)
	view.Note = "If you change the credential, Save checks it with Microsoft 365 first. A new credential replaces the ones there now. To change it without an outage, add a second one in the details."
	return view
}

// addView is the pane that adds a second credential (R74).
func addView(c echo.Context, f form, p appprofile.Profile) formView {
	query := readListQuery(c)
	view := viewOf(f)
	view.Title, view.Action, view.Close = "Add credential", query.Address(string(p.ID), "credentials"), query.Address(string(p.ID))
	view.Again = query.Address(string(p.ID), "credentials", "new")
	view.Version = strconv.FormatInt(cmp.Or(f.version, p.Version), 10)
	view.Choices = choices(cmp.Or(f.draft.Credential.Choice, appprofile.ASecret), []appprofile.Choice{appprofile.ASecret, appprofile.Theirs, appprofile.Ours})
	view.Note = "Save checks with Microsoft 365 first. Both credentials then work until you remove the first."
	return view
}

func viewOf(f form) formView {
	view := formView{
		Name: f.draft.Name, Tenant: f.draft.Tenant, Application: f.draft.ApplicationID, Errors: map[string]string{},
		Note: "Save checks with Microsoft 365 first. If it refuses, nothing is saved.",
	}
	if f.version != 0 {
		view.Version = strconv.FormatInt(f.version, 10)
	}
	return view
}

func choices(chosen appprofile.Choice, list []appprofile.Choice) []ui.Choice {
	var made []ui.Choice
	for _, choice := range list {
		made = append(made, ui.Choice{Value: string(choice), Label: choice.Title(), Note: choiceNotes[choice], Checked: choice == chosen})
	}
	return made
}

var choiceNotes = map[appprofile.Choice]string{
	appprofile.ASecret: "Created under Certificates & secrets of the app registration.",
	appprofile.Theirs:  "A file with the certificate and its private key.",
	appprofile.Ours:    "Purser keeps the private key. You upload the public part after you select Save.",
	appprofile.None:    "Accounts can sign in. Account pools are read with a service account, and the names of policies can't be read.",
}

// savedWords say what a Save came to.
func savedWords(p appprofile.Profile) string {
	saved := "App profile " + p.Called() + " saved. "
	switch {
	case p.Status == appprofile.PermissionsMissing:
		return saved + "Microsoft 365 accepts it. " + lacking(p)
	case p.Status == appprofile.Active:
		return saved + "Microsoft 365 accepts it, and every needed permission is granted."
	case made(p):
		return saved + "Download its certificate and upload it to the app registration, then select Check."
	case p.Kind() == appprofile.Public:
		return saved + "A public client has no credential to check. Validate a service account to try it."
	}
	return saved
}

// lacking names the needed permissions that are missing.
func lacking(p appprofile.Profile) string {
	var names []string
	for _, permission := range p.Lacks() {
		names = append(names, permission.Name)
	}
	return words.Counted(len(names), "needed permission") + " missing: " + words.Sentence(names) + "."
}

// made reports whether a certificate that Purser made waits to be uploaded.
func made(p appprofile.Profile) bool {
	for _, c := range p.Credentials {
		if c.Made && c.Standing == appprofile.Waiting {
			return true
		}
	}
	return false
}
