package graph

import (
	"net/http"

	"purser.example/internal/m365sim/call"
	"purser.example/internal/m365sim/directory"
	"purser.example/internal/m365sim/fixture"
	"purser.example/internal/m365sim/guid"
)

// group is a group as Graph shows it.
type group struct{ *directory.Group }

func (g group) objectID() string { return g.ID }
func (g group) kind() *kind      { return groupKind }

// groupKind lists the properties of microsoft.graph.group that the simulator knows (Graph v1.0 metadata, August 2026).
var groupKind = newKind("microsoft.graph.group", "groups",
	prop("id", basic, func(g group) any { return g.ID }),
	prop("deletedDateTime", byDefault, func(group) any { return nil }),
	prop("createdDateTime", byDefault, func(group) any { return "2026-01-02T03:04:05Z" }),
	prop("description", byDefault, func(group) any { return nil }),
	prop("displayName", basic, func(g group) any { return g.DisplayName }),
	prop("groupTypes", byDefault, func(g group) any { return g.types() }),
	prop("isAssignableToRole", byDefault, func(group) any { return nil }),
	prop("mail", byDefault, func(g group) any { return textOrNull(g.Mail) }),
	prop("mailEnabled", byDefault, func(g group) any { return g.Kind != fixture.KindSecurity }),
	prop("mailNickname", byDefault, func(g group) any { return g.nickname() }),
	prop("membershipRule", byDefault, func(g group) any { return textOrNull(g.DynamicRule) }),
	prop("membershipRuleProcessingState", byDefault, func(g group) any { return g.processing() }),
	prop("onPremisesSyncEnabled", byDefault, func(group) any { return nil }),
	prop("proxyAddresses", byDefault, func(g group) any { return g.proxyAddresses() }),
	prop("resourceProvisioningOptions", byDefault, func(g group) any { return g.options() }),
	prop("securityEnabled", byDefault, func(g group) any {
		return g.Kind == fixture.KindSecurity || g.Kind == fixture.KindMailEnabledSecurity
	}),
	prop("visibility", byDefault, func(g group) any { return textOrNull(g.Visibility) }),
).more(unknownOfGroup).withGUIDs()

func (g group) types() []string {
	types := []string{}
	if g.DynamicRule != "" {
		types = append(types, "DynamicMembership")
	}
	if g.Kind == fixture.KindMicrosoft365 {
		types = append(types, "Unified")
	}
	return types
}

func (g group) nickname() string {
	if g.Mail != "" {
		return nickname(g.Mail)
	}
	return g.ID[:8] + "-d"
}

func (g group) processing() any {
	if g.DynamicRule == "" {
		return nil
	}
	return "On"
}

func (g group) proxyAddresses() []string {
	if g.Mail == "" {
		return []string{}
	}
	return []string{"SMTP:" + g.Mail}
}

func (g group) options() []string {
	if g.Team {
		return []string{"Team"}
	}
	return []string{}
}

// groupList is all groups of a tenant.
func groupList(t *directory.Tenant) list {
	return list{t.GroupPlaces(), func(place int) object {
		if g := t.GroupAt(place); g != nil {
			return group{g}
		}
		return nil
	}}
}

func (g *request) groups() collection {
	return collection{list: groupList(g.tenant), kind: groupKind}
}

func (g *request) listGroups() call.Answer  { return g.page(g.groups()) }
func (g *request) countGroups() call.Answer { return g.counted(g.groups()) }

func (g *request) oneGroup() call.Answer {
	found, refused := g.reachGroup()
	if refused != nil {
		return refused.answer(g.Call)
	}
	return g.one(group{found})
}

// reachGroup finds the group of the address, which Graph knows by its id only.
func (g *request) reachGroup() (*directory.Group, *refusal) {
	if !guid.Valid(g.path[1]) {
		return nil, &refusal{status: http.StatusBadRequest, code: "Request_BadRequest", message: "Invalid object identifier '" + g.path[1] + "'."}
	}
	found, _ := g.tenant.Group(g.path[1])
	if found == nil {
		return nil, missing(g.path[1])
	}
	return found, nil
}
