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
		ID: "remembered", Title: "The browser knew you already",
		Why: []string{"A remembered session or a password manager lets you in without the password that you mean. Then nobody has tried it."},
		Steps: []step{
			{Text: "Open a private window, and go to", Link: "My Account", Href: "https://myaccount.microsoft.com"},
			{Text: "Type the username and the password yourself, without a password manager."},
			{Text: "If they are refused there as well, reset the password."},
		},
		Codes: []string{"50126"},
	},
	{
		ID: "app-password", Title: "It is an app password",
		Why:     []string{"App passwords work in older programs, by legacy protocols. In Microsoft's present sign-in they count as wrong, in the browser as well as here."},
		Steps:   []step{{Text: "Enter the account's own password."}, {Text: "If that is refused because of multi-factor authentication, go through the notes.", Link: notesLeaf.Title, Href: NotesPath}},
		Codes:   []string{"50126", "50076"},
		Sources: []source{appPasswords},
	},
	{
		ID: "federated", Title: "The domain is federated",
		Why: []string{"The browser goes on to your own identity provider; a service cannot. Purser stops before the password leaves. Where Microsoft is asked nevertheless, it does not know the password unless password hash synchronization is on and a policy lets it check the hash."},
		Steps: []step{
			{Text: "See how the domain signs in.", Command: svcDomain},
			{Text: "If it says Federated, use an account of a managed domain, such as the initial one that ends in .onmicrosoft.com."},
		},
		Codes:   []string{"REALM-FEDERATED", "50126", "50056"},
		Sources: []source{passwordSignIn},
	},
	{
		ID: "blanks", Title: "It begins or ends with a blank",
		Why:     []string{"The sign-in for services does not carry a blank at either end; one in the middle is no trouble. A password that was copied often brings a blank or a line end along."},
		Steps:   []step{{Text: "Type the password instead of pasting it."}, {Text: "If a blank really belongs to it, change the password."}},
		Codes:   []string{"50126"},
		Sources: []source{passwordSignIn},
	},
	{
		ID: "characters", Title: "It holds characters outside ASCII",
		Why:     []string{"Such a password, with an umlaut for instance, can come from an Active Directory. Microsoft 365 itself does not take it, and Purser does not send it."},
		Steps:   []step{{Text: "Change the password to one of letters from A to Z, digits and the usual symbols."}},
		Codes:   []string{"50126"},
		Sources: []source{passwordPolicy},
	},
	{
		ID: "expired", Title: "It has expired, or it is a first password",
		Why: []string{"The browser asks for a new password and goes on. A service is refused, because nobody answers the question."},
		Steps: []step{
			{Text: "See when it was last changed.", Command: svcChanged},
			{Text: "Sign in once in a private window, and choose a new password."},
			{Text: validateAgain},
		},
		Codes:   []string{"50055", "50144"},
		Sources: []source{passwordPolicy},
	},
	{
		ID: "changed", Title: "It was changed a moment ago",
		Why: []string{"Microsoft 365 takes a few minutes to know a new password everywhere. One that comes from an Active Directory has to be synchronized first."},
		Steps: []step{
			{Text: "Wait a few minutes."},
			{Text: "If the account comes from an Active Directory, see whether password hash synchronization works: Microsoft Entra admin center, Entra ID > Entra Connect > Connect Sync."},
			{Text: validateAgain},
		},
		Codes: []string{"50126", "50056"},
	},
	{
		ID: "tenant", Title: "The account is not in the selected tenant",
		Why: []string{"The browser finds the account's tenant by itself. Purser asks the tenant that you selected. A guest or a personal account cannot sign in to a service at all."},
		Steps: []step{
			{Text: "See whether the tenant has the account. Only the type Member will do.", Command: svcType},
			{Text: "Select the tenant that the account was made in, or take another account."},
		},
		Codes:   []string{"50034", "50020", "REALM-UNKNOWN"},
		Sources: []source{passwordSignIn},
	},
	{
		ID: "no-password", Title: "The account has no password",
		Why: []string{"With a passkey, a text message or an authenticator app alone there is nothing that a service could send."},
		Steps: []step{
			{Text: "In the Microsoft Entra admin center open Entra ID > Users, the account, and select Reset password."},
			{Text: "Sign in once in a private window, and replace the temporary password."},
			{Text: validateAgain},
		},
		Codes:   []string{"50056"},
		Sources: []source{passwordSignIn},
	},
	{
		ID: "agents", Title: "The password is checked on premises",
		Why:     []string{"With pass-through authentication an agent in your network checks the password. When the agent fails, the browser may still let you in by a session that it remembers."},
		Steps:   []step{{Text: "In the Microsoft Entra admin center open Entra ID > Entra Connect > Connect Sync, Pass-through authentication, and look at the state of the agents."}, {Text: validateAgain}},
		Codes:   []string{"80001", "80002", "80007", "80014"},
		Sources: []source{errorCodes},
	},
}
