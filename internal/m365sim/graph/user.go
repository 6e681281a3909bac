package graph

import (
	"slices"
	"strings"
	"time"

	"purser.example/internal/m365sim/call"
	"purser.example/internal/m365sim/directory"
)

// user is a user as Graph shows them.
type user struct{ *directory.User }

func asUser(u *directory.User) object { return user{u} }

func (u user) objectID() string { return u.ID }
func (u user) kind() *kind      { return userKind }

// userKind lists the properties of microsoft.graph.user that the simulator knows (Graph v1.0 metadata, August 2026).
var userKind = newKind("microsoft.graph.user", "users",
	prop("id", basic, func(u user) any { return u.ID }),
	prop("businessPhones", byDefault, func(user) any { return []string{} }),
	prop("displayName", basic, func(u user) any { return textOrNull(u.DisplayName) }),
	prop("givenName", basic, func(user) any { return nil }),
	prop("jobTitle", byDefault, func(user) any { return nil }),
	prop("mail", basic, func(u user) any { return textOrNull(u.Mail()) }),
	prop("mobilePhone", byDefault, func(user) any { return nil }),
	prop("officeLocation", byDefault, func(user) any { return nil }),
	prop("preferredLanguage", byDefault, func(user) any { return nil }),
	prop("surname", basic, func(user) any { return nil }),
	prop("userPrincipalName", basic, func(u user) any { return u.UserPrincipalName }),
	prop("accountEnabled", onSelect, func(u user) any { return u.Enabled() }),
	prop("userType", onSelect, func(u user) any { return u.UserType }),
	prop("createdDateTime", onSelect, func(user) any { return nil }),
	prop("mailNickname", onSelect, func(u user) any { return nickname(u.UserPrincipalName) }),
	prop("lastPasswordChangeDateTime", onSelect, func(u user) any { return timeOrNull(u.Changed()) }),
	prop("passwordPolicies", onSelect, func(u user) any { return textOrNull(u.PasswordPolicies) }),
	prop("onPremisesSyncEnabled", onSelect, func(u user) any { return u.OnPremisesSyncEnabled }),
	prop("onPremisesImmutableId", onSelect, func(user) any { return nil }),
	prop("usageLocation", onSelect, func(user) any { return "CH" }),
	prop("signInSessionsValidFromDateTime", onSelect, func(u user) any { return timeOrNull(u.Changed()) }),
	prop("assignedLicenses", onSelect, func(u user) any { return u.assignedLicences() }),
	prop("assignedPlans", onSelect, func(u user) any { return u.assignedPlans() }),
	prop("proxyAddresses", onSelect, func(u user) any { return u.proxyAddresses() }),
).more(unknownOfUser).withGUIDs()

// proxyAddresses is never null in Graph: without a mailbox it is empty.
func (u user) proxyAddresses() []string {
	if mail := u.Mail(); mail != "" {
		return []string{"SMTP:" + mail}
	}
	return []string{}
}

func nickname(address string) string {
	name, _, _ := strings.Cut(address, "@")
	return name
}

func textOrNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func timeOrNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.Format("2006-01-02T15:04:05Z")
}

// me answers the signed-in user.
func (g *request) me() call.Answer {
	u := g.tenant.User(g.caller.userID)
	if u == nil {
		return missing(g.caller.userID).answer(g.Call)
	}
	return g.one(user{u})
}

// oneUser answers a user by id or userPrincipalName. Everybody may read themselves.
func (g *request) oneUser() call.Answer {
	u, refused := g.reachUser("User.ReadBasic.All")
	if refused != nil {
		return refused.answer(g.Call)
	}
	return g.one(user{u})
}

// reachUser finds the user of the address. A signed-in user who lacks the permissions may reach themselves with User.Read.
func (g *request) reachUser(permissions ...string) (*directory.User, *refusal) {
	u := g.tenant.User(g.path[1])
	self := u != nil && u.ID == g.caller.userID && g.caller.may.Any("User.Read")
	switch {
	case !self && !g.caller.may.Any(permissions...):
		return nil, forbidden()
	case u == nil:
		return nil, missing(g.path[1])
	}
	return u, nil
}

func (g *request) listUsers() call.Answer {
	return g.page(collection{list: userList(g.tenant, asUser), kind: userKind})
}

func (g *request) countUsers() call.Answer {
	return g.counted(collection{list: userList(g.tenant, asUser), kind: userKind})
}

// userList is all accounts of a tenant, each as the object that stands for it.
func userList(t *directory.Tenant, as func(*directory.User) object) list {
	return list{t.UserPlaces(), func(place int) object {
		if u := t.UserAt(place); u != nil {
			return as(u)
		}
		return nil
	}}
}

// objects are a list of the directory's as Graph shows it.
func objects[T any](list []T, as func(T) object) []object {
	out := make([]object, len(list))
	for i, o := range list {
		out[i] = as(o)
	}
	return out
}

// assignedPlan is one entry of assignedPlans.
type assignedPlan struct {
	Assigned string `json:"assignedDateTime"`
	Status   string `json:"capabilityStatus"`
	Service  string `json:"service"`
	ID       string `json:"servicePlanId"`
}

func (u user) assignedPlans() []assignedPlan {
	plans := make([]assignedPlan, 0, len(u.Plans()))
	for _, p := range u.Plans() {
		plans = append(plans, assignedPlan{"2026-01-02T03:04:05Z", "Enabled", p.Service, p.ID})
	}
	return plans
}

// assignedLicence is one entry of assignedLicenses.
type assignedLicence struct {
	Disabled []string `json:"disabledPlans"`
	SKU      string   `json:"skuId"`
}

func (u user) assignedLicences() []assignedLicence {
	licences := []assignedLicence{}
	for _, p := range u.Plans() {
		if !slices.ContainsFunc(licences, func(l assignedLicence) bool { return l.SKU == p.SKUID }) {
			licences = append(licences, assignedLicence{[]string{}, p.SKUID})
		}
	}
	return licences
}
