package directory

import (
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"testing"
	"time"

	"purser.example/internal/m365sim/fixture"
)

func mustHold(t *testing.T, f fixture.Tenant) (*Directory, *Tenant) {
	t.Helper()
	f.ID, f.InitialDomain = contosoID, "contoso.onmicrosoft.com"
	d, err := New(fixture.Fixture{Tenants: []fixture.Tenant{f}}, time.Now(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return d, d.TenantByID(contosoID)
}

// TestPeopleByNumber finds everybody and every group that was asked for by number again, by id, name and address. A mailbox is a user's,
// a team is a group, a group has users of the tenant and a site.
func TestPeopleByNumber(t *testing.T) {
	_, tenant := mustHold(t, fixture.Tenant{
		Objects:  &fixture.Objects{Sites: 4, Users: 10, Mailboxes: 4, Groups: 6, Teams: 2, OneDrives: 5},
		Generate: &fixture.Generate{Users: 3, First: 7, UPN: "u%03d@contoso.com"},
	})
	names, mailboxes, drives := []string{}, 0, 0
	for u := range tenant.Users() {
		names = append(names, u.UserPrincipalName)
		if tenant.User(u.ID).UserPrincipalName != u.UserPrincipalName || tenant.User(u.UserPrincipalName).ID != u.ID {
			t.Errorf("%s is not found again", u.UserPrincipalName)
		}
		if u.Mail() != "" {
			mailboxes++
		}
		if _, ok := tenant.OneDrive(u); ok {
			drives++
		}
	}
	if len(names) != 13 || names[0] != "u007@contoso.com" || names[3] != "u010@contoso.com" || mailboxes != 4 || drives != 5 {
		t.Errorf("%v, %d mailboxes, %d OneDrives", names, mailboxes, drives)
	}
	teams, sites := 0, 0
	for place := range tenant.GroupPlaces() {
		g := tenant.GroupAt(place)
		for _, word := range []string{g.ID, g.Mail, g.DisplayName} {
			if found, why := tenant.Group(word); found == nil || found.ID != g.ID {
				t.Errorf("%s leads nowhere: %s", word, why)
			}
		}
		if g.Team {
			teams++
		}
		if s, ok := tenant.SiteOfGroup(g.ID); ok && s.GroupID() == g.ID && s.Template == "GROUP#0" {
			sites++
		}
		if len(g.Members()) != 3 || len(g.Owners()) != 1 || g.Kind != fixture.KindMicrosoft365 {
			t.Errorf("%+v", g)
		}
		for _, u := range g.Members() {
			if !slices.ContainsFunc(tenant.GroupsAbout(u), func(of *Group) bool { return of.ID == g.ID }) {
				t.Errorf("%s does not know of %s", u.UserPrincipalName, g.DisplayName)
			}
		}
	}
	if tenant.GroupPlaces() != 6 || teams != 2 || sites != 4 {
		t.Errorf("%d groups, %d teams, %d sites", tenant.GroupPlaces(), teams, sites)
	}
	for _, word := range []string{"u006@contoso.com", "u020@contoso.com", "u10@contoso.com", "group00007@contoso.onmicrosoft.com", "Group 7"} {
		if g, _ := tenant.Group(word); tenant.User(word) != nil || g != nil {
			t.Errorf("%q leads somewhere", word)
		}
	}
}

// TestChangesOfPeopleByNumber keeps what is changed about them, and nothing else: they move neither in the list nor to another id.
func TestChangesOfPeopleByNumber(t *testing.T) {
	d, tenant := mustHold(t, fixture.Tenant{Objects: &fixture.Objects{Users: 6, Groups: 2}})
	id, group := tenant.UserAt(1).ID, tenant.GroupAt(0).ID
	for key, patch := range map[string]string{id: `{"userPrincipalName": "moved@contoso.com"}`, "u00003@contoso.onmicrosoft.com": `{"password": "Next-1"}`} {
		if err := d.PatchUser(key, []byte(patch)); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.DeleteUser("u00001@contoso.onmicrosoft.com"); err != nil {
		t.Fatal(err)
	}
	if u := tenant.User("moved@contoso.com"); u == nil || u.ID != id || tenant.UserAt(1) != u || tenant.User("u00002@contoso.onmicrosoft.com") != nil {
		t.Errorf("%+v", u)
	}
	if u := tenant.UserAt(2); u.Password != "Next-1" || tenant.UserAt(0) != nil || tenant.User("u00001@contoso.onmicrosoft.com") != nil {
		t.Errorf("%+v, %+v", u, tenant.UserAt(0))
	}
	if err := d.PatchGroup(group, []byte(`{"displayName": "Renamed", "members": ["u00006@contoso.onmicrosoft.com"]}`)); err != nil {
		t.Fatal(err)
	}
	if g := tenant.GroupAt(0); g.ID != group || g.DisplayName != "Renamed" || !g.Has(tenant.UserAt(5).ID) || len(g.Members()) != 1 {
		t.Errorf("%+v", g)
	}
	if err := d.PatchTenant(contosoID, []byte(`{"latencyMs": 1}`)); err != nil || tenant.User("moved@contoso.com") == nil {
		t.Errorf("a setting of the tenant undoes a change of a user: %v", err)
	}
	if err := d.DeleteGroup(group); err != nil || tenant.GroupAt(0) != nil || tenant.GroupAt(1) == nil {
		t.Errorf("%v", err)
	}
	if err := d.PatchTenant(contosoID, []byte(`{"objects": {"users": 2}}`)); err != nil || d.TenantByID(contosoID).UserPlaces() != 2 {
		t.Errorf("%v, %d places", err, d.TenantByID(contosoID).UserPlaces())
	}
}

// TestManyPeopleCostNothing holds a hundred thousand users and groups in well under what they may cost.
func TestManyPeopleCostNothing(t *testing.T) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	d, tenant := mustHold(t, fixture.Tenant{Objects: &fixture.Objects{Users: 100_000, Mailboxes: 50_000, Groups: 100_000, Teams: 20_000}})
	for place := range tenant.UserPlaces() {
		if tenant.UserAt(place) == nil || tenant.GroupAt(place) == nil {
			t.Fatal("nothing at", place)
		}
	}
	for n := range 1000 {
		if err := d.PatchUser(fmt.Sprintf("u%05d@contoso.onmicrosoft.com", n+1), []byte(`{"password": "Next-1"}`)); err != nil {
			t.Fatal(err)
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if used := int64(after.HeapAlloc) - int64(before.HeapAlloc); used > 20<<20 || len(tenant.numbered.people) != 1000 {
		t.Errorf("%d bytes, %d users are kept", used, len(tenant.numbered.people))
	}
}
