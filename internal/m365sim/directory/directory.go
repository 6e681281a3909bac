// Package directory holds the tenants at work, which every room reads: what the words of the fixture stand for, the changes that
// are made to them while everything runs, and the lockouts of accounts.
//
// A word of the fixture is a field (Tenant.DisplayName); what words have resolved to is a method (Tenant.Users, Group.Members).
// Where both have one name, the method stands in front.
package directory

import (
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"purser.example/internal/m365sim/fixture"
)

// ErrUnknown says that a call names something that the directory does not hold.
var ErrUnknown = errors.New("the simulator holds no such thing")

// Directory is every tenant that the simulator holds. Whoever reads holds it (see Hold); whoever changes it waits for readers.
type Directory struct {
	start    time.Time // what relative times count from, in a change too
	log      *slog.Logger
	lockouts lockouts

	mu      sync.RWMutex // guards what stands below, and all that it leads to
	tenants []*Tenant
	byID    map[string]*Tenant
	domains map[string]*Domain // of all tenants, by name in lower case
}

// New resolves a whole fixture. Relative times count from start; each change is noted in log. The error names every
// mistake of the fixture with its path.
func New(f fixture.Fixture, start time.Time, log *slog.Logger) (*Directory, error) {
	m := &fixture.Mistakes{Start: start}
	m.NotNegative("pageSize", f.PageSize)
	d := &Directory{start: start, log: log, byID: map[string]*Tenant{}, domains: map[string]*Domain{}}
	for i, ft := range f.Tenants {
		path := fmt.Sprintf("tenants[%d]", i)
		t := buildTenant(ft, path, m)
		t.buildSites(path, m)
		if d.byID[t.ID] != nil {
			m.Add(path+".id", "stands twice")
		}
		d.conflicts(t, path, m)
		d.put(t)
	}
	if err := m.Err(); err != nil {
		return nil, err
	}
	return d, nil
}

// Hold keeps the directory as it is until release is called, so that an answer is of one moment.
func (d *Directory) Hold() (release func()) {
	d.mu.RLock()
	return d.mu.RUnlock
}

// conflicts notes the domains of t that another tenant has already.
func (d *Directory) conflicts(t *Tenant, path string, m *fixture.Mistakes) {
	for _, dom := range t.domains {
		if taken := d.domains[dom.name]; taken != nil && taken.tenant.ID != t.ID {
			m.Add(path, "domain %s belongs to another tenant", dom.name)
		}
	}
}

// put adds a tenant, or puts it in the place of the one with its id.
func (d *Directory) put(t *Tenant) {
	old := d.byID[t.ID]
	if old == nil {
		d.tenants = append(d.tenants, t)
	} else {
		d.tenants[slices.Index(d.tenants, old)] = t
		d.forgetDomains(old)
	}
	d.byID[t.ID] = t
	d.knowDomains(t)
}

func (d *Directory) forgetDomains(t *Tenant) {
	for _, dom := range t.domains {
		delete(d.domains, dom.name)
	}
}

func (d *Directory) knowDomains(t *Tenant) {
	for _, dom := range t.domains {
		d.domains[dom.name] = dom
	}
}

// TenantByID finds a tenant by its id to the letter, as it stands in a token.
func (d *Directory) TenantByID(id string) *Tenant { return d.byID[id] }

// AllDomains are the domains of all tenants, in no order.
func (d *Directory) AllDomains() iter.Seq[*Domain] { return maps.Values(d.domains) }

// Tenant finds a tenant by id or by one of its domains.
func (d *Directory) Tenant(word string) *Tenant {
	word = strings.ToLower(word)
	if t := d.byID[word]; t != nil {
		return t
	}
	if dom := d.domains[word]; dom != nil {
		return dom.tenant
	}
	return nil
}

// DomainOf finds the domain of a username among all tenants, or nil.
func (d *Directory) DomainOf(upn string) *Domain {
	at := strings.LastIndexByte(upn, '@')
	if at < 1 {
		return nil
	}
	return d.domains[strings.ToLower(upn[at+1:])]
}

// user finds a user of any tenant by userPrincipalName or id.
func (d *Directory) user(key string) *User {
	for _, t := range d.tenants {
		if u := t.User(key); u != nil {
			return u
		}
	}
	return nil
}

// group finds a group of any tenant by id or mail address.
func (d *Directory) group(key string) *Group {
	for _, t := range d.tenants {
		if g := t.groupBy[strings.ToLower(key)]; g != nil {
			return g
		}
		if g := t.groupByNumber(key); g != nil {
			return g
		}
	}
	return nil
}
