package appprofile

import (
	_ "embed"
	"slices"
	"strings"
)

// PermissionType is on whose behalf a permission is used.
type PermissionType string

// The types, as Microsoft calls them.
const (
	Application PermissionType = "application" // of the app itself
	Delegated   PermissionType = "delegated"   // of an account that signs in by the app
)

// Title is the type as people see it.
func (t PermissionType) Title() string {
	if t == Application {
		return "Application"
	}
	return "Delegated"
}

// API is whose permission one is.
type API string

// The APIs. Permissions of both may have the same name, and one never stands for the other.
const (
	Graph      API = "Graph"
	SharePoint API = "SharePoint"
)

// apis are all of them, in the order in which manifests name them.
var apis = []API{Graph, SharePoint}

// Title is the API as Microsoft's portals list it.
func (a API) Title() string {
	if a == SharePoint {
		return "SharePoint"
	}
	return "Microsoft Graph"
}

// AppID is the API as an app, the same in every tenant.
func (a API) AppID() string {
	if a == SharePoint {
		return "00000003-0000-0ff1-ce00-000000000000"
	}
	return "00000003-0000-0000-c000-000000000000"
}

// Permission is one permission that Purser can use.
type Permission struct {
	Name     string
	API      API
	Type     PermissionType
	ID       string // of the role or scope, by which manifests name it
	Needed   bool   // without it the profile is Permissions missing
	Enables  string // in plain words
	includes []string
}

//go:embed permissions.tsv
var permissionsTSV string

var permissions = readPermissions(permissionsTSV)

func readPermissions(tsv string) (list []Permission) {
	for line := range strings.Lines(tsv) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		if strings.HasPrefix(line, "#") || len(f) != 7 {
			continue
		}
		p := Permission{Name: f[0], API: API(f[1]), Type: PermissionType(f[2]), ID: f[3], Needed: f[4] == "needed", Enables: f[6]}
		if f[5] != "-" {
			p.includes = strings.Fields(f[5])
		}
		list = append(list, p)
	}
	return list
}

// Permissions lists all of them.
func Permissions() []Permission { return slices.Clone(permissions) }

// Holding says whether a permission is granted.
type Holding string

// The holdings. Untold is not the same as missing: nobody could look.
const (
	Granted Holding = "granted"
	Missing Holding = "missing"
	Untold  Holding = "untold"
)

// Title is the holding as people see it.
func (h Holding) Title() string {
	switch h {
	case Granted:
		return "Granted"
	case Missing:
		return "Not granted"
	default:
		return "Unknown"
	}
}

// Held is a permission with whether an app profile has it.
type Held struct {
	Permission
	Holding Holding
}

// Permissions lists every permission that Purser can use, with whether the profile has it (R72).
func (p Profile) Permissions() []Held {
	list := make([]Held, len(permissions))
	for i, permission := range permissions {
		list[i] = Held{permission, p.Granted.holding(permission)}
	}
	return list
}

// Lacks lists the permissions that are needed and known to be missing.
func (p Profile) Lacks() (missing []Permission) {
	for _, permission := range permissions {
		if permission.Needed && p.Granted.holding(permission) == Missing {
			missing = append(missing, permission)
		}
	}
	return missing
}

func (g Grants) holding(p Permission) Holding {
	read, names := g.ofAPI(p)
	has := func(name string) bool {
		return slices.ContainsFunc(names, func(given string) bool { return strings.EqualFold(given, name) })
	}
	switch {
	case !read:
		return Untold
	case has(p.Name), slices.ContainsFunc(p.includes, has):
		return Granted
	}
	return Missing
}

// ofAPI are the permissions of one's type and API, and whether they were read.
func (g Grants) ofAPI(p Permission) (read bool, names []string) {
	switch {
	case p.Type == Application:
		return g.RolesRead && p.API == Graph, g.Roles
	case p.API == SharePoint:
		return g.SharePointRead, g.SharePointScopes
	}
	return g.ScopesRead, g.Scopes
}
