package graph

import (
	"purser.example/internal/m365sim/call"
	"purser.example/internal/m365sim/directory"
	"purser.example/internal/m365sim/guid"
)

// rootSite is the site at the root of the tenant's SharePoint, whose address tells the tenant's name there.
type rootSite struct{ tenant *directory.Tenant }

func (r rootSite) objectID() string {
	return r.tenant.SharePointHost() + "," + guid.Derived("site collection", r.tenant.ID) + "," + guid.Derived("site", r.tenant.ID)
}
func (r rootSite) kind() *kind { return siteKind }

var siteKind = newKind("microsoft.graph.site", "sites",
	prop("id", basic, func(r rootSite) any { return r.objectID() }),
	prop("createdDateTime", byDefault, func(rootSite) any { return "2026-01-02T03:04:05Z" }),
	prop("displayName", byDefault, func(rootSite) any { return "Communication site" }),
	prop("name", byDefault, func(rootSite) any { return "" }),
	prop("webUrl", byDefault, func(r rootSite) any { return "https://" + r.tenant.SharePointHost() }),
	prop("siteCollection", byDefault, func(r rootSite) any { return map[string]string{"hostname": r.tenant.SharePointHost()} }),
)

func (g *request) showRootSite() call.Answer { return g.one(rootSite{g.tenant}) }
