package profiles

import (
	"purser.example/internal/tenant"
	"purser.example/web/retirements"
	"purser.example/web/ui"
	"purser.example/web/words"
)

// classicView is the detail page of a classic MFA profile.
type classicView struct {
	detailsView
	Clock       retirements.View
	ListHref    string // the list as it was
	ConvertHref string // the form with Enable MFA cleared
}

// classicFormView is the classic form. What it shares with the pane, it has from there.
type classicFormView struct {
	formView
	MFA           bool
	Tenant        string // which the classic form does not change
	ServiceNames  string // nor these
	Role          string // the roles that a test found; an app password finds none
	RoleNote      string // why there are none
	Custom        bool   // the admin center is a custom one
	DefaultCenter string // the address that the tenant's name gives it; empty where nobody knows it
	Doubt         string // that the address may be another tenant's; empty for none
	Clock         retirements.View
	Confirm       bool // a Save would convert the profile, and nobody has confirmed that yet
	Tested        bool // Validation Test was pressed, not Save
	Converting    bool // Confirm was pressed, which the question behind Save has
	UsedBy        []linkView

	tenant   tenant.ID // whose verdicts are told
	services []string
}

// classicLabels are the fields of the classic form that may be refused, in its order and as the guide calls them.
var classicLabels = []labeled{
	{fieldName, "Profile Name"},
	{fieldDescription, "Description"},
	{fieldUsername, "Username"},
	{fieldPassword, "Password"},
	{fieldAdminCenter, adminCenterLabel},
}

const adminCenterLabel = "SharePoint Online Admin Center URL"

// limitations of classic MFA profiles, in the guide's words.
var limitations = []string{
	"The Microsoft 365 MFA service account profile cannot be used to invite Microsoft 365 users/groups as AvePoint Online Services users.",
	"If your organization selects Block access for the Apps that don't use modern authentication setting in the SharePoint admin center, the Microsoft 365 MFA service account profile cannot be used for the Ghost Guest Users rule in Cloud Management Identity Manager.",
	"The Microsoft 365 MFA service account profile does not support some features in Cloud Management. You can convert and deselect the checkbox here.",
}

// rolesHidden is why an app password tells no roles, in the guide's words.
const rolesHidden = "As the Microsoft 365 user has multi-factor authentication (MFA) enabled, the user role information cannot be retrieved due to Microsoft API limitations, and the User Role field will be empty."

// refused lists the mistakes of the form, each with the way to its field.
func (v classicFormView) refused() []ui.Mistake {
	var found []ui.Mistake
	for _, field := range classicLabels {
		if text := v.Errors[field.name]; text != "" {
			found = append(found, ui.Mistake{Label: field.label, Control: field.name, Text: text})
		}
	}
	return found
}

// again is what to select once the fields are corrected. A conversion is asked for by Save and confirmed in its question.
func (v classicFormView) again() string {
	if v.Converting {
		return "Save and Confirm"
	}
	return "Save"
}

// classicHelp is what stands below a field of the classic form whether or not it was refused.
func (v classicFormView) classicHelp(field string) string {
	switch field {
	case fieldUsername:
		return "Use a separate account, such as svc-backup@contoso.com, not a person's account."
	case fieldPassword:
		if v.RetypeHint {
			return "Type the password again. Purser never sends it back to the browser. To keep the stored app password, leave this empty, unless you change the username or clear Enable MFA."
		}
		return "With Enable MFA on, the app password of the account above. Leave it empty to keep the stored one. With Enable MFA off, the account's own password."
	case fieldAdminCenter:
		return "If the Our organization uses multi-factor authentication checkbox is selected, you must manually enter the address. Example: " + words.Either(v.DefaultCenter, "https://contoso-admin.sharepoint.com") + "."
	}
	return ""
}

// centers are the two choices of Advanced Settings.
func (v classicFormView) centers() []ui.Choice {
	return []ui.Choice{
		{Value: centerDefault, Label: "Our organization uses the default SharePoint Online admin center URL", Note: v.DefaultCenter, Checked: !v.Custom},
		{Value: centerCustom, Label: "Our organization uses a custom SharePoint Online admin center URL", Checked: v.Custom},
	}
}
