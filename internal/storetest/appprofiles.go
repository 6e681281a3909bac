package storetest

import (
	"errors"
	"sync"
	"testing"
	"time"

	"purser.example/internal/appprofile"
	"purser.example/internal/profile"
	"purser.example/internal/tenant"
)

// AppProfiles holds an appprofile.Store to its promises.
func AppProfiles(t *testing.T, open Open) {
	hold(t, open, []promise{
		{"an app profile is kept with its credential, its tenant and its entry, or not at all", func(r *rig) {
			northwind := tenant.Tenant{ID: "t4", DisplayName: "Northwind", InitialDomain: "northwind.onmicrosoft.com", Cloud: tenant.DoD, Connected: monday, Read: monday}
			p, sealed := r.app1("a1", northwind.ID, "Northwind app")
			r.allOrNothing("created", func() any { return []any{r.tenants(), r.allApps()} }, func() error {
				return r.Apps.Create(ctx, northwind, p, sealed, r.entry("created"))
			})
			p.Preferred, p.Credentials = true, []appprofile.Credential{sealed[0].Credential}
			r.same("the profile", r.oneApp("a1"), p)
			kept, err := r.Apps.Of(ctx, northwind.ID)
			r.must(err)
			r.same("what is sealed", kept[0].Sealed, sealed)
		}},
		{"two who connect the same tenant at once keep one tenant and two profiles, one of them preferred (R73)", func(r *rig) {
			northwind := tenant.Tenant{ID: "t4", DisplayName: "northwind.com", InitialDomain: "northwind.com", Cloud: tenant.DoD, Connected: monday}
			read := northwind
			read.DisplayName, read.InitialDomain, read.Read = "Northwind", "northwind.onmicrosoft.com", monday.Add(time.Second)
			var both sync.WaitGroup
			for i, seen := range []tenant.Tenant{northwind, read} {
				p, sealed := r.app1(appprofile.ID(named("a", i)), "t4", named("App ", i))
				both.Go(func() {
					if err := r.Apps.Create(ctx, seen, p, sealed, r.entry(done)); err != nil {
						r.Error(err)
					}
				})
			}
			both.Wait()
			kept, err := r.Apps.Of(ctx, "t4")
			r.must(err)
			if len(kept) != 2 || !kept[0].Preferred || kept[1].Preferred {
				r.Errorf("kept %+v", kept)
			}
			read.Apps = 2
			all := r.tenants()
			r.same("what was read of the tenant", all[len(all)-1], read)
		}},
		{"a name is taken without regard to case", func(r *rig) {
			p, sealed := r.app1("a1", contoso.ID, "CONTOSO")
			if err := r.Apps.Create(ctx, contoso, p, sealed, r.entry(done)); !errors.Is(err, appprofile.ErrNameTaken) {
				r.Errorf("err = %v", err)
			}
		}},
		{"whoever changes an older version changes nothing, and a credential that stays keeps its secret (R74)", func(r *rig) {
			p, sealed := r.app1("a1", contoso.ID, "Second")
			r.must(r.Apps.Create(ctx, contoso, p, sealed, r.entry(done)))
			second := appprofile.Sealed{Credential: appprofile.Credential{ID: "c2", Kind: appprofile.Certificate, Standing: appprofile.Accepted, Public: []byte("der"), Added: appprofile.Stamp{At: monday.Add(time.Hour), By: "Adele Vance"}}, Secret: []byte("two")}
			update := func() error {
				return r.Apps.Update(ctx, p, []appprofile.Sealed{{Credential: sealed[0].Credential}, second}, nil, r.entry("edited"))
			}
			r.allOrNothing("edited", func() any { return r.allApps() }, update)
			if err := update(); !errors.Is(err, appprofile.ErrChanged) {
				r.Errorf("err = %v", err)
			}
			kept, err := r.Apps.Of(ctx, contoso.ID)
			r.must(err)
			r.same("what is sealed", kept[1].Sealed, []appprofile.Sealed{sealed[0], second})
			p.Version++
			r.must(r.Apps.Update(ctx, p, []appprofile.Sealed{{Credential: second.Credential}}, nil, r.entry(done)))
			kept, err = r.Apps.Of(ctx, contoso.ID)
			r.must(err)
			r.same("what is sealed afterwards", kept[1].Sealed, []appprofile.Sealed{second})
		}},
		{"a check writes what it came to and what was read of the tenant, and no new version", func(r *rig) {
			r.create(r.sketch("a", contoso.ID))
			p := r.oneApp(appprofile.ID(contoso.ID))
			p.Status, p.Checked, p.Granted = appprofile.Active, monday.Add(time.Hour), appprofile.Grants{RolesRead: true, Roles: []string{"User.Read.All"}}
			p.Credentials[0].Standing = appprofile.Accepted
			read := contoso
			read.DisplayName, read.Read, read.InitialDomain = "Zulu", monday.Add(time.Hour), "other.onmicrosoft.com"
			read.Facts = tenant.Facts{Domains: []tenant.Domain{{Name: "contoso.com"}}, SecurityDefaults: new(true)}
			r.allOrNothing("checked", func() any { return []any{r.tenants(), r.allApps()} }, func() error {
				return r.Apps.Checked(ctx, p, &read, r.entry("checked"))
			})
			r.same("the profile", r.oneApp(p.ID), p)
			read.InitialDomain = contoso.InitialDomain // a seal has it
			r.same("the tenants", r.tenants(), []tenant.Tenant{fabrikam, read})
			page, err := r.Profiles.List(ctx, profile.Query{Sort: profile.ByTenant, Limit: 10})
			r.must(err)
			r.same("the profiles of accounts", len(page.Rows), 1)
		}},
		{"the last one of a tenant that something is kept for goes only when that is meant, and a tenant that nothing is kept for goes with it", func(r *rig) {
			r.create(r.sketch("a", contoso.ID))
			if err := r.Apps.Delete(ctx, appprofile.ID(contoso.ID), false, r.entry(done)); !errors.Is(err, appprofile.ErrLast) {
				r.Errorf("err = %v", err)
			}
			r.allOrNothing("deleted", func() any { return []any{r.tenants(), r.allApps()} }, func() error {
				return r.Apps.Delete(ctx, appprofile.ID(contoso.ID), true, r.entry("deleted"))
			})
			r.must(r.Apps.Delete(ctx, appprofile.ID(fabrikam.ID), false, r.entry(done)))
			known := contoso
			known.Apps = 0
			r.same("the tenants", r.tenants(), []tenant.Tenant{known})
			if err := r.Apps.Delete(ctx, appprofile.ID(fabrikam.ID), false, r.entry(done)); !errors.Is(err, appprofile.ErrGone) {
				r.Errorf("err = %v", err)
			}
		}},
		{"one of a tenant's is preferred, whatever is deleted", func(r *rig) {
			p, sealed := r.app1("a1", contoso.ID, "Second")
			r.must(r.Apps.Create(ctx, contoso, p, sealed, r.entry(done)))
			r.allOrNothing("preferred", func() any { return r.allApps() }, func() error { return r.Apps.Prefer(ctx, "a1", r.entry("preferred")) })
			preferred := func() (ids []appprofile.ID) {
				for _, p := range r.allApps() {
					if p.Preferred && p.Tenant == contoso.ID {
						ids = append(ids, p.ID)
					}
				}
				return ids
			}
			r.same("the preferred ones", preferred(), []appprofile.ID{"a1"})
			r.must(r.Apps.Delete(ctx, "a1", false, r.entry(done)))
			r.same("the preferred ones afterwards", preferred(), []appprofile.ID{appprofile.ID(contoso.ID)})
		}},
		{"the list goes by name, says what it can be sorted by, and is searched", func(r *rig) {
			for i, name := range []string{"bravo", "Alpha", "charlie"} {
				p, sealed := r.app1(appprofile.ID(named("a", i)), contoso.ID, name)
				r.must(r.Apps.Create(ctx, contoso, p, sealed, r.entry(done)))
			}
			names := func(f appprofile.Filter) (list []string) {
				rows, err := r.Apps.Profiles(ctx, f)
				r.must(err)
				for _, p := range rows {
					list = append(list, p.Name)
				}
				return list
			}
			r.same("all", names(appprofile.Filter{}), []string{"Alpha", "bravo", "charlie", "Contoso", "Fabrikam"})
			rows, err := r.Apps.Profiles(ctx, appprofile.Filter{Search: "alpha"})
			r.must(err)
			r.same("the row", rows, []appprofile.Listed{{Profile: r.oneApp(appprofile.ID(named("a", 1))), NameKey: "alpha", TenantKey: "contoso", Cloud: contoso.Cloud}})
			r.same("those found by name", names(appprofile.Filter{Search: "LPH"}), []string{"Alpha"})
			r.same("those found by tenant", names(appprofile.Filter{Search: "fabrikam.on"}), []string{"Fabrikam"})
			r.same("those of a tenant", names(appprofile.Filter{Tenant: fabrikam.ID}), []string{"Fabrikam"})
			r.same("those of a status", names(appprofile.Filter{Status: appprofile.Active}), []string(nil))
		}},
	})
}

// app1 is an app profile with one secret.
func (r *rig) app1(id appprofile.ID, t tenant.ID, name string) (appprofile.Profile, []appprofile.Sealed) {
	by := appprofile.Stamp{At: monday, By: "Adele Vance"}
	c := appprofile.Credential{ID: "c1", Kind: appprofile.Secret, Standing: appprofile.Accepted, Expires: monday.Add(48 * time.Hour), Added: by}
	return appprofile.Profile{
		ID: id, Name: name, Tenant: t, ApplicationID: "a0000000-0000-4000-8000-000000000001", Status: appprofile.NotChecked, Version: 1, Created: by, Modified: by,
	}, []appprofile.Sealed{{Credential: c, Secret: []byte("sealed")}}
}

func (r *rig) oneApp(id appprofile.ID) appprofile.Profile {
	r.Helper()
	p, err := r.Apps.Profile(ctx, id)
	r.must(err)
	return p
}

func (r *rig) allApps() (list []appprofile.Profile) {
	r.Helper()
	listed, err := r.Apps.Profiles(ctx, appprofile.Filter{})
	r.must(err)
	for _, l := range listed {
		list = append(list, l.Profile)
	}
	return list
}
