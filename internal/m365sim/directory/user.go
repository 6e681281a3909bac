package directory

import (
	"fmt"
	"strings"
	"time"

	"purser.example/internal/m365sim/fixture"
)

// User is an account at work.
type User struct {
	fixture.User
	tenant    *Tenant
	domain    *Domain
	changed   time.Time // of the password; zero when not known
	roles     []Role
	plans     []Plan
	generated bool
	number    int // of one who is made by number, counted from 1
}

// Tenant is where the account is.
func (u *User) Tenant() *Tenant { return u.tenant }

// Domain is that of the username.
func (u *User) Domain() *Domain { return u.domain }

// Roles are the directory roles that the user has.
func (u *User) Roles() []Role { return u.roles }

// Plans are the service plans that the user's licences give.
func (u *User) Plans() []Plan { return u.plans }

// Changed is when the password was changed last; zero when that is not known.
func (u *User) Changed() time.Time { return u.changed }

// Enabled says whether the account may sign in.
func (u *User) Enabled() bool { return fixture.IsTrue(u.AccountEnabled) }

// Synced says whether the account comes from a directory on premises now.
func (u *User) Synced() bool { return u.OnPremisesSyncEnabled != nil && *u.OnPremisesSyncEnabled }

// Expired says whether the password is older than the policy of its domain allows. Synchronized and federated accounts
// follow a policy elsewhere.
func (u *User) Expired(now time.Time) bool {
	if u.changed.IsZero() || u.Synced() || u.domain.Federated() || strings.Contains(u.PasswordPolicies, "DisablePasswordExpiration") {
		return false
	}
	days := u.tenant.Root(u.domain).validityDays()
	return days != never && now.After(u.changed.AddDate(0, 0, days))
}

// Mail is the address of the mailbox, where the licences give one; else it is empty.
func (u *User) Mail() string {
	for _, p := range u.plans {
		if p.Service == "exchange" && !strings.Contains(p.Name, "FOUNDATION") {
			return u.UserPrincipalName
		}
	}
	return ""
}

// newUser resolves the fixture's words, noting what is wrong with them.
func (t *Tenant) newUser(f fixture.User, path string, m *fixture.Mistakes) *User {
	f.ID = m.GUID(path+".id", f.ID, "user", t.ID, strings.ToLower(f.UserPrincipalName))
	f.UserType = m.OneOf(path+".userType", f.UserType, "Member", "Guest")
	f.MFA = m.OneOf(path+".mfa", f.MFA, fixture.MFANone, fixture.MFAPerUser, fixture.MFARegister, fixture.MFAConditionalAccess, fixture.MFASecurityDefaults)
	u := &User{User: f, tenant: t, changed: m.Time(path+".lastPasswordChangeDateTime", f.LastPasswordChangeDateTime)}
	u.domain = t.domainOf(f.UserPrincipalName)
	for i, name := range f.Roles {
		role, ok := roleFor(name)
		if !ok {
			m.Add(fmt.Sprintf("%s.roles[%d]", path, i), "%q is no directory role that the simulator knows", name)
		}
		u.roles = append(u.roles, role)
	}
	for _, name := range f.ServicePlans {
		u.plans = append(u.plans, planFor(name))
	}
	t.checkSignInError(f.SignInError, path+".signInError", m)
	return u
}

func (t *Tenant) checkSignInError(e fixture.SignInError, path string, m *fixture.Mistakes) {
	if !e.Refuses() {
		return
	}
	m.NotNegative(path+".code", append(e.Codes, e.Code)...)
	if e.Policy != "" && t.policy(e.Policy) == nil {
		m.Add(path+".policy", "the tenant has no policy %q", e.Policy)
	}
	if e.Status != 0 && (e.Status < 400 || e.Status > 599) {
		m.Add(path+".status", "must be from 400 to 599")
	}
}
