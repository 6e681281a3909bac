package graph

import (
	"purser.example/internal/m365sim/call"
	"purser.example/internal/m365sim/directory"
	"purser.example/internal/m365sim/guid"
)

// directoryRole is a role that has been switched on in a tenant, which happens when it is first given to someone.
type directoryRole struct {
	directory.Role
	tenant *directory.Tenant
}

func (r *directoryRole) objectID() string { return guid.Derived("role", r.tenant.ID, r.ID) }
func (r *directoryRole) kind() *kind      { return roleKind }

var roleKind = newKind("microsoft.graph.directoryRole", "directoryRoles",
	prop("id", basic, func(r *directoryRole) any { return r.objectID() }),
	prop("deletedDateTime", byDefault, func(*directoryRole) any { return nil }),
	prop("description", byDefault, func(r *directoryRole) any { return "Can do what a " + r.Name + " does." }),
	prop("displayName", byDefault, func(r *directoryRole) any { return r.Name }),
	prop("roleTemplateId", byDefault, func(r *directoryRole) any { return r.ID }),
).more(unknownOfRole).withGUIDs()

// directoryRoles are the roles that someone in the tenant has.
func directoryRoles(t *directory.Tenant) []object {
	var list []object
	seen := map[string]bool{}
	for u := range t.Named() {
		for _, role := range u.Roles() {
			if !seen[role.ID] {
				seen[role.ID] = true
				list = append(list, &directoryRole{role, t})
			}
		}
	}
	return list
}

func (g *request) listRoles() call.Answer {
	return g.page(collection{list: listOf(directoryRoles(g.tenant)), kind: roleKind})
}

// roleMembers answers the users who have the role.
func (g *request) roleMembers() call.Answer {
	for _, o := range directoryRoles(g.tenant) {
		if o.objectID() == g.path[1] {
			return g.page(collection{list: listOf(holders(g.tenant, o.(*directoryRole).ID)), related: true})
		}
	}
	return missing(g.path[1]).answer(g.Call)
}

func holders(t *directory.Tenant, template string) []object {
	var list []object
	for u := range t.Named() {
		for _, role := range u.Roles() {
			if role.ID == template {
				list = append(list, user{u})
			}
		}
	}
	return list
}
