package sample

import (
	"strings"

	"purser.example/internal/m365sim"
)

const (
	neverExpires = 2147483647 // Microsoft's passwordValidityPeriodInDays for "never"

	// The first policy in force is the one that the simulator names where it asks for multi-factor authentication.
	policyMFA     = "Require multi-factor authentication for everyone"
	policyDevices = "Block all but managed devices"

	// boughtDomain belongs to a company that Fabrikam bought; it moves to an identity provider of its own (federate).
	boughtDomain = "adatum.com"
)

// Fixture is Contoso (Worldwide) and Fabrikam (GCC), both connected, and Contoso Federal in GCC High, which is not: its
// usernames show what happens when the wrong cloud is asked. Each call makes a fresh one.
func Fixture() m365sim.Fixture {
	return m365sim.Fixture{Tenants: []m365sim.Tenant{contoso(), fabrikam(), contosoFederal()}}
}

func contoso() m365sim.Tenant {
	return m365sim.Tenant{
		ID: ContosoID, DisplayName: "Contoso", InitialDomain: "contoso.onmicrosoft.com", Connected: true,
		Domains: []m365sim.Domain{
			{ID: "contoso.com", PasswordValidityPeriodInDays: new(90), PasswordNotificationWindowInDays: new(14)},
			{ID: "fed.contoso.com", AuthenticationType: "Federated"},
		},
		Apps: []m365sim.App{{
			AppID: "a0000000-0000-4000-8000-000000000001", DisplayName: "Purser", PublicClient: new(true), ClientSecret: "contoso-demo-client-secret",
		}},
		Policies: []m365sim.Policy{
			{DisplayName: policyMFA},
			{DisplayName: policyDevices},
			{DisplayName: "Sign-in risk", State: "enabledForReportingButNotEnforced"},
			{DisplayName: "Legacy clients, trial", State: "disabled"},
		},
		Users:   usersOf(ContosoID),
		Groups:  contosoGroups(),
		Objects: &m365sim.Objects{Sites: 1200, OneDrives: 340, Groups: 80, Teams: 60, Mailboxes: 410, ProjectSites: 3, PublicFolders: 12, Users: 500},
	}
}

func fabrikam() m365sim.Tenant {
	return m365sim.Tenant{
		ID: FabrikamID, DisplayName: "Fabrikam", InitialDomain: "fabrikam.onmicrosoft.com", Cloud: "gcc", Connected: true,
		Domains: fabrikamDomains(),
		Apps: []m365sim.App{{
			AppID: "a0000000-0000-4000-8000-000000000002", DisplayName: "Purser", PublicClient: new(false),
			Secrets: []m365sim.AppSecret{{Value: "fabrikam-demo-client-secret", Expires: "+180d"}},
		}},
		Policies: []m365sim.Policy{{DisplayName: policyMFA}},
		Users:    usersOf(FabrikamID),
		Groups:   fabrikamGroups(),
		Objects:  &m365sim.Objects{Sites: 310, OneDrives: 120, Groups: 24, Teams: 18, Mailboxes: 150, ProjectSites: 1, PublicFolders: 4, Users: 160},
	}
}

func fabrikamDomains() []m365sim.Domain {
	return []m365sim.Domain{
		{ID: "fabrikam.com", PasswordValidityPeriodInDays: new(180), PasswordNotificationWindowInDays: new(14)},
		{ID: boughtDomain, PasswordValidityPeriodInDays: new(neverExpires), PasswordNotificationWindowInDays: new(14)},
	}
}

func contosoFederal() m365sim.Tenant {
	return m365sim.Tenant{
		ID: contosoFederalID, DisplayName: "Contoso Federal", InitialDomain: "contosofederal.onmicrosoft.us", Cloud: "gccHigh",
		Users: usersOf(contosoFederalID),
	}
}

// usersOf lists the users of a tenant: people, the accounts to try by hand, those of the profiles, those for pools.
func usersOf(tenant string) []m365sim.User {
	var users []m365sim.User
	users = append(users, people(tenant)...)
	for _, t := range trials() {
		if t.home == tenant {
			users = append(users, t.directoryUser())
		}
	}
	for _, p := range plans() {
		if p.tenant == tenant {
			users = append(users, p.directoryUser())
		}
	}
	for _, p := range classicPlans() {
		if p.tenant == tenant {
			users = append(users, p.directoryUser())
		}
	}
	return append(users, poolMembers(tenant)...)
}

// licensed are the service plans of an account with a mailbox and sites.
func licensed() []string { return []string{"SHAREPOINTENTERPRISE", "EXCHANGE_S_ENTERPRISE", "TEAMS1"} }

func split(list, separator string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, separator)
}
