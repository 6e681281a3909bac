package directory

import (
	"encoding/json"
	"slices"
	"strings"

	"purser.example/internal/m365sim/fixture"
	"purser.example/internal/m365sim/strictjson"
)

// PatchTenant changes fields of the tenant with that id or domain, given as JSON with the fixture's keys. Its id stays.
func (d *Directory) PatchTenant(key string, patch []byte) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	t := d.Tenant(key)
	if t == nil {
		return ErrUnknown
	}
	f, whole := t.Tenant, changesPeople(patch)
	if whole {
		f = t.fixture()
	}
	var next fixture.Tenant
	if err := strictjson.Merge(f, patch, &next); err != nil {
		return err
	}
	if !strings.EqualFold(next.ID, t.ID) {
		return strictjson.Mistake("a tenant's id cannot change")
	}
	m := &fixture.Mistakes{Start: d.start}
	sites := t.sites
	if names(patch, "sites", "objects", "initialDomain", "generate") {
		sites = nil // to be made anew; else they stay, with what has been changed about them
	}
	if whole {
		d.rebuild(next, sites, m)
	} else {
		d.resettle(t, next, sites, m)
	}
	d.log.Info("tenant changed", "tenant", t.ID, "done", m.Err() == nil)
	return m.Err()
}

// changesPeople says whether a patch touches what users and groups are made of. Anything else leaves them as they are.
func changesPeople(patch []byte) bool { return names(patch, "users", "groups", "generate") }

// names says whether a patch has one of the keys.
func names(patch []byte, keys ...string) bool {
	var given map[string]json.RawMessage
	_ = json.Unmarshal(patch, &given) // strictjson.Merge tells what is wrong with it
	return slices.ContainsFunc(keys, func(key string) bool { _, ok := given[key]; return ok })
}

// rebuild makes the tenant anew. It changes nothing when m notes a mistake.
func (d *Directory) rebuild(f fixture.Tenant, keep *sites, m *fixture.Mistakes) {
	next := buildTenant(f, "tenant", m)
	next.settleSites(keep, m)
	next.settleTermStore(d.byID[next.ID], m)
	d.conflicts(next, "tenant", m)
	if m.Err() == nil {
		d.put(next)
	}
}

// settleSites keeps the sites, or makes them anew where there are none to keep.
func (t *Tenant) settleSites(keep *sites, m *fixture.Mistakes) {
	if t.sites = keep; keep == nil {
		t.buildSites("tenant", m)
	}
}

// resettle gives t other settings and keeps its users and groups. It changes nothing when m notes a mistake.
func (d *Directory) resettle(t *Tenant, f fixture.Tenant, keep *sites, m *fixture.Mistakes) {
	next := &Tenant{Tenant: f, users: t.users, userBy: t.userBy, groups: t.groups, groupBy: t.groupBy, numbered: t.numbered}
	next.buildSettings("tenant", m)
	if !next.numbersAs(t) {
		next.buildNumbered("tenant", m)
	}
	next.settleSites(keep, m)
	next.settleTermStore(t, m)
	for u := range t.Named() {
		next.checkUPN(u.UserPrincipalName, "tenant.users", m)
	}
	d.conflicts(next, "tenant", m)
	if m.Err() != nil {
		return
	}
	d.forgetDomains(t)
	*t = *next
	for _, dom := range t.domains {
		dom.tenant = t
	}
	for u := range t.Named() {
		u.domain = t.domainOf(u.UserPrincipalName)
	}
	d.knowDomains(t)
}

// fixture is the tenant in the words of a fixture, without the users that were generated.
func (t *Tenant) fixture() fixture.Tenant {
	f := t.Tenant
	for _, u := range t.users {
		if !u.generated {
			f.Users = append(f.Users, u.User)
		}
	}
	for _, g := range t.groups {
		words := g.fixture()
		words.Members = slices.DeleteFunc(slices.Clone(words.Members), t.isGenerated)
		f.Groups = append(f.Groups, words)
	}
	return f
}

// isGenerated says whether nobody has written the user of that id into the fixture.
func (t *Tenant) isGenerated(id string) bool {
	u := t.userBy[id]
	return u == nil || u.generated || u.number > 0
}
