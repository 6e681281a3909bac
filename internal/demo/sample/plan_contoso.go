package sample

// contosoPlans are the profiles of Contoso; 14 of 26 stay as they are.
func contosoPlans() []plan {
	return append(contosoSteady(), contosoStories()...)
}

func contosoSteady() []plan {
	return []plan{
		{name: "Backup – Europe", about: "Nightly backup of sites and mailboxes in Europe.", username: "svc-backup-eu@contoso.com", services: "cloud-backup-m365", roles: both, changed: forever},
		{name: "Backup – North America", about: "Nightly backup of sites and mailboxes in North America.", username: "svc-backup-na@contoso.com", services: "cloud-backup-m365", roles: both, changed: "-30d"},
		{name: "Backup – Asia Pacific", about: "Runs at noon, Central European Time.", username: "svc-backup-ap@contoso.com", services: "cloud-backup-m365", roles: both, changed: "-87d"},
		{name: "Backup – Public folders", about: "Fallback for public folders only.", username: "svc-backup-pf@contoso.com", services: "cloud-backup-m365", roles: exchange, changed: forever},
		{name: "Archivierung – München", about: "Abgeschlossene Projekte, nach Ablauf der Frist.", username: "svc-archive-muc@contoso.com", services: "cloud-archiving", roles: sharePoint, changed: "-80d"},
		{name: "Archiving – Legal hold", about: "Do not pause without asking Legal.", username: "svc-archive-legal@contoso.com", services: "cloud-archiving opus", roles: both, changed: synced},
		{name: "Migration wave 1", about: "File servers, finished in spring. Kept for late requests.", username: "svc-migration1@contoso.com", services: "fly", roles: sharePoint, changed: forever},
		{name: "Migration wave 2", about: "Mailboxes of the branch offices.", username: "svc-migration2@contoso.com", services: "fly", roles: both, changed: "-12d"},
		{name: "Governance", about: "Site requests, renewals, recertification.", username: "svc-governance@contoso.com", services: "cloud-governance policies", roles: sharePoint, changed: forever},
		{name: "License report", about: "Weekly report to the finance site.", username: "svc-licenses@contoso.com", services: "cense", roles: both, changed: "-66d"},
		{name: "Records – Retention", about: "Labels and retention of records.", username: "svc-records@contoso.com", services: "opus", roles: sharePoint, changed: "-5d"},
		{name: "Directory administration", about: "Needs fewer roles; to be replaced this year.", username: "svc-admin@contoso.com", services: "enpower", roles: "Global Administrator", changed: "-45d"},
		{name: "Portal for employees", username: "svc-portal@contoso.onmicrosoft.com", services: "portal-manager", changed: "-900d"},
		{name: "Dynamics backup", about: "Sales and service environments.", username: "svc-dynamics@contoso.onmicrosoft.com", services: "cloud-backup-dynamics", changed: forever},
	}
}

func contosoStories() []plan {
	return []plan{
		{name: "Migration wave 3", about: "Project sites and home drives.", username: "svc-migration3@contoso.com", services: "fly", roles: sharePoint, changed: "-25d", story: []event{newPassword}},
		{name: "Migration wave 4", about: "Starts after the freeze.", username: "svc-migration4@contoso.com", services: "fly", roles: sharePoint, changed: "-25d", story: []event{disabled, enabled}},
		{name: "Backup – Africa", about: "Johannesburg and Nairobi.", username: "svc-backup-af@contoso.com", services: "cloud-backup-m365", roles: both, changed: "-40d", story: []event{policyBlocks}},
		{name: "Backup – Test", about: "For trying out new backup scopes.", username: "svc-backup-test@contoso.com", services: "cloud-backup-m365", changed: "-50d", story: []event{mfaByPolicy}},
		{name: "Azure backup", about: "Groups and single sign-on attributes.", username: "svc-azure@contoso.com", services: "cloud-backup-iaas", roles: exchange, changed: "-14d", story: []event{mfaPerUser}},
		{name: "Classic DocAve", about: "Read only since the migration.", username: "svc-docave@contoso.com", services: "classic-docave-backup", roles: sharePoint, changed: "-60d", story: []event{expires}},
		{name: "Cloud Management", about: "Replicator jobs of the intranet.", username: "svc-management@contoso.com", services: "cloud-management", roles: sharePoint, changed: forever, story: []event{disabled}},
		{name: "Policies – Pilot", about: "Pilot of the works council.", username: "svc-policies-pilot@contoso.com", services: "policies", changed: forever, story: []event{removed}},
		{name: "EnPower – Help desk", about: "Password resets by the help desk.", username: "svc-helpdesk@contoso.com", services: "enpower", roles: "Password Administrator", changed: "-20d", story: []event{locked}},
		{name: "Records – Import", about: "Import from the old records system.", username: "svc-records-import@contoso.com", services: "opus", roles: both, changed: synced, story: []event{agentOffline}},
		{name: "Portal – Suppliers", about: "Extranet for suppliers.", username: "svc-suppliers@contoso.com", services: "portal-manager", changed: forever, story: []event{unassigned}},
		{name: "Archiving – Subsidiaries", about: "Moved between tenants last month.", username: "svc-archive-sub@contoso.com", services: "cloud-archiving", roles: sharePoint, changed: "-33d", story: []event{unheardOfCode}},
	}
}
