package profiles_test

import (
	"context"
	"os"
	"strconv"
	"testing"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/appprofile"
	"purser.example/internal/audit"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/appprofiles"
	"purser.example/internal/sqlite/sqlitetest"
	"purser.example/internal/sqlite/tenants"
	"purser.example/internal/tenant"
)

var ctx = context.Background()

var (
	contoso  = tenant.Tenant{ID: "6f1c0000-0000-4000-8000-000000000001", DisplayName: "Contoso", InitialDomain: "contoso.onmicrosoft.com", Cloud: tenant.Worldwide}
	fabrikam = tenant.Tenant{ID: "6f1c0000-0000-4000-8000-000000000002", DisplayName: "Fabrikam", InitialDomain: "fabrikam.onmicrosoft.com", Cloud: tenant.GCC}
	adele    = access.Caller{Issuer: "https://idp.contoso.com", Subject: "s1", Name: "Adele Vance", Roles: []access.Role{access.ServiceAdministrator}}
)

func connect(tb testing.TB, db *sqlite.DB, ring *secret.Keyring, list ...tenant.Tenant) *tenant.Service {
	tb.Helper()
	service := tenant.NewService(tenants.New(db), ring, time.Now)
	apps := appprofile.NewService(appprofile.Parts{Store: appprofiles.New(db), Tenants: service, Ring: ring, Now: time.Now})
	for _, t := range list {
		if err := apps.Connect(ctx, adele, audit.Origin{}, t, appprofile.App{ApplicationID: "a0000000-0000-4000-8000-000000000001"}); err != nil {
			tb.Fatal(err)
		}
	}
	return service
}

// filled opens a database with that many profiles. BENCH_PROFILES says how many a benchmark wants.
func filled(tb testing.TB, n int) (*sqlite.DB, *secret.Keyring, *tenant.Service) {
	tb.Helper()
	db, ring := sqlitetest.Open(tb, time.Now)
	connected := connect(tb, db, ring, contoso, fabrikam)
	begin := time.Now()
	if err := sqlitetest.Fill(ctx, db, ring, sqlitetest.FillOptions{Profiles: n}); err != nil {
		tb.Fatal(err)
	}
	tb.Logf("%d profiles filled in %v", n, time.Since(begin))
	return db, ring, connected
}

func benchProfiles() int {
	if n, err := strconv.Atoi(os.Getenv("BENCH_PROFILES")); err == nil {
		return n
	}
	return 20_000
}
