package help

// reasons say why a password that works in the browser may be refused here (R14), the likeliest first.
var reasons = []struct{ What, Why string }{
	{"The browser knew you already.", "A remembered session lets you in without the password. Try it in a private window."},
	{"It is an app password.", "App passwords work with legacy protocols only. Here they count as wrong: enter the account's own password."},
	{"The domain is federated.", "The browser goes on to your own identity provider; a service cannot. Without password hash synchronization Microsoft does not know the password at all."},
	{"It begins or ends with a blank.", "The sign-in for services does not support that. A blank inside is no trouble."},
	{"It holds characters outside ASCII.", "Such a password can come from an Active Directory. Microsoft 365 itself does not take it."},
	{"It has expired, or it is a first password.", "The browser asks for a new one and goes on; a service is refused."},
	{"It was changed a moment ago.", "Give Microsoft 365 a few minutes, and a synchronization from an Active Directory longer."},
	{"The account is a guest or a personal one.", "Only an account that was made in the selected tenant can sign in this way."},
	{"The account has no password.", "With a passkey, a text message or an authenticator app alone there is nothing that a service could send."},
}

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
