package m365sim

import (
	"strings"
	"time"

	"purser.example/internal/m365sim/cloud"
	"purser.example/internal/m365sim/fixture"
	"purser.example/internal/m365sim/guid"
)

// tenant is a tenant at work: the fixture's words, resolved. Its lists are the order in which Graph answers.
type tenant struct {
	fixture.Tenant // without its users and groups, which stand below

	cloud   *cloud.Cloud
	latency time.Duration
	domains []*domain
	apps    map[string]*app // by app id
	users   []*user
	userBy  map[string]*user // by id, and by userPrincipalName in lower case
	groups  []*group
	groupBy map[string]*group // by id, and by mail address in lower case
}

// Where a word of the fixture and one of these share a name, this is what the word has resolved to.

func (t *tenant) Cloud() *cloud.Cloud    { return t.cloud }
func (t *tenant) Latency() time.Duration { return t.latency }
func (t *tenant) Domains() []*domain     { return t.domains }
func (t *tenant) Users() []*user         { return t.users }
func (t *tenant) Groups() []*group       { return t.groups }

// app finds an app by its id, or nil.
func (t *tenant) app(id string) *app { return t.apps[id] }

// domain is a verified domain of a tenant.
type domain struct {
	fixture.Domain
	name    string // in lower case
	initial bool
	tenant  *tenant
}

// Name is the domain's in lower case.
func (d *domain) Name() string { return d.name }

// Initial says whether it is the tenant's first, which every tenant has.
func (d *domain) Initial() bool   { return d.initial }
func (d *domain) Tenant() *tenant { return d.tenant }

func (d *domain) federated() bool { return d.AuthenticationType == "Federated" }

// never is Microsoft's passwordValidityPeriodInDays for passwords that do not expire.
const never = 2147483647

// validityDays is how long a password of the domain is good for; null means 90 days (Graph's domain resource).
func (d *domain) validityDays() int {
	if d.PasswordValidityPeriodInDays == nil {
		return 90
	}
	return *d.PasswordValidityPeriodInDays
}

// domainOf finds the domain of a username, or nil.
func (t *tenant) domainOf(upn string) *domain {
	return t.domain(upn[strings.LastIndexByte(upn, '@')+1:])
}

func (t *tenant) domain(name string) *domain {
	for _, d := range t.domains {
		if strings.EqualFold(d.name, name) {
			return d
		}
	}
	return nil
}

// root is the domain whose password policy counts for d: the topmost listed domain above it, or d itself.
func (t *tenant) root(d *domain) *domain {
	best := d
	for _, other := range t.domains {
		if strings.HasSuffix(d.name, "."+other.name) && (best == d || len(other.name) < len(best.name)) {
			best = other
		}
	}
	return best
}

// user finds a user by id or userPrincipalName in any case.
func (t *tenant) user(key string) *user { return t.userBy[strings.ToLower(key)] }

// policy finds a conditional access policy by id or name, or nil.
func (t *tenant) policy(word string) *fixture.Policy {
	for i, p := range t.Policies {
		if strings.EqualFold(p.ID, word) || p.DisplayName == word {
			return &t.Policies[i]
		}
	}
	return nil
}

// enforced answers the first policy that is switched on, or nil.
func (t *tenant) enforced() *fixture.Policy {
	for i, p := range t.Policies {
		if p.State == "enabled" {
			return &t.Policies[i]
		}
	}
	return nil
}

// policyID is the id of the policy of that name, or else of the first one in force, or else of one that nobody can look up.
func (t *tenant) policyID(word string) string {
	p := t.policy(word)
	if p == nil {
		p = t.enforced()
	}
	if p == nil {
		return guid.Derived("policy", t.ID)
	}
	return p.ID
}
