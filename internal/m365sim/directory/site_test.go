package directory

import (
	"fmt"
	"log/slog"
	"runtime"
	"testing"
	"time"

	"purser.example/internal/m365sim/fixture"
)

const contosoID = "6f1c0000-0000-4000-8000-000000000001"

func mustMake(t *testing.T, f fixture.Tenant) *Tenant {
	t.Helper()
	f.ID, f.InitialDomain = contosoID, "contoso.onmicrosoft.com"
	d, err := New(fixture.Fixture{Tenants: []fixture.Tenant{f}}, time.Now(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return d.TenantByID(contosoID)
}

// TestSitesByNumber finds each site that was asked for by number again, by its id and by its path, whatever stands before it.
func TestSitesByNumber(t *testing.T) {
	tenant := mustMake(t, fixture.Tenant{
		Sites:    []fixture.Site{{Path: "sites/Finance"}, {Path: "sites/hr"}},
		Objects:  &fixture.Objects{Sites: 11, ProjectSites: 2, OneDrives: 5},
		Generate: &fixture.Generate{Users: 3, First: 7, UPN: "u%03d@contoso.com"},
	})
	if n := tenant.SitePlaces(); n != 20 {
		t.Fatalf("%d places", n)
	}
	seen := map[string]bool{}
	for place := range 20 {
		s, _ := tenant.SiteAt(place)
		byID, _ := tenant.SiteByID(s.ID)
		byPath, _ := tenant.SiteAtPath(s.Host(), "/"+s.Path+"/")
		if seen[s.ID] || byID.number != place || byPath.number != place || s.Owner == "" || s.Template == "" {
			t.Errorf("%d: %+v, by its id %d, by its path %d", place, s, byID.number, byPath.number)
		}
		seen[s.ID] = true
	}
	if s, ok := tenant.OneDrive(tenant.User("u008@contoso.com")); !ok || s.Path != "personal/u008_contoso_com" || s.Owner != "i:0#.f|membership|u008@contoso.com" {
		t.Errorf("%+v", s)
	}
	for _, path := range []string{"sites/site00012", "sites/site00000", "sites/site1", "sites/site-0001", "personal/u008_contoso_com", "sites/pwa00003", ""} {
		if s, ok := tenant.SiteAtPath(tenant.SharePointHost(), path); ok {
			t.Errorf("%q leads to %+v", path, s)
		}
	}
	for _, place := range []int{-1, 20} {
		if _, ok := tenant.SiteAt(place); ok {
			t.Errorf("there is a place %d", place)
		}
	}
}

// TestManySitesCostNothing holds a hundred thousand sites in well under the 200 MB and the second that they may cost; only what is
// changed is kept.
func TestManySitesCostNothing(t *testing.T) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	began := time.Now()
	tenant := mustMake(t, fixture.Tenant{Objects: &fixture.Objects{Sites: 100_000}})
	took := time.Since(began)
	for place := range tenant.SitePlaces() {
		if s, ok := tenant.SiteAt(place); !ok || place%100 == 0 {
			tenant.SetAdministrators(s, []string{fmt.Sprint("i:0#.f|membership|u", place)})
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if used := int64(after.HeapAlloc) - int64(before.HeapAlloc); used > 20<<20 || took > time.Second {
		t.Errorf("%d bytes, %s", used, took)
	}
	if len(tenant.sites.changed) != 1000 {
		t.Errorf("%d sites are kept", len(tenant.sites.changed))
	}
}
