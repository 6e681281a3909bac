package graph

import (
	"net/http"
	"slices"
	"strings"

	"purser.example/internal/m365sim/call"
	"purser.example/internal/m365sim/directory"
)

// kinds are the types that a collection of mixed objects can be cast to.
var kinds = map[string]*kind{
	"microsoft.graph.user": userKind, "microsoft.graph.group": groupKind, "microsoft.graph.directoryRole": roleKind,
	"microsoft.graph.device": otherKinds["device"], "microsoft.graph.servicePrincipal": otherKinds["servicePrincipal"],
	"microsoft.graph.orgContact": otherKinds["orgContact"],
}

// members answers /groups/{id}/members, transitiveMembers and owners, with a cast, a count, or both.
func (g *request) members() call.Answer {
	found, refused := g.reachGroup()
	if refused != nil {
		return refused.answer(g.Call)
	}
	var list []object
	switch g.path[2] {
	case "members":
		list = g.listed(found)
	case "transitiveMembers":
		list = g.transitive(found)
	default:
		list = objects(found.Owners(), asUser)
	}
	return g.related(list, g.path[3:])
}

// related answers a collection of members or memberships; rest is what follows it in the path: a cast, $count, or both. A cast of a
// transitive one is an advanced query (Microsoft Graph, advanced query capabilities).
func (g *request) related(list []object, rest []string) call.Answer {
	c := collection{list: listOf(list), related: true}
	if len(rest) > 0 && rest[0] != "$count" {
		if c.kind = kindNamed(rest[0]); c.kind == nil {
			return g.fail(http.StatusBadRequest, "BadRequest", "Resource not found for the segment '"+rest[0]+"'.")
		}
		transitive := slices.ContainsFunc(g.path, func(segment string) bool { return strings.HasPrefix(segment, "transitiveMember") })
		if transitive && !g.query.count && (len(rest) == 1 || !g.query.eventual) {
			return unsupported("The specified query is not supported: a cast needs the header 'ConsistencyLevel: eventual' and $count=true.").answer(g.Call)
		}
		c.list = listOf(only(list, c.kind))
		rest = rest[1:]
	}
	switch strings.Join(rest, "/") {
	case "":
		return g.page(c)
	case "$count":
		return g.counted(c)
	}
	return g.fail(http.StatusBadRequest, "BadRequest", "Resource not found for the segment '"+rest[0]+"'.")
}

func only(list []object, k *kind) []object {
	out := make([]object, 0, len(list))
	for _, o := range list {
		if o.kind() == k {
			out = append(out, o)
		}
	}
	return out
}

// kindNamed finds the type that a segment casts to, in letters of either case.
func kindNamed(segment string) *kind {
	for name, k := range kinds {
		if strings.EqualFold(name, segment) {
			return k
		}
	}
	return nil
}

// listed are the members that the caller is shown: none of a group with hidden membership, and no word of it, without the permission
// that shows them.
func (g *request) listed(of *directory.Group) []object {
	if of.Visibility == directory.HiddenMembership && !g.caller.may.Any("Member.Read.Hidden") {
		return nil
	}
	return direct(of)
}

// direct are the members that the group names itself: users, groups, others.
func direct(g *directory.Group) []object {
	list := objects(g.Members(), asUser)
	for _, nested := range g.MemberGroups() {
		list = append(list, group{nested})
	}
	for _, o := range g.OtherMembers() {
		list = append(list, other{o})
	}
	return list
}

// transitive are the members of the group and of the groups within it, each once. Groups may hold one another.
func (g *request) transitive(of *directory.Group) []object {
	var list []object
	seen := map[string]bool{of.ID: true}
	queue := []*directory.Group{of}
	for len(queue) > 0 {
		for _, o := range g.listed(queue[0]) {
			if seen[o.objectID()] {
				continue
			}
			seen[o.objectID()] = true
			list = append(list, o)
			if nested, ok := o.(group); ok {
				queue = append(queue, nested.Group)
			}
		}
		queue = queue[1:]
	}
	return list
}

func (g *request) myMemberships() call.Answer {
	u := g.tenant.User(g.caller.userID)
	if u == nil {
		return missing(g.caller.userID).answer(g.Call)
	}
	return g.related(memberships(u, g.path[1] == "transitiveMemberOf"), g.path[2:])
}

func (g *request) memberships() call.Answer {
	u, refused := g.reachUser("User.Read.All", "GroupMember.Read.All")
	if refused != nil {
		return refused.answer(g.Call)
	}
	return g.related(memberships(u, g.path[2] == "transitiveMemberOf"), g.path[3:])
}

// ownedObjects answers what a user owns: of what the simulator knows, groups.
func (g *request) ownedObjects() call.Answer {
	u, refused := g.reachUser("User.Read.All")
	if refused != nil {
		return refused.answer(g.Call)
	}
	var list []object
	for _, of := range u.Tenant().GroupsAbout(u) {
		if of.OwnedBy(u.ID) {
			list = append(list, group{of})
		}
	}
	return g.related(list, g.path[3:])
}

// memberships are the groups and directory roles of a user. Roles come first, since a client may read one page only.
func memberships(u *directory.User, transitive bool) []object {
	var list []object
	for _, role := range u.Roles() {
		list = append(list, &directoryRole{role, u.Tenant()})
	}
	holds, about := map[string]bool{}, u.Tenant().GroupsAbout(u)
	for grew := true; grew; {
		grew = false
		for _, g := range about {
			if holds[g.ID] || !g.Has(u.ID) && (!transitive || !nestsOne(g, holds)) {
				continue
			}
			holds[g.ID], grew = true, true
			list = append(list, group{g})
		}
	}
	return list
}

func nestsOne(g *directory.Group, holds map[string]bool) bool {
	return slices.ContainsFunc(g.MemberGroups(), func(nested *directory.Group) bool { return holds[nested.ID] })
}
