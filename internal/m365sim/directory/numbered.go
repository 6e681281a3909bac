package directory

import (
	"fmt"
	"iter"
	"strings"

	"purser.example/internal/m365sim/fixture"
	"purser.example/internal/m365sim/guid"
)

// numbered are the users and groups that the fixture's objects ask for: made of their number whenever they are asked for, as sites
// are, so that only what has been changed is kept. A mailbox is a user's and a team is a group: the first users have the mailboxes,
// the first groups are the teams.
//
// Changes are made while nobody reads (see Directory.Hold), so that nothing here needs a lock.
type numbered struct {
	users, mailboxes, groups, teams int
	first                           int // number of the first user's name
	people                          map[int]*User
	circles                         map[int]*Group
}

// What groups that are made by number are called, and the plans that make a mailbox.
const (
	generatedGroup     = "Group %05d"
	generatedGroupMail = "group%05d@"
	mailboxPlan        = "EXCHANGE_S_ENTERPRISE"
)

// circle is how many members a group has that is made by number; the first one owns it.
const circle = 3

// buildNumbered resolves how many objects the fixture asks for, noting what is wrong with that. The names of the users go on where those
// of generate end.
func (t *Tenant) buildNumbered(path string, m *fixture.Mistakes) {
	g := t.generation()
	n := &numbered{first: g.First + max(g.Users, 0), people: map[int]*User{}, circles: map[int]*Group{}}
	t.numbered = n
	o := t.Objects
	if o == nil {
		return
	}
	m.NotNegative(path+".objects", o.Users, o.Mailboxes, o.Groups, o.Teams, o.PublicFolders)
	if max(o.Users, o.Mailboxes, o.Groups, o.Teams, o.PublicFolders) > maxGenerated {
		m.Add(path+".objects", "must not be above %d", maxGenerated)
	}
	n.mailboxes, n.teams = o.Mailboxes, o.Teams
	n.users, n.groups = max(o.Users, o.Mailboxes), max(o.Groups, o.Teams)
}

// numberedUser answers the user of that number, counted from 0; nil for one who was removed, or whose name the fixture gives to another.
func (t *Tenant) numberedUser(n int) *User {
	if n < 0 || n >= t.numbered.users {
		return nil
	}
	if u, changed := t.numbered.people[n]; changed {
		return u
	}
	g := t.generation()
	number := t.numbered.first + n
	upn := fmt.Sprintf(g.UPN, number)
	if t.userBy[strings.ToLower(upn)] != nil {
		return nil
	}
	name, _, _ := strings.Cut(upn, "@")
	f := fixture.User{ID: guid.Numbered(n, "user", t.ID), UserPrincipalName: upn, DisplayName: name, Password: fmt.Sprintf(g.Password, number)}
	if n < t.numbered.mailboxes {
		f.ServicePlans = []string{mailboxPlan}
	}
	u := t.newUser(f, "", &fixture.Mistakes{})
	u.number, u.generated = n+1, true
	return u
}

// userByNumber finds a user who is made by number, by id or name in lower case, unless that one has been changed: then the maps know.
func (t *Tenant) userByNumber(key string) *User {
	n, ok := guid.Number(key, "user", t.ID)
	if !ok {
		n, ok = numberIn(strings.ToLower(t.generation().UPN), key)
		n -= t.numbered.first
	}
	if _, changed := t.numbered.people[n]; !ok || changed {
		return nil
	}
	u := t.numberedUser(n)
	if u == nil || u.ID != key && !strings.EqualFold(u.UserPrincipalName, key) {
		return nil
	}
	return u
}

// numberedGroup answers the group of that number, counted from 0; nil for one that was removed.
func (t *Tenant) numberedGroup(n int) *Group {
	if n < 0 || n >= t.numbered.groups {
		return nil
	}
	if g, changed := t.numbered.circles[n]; changed {
		return g
	}
	f := fixture.Group{
		ID: guid.Numbered(n, "group", t.ID), DisplayName: fmt.Sprintf(generatedGroup, n+1), Mail: t.numberedMail(n),
		Kind: fixture.KindMicrosoft365, Visibility: "Public", Team: n < t.numbered.teams,
	}
	if t.groupBy[f.Mail] != nil {
		return nil
	}
	g := &Group{Group: f, tenant: t, number: n + 1, memberOf: map[string]bool{}}
	for i := range min(circle, t.numbered.users) {
		id := guid.Numbered((n+i)%t.numbered.users, "user", t.ID)
		g.members, g.memberOf[id] = append(g.members, id), true
	}
	g.owners = g.members[:min(1, len(g.members))]
	return g
}

func (t *Tenant) numberedMail(n int) string {
	return fmt.Sprintf(generatedGroupMail, n+1) + strings.ToLower(t.InitialDomain)
}

// groupByNumber finds a group that is made by number, by id, mail address or name, unless it has been changed: then the maps know.
func (t *Tenant) groupByNumber(word string) *Group {
	n, ok := guid.Number(word, "group", t.ID)
	for _, pattern := range []string{generatedGroupMail + strings.ToLower(t.InitialDomain), strings.ToLower(generatedGroup)} {
		if !ok {
			n, ok = numberIn(pattern, strings.ToLower(word))
			n--
		}
	}
	if _, changed := t.numbered.circles[n]; !ok || changed {
		return nil
	}
	g := t.numberedGroup(n)
	if g == nil || !strings.EqualFold(word, g.ID) && !strings.EqualFold(word, g.Mail) && word != g.DisplayName {
		return nil
	}
	return g
}

// UserPlaces is how many places there are for users; that of one who was removed stays empty.
func (t *Tenant) UserPlaces() int { return len(t.users) + t.numbered.users }

// UserAt answers the user of a place, counted from 0; nil where it is empty.
func (t *Tenant) UserAt(place int) *User {
	if place < len(t.users) {
		return t.users[place]
	}
	return t.numberedUser(place - len(t.users))
}

// Users are all accounts, generated ones included.
func (t *Tenant) Users() iter.Seq[*User] { return filled(t.UserPlaces(), t.UserAt) }

// GroupPlaces is how many places there are for groups; that of one that was removed stays empty.
func (t *Tenant) GroupPlaces() int { return len(t.groups) + t.numbered.groups }

// GroupAt answers the group of a place, counted from 0; nil where it is empty.
func (t *Tenant) GroupAt(place int) *Group {
	if place < len(t.groups) {
		return t.groups[place]
	}
	return t.numberedGroup(place - len(t.groups))
}

// filled are the objects of all places that have one.
func filled[T any](places int, at func(int) *T) iter.Seq[*T] {
	return func(yield func(*T) bool) {
		for place := range places {
			if o := at(place); o != nil && !yield(o) {
				return
			}
		}
	}
}

// numbersAs says whether t makes the same users and groups by number as another: then what has been changed of them stays.
func (t *Tenant) numbersAs(other *Tenant) bool {
	var a, b fixture.Objects
	if t.Objects != nil {
		a = *t.Objects
	}
	if other.Objects != nil {
		b = *other.Objects
	}
	return a == b && strings.EqualFold(t.InitialDomain, other.InitialDomain)
}
