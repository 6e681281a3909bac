package pool_test

import (
	"testing"

	"purser.example/internal/account"
	"purser.example/internal/pool"
	"purser.example/internal/problem"
	"purser.example/internal/profile"
)

// R20: a pool uses a profile by its account, so that each of several profiles with one account is told of it, in whatever letters it
// stands; a name that holds the account's own is another account.
func TestAPoolUsesEveryProfileOfAnAccount(t *testing.T) {
	r := newRig(t, fixture(`, {"userPrincipalName": "xpool01@contoso.com", "displayName": "Another", "password": "`+marked+`"}`, ""))
	first, second, other := r.profile(t, "First", "pool01@contoso.com"), r.profile(t, "Second", "POOL01@contoso.com"), r.profile(t, "Other", "xpool01@contoso.com")
	used := func(p profile.Profile) []profile.Use {
		t.Helper()
		uses, err := r.Uses(ctx, adele, p)
		must(t, err)
		return uses
	}
	if got := used(first); len(got) != 0 {
		t.Errorf("used before any pool was saved: %v", got)
	}
	reading := r.validated(t, sites, "O'Brien & Co")
	r.save(t, r.change(t, reading.ID, nil))
	folders := pool.Key{Tenant: contoso, Class: pool.PublicFolders}
	r.save(t, pool.Change{Key: folders, Reading: r.validated(t, folders, "Inner").ID})
	want := []profile.Use{
		{Kind: pool.UseKind, ID: "sites", Name: "Sites, Mailboxes, Groups, and Teams"}, {Kind: pool.UseKind, ID: "public-folders", Name: "Exchange Public Folders"},
	}
	for _, p := range []profile.Profile{first, second} {
		if got := used(p); len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
			t.Errorf("%s is used by %v", p.Name, got)
		}
		if d, err := r.profiles.Details(ctx, adele, p.ID); err != nil || len(d.Uses) != 2 {
			t.Errorf("the details of %s tell of %v, %v", p.Name, d.Uses, err)
		}
	}
	if got := used(other); len(got) != 0 {
		t.Errorf("another account is used by %v", got)
	}
	if _, err := r.Uses(ctx, nobody, first); problem.KindOf(err) != problem.Forbidden {
		t.Errorf("somebody without the right is told %v", err)
	}
}

// R20, R46: a pool uses its members from the Save on, and those of the version in force until a scan brings another into force.
func TestAPoolUsesWhomItsVersionInForceHolds(t *testing.T) {
	r := newRig(t, fixture("", ""))
	p := r.profile(t, "First", "pool03@contoso.com")
	used := func() bool {
		t.Helper()
		uses, err := r.Uses(ctx, adele, p)
		must(t, err)
		return len(uses) == 1
	}
	force := func() {
		t.Helper()
		_, err := r.BringIntoForce(ctx, sites, account.Stamp{At: r.clock.Now(), By: "Scan Nightly"}, aScan)
		must(t, err)
	}
	r.save(t, r.change(t, r.validated(t, sites, "Inner").ID, nil))
	if !used() {
		t.Error("a member as saved is not told of")
	}
	force()
	r.save(t, r.change(t, r.validated(t, sites, "O'Brien & Co").ID, nil))
	if !used() {
		t.Error("a member of the version in force is not told of")
	}
	force()
	if used() {
		t.Error("a former member is told of")
	}
}
