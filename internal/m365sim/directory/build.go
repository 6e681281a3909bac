package directory

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"purser.example/internal/m365sim/cloud"
	"purser.example/internal/m365sim/fixture"
)

// buildTenant resolves a tenant of a fixture but for its sites, noting what is wrong with it under path.
func buildTenant(f fixture.Tenant, path string, m *fixture.Mistakes) *Tenant {
	users, groups := f.Users, f.Groups
	f.Users, f.Groups = nil, nil
	t := &Tenant{Tenant: f}
	t.buildSettings(path, m)
	t.buildUsers(users, path, m)
	t.buildGroups(groups, path, m)
	t.generate(path+".generate", m)
	t.buildNumbered(path, m)
	t.buildTermStore(path, m)
	return t
}

// buildSettings resolves everything but users and groups, so that a change of a setting leaves 20,000 users alone.
func (t *Tenant) buildSettings(path string, m *fixture.Mistakes) {
	t.ID = m.GUID(path+".id", t.ID)
	if t.cloud = cloud.Named(t.Tenant.Cloud); t.cloud == nil {
		t.cloud = cloud.Worldwide()
		m.Add(path+".cloud", "must be one of worldwide, gcc, gccHigh, dod, china")
	}
	m.NotNegative(path+".latencyMs", t.LatencyMs)
	m.NotNegative(path+".signInLogDelayMs", t.SignInLogDelayMs)
	t.Throttle.Check(path+".throttle", m)
	t.latency = time.Duration(t.LatencyMs) * time.Millisecond
	t.buildDomains(path, m)
	if t.SharePoint != nil && strings.ContainsAny(t.SharePoint.Host, "./: ") {
		m.Add(path+".sharePoint.host", "must be a name such as contoso")
	}
	t.apps = make(map[string]*App, len(t.Apps))
	for i, f := range t.Apps {
		at := fmt.Sprintf("%s.apps[%d]", path, i)
		a := t.newApp(f, at, m)
		if t.apps[a.AppID] != nil {
			m.Add(at+".appId", "stands twice")
		}
		t.apps[a.AppID] = a
	}
	t.Policies = slices.Clone(t.Policies) // the caller's fixture stays as it is
	for i := range t.Policies {
		p, at := &t.Policies[i], fmt.Sprintf("%s.policies[%d]", path, i)
		p.ID = m.GUID(at+".id", p.ID, "policy", t.ID, p.DisplayName)
		p.State = m.OneOf(at+".state", p.State, "enabled", "disabled", "enabledForReportingButNotEnforced")
	}
	if t.DisplayName == "" {
		t.DisplayName, _, _ = strings.Cut(t.InitialDomain, ".")
	}
}

func (t *Tenant) buildDomains(path string, m *fixture.Mistakes) {
	if !isDomainName(t.InitialDomain) {
		m.Add(path+".initialDomain", "must be a domain such as contoso.onmicrosoft.com")
	}
	t.domains = nil
	for i, f := range t.Tenant.Domains {
		at := fmt.Sprintf("%s.domains[%d]", path, i)
		if !isDomainName(f.ID) {
			m.Add(at+".id", "must be a domain such as contoso.com")
		}
		if t.Domain(f.ID) != nil {
			m.Add(at+".id", "stands twice")
		}
		f.AuthenticationType = m.OneOf(at+".authenticationType", f.AuthenticationType, "Managed", "Federated")
		t.addDomain(f)
	}
	if t.Domain(t.InitialDomain) == nil {
		t.addDomain(fixture.Domain{ID: t.InitialDomain})
	}
}

// addDomain adds a domain. One that is not listed is Managed, its passwords never expire.
func (t *Tenant) addDomain(f fixture.Domain) *Domain {
	if f.AuthenticationType == "" {
		f.AuthenticationType = "Managed"
		f.PasswordValidityPeriodInDays, f.PasswordNotificationWindowInDays = new(never), new(14)
	}
	d := &Domain{Domain: f, name: strings.ToLower(f.ID), initial: strings.EqualFold(f.ID, t.InitialDomain), tenant: t}
	t.domains = append(t.domains, d)
	return d
}

func (t *Tenant) buildUsers(users []fixture.User, path string, m *fixture.Mistakes) {
	t.userBy = make(map[string]*User, 2*len(users))
	for i, f := range users {
		at := fmt.Sprintf("%s.users[%d]", path, i)
		if !t.checkUPN(f.UserPrincipalName, at+".userPrincipalName", m) {
			continue
		}
		t.insert(t.newUser(f, at, m), at, m)
	}
}

// checkUPN notes a username that has no domain, and adds a domain that no other key has named.
func (t *Tenant) checkUPN(upn, path string, m *fixture.Mistakes) bool {
	name, host, ok := strings.Cut(upn, "@")
	if !ok || name == "" || !isDomainName(host) {
		m.Add(path, "must be a username such as svc@contoso.com")
		return false
	}
	if t.Domain(host) == nil {
		t.addDomain(fixture.Domain{ID: host})
	}
	return true
}

func (t *Tenant) insert(u *User, path string, m *fixture.Mistakes) {
	upn := strings.ToLower(u.UserPrincipalName)
	if t.userBy[upn] != nil || t.userBy[u.ID] != nil {
		m.Add(path, "another user has this userPrincipalName or id")
		return
	}
	t.userBy[upn], t.userBy[u.ID] = u, u
	t.users = append(t.users, u)
}

func (t *Tenant) buildGroups(groups []fixture.Group, path string, m *fixture.Mistakes) {
	t.groupBy = make(map[string]*Group, 2*len(groups))
	for i, f := range groups {
		at := fmt.Sprintf("%s.groups[%d]", path, i)
		t.insertGroup(t.newGroup(f, at, m), at, m)
	}
	for i, g := range t.groups {
		g.link(fmt.Sprintf("%s.groups[%d]", path, i), m)
	}
}

func (t *Tenant) insertGroup(g *Group, path string, m *fixture.Mistakes) {
	mail := strings.ToLower(g.Mail)
	if t.groupBy[g.ID] != nil || mail != "" && t.groupBy[mail] != nil {
		m.Add(path, "another group has this mail address or id")
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
