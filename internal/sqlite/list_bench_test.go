package sqlite_test

import (
	"context"
	"os"
	"strconv"
	"testing"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/profile"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/sqlitetest"
	"purser.example/internal/tenant"
)

var (
	contoso  = tenant.Tenant{ID: "6f1c0000-0000-4000-8000-000000000001", DisplayName: "Contoso", InitialDomain: "contoso.onmicrosoft.com", Cloud: tenant.Worldwide}
	fabrikam = tenant.Tenant{ID: "6f1c0000-0000-4000-8000-000000000002", DisplayName: "Fabrikam", InitialDomain: "fabrikam.onmicrosoft.com", Cloud: tenant.GCC}
	adele    = access.Caller{Issuer: "https://idp.contoso.com", Subject: "s1", Name: "Adele Vance", Roles: []access.Role{access.ServiceAdministrator}}
)

func connect(tb testing.TB, db *sqlite.DB, ring *secret.Keyring, tenants ...tenant.Tenant) *tenant.Service {
	tb.Helper()
	service := tenant.NewService(db.Tenants(), ring, time.Now)
	for _, t := range tenants {
		if err := service.Connect(ctx, adele, audit.Origin{}, t, tenant.App{ApplicationID: "a0000000-0000-4000-8000-000000000001"}); err != nil {
			tb.Fatal(err)
		}
	}
	return service
}

// filled opens a database with that many profiles. BENCH_PROFILES says how many a benchmark wants.
func filled(tb testing.TB, n int) (*sqlite.DB, *secret.Keyring, *tenant.Service) {
	tb.Helper()
	db, ring := sqlitetest.Open(tb, time.Now)
	tenants := connect(tb, db, ring, contoso, fabrikam)
	begin := time.Now()
	if err := sqlitetest.Fill(ctx, db, ring, sqlitetest.FillOptions{Profiles: n}); err != nil {
		tb.Fatal(err)
	}
	tb.Logf("%d profiles filled in %v", n, time.Since(begin))
	return db, ring, tenants
}

func benchProfiles() int {
	if n, err := strconv.Atoi(os.Getenv("BENCH_PROFILES")); err == nil {
		return n
	}
	return 20_000
}

func BenchmarkList(b *testing.B) {
	db, ring, tenants := filled(b, benchProfiles())
	service := profile.NewService(db.Profiles(), tenants, account.NewService(account.Parts{}), ring, profile.Settings{}, time.Now)
	type view struct {
		name  string
		query profile.Query
	}
	views := []view{
		{"narrow search", profile.Query{Text: "000123"}},
		{"narrow long search", profile.Query{Text: "Backup – Europe 0001"}},
		{"narrow username", profile.Query{Text: "u00123"}},
		{"search of 1000", profile.Query{Text: "0123"}},
		{"broad search", profile.Query{Text: "contoso"}},
		{"broad long search", profile.Query{Text: "@contoso.com"}},
		{"broad rare search", profile.Query{Text: "Zürich"}},
		{"one letter", profile.Query{Text: "z"}},
		{"two letters", profile.Query{Text: "ba"}},
		{"nothing", profile.Query{Text: "zzz"}},
	}
	for _, sort := range profile.Columns {
		views = append(views, view{"by " + string(sort), profile.Query{Sort: sort}}, view{"attention by " + string(sort), profile.Query{Sort: sort, Status: profile.Attention}},
			view{"expiring by " + string(sort), profile.Query{Sort: sort, Status: profile.Expiring}}, view{"locked by " + string(sort), profile.Query{Sort: sort, Status: "account-locked"}},
			view{"not validated by " + string(sort), profile.Query{Sort: sort, Status: "not-validated", Down: true}},
			view{"service by " + string(sort), profile.Query{Sort: sort, Service: "fly"}}, view{"tenant by " + string(sort), profile.Query{Sort: sort, Tenant: contoso.ID}},
			view{"broad search by " + string(sort), profile.Query{Sort: sort, Text: "Zürich"}},
			view{"four filters by " + string(sort), profile.Query{Sort: sort, Text: "Zürich", Tenant: contoso.ID, Service: "fly", Status: profile.Attention}})
	}
	for _, v := range views {
		b.Run(v.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := service.List(context.Background(), adele, v.query); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
