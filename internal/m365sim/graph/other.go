package graph

import "purser.example/internal/m365sim/directory"

// other is a device, a service principal or a contact as Graph shows it.
type other struct{ *directory.Other }

func (o other) objectID() string { return o.ID }
func (o other) kind() *kind      { return otherKinds[o.Type] }

// permission is what a caller needs to read more of it than its id.
func (o other) permission() string {
	switch o.Type {
	case "device":
		return "Device.Read.All"
	case "servicePrincipal":
		return "Application.Read.All"
	}
	return "OrgContact.Read.All"
}

var otherKinds = map[string]*kind{
	"device":           otherKind("microsoft.graph.device", "devices", "deviceId", "accountEnabled"),
	"servicePrincipal": otherKind("microsoft.graph.servicePrincipal", "servicePrincipals", "appId", "accountEnabled"),
	"orgContact":       otherKind("microsoft.graph.orgContact", "contacts", "mail"),
}

// otherKind has id, displayName and further properties, whose values the simulator does not know.
func otherKind(odata, set string, more ...string) *kind {
	props := []property{
		prop("id", basic, func(o other) any { return o.ID }),
		prop("displayName", byDefault, func(o other) any { return textOrNull(o.Name) }),
	}
	for _, name := range more {
		props = append(props, prop(name, byDefault, func(other) any { return nil }))
	}
	return newKind(odata, set, props...)
}
