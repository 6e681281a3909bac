package profiles

import (
	"purser.example/internal/catalogue"
	"purser.example/web/layout"
	"purser.example/web/ui"
	"purser.example/web/verdicts"
	"purser.example/web/words"
)

// Where this screen family lives. The commands of the list carry id=…, as often as profiles are selected.
const (
	listPath     = "/service-accounts"
	editPath     = listPath + "/edit"
	deletePath   = listPath + "/delete"
	validatePath = listPath + "/validate"

	classicPath = "/classic/account-pool" // Manage Account Pool
)

// The views are what the templates show: texts and addresses, formatted already. None of them ever holds a secret.

// listView is what the Service account page shows behind and without a pane.
type listView struct {
	Services    []catalogue.Service // those that support service accounts (R12)
	ClassicHref string              // Manage Account Pool; empty while that page does not exist
	CreateHref  string              // empty: nobody can create now, and no button says otherwise
	NoTenant    bool                // no tenant is connected, so that nothing can be created yet
	Tiles       []ui.TileProps      // counts by status, in their order
	Active      []activeRun         // validation runs that go on
	Filter      filterView
	Heads       []headView // from heads
	Rows        []rowView
	Pager       ui.PagerProps // its Attrs are set here
}

// filterView is the search and the filters as the address has them.
type filterView struct {
	Query    string
	Tenants  []ui.Option // without "All tenants", which stands first anyway
	Services []ui.Option
	Statuses []ui.Option
	Hidden   []hiddenView // what the address keeps besides: the sort, the selection of a tile
	Active   bool         // something is searched or filtered, so that an empty list means "nothing matches"
}

// address is the search, the filters and the order as a form carries them along, so that a command on selected rows leads
// back to the same list.
func (v filterView) address() []hiddenView {
	var values []hiddenView
	if v.Query != "" {
		values = append(values, hiddenView{"q", v.Query})
	}
	for _, filter := range []struct {
		name    string
		options []ui.Option
	}{{"tenant", v.Tenants}, {"service", v.Services}, {"status", v.Statuses}} {
		for _, option := range filter.options {
			if option.Selected {
				values = append(values, hiddenView{filter.name, option.Value})
			}
		}
	}
	return append(values, v.Hidden...)
}

// hiddenView is a value that a form carries along.
type hiddenView struct{ Name, Value string }

// headView is one column head; without an address it does not sort.
type headView struct {
	Label string
	Href  string
	Order ui.Order
}

// columns are the heads of R10, to the letter, each with its value of sort.
var columns = []struct{ label, sort string }{
	{"Profile name", "name"},
	{"Tenant", "tenant"},
	{"Services", ""},
	{"Username", "username"},
	{"Status", "status"},
	{"Password expires", "expires"},
	{"Last validated", "validated"},
	{"Last modified", "modified"},
}

// heads makes the column heads for a list that is sorted by current, such as "-name". href gives the address of the list
// in another order, filters kept. The column that sorts now turns its order round; any other begins ascending.
func heads(current string, href func(sort string) string) []headView {
	made := make([]headView, 0, len(columns))
	for _, column := range columns {
		head := headView{Label: column.label}
		switch {
		case column.sort == "":
		case current == column.sort:
			head.Href, head.Order = href("-"+column.sort), ui.Ascending
		case current == "-"+column.sort:
			head.Href, head.Order = href(column.sort), ui.Descending
		default:
			head.Href = href(column.sort)
		}
		made = append(made, head)
	}
	return made
}

// rowView is one profile in the list.
type rowView struct {
	ID          string
	Name        string
	Href        string // its details
	VerdictHref string // its verdict alone
	Description string
	Classic     bool // a classic MFA profile
	Tenant      string
	Domain      string
	Services    []string // names; the first one is a chip, the rest a number
	Username    string
	Status      statusView
	Expires     expiryView
	Validated   words.Time // zero: never
	Modified    words.Time
	Selected    bool
}

// statusView is a status with its reason in one line.
type statusView struct {
	Tone   ui.Tone
	Text   string // "Policy blocked"
	Reason string // "Conditional access · AADSTS53003", "SharePoint Administrator missing"; empty for none
	Note   string // an attempt since that could not tell: "Not reached 12 minutes ago; status from before"
}

// expiryView is when a password expires. Without a time, Text stands alone: "Never", "–".
type expiryView struct {
	Time words.Time
	Text string
	Tone ui.Tone // Warn or Bad when it is near; unset otherwise
}

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
	Errors        map[string]string // a sentence by field; the keys are the field… constants
	Rules         []ruleView        // R16, in order
	RetypeHint    bool              // a whole page came back (no script), so the password has to be typed again
	HelpHref      string            // /help/validation-notes; empty while that page does not exist
	PasswordsHref string            // /help/password-rules; empty while that page does not exist
	Problem       string            // a sentence about the whole form; empty for none
	Verdict       *verdicts.View    // why Microsoft 365 refused; nil for none
	Conflict      *conflictView     // somebody else saved meanwhile; nil for none
}

// The names of the form's fields, and the keys of formView.Errors.
const (
	fieldName        = "name"
	fieldDescription = "description"
	fieldTenant      = "tenant"
	fieldServices    = "services"
	fieldUsername    = "username"
	fieldPassword    = "password"
	// fieldVersion is the version that the editor saw, a hidden field.
	fieldVersion = "version"
	// fieldOverwrite comes with the button "Save mine over it" only; it is the version that the editor has now seen, and
	// holds in place of fieldVersion.
	fieldOverwrite = "overwrite"
)

