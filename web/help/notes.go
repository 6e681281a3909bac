package help

import "purser.example/internal/verdict"

// section is one obstacle: why it stands there, what to do about it, and what else to know.
type section struct {
	ID      string // its place on the page
	Title   string
	Why     []string // paragraphs
	Steps   []step
	After   []string // what to know afterwards
	Codes   []string // keys of verdict.Rules that it may show as
	Sources []source
}

// codeLink leads to the place of a code on the page of codes.
func codeLink(key string) leaf {
	rule := verdict.Rule{Key: key}
	return leaf{CodesPath + "#" + rule.Anchor(), rule.Code()}
}

var openAdminCenter = step{Text: "Open the", Link: "Microsoft Entra admin center", Href: adminCenter}

const waitAndValidate = "Wait a few minutes, then select Save or Validate again."

// notes are the obstacles in the order in which they are worth looking at (R18).
var notes = []section{
	{
		ID: "find", Title: "Find out what refused the sign-in",
		Why: []string{"The tenant's sign-in log names the policy. Start there."},
		Steps: []step{
			{Text: "Copy the correlation ID from the verdict in Purser."},
			{Text: openAdminCenter.Text, Link: openAdminCenter.Link, Href: openAdminCenter.Href},
			{Text: "Go to Entra ID > Monitoring & health > Sign-in logs. You need at least the Reports Reader role. Check the non-interactive sign-ins too."},
			{Text: "Filter by the correlation ID or the username, and open the failed entry."},
			{Text: "Read the failure reason under Basic info. Note the IP address: Microsoft sees this server at it."},
			{Text: "Open the Conditional Access tab. A policy with the result Failure refused the sign-in. If no policy failed, security defaults or per-user MFA did."},
			{Text: "Or ask Microsoft Graph for the attempt.", Command: "Get-MgAuditLogSignIn -Filter \"correlationId eq '11111111-2222-3333-4444-555555555555'\" | Select-Object -ExpandProperty AppliedConditionalAccessPolicies"},
		},
		After: []string{"An entry may take a few minutes to appear."},
	},
	{
		ID: "security-defaults", Title: "Security defaults",
		Why: []string{
			"Security defaults ask everyone to register for multi-factor authentication (MFA) and don't allow exceptions. They may be on in any tenant created on or after October 22, 2019.",
			"Only conditional access can exclude a single account. It requires Microsoft Entra ID P1. Without that license, leave security defaults on, and let the service use an app profile instead of a service account.",
		},
		Steps: []step{
			{Text: "In the Microsoft Entra admin center, go to Entra ID > Overview > Properties and select Manage security defaults. You need at least the Conditional Access Administrator role.", Command: "(Get-MgPolicyIdentitySecurityDefaultEnforcementPolicy).IsEnabled"},
			{Text: "If they are enabled, first create policies under Entra ID > Conditional Access > Policies that require MFA for all users and block legacy authentication. Exclude the service account from the first one. Set them to Report-only."},
			{Text: "Go back to Manage security defaults, select Disabled (not recommended), and select Save."},
			{Text: "Turn the new policies on right away, so that people stay protected."},
			{Text: waitAndValidate},
		},
		Codes:   []string{"530035", "50079", "50072"},
		Sources: []source{securityDefaults},
	},
	{
		ID: "per-user-mfa", Title: "Per-user MFA",
		Why: []string{"MFA can be turned on for a single account, apart from any policy. With a service account, no one is there to answer the second prompt."},
		Steps: []step{
			{Text: "In the Microsoft Entra admin center, go to Entra ID > Users > All users and select Per-user MFA. You need at least the Authentication Administrator role."},
			{Text: "Find the account. If its state is Enabled or Enforced, select it, select Disable MFA and confirm."},
			{Text: "Or check with Microsoft Graph, in its beta version.", Command: "Invoke-MgGraphRequest -Method GET -Uri '/beta/users/svc-backup@contoso.com/authentication/requirements'"},
			{Text: "And turn it off there.", Command: "Invoke-MgGraphRequest -Method PATCH -Uri '/beta/users/svc-backup@contoso.com/authentication/requirements' -Body @{perUserMfaState='disabled'}"},
			{Text: waitAndValidate},
		},
		After:   []string{"The state Disabled doesn't mean that MFA isn't required: conditional access and security defaults don't show there."},
		Codes:   []string{"50076", "50074", "50079"},
		Sources: []source{perUserMFA},
	},
	{
		ID: "conditional-access", Title: "Conditional access: exclude the account",
		Why: []string{"Policies that require MFA, a managed device, an approved app, or accepted terms of use refuse a sign-in with only a username and password. Microsoft checks them after the password, so the password is right when a policy refuses."},
		Steps: []step{
			{Text: "In the Microsoft Entra admin center, go to Entra ID > Conditional Access > Policies. You need at least the Conditional Access Administrator role."},
			{Text: "Open the policy that the sign-in log names.", Command: "Get-MgIdentityConditionalAccessPolicy | Select-Object Id,DisplayName,State"},
			{Text: "Under Users > Exclude, select Users and groups and add the account. A group with only service accounts is easier to review later."},
			{Text: "Select Save, and repeat this for every other policy that refused."},
			{Text: waitAndValidate},
		},
		After: []string{
			"An excluded account is protected only by its password. Give it a long one and only the roles it needs, and limit it to this server's network, as the next section shows.",
			"An account that gets MFA from conditional access can't join an account pool, because app passwords don't help there.",
		},
		Codes:   []string{"53003", "50076", "50158", "53000", "53001", "53002", "50097", "530032"},
		Sources: []source{excluding},
	},
	{
		ID: "named-location", Title: "Named location: pin the account to this server",
		Why: []string{"In return for the exclusion, let the account sign in only from this server's address. This requires Microsoft Entra ID P1."},
		Steps: []step{
			{Text: "Find the public address at which Microsoft sees this server: the IP address of the failed sign-in in the log. Ask your network team whether it is permanent."},
			{Text: "In the Microsoft Entra admin center, go to Entra ID > Conditional Access > Named locations and select IP ranges location."},
			{Text: "Enter a name and the address (a single IPv4 address ends with /32), and select Create.", Command: "New-MgIdentityConditionalAccessNamedLocation -BodyParameter @{'@odata.type'='#microsoft.graph.ipNamedLocation';displayName='Purser';isTrusted=$false;ipRanges=@(@{'@odata.type'='#microsoft.graph.iPv4CidrRange';cidrAddress='203.0.113.7/32'})}"},
			{Text: "Go to Policies and select New policy. Under Users, include only the service accounts. Under Target resources, include all resources."},
			{Text: "Under Network, include any network or location, and exclude the named location."},
			{Text: "Under Grant, select Block access. Create the policy as Report-only, watch the sign-in log for a day, then turn it on."},
		},
		After:   []string{"You can also leave the account in the MFA policy and exclude the named location there. Then every account that signs in from this address can do so without MFA."},
		Codes:   []string{"53003"},
		Sources: []source{networks},
	},
	{
		ID: "legacy-authentication", Title: "Legacy authentication and app passwords",
		Why: []string{
			"A common profile uses modern sign-in, which isn't a legacy protocol. You don't need to change a policy that blocks legacy authentication for it.",
			"A classic MFA profile uses an app password, which works only with legacy protocols. Microsoft has turned SharePoint's off: by default on February 16, 2026, and permanently from May 1, 2026. Its messages have a page of their own.",
		},
		Steps: []step{
			{Text: "Read what has been turned off and what each message means.", Link: appsLeaf.Title, Href: AppPasswordsPath},
			{Text: "Open the classic MFA profile, select Edit, clear Our organization uses multi-factor authentication, and enter the account's own password."},
			{Text: "Exclude the account from MFA, as the sections above show."},
			{Text: "Select Save. Purser validates the profile as a common profile. You can't change it back."},
			{Text: "If the account can't be excluded, replace it with an app profile."},
		},
		After: []string{
			"In the SharePoint admin center, Policies > Access control > Apps that don't use modern authentication should stay at Block access.",
			"A conditional access policy for the client apps Exchange ActiveSync clients and Other clients blocks legacy authentication as well.",
		},
		Codes:   []string{"LEGACY-RETIRED", "0x80048821", "0x8004882C"},
		Sources: []source{retiredLegacy, appPasswords, blockLegacy},
	},
	{
		ID: "consent", Title: "App consent",
		Why: []string{"Purser signs in through the app registration of the tenant's app profile. An administrator must consent in advance to what the app can do, because a service can't answer the consent prompt."},
		Steps: []step{
			{Text: "In the Microsoft Entra admin center, go to Entra ID > Enterprise apps > All applications and open the app. Its application (client) ID is in the app profile.", Command: "Get-MgServicePrincipal -Filter \"appId eq '00000000-0000-0000-0000-000000000000'\" | Select-Object Id,DisplayName,AccountEnabled,AppRoleAssignmentRequired"},
			{Text: "Under Security, select Permissions, and review what the app asks for."},
			{Text: "Select Grant admin consent. You need the Privileged Role Administrator role, because the app also uses Microsoft Graph application permissions."},
			{Text: "Wait a minute, then select Save or Validate again."},
		},
		After:   []string{"If assignment is required under Properties, also add the account under Users and groups (AADSTS50105)."},
		Codes:   []string{"65001", "650057", "50105", "700016"},
		Sources: []source{adminConsent},
	},
	{
		ID: "public-client", Title: "Public client setting",
		Why: []string{"An app that signs in with a username and password must either be set up as a public client or identify itself with a client secret or certificate."},
		Steps: []step{
			{Text: "In the Microsoft Entra admin center, go to Entra ID > App registrations > All applications and open the app."},
			{Text: "Under Manage, select Authentication. Find Allow public client flows under Settings or Advanced settings."},
			{Text: "Set it to Yes, and select Save.", Command: "Update-MgApplication -ApplicationId (Get-MgApplication -Filter \"appId eq '00000000-0000-0000-0000-000000000000'\").Id -IsFallbackPublicClient:$true"},
			{Text: "Or leave it set to No, and keep a valid client secret or certificate in the app profile."},
			{Text: waitAndValidate},
		},
		Codes:   []string{"7000218", "7000215", "7000222"},
		Sources: []source{passwordSignIn},
	},
	{
		ID: "federation", Title: "Federated domains",
		Why: []string{
			"A federated domain uses another identity provider for sign-in, such as AD FS. Microsoft can't check such a password for a service, and Purser sends passwords only to Microsoft. So Purser stops before it sends the password.",
			"Pass-through authentication isn't federation, and works.",
		},
		Steps: []step{
			{Text: "Check how the domain signs in. It must be Managed, not Federated.", Command: "Get-MgDomain | Select-Object Id,AuthenticationType"},
			{Text: "Use an account in a managed domain. The initial domain, such as contoso.onmicrosoft.com, is always managed."},
			{Text: "Enter its username and password in the profile, and select Save."},
		},
		Codes:   []string{"REALM-FEDERATED", "50107"},
		Sources: []source{passwordSignIn},
	},
}
