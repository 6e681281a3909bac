package directory

import (
	"iter"
	"maps"
	"slices"

	"purser.example/internal/m365sim/guid"
)

// Named are the accounts that are kept: all but those that are made by number and nobody has changed. Only they can have roles, errors
// and whatever else a fixture says of one user.
func (t *Tenant) Named() iter.Seq[*User] {
	return func(yield func(*User) bool) {
		for _, u := range t.users {
			if !yield(u) {
				return
			}
		}
		for _, n := range slices.Sorted(maps.Keys(t.numbered.people)) {
			if u := t.numbered.people[n]; u != nil && !yield(u) {
				return
			}
		}
	}
}

// keptGroups are the groups that are kept: those that the fixture lists, and those made by number that somebody has changed.
func (t *Tenant) keptGroups() iter.Seq[*Group] {
	return func(yield func(*Group) bool) {
		for _, g := range t.groups {
			if !yield(g) {
				return
			}
		}
		for _, n := range slices.Sorted(maps.Keys(t.numbered.circles)) {
			if g := t.numbered.circles[n]; g != nil && !yield(g) {
				return
			}
		}
	}
}

// GroupsAbout are the groups that may have the user as a member, directly or through another group. Of those that are made by number it
// leaves out the ones that the user's own number rules out.
func (t *Tenant) GroupsAbout(u *User) []*Group {
	var list []*Group
	for g := range t.keptGroups() {
		list = append(list, g)
	}
	n, ok := guid.Number(u.ID, "user", t.ID)
	if !ok || n >= t.numbered.users {
		return list
	}
	for i := range min(circle, t.numbered.users) {
		// A circle begins with the user of its own number, and goes round where there are more groups than users.
		for at := (n - i + t.numbered.users) % t.numbered.users; at < t.numbered.groups; at += t.numbered.users {
			if _, changed := t.numbered.circles[at]; changed {
				continue
			}
			if g := t.numberedGroup(at); g != nil {
				list = append(list, g)
			}
		}
	}
	return list
}
