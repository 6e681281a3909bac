package profiles

import (
	"purser.example/internal/profile"
	"purser.example/web/layout"
	"purser.example/web/ui"
	"purser.example/web/verdicts"
	"purser.example/web/words"
)

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
	AdminCenter    string        // where it is not the tenant's default one
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
	Others         []linkView    // profiles with the same account
	Health         ui.StripProps // how its health checks went
	HealthHref     string        // where more of them stands
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

// linkView is a text that may lead somewhere.
type linkView struct{ Text, Href string }

// tipView is the verdict of one profile, beside its row.
type tipView struct {
	Name    string
	Href    string // its details
	Verdict verdicts.View
}

// rolesLabel is what the roles are called: on the classic page as in the guide.
func (v detailsView) rolesLabel() string {
	if v.Kind == profile.ClassicMFA.Title() {
		return "User Role"
	}
	return "Roles found"
}

// sharing says what having the same account as other profiles comes to.
func (v detailsView) sharing() string {
	if v.Kind == profile.ClassicMFA.Title() {
		return "This profile has an app password of its own. A common profile has the account's password."
	}
	return "The account has one password. When you enter a new one, Purser can store it in all of these common profiles and in account pools."
}
