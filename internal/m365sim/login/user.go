package login

import (
	"crypto/subtle"
	"strings"
)

// checkUser wants a user of the tenant. Someone of another tenant is an external user; anyone else does not exist.
func (g *grant) checkUser() *refusal {
	name := g.form.Get("username")
	if !strings.Contains(name, "@") {
		return refuse(50034)
	}
	if g.user = g.tenant.User(name); g.user != nil {
		return nil
	}
	if d := g.service.dir.DomainOf(name); d != nil && d.Tenant() != g.tenant {
		return refuse(50020)
	}
	return refuse(50034)
}

// checkAccount wants an account that may try at all.
func (g *grant) checkAccount() *refusal {
	switch {
	case g.service.dir.Locked(g.user, g.call.At):
		return refuse(50053)
	case !g.user.Enabled():
		return refuse(50057)
	case g.user.Password == "":
		return refuse(50056)
	}
	if e := g.user.SignInError; e.Refuses() && !aadstsFor(e.Main()).afterPassword {
		return g.fixtureRefusal(e)
	}
	return nil
}

// checkPassword counts a wrong password towards the lockout. Of a federated domain the directory holds no password, so none
// is right. The protocol cannot carry a password with a blank at either end, so that one is never right either.
func (g *grant) checkPassword() *refusal {
	if g.user.Domain().Federated() {
		return refuse(50126)
	}
	given, want := g.form.Get("password"), g.user.Password
	if subtle.ConstantTimeCompare([]byte(given), []byte(want)) != 1 || strings.TrimSpace(want) != want {
		g.service.dir.WrongPassword(g.user, given, g.call.At)
		return refuse(50126)
	}
	g.service.dir.RightPassword(g.user)
	return nil
}

func (g *grant) checkExpiry() *refusal {
	if g.user.Expired(g.call.At) {
		return refuse(50055)
	}
	return nil
}