// fieldLabels are the fields in the order of the form, labelled as R14 has them.
var fieldLabels = []struct{ name, label string }{
	{fieldName, "Profile name"},
	{fieldDescription, "Description"},
	{fieldTenant, "Select tenant"},
	{fieldServices, "Select service"},
	{fieldUsername, "Username"},
	{fieldPassword, "Password"},
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

// linkView is a text that may lead somewhere.
type linkView struct{ Text, Href string }

// conflictView shows what two people made of one profile (R19).
type conflictView struct {
	By      string     // who saved meanwhile
	At      words.Time // when
	Version string     // the newer version; "Save mine over it" sends it as fieldOverwrite
	Reload  string     // the editor afresh, for "Use theirs"
	Gone    bool       // somebody deleted it meanwhile: nothing to save over, and Rows is empty
	Rows    []conflictRow
}

// conflictRow is one field in both versions. A password is told only as "Changed" or "Unchanged".
type conflictRow struct {
	Field   string // its label
	Yours   string
	Stored  string
	Differs bool
}

// detailsView is everything known about one profile.
type detailsView struct {
	Said           *layout.Flash // what the last request did, from the shell: what stands behind a pane is inert
	Name           string
	Description    string
	Close          string // the list as it was
	EditHref       string
	ValidateAction string // a POST address
	DeleteHref     string
	Status         statusView
	Verdict        *verdicts.View // the last validation in full; nil where there is nothing to explain
	Tenant         string
	Domain         string
	Cloud          string
	Services       []serviceView // the chosen ones
	Username       string
	Kind           string   // "Common profile", "Classic MFA profile"
	Roles          []string // found by the last validation that could read them
	RolesNote      string   // in place of roles: "Not read yet"; or beside them, such as what is missing
	Expires        expiryView
	ExpiresReason  string     // "90 days after the last change, by the policy of contoso.com"
	Validated      words.Time // zero: never
	Attempts       string     // sign-ins in the last hour, whoever made them
	MostAttempts   string     // how many Purser makes by itself at most
	Parked         bool       // nothing tries the password by itself until somebody changes it
	Created        signedView
	Modified       signedView
	Version        string
	UsedBy         []linkView    // what uses it (R20)
	History        []attemptView // newest first
	Changes        []changeView  // newest first
}

// signedView says when something was done and by whom.
type signedView struct {
	At words.Time
	By string
}

// attemptView is one validation of the past.
type attemptView struct {
	At     words.Time
	Tone   ui.Tone
	Status string
	Code   string // empty for none
	By     string
}

// changeView is one change of the past.
type changeView struct {
	At   words.Time
	By   string
	What string // "Username and password changed"
}

// deleteView asks whether profiles shall go (R20).
type deleteView struct {
	Action   string // a POST address
	Close    string
	Profiles []deleteRow
}

// deleteRow is one profile that would go. The form posts id and version in pairs, in this order.
type deleteRow struct {
	ID       string
	Version  string
	Name     string
	Username string
	Tenant   string
	Uses     []linkView // empty: nothing uses it
}

// fieldAll says that a command is meant for all that match, not for selected rows.
const fieldAll = "all"

// confirmView asks whether all that match shall be validated.
type confirmView struct {
	Action    string // a POST address
	Close     string
	Count     string
	AtLeast   bool // there are more than Count
	One       bool
	Selection string // which, in words
	Hidden    []hiddenView
}

// runView is a validation run with one page of its profiles.
type runView struct {
	Selection    string
	By           string
	Begun        words.Time
	Took         string // empty while it goes on
	List         string // the list of profiles
	Runs         string // the list of runs
	Over         bool
	Cancelling   bool
	Done, Total  int
	Tiles        []ui.TileProps
	Said         *ui.MessageProps // what came of it; nil while it goes on
	Resting      []restView
	CancelAction string // POST addresses
	AgainAction  string
	Unsettled    string // how many "Validate again" would take; "0" for none
	Here         string // this page
	Events       string // where its changes come from
	Items        []itemView
	Pager        ui.PagerProps
}

// restView says that Microsoft is left in peace for a tenant.
type restView struct {
	Tenant string
	Until  words.Time
}

// itemView is one profile of a run.
type itemView struct {
	Name     string
	Href     string // its details; empty for one that is gone
	Username string
	Tone     ui.Tone
	Text     string
	Code     string // empty for none
	Reason   string // empty for none
	At       words.Time
}

// runsView lists validation runs, newest first.
type runsView struct {
	List  string
	Rows  []runRow
	Older string // empty for no more
}

// runRow is one run in the list.
type runRow struct {
	Href      string
	Selection string
	By        string
	Begun     words.Time
	Tone      ui.Tone
	State     string
	Total     string
	Valid     string
	Attention string
	Others    string
}

// activeRun is a run that goes on, as the list of profiles tells of it.
type activeRun struct {
	Href string
	Text string
}

// tipView is the verdict of one profile, beside its row.
type tipView struct {
	Name    string
	Href    string // its details
	Verdict verdicts.View
}
