package login

import (
	"strings"

	"purser.example/internal/m365sim/cloud"
	"purser.example/internal/m365sim/fixture"
)

// checkPasswordAuthority refuses the password grant where no tenant is named and none can be (AADSTS9001023).
func (g *grant) checkPasswordAuthority() *refusal {
	switch word := strings.ToLower(g.call.Path[0]); word {
	case "common", "consumers":
		return refuse(9001023)
	case "organizations":
		if g.homeDomain() == nil {
			return refuse(50059)
		}
	}
	return nil
}

// checkAppAuthority refuses an app that names no tenant: there is no user whose domain could stand for it.
func (g *grant) checkAppAuthority() *refusal {
	switch strings.ToLower(g.call.Path[0]) {
	case "common", "consumers", "organizations":
		return refuse(50059)
	}
	return nil
}

// findTenant finds the tenant of the address. One of another cloud is known to the worldwide host only, which says so.
func (g *grant) findTenant() *refusal {
	word := g.call.Path[0]
	if refused := checkTenantWord(word); refused != nil {
		return refused
	}
	t := g.service.dir.Tenant(word)
	if strings.EqualFold(word, "organizations") {
		t = g.homeDomain().Tenant()
	}
	if t == nil || !reaches(g.call, t) && g.call.Endpoint.Login != cloud.Worldwide().Login {
		return refuse(90002, word)
	}
	g.tenant = t
	switch {
	case reaches(g.call, t):
		return nil
	case g.client.empty():
		return refuse(90038, word)
	}
	return refuse(900382)
}

// checkClient wants an app that the tenant has and has not switched off.
func (g *grant) checkClient() *refusal {
	g.app = g.tenant.App(g.client.id)
	switch {
	case g.app == nil:
		return refuse(700016)
	case !fixture.IsTrue(g.app.Enabled):
		return refuse(7000112)
	}
	return nil
}

// checkCredential wants a secret or an assertion from an app that is not public, and from every app that signs in as
// itself. What is given must be right even where it is not needed.
func (g *grant) checkCredential() *refusal {
	public := fixture.IsTrue(g.app.PublicClient) && g.delegated()
	switch {
	case g.client.empty() && public:
		return nil
	case g.client.empty():
		return refuse(7000218)
	case !hasCredential(g.app) && public:
		return refuse(700025)
	case g.client.assertion != "":
		return g.checkAssertion()
	}
	if code := checkSecret(g.app, g.client.secret, g.call.At); code != 0 {
		return refuse(code)
	}
	return nil
}
