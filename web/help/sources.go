package help

// source is where a fact stands, with the date of the text that was read. Without an address it is named only: notes of
// Microsoft's message center are for administrators of a tenant and have none for everybody.
type source struct{ Title, Href, Date string }

// asOf is the day on which the pages below and the admin centers' menus were last compared with these texts.
const asOf = "November 23, 2026"

const (
	learn       = "https://learn.microsoft.com/entra/"
	adminCenter = "https://entra.microsoft.com"
	codeLookup  = "https://login.microsoftonline.com/error"
)

// Microsoft's pages that the help rests on.
var (
	errorCodes       = source{"Microsoft Entra authentication error codes", learn + "identity-platform/reference-error-codes", "April 2024"}
	passwordSignIn   = source{"Sign-in with username and password (ROPC)", learn + "identity-platform/v2-oauth-ropc", "January 2025"}
	passwordPolicy   = source{"Password policies in Microsoft Entra ID", learn + "identity/authentication/concept-sspr-policy", "May 2025"}
	smartLockout     = source{"Smart lockout", learn + "identity/authentication/howto-password-smart-lockout", "March 2025"}
	appPasswords     = source{"App passwords", learn + "identity/authentication/howto-mfa-app-passwords", ""}
	throttling       = source{"Avoid getting throttled or blocked in SharePoint Online", "https://learn.microsoft.com/sharepoint/dev/general-development/how-to-avoid-getting-throttled-or-blocked-in-sharepoint-online", ""}
	builtInRoles     = source{"Built-in roles of Microsoft Entra", learn + "identity/role-based-access-control/permissions-reference", "January 2026"}
	securityDefaults = source{"Security defaults", learn + "fundamentals/security-defaults", "April 2024"}
	perUserMFA       = source{"Per-user multi-factor authentication", learn + "identity/authentication/howto-mfa-userstates", "August 2024"}
	excluding        = source{"Conditional access: users and groups", learn + "identity/conditional-access/concept-conditional-access-users-groups", ""}
	networks         = source{"Conditional access: network", learn + "identity/conditional-access/concept-assignment-network", "May 2024"}
	blockLegacy      = source{"Block legacy authentication", learn + "identity/conditional-access/policy-block-legacy-authentication", ""}
	adminConsent     = source{"Grant admin consent", learn + "identity/enterprise-apps/grant-admin-consent", "November 2024"}
	servicePlans     = source{"Products and service plans for licensing", learn + "identity/users/licensing-service-plan-reference", "October 2025"}
	graphPowerShell  = source{"Microsoft Graph PowerShell", "https://learn.microsoft.com/powershell/microsoftgraph/get-started", ""}
	retiredLegacy    = source{"Microsoft message center MC1184649", "", "November 11, 2025, last changed May 13, 2026"}
)
