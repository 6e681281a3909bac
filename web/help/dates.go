package help

// milestone is something that Microsoft switched or announced.
type milestone struct {
	When   string
	What   string
	Source source
}

// milestones are in the order of time, as announced.
var milestones = []milestone{
	{"October 2024 to March 2025", "MFA becomes mandatory for signing in to the Azure portal, the Microsoft Entra admin center, and the Intune admin center, in every tenant.", mandatoryMFA},
	{"February 2025 and later", "The same for the Microsoft 365 admin center. A service account without MFA can no longer sign in there.", mandatoryMFA},
	{"October 1, 2025", "The same for Azure CLI, Azure PowerShell, and changes through Azure Resource Manager. Tenants could postpone this to July 1, 2026. Microsoft Graph and SharePoint data aren't affected.", postponedMFA},
	{"February 16, 2026", "SharePoint blocks its legacy protocol, and with it app passwords, by default. It had been announced for January 31.", retiredLegacy},
	{"April 30, 2026", "The last day an administrator could turn it back on.", retiredLegacy},
	{"May 1, 2026", "It is off permanently. On May 13, the change was still on its way to the last tenants.", retiredLegacy},
	{"No date known", "The end of sign-in with a username and password. Microsoft advises against it and recommends moving services to app registrations.", passwordSignIn},
}
