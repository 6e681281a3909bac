package m365sim

import (
	"fmt"
	"slices"
	"strings"

	"purser.example/internal/m365sim/fixture"
)

// directory is every tenant that the simulator holds. The Simulator's lock guards it.
type directory struct {
	tenants []*tenant
	byID    map[string]*tenant
	domains map[string]*domain // of all tenants, by name in lower case
}

// buildDirectory resolves a whole fixture.
func buildDirectory(f fixture.Fixture, m *fixture.Mistakes) *directory {
	d := &directory{byID: map[string]*tenant{}, domains: map[string]*domain{}}
	for i, ft := range f.Tenants {
		path := fmt.Sprintf("tenants[%d]", i)
		t := buildTenant(ft, path, m)
		if d.byID[t.ID] != nil {
			m.Add(path+".id", "stands twice")
		}
		d.conflicts(t, path, m)
		d.put(t)
	}
	return d
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
