package directory

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"purser.example/internal/m365sim/fixture"
	"purser.example/internal/m365sim/guid"
)

// sites are the site collections of a tenant, each with a place. Those that the fixture lists come first; the others are made of their
// place whenever they are asked for, and only what has been changed is kept: a hundred thousand cost nothing before that.
//
// Whoever may read the directory may change a site: the lock is the sites' own, since two who read, merge and write at once are what
// tests are after.
type sites struct {
	listed                     []fixture.Site
	byPath                     map[string]int // listed ones
	byID                       map[string]int // listed ones
	plain, projects, oneDrives int
	ownerPattern               string // usernames of those whose OneDrives are made by number
	firstOwner                 int

	mu      sync.Mutex
	changed map[int]siteState
}

// siteState is a site that differs from what it was made as.
type siteState struct {
	words fixture.Site
	users []string // whom the site knows beside its administrators
	gone  bool
}

func (s *sites) places() int { return len(s.listed) + s.plain + s.projects + s.oneDrives }

// buildSites resolves the sites of a fixture, noting what is wrong with them.
func (t *Tenant) buildSites(path string, m *fixture.Mistakes) {
	g := t.generation()
	s := &sites{byPath: map[string]int{}, byID: map[string]int{}, ownerPattern: g.UPN, firstOwner: g.First, changed: map[int]siteState{}}
	if o := t.Objects; o != nil {
		m.NotNegative(path+".objects", o.Sites, o.OneDrives, o.ProjectSites)
		if max(o.Sites, o.OneDrives, o.ProjectSites) > maxGenerated {
			m.Add(path+".objects", "must not be above %d", maxGenerated)
		}
		s.plain, s.projects, s.oneDrives = o.Sites, o.ProjectSites, o.OneDrives
	}
	for i, f := range t.Tenant.Sites {
		at := fmt.Sprintf("%s.sites[%d]", path, i)
		f = t.newSite(f, at, m)
		key := siteKey(f.Path, f.Personal)
		if _, twice := s.byPath[key]; twice {
			m.Add(at+".path", "stands twice")
		}
		if _, twice := s.byID[f.ID]; twice {
			m.Add(at+".id", "stands twice")
		}
		s.byPath[key], s.byID[f.ID] = i, i
		s.listed = append(s.listed, f)
	}
	t.sites = s
}

// newSite resolves the fixture's words: everybody in them becomes a login name.
func (t *Tenant) newSite(f fixture.Site, path string, m *fixture.Mistakes) fixture.Site {
	group, why := t.Group(f.Group)
	if f.Group != "" && group == nil {
		m.Add(path+".group", "%q %s", f.Group, why)
	}
	f.Owner = t.siteOwner(f.Owner, group, path, m)
	if f.Personal && f.Path == "" {
		f.Path = personalPath(strings.TrimPrefix(f.Owner, userClaim))
	}
	if f.Path == "" {
		m.Add(path+".path", "is needed")
	}
	f.Path = strings.Trim(f.Path, "/")
	f.ID = m.GUID(path+".id", f.ID, "site collection", t.ID, siteKey(f.Path, f.Personal))
	names := make([]string, 0, len(f.Administrators))
	for i, word := range f.Administrators {
		names = append(names, t.mustLoginName(word, fmt.Sprintf("%s.administrators[%d]", path, i), m))
	}
	f.Administrators = names
	f.Template = cmp.Or(f.Template, templateOf(f))
	f.Title = cmp.Or(f.Title, f.Path[strings.LastIndexByte(f.Path, '/')+1:])
	if f.Lock != "" {
		f.Lock = m.OneOf(path+".lock", f.Lock, fixture.LockNoAccess, fixture.LockReadOnly)
	}
	if f.Archived != "" {
		f.Archived = m.OneOf(path+".archived", f.Archived, "recentlyArchived", "fullyArchived")
	}
	t.checkSignInError(f.SignInError, path+".signInError", m)
	return f
}

func templateOf(f fixture.Site) string {
	switch {
	case f.Personal:
		return "SPSPERS#10"
	case f.Group != "":
		return "GROUP#0"
	}
	return "STS#3"
}

// siteOwner is the login name of the one who owns a site: who is named, the owners of its group, or somebody who is long gone.
func (t *Tenant) siteOwner(word string, group *Group, path string, m *fixture.Mistakes) string {
	switch {
	case word != "":
		return t.mustLoginName(word, path+".owner", m)
	case group != nil:
		return groupClaim + group.ID + ownersMark
	}
	return userClaim + nobody + "@" + strings.ToLower(t.InitialDomain)
}

// siteKey is a path in lower case; OneDrives are apart.
func siteKey(path string, personal bool) string {
	return fmt.Sprint(personal, " ", strings.ToLower(strings.Trim(path, "/")))
}

