package storetest

import (
	"testing"
	"time"

	"purser.example/internal/profile"
	"purser.example/internal/tenant"
)

// Tenants holds a tenant.Store to its promises.
func Tenants(t *testing.T, open Open) {
	hold(t, open, []promise{
		{"tenants come by display name, in any case", func(r *rig) {
			for i, name := range []string{"alpha", "BRAVO", "Émile"} {
				extra := tenant.Tenant{ID: tenant.ID(named("t", i)), DisplayName: name, InitialDomain: name + ".onmicrosoft.com", Cloud: tenant.China, Connected: monday}
				r.must(r.connect(extra, "app", nil, done))
			}
			r.same("the names", r.tenantNames(), any([]string{"alpha", "BRAVO", "Contoso", "Fabrikam", "Émile"}))
		}},
		{"a tenant is connected with its app profile and its entry, or not at all", func(r *rig) {
			fourth := tenant.Tenant{ID: "t4", DisplayName: "Northwind", InitialDomain: "northwind.onmicrosoft.com", Cloud: tenant.DoD, Connected: monday.Add(time.Hour), Apps: 1}
			r.allOrNothing("connected", func() any { return []any{r.tenants(), r.app("t4")} }, func() error {
				return r.connect(fourth, "app-4", []byte("sealed"), "connected")
			})
			r.same("the tenants", r.tenants(), []tenant.Tenant{contoso, fabrikam, fourth})
			r.same("its app profile", r.app("t4"), appProfile{"app-4", []byte("sealed")})
		}},
		{"connecting a tenant again replaces what it is called and its app profile, and not since when it is connected", func(r *rig) {
			again := contoso
			again.DisplayName, again.InitialDomain, again.Cloud, again.Connected = "Zulu", "zulu.onmicrosoft.com", tenant.GCCHigh, monday.Add(time.Hour)
			r.must(r.connect(contoso, "app-1", []byte("sealed"), done))
			r.must(r.connect(again, "app-2", nil, done))
			again.Connected = monday
			r.same("the tenants", r.tenants(), []tenant.Tenant{fabrikam, again})
			r.same("its app profile", r.app(contoso.ID), appProfile{"app-2", nil})
		}},
		{"what was throttled is one a minute, host and account, newest first, for as long as it is kept (R55)", func(r *rig) {
			add := func(before time.Time, list ...tenant.Throttle) { r.must(r.Tenants.AddThrottles(ctx, list, before)) }
			of := func(minute int, who string, wait time.Duration) tenant.Throttle {
				return tenant.Throttle{Tenant: contoso.ID, At: monday.Add(time.Duration(minute) * time.Minute), Service: "graph", Who: who, Wait: wait, Times: 1}
			}
			add(monday, of(0, "b", time.Second), of(0, "a", time.Second), of(1, "a", time.Second))
			add(monday, of(1, "a", time.Minute), of(2, "a", 1500*time.Millisecond))
			twice := of(1, "a", time.Minute)
			twice.Times = 2
			kept := func(limit int) []tenant.Throttle {
				list, err := r.Tenants.Throttles(ctx, contoso.ID, monday, limit)
				r.must(err)
				return list
			}
			r.same("all", kept(10), []tenant.Throttle{of(2, "a", 1500*time.Millisecond), twice, of(0, "a", time.Second), of(0, "b", time.Second)})
			r.same("some", kept(1), []tenant.Throttle{of(2, "a", 1500*time.Millisecond)})
			add(monday.Add(time.Minute), of(3, "a", 0))
			r.same("without the oldest", len(kept(10)), 3)
			none, err := r.Tenants.Throttles(ctx, fabrikam.ID, monday, 10)
			r.must(err)
			r.same("another tenant's", len(none), 0)
		}},
		{"profiles are listed by what their tenant is called now", func(r *rig) {
			r.create(r.sketch("a", contoso.ID))
			r.create(r.sketch("b", fabrikam.ID))
			again := contoso
			again.DisplayName = "Zulu"
			r.must(r.connect(again, "app", nil, done))
			page, err := r.Profiles.List(ctx, profile.Query{Sort: profile.ByTenant, Limit: 10})
			r.must(err)
			r.same("the profiles", idsOf(page), []profile.ID{"b", "a"})
		}},
		{"what is bound in another way leaves the rest alone (X43)", func(r *rig) {
			r.must(r.connect(contoso, "app-1", []byte("sealed"), done))
			d := tenant.CloudDomain{Tenant: contoso.ID, Domain: "fed.contoso.com", At: monday, By: "Alex"}
			r.must(r.Tenants.SayCloudDomain(ctx, d, true, r.entry("said")))
			d.Proof = []byte("proof")
			r.must(r.Tenants.Prove(ctx, contoso.ID, []tenant.CloudDomain{d}))
			kept, err := r.Apps.Of(ctx, contoso.ID)
			r.must(err)
			kept[0].Sealed[0].Secret = []byte("again")
			r.must(r.Apps.Bind(ctx, kept[0].ID, kept[0].Sealed))
			r.same("its app profile", r.app(contoso.ID), appProfile{"app-1", []byte("again")})
			bound := contoso
			bound.CloudDomains = []tenant.CloudDomain{d}
			r.same("the tenants", r.tenants(), []tenant.Tenant{bound, fabrikam})
		}},
		{"a cloud domain is kept or forgotten with its entry, or not at all, and outlasts connecting again", func(r *rig) {
			d := tenant.CloudDomain{Tenant: fabrikam.ID, Domain: "fed.fabrikam.com", At: monday, By: "Alex", Proof: []byte("proof")}
			say := func(checked bool) error { return r.Tenants.SayCloudDomain(ctx, d, checked, r.entry("said")) }
			r.allOrNothing("said", func() any { return r.tenants() }, func() error { return say(true) })
			r.must(say(true))
			r.must(r.connect(fabrikam, "app", nil, done))
			said := fabrikam
			said.CloudDomains = []tenant.CloudDomain{d}
			r.same("the tenants", r.tenants(), []tenant.Tenant{contoso, said})
			r.allOrNothing("withdrawn", func() any { return r.tenants() }, func() error {
				return r.Tenants.SayCloudDomain(ctx, d, false, r.entry("withdrawn"))
			})
			r.same("the tenants afterwards", r.tenants(), []tenant.Tenant{contoso, fabrikam})
		}},
		{"a tenant that is not connected has no app profile", func(r *rig) {
			if got := r.app("nobody"); got != "none" {
				r.Errorf("it has %v", got)
			}
		}},
	})
}

type appProfile struct {
	ID     string
	Sealed []byte
}

// app gives the preferred app profile of a tenant, or none.
func (r *rig) app(id tenant.ID) any {
	r.Helper()
	kept, err := r.Apps.Of(ctx, id)
	r.must(err)
	if len(kept) == 0 {
		return "none"
	}
	return appProfile{kept[0].ApplicationID, kept[0].Sealed[0].Secret}
}

func (r *rig) tenants() []tenant.Tenant {
	r.Helper()
	list, err := r.Tenants.Tenants(ctx)
	r.must(err)
	return list
}

func (r *rig) tenantNames() any {
	r.Helper()
	var names []string
	for _, t := range r.tenants() {
		names = append(names, t.DisplayName)
	}
	return names
}
