package sample

import (
	"fmt"
	"strings"

	"purser.example/internal/m365sim"
)

// people are those who work there. They use multi-factor authentication, as people should, so that none of them can be
// taken for a service account.
func people(tenant string) []m365sim.User {
	switch tenant {
	case ContosoID:
		return append(staff("contoso.com", "Alex Wilber", "Diego Siciliani", "Grady Archie", "Isaiah Langer", "Johanna Lorenz", "Lynne Robbins", "Nestor Wilke", "Pradeep Gupta"),
			administrator("Megan Bowen", "contoso.com", "Global Administrator"), administrator("Patti Fernandez", "contoso.com", "SharePoint Administrator"))
	case FabrikamID:
		return append(staff("fabrikam.com", "Allan Deyoung", "Henrietta Mueller", "Irvin Sayers", "Lidia Holloway"),
			administrator("Miriam Graham", "fabrikam.com", "Global Administrator"))
	}
	return nil
}

func staff(domain string, names ...string) []m365sim.User {
	var users []m365sim.User
	for _, name := range names {
		users = append(users, person(name, domain))
	}
	return users
}

func administrator(name, domain, role string) m365sim.User {
	u := person(name, domain)
	u.Roles = []string{role}
	return u
}

func person(name, domain string) m365sim.User {
	return m365sim.User{
		UserPrincipalName: strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@" + domain, DisplayName: name, Password: Password,
		MFA: "conditionalAccess", LastPasswordChangeDateTime: "-40d", ServicePlans: licensed(),
	}
}

// poolSize is how many accounts are made for pools: enough for Contoso's 2,000 objects, scanned for the first time.
var poolSize = map[string]int{ContosoID: 14, FabrikamID: 7}

// poolMembers are accounts for account pools. In Contoso three of them are not as they should be, each in another way.
func poolMembers(tenant string) []m365sim.User {
	var users []m365sim.User
	for n := range poolSize[tenant] {
		users = append(users, m365sim.User{
			UserPrincipalName: poolMember(tenant, n+1), DisplayName: fmt.Sprintf("Pool account %02d", n+1), Password: Password,
			LastPasswordChangeDateTime: "-30d", PasswordPolicies: "DisablePasswordExpiration",
			Roles: []string{"SharePoint Administrator"}, ServicePlans: licensed(),
		})
	}
	if tenant == ContosoID {
		users[11].MFA, users[11].AppPassword = "perUser", "ponmlkjihgfedcba"
		users[12].MFA = "conditionalAccess"
		users[13].AccountEnabled, users[13].ServicePlans = new(false), nil
	}
	return users
}

func poolMember(tenant string, n int) string {
	domain := "contoso.com"
	if tenant == FabrikamID {
		domain = "fabrikam.com"
	}
	return fmt.Sprintf("pool%02d@%s", n, domain)
}

// poolRange lists the pool accounts from first to last.
func poolRange(tenant string, first, last int) []string {
	var names []string
	for n := first; n <= last; n++ {
		names = append(names, poolMember(tenant, n))
	}
	return names
}
