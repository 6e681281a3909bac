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
		Why: []string{"The tenant's sign-in log names the policy. Start there: it saves guessing."},
		Steps: []step{
			{Text: "Copy the correlation id from the verdict in Purser."},
			{Text: openAdminCenter.Text, Link: openAdminCenter.Link, Href: openAdminCenter.Href},
			{Text: "Go to Entra ID > Monitoring & health > Sign-in logs. It takes a Reports Reader or more. Look at the non-interactive sign-ins too."},
			{Text: "Filter by the correlation id or the username, and open the failed entry."},
			{Text: "Read the failure reason under Basic info. Note the IP address: it is the one that Microsoft sees this server under."},
			{Text: "Open the tab Conditional Access. A policy with the result Failure is the one that refused. Where no policy failed, security defaults or per-user MFA did."},
			{Text: "Or ask Microsoft Graph for the attempt.", Command: "Get-MgAuditLogSignIn -Filter \"correlationId eq '11111111-2222-3333-4444-555555555555'\" | Select-Object -ExpandProperty AppliedConditionalAccessPolicies"},
		},
		After: []string{"An entry may take a few minutes to appear."},
	},
	{
		ID: "security-defaults", Title: "Security defaults",
		Why: []string{
			"Security defaults ask everybody to register for multi-factor authentication (MFA), and keep no list of exceptions. They may be on in every tenant that was made on or after 22 October 2019.",
			"Only conditional access can except one account. It needs Microsoft Entra ID P1. Without that licence leave the security defaults on, and let the service use an app profile in place of a service account.",
		},
		Steps: []step{
			{Text: "In the Microsoft Entra admin center go to Entra ID > Overview > Properties and select Manage security defaults. It takes a Conditional Access Administrator or more.", Command: "(Get-MgPolicyIdentitySecurityDefaultEnforcementPolicy).IsEnabled"},
			{Text: "If they are enabled, first prepare policies under Entra ID > Conditional Access > Policies that ask all users for MFA and block legacy authentication. Exclude the service account from the first one. Leave them at Report-only."},
			{Text: "Go back to Manage security defaults, choose Disabled (not recommended) and Save."},
			{Text: "Switch the prepared policies On at once, so that people stay protected."},
			{Text: waitAndValidate},
		},
		Codes:   []string{"530035", "50079", "50072"},
		Sources: []source{securityDefaults},
	},
	{
		ID: "per-user-mfa", Title: "Per-user MFA",
		Why: []string{"MFA can be switched on for a single account, beside all policies. A service account has nobody who could answer the second question."},
		Steps: []step{
			{Text: "In the Microsoft Entra admin center go to Entra ID > Users > All users and select Per-user MFA. It takes an Authentication Administrator or more."},
			{Text: "Find the account. If its state is Enabled or Enforced, select it, select Disable MFA and confirm."},
			{Text: "Or look by Microsoft Graph, in its beta version.", Command: "Invoke-MgGraphRequest -Method GET -Uri '/beta/users/svc-backup@contoso.com/authentication/requirements'"},
			{Text: "And switch it off there.", Command: "Invoke-MgGraphRequest -Method PATCH -Uri '/beta/users/svc-backup@contoso.com/authentication/requirements' -Body @{perUserMfaState='disabled'}"},
			{Text: waitAndValidate},
		},
		After:   []string{"The state Disabled does not mean that no MFA is asked for: conditional access and security defaults do not show there."},
		Codes:   []string{"50076", "50074", "50079"},
		Sources: []source{perUserMFA},
	},
	{
		ID: "conditional-access", Title: "Conditional access: exclude the account",
		Why: []string{"Policies that ask for MFA, a managed device, an approved app or accepted terms refuse a sign-in that has only a username and a password. Microsoft checks them after the password, so the password is right when one of them refuses."},
		Steps: []step{
			{Text: "In the Microsoft Entra admin center go to Entra ID > Conditional Access > Policies. It takes a Conditional Access Administrator or more."},
			{Text: "Open the policy that the sign-in log names.", Command: "Get-MgIdentityConditionalAccessPolicy | Select-Object Id,DisplayName,State"},
			{Text: "Under Users, Exclude, choose Users and groups and add the account. A group that holds nothing but service accounts is easier to review later."},
			{Text: "Save, and repeat it for every other policy that refused."},
			{Text: waitAndValidate},
		},
		After: []string{
			"An excluded account has only its password. Give it a long one, only the roles it needs, and a network of its own, as the next section shows.",
			"An account that gets MFA from conditional access cannot join an account pool: app passwords do not help there.",
		},
		Codes:   []string{"53003", "50076", "50158", "53000", "53001", "53002", "50097", "530032"},
		Sources: []source{excluding},
	},
	{
		ID: "named-location", Title: "Named location: pin the account to this server",
		Why: []string{"In return for the exclusion, let the account sign in from this server's address only. It needs Microsoft Entra ID P1."},
		Steps: []step{
			{Text: "Find the public address under which Microsoft sees this server: it is the IP address of the failed sign-in in the log. Ask your network team whether it stays the same."},
			{Text: "In the Microsoft Entra admin center go to Entra ID > Conditional Access > Named locations and select IP ranges location."},
			{Text: "Enter a name and the address, a single IPv4 address with /32 at its end, and select Create.", Command: "New-MgIdentityConditionalAccessNamedLocation -BodyParameter @{'@odata.type'='#microsoft.graph.ipNamedLocation';displayName='Purser';isTrusted=$false;ipRanges=@(@{'@odata.type'='#microsoft.graph.iPv4CidrRange';cidrAddress='203.0.113.7/32'})}"},
			{Text: "Go to Policies, New policy. Under Users include the service accounts and nobody else; under Target resources include all resources."},
			{Text: "Under Network include any network or location, and exclude the named location."},
			{Text: "Under Grant choose Block access. Create the policy as Report-only, look at the sign-in log for a day, then switch it On."},
		},
		After:   []string{"You can also leave the account in the MFA policy and exclude the named location there. Then every account that signs in from this address passes without MFA."},
		Codes:   []string{"53003"},
		Sources: []source{networks},
	},
	{
		ID: "legacy-authentication", Title: "Legacy authentication and app passwords",
		Why: []string{
			"A common profile signs in at Microsoft's present sign-in service, which is no legacy protocol. A policy that blocks legacy authentication need not be changed for it.",
			"A classic MFA profile uses an app password, and app passwords work with legacy protocols only. Microsoft blocked SharePoint's (IDCRL) by default from 16 February 2026, let administrators switch it on again until 30 April 2026, and has switched it off for good from 1 May 2026; on 13 May 2026 it said that the change was still reaching the last tenants.",
		},
		Steps: []step{
			{Text: "Open the classic MFA profile, Edit, clear Our organization uses multi-factor authentication, and enter the account's own password."},
			{Text: "Exclude the account from MFA, as the sections above show."},
			{Text: "Save. The profile is validated as a common profile and stays one; there is no way back."},
			{Text: "Where the account may not be excluded, replace it by an app profile."},
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
		Why: []string{"Purser signs in through the app registration of the tenant's app profile. An administrator has to agree beforehand to what the app may do, because a service cannot answer the question itself."},
		Steps: []step{
			{Text: "In the Microsoft Entra admin center go to Entra ID > Enterprise apps > All applications and open the app. Its application (client) id stands in the app profile.", Command: "Get-MgServicePrincipal -Filter \"appId eq '00000000-0000-0000-0000-000000000000'\" | Select-Object Id,DisplayName,AccountEnabled,AppRoleAssignmentRequired"},
			{Text: "Under Security select Permissions, and read what is asked for."},
			{Text: "Select Grant admin consent. It takes a Privileged Role Administrator, because the app also reads with application permissions of Microsoft Graph."},
			{Text: "Wait a minute, then select Save or Validate again."},
		},
		After:   []string{"If Properties says that assignment is required, add the account under Users and groups too (AADSTS50105)."},
		Codes:   []string{"65001", "650057", "50105", "700016"},
		Sources: []source{adminConsent},
	},
	{
		ID: "public-client", Title: "Public client setting",
		Why: []string{"An app that signs in with a username and a password is either set up as a public client, or proves who it is by a client secret or certificate. One of the two has to be in place."},
		Steps: []step{
			{Text: "In the Microsoft Entra admin center go to Entra ID > App registrations > All applications and open the app."},
			{Text: "Under Manage select Authentication. Look for Allow public client flows, under Settings or Advanced settings."},
			{Text: "Set it to Yes, and Save.", Command: "Update-MgApplication -ApplicationId (Get-MgApplication -Filter \"appId eq '00000000-0000-0000-0000-000000000000'\").Id -IsFallbackPublicClient:$true"},
			{Text: "Or leave it at No, and keep a valid client secret or certificate in the app profile."},
			{Text: waitAndValidate},
		},
		Codes:   []string{"7000218", "7000215", "7000222"},
		Sources: []source{passwordSignIn},
	},
	{
		ID: "federation", Title: "Federated domains",
		Why: []string{
			"A federated domain leaves sign-in to another identity provider, such as AD FS. Microsoft cannot check such a password for a service, and Purser sends passwords to Microsoft only. So it stops before the password leaves.",
			"Pass-through authentication is no federation and works.",
		},
		Steps: []step{
			{Text: "See how the domain signs in. Managed is good, Federated is not.", Command: "Get-MgDomain | Select-Object Id,AuthenticationType"},
			{Text: "Use an account of a managed domain. The initial domain, such as contoso.onmicrosoft.com, always is one."},
			{Text: "Enter its username and password in the profile, and select Save."},
		},
		Codes:   []string{"REALM-FEDERATED", "50107"},
		Sources: []source{passwordSignIn},
	},
}
