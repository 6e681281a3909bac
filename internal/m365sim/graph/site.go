package graph

import (
	"net/http"
	"strings"

	"purser.example/internal/m365sim/call"
	"purser.example/internal/m365sim/directory"
	"purser.example/internal/m365sim/fixture"
	"purser.example/internal/m365sim/guid"
)

// site is a site collection as Graph shows it.
type site struct {
	directory.Site
	tenant *directory.Tenant
}

// objectID is what Graph calls a site by: its host, its site collection and its topmost web.
func (s site) objectID() string { return s.Host() + "," + s.ID + "," + s.WebID() }
func (s site) kind() *kind      { return siteKind }

// siteCollection says where a site is. Root is there for the site at the root only.
type siteCollection struct {
	Host     string           `json:"hostname"`
	Root     *struct{}        `json:"root,omitempty"`
	Archival *archivalDetails `json:"archivalDetails,omitempty"`
}

type archivalDetails struct {
	Status string `json:"archiveStatus"`
}

// sharePointIDs is how SharePoint itself calls a site.
type sharePointIDs struct {
	ListID string `json:"listId,omitempty"`
	SiteID string `json:"siteId"`
	URL    string `json:"siteUrl"`
	Tenant string `json:"tenantId"`
	WebID  string `json:"webId"`
}

// siteKind lists the properties of microsoft.graph.site that the simulator knows.
var siteKind = newKind("microsoft.graph.site", "sites",
	prop("id", basic, func(s site) any { return s.objectID() }),
	prop("createdDateTime", byDefault, func(site) any { return "2026-01-02T03:04:05Z" }),
	prop("lastModifiedDateTime", byDefault, func(site) any { return "2026-11-02T03:04:05Z" }),
	prop("displayName", byDefault, func(s site) any { return s.Title }),
	prop("name", byDefault, func(s site) any { return s.Path[strings.LastIndexByte(s.Path, '/')+1:] }),
	prop("webUrl", byDefault, func(s site) any { return s.URL() }),
	prop("isPersonalSite", byDefault, func(s site) any { return s.Personal }),
	prop("siteCollection", byDefault, func(s site) any { return s.collection() }),
	prop("root", byDefault, func(site) any { return struct{}{} }),
	prop("sharepointIds", onSelect, func(s site) any { return s.ids() }),
).more(unknownOfSite)

func (s site) collection() siteCollection {
	c := siteCollection{Host: s.Host()}
	if s.Path == "" {
		c.Root = &struct{}{}
	}
	if s.Archived != "" {
		c.Archival = &archivalDetails{s.Archived}
	}
	return c
}

func (s site) ids() sharePointIDs {
	return sharePointIDs{SiteID: s.ID, URL: s.URL(), Tenant: s.tenant.ID, WebID: s.WebID()}
}

// siteList is the sites of a tenant that keep wants.
func siteList(t *directory.Tenant, keep func(directory.Site) bool) list {
	return list{t.SitePlaces(), func(place int) object {
		if s, ok := t.SiteAt(place); ok && keep(s) {
			return site{s, t}
		}
		return nil
	}}
}

// allSites lists all sites, OneDrives included. Only apps may ask.
func (g *request) allSites() call.Answer {
	return g.page(collection{list: siteList(g.tenant, func(directory.Site) bool { return true }), kind: siteKind})
}

// searchSites lists the sites whose name or address has the words that are searched; a star finds all.
func (g *request) searchSites() call.Answer {
	if !g.query.raw.Has(siteSearch) {
		return g.fail(http.StatusBadRequest, "invalidRequest", "The search query parameter is required.")
	}
	text := strings.ToLower(strings.Trim(g.query.raw.Get(siteSearch), `"* `))
	return g.page(collection{list: siteList(g.tenant, func(s directory.Site) bool {
		return g.finds(s) && (text == "" || strings.Contains(strings.ToLower(s.Title+" "+s.URL()), text))
	}), kind: siteKind})
}

// finds says whether a search shows the site to the caller. The index has no site that is closed; a person finds what is open to
// everybody here, which other people's OneDrives are not.
func (g *request) finds(s directory.Site) bool {
	if s.Lock == fixture.LockNoAccess || s.Archived != "" {
		return false
	}
	return g.caller.isApp() || !s.Personal || g.administers(s)
}

// administers says whether the signed-in user owns the site or is one of its administrators.
func (g *request) administers(s directory.Site) bool {
	u := g.tenant.User(g.caller.userID)
	if u == nil {
		return false
	}
	for _, name := range s.AllAdministrators() {
		if g.tenant.Means(name, u) {
			return true
		}
	}
	return false
}

func (g *request) showRootSite() call.Answer { return g.one(site{g.tenant.RootSite(), g.tenant}) }

// oneSite answers a site by its id, the id of its site collection, its host, or its host and path.
func (g *request) oneSite() call.Answer {
	found, refused := g.reachSite(g.path[1])
	if refused != nil {
		return refused.answer(g.Call)
	}
	return g.one(found)
}

func (g *request) reachSite(key string) (site, *refusal) {
	s, ok := g.siteNamed(key)
	if !ok {
		return site{}, noItem("Requested site could not be found")
	}
	switch {
	case s.Archived != "":
		return site{}, &refusal{status: http.StatusLocked, code: "resourceLocked", message: "The site is archived."}
	case s.Lock == fixture.LockNoAccess, s.Personal && !g.caller.isApp() && !g.administers(s):
		return site{}, &refusal{status: http.StatusForbidden, code: "accessDenied", message: "Access denied"}
	}
	return site{s, g.tenant}, nil
}

// siteNamed finds the site that an address of Graph names.
func (g *request) siteNamed(key string) (directory.Site, bool) {
	if guid.Valid(key) {
		return g.tenant.SiteByID(key)
	}
	if host, rest, byID := strings.Cut(key, ","); byID {
		collection, web, _ := strings.Cut(rest, ",")
		s, ok := g.tenant.SiteByID(collection)
		if root := g.tenant.RootSite(); strings.EqualFold(root.ID, collection) {
			s, ok = root, true
		}
		return s, ok && strings.EqualFold(s.Host(), host) && (web == "" || strings.EqualFold(s.WebID(), web))
	}
	host, path, _ := strings.Cut(key, ":")
	if path == "" && strings.EqualFold(host, g.tenant.SharePointHost()) {
		return g.tenant.RootSite(), true
	}
	return g.tenant.SiteAtPath(strings.ToLower(host), path)
}
