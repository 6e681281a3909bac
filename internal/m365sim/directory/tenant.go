package directory

import (
	"maps"
	"slices"
	"strings"
	"time"

	"purser.example/internal/m365sim/cloud"
	"purser.example/internal/m365sim/fixture"
	"purser.example/internal/m365sim/guid"
)

// Tenant is a tenant at work: the fixture's words, resolved. Its lists are the order in which Graph answers.
type Tenant struct {
	fixture.Tenant // without its users and groups, which stand below

	cloud   *cloud.Cloud
	latency time.Duration
	domains []*Domain
	apps    map[string]*App // by app id
	users   []*User
	userBy  map[string]*User // by id, and by userPrincipalName in lower case
	groups  []*Group
	groupBy map[string]*Group // by id, and by mail address in lower case
	sites   *sites

	numbered *numbered
	terms    *termStore
}

// Cloud is where the tenant lives.
func (t *Tenant) Cloud() *cloud.Cloud { return t.cloud }

// Latency is how long each answer about the tenant takes at least.
func (t *Tenant) Latency() time.Duration { return t.latency }

// Domains are the verified domains, the initial one included.
func (t *Tenant) Domains() []*Domain { return t.domains }

// App finds an app by its id, or nil.
func (t *Tenant) App(id string) *App { return t.apps[id] }

// Registrations are all apps of the tenant, by their ids.
func (t *Tenant) Registrations() []*App {
	list := slices.Collect(maps.Values(t.apps))
	slices.SortFunc(list, func(a, b *App) int { return strings.Compare(a.AppID, b.AppID) })
	return list
}

// Domain is a verified domain of a tenant.
type Domain struct {
	fixture.Domain
	name    string // in lower case
	initial bool
	tenant  *Tenant
}

// Name is the domain's in lower case.
func (d *Domain) Name() string { return d.name }

// Initial says whether it is the tenant's first, which every tenant has.
func (d *Domain) Initial() bool { return d.initial }

// Tenant is whose it is.
func (d *Domain) Tenant() *Tenant { return d.tenant }

// Federated says whether passwords of the domain are checked by a federation server.
func (d *Domain) Federated() bool { return d.AuthenticationType == "Federated" }

// never is Microsoft's passwordValidityPeriodInDays for passwords that do not expire.
const never = 2147483647

// validityDays is how long a password of the domain is good for; null means 90 days (Graph's domain resource).
func (d *Domain) validityDays() int {
	if d.PasswordValidityPeriodInDays == nil {
		return 90
	}
	return *d.PasswordValidityPeriodInDays
}

// domainOf finds the domain of a username, or nil.
func (t *Tenant) domainOf(upn string) *Domain {
	return t.Domain(upn[strings.LastIndexByte(upn, '@')+1:])
}

// Domain finds a domain by its name, or nil.
func (t *Tenant) Domain(name string) *Domain {
	for _, d := range t.domains {
		if strings.EqualFold(d.name, name) {
			return d
		}
	}
	return nil
}

// Root is the domain whose password policy counts for d: the topmost listed domain above it, or d itself.
func (t *Tenant) Root(d *Domain) *Domain {
	best := d
	for _, other := range t.domains {
		if strings.HasSuffix(d.name, "."+other.name) && (best == d || len(other.name) < len(best.name)) {
			best = other
		}
	}
	return best
}

// User finds a user by id or userPrincipalName in any case.
func (t *Tenant) User(key string) *User {
	key = strings.ToLower(key)
	if u := t.userBy[key]; u != nil || t.numbered == nil {
		return u
	}
	return t.userByNumber(key)
}

// policy finds a conditional access policy by id or name, or nil.
func (t *Tenant) policy(word string) *fixture.Policy {
	for i, p := range t.Policies {
		if strings.EqualFold(p.ID, word) || p.DisplayName == word {
			return &t.Policies[i]
		}
	}
	return nil
}

// Enforced answers the first policy that is switched on, or nil.
func (t *Tenant) Enforced() *fixture.Policy {
	for i, p := range t.Policies {
		if p.State == "enabled" {
			return &t.Policies[i]
		}
	}
	return nil
}

// PolicyID is the id of the policy of that name, or else of the first one in force, or else of one that nobody can look up.
func (t *Tenant) PolicyID(word string) string {
	p := t.policy(word)
	if p == nil {
		p = t.Enforced()
	}
	if p == nil {
		return guid.Derived("policy", t.ID)
	}
	return p.ID
}
