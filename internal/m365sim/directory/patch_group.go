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
	if other := t.groupBy[strings.ToLower(f.Mail)]; f.Mail != "" && other != nil && other.ID != g.ID {
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
	if next.number = g.number; next.number > 0 {
		t.numbered.circles[next.number-1] = next
	} else {
		t.groups[slices.Index(t.groups, g)] = next
	}
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
	if g.number > 0 {
		t.numbered.circles[g.number-1] = nil
	}
	t.groups = slices.DeleteFunc(t.groups, func(other *Group) bool { return other == g })
	for other := range t.keptGroups() {
		other.drop(g.ID)
	}
	d.log.Info("group removed", "tenant", t.ID, "group", g.ID)
	return nil
}

// fixture is the group in the words of a fixture, with its members of now.
func (g *Group) fixture() fixture.Group {
	f := g.Group
	gone := func(id string) bool { return g.tenant.User(id) == nil } // of a group that is made by number
	f.Members, f.Owners = slices.DeleteFunc(slices.Clone(g.members), gone), slices.DeleteFunc(slices.Clone(g.owners), gone)
	f.MemberGroups = g.nested
	return f
}
