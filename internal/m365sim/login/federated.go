package login

import (
	"strings"

	"purser.example/internal/m365sim/directory"
	"purser.example/internal/m365sim/wstrust"
)

// checkSAML reads the assertion of a federated sign-in and finds the domain that its issuer speaks for. The name and the
// password that some clients send along again do not count.
func (g *grant) checkSAML() *refusal {
	version := wstrust.SAML11
	if g.kind == grantSAML2 {
		version = wstrust.SAML20
	}
	a, ok := wstrust.ReadAssertion(g.form.Get("assertion"), version, g.service.keys, g.call.At)
	if !ok {
		return refuse(50008)
	}
	for d := range g.service.dir.AllDomains() {
		if d.Federated() && d.Issuer() == a.Issuer() {
			g.domain, g.subject = d, a.Subject()
			return nil
		}
	}
	r := refuse(50107)
	r.words = map[string]string{"user": a.Issuer()}
	return r
}

// checkFederatedUser wants a user of the domain whom the assertion is about.
func (g *grant) checkFederatedUser() *refusal {
	if g.domain.Tenant() != g.tenant {
		return refuse(50020)
	}
	for u := range g.tenant.Users() {
		if u.Domain() == g.domain && u.ImmutableID() == g.subject {
			g.user = u
			return nil
		}
	}
	return refuse(51004)
}

// checkFederatedAccount wants an account that is switched on; its password is no business of the cloud.
func (g *grant) checkFederatedAccount() *refusal {
	if !g.user.Enabled() {
		return refuse(50057)
	}
	if e := g.user.SignInError; e.Refuses() && !aadstsFor(e.Main()).afterPassword {
		return g.fixtureRefusal(e)
	}
	return nil
}

// homeDomain is the domain that stands for a tenant where the address names none, or nil.
func (g *grant) homeDomain() *directory.Domain {
	if g.domain != nil {
		return g.domain
	}
	return g.service.dir.DomainOf(g.form.Get("username"))
}

// isSAML says whether the request brings an assertion in the place of a password.
func (g *grant) isSAML() bool { return g.kind == grantSAML1 || g.kind == grantSAML2 }

// delegated says whether somebody signs in, rather than the app itself.
func (g *grant) delegated() bool { return g.kind != grantClientCredentials }

// username is who signs in: the user who was found, or the name that came.
func (g *grant) username() string {
	if g.user != nil {
		return g.user.UserPrincipalName
	}
	return strings.TrimSpace(g.form.Get("username"))
}
