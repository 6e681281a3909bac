package help

// milestone is something that Microsoft switched or announced.
type milestone struct {
	When   string
	What   string
	Source source
}

// milestones are in the order of time, as announced.
var milestones = []milestone{
	{"October 2024 to March 2025", "MFA becomes a must for signing in to the Azure portal, the Microsoft Entra admin center and the Intune admin center, in every tenant.", mandatoryMFA},
	{"February 2025 and after", "The same for the Microsoft 365 admin center. A service account without MFA can no longer sign in there.", mandatoryMFA},
	{"1 October 2025", "The same for Azure CLI, Azure PowerShell and changes through Azure Resource Manager. Tenants could postpone it to 1 July 2026. Microsoft Graph and SharePoint data are not part of it.", postponedMFA},
	{"16 February 2026", "SharePoint blocks its legacy protocol, and with it app passwords, by default. It had been announced for 31 January.", retiredLegacy},
	{"30 April 2026", "The last day on which an administrator could switch it on again.", retiredLegacy},
	{"1 May 2026", "It is off for good. On 13 May the change was still on its way to the last tenants.", retiredLegacy},
	{"No date known", "The end of sign-in with a username and a password. Microsoft advises against it and asks to move services to app registrations.", passwordSignIn},
}
