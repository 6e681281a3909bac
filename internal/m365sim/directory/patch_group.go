package directory

import (
	"slices"
	"strings"

	"purser.example/internal/m365sim/fixture"
	"purser.example/internal/m365sim/strictjson"
)

// PatchGroup changes fields of the group with that id or mail address, given as JSON with the fixture's keys.
func (d *Directory) PatchGroup(key string, patch []byte) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	g := d.group(key)
	if g == nil {
		return ErrUnknown
	}
	var f fixture.Group
	if err := strictjson.Merge(g.fixture(), patch, &f); err != nil {
		return err
	}
	m, t := &fixture.Mistakes{Start: d.start}, g.tenant
	next := t.newGroup(f, "group", m)
	next.link("group", m)
	if other := t.groupBy[strings.ToLower(f.Mail)]; f.Mail != "" && other != nil && other != g {
		m.Add("mail", "another group has it")
	}
	if next.ID != g.ID {
		m.Add("id", "cannot change")
	}
	if err := m.Err(); err != nil {
		return err
	}
	delete(t.groupBy, strings.ToLower(g.Mail))
	t.groupBy[next.ID] = next
	if next.Mail != "" {
		t.groupBy[strings.ToLower(next.Mail)] = next
	}
	t.groups[slices.Index(t.groups, g)] = next
	d.log.Info("group changed", "tenant", t.ID, "group", g.ID)
	return nil
}

// DeleteGroup removes the group with that id or mail address, from other groups too.
func (d *Directory) DeleteGroup(key string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	g := d.group(key)
	if g == nil {
		return ErrUnknown
	}
	t := g.tenant
	delete(t.groupBy, g.ID)
	delete(t.groupBy, strings.ToLower(g.Mail))
	t.groups = slices.DeleteFunc(t.groups, func(other *Group) bool { return other == g })
	for _, other := range t.groups {
		other.drop(g.ID)
	}
	d.log.Info("group removed", "tenant", t.ID, "group", g.ID)
	return nil
}

// fixture is the group in the words of a fixture, with its members of now.
func (g *Group) fixture() fixture.Group {
	f := g.Group
	f.Members, f.Owners, f.MemberGroups = g.members, g.owners, g.nested
	return f
}
