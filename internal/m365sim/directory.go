package m365sim

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

// errUnknown says that a call names something that the directory does not hold.
var errUnknown = errors.New("the simulator holds no such thing")

// directory is every tenant that the simulator holds. Whoever reads holds it (see hold); whoever changes it waits for readers.
type directory struct {
	start    time.Time // what relative times count from, in a change too
	log      *slog.Logger
	lockouts lockouts

	mu      sync.RWMutex // guards what stands below, and all that it leads to
	tenants []*tenant
	byID    map[string]*tenant
	domains map[string]*domain // of all tenants, by name in lower case
}

// newDirectory resolves a whole fixture. Relative times count from start; each change is noted in log. The error names every
// mistake of the fixture with its path.
func newDirectory(f fixture.Fixture, start time.Time, log *slog.Logger) (*directory, error) {
	m := &fixture.Mistakes{Start: start}
	m.NotNegative("pageSize", f.PageSize)
	d := &directory{start: start, log: log, byID: map[string]*tenant{}, domains: map[string]*domain{}}
	for i, ft := range f.Tenants {
		path := fmt.Sprintf("tenants[%d]", i)
		t := buildTenant(ft, path, m)
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

// hold keeps the directory as it is until release is called, so that an answer is of one moment.
func (d *directory) hold() (release func()) {
	d.mu.RLock()
	return d.mu.RUnlock
}

// conflicts notes the domains of t that another tenant has already.
func (d *directory) conflicts(t *tenant, path string, m *fixture.Mistakes) {
	for _, dom := range t.domains {
		if taken := d.domains[dom.name]; taken != nil && taken.tenant.ID != t.ID {
			m.Add(path, "domain %s belongs to another tenant", dom.name)
		}
	}
}

// put adds a tenant, or puts it in the place of the one with its id.
func (d *directory) put(t *tenant) {
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

func (d *directory) forgetDomains(t *tenant) {
	for _, dom := range t.domains {
		delete(d.domains, dom.name)
	}
}

func (d *directory) knowDomains(t *tenant) {
	for _, dom := range t.domains {
		d.domains[dom.name] = dom
	}
}

// tenantByID finds a tenant by its id to the letter, as it stands in a token.
func (d *directory) tenantByID(id string) *tenant { return d.byID[id] }

// allDomains are the domains of all tenants, in no order.
func (d *directory) allDomains() iter.Seq[*domain] { return maps.Values(d.domains) }

// tenant finds a tenant by id or by one of its domains.
func (d *directory) tenant(word string) *tenant {
	word = strings.ToLower(word)
	if t := d.byID[word]; t != nil {
		return t
	}
	if dom := d.domains[word]; dom != nil {
		return dom.tenant
	}
	return nil
}

// domainOf finds the domain of a username among all tenants, or nil.
func (d *directory) domainOf(upn string) *domain {
	at := strings.LastIndexByte(upn, '@')
	if at < 1 {
		return nil
	}
	return d.domains[strings.ToLower(upn[at+1:])]
}

// user finds a user of any tenant by userPrincipalName or id.
func (d *directory) user(key string) *user {
	for _, t := range d.tenants {
		if u := t.user(key); u != nil {
			return u
		}
	}
	return nil
}

// group finds a group of any tenant by id or mail address.
func (d *directory) group(key string) *group {
	for _, t := range d.tenants {
		if g := t.groupBy[strings.ToLower(key)]; g != nil {
			return g
		}
	}
	return nil
}
