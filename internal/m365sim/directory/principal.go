package directory

import (
	"slices"
	"strings"

	"purser.example/internal/m365sim/fixture"
	"purser.example/internal/m365sim/guid"
)

// How SharePoint's login names begin, by kind of principal (facts: users, members of Microsoft 365 groups, security groups with mail
// and without), and how the one of a group's owners ends.
const (
	userClaim     = "i:0#.f|membership|"
	groupClaim    = "c:0o.c|federateddirectoryclaimprovider|"
	securityClaim = "c:0t.c|tenant|"
	ownersMark    = "_o"
	everyone      = "c:0(.s|true"
	everyoneHere  = "c:0-.f|rolemanager|spo-grid-all-users/"
)

// Principal is somebody as SharePoint shows them.
type Principal struct {
	Login, Name, Email, UPN string
	Person                  bool // not a group
}

// LoginName is the name by which SharePoint knows a user or a group, given as people do or as SharePoint does. It answers false for
// what the directory does not hold, and for a distribution group, which can administer nothing.
func (t *Tenant) LoginName(word string) (string, bool) {
	if u := t.User(word); u != nil {
		return userClaim + strings.ToLower(u.UserPrincipalName), true
	}
	if g, _ := t.Group(word); g != nil {
		return claimOf(g)
	}
	p, ok := t.Principal(word)
	return p.Login, ok
}

func claimOf(g *Group) (string, bool) {
	switch g.Kind {
	case fixture.KindMicrosoft365:
		return groupClaim + g.ID, true
	case fixture.KindSecurity, fixture.KindMailEnabledSecurity:
		return securityClaim + g.ID, true
	}
	return "", false
}

// mustLoginName is LoginName for a fixture: a name that is one to the letter may be that of somebody who has gone.
func (t *Tenant) mustLoginName(word, path string, m *fixture.Mistakes) string {
	name, ok := t.LoginName(word)
	if !ok && !strings.HasPrefix(word, "i:0") && !strings.HasPrefix(word, "c:0") {
		m.Add(path, "%q is nobody who can administer a site", word)
	}
	if !ok {
		return word
	}
	return name
}

// Principal finds whom a login name stands for. A name of the wrong kind stands for nobody, as at SharePoint.
func (t *Tenant) Principal(login string) (Principal, bool) {
	login = strings.ToLower(login)
	switch upn, isUser := strings.CutPrefix(login, userClaim); {
	case isUser:
		if u := t.User(upn); u != nil && !guid.Valid(upn) {
			return Principal{Login: login, Name: u.DisplayName, Email: u.Mail(), UPN: u.UserPrincipalName, Person: true}, true
		}
		return Principal{Login: login, Name: upn}, false
	case login == everyone:
		return Principal{Login: login, Name: "Everyone"}, true
	case login == everyoneHere+t.ID:
		return Principal{Login: login, Name: "Everyone except external users"}, true
	}
	if g, owners := t.groupOf(login); g != nil {
		p := Principal{Login: login, Name: g.DisplayName, Email: g.Mail}
		if owners {
			p.Name += " Owners"
		}
		return p, true
	}
	if role, ok := roleFor(strings.TrimPrefix(login, securityClaim)); ok && strings.HasPrefix(login, securityClaim) && guid.Valid(strings.TrimPrefix(login, securityClaim)) {
		return Principal{Login: login, Name: role.Name}, true
	}
	return Principal{Login: login, Name: login}, false
}

// groupOf finds the group of a login name, and says whether its owners are meant.
func (t *Tenant) groupOf(login string) (g *Group, owners bool) {
	id, ofGroup := strings.CutPrefix(login, groupClaim)
	if ofGroup {
		id, owners = strings.CutSuffix(id, ownersMark)
	} else {
		id = strings.TrimPrefix(login, securityClaim)
	}
	if !guid.Valid(id) {
		return nil, false
	}
	g, _ = t.Group(id)
	if g == nil {
		return nil, false
	}
	if claim, ok := claimOf(g); !ok || claim != strings.TrimSuffix(login, ownersMark) {
		return nil, false
	}
	return g, owners
}

// Means says whether a login name stands for the user, alone or as one of a group.
func (t *Tenant) Means(login string, u *User) bool {
	login = strings.ToLower(login)
	if login == userClaim+strings.ToLower(u.UserPrincipalName) || login == everyone || login == everyoneHere+t.ID {
		return true
	}
	g, owners := t.groupOf(login)
	switch {
	case g == nil:
		role := strings.TrimPrefix(login, securityClaim)
		return slices.ContainsFunc(u.roles, func(r Role) bool { return r.ID == role })
	case owners:
		return slices.Contains(g.owners, u.ID)
	}
	return g.holds(u.ID, map[string]bool{})
}

// holds says whether the user is a member, directly or through a group within the group.
func (g *Group) holds(user string, seen map[string]bool) bool {
	if g.Has(user) {
		return true
	}
	seen[g.ID] = true
	return slices.ContainsFunc(g.MemberGroups(), func(inner *Group) bool { return !seen[inner.ID] && inner.holds(user, seen) })
}
