package m365sim

import "strings"

// permissionSet is a set of Graph permissions, a bit each. Delegated and application permissions share their names.
type permissionSet uint64

// permissionTable lists the permissions that the simulator knows, each with those that it includes (Microsoft Graph
// permissions reference, 2026-08). A name outside the table may be granted, and opens nothing.
var permissionTable = []struct {
	name     string
	includes string // separated by blanks
}{
	{"User.Read", ""},
	{"User.ReadBasic.All", ""},
	{"User.Read.All", "User.ReadBasic.All LicenseAssignment.Read.All"},
	{"User.ReadWrite.All", "User.Read.All"},
	{"Group.ReadBasic.All", ""},
	{"GroupMember.ReadBasic.All", ""},
	{"GroupMember.Read.All", "Group.ReadBasic.All GroupMember.ReadBasic.All"},
	{"Group.Read.All", "GroupMember.Read.All"},
	{"Group.ReadWrite.All", "Group.Read.All"},
	{"Domain.Read.All", ""},
	{"Domain.ReadWrite.All", "Domain.Read.All"},
	{"Organization.Read.All", ""},
	{"Device.Read.All", ""},
	{"Application.Read.All", ""},
	{"OrgContact.Read.All", ""},
	{"LicenseAssignment.Read.All", ""},
	{"RoleManagement.Read.Directory", ""},
	{"RoleManagement.ReadWrite.Directory", "RoleManagement.Read.Directory"},
	{"Directory.Read.All", "User.Read.All Group.Read.All Domain.Read.All Organization.Read.All Device.Read.All Application.Read.All OrgContact.Read.All RoleManagement.Read.Directory"},
	{"Directory.ReadWrite.All", "Directory.Read.All"},
	{"Directory.AccessAsUser.All", ""},
	{"User-PasswordProfile.ReadWrite.All", ""},
	{"AuditLog.Read.All", ""},
	{"Policy.Read.All", ""},
	{"Reports.Read.All", ""},
	{"Sites.Read.All", ""},
	{"SharePointTenantSettings.Read.All", ""},
	{"Team.ReadBasic.All", ""},
	{"UserAuthenticationMethod.Read.All", ""},
}

var (
	permissionBits = numberPermissions()
	allPermissions = namePermissions()
	// grantedBy maps a permission in lower case to itself and all that it includes.
	grantedBy = includePermissions()
)

func numberPermissions() map[string]permissionSet {
	bits := make(map[string]permissionSet, len(permissionTable))
	for i, p := range permissionTable {
		bits[strings.ToLower(p.name)] = 1 << i
	}
	return bits
}

func namePermissions() []string {
	names := make([]string, len(permissionTable))
	for i, p := range permissionTable {
		names[i] = p.name
	}
	return names
}

func includePermissions() map[string]permissionSet {
	granted := make(map[string]permissionSet, len(permissionTable))
	for name, bit := range permissionBits {
		granted[name] = bit
	}
	for range permissionTable { // as often as the longest chain of inclusions could need
		for _, p := range permissionTable {
			for _, other := range strings.Fields(p.includes) {
				granted[strings.ToLower(p.name)] |= granted[strings.ToLower(other)]
			}
		}
	}
	return granted
}

// grants adds up what a list of permissions opens.
func grants(names []string) permissionSet {
	var set permissionSet
	for _, name := range names {
		set |= grantedBy[strings.ToLower(name)]
	}
	return set
}

// any says whether one of the named permissions is in the set.
func (p permissionSet) any(names ...string) bool {
	for _, name := range names {
		if p&permissionBits[strings.ToLower(name)] != 0 {
			return true
		}
	}
	return false
}
