package m365sim

import (
	"net/http"

	"purser.example/internal/m365sim/call"
	"purser.example/internal/m365sim/directory"
	"purser.example/internal/m365sim/fixture"
	"purser.example/internal/m365sim/guid"
)

// graphGroup is a group as Graph shows it.
type graphGroup struct{ *directory.Group }

func asGroup(g *directory.Group) object { return graphGroup{g} }

func (g graphGroup) objectID() string { return g.ID }
func (g graphGroup) kind() *kind      { return groupKind }

// groupKind lists the properties of microsoft.graph.group that the simulator knows (Graph v1.0 metadata, August 2026).
var groupKind = newKind("microsoft.graph.group", "groups",
	prop("id", basic, func(g graphGroup) any { return g.ID }),
	prop("deletedDateTime", byDefault, func(graphGroup) any { return nil }),
	prop("createdDateTime", byDefault, func(graphGroup) any { return "2026-01-02T03:04:05Z" }),
	prop("description", byDefault, func(graphGroup) any { return nil }),
	prop("displayName", basic, func(g graphGroup) any { return g.DisplayName }),
	prop("groupTypes", byDefault, func(g graphGroup) any { return g.types() }),
	prop("isAssignableToRole", byDefault, func(graphGroup) any { return nil }),
	prop("mail", byDefault, func(g graphGroup) any { return textOrNull(g.Mail) }),
	prop("mailEnabled", byDefault, func(g graphGroup) any { return g.Kind != fixture.KindSecurity }),
	prop("mailNickname", byDefault, func(g graphGroup) any { return g.nickname() }),
	prop("membershipRule", byDefault, func(g graphGroup) any { return textOrNull(g.DynamicRule) }),
	prop("membershipRuleProcessingState", byDefault, func(g graphGroup) any { return g.processing() }),
	prop("onPremisesSyncEnabled", byDefault, func(graphGroup) any { return nil }),
	prop("proxyAddresses", byDefault, func(g graphGroup) any { return g.proxyAddresses() }),
	prop("resourceProvisioningOptions", byDefault, func(g graphGroup) any { return g.options() }),
	prop("securityEnabled", byDefault, func(g graphGroup) any {
		return g.Kind == fixture.KindSecurity || g.Kind == fixture.KindMailEnabledSecurity
	}),
	prop("visibility", byDefault, func(graphGroup) any { return nil }),
)

func (g graphGroup) types() []string {
	types := []string{}
	if g.DynamicRule != "" {
		types = append(types, "DynamicMembership")
	}
	if g.Kind == fixture.KindMicrosoft365 {
		types = append(types, "Unified")
	}
	return types
}

func (g graphGroup) nickname() string {
	if g.Mail != "" {
		return nickname(g.Mail)
	}
	return g.ID[:8] + "-d"
}

func (g graphGroup) processing() any {
	if g.DynamicRule == "" {
		return nil
	}
	return "On"
}

func (g graphGroup) proxyAddresses() []string {
	if g.Mail == "" {
		return []string{}
	}
	return []string{"SMTP:" + g.Mail}
}

func (g graphGroup) options() []string {
	if g.Team {
		return []string{"Team"}
	}
	return []string{}
}

func (g *graphCall) groups() collection {
	return collection{objects: objects(g.tenant.Groups(), asGroup), kind: groupKind}
}

func (g *graphCall) listGroups() call.Answer  { return g.page(g.groups()) }
func (g *graphCall) countGroups() call.Answer { return g.counted(g.groups()) }

func (g *graphCall) oneGroup() call.Answer {
	found, failure := g.reachGroup()
	if failure != nil {
		return failure.answer(g.Call)
	}
	return g.one(graphGroup{found})
}

// reachGroup finds the group of the address, which Graph knows by its id only.
func (g *graphCall) reachGroup() (*directory.Group, *graphFailure) {
	if !guid.Valid(g.path[1]) {
		return nil, &graphFailure{status: http.StatusBadRequest, code: "Request_BadRequest", message: "Invalid object identifier '" + g.path[1] + "'."}
	}
	found, _ := g.tenant.Group(g.path[1])
	if found == nil {
		return nil, missing(g.path[1])
	}
	return found, nil
}
