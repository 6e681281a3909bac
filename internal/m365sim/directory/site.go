package directory

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"purser.example/internal/m365sim/fixture"
	"purser.example/internal/m365sim/guid"
)

// Site is a site collection as it was when it was read. Its administrators are login names, as SharePoint knows everybody.
type Site struct {
	fixture.Site
	tenant *Tenant
	number int // its place among the tenant's
	users  []string
}

// Host is where the site is: OneDrives have a host of their own.
func (s Site) Host() string {
	if s.Personal {
		return s.tenant.OneDriveHost()
	}
	return s.tenant.SharePointHost()
}

// URL is the address of the site.
func (s Site) URL() string { return strings.TrimSuffix("https://"+s.Host()+"/"+s.Path, "/") }

// WebID is the id of the site's topmost web.
func (s Site) WebID() string { return guid.Derived("web", s.ID) }

// GroupID is the id of the group whose site it is, or empty.
func (s Site) GroupID() string {
	if s.Group == "" {
		return ""
	}
	g, _ := s.tenant.Group(s.Group)
	if g == nil {
		return ""
	}
	return g.ID
}

// AllAdministrators are the login names of the owner and of the other administrators, each once.
func (s Site) AllAdministrators() []string {
	all := []string{s.Owner}
	for _, name := range s.Administrators {
		if !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}

// Users are the login names of everybody whom the site knows, administrators first.
func (s Site) Users() []string {
	all := s.AllAdministrators()
	for _, name := range s.users {
		if !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}

// The sites that are made by number: what they are called. Those who ask for them know them by nothing else.
const (
	generatedSite    = "sites/site%05d"
	generatedProject = "sites/pwa%05d"
	personalFolder   = "personal/"
	nobody           = "owner"
)

// generatedWords are the words of the site of that place, which comes after those that the fixture lists.
func (s *sites) generatedWords(t *Tenant, number int) fixture.Site {
	id, n := guid.Numbered(number, "site collection", t.ID), number-len(s.listed)
	owner := userClaim + nobody + "@" + strings.ToLower(t.InitialDomain)
	switch {
	case n < min(s.plain, t.numbered.groups):
		group := guid.Numbered(n, "group", t.ID)
		return fixture.Site{
			ID: id, Path: fmt.Sprintf(generatedSite, n+1), Title: fmt.Sprintf("Site %05d", n+1), Template: "GROUP#0",
			Group: group, Owner: groupClaim + group + ownersMark,
		}
	case n < s.plain:
		return fixture.Site{ID: id, Path: fmt.Sprintf(generatedSite, n+1), Title: fmt.Sprintf("Site %05d", n+1), Template: "STS#3", Owner: owner}
	case n < s.plain+s.projects:
		n -= s.plain
		return fixture.Site{ID: id, Path: fmt.Sprintf(generatedProject, n+1), Title: fmt.Sprintf("Project %05d", n+1), Template: "PWA#0", Owner: owner}
	}
	upn := strings.ToLower(fmt.Sprintf(s.ownerPattern, n-s.plain-s.projects+s.firstOwner))
	name, _, _ := strings.Cut(upn, "@")
	return fixture.Site{ID: id, Path: personalPath(upn), Title: name, Template: "SPSPERS#10", Personal: true, Owner: userClaim + upn}
}

// generatedAt finds the place of a site that is made by number, by its path in lower case.
func (s *sites) generatedAt(t *Tenant, path string, personal bool) (int, bool) {
	first := len(s.listed)
	for _, kind := range []struct {
		pattern  string
		personal bool
		before   int // how many stand before the first of the kind, less the number that it has
	}{
		{generatedSite, false, first - 1},
		{generatedProject, false, first + s.plain - 1},
		{personalPath(s.ownerPattern), true, first + s.plain + s.projects - s.firstOwner},
	} {
		n, ok := numberIn(kind.pattern, path)
		if at := n + kind.before; ok && kind.personal == personal && at >= first && at < s.places() && s.generatedWords(t, at).Path == path {
			return at, true
		}
	}
	return 0, false
}

// numberIn reads the number that stands for the one verb of a pattern.
func numberIn(pattern, text string) (int, bool) {
	before, rest, _ := strings.Cut(pattern, "%")
	_, after, _ := strings.Cut(rest, "d")
	text, begins := strings.CutPrefix(text, before)
	text, ends := strings.CutSuffix(text, after)
	n, err := strconv.Atoi(text)
	return n, begins && ends && err == nil
}

// personalPath is where the OneDrive of a user is.
func personalPath(upn string) string {
	return personalFolder + strings.NewReplacer("@", "_", ".", "_").Replace(strings.ToLower(upn))
}
