package sharepoint

import (
	"slices"
	"strings"

	"purser.example/internal/m365sim/directory"
	"purser.example/internal/m365sim/token"
)

// caller is who a token of SharePoint speaks for.
type caller struct {
	tenant *directory.Tenant
	host   string // that the token is for
	app    string
	user   *directory.User // nil for an app
	may    []string        // scopes of a person's token, roles of an app's
}

func newCaller(claims token.Access, t *directory.Tenant, host string) caller {
	c := caller{tenant: t, host: host, app: claims.AppID, may: claims.Roles}
	if claims.Type != "app" {
		c.user, c.may = t.User(claims.ObjectID), strings.Fields(claims.Scope)
	}
	return c
}

// name is what the journal of SharePoint would call the caller, and what a digest is made for.
func (c caller) name() string {
	if c.user == nil {
		return "app@" + c.app
	}
	return c.user.ID
}

// What a token must carry, of which one is enough: the first two words open everything but the administrators of the term store, the
// others reading.
var (
	fullControl   = []string{"AllSites.FullControl", "Sites.FullControl.All"}
	managingTerms = []string{"TermStore.ReadWrite.All"}
	reading       = append([]string{"AllSites.Manage", "AllSites.Write", "AllSites.Read", "Sites.Manage.All", "Sites.ReadWrite.All", "Sites.Read.All"}, fullControl...)
)

// carries says whether the token has one of the permissions.
func (c caller) carries(one []string) bool {
	return slices.ContainsFunc(c.may, func(name string) bool { return slices.Contains(one, name) })
}

// tenantAdministrators are Global Administrator and SharePoint Administrator.
var tenantAdministrators = []string{"62e90394-69f5-4237-9190-012177145e10", "f28a1f50-f6e7-4571-818b-6a12f2af6b6c"}

// administersTenant says whether the caller may use the admin host: an app with full control, or a person who has the role now, whatever
// the token says.
func (c caller) administersTenant() bool {
	if !c.carries(fullControl) {
		return false
	}
	return c.user == nil || slices.ContainsFunc(c.user.Roles(), func(r directory.Role) bool { return slices.Contains(tenantAdministrators, r.ID) })
}

// administers says whether the caller is an administrator of the site, alone or through a group. The administrators of the tenant are
// not, unless somebody has made them.
func (c caller) administers(s directory.Site) bool {
	return c.user == nil || slices.ContainsFunc(s.AllAdministrators(), func(name string) bool { return c.tenant.Means(name, c.user) })
}
