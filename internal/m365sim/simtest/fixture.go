package simtest

// Ids and addresses of Contoso that the tests name.
const (
	TenantID     = "6f1c0000-0000-4000-8000-000000000001"
	AppID        = "a0000000-0000-4000-8000-000000000001"
	SecretAppID  = "a0000000-0000-4000-8000-000000000002"
	PolicyID     = "7f6f0d1c-0000-4000-8000-000000000001"
	PoolID       = "e0000000-0000-4000-8000-000000000001"
	GraphDefault = "https://graph.microsoft.com/.default"
	LoginHost    = "login.microsoftonline.com"
	GraphHost    = "graph.microsoft.com"
)

// Contoso is the fixture of most tests.
const Contoso = `{"tenants": [{
  "id": "` + TenantID + `", "displayName": "Contoso", "initialDomain": "contoso.onmicrosoft.com",
  "domains": [{"id": "contoso.com", "passwordValidityPeriodInDays": 90, "passwordNotificationWindowInDays": 14},
    {"id": "sub.contoso.com", "passwordValidityPeriodInDays": 3}, {"id": "fed.contoso.com", "authenticationType": "Federated"}],
  "apps": [{"appId": "` + AppID + `", "displayName": "Purser", "secrets": [{"value": "good-secret", "expires": "+180d"}, {"value": "old-secret", "expires": "-1d"}]},
    {"appId": "` + SecretAppID + `", "displayName": "Confidential", "publicClient": false, "clientSecret": "s", "permissions": ["GroupMember.Read.All"]},
    {"appId": "a0000000-0000-4000-8000-000000000003", "displayName": "Off", "enabled": false},
    {"appId": "a0000000-0000-4000-8000-000000000004", "displayName": "Not consented", "consented": false},
    {"appId": "a0000000-0000-4000-8000-000000000005", "displayName": "Bare"}],
  "policies": [{"displayName": "Report only", "state": "enabledForReportingButNotEnforced"}, {"id": "` + PolicyID + `", "displayName": "Block all but managed devices"}],
  "users": [
    {"id": "99999999-0000-4000-8000-000000000001", "userPrincipalName": "svc@contoso.com", "displayName": "Service", "password": "Right-1234", "appPassword": "abcdabcdabcdabcd",
     "lastPasswordChangeDateTime": "-30d", "passwordPolicies": "DisableStrongPassword", "roles": ["SharePoint Administrator"], "servicePlans": ["SHAREPOINTENTERPRISE", "EXCHANGE_S_ENTERPRISE"]},
    {"userPrincipalName": "plain@contoso.com", "password": "Right-1234", "servicePlans": ["EXCHANGE_S_FOUNDATION"]},
    {"userPrincipalName": "disabled@contoso.com", "password": "Right-1234", "accountEnabled": false},
    {"userPrincipalName": "empty@contoso.com", "password": ""},
    {"userPrincipalName": "blank@contoso.com", "password": " Right-1234"},
    {"userPrincipalName": "expired@contoso.com", "password": "Right-1234", "lastPasswordChangeDateTime": "-91d"},
    {"userPrincipalName": "forever@contoso.com", "password": "Right-1234", "lastPasswordChangeDateTime": "-91d", "passwordPolicies": "DisablePasswordExpiration, DisableStrongPassword"},
    {"userPrincipalName": "synced@contoso.com", "password": "Right-1234", "lastPasswordChangeDateTime": "-91d", "onPremisesSyncEnabled": true},
    {"userPrincipalName": "sub@sub.contoso.com", "password": "Right-1234", "lastPasswordChangeDateTime": "-10d"},
    {"userPrincipalName": "initial@contoso.onmicrosoft.com", "password": "Right-1234", "lastPasswordChangeDateTime": "-4000d"},
    {"userPrincipalName": "fed@fed.contoso.com", "password": "Right-1234"},
    {"userPrincipalName": "mfa@contoso.com", "password": "Right-1234", "mfa": "perUser", "appPassword": "abcdabcdabcdabcd"},
    {"userPrincipalName": "register@contoso.com", "password": "Right-1234", "mfa": "register"},
    {"userPrincipalName": "camfa@contoso.com", "password": "Right-1234", "mfa": "conditionalAccess"},
    {"userPrincipalName": "defaults@contoso.com", "password": "Right-1234", "mfa": "securityDefaults"},
    {"userPrincipalName": "ca@contoso.com", "password": "Right-1234", "signInError": {"code": 53003, "policy": "Block all but managed devices"}},
    {"userPrincipalName": "v1@contoso.com", "password": "Right-1234", "signInError": {"codes": [70002, 50126], "status": 400}},
    {"userPrincipalName": "locked@contoso.com", "password": "Right-1234", "signInError": 50053},
    {"userPrincipalName": "unassigned@contoso.com", "password": "Right-1234", "signInError": 50105},
    {"userPrincipalName": "noconsent@contoso.com", "password": "Right-1234", "signInError": 65001},
    {"userPrincipalName": "down@contoso.com", "password": "Right-1234", "signInError": 90033},
    {"userPrincipalName": "odd@contoso.com", "password": "Right-1234", "signInError": {"code": 123456, "suberror": "basic_action", "status": 401}}],
  "groups": [
    {"id": "` + PoolID + `", "displayName": "AOS Pool", "mail": "aos-pool@contoso.com", "kind": "mailEnabledSecurity",
     "members": ["svc@contoso.com", "plain@contoso.com"], "owners": ["svc@contoso.com"], "memberGroups": ["nested@contoso.com"],
     "otherMembers": [{"type": "device", "displayName": "PC 7"}, {"type": "servicePrincipal", "displayName": "App"}, {"type": "orgContact"}]},
    {"id": "e0000000-0000-4000-8000-000000000002", "displayName": "Nested", "mail": "nested@contoso.com", "members": ["svc@contoso.com", "mfa@contoso.com"], "memberGroups": ["AOS Pool"]},
    {"displayName": "Team O'Brien", "mail": "team@contoso.com", "kind": "microsoft365", "team": true, "dynamicRule": "user.department -eq \"IT\""},
    {"displayName": "Same name"}, {"displayName": "Same name"},
    {"displayName": "List", "mail": "list@contoso.com", "kind": "distribution"}]
 }, {
  "id": "6f1c0000-0000-4000-8000-000000000002", "initialDomain": "fabrikam.onmicrosoft.us", "cloud": "gccHigh",
  "apps": [{"appId": "` + AppID + `", "clientSecret": "us"}],
  "users": [{"userPrincipalName": "svc@fabrikam.us", "password": "Right-1234"}]
 }, {
  "id": "6f1c0000-0000-4000-8000-000000000003", "initialDomain": "litware.partner.onmschina.cn", "cloud": "china",
  "apps": [{"appId": "` + AppID + `"}],
  "users": [{"userPrincipalName": "svc@litware.partner.onmschina.cn", "password": "Right-1234"}]
}]}`

// Big is a tenant with a group of 20,000 members.
const Big = `{"tenants": [{"id": "` + TenantID + `", "initialDomain": "contoso.onmicrosoft.com", "apps": [{"appId": "` + AppID + `", "clientSecret": "good-secret"}],
  "domains": [{"id": "contoso.com"}],
  "generate": {"users": 20000, "first": 1, "upn": "u%05d@contoso.com", "password": "Gen-%05d!", "group": "Big pool"}}]}`
