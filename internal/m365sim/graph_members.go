package m365sim

import (
	"net/http"
	"strings"
)

// kinds are the types that a collection of mixed objects can be cast to.
var kinds = map[string]*kind{
	"microsoft.graph.user": userKind, "microsoft.graph.group": groupKind, "microsoft.graph.directoryRole": roleKind,
	"microsoft.graph.device": otherKinds["device"], "microsoft.graph.servicePrincipal": otherKinds["servicePrincipal"],
	"microsoft.graph.orgContact": otherKinds["orgContact"],
}

// members answers /groups/{id}/members, transitiveMembers and owners, with a cast, a count, or both.
func (g *graphCall) members() answer {
	found, failure := g.reachGroup()
	if failure != nil {
		return failure.answer(g.call)
	}
	var list []object
	switch g.path[2] {
	case "members":
		list = found.direct()
	case "transitiveMembers":
		list = found.transitive()
	default:
		list = found.usersOf(found.owners)
	}
	return g.related(list, g.path[3:])
}

// related answers a collection of members or memberships; rest is what follows it in the path: a cast, $count, or both.
func (g *graphCall) related(list []object, rest []string) answer {
	c := collection{objects: list, related: true}
	if len(rest) > 0 && rest[0] != "$count" {
		if c.kind = kinds[rest[0]]; c.kind == nil {
			return g.fail(http.StatusBadRequest, "BadRequest", "Resource not found for the segment '"+rest[0]+"'.")
		}
		c.objects = only(list, c.kind)
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

// direct are the members that the group names itself: users, groups, others.
func (g *group) direct() []object {
	list := g.usersOf(g.members)
	for _, id := range g.nested {
		if nested := g.tenant.groupBy[id]; nested != nil {
			list = append(list, nested)
		}
	}
	for _, o := range g.others {
		list = append(list, o)
	}
	return list
}

func (g *group) usersOf(ids []string) []object {
	list := make([]object, 0, len(ids))
	for _, id := range ids {
		if u := g.tenant.userBy[id]; u != nil {
			list = append(list, u)
		}
	}
	return list
}

// transitive are the members of the group and of the groups within it, each once. Groups may hold one another.
func (g *group) transitive() []object {
	var list []object
	seen := map[string]bool{g.ID: true}
	queue := []*group{g}
	for len(queue) > 0 {
		for _, o := range queue[0].direct() {
			if seen[o.objectID()] {
				continue
			}
			seen[o.objectID()] = true
			list = append(list, o)
			if nested, ok := o.(*group); ok {
				queue = append(queue, nested)
			}
		}
		queue = queue[1:]
	}
	return list
}

func (g *graphCall) myMemberships() answer {
	u := g.tenant.user(g.caller.userID)
	if u == nil {
		return missing(g.caller.userID).answer(g.call)
	}
	return g.related(u.memberships(g.path[1] == "transitiveMemberOf"), g.path[2:])
}

func (g *graphCall) memberships() answer {
	u, failure := g.reachUser("User.Read.All", "GroupMember.Read.All")
	if failure != nil {
		return failure.answer(g.call)
	}
	return g.related(u.memberships(g.path[2] == "transitiveMemberOf"), g.path[3:])
}

// memberships are the groups and directory roles of a user. Roles come first, since a client may read one page only.
func (u *user) memberships(transitive bool) []object {
	var list []object
	for _, role := range u.roles {
		list = append(list, &directoryRole{role, u.tenant})
	}
	holds := map[string]bool{}
	for grew := true; grew; {
		grew = false
		for _, g := range u.tenant.groups {
			if holds[g.ID] || !g.memberOf[u.ID] && (!transitive || !g.nestsOne(holds)) {
				continue
			}
			holds[g.ID], grew = true, true
			list = append(list, g)
		}
	}
	return list
}

func (g *group) nestsOne(holds map[string]bool) bool {
	for _, id := range g.nested {
		if holds[id] {
			return true
		}
	}
	return false
}
