package graph

import (
	"strings"

	"purser.example/internal/m365sim/call"
	"purser.example/internal/m365sim/directory"
)

// domain is a domain as Graph shows it.
type domain struct{ *directory.Domain }

func asDomain(d *directory.Domain) object { return domain{d} }

func (d domain) objectID() string { return d.Name() }
func (d domain) kind() *kind      { return domainKind }

// domainKind lists the properties of microsoft.graph.domain that the simulator knows.
var domainKind = newKind("microsoft.graph.domain", "domains",
	prop("authenticationType", basic, func(d domain) any { return d.AuthenticationType }),
	prop("availabilityStatus", byDefault, func(domain) any { return nil }),
	prop("id", basic, func(d domain) any { return d.Name() }),
	prop("isAdminManaged", byDefault, func(domain) any { return true }),
	prop("isDefault", byDefault, func(d domain) any { return isDefault(d.Domain) }),
	prop("isInitial", byDefault, func(d domain) any { return d.Initial() }),
	prop("isRoot", byDefault, func(d domain) any { return d.Tenant().Root(d.Domain) == d.Domain }),
	prop("isVerified", byDefault, func(domain) any { return true }),
	prop("supportedServices", byDefault, func(domain) any { return []string{"Email", "OfficeCommunicationsOnline"} }),
	prop("passwordValidityPeriodInDays", byDefault, func(d domain) any { return d.PasswordValidityPeriodInDays }),
	prop("passwordNotificationWindowInDays", byDefault, func(d domain) any { return d.PasswordNotificationWindowInDays }),
	prop("state", byDefault, func(domain) any { return nil }),
).more(unknownOfDomain)

// isDefault is the first domain that is not the initial one, or the initial one where it is alone.
func isDefault(d *directory.Domain) bool {
	for _, other := range d.Tenant().Domains() {
		if !other.Initial() {
			return other == d
		}
	}
	return d.Initial()
}

func (g *request) listDomains() call.Answer {
	return g.page(collection{list: listOf(objects(g.tenant.Domains(), asDomain)), kind: domainKind})
}

func (g *request) oneDomain() call.Answer {
	d := g.tenant.Domain(g.path[1])
	if d == nil {
		return missing(g.path[1]).answer(g.Call)
	}
	return g.one(domain{d})
}

// organizationObject is the tenant as Graph shows it.
type organizationObject struct{ tenant *directory.Tenant }

func (o organizationObject) objectID() string { return o.tenant.ID }
func (o organizationObject) kind() *kind      { return organizationKind }

var organizationKind = newKind("microsoft.graph.organization", "organization",
	prop("id", basic, func(o organizationObject) any { return o.tenant.ID }),
	prop("deletedDateTime", byDefault, func(organizationObject) any { return nil }),
	prop("countryLetterCode", byDefault, func(organizationObject) any { return "CH" }),
	prop("createdDateTime", byDefault, func(organizationObject) any { return "2026-01-02T03:04:05Z" }),
	prop("displayName", basic, func(o organizationObject) any { return o.tenant.DisplayName }),
	prop("onPremisesSyncEnabled", byDefault, func(organizationObject) any { return nil }),
	prop("tenantType", byDefault, func(organizationObject) any { return "AAD" }),
	prop("verifiedDomains", basic, func(o organizationObject) any { return o.verifiedDomains() }),
).more(unknownOfOrganization).withGUIDs()

type verifiedDomain struct {
	Capabilities string `json:"capabilities"`
	IsDefault    bool   `json:"isDefault"`
	IsInitial    bool   `json:"isInitial"`
	Name         string `json:"name"`
	Type         string `json:"type"`
}

func (o organizationObject) verifiedDomains() []verifiedDomain {
	list := make([]verifiedDomain, 0, len(o.tenant.Domains()))
	for _, d := range o.tenant.Domains() {
		list = append(list, verifiedDomain{"Email, OfficeCommunicationsOnline", isDefault(d), d.Initial(), d.Name(), d.AuthenticationType})
	}
	return list
}

func (g *request) organization() call.Answer {
	return g.page(collection{list: listOf([]object{organizationObject{g.tenant}}), kind: organizationKind})
}

func (g *request) oneOrganization() call.Answer {
	if !strings.EqualFold(g.path[1], g.tenant.ID) {
		return missing(g.path[1]).answer(g.Call)
	}
	return g.one(organizationObject{g.tenant})
}
