package sample

import (
	"cmp"

	"purser.example/internal/m365sim"
	"purser.example/internal/verdict"
)

// Account is one account to try by hand.
type Account struct {
	Tenant   string // display name of the tenant to select
	Username string
	Password string         // what to type, be it right or wrong
	Status   verdict.Status // what the validation then says
	What     string         // what it shows, in one sentence
}

// Accounts lists the accounts to try by hand, by status. Only two statuses are missing: legacy-retired belongs to app
// passwords, and not-validated to profiles that nobody has tried. No profile of the sample uses any of these accounts.
func Accounts() []Account {
	var list []Account
	for _, t := range trials() {
		list = append(list, Account{
			Tenant: t.tenantName(), Username: t.username, Password: Password, Status: t.status, What: t.what,
		})
	}
	return list
}

// trial is an account to try by hand, and the user behind it.
type trial struct {
	tenant   string // id of the tenant to select
	home     string // id of the tenant that has the user; empty for a user whom nobody has
	username string
	status   verdict.Status
	what     string
	user     m365sim.User // what differs from an account that is in order
}

func (t trial) tenantName() string {
	if t.tenant == FabrikamID {
		return "Fabrikam"
	}
	return "Contoso"
}

// directoryUser completes the user with what most of them share.
func (t trial) directoryUser() m365sim.User {
	u := t.user
	u.UserPrincipalName, u.DisplayName = t.username, "Try out: "+t.status.Title()
	u.Password = cmp.Or(u.Password, Password)
	u.LastPasswordChangeDateTime = cmp.Or(u.LastPasswordChangeDateTime, "-20d")
	if u.ServicePlans == nil {
		u.ServicePlans = licensed()
	}
	return u
}

// at makes the trial of a user whom Contoso has.
func at(username string, status verdict.Status, what string, user m365sim.User) trial {
	return trial{ContosoID, ContosoID, username, status, what, user}
}

// refused is a user who meets the refusal of that code.
func refused(code int) m365sim.User {
	return m365sim.User{SignInError: m365sim.SignInError{Code: code}}
}

func trials() []trial {
	return append(validTrials(), append(brokenTrials(), setUpTrials()...)...)
}

// validTrials are accounts that pass, some with a warning.
func validTrials() []trial {
	both := []string{"SharePoint Administrator", "Exchange Administrator"}
	return []trial{
		at("svc-valid@contoso.com", verdict.Valid, "An account that works, with the roles SharePoint Administrator and Exchange Administrator.", m365sim.User{Roles: both}),
		{FabrikamID, FabrikamID, "svc-valid@fabrikam.com", verdict.Valid, "The same in the other tenant, which is in GCC.", m365sim.User{Roles: both}},
		at("svc-norole@contoso.com", verdict.Valid, "Valid, but without a role: Cense, EnPower and Opus warn.", m365sim.User{}),
		at("svc-global@contoso.com", verdict.Valid, "Valid, but a Global Administrator, which is more access than it should have.", m365sim.User{Roles: []string{"Global Administrator"}}),
		at("svc-expiring@contoso.com", verdict.Valid, "Valid, but the password expires in 5 days.", m365sim.User{Roles: both, LastPasswordChangeDateTime: "-85d"}),
		at("svc-forever@contoso.com", verdict.Valid, "Valid, with a password that never expires.", m365sim.User{Roles: both, LastPasswordChangeDateTime: "-700d", PasswordPolicies: "DisablePasswordExpiration"}),
		at("svc-synced@contoso.com", verdict.Valid, "Valid, synchronized from an Active Directory, which decides when the password expires.", m365sim.User{Roles: both, LastPasswordChangeDateTime: "-200d", OnPremisesSyncEnabled: new(true)}),
		at("svc-unlicensed@contoso.com", verdict.Valid, "Valid, but without any license.", m365sim.User{Roles: both, ServicePlans: []string{}}),
	}
}

// brokenTrials are accounts that Microsoft refuses for a reason of their own or of the tenant's policies.
func brokenTrials() []trial {
	return []trial{
		at("svc-wrong@contoso.com", verdict.WrongPassword, "Has another password than the one given here.", m365sim.User{Password: "Another-pass-2"}),
		{tenant: ContosoID, username: "svc-gone@contoso.com", status: verdict.AccountNotFound, what: "Does not exist."},
		{tenant: ContosoID, username: "svc-valid@fabrikam.com", status: verdict.AccountNotFound, what: "Exists, but in Fabrikam and not in Contoso."},
		{tenant: ContosoID, username: "svc-backup@northwind.example", status: verdict.AccountNotFound, what: "Has a domain that Microsoft does not know."},
		at("svc-disabled@contoso.com", verdict.AccountBlocked, "Sign-in is turned off.", m365sim.User{AccountEnabled: new(false)}),
		at("svc-nopassword@contoso.com", verdict.AccountBlocked, "The directory holds no password for it.", refused(50056)),
		at("svc-locked@contoso.com", verdict.AccountLocked, "Locked after too many wrong passwords.", refused(50053)),
		at("svc-expired@contoso.com", verdict.PasswordExpired, "The password expired a month ago.", m365sim.User{LastPasswordChangeDateTime: "-120d"}),
		at("svc-mfa@contoso.com", verdict.MFARequired, "Has per-user multi-factor authentication.", m365sim.User{MFA: "perUser", AppPassword: "abcdefghijklmnop"}),
		at("svc-mfa-register@contoso.com", verdict.MFARequired, "Must register for multi-factor authentication.", m365sim.User{MFA: "register"}),
		at("svc-mfa-policy@contoso.com", verdict.MFARequired, "A conditional access policy asks for multi-factor authentication.", m365sim.User{MFA: "conditionalAccess"}),
		at("svc-defaults@contoso.com", verdict.PolicyBlocked, "Blocked by security defaults.", m365sim.User{MFA: "securityDefaults"}),
		at("svc-blocked@contoso.com", verdict.PolicyBlocked, "Blocked by the policy “"+policyDevices+"”.", blockedBy(policyDevices)),
		at("svc-federated@fed.contoso.com", verdict.Federated, "Has a federated domain; the password is sent nowhere.", m365sim.User{}),
		at("svc-odd@contoso.com", verdict.Unknown, "Gets a code that isn't in any table (AADSTS599999).", refused(599999)),
	}
}

// setUpTrials are refusals that say nothing about the account.
func setUpTrials() []trial {
	return []trial{
		at("svc-noconsent@contoso.com", verdict.AppSetup, "No one has consented to the app.", refused(65001)),
		at("svc-unassigned@contoso.com", verdict.AppSetup, "Is not assigned to the app.", refused(50105)),
		at("svc-appsecret@contoso.com", verdict.AppSetup, "The app's client secret is not accepted, because it has expired.", refused(7000222)),
		{
			ContosoID, contosoFederalID, "svc-backup@contosofederal.onmicrosoft.us", verdict.TenantNotFound,
			"Its domain belongs to a tenant in another cloud; the password is sent nowhere.",
			m365sim.User{},
		},
		at("svc-outage@contoso.com", verdict.Unreachable, "Microsoft's directory is unavailable. Purser tries again for a few seconds first.", refused(90033)),
		at("svc-agent@contoso.com", verdict.Unreachable, "The pass-through authentication agent can't reach Active Directory.", refused(80001)),
	}
}

func blockedBy(policy string) m365sim.User {
	return m365sim.User{SignInError: m365sim.SignInError{Code: 53003, Suberror: "message_only", Policy: policy}}
}
