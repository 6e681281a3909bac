package graph

import (
	"slices"
	"strings"

	"purser.example/internal/m365sim/call"
)

// route is one address below /v1.0. "*" stands for one segment. Letters match in either case, as Graph's do.
type route struct {
	path string
	// user and app name the permissions of which one is needed, separated by blanks; "" lets every token of that kind in,
	// and noApps refuses apps whatever they may do.
	user, app string
	handle    func(*request) call.Answer
}

// actions are the addresses that take a POST.
var actions = []route{
	{"me/changePassword", "User-PasswordProfile.ReadWrite.All Directory.AccessAsUser.All", noApps, (*request).changePassword},
	{"users/*/changePassword", "", "", (*request).changeOther},
}

// noApps marks addresses that only a signed-in user has, noPeople those that only apps have.
const (
	noApps   = "-"
	noPeople = "-"
)

// readsDrives are the permissions that show a drive.
const readsDrives = "Files.Read.All Sites.Read.All"

// routes is the table of addresses, with least privileges from the Microsoft Graph permissions reference.
var routes = []route{
	{"me", "User.Read User.Read.All Directory.Read.All", noApps, (*request).me},
	{"me/drive", readsDrives + " Files.Read", noApps, (*request).myDrive},
	{"me/licenseDetails", "User.Read LicenseAssignment.Read.All", noApps, (*request).myLicences},
	{"me/memberOf", "User.Read GroupMember.Read.All Directory.Read.All", noApps, (*request).myMemberships},
	{"me/memberOf/*", "User.Read GroupMember.Read.All Directory.Read.All", noApps, (*request).myMemberships},
	{"me/transitiveMemberOf", "User.Read GroupMember.Read.All Directory.Read.All", noApps, (*request).myMemberships},
	{"me/transitiveMemberOf/*", "User.Read GroupMember.Read.All Directory.Read.All", noApps, (*request).myMemberships},
	{"users", "User.ReadBasic.All", "User.ReadBasic.All", (*request).listUsers},
	{"users/$count", "User.ReadBasic.All", "User.ReadBasic.All", (*request).countUsers},
	{"users/*", "", "User.ReadBasic.All", (*request).oneUser},
	{"users/*/licenseDetails", "", "LicenseAssignment.Read.All", (*request).licences},
	{"users/*/memberOf", "", "User.Read.All GroupMember.Read.All", (*request).memberships},
	{"users/*/memberOf/*", "", "User.Read.All GroupMember.Read.All", (*request).memberships},
	{"users/*/transitiveMemberOf", "", "User.Read.All GroupMember.Read.All", (*request).memberships},
	{"users/*/transitiveMemberOf/*", "", "User.Read.All GroupMember.Read.All", (*request).memberships},
	{"users/*/ownedObjects", "", "User.Read.All", (*request).ownedObjects},
	{"users/*/ownedObjects/*", "", "User.Read.All", (*request).ownedObjects},
	{"users/*/drive", readsDrives, readsDrives, (*request).userDrive},
	{"groups/*/drive", readsDrives, readsDrives, (*request).groupDrive},
	{"groups", "Group.ReadBasic.All", "Group.ReadBasic.All", (*request).listGroups},
	{"groups/$count", "Group.ReadBasic.All", "Group.ReadBasic.All", (*request).countGroups},
	{"groups/*", "Group.ReadBasic.All", "Group.ReadBasic.All", (*request).oneGroup},
	{"groups/*/members", "GroupMember.ReadBasic.All", "GroupMember.ReadBasic.All", (*request).members},
	{"groups/*/members/*", "GroupMember.ReadBasic.All", "GroupMember.ReadBasic.All", (*request).members},
	{"groups/*/members/*/$count", "GroupMember.ReadBasic.All", "GroupMember.ReadBasic.All", (*request).members},
	{"groups/*/transitiveMembers", "GroupMember.ReadBasic.All", "GroupMember.ReadBasic.All", (*request).members},
	{"groups/*/transitiveMembers/*", "GroupMember.ReadBasic.All", "GroupMember.ReadBasic.All", (*request).members},
	{"groups/*/transitiveMembers/*/$count", "GroupMember.ReadBasic.All", "GroupMember.ReadBasic.All", (*request).members},
	{"groups/*/owners", "GroupMember.Read.All", "GroupMember.Read.All", (*request).members},
	{"groups/*/owners/*", "GroupMember.Read.All", "GroupMember.Read.All", (*request).members},
	{"domains", "Domain.Read.All", "Domain.Read.All", (*request).listDomains},
	{"domains/*", "Domain.Read.All", "Domain.Read.All", (*request).oneDomain},
	{"organization", "User.Read Organization.Read.All", "Organization.Read.All", (*request).organization},
	{"organization/*", "User.Read Organization.Read.All", "Organization.Read.All", (*request).oneOrganization},
	{"subscribedSkus", "LicenseAssignment.Read.All Organization.Read.All", "LicenseAssignment.Read.All Organization.Read.All", (*request).listSKUs},
	{"admin/sharepoint/settings", "SharePointTenantSettings.Read.All", "SharePointTenantSettings.Read.All", (*request).sharePointSettings},
	{"oauth2PermissionGrants", "Directory.Read.All", "Directory.Read.All", (*request).listGrants},
	{"servicePrincipals", "Application.Read.All", "Application.Read.All", (*request).listServicePrincipals},
	{"applications/*", "Application.Read.All", "Application.Read.All", (*request).oneApplication},
	{"auditLogs/signIns", "AuditLog.Read.All", "AuditLog.Read.All", (*request).listSignIns},
	{"auditLogs/signIns/*", "AuditLog.Read.All", "AuditLog.Read.All", (*request).oneSignIn},
	{"identity/conditionalAccess/policies", "Policy.Read.All", "Policy.Read.All", (*request).listPolicies},
	{"identity/conditionalAccess/policies/*", "Policy.Read.All", "Policy.Read.All", (*request).onePolicy},
	{"policies/identitySecurityDefaultsEnforcementPolicy", "Policy.Read.All", "Policy.Read.All", (*request).showSecurityDefaults},
	{"reports/authenticationMethods/userRegistrationDetails", "AuditLog.Read.All", "AuditLog.Read.All", (*request).listRegistrations},
	{"reports/authenticationMethods/userRegistrationDetails/*", "AuditLog.Read.All", "AuditLog.Read.All", (*request).oneRegistration},
	{"reports/getSharePointSiteUsageDetail/*", "Reports.Read.All", "Reports.Read.All", (*request).usage},
	{"reports/getOneDriveUsageAccountDetail/*", "Reports.Read.All", "Reports.Read.All", (*request).usage},
	{"reports/getMailboxUsageDetail/*", "Reports.Read.All", "Reports.Read.All", (*request).usage},
	{"sites", "Sites.Read.All", "Sites.Read.All", (*request).searchSites},
	{"sites/getAllSites", noPeople, "Sites.Read.All", (*request).allSites},
	{"sites/root", "Sites.Read.All", "Sites.Read.All", (*request).showRootSite},
	{"sites/*", "Sites.Read.All", "Sites.Read.All", (*request).oneSite},
	{"teams", "Team.ReadBasic.All", "Team.ReadBasic.All", (*request).listTeams},
	{"teams/*", "Team.ReadBasic.All Group.Read.All", "Team.ReadBasic.All Group.Read.All", (*request).oneTeam},
	{"directoryRoles", "RoleManagement.Read.Directory", "RoleManagement.Read.Directory", (*request).listRoles},
	{"directoryRoles/*/members", "RoleManagement.Read.Directory", "RoleManagement.Read.Directory", (*request).roleMembers},
}

