package sample

// fabrikamPlans are the profiles of Fabrikam; 11 of 16 stay as they are.
func fabrikamPlans() []plan {
	return []plan{
		{name: "Fabrikam – Backup", about: "All sites, mailboxes and teams, every six hours.", username: "svc-backup@fabrikam.com", services: "cloud-backup-m365", roles: both, changed: forever},
		{name: "Fabrikam – Backup, mailboxes only", about: "Second account for the large mailboxes.", username: "svc-backup-mail@fabrikam.com", services: "cloud-backup-m365", roles: exchange, changed: "-100d"},
		{name: "Fabrikam – Archiving", about: "Seven years.", username: "svc-archive@fabrikam.com", services: "cloud-archiving", roles: sharePoint, changed: "-177d"},
		{name: "Fabrikam – Governance", about: "Site life cycle.", username: "svc-governance@fabrikam.com", services: "cloud-governance", roles: sharePoint, changed: "-20d"},
		{name: "Fabrikam – Policies", about: "Sharing rules for plant sites.", username: "svc-policies@fabrikam.com", services: "policies", changed: forever},
		{name: "Fabrikam – License report", username: "svc-licenses@fabrikam.com", services: "cense", roles: exchange, changed: "-160d"},
		{name: "Fabrikam – Plant portal", about: "Shift plans and safety notices.", username: "svc-portal@fabrikam.com", services: "portal-manager", changed: "-8d"},
		{name: "Fabrikam – Users and passwords", about: "Delegated administration of plant accounts.", username: "svc-enpower@fabrikam.com", services: "enpower", roles: "User Administrator", changed: "-61d"},
		{name: "Fabrikam – Records", about: "Drawings and quality records.", username: "svc-records@fabrikam.com", services: "opus", roles: both, changed: synced},
		{name: "Fabrikam – Dynamics", about: "Field service.", username: "svc-dynamics@fabrikam.onmicrosoft.com", services: "cloud-backup-dynamics", changed: "-500d"},
		{name: "Fabrikam – Migration to Contoso", about: "Merger project, source side.", username: "svc-merger@fabrikam.com", services: "fly", roles: both, changed: "-2d"},
		{name: "Fabrikam – Migration, rehearsal", about: "Rehearsals on weekends.", username: "svc-rehearsal@fabrikam.com", services: "fly", roles: sharePoint, changed: "-9d", story: []event{mfaByPolicy, mfaOff}},
		{name: "Fabrikam – Old backup", about: "Until the retention of the old backup ends.", username: "svc-backup-old@fabrikam.com", services: "classic-docave-backup", roles: sharePoint, changed: "-90d", story: []event{newPassword, oldPassword, newPassword}},
		{name: "Fabrikam – Azure groups", username: "svc-azure@fabrikam.com", services: "cloud-backup-iaas", roles: exchange, changed: forever, story: []event{disabled}},
		{name: "Adatum – Backup", about: "The company bought last year, until it has moved.", username: "svc-backup@adatum.com", services: "cloud-backup-m365", roles: both, changed: "-70d", story: []event{federate}},
		{name: "Fabrikam – Replication", about: "Plants in Mexico and Poland.", username: "svc-replication@fabrikam.com", services: "cloud-management", roles: sharePoint, changed: synced, story: []event{newPassword, agentOffline}},
	}
}
