package help

const (
	svcDomain  = "Get-MgDomain -DomainId contoso.com | Select-Object Id,AuthenticationType"
	svcType    = "Get-MgUser -UserId svc-backup@contoso.com -Property UserPrincipalName,UserType,OnPremisesSyncEnabled | Select-Object UserPrincipalName,UserType,OnPremisesSyncEnabled"
	svcChanged = "Get-MgUser -UserId svc-backup@contoso.com -Property LastPasswordChangeDateTime,PasswordPolicies | Select-Object LastPasswordChangeDateTime,PasswordPolicies"
)

const validateAgain = "Enter the password again in Purser, and select Save or Validate."

// reasons say why a password that works in the browser may be refused here (R14), the likeliest first.
var reasons = []section{
	{
		ID: "remembered", Title: "The browser remembers you",
		Why: []string{"A remembered session or a password manager signed you in, so the password you have in mind wasn't tried."},
		Steps: []step{
			{Text: "Open a private window, and go to", Link: "My Account", Href: "https://myaccount.microsoft.com"},
			{Text: "Type the username and the password yourself, without a password manager."},
			{Text: "If they are refused there as well, reset the password."},
		},
		Codes: []string{"50126"},
	},
	{
		ID: "app-password", Title: "It is an app password",
		Why:     []string{"App passwords work in older programs that use legacy protocols. Modern sign-in refuses them as wrong, both in the browser and here."},
		Steps:   []step{{Text: "Enter the account's own password."}, {Text: "If that is refused because of multi-factor authentication, go through the notes.", Link: notesLeaf.Title, Href: NotesPath}, {Text: "Classic MFA profiles and pool members with Enable MFA do take an app password.", Link: appsLeaf.Title, Href: AppPasswordsPath}},
		Codes:   []string{"50126", "50076"},
		Sources: []source{appPasswords},
	},
	{
		ID: "federated", Title: "The domain is federated",
		Why: []string{"The browser redirects to your own identity provider, which a service can't do. Purser stops before it sends the password. If Microsoft is asked anyway, it doesn't know the password unless password hash synchronization is on and a policy lets it check the hash."},
		Steps: []step{
			{Text: "Check how the domain signs in.", Command: svcDomain},
			{Text: "If it says Federated, use an account in a managed domain, such as the initial domain, which ends in .onmicrosoft.com."},
		},
		Codes:   []string{"REALM-FEDERATED", "50126", "50056"},
		Sources: []source{passwordSignIn},
	},
	{
		ID: "blanks", Title: "It begins or ends with a space",
		Why:     []string{"Sign-in for services drops a space at the start or end of a password. One in the middle is fine. A copied password often includes a trailing space or line break."},
		Steps:   []step{{Text: "Type the password instead of pasting it."}, {Text: "If the space is part of the password, change the password."}},
		Codes:   []string{"50126"},
		Sources: []source{passwordSignIn},
	},
	{
		ID: "characters", Title: "It contains non-ASCII characters",
		Why:     []string{"Such a password, for example with an umlaut, can come from Active Directory. Microsoft 365 itself doesn't accept it, and Purser doesn't send it."},
		Steps:   []step{{Text: "Change the password to one with only the letters A to Z, digits, and common symbols."}},
		Codes:   []string{"50126"},
		Sources: []source{passwordPolicy},
	},
	{
		ID: "expired", Title: "It has expired, or it is a temporary password",
		Why: []string{"The browser asks for a new password and continues. A service is refused, because no one can answer the prompt."},
		Steps: []step{
			{Text: "Check when it was last changed.", Command: svcChanged},
			{Text: "Sign in once in a private window, and choose a new password."},
			{Text: validateAgain},
		},
		Codes:   []string{"50055", "50144"},
		Sources: []source{passwordPolicy},
	},
	{
		ID: "changed", Title: "It was just changed",
		Why: []string{"A new password can take a few minutes to work everywhere in Microsoft 365. One that comes from Active Directory has to be synchronized first."},
		Steps: []step{
			{Text: "Wait a few minutes."},
			{Text: "If the account comes from Active Directory, check whether password hash synchronization works: Microsoft Entra admin center, Entra ID > Entra Connect > Connect Sync."},
			{Text: validateAgain},
		},
		Codes: []string{"50126", "50056"},
	},
	{
		ID: "tenant", Title: "The account is not in the selected tenant",
		Why: []string{"The browser finds the account's tenant automatically. Purser asks the tenant that you selected. Guests and personal accounts can't be used for services."},
		Steps: []step{
			{Text: "Check whether the tenant has the account. Its type must be Member.", Command: svcType},
			{Text: "Select the tenant where the account was created, or use another account."},
		},
		Codes:   []string{"50034", "50020", "REALM-UNKNOWN"},
		Sources: []source{passwordSignIn},
	},
	{
		ID: "no-password", Title: "The account has no password",
		Why: []string{"With only a passkey, text message, or authenticator app, there is nothing that a service can send."},
		Steps: []step{
			{Text: "In the Microsoft Entra admin center, open Entra ID > Users, select the account, and select Reset password."},
			{Text: "Sign in once in a private window, and replace the temporary password."},
			{Text: validateAgain},
		},
		Codes:   []string{"50056"},
		Sources: []source{passwordSignIn},
	},
	{
		ID: "agents", Title: "The password is checked on premises",
		Why:     []string{"With pass-through authentication, an agent in your network checks the password. When the agent fails, the browser may still sign you in with a session that it remembers."},
		Steps:   []step{{Text: "In the Microsoft Entra admin center, open Entra ID > Entra Connect > Connect Sync, Pass-through authentication, and check the status of the agents."}, {Text: validateAgain}},
		Codes:   []string{"80001", "80002", "80007", "80014"},
		Sources: []source{errorCodes},
	},
}
