package directory

import (
	"slices"
	"strings"

	"purser.example/internal/m365sim/fixture"
	"purser.example/internal/m365sim/strictjson"
)

// PatchUser changes fields of the user with that userPrincipalName or id, given as JSON with the fixture's keys. A new
// password ends a lockout.
func (d *Directory) PatchUser(key string, patch []byte) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	u := d.user(key)
	if u == nil {
		return ErrUnknown
	}
	var f fixture.User
	// A refusal is one thing: the policy of the one before must not stay with the code of the next.
	if err := strictjson.Merge(u.User, patch, &f, "signInError"); err != nil {
		return err
	}
	next, err := d.renew(u, f)
	if err != nil {
		return err
	}
	t := u.tenant
	if next.Password != u.Password {
		d.lockouts.clear(u.ID)
	}
	t.swap(u, next)
	d.log.Info("user changed", "tenant", t.ID, "user", u.ID)
	return nil
}

// renew resolves the new words for u. It changes nothing but the tenant's domains, where u moves to one not listed.
func (d *Directory) renew(u *User, f fixture.User) (*User, error) {
	m, t := &fixture.Mistakes{Start: d.start}, u.tenant
	before := t.domains
	if !t.checkUPN(f.UserPrincipalName, "userPrincipalName", m) {
		return nil, m.Err()
	}
	d.conflicts(t, "userPrincipalName", m)
	next := t.newUser(f, "user", m)
	if other := t.User(f.UserPrincipalName); other != nil && other.ID != u.ID {
		m.Add("userPrincipalName", "another user has it")
	}
	if next.ID != u.ID {
		m.Add("id", "cannot change")
	}
	if err := m.Err(); err != nil {
		t.domains = before
		return nil, err
	}
	d.knowDomains(t)
	return next, nil
}

// swap puts next in the place of old. From now on it is kept, even one that is made by number.
func (t *Tenant) swap(old, next *User) {
	delete(t.userBy, strings.ToLower(old.UserPrincipalName))
	t.userBy[strings.ToLower(next.UserPrincipalName)], t.userBy[next.ID] = next, next
	if next.number = old.number; next.number > 0 {
		t.numbered.people[next.number-1] = next
		return
	}
	t.users[slices.Index(t.users, old)] = next
}

// DeleteUser removes the user with that userPrincipalName or id, from every group too.
func (d *Directory) DeleteUser(key string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	u := d.user(key)
	if u == nil {
		return ErrUnknown
	}
	t := u.tenant
	delete(t.userBy, u.ID)
	delete(t.userBy, strings.ToLower(u.UserPrincipalName))
	if u.number > 0 {
		t.numbered.people[u.number-1] = nil
	}
	t.users = slices.DeleteFunc(t.users, func(other *User) bool { return other == u })
	for g := range t.keptGroups() {
		g.drop(u.ID)
	}
	d.lockouts.clear(u.ID)
	d.log.Info("user removed", "tenant", t.ID, "user", u.ID)
	return nil
}
