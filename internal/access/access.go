// Package access says who is calling and what they may do.
//
// Roles come from the identity provider at sign-in (R1); rights are what roles may do (R2, R3). Nouns ask for a right, never
// for a role, so that the table below is the only place that decides.
package access

import (
	"slices"

	"purser.example/internal/problem"
)

// Role is one of the roles that Purser knows. Whoever has none may only read who they are and sign out (R2).
type Role string

// The two roles of R2.
const (
	TenantOwner          Role = "tenant-owner"
	ServiceAdministrator Role = "service-administrator"
)

// Title is the role's name as people see it.
func (r Role) Title() string {
	switch r {
	case TenantOwner:
		return "Tenant Owner"
	case ServiceAdministrator:
		return "Service Administrator"
	default:
		return "No role"
	}
}

// Right is something a caller may be allowed to do.
type Right string

// The rights of R2, R3, R5 and R6.
const (
	ManageServiceAccounts Right = "manage service accounts"
	ReadActivity          Right = "read the activity log"
	ChangeSecurity        Right = "change security settings"
	ManagePeople          Right = "manage people"
	ManageOwners          Right = "give or take the role of a Tenant Owner"
)

var granted = map[Right][]Role{
	ManageServiceAccounts: {TenantOwner, ServiceAdministrator},
	ReadActivity:          {TenantOwner},
	ChangeSecurity:        {TenantOwner},
	ManagePeople:          {TenantOwner, ServiceAdministrator},
	ManageOwners:          {TenantOwner},
}

// Caller is the person behind a request. Issuer and Subject together identify them (never the e-mail address, which can be
// given to somebody else); Name and SignIn are for display only and come from the identity provider as they are.
type Caller struct {
	Issuer  string
	Subject string
	Name    string // display name, "Adele Vance"
	SignIn  string // what they sign in with, "adele@contoso.com"
	Roles   []Role
}

// SignedIn reports whether there is anybody at all.
func (c Caller) SignedIn() bool { return c.Subject != "" }

// Called is what the caller is called where other people read it: by name, or by what they sign in with.
func (c Caller) Called() string {
	if c.Name != "" {
		return c.Name
	}
	return c.SignIn
}

// Role is the caller's most powerful role, or "" for none.
func (c Caller) Role() Role {
	for _, r := range []Role{TenantOwner, ServiceAdministrator} {
		if slices.Contains(c.Roles, r) {
			return r
		}
	}
	return ""
}

// May reports whether the caller has the right.
func (c Caller) May(right Right) bool {
	return c.SignedIn() && slices.ContainsFunc(granted[right], func(r Role) bool { return slices.Contains(c.Roles, r) })
}

// Require returns nil when the caller has the right, and a Forbidden problem that names the roles that would do otherwise.
func Require(c Caller, right Right) error {
	switch {
	case c.May(right):
		return nil
	case !c.SignedIn():
		return problem.New(problem.Unauthenticated, "Sign in to continue.")
	default:
		return problem.New(problem.Forbidden, "You need the role "+rolesFor(right)+" to "+string(right)+".")
	}
}

func rolesFor(right Right) string {
	text := ""
	for i, r := range granted[right] {
		if i > 0 {
			text += " or "
		}
		text += r.Title()
	}
	return text
}
