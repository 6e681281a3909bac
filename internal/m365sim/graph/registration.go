package graph

import (
	"purser.example/internal/m365sim/call"
	"purser.example/internal/m365sim/directory"
	"purser.example/internal/m365sim/fixture"
	"purser.example/internal/m365sim/guid"
)

// registration is what Graph's report says of a user's authentication methods.
type registration struct{ user *directory.User }

func (r registration) objectID() string { return r.user.ID }
func (r registration) kind() *kind      { return registrationKind }

// registrationKind lists the properties of microsoft.graph.userRegistrationDetails. That somebody has registered does not say
// that anything asks for it.
var registrationKind = newKind("microsoft.graph.userRegistrationDetails", "reports/authenticationMethods/userRegistrationDetails",
	prop("id", basic, func(r registration) any { return r.user.ID }),
	prop("userPrincipalName", basic, func(r registration) any { return r.user.UserPrincipalName }),
	prop("userDisplayName", basic, func(r registration) any { return r.user.DisplayName }),
	prop("userType", basic, func(r registration) any { return r.user.UserType }),
	prop("isAdmin", basic, func(r registration) any { return len(r.user.Roles()) > 0 }),
	prop("isSsprRegistered", basic, func(registration) any { return false }),
	prop("isSsprEnabled", basic, func(registration) any { return false }),
	prop("isSsprCapable", basic, func(registration) any { return false }),
	prop("isMfaRegistered", basic, func(r registration) any { return hasSecondFactor(r.user) }),
	prop("isMfaCapable", basic, func(r registration) any { return hasSecondFactor(r.user) }),
	prop("isPasswordlessCapable", basic, func(registration) any { return false }),
	prop("methodsRegistered", basic, func(r registration) any { return r.methods() }),
	prop("userPreferredMethodForSecondaryAuthentication", basic, func(r registration) any { return r.preferred() }),
	prop("lastUpdatedDateTime", basic, func(r registration) any { return "2026-01-02T03:04:05Z" }),
)

// hasSecondFactor says whether the user has set one up: somebody whom a sign-in asks for it has, unless setting it up is what
// it asks for.
func hasSecondFactor(u *directory.User) bool {
	return u.MFA == fixture.MFAPerUser || u.MFA == fixture.MFAConditionalAccess
}

func (r registration) methods() []string {
	if hasSecondFactor(r.user) {
		return []string{"microsoftAuthenticatorPush"}
	}
	return []string{}
}

func (r registration) preferred() string {
	if hasSecondFactor(r.user) {
		return "push"
	}
	return "none"
}

func (g *request) listRegistrations() call.Answer {
	all := userList(g.tenant, func(u *directory.User) object { return registration{u} })
	return g.page(collection{list: all, kind: registrationKind})
}

// oneRegistration finds a user by id only, as the report does.
func (g *request) oneRegistration() call.Answer {
	u := g.tenant.User(g.path[3])
	if u == nil || !guid.Valid(g.path[3]) {
		return missing(g.path[3]).answer(g.Call)
	}
	return g.one(registration{u})
}
