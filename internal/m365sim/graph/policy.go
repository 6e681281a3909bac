package graph

import (
	"strings"

	"purser.example/internal/m365sim/call"
	"purser.example/internal/m365sim/directory"
	"purser.example/internal/m365sim/fixture"
)

// policyObject is a conditional access policy as Graph shows it.
type policyObject struct {
	fixture.Policy
	tenant *directory.Tenant
}

func (p *policyObject) objectID() string { return p.ID }
func (p *policyObject) kind() *kind      { return policyKind }

// The parts of a policy. What the fixture does not say of it is for everyone, everywhere.
type (
	policyConditions struct {
		Users struct {
			Include []string `json:"includeUsers"`
			Exclude []string `json:"excludeUsers"`
			Groups  []string `json:"includeGroups"`
			Roles   []string `json:"includeRoles"`
		} `json:"users"`
		Applications struct {
			Include []string `json:"includeApplications"`
			Exclude []string `json:"excludeApplications"`
		} `json:"applications"`
		ClientAppTypes []string `json:"clientAppTypes"`
	}
	policyControls struct {
		Operator string   `json:"operator"`
		BuiltIn  []string `json:"builtInControls"`
		Custom   []string `json:"customAuthenticationFactors"`
		Terms    []string `json:"termsOfUse"`
	}
)

var policyKind = newKind("microsoft.graph.conditionalAccessPolicy", "identity/conditionalAccess/policies",
	prop("id", basic, func(p *policyObject) any { return p.ID }),
	prop("templateId", byDefault, func(*policyObject) any { return nil }),
	prop("displayName", basic, func(p *policyObject) any { return p.DisplayName }),
	prop("createdDateTime", byDefault, func(*policyObject) any { return "2026-01-02T03:04:05Z" }),
	prop("modifiedDateTime", byDefault, func(*policyObject) any { return nil }),
	prop("state", basic, func(p *policyObject) any { return p.State }),
	prop("sessionControls", byDefault, func(*policyObject) any { return nil }),
	prop("conditions", byDefault, func(p *policyObject) any { return p.conditions() }),
	prop("grantControls", byDefault, func(p *policyObject) any {
		return policyControls{"OR", []string{p.control()}, []string{}, []string{}}
	}),
)

func (p *policyObject) conditions() policyConditions {
	var c policyConditions
	c.Users.Include, c.Users.Exclude, c.Users.Groups, c.Users.Roles = listed(p.IncludeUsers), listed(p.ExcludeUsers), listed(p.IncludeGroups), listed(p.IncludeRoles)
	if len(p.IncludeUsers)+len(p.IncludeGroups)+len(p.IncludeRoles) == 0 {
		c.Users.Include = []string{"All"}
	}
	c.Applications.Include, c.Applications.Exclude = []string{"All"}, []string{}
	c.ClientAppTypes = []string{"all"}
	return c
}

// listed is a list that Graph never leaves out.
func listed(list []string) []string { return append([]string{}, list...) }

// control is what the policy asks for, read from how it refuses users: multifactor authentication unless it blocks someone.
func (p *policyObject) control() string {
	for u := range p.tenant.Named() {
		if u.SignInError.Main() == 53003 && p.tenant.PolicyID(u.SignInError.Policy) == p.ID {
			return "block"
		}
	}
	return "mfa"
}

func (g *request) listPolicies() call.Answer {
	return g.page(collection{list: listOf(policyObjects(g.tenant)), kind: policyKind})
}

func (g *request) onePolicy() call.Answer {
	for _, o := range policyObjects(g.tenant) {
		if strings.EqualFold(o.objectID(), g.path[3]) {
			return g.one(o)
		}
	}
	return missing(g.path[3]).answer(g.Call)
}

func policyObjects(t *directory.Tenant) []object {
	list := make([]object, 0, len(t.Policies))
	for _, p := range t.Policies {
		list = append(list, &policyObject{p, t})
	}
	return list
}

// securityDefaults is the switch of Microsoft's security defaults; every tenant has the one.
type securityDefaults struct{ on bool }

func (securityDefaults) objectID() string { return "00000000-0000-0000-0000-000000000005" }
func (securityDefaults) kind() *kind      { return securityDefaultsKind }

var securityDefaultsKind = newKind("microsoft.graph.identitySecurityDefaultsEnforcementPolicy", "policies/identitySecurityDefaultsEnforcementPolicy",
	prop("id", basic, func(s securityDefaults) any { return s.objectID() }),
	prop("displayName", basic, func(securityDefaults) any { return "Security Defaults" }),
	prop("description", basic, func(securityDefaults) any {
		return "Security defaults are basic identity security mechanisms recommended by Microsoft."
	}),
	prop("isEnabled", basic, func(s securityDefaults) any { return s.on }),
)

func (g *request) showSecurityDefaults() call.Answer {
	return g.one(securityDefaults{g.tenant.SecurityDefaults})
}