// keyed takes the segments of a path apart, without empty ones: users('a') is users/a, and a doubled quote of a key stands for one.
func keyed(path []string) []string {
	out := make([]string, 0, len(path))
	for _, segment := range joined(path) {
		set, key, inside := strings.Cut(named.Replace(segment), "('")
		if key, closed := strings.CutSuffix(key, "')"); inside && closed && set != "" {
			out = append(out, set, strings.ReplaceAll(key, "''", "'"))
		} else if segment != "" {
			out = append(out, strings.ReplaceAll(segment, "''", "'"))
		}
	}
	return out
}

// named takes the names off the keys that have one.
var named = strings.NewReplacer("(appId='", "('", "(period='", "('")

// joined makes one segment of a site's host and path: sites/contoso.sharepoint.com:/sites/a.
func joined(path []string) []string {
	if len(path) < 3 || !strings.EqualFold(path[0], "sites") || !strings.HasSuffix(path[1], ":") {
		return path
	}
	return []string{path[0], strings.TrimSuffix(strings.Join(path[1:], "/"), ":")}
}

// spelled writes a path as the route does, so that handlers may compare its words.
func (r *route) spelled(path []string) []string {
	for i, word := range strings.Split(r.path, "/") {
		if word != "*" {
			path[i] = word
		} else if strings.EqualFold(path[i], "$count") {
			path[i] = "$count"
		}
	}
	return path
}

// findRoute finds the route of a path. A route whose words are all literal goes before one with a star.
func findRoute(routes []route, path []string) *route {
	var best *route
	for i := range routes {
		want := strings.Split(routes[i].path, "/")
		if !slices.EqualFunc(path, want, func(have, want string) bool { return want == "*" || strings.EqualFold(have, want) }) {
			continue
		}
		if best == nil || strings.Count(routes[i].path, "*") < strings.Count(best.path, "*") {
			best = &routes[i]
		}
	}
	return best
}
