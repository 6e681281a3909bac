package appprofiles

import (
	"purser.example/internal/appprofile"
	"purser.example/web/ui"
	"purser.example/web/verdicts"
)

// formView is a pane that creates or edits an app profile, or adds a credential to one. Whatever is secret is missing on purpose: the
// server never sends it.
type formView struct {
	Title       string
	Action      string
	Close       string // where Cancel leads
	Version     string // of the app profile as it was when the editor opened it; empty for a new one
	Whole       bool   // name, tenant and application are asked too, and not a credential alone
	Fixed       bool   // the tenant cannot be changed
	Name        string
	Tenant      string
	Application string
	Choices     []ui.Choice
	Note        string // what Save does
	Retype      bool   // a whole page came back, so that what is secret has to be entered again
	Errors      map[string]string
	Problem     string         // a sentence about the whole form; empty for none
	Again       string         // the form afresh
	Changed     bool           // somebody else changed what the form is of, so that it has to be opened again
	Verdict     *verdicts.View // why Microsoft 365 refused; nil for none
	Register    *registerView  // how to make the registration; nil where there is one
}

// registerView is what makes an app registration.
type registerView struct {
	Consent    string // where an administrator gives consent
	Access     string // requiredResourceAccess, JSON
	PowerShell string
}

const (
	// fieldVersion is the version that the editor saw, a hidden field.
	fieldVersion = "version"
	// keepChoice leaves the credentials of an app profile as they are.
	keepChoice = "keep"
)

// fieldLabels are the fields in the order of the form, to the letter.
var fieldLabels = []struct{ name, label string }{
	{appprofile.FieldName, "Name"},
	{appprofile.FieldTenant, "Tenant domain or ID"},
	{appprofile.FieldApplication, "Application (client) ID"},
	{appprofile.FieldCredential, "Credential"},
	{appprofile.FieldSecret, "Client secret"},
	{appprofile.FieldFile, "Certificate file"},
	{appprofile.FieldPassword, "Certificate password"},
}

// help is what stands below a field whether or not it was refused.
func (v formView) help(field string) string {
	switch field {
	case appprofile.FieldName:
		return "The name that people see in Purser."
	case appprofile.FieldTenant:
		if v.Fixed {
			return "The tenant of an app profile can't be changed."
		}
		return "Any domain of the tenant, or its directory (tenant) ID. Purser finds the cloud."
	case appprofile.FieldApplication:
		return "From the Overview of the app registration."
	case appprofile.FieldSecret:
		return v.again("The Value of the secret, not its Secret ID.", "Enter it again. It is never sent back to the browser.")
	case appprofile.FieldFile:
		return v.again("PEM or PFX, with the certificate and its private key, up to 32 KB. It is stored encrypted.", "Choose the file again. The browser doesn't keep it.")
	case appprofile.FieldPassword:
		return v.again("The password of a PFX file. Leave it empty if the file has none.", "Enter it again. It is never sent back to the browser.")
	}
	return ""
}

// again is the help of a field that a whole page cannot bring back.
func (v formView) again(usual, retype string) string {
	if v.Retype {
		return retype
	}
	return usual
}

// mistakes are the fields that were refused. What Microsoft 365 refused is told by the verdict, and not once more.
func (v formView) mistakes() []ui.Mistake {
	var found []ui.Mistake
	for _, field := range fieldLabels {
		if text := v.Errors[field.name]; text != "" && v.Verdict == nil {
			found = append(found, ui.Mistake{Label: field.label, Control: v.control(field.name), Text: text})
		}
	}
	return found
}

// control is the id to jump to: a group cannot take the focus, its first choice can.
func (v formView) control(field string) string {
	if field == appprofile.FieldCredential && len(v.Choices) > 0 {
		return field + "-" + v.Choices[0].Value
	}
	return field
}
