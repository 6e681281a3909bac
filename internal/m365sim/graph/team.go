package graph

import (
	"net/http"

	"purser.example/internal/m365sim/call"
	"purser.example/internal/m365sim/directory"
	"purser.example/internal/m365sim/guid"
)

// team is a Microsoft 365 group that Teams has taken up; it has the group's id.
type team struct{ *directory.Group }

func (t team) objectID() string { return t.ID }
func (t team) kind() *kind      { return teamKind }

// teamKind lists the properties of microsoft.graph.team that the simulator knows.
var teamKind = newKind("microsoft.graph.team", "teams",
	prop("id", basic, func(t team) any { return t.ID }),
	prop("createdDateTime", byDefault, func(team) any { return "2026-01-02T03:04:05Z" }),
	prop("displayName", basic, func(t team) any { return t.DisplayName }),
	prop("description", basic, func(team) any { return nil }),
	prop("internalId", byDefault, func(t team) any { return t.channel() }),
	prop("specialization", byDefault, func(team) any { return "none" }),
	prop("visibility", byDefault, func(t team) any { return t.visibility() }),
	prop("webUrl", byDefault, func(t team) any {
		return "https://teams.microsoft.com/l/team/" + t.channel() + "/conversations?groupId=" + t.ID
	}),
	prop("isArchived", byDefault, func(team) any { return false }),
).more("classification classSettings firstChannelName funSettings guestSettings memberSettings messagingSettings discoverySettings summary tenantId isMembershipLimitedToOwners")

func (t team) channel() string { return "19:" + guid.Derived("channel", t.ID) + "@thread.tacv2" }

func (t team) visibility() string {
	if t.Visibility == "" {
		return "Public"
	}
	return t.Visibility
}

// listTeams lists the teams of the tenant.
func (g *request) listTeams() call.Answer {
	t := g.tenant
	return g.page(collection{list: list{t.GroupPlaces(), func(place int) object {
		if found := t.GroupAt(place); found != nil && found.Team {
			return team{found}
		}
		return nil
	}}, kind: teamKind})
}

// oneTeam answers a team by the id of its group.
func (g *request) oneTeam() call.Answer {
	found, _ := g.tenant.Group(g.path[1])
	if found == nil || !guid.Valid(g.path[1]) || !found.Team {
		return g.fail(http.StatusNotFound, "NotFound", "No team found with Group Id "+g.path[1])
	}
	return g.one(team{found})
}
