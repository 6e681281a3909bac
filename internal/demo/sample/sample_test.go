package sample_test

import (
	"context"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/appprofile"
	"purser.example/internal/demo/sample"
	"purser.example/internal/m365sim"
	"purser.example/internal/microsoft"
	"purser.example/internal/profile"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/accounts"
	"purser.example/internal/sqlite/appprofiles"
	"purser.example/internal/sqlite/profiles"
	"purser.example/internal/sqlite/sqlitetest"
	"purser.example/internal/sqlite/tenants"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

// rig is the sample with everything real around it: simulator, client, database, services.
type rig struct {
	sim      *m365sim.Simulator
	address  *url.URL
	client   *microsoft.Client
	db       *sqlite.DB
	tenants  *tenant.Service
	apps     *appprofile.Service
	profiles *profile.Service
}

func newRig(tb testing.TB) *rig {
	tb.Helper()
	r := &rig{}
	r.restartSimulator(tb)
	db, ring := sqlitetest.Open(tb, time.Now)
	r.db, r.tenants = db, tenant.NewService(tenants.New(db), ring, time.Now)
	r.apps = appprofile.NewService(appprofile.Parts{Store: appprofiles.New(db), Tenants: r.tenants, Ring: ring, Now: time.Now})
	// Strict password rules, because the demo may be started with them.
	accounts := account.NewService(account.Parts{
		Store: accounts.New(db), Tenants: r.tenants, Apps: r.apps, Validator: r, Settings: account.Settings{StrictPasswords: true}, Limits: account.Usual, Now: time.Now,
	})
	r.profiles = profile.NewService(profiles.New(db), r.tenants, accounts, ring, profile.Settings{}, time.Now)
	return r
}

// restartSimulator puts a fresh simulator in the place of the one before, as a restart of the demo does.
func (r *rig) restartSimulator(tb testing.TB) {
	tb.Helper()
	sim, err := m365sim.New(sample.Fixture(), m365sim.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	server := httptest.NewServer(sim)
	tb.Cleanup(server.Close)
	r.sim = sim
	if r.address, err = url.Parse(server.URL); err != nil {
		tb.Fatal(err)
	}
	// It does not wait for a service that is down, so that the test does not either.
	r.client = microsoft.New(microsoft.Config{Simulator: r.address, Patience: time.Millisecond})
}

// Validate makes the rig a account.Validator around the real client.
func (r *rig) Validate(ctx context.Context, a account.Account) verdict.Verdict {
	return r.client.Validate(ctx, microsoft.Account{
		Tenant:   microsoft.TenantRef{ID: string(a.Tenant.ID), InitialDomain: a.Tenant.InitialDomain, Cloud: microsoft.Cloud(a.Tenant.Cloud)},
		App:      microsoft.App{ID: a.App.ApplicationID, Secret: a.App.Secret},
		Username: a.Username, Password: a.Password,
	})
}

func (r *rig) connect(tb testing.TB) {
	tb.Helper()
	if err := sample.Connect(tb.Context(), r.apps, sample.Caller(), sample.Fixture()); err != nil {
		tb.Fatal(err)
	}
}

func (r *rig) makeProfiles(tb testing.TB) {
	tb.Helper()
	if err := sample.Profiles(tb.Context(), r.profiles, r.sim, sample.Caller()); err != nil {
		tb.Fatal(err)
	}
}

// details gives every profile with its history.
func (r *rig) details(tb testing.TB) []profile.Details {
	tb.Helper()
	page, _, err := r.profiles.List(tb.Context(), sample.Caller(), profile.Query{})
	if err != nil {
		tb.Fatal(err)
	}
	var all []profile.Details
	for _, row := range page.Rows {
		d, err := r.profiles.Details(tb.Context(), sample.Caller(), row.ID)
		if err != nil {
			tb.Fatal(err)
		}
		all = append(all, d)
	}
	return all
}

// tenantNamed finds a connected tenant by its display name.
func (r *rig) tenantNamed(tb testing.TB, name string) tenant.Tenant {
	tb.Helper()
	all, err := r.tenants.All(tb.Context(), sample.Caller())
	if err != nil {
		tb.Fatal(err)
	}
	for _, t := range all {
		if t.DisplayName == name {
			return t
		}
	}
	tb.Fatalf("no tenant %s is connected", name)
	return tenant.Tenant{}
}
