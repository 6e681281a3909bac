package sample

import "purser.example/internal/m365sim"

// contosoGroups has a group of every kind, those that cannot be a pool too: a distribution list, and a name that two have.
func contosoGroups() []m365sim.Group {
	return []m365sim.Group{
		{
			DisplayName: "AOS Pool", Mail: "aos-pool@contoso.com", Kind: "mailEnabledSecurity", Owners: []string{"megan.bowen@contoso.com"},
			Members: append(poolRange(ContosoID, 1, 10), "svc-backup-eu@contoso.com"), MemberGroups: []string{"aos-pool-night@contoso.com"},
		},
		{DisplayName: "AOS Pool – Night shift", Mail: "aos-pool-night@contoso.com", Kind: "mailEnabledSecurity", Members: poolRange(ContosoID, 9, 14)},
		{
			DisplayName: "Migration accounts", Kind: "security", Members: poolRange(ContosoID, 1, 7),
			OtherMembers: []m365sim.OtherMember{{Type: "device", DisplayName: "MIG-SRV-01"}, {Type: "servicePrincipal", DisplayName: "Migration agent"}},
		},
		{
			DisplayName: "Backup operations", Mail: "backup-operations@contoso.com", Kind: "microsoft365", Team: true,
			Members: append(poolRange(ContosoID, 1, 3), "alex.wilber@contoso.com", "lynne.robbins@contoso.com"), Owners: []string{"patti.fernandez@contoso.com"},
		},
		{DisplayName: "Backup operations", Kind: "security", Members: []string{"alex.wilber@contoso.com"}},
		{DisplayName: "All of Contoso", Mail: "everybody@contoso.com", Kind: "distribution", Members: []string{"alex.wilber@contoso.com", "grady.archie@contoso.com", "pradeep.gupta@contoso.com"}},
		{
			DisplayName: "All service accounts", Mail: "service-accounts@contoso.com", Kind: "microsoft365",
			DynamicRule: `user.userPrincipalName -startsWith "svc-"`, Members: []string{"svc-valid@contoso.com", "svc-backup-eu@contoso.com"},
		},
	}
}

func fabrikamGroups() []m365sim.Group {
	return []m365sim.Group{
		{DisplayName: "Fabrikam pool", Mail: "pool@fabrikam.com", Kind: "mailEnabledSecurity", Members: poolRange(FabrikamID, 1, 7), Owners: []string{"miriam.graham@fabrikam.com"}},
		{DisplayName: "Project team", Mail: "project-team@fabrikam.com", Kind: "microsoft365", Team: true, Members: []string{"irvin.sayers@fabrikam.com", "lidia.holloway@fabrikam.com"}},
		{DisplayName: "Announcements", Mail: "announcements@fabrikam.com", Kind: "distribution", Members: []string{"allan.deyoung@fabrikam.com"}},
	}
}
