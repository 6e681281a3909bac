package m365sim

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// buildTenant resolves a tenant of a fixture, noting what is wrong with it under path.
func buildTenant(f Tenant, path string, m *mistakes) *tenant {
	users, groups := f.Users, f.Groups
	f.Users, f.Groups = nil, nil
	t := &tenant{Tenant: f}
	t.buildSettings(path, m)
	t.buildUsers(users, path, m)
	t.buildGroups(groups, path, m)
	t.generate(path+".generate", m)
	return t
}

// buildSettings resolves everything but users and groups, so that a change of a setting leaves 20,000 users alone.
func (t *tenant) buildSettings(path string, m *mistakes) {
	t.ID = m.guid(path+".id", t.ID)
	if t.cloud = cloudNamed(t.Cloud); t.cloud == nil {
		t.cloud = &clouds[0]
		m.add(path+".cloud", "must be one of worldwide, gcc, gccHigh, dod, china")
	}
	m.notNegative(path+".latencyMs", t.LatencyMs)
	t.Throttle.check(path+".throttle", m)
	t.latency = time.Duration(t.LatencyMs) * time.Millisecond
	t.buildDomains(path, m)
	t.apps = make(map[string]*app, len(t.Apps))
	for i, f := range t.Apps {
		at := fmt.Sprintf("%s.apps[%d]", path, i)
		a := t.newApp(f, at, m)
		if t.apps[a.AppID] != nil {
			m.add(at+".appId", "stands twice")
		}
		t.apps[a.AppID] = a
	}
	t.Policies = slices.Clone(t.Policies) // the caller's fixture stays as it is
	for i := range t.Policies {
		p, at := &t.Policies[i], fmt.Sprintf("%s.policies[%d]", path, i)
		p.ID = m.guid(at+".id", p.ID, "policy", t.ID, p.DisplayName)
		p.State = m.oneOf(at+".state", p.State, "enabled", "disabled", "enabledForReportingButNotEnforced")
	}
	if t.DisplayName == "" {
		t.DisplayName, _, _ = strings.Cut(t.InitialDomain, ".")
	}
}

func (t *tenant) buildDomains(path string, m *mistakes) {
	if !isDomainName(t.InitialDomain) {
		m.add(path+".initialDomain", "must be a domain such as contoso.onmicrosoft.com")
	}
	t.domains = nil
	for i, f := range t.Domains {
		at := fmt.Sprintf("%s.domains[%d]", path, i)
		if !isDomainName(f.ID) {
			m.add(at+".id", "must be a domain such as contoso.com")
		}
		if t.domain(f.ID) != nil {
			m.add(at+".id", "stands twice")
		}
		f.AuthenticationType = m.oneOf(at+".authenticationType", f.AuthenticationType, "Managed", "Federated")
		t.addDomain(f)
	}
	if t.domain(t.InitialDomain) == nil {
		t.addDomain(Domain{ID: t.InitialDomain})
	}
}

// addDomain adds a domain. One that is not listed is Managed, its passwords never expire.
func (t *tenant) addDomain(f Domain) *domain {
	if f.AuthenticationType == "" {
		f.AuthenticationType = "Managed"
		f.PasswordValidityPeriodInDays, f.PasswordNotificationWindowInDays = new(never), new(14)
	}
	d := &domain{Domain: f, name: strings.ToLower(f.ID), initial: strings.EqualFold(f.ID, t.InitialDomain), tenant: t}
	t.domains = append(t.domains, d)
	return d
}

func (t *tenant) buildUsers(users []User, path string, m *mistakes) {
	t.userBy = make(map[string]*user, 2*len(users))
	for i, f := range users {
		at := fmt.Sprintf("%s.users[%d]", path, i)
		if !t.checkUPN(f.UserPrincipalName, at+".userPrincipalName", m) {
			continue
		}
		t.insert(t.newUser(f, at, m), at, m)
	}
}

// checkUPN notes a username that has no domain, and adds a domain that no other key has named.
func (t *tenant) checkUPN(upn, path string, m *mistakes) bool {
	name, host, ok := strings.Cut(upn, "@")
	if !ok || name == "" || !isDomainName(host) {
		m.add(path, "must be a username such as svc@contoso.com")
		return false
	}
	if t.domain(host) == nil {
		t.addDomain(Domain{ID: host})
	}
	return true
}

func (t *tenant) insert(u *user, path string, m *mistakes) {
	upn := strings.ToLower(u.UserPrincipalName)
	if t.userBy[upn] != nil || t.userBy[u.ID] != nil {
		m.add(path, "another user has this userPrincipalName or id")
		return
	}
	t.userBy[upn], t.userBy[u.ID] = u, u
	t.users = append(t.users, u)
}

func (t *tenant) buildGroups(groups []Group, path string, m *mistakes) {
	t.groupBy = make(map[string]*group, 2*len(groups))
	for i, f := range groups {
		at := fmt.Sprintf("%s.groups[%d]", path, i)
		t.insertGroup(t.newGroup(f, at, m), at, m)
	}
	for i, g := range t.groups {
		g.link(fmt.Sprintf("%s.groups[%d]", path, i), m)
	}
}

func (t *tenant) insertGroup(g *group, path string, m *mistakes) {
	mail := strings.ToLower(g.Mail)
	if t.groupBy[g.ID] != nil || mail != "" && t.groupBy[mail] != nil {
		m.add(path, "another group has this mail address or id")
	}
	t.groupBy[g.ID] = g
	if mail != "" {
		t.groupBy[mail] = g
	}
	t.groups = append(t.groups, g)
}

// isDomainName says whether s has the form of a DNS name with a dot. Letters beyond ASCII come as punycode.
func isDomainName(s string) bool {
	if len(s) > 253 || !strings.Contains(s, ".") {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || strings.Trim(label, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != "" {
			return false
		}
	}
	return true
}
