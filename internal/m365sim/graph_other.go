package m365sim

// graphOther is a device, a service principal or a contact as Graph shows it.
type graphOther struct{ *other }

func (o graphOther) objectID() string { return o.id }
func (o graphOther) kind() *kind      { return otherKinds[o.typ] }

// permission is what a caller needs to read more of it than its id.
func (o graphOther) permission() string {
	switch o.typ {
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
		prop("id", basic, func(o graphOther) any { return o.id }),
		prop("displayName", byDefault, func(o graphOther) any { return textOrNull(o.name) }),
	}
	for _, name := range more {
		props = append(props, prop(name, byDefault, func(graphOther) any { return nil }))
	}
	return newKind(odata, set, props...)
}
