package m365sim

import (
	"fmt"
	"strings"
	"time"

	"purser.example/internal/m365sim/fixture"
)

// user is an account at work.
type user struct {
	fixture.User
	tenant    *tenant
	domain    *domain
	changed   time.Time // of the password; zero when not known
	roles     []role
	plans     []plan
	generated bool
}

func (u *user) Tenant() *tenant { return u.tenant }
func (u *user) Domain() *domain { return u.domain }
func (u *user) Roles() []role   { return u.roles }
func (u *user) Plans() []plan   { return u.plans }

// Changed is when the password was; zero when that is not known.
func (u *user) Changed() time.Time { return u.changed }

func (u *user) enabled() bool { return fixture.IsTrue(u.AccountEnabled) }

// synced says whether the account comes from a directory on premises now.
func (u *user) synced() bool { return u.OnPremisesSyncEnabled != nil && *u.OnPremisesSyncEnabled }

// expired says whether the password is older than the policy of its domain allows. Synchronized and federated accounts
// follow a policy elsewhere.
func (u *user) expired(now time.Time) bool {
	if u.changed.IsZero() || u.synced() || u.domain.federated() || strings.Contains(u.PasswordPolicies, "DisablePasswordExpiration") {
		return false
	}
	days := u.tenant.root(u.domain).validityDays()
	return days != never && now.After(u.changed.AddDate(0, 0, days))
}

// mail is the address of the mailbox, where the licences give one; else it is empty.
func (u *user) mail() string {
	for _, p := range u.plans {
		if p.service == "exchange" && !strings.Contains(p.name, "FOUNDATION") {
			return u.UserPrincipalName
		}
	}
	return ""
}

// newUser resolves the fixture's words, noting what is wrong with them.
func (t *tenant) newUser(f fixture.User, path string, m *fixture.Mistakes) *user {
	f.ID = m.GUID(path+".id", f.ID, "user", t.ID, strings.ToLower(f.UserPrincipalName))
	f.UserType = m.OneOf(path+".userType", f.UserType, "Member", "Guest")
	f.MFA = m.OneOf(path+".mfa", f.MFA, fixture.MFANone, fixture.MFAPerUser, fixture.MFARegister, fixture.MFAConditionalAccess, fixture.MFASecurityDefaults)
	u := &user{User: f, tenant: t, changed: m.Time(path+".lastPasswordChangeDateTime", f.LastPasswordChangeDateTime)}
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

func (t *tenant) checkSignInError(e fixture.SignInError, path string, m *fixture.Mistakes) {
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
