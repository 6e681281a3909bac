package login

import (
	"encoding/json"
	"slices"
	"strings"

	"purser.example/internal/m365sim/fixture"
)

// The refusals of the fixture that come after the policies, in their own steps.
const (
	codeNotAssigned = 50105
	codeNoConsent   = 65001
)

// checkPolicies is conditional access, security defaults and multifactor authentication, in this order.
func (g *grant) checkPolicies() *refusal {
	if e := g.user.SignInError; e.Refuses() && aadstsFor(e.Main()).afterPassword && e.Main() != codeNotAssigned && e.Main() != codeNoConsent {
		return g.fixtureRefusal(e)
	}
	switch g.user.MFA {
	case fixture.MFAConditionalAccess:
		return refuse(50076).by("capolids", g.tenant.PolicyID(""))
	case fixture.MFASecurityDefaults:
		return refuse(530035)
	case fixture.MFAPerUser:
		return refuse(50076)
	case fixture.MFARegister:
		return refuse(50079).by("polids", g.tenant.PolicyID(""))
	}
	if g.tenant.SecurityDefaults {
		return refuse(530035)
	}
	return nil
}

func (g *grant) checkAssignment() *refusal { return g.fixtureRefusalOf(codeNotAssigned) }

func (g *grant) checkConsent() *refusal {
	if !fixture.IsTrue(g.app.Consented) || !g.consented() {
		return refuse(codeNoConsent)
	}
	return g.fixtureRefusalOf(codeNoConsent)
}

// consented says whether the permissions that the request names are among those that the fixture gives the app. Who asks for all that was
// consented to at SharePoint is refused where that is nothing.
func (g *grant) consented() bool {
	if g.app.DelegatedPermissions == nil {
		return true
	}
	if g.scope.isDefault() {
		return !g.atSharePoint() || len(g.delegatedPermissions()) > 0
	}
	return !slices.ContainsFunc(g.scope.names, func(name string) bool {
		return !slices.ContainsFunc(g.delegatedPermissions(), func(given string) bool { return strings.EqualFold(given, name) })
	})
}

func (g *grant) fixtureRefusalOf(code int) *refusal {
	if g.user.SignInError.Main() != code {
		return nil
	}
	return g.fixtureRefusal(g.user.SignInError)
}

// fixtureRefusal is the refusal that the fixture gives the user.
func (g *grant) fixtureRefusal(e fixture.SignInError) *refusal {
	r := &refusal{code: e.Main(), codes: slices.Clone(e.Codes), status: e.Status, suberror: e.Suberror}
	blocked := r.code == 53003 && g.tenant.Enforced() != nil
	if e.Policy != "" || blocked {
		r.by("capolids", g.tenant.PolicyID(e.Policy))
	}
	return r
}

// by adds the policy that refuses.
func (r *refusal) by(key, id string) *refusal {
	r.claims, r.policy = claimsFor(key, id), id
	return r
}

// claimsFor is a claims challenge that names a policy, as a string that holds JSON.
func claimsFor(key, id string) string {
	type values struct {
		Essential bool     `json:"essential"`
		Values    []string `json:"values"`
	}
	text, err := json.Marshal(map[string]map[string]values{"access_token": {key: {true, []string{id}}}})
	if err != nil {
		return "" // strings always marshal
	}
	return string(text)
}
