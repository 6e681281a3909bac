package m365sim

import (
	"slices"
	"strings"
	"time"
)

func (u *user) objectID() string { return u.ID }
func (u *user) kind() *kind      { return userKind }

// userKind lists the properties of microsoft.graph.user that the simulator knows (Graph v1.0 metadata, August 2026).
var userKind = newKind("microsoft.graph.user", "users",
	prop("id", basic, func(u *user) any { return u.ID }),
	prop("businessPhones", byDefault, func(*user) any { return []string{} }),
	prop("displayName", basic, func(u *user) any { return textOrNull(u.DisplayName) }),
	prop("givenName", basic, func(*user) any { return nil }),
	prop("jobTitle", byDefault, func(*user) any { return nil }),
	prop("mail", basic, func(u *user) any { return u.mail() }),
	prop("mobilePhone", byDefault, func(*user) any { return nil }),
	prop("officeLocation", byDefault, func(*user) any { return nil }),
	prop("preferredLanguage", byDefault, func(*user) any { return nil }),
	prop("surname", basic, func(*user) any { return nil }),
	prop("userPrincipalName", basic, func(u *user) any { return u.UserPrincipalName }),
	prop("accountEnabled", onSelect, func(u *user) any { return u.enabled() }),
	prop("userType", onSelect, func(u *user) any { return u.UserType }),
	prop("createdDateTime", onSelect, func(*user) any { return nil }),
	prop("mailNickname", onSelect, func(u *user) any { return nickname(u.UserPrincipalName) }),
	prop("lastPasswordChangeDateTime", onSelect, func(u *user) any { return timeOrNull(u.changed) }),
	prop("passwordPolicies", onSelect, func(u *user) any { return textOrNull(u.PasswordPolicies) }),
	prop("onPremisesSyncEnabled", onSelect, func(u *user) any { return u.OnPremisesSyncEnabled }),
	prop("onPremisesImmutableId", onSelect, func(*user) any { return nil }),
	prop("usageLocation", onSelect, func(*user) any { return "CH" }),
	prop("signInSessionsValidFromDateTime", onSelect, func(u *user) any { return timeOrNull(u.changed) }),
	prop("assignedLicenses", onSelect, func(u *user) any { return u.assignedLicences() }),
	prop("assignedPlans", onSelect, func(u *user) any { return u.assignedPlans() }),
	prop("proxyAddresses", onSelect, func(u *user) any { return u.proxyAddresses() }),
)

// proxyAddresses is never null in Graph: without a mailbox it is empty.
func (u *user) proxyAddresses() []string {
	if mail, ok := u.mail().(string); ok {
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
func (g *graphCall) me() answer {
	u := g.tenant.user(g.caller.userID)
	if u == nil {
		return missing(g.caller.userID).answer(g.call)
	}
	return g.one(u)
}

// oneUser answers a user by id or userPrincipalName. Everybody may read themselves.
func (g *graphCall) oneUser() answer {
	u, failure := g.reachUser("User.ReadBasic.All")
	if failure != nil {
		return failure.answer(g.call)
	}
	return g.one(u)
}

// reachUser finds the user of the address. A signed-in user who lacks the permissions may reach themselves with User.Read.
func (g *graphCall) reachUser(permissions ...string) (*user, *graphFailure) {
	u := g.tenant.user(g.path[1])
	self := u != nil && u.ID == g.caller.userID && g.caller.may.Any("User.Read")
	switch {
	case !self && !g.caller.may.Any(permissions...):
		return nil, forbidden()
	case u == nil:
		return nil, missing(g.path[1])
	}
	return u, nil
}

func (g *graphCall) listUsers() answer { return g.page(collection{objects: g.users(), kind: userKind}) }

func (g *graphCall) countUsers() answer {
	return g.counted(collection{objects: g.users(), kind: userKind})
}

func (g *graphCall) users() []object { return objects(g.tenant.users) }

// objects changes the type of a list.
func objects[T object](list []T) []object {
	out := make([]object, len(list))
	for i, o := range list {
		out[i] = o
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

func (u *user) assignedPlans() []assignedPlan {
	plans := make([]assignedPlan, 0, len(u.plans))
	for _, p := range u.plans {
		plans = append(plans, assignedPlan{"2026-01-02T03:04:05Z", "Enabled", p.service, p.id})
	}
	return plans
}

// assignedLicence is one entry of assignedLicenses.
type assignedLicence struct {
	Disabled []string `json:"disabledPlans"`
	SKU      string   `json:"skuId"`
}

func (u *user) assignedLicences() []assignedLicence {
	licences := []assignedLicence{}
	for _, p := range u.plans {
		if !slices.ContainsFunc(licences, func(l assignedLicence) bool { return l.SKU == p.skuID }) {
			licences = append(licences, assignedLicence{[]string{}, p.skuID})
		}
	}
	return licences
}
