package sample

import (
	"purser.example/internal/m365sim"
)

// plan is one profile of the sample, the account behind it, and what happens to that afterwards.
type plan struct {
	tenant   string
	name     string
	about    string
	username string
	services string // ids of the catalogue, separated by blanks
	roles    string // directory roles, separated by commas
	changed  string // when the password was changed, such as -30d; or forever, or synced
	story    []event
}

// What stands in the place of a date.
const (
	forever = "forever" // the password never expires
	synced  = "synced"  // the account comes from an Active Directory
)

// The roles that most services ask for.
const (
	sharePoint = "SharePoint Administrator"
	exchange   = "Exchange Administrator"
	both       = sharePoint + "," + exchange
)

func plans() []plan {
	return append(of(ContosoID, contosoPlans()), of(FabrikamID, fabrikamPlans())...)
}

func of(tenant string, list []plan) []plan {
	for i := range list {
		list[i].tenant = tenant
	}
	return list
}

// directoryUser is the account as it is when the profile is made: in order.
func (p plan) directoryUser() m365sim.User {
	u := m365sim.User{
		UserPrincipalName: p.username, DisplayName: p.name + " (service account)", Password: Password,
		Roles: split(p.roles, ","), ServicePlans: licensed(), LastPasswordChangeDateTime: p.changed,
	}
	switch p.changed {
	case forever:
		u.LastPasswordChangeDateTime, u.PasswordPolicies = "-300d", "DisablePasswordExpiration"
	case synced:
		u.LastPasswordChangeDateTime, u.OnPremisesSyncEnabled = "-60d", new(true)
	}
	return u
}
