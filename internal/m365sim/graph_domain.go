package m365sim

import "strings"

func (d *domain) objectID() string { return d.name }
func (d *domain) kind() *kind      { return domainKind }

// domainKind lists the properties of microsoft.graph.domain that the simulator knows.
var domainKind = newKind("microsoft.graph.domain", "domains",
	prop("authenticationType", basic, func(d *domain) any { return d.AuthenticationType }),
	prop("availabilityStatus", byDefault, func(*domain) any { return nil }),
	prop("id", basic, func(d *domain) any { return d.name }),
	prop("isAdminManaged", byDefault, func(*domain) any { return true }),
	prop("isDefault", byDefault, func(d *domain) any { return d.isDefault() }),
	prop("isInitial", byDefault, func(d *domain) any { return d.initial }),
	prop("isRoot", byDefault, func(d *domain) any { return d.tenant.root(d) == d }),
	prop("isVerified", byDefault, func(*domain) any { return true }),
	prop("supportedServices", byDefault, func(*domain) any { return []string{"Email", "OfficeCommunicationsOnline"} }),
	prop("passwordValidityPeriodInDays", byDefault, func(d *domain) any { return d.PasswordValidityPeriodInDays }),
	prop("passwordNotificationWindowInDays", byDefault, func(d *domain) any { return d.PasswordNotificationWindowInDays }),
	prop("state", byDefault, func(*domain) any { return nil }),
)

// isDefault is the first domain that is not the initial one, or the initial one where it is alone.
func (d *domain) isDefault() bool {
	for _, other := range d.tenant.domains {
		if !other.initial {
			return other == d
		}
	}
	return d.initial
}

func (g *graphCall) listDomains() answer {
	return g.page(collection{objects: objects(g.tenant.domains), kind: domainKind})
}

func (g *graphCall) oneDomain() answer {
	d := g.tenant.domain(g.path[1])
	if d == nil {
		return missing(g.path[1]).answer(g.call)
	}
	return g.one(d)
}

// organizationObject is the tenant as Graph shows it.
type organizationObject struct{ tenant *tenant }

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
)

type verifiedDomain struct {
	Capabilities string `json:"capabilities"`
	IsDefault    bool   `json:"isDefault"`
	IsInitial    bool   `json:"isInitial"`
	Name         string `json:"name"`
	Type         string `json:"type"`
}

func (o organizationObject) verifiedDomains() []verifiedDomain {
	list := make([]verifiedDomain, 0, len(o.tenant.domains))
	for _, d := range o.tenant.domains {
		list = append(list, verifiedDomain{"Email, OfficeCommunicationsOnline", d.isDefault(), d.initial, d.name, d.AuthenticationType})
	}
	return list
}

func (g *graphCall) organization() answer {
	return g.page(collection{objects: []object{organizationObject{g.tenant}}, kind: organizationKind})
}

func (g *graphCall) oneOrganization() answer {
	if !strings.EqualFold(g.path[1], g.tenant.ID) {
		return missing(g.path[1]).answer(g.call)
	}
	return g.one(organizationObject{g.tenant})
}
