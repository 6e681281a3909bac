package tenants_test

import (
	"context"
	"testing"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/appprofile"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite/appprofiles"
	"purser.example/internal/sqlite/sqlitetest"
	"purser.example/internal/sqlite/tenants"
	"purser.example/internal/tenant"
)

// X25: an owner says of a domain of a tenant that the cloud checks its passwords, nobody else, and it is in the activity log.
func TestAnOwnerSaysThatTheCloudChecksADomain(t *testing.T) {
	ctx := context.Background()
	db, ring := sqlitetest.Open(t, time.Now)
	s := tenant.NewService(tenants.New(db), ring, time.Now)
	apps := appprofile.NewService(appprofile.Parts{Store: appprofiles.New(db), Tenants: s, Ring: ring, Now: time.Now})
	owner := access.Caller{Issuer: "i", Subject: "s1", Name: "Alex", Roles: []access.Role{access.TenantOwner}}
	admin := access.Caller{Issuer: "i", Subject: "s2", Name: "Adele", Roles: []access.Role{access.ServiceAdministrator}}
	const id = "6f1c0000-0000-4000-8000-000000000001"
	connect := func() {
		if err := apps.Connect(ctx, owner, audit.Origin{}, tenant.Tenant{ID: id, DisplayName: "Contoso", InitialDomain: "contoso.onmicrosoft.com"}, appprofile.App{ApplicationID: "a", Secret: secret.Value{}}); err != nil {
			t.Fatal(err)
		}
	}
	connect()
	if err := s.SayCloudDomain(ctx, admin, audit.Origin{}, id, "fed.contoso.com", true); problem.KindOf(err) != problem.Forbidden {
		t.Errorf("an administrator: %v", err)
	}
	if err := s.SayCloudDomain(ctx, owner, audit.Origin{}, "other", "fed.contoso.com", true); problem.KindOf(err) != problem.NotFound {
		t.Errorf("a tenant that is not connected: %v", err)
	}
	for _, wrong := range []string{"", "contoso", "a b.com", "user@contoso.com", "contoso..com", "*.contoso.com"} {
		if err := s.SayCloudDomain(ctx, owner, audit.Origin{}, id, wrong, true); problem.KindOf(err) != problem.Invalid {
			t.Errorf("%q: %v", wrong, err)
		}
	}
	say := func(domain string, checked bool, want int) {
		t.Helper()
		if err := s.SayCloudDomain(ctx, owner, audit.Origin{}, id, domain, checked); err != nil {
			t.Fatal(err)
		}
		found, err := s.Find(ctx, id)
		if err != nil || len(found.CloudDomains) != want || want > 0 && (found.CloudDomains[0].Domain != "fed.contoso.com" || found.CloudDomains[0].By != "Alex") {
			t.Errorf("%+v %v", found.CloudDomains, err)
		}
	}
	say(" Fed.Contoso.com ", true, 1)
	say("fed.contoso.com", true, 1)
	connect() // a new app profile changes nothing about domains
	say("second.contoso.com", true, 2)
	say("second.contoso.com", false, 1)
	say("fed.contoso.com", false, 0)
}
