package graph

import (
	"net/http"

	"purser.example/internal/m365sim/call"
	"purser.example/internal/m365sim/directory"
	"purser.example/internal/m365sim/fixture"
	"purser.example/internal/m365sim/guid"
)

// drive is the document library of a OneDrive or of a group's site.
type drive struct{ site }

func (d drive) objectID() string { return "b!" + guid.Derived("drive", d.ID) }
func (d drive) kind() *kind      { return driveKind }

// driveKind lists the properties of microsoft.graph.drive that the simulator knows.
var driveKind = newKind("microsoft.graph.drive", "drives",
	prop("id", basic, func(d drive) any { return d.objectID() }),
	prop("createdDateTime", byDefault, func(drive) any { return "2026-01-02T03:04:05Z" }),
	prop("description", byDefault, func(drive) any { return "" }),
	prop("driveType", byDefault, func(d drive) any { return d.typeOf() }),
	prop("lastModifiedDateTime", byDefault, func(drive) any { return "2026-11-02T03:04:05Z" }),
	prop("name", byDefault, func(d drive) any { return d.name() }),
	prop("webUrl", byDefault, func(d drive) any { return d.URL() + d.folder() }),
	prop("sharePointIds", onSelect, func(d drive) any {
		ids := d.ids()
		ids.ListID = guid.Derived("list", d.ID)
		return ids
	}),
).more("createdBy createdByUser eTag lastModifiedBy lastModifiedByUser owner parentReference quota system")

func (d drive) typeOf() string {
	if d.Personal {
		return "business"
	}
	return "documentLibrary"
}

func (d drive) name() string {
	if d.Personal {
		return "OneDrive"
	}
	return "Documents"
}

func (d drive) folder() string {
	if d.Personal {
		return "/Documents"
	}
	return "/Shared%20Documents"
}

// userDrive answers the OneDrive of a user.
func (g *request) userDrive() call.Answer { return g.oneDrive(g.path[1]) }

// myDrive answers the signed-in user's own OneDrive.
func (g *request) myDrive() call.Answer { return g.oneDrive(g.caller.userID) }

// oneDrive answers the OneDrive of a user. It comes into being when they open it first: many have none.
func (g *request) oneDrive(key string) call.Answer {
	u := g.tenant.User(key)
	if u == nil {
		return missing(key).answer(g.Call)
	}
	s, ok := g.tenant.OneDrive(u)
	if !ok {
		return noItem("User's mysite not found.").answer(g.Call)
	}
	return g.driveOf(s)
}

// groupDrive answers the document library of a Microsoft 365 group's site. Other groups have none.
func (g *request) groupDrive() call.Answer {
	found, refused := g.reachGroup()
	if refused != nil {
		return refused.answer(g.Call)
	}
	s, ok := g.tenant.SiteOfGroup(found.ID)
	if !ok || found.Kind != fixture.KindMicrosoft365 {
		return noItem("Resource is not found.").answer(g.Call)
	}
	return g.driveOf(s)
}

func (g *request) driveOf(s directory.Site) call.Answer {
	open, refused := g.reachSite(s.ID)
	if refused != nil {
		return refused.answer(g.Call)
	}
	return g.one(drive{open})
}

// noItem is the refusal of what SharePoint does not have.
func noItem(message string) *refusal {
	return &refusal{status: http.StatusNotFound, code: "itemNotFound", message: message}
}
