package profiles

import (
	"purser.example/web/ui"
	"purser.example/web/verdicts"
	"purser.example/web/words"
)

// formView is the pane that creates or edits a profile. The password is missing on purpose: the server never sends one.
type formView struct {
	Edit          bool // an existing profile is edited
	Action        string
	Close         string // where Cancel leads: the list as it was, or the details
	Version       string // of the profile as it was when the editor opened it; empty for a new one
	Name          string
	Description   string
	Tenants       []ui.Option // the chosen one is selected
	Services      []serviceView
	Username      string
	AdminCenter   string            // where it is not the tenant's default one
	Errors        map[string]string // a sentence by field; the keys are the field… constants
	Rules         []ruleView        // R16, in order
	RetypeHint    bool              // a whole page came back (no script), so the password has to be typed again
	HelpHref      string            // /help/validation-notes; empty while that page does not exist
	PasswordsHref string            // /help/password-rules; empty while that page does not exist
	Problem       string            // a sentence about the whole form; empty for none
	Connect       string            // where the chosen tenant gets an app profile; empty: it has one
	Verdict       *verdicts.View    // why Microsoft 365 refused; nil for none
	Conflict      *conflictView     // somebody else saved meanwhile; nil for none
	Elsewhere     elsewhereView
}

// The names of the form's fields, and the keys of formView.Errors.
const (
	fieldName        = "name"
	fieldDescription = "description"
	fieldTenant      = "tenant"
	fieldServices    = "services"
	fieldUsername    = "username"
	fieldPassword    = "password"
	fieldAdminCenter = "admin_center_url"
	// fieldAlso is a place of the same account that gets a new password too, and fieldNamed one that the form showed.
	fieldAlso  = "also"
	fieldNamed = "named"
	// fieldVersion is the version that the editor saw, a hidden field.
	fieldVersion = "version"
	// fieldOverwrite comes with the button "Overwrite with mine" only; it is the version that the editor has now seen, and
	// holds in place of fieldVersion.
	fieldOverwrite = "overwrite"
)

// labeled is a field with its label.
type labeled struct{ name, label string }

// fieldLabels are the fields in the order of the form, labelled as R14 has them.
var fieldLabels = []labeled{
	{fieldName, "Profile name"},
	{fieldDescription, "Description"},
	{fieldTenant, "Select tenant"},
	{fieldServices, "Select service"},
	{fieldUsername, "Username"},
	{fieldPassword, "Password"},
	{fieldAdminCenter, adminCenterLabel},
}

// serviceView is a service to choose, with what it needs of the account (R15).
type serviceView struct {
	Value   string
	Name    string
	Needs   string
	Checked bool
}

// ruleView is one line of the password checklist (R16). The script js/password.js checks the rules by their ids; one that it does
// not know stays a plain line.
type ruleView struct {
	ID     string
	Text   string // "8 characters or more"
	Refuse bool   // a password that breaks it is refused; otherwise it is a piece of advice
}

// conflictView shows what two people made of one profile (R19).
type conflictView struct {
	By      string     // who saved meanwhile
	At      words.Time // when
	Version string     // the newer version; "Overwrite with mine" sends it as fieldOverwrite
	Reload  string     // the editor afresh, for "Discard mine"
	Gone    bool       // somebody deleted it meanwhile: nothing to save over, and Rows is empty
	Rows    []conflictRow

	Converted bool // somebody made a common profile of it meanwhile, which Reload opens; Rows is empty
}

// conflictRow is one field in both versions. A password is told only as "Changed" or "Unchanged".
type conflictRow struct {
	Field   string // its label
	Yours   string
	Stored  string
	Differs bool
}