// RootSite is the site at the root of the tenant's SharePoint, which every tenant has, whether or not the fixture lists it.
func (t *Tenant) RootSite() Site {
	if s, ok := t.SiteAtPath(t.SharePointHost(), ""); ok {
		return s
	}
	id := guid.Derived("site collection", t.ID)
	return Site{Site: fixture.Site{ID: id, Title: "Communication site", Template: "SITEPAGEPUBLISHING#0"}, tenant: t, number: -1}
}

// SitePlaces is how many places there are for sites. That of a site that was removed stays empty.
func (t *Tenant) SitePlaces() int { return t.sites.places() }

// SiteAt answers the site of a place, counted from 0.
func (t *Tenant) SiteAt(place int) (Site, bool) {
	if place < 0 || place >= t.sites.places() {
		return Site{}, false
	}
	t.sites.mu.Lock()
	defer t.sites.mu.Unlock()
	return t.readSite(place)
}

// readSite reads a site while the sites are locked.
func (t *Tenant) readSite(place int) (Site, bool) {
	state := t.sites.state(t, place)
	return Site{Site: state.words, tenant: t, number: place, users: state.users}, !state.gone
}

func (s *sites) state(t *Tenant, place int) siteState {
	if state, ok := s.changed[place]; ok {
		return state
	}
	if place < len(s.listed) {
		return siteState{words: s.listed[place]}
	}
	return siteState{words: s.generatedWords(t, place)}
}

// SiteByID finds a site by its id.
func (t *Tenant) SiteByID(id string) (Site, bool) {
	if place, ok := t.sites.byID[strings.ToLower(id)]; ok {
		return t.SiteAt(place)
	}
	place, ok := guid.Number(id, "site collection", t.ID)
	if !ok || place < len(t.sites.listed) {
		return Site{}, false
	}
	return t.SiteAt(place)
}

// SiteAtPath finds a site by its host and its path there, in letters of either case.
func (t *Tenant) SiteAtPath(host, path string) (Site, bool) {
	if !t.hasSites(strings.ToLower(host)) {
		return Site{}, false
	}
	personal, path := strings.EqualFold(host, t.OneDriveHost()), strings.ToLower(strings.Trim(path, "/"))
	place, ok := t.sites.byPath[siteKey(path, personal)]
	if !ok {
		place, ok = t.sites.generatedAt(t, path, personal)
	}
	if !ok {
		return Site{}, false
	}
	return t.SiteAt(place)
}

// OneDrive finds the personal site of a user.
func (t *Tenant) OneDrive(u *User) (Site, bool) {
	return t.SiteAtPath(t.OneDriveHost(), personalPath(u.UserPrincipalName))
}

// SiteOfGroup finds the site of a group. The first sites that are made by number are those of the groups that are.
func (t *Tenant) SiteOfGroup(id string) (Site, bool) {
	if n, ok := guid.Number(id, "group", t.ID); ok && n < min(t.sites.plain, t.numbered.groups) {
		return t.SiteAt(len(t.sites.listed) + n)
	}
	for place := range t.sites.listed {
		if s, ok := t.SiteAt(place); ok && s.GroupID() == id {
			return s, true
		}
	}
	return Site{}, false
}

// SetAdministrators puts names in the place of all administrators but the owner.
func (t *Tenant) SetAdministrators(s Site, names []string) {
	t.changeSite(s, func(state *siteState) { state.words.Administrators = slices.Clone(names) })
}

// SetAdministrator makes one name an administrator of the site, or takes that away. Others stay what they are.
func (t *Tenant) SetAdministrator(s Site, name string, administrates bool) {
	t.changeSite(s, func(state *siteState) {
		others := slices.DeleteFunc(slices.Clone(state.words.Administrators), func(n string) bool { return n == name })
		if administrates {
			others = append(others, name)
		}
		state.words.Administrators, state.users = others, with(state.users, name)
	})
}

// SetOwner gives the site to another owner.
func (t *Tenant) SetOwner(s Site, name string) {
	t.changeSite(s, func(state *siteState) { state.words.Owner = name })
}

// EnsureUser makes a name known to the site.
func (t *Tenant) EnsureUser(s Site, name string) {
	t.changeSite(s, func(state *siteState) { state.users = with(state.users, name) })
}

func with(names []string, name string) []string {
	if slices.Contains(names, name) {
		return names
	}
	return append(slices.Clone(names), name)
}

// changeSite changes the site as it is now, whatever it was when s was read. Lists are replaced, since others may be reading them.
func (t *Tenant) changeSite(s Site, change func(*siteState)) {
	t.sites.mu.Lock()
	defer t.sites.mu.Unlock()
	state := t.sites.state(t, s.number)
	change(&state)
	t.sites.changed[s.number] = state
}
