package directory

import (
	"fmt"
	"slices"
	"strings"

	"purser.example/internal/m365sim/fixture"
	"purser.example/internal/m365sim/guid"
)

// Group is a group at work. Members are kept by id, so that a user whose name changes stays a member.
type Group struct {
	fixture.Group
	tenant   *Tenant
	members  []string // ids of users
	memberOf map[string]bool
	owners   []string
	nested   []string // ids of groups
	others   []*Other
	number   int // of one that is made by number, counted from 1
}

// HiddenMembership is the visibility of a group whose members not everybody may see.
const HiddenMembership = "HiddenMembership"

// Other is a member that is neither user nor group: a device, a service principal or a contact.
type Other struct{ Type, ID, Name string }

// newGroup resolves a group's own words. Its members are resolved by link, once all groups are known.
func (t *Tenant) newGroup(f fixture.Group, path string, m *fixture.Mistakes) *Group {
	if f.DisplayName == "" {
		m.Add(path+".displayName", "is needed")
	}
	words := []string{"group", t.ID, f.DisplayName}
	kinds := []string{fixture.KindSecurity, fixture.KindMicrosoft365, fixture.KindMailEnabledSecurity, fixture.KindDistribution}
	if f.Mail != "" {
		words[2] = strings.ToLower(f.Mail)
		kinds[0], kinds[2] = kinds[2], kinds[0]
	}
	f.Kind = m.OneOf(path+".kind", f.Kind, kinds...)
	if t.groupBy[guid.Derived(words...)] != nil { // two groups may share a display name
		words = append(words, path)
	}
	f.ID = m.GUID(path+".id", f.ID, words...)
	if f.Kind == fixture.KindSecurity && f.Mail != "" {
		m.Add(path+".mail", "a security group has no mail address")
	}
	if f.Visibility != "" {
		f.Visibility = m.OneOf(path+".visibility", f.Visibility, "Public", "Private", HiddenMembership)
	}
	if f.Team && f.Kind != fixture.KindMicrosoft365 {
		m.Add(path+".team", "only a microsoft365 group can be a team")
	}
	return &Group{Group: f, tenant: t}
}

// link resolves the members and owners of g.
func (g *Group) link(path string, m *fixture.Mistakes) {
	g.members = g.userIDs(path+".members", g.Group.Members, m)
	g.owners = g.userIDs(path+".owners", g.Group.Owners, m)
	g.memberOf = make(map[string]bool, len(g.members))
	for _, id := range g.members {
		g.memberOf[id] = true
	}
	for i, word := range g.Group.MemberGroups {
		nested, why := g.tenant.Group(word)
		if nested == nil {
			m.Add(fmt.Sprintf("%s.memberGroups[%d]", path, i), "%q %s", word, why)
			continue
		}
		g.nested = append(g.nested, nested.ID)
	}
	for i, f := range g.Group.OtherMembers {
		kind := m.OneOf(fmt.Sprintf("%s.otherMembers[%d].type", path, i), f.Type, "device", "servicePrincipal", "orgContact")
		g.others = append(g.others, &Other{kind, guid.Derived(kind, g.ID, fmt.Sprint(i)), f.DisplayName})
	}
}

func (g *Group) userIDs(path string, names []string, m *fixture.Mistakes) []string {
	ids := make([]string, 0, len(names))
	seen := make(map[string]bool, len(names))
	for i, name := range names {
		u := g.tenant.User(name)
		switch {
		case u == nil:
			m.Add(fmt.Sprintf("%s[%d]", path, i), "the tenant has no user %q", name)
		case !seen[u.ID]:
			seen[u.ID] = true
			ids = append(ids, u.ID)
		}
	}
	return ids
}

// Group finds a group by mail, id or a name that only one has, or says why there is none.
func (t *Tenant) Group(word string) (*Group, string) {
	if g := t.groupBy[strings.ToLower(word)]; g != nil {
		return g, ""
	}
	if t.numbered != nil {
		if g := t.groupByNumber(word); g != nil {
			return g, ""
		}
	}
	var found []*Group
	for _, g := range t.groups {
		if g.DisplayName == word {
			found = append(found, g)
		}
	}
	switch len(found) {
	case 0:
		return nil, "is no group of the tenant"
	case 1:
		return found[0], ""
	}
	return nil, "is the name of several groups; use a mail address or an id"
}

// add makes u a member.
func (g *Group) add(u *User) {
	if !g.memberOf[u.ID] {
		g.memberOf[u.ID] = true
		g.members = append(g.members, u.ID)
	}
}

// drop takes the object of that id out of the group.
func (g *Group) drop(id string) {
	same := func(other string) bool { return other == id }
	if g.memberOf[id] {
		delete(g.memberOf, id)
		g.members = slices.DeleteFunc(g.members, same)
	}
	g.owners = slices.DeleteFunc(g.owners, same)
	g.nested = slices.DeleteFunc(g.nested, same)
}

// Members are the users that the group names itself.
func (g *Group) Members() []*User { return g.usersOf(g.members) }

// Owners are the users that own the group.
func (g *Group) Owners() []*User { return g.usersOf(g.owners) }

func (g *Group) usersOf(ids []string) []*User {
	list := make([]*User, 0, len(ids))
	for _, id := range ids {
		if u := g.tenant.User(id); u != nil {
			list = append(list, u)
		}
	}
	return list
}

// MemberGroups are the groups that are members of the group.
func (g *Group) MemberGroups() []*Group {
	list := make([]*Group, 0, len(g.nested))
	for _, id := range g.nested {
		if nested, _ := g.tenant.Group(id); nested != nil {
			list = append(list, nested)
		}
	}
	return list
}

// OtherMembers are neither users nor groups.
func (g *Group) OtherMembers() []*Other { return g.others }

// OwnedBy says whether the user of that id is an owner.
func (g *Group) OwnedBy(user string) bool { return slices.Contains(g.owners, user) }

// Has says whether the group names the user of that id itself.
func (g *Group) Has(user string) bool { return g.memberOf[user] }
