package help

// permissions are what the app registration of a tenant needs, as docs/entra-id.md says it. Application permissions take a client secret.
var permissions = []struct{ Name, Type, For string }{
	{"User.Read, Directory.Read.All", "Delegated", "Reading an account's roles, licenses and password policy."},
	{"Policy.Read.All, AuditLog.Read.All", "Application", "Naming the policy that refused a sign-in. The sign-in log requires Microsoft Entra ID P1 or P2."},
	{"GroupMember.Read.All, User.Read.All", "Application", "Account pools."},
	{"Member.Read.Hidden", "Application", "Account pools whose group has hidden membership."},
}
