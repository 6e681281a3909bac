// Package permission knows the permissions of Microsoft Graph and of SharePoint: the sign-in hosts grant them, the services ask for them.
package permission

import (
	"slices"
	"strings"
)

// Set is a set of Graph permissions, a bit each. Delegated and application permissions share their names.
type Set uint64

// table lists the permissions that the simulator knows, each with those that it includes (Microsoft Graph
// permissions reference, 2026-08). A name outside the table may be granted, and opens nothing.
var table = []struct {
	name     string
	includes string // separated by blanks
}{
	{"User.Read", ""},
	{"User.ReadBasic.All", ""},
	{"User.Read.All", "User.ReadBasic.All LicenseAssignment.Read.All"},
	{"User.ReadWrite.All", "User.Read.All"},
	{"Member.Read.Hidden", ""},
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
	{"Sites.ReadWrite.All", "Sites.Read.All"},
	{"Sites.FullControl.All", "Sites.ReadWrite.All"},
	{"Files.Read", ""},
	{"Files.Read.All", "Files.Read"},
	{"SharePointTenantSettings.Read.All", ""},
	{"Team.ReadBasic.All", ""},
	{"UserAuthenticationMethod.Read.All", ""},
}

// What SharePoint's own tokens may carry (Office 365 SharePoint Online, permissions of the resource). Those by which an app may do all stand
// first.
var (
	SharePointRoles  = []string{"Sites.FullControl.All", "TermStore.ReadWrite.All", "Sites.Manage.All", "Sites.ReadWrite.All", "Sites.Read.All", "Sites.Selected", "TermStore.Read.All", "User.ReadWrite.All", "User.Read.All"}
	SharePointScopes = []string{"AllSites.FullControl", "TermStore.ReadWrite.All", "AllSites.Manage", "AllSites.Write", "AllSites.Read", "TermStore.Read.All", "User.ReadWrite.All", "User.Read.All", "Sites.Search.All"}
)

// sharePointAll is how many of each list those are.
const sharePointAll = 2

// AtSharePoint are those of a fixture that SharePoint has, from its roles or its scopes; of a fixture that names none, those that do all.
func AtSharePoint(given, known []string) []string {
	if given == nil {
		return known[:sharePointAll]
	}
	return slices.DeleteFunc(slices.Clone(given), func(name string) bool { return !slices.Contains(known, name) })
}

// AtGraph are those of a fixture that are not SharePoint's alone; of a fixture that names none, all that Graph has.
func AtGraph(given []string) []string {
	if given == nil {
		return All
	}
	return slices.DeleteFunc(slices.Clone(given), func(name string) bool {
		return !Known(name) && (slices.Contains(SharePointScopes, name) || slices.Contains(SharePointRoles, name))
	})
}

var (
	bits = number()
	All  = names()
	// grantedBy maps a permission in lower case to itself and all that it includes.
	grantedBy = include()
)

func number() map[string]Set {
	bits := make(map[string]Set, len(table))
	for i, p := range table {
		bits[strings.ToLower(p.name)] = 1 << i
	}
	return bits
}

func names() []string {
	names := make([]string, len(table))
	for i, p := range table {
		names[i] = p.name
	}
	return names
}

func include() map[string]Set {
	granted := make(map[string]Set, len(table))
	for name, bit := range bits {
		granted[name] = bit
	}
	for range table { // as often as the longest chain of inclusions could need
		for _, p := range table {
			for _, other := range strings.Fields(p.includes) {
				granted[strings.ToLower(p.name)] |= granted[strings.ToLower(other)]
			}
		}
	}
	return granted
}

// Of adds up what a list of permissions opens.
func Of(names []string) Set {
	var set Set
	for _, name := range names {
		set |= grantedBy[strings.ToLower(name)]
	}
	return set
}

// Any says whether one of the named permissions is in the set.
func (p Set) Any(names ...string) bool {
	for _, name := range names {
		if p&bits[strings.ToLower(name)] != 0 {
			return true
		}
	}
	return false
}

// Known says whether the table has a permission of that name.
func Known(name string) bool { return bits[strings.ToLower(name)] != 0 }
