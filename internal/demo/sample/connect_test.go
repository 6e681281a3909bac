package sample_test

import (
	"reflect"
	"strings"
	"testing"

	"purser.example/internal/demo/sample"
	"purser.example/internal/m365sim"
	"purser.example/internal/problem"
	"purser.example/internal/tenant"
)

func TestConnectTakesTheTenantsThatAreMarked(t *testing.T) {
	r := newRig(t)
	r.connect(t)
	all, err := r.tenants.All(t.Context(), sample.Caller())
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 2 || all[0].DisplayName != "Contoso" || all[0].Cloud != tenant.Worldwide || all[1].DisplayName != "Fabrikam" || all[1].Cloud != tenant.GCC {
		t.Errorf("connected: %+v", all)
	}
	for id, want := range map[tenant.ID]string{sample.ContosoID: "contoso-demo-client-secret", sample.FabrikamID: "fabrikam-demo-client-secret"} {
		app, err := r.apps.Credentials(t.Context(), id)
		if err != nil || string(app.Secret.Reveal()) != want {
			t.Errorf("tenant %s has another secret, %v", id, err)
		}
	}
}

// The contract: with --fixture those marked connected are connected, however little a fixture says of them.
func TestConnectFillsInWhatAFixtureLeavesOut(t *testing.T) {
	r := newRig(t)
	fixture, err := m365sim.Read(strings.NewReader(`{"tenants": [{"id": "6F1C0000-0000-4000-8000-00000000000A", "initialDomain": "Litware.onmicrosoft.com", "connected": true,
		"apps": [{"appId": "a0000000-0000-4000-8000-00000000000a"}, {"appId": "a0000000-0000-4000-8000-00000000000b", "clientSecret": "not this one"}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if err := sample.Connect(t.Context(), r.apps, sample.Caller(), fixture); err != nil {
		t.Fatal(err)
	}
	found, err := r.tenants.Find(t.Context(), "6f1c0000-0000-4000-8000-00000000000a")
	if err != nil || found.DisplayName != "Litware" || found.InitialDomain != "litware.onmicrosoft.com" || found.Cloud != tenant.Worldwide {
		t.Errorf("connected %+v, %v", found, err)
	}
	app, err := r.apps.Credentials(t.Context(), found.ID)
	if err != nil || app.ApplicationID != "a0000000-0000-4000-8000-00000000000a" || !app.Secret.Empty() {
		t.Errorf("app %s, %v", app.ApplicationID, err)
	}
}

func TestConnectRefusesATenantWithoutAnApp(t *testing.T) {
	r := newRig(t)
	fixture := m365sim.Fixture{Tenants: []m365sim.Tenant{{ID: sample.ContosoID, InitialDomain: "contoso.onmicrosoft.com", Connected: true}}}
	err := sample.Connect(t.Context(), r.apps, sample.Caller(), fixture)
	if err == nil || !strings.Contains(err.Error(), "contoso.onmicrosoft.com") {
		t.Errorf("err = %v, want one that names the tenant", err)
	}
	if _, err := r.tenants.Find(t.Context(), sample.ContosoID); problem.KindOf(err) != problem.NotFound {
		t.Errorf("the tenant is connected all the same: %v", err)
	}
}

// A restart of a demo that keeps its data connects nothing anew, unless the fixture's app is another one.
func TestConnectingAgainChangesNothing(t *testing.T) {
	r := newRig(t)
	r.connect(t)
	before := r.tenantNamed(t, "Contoso")
	r.connect(t)
	if again := r.tenantNamed(t, "Contoso"); !reflect.DeepEqual(again, before) {
		t.Errorf("connected again: %+v, before %+v", again, before)
	}
	fixture := sample.Fixture()
	fixture.Tenants[0].Apps[0].ClientSecret = "a new secret"
	if err := sample.Connect(t.Context(), r.apps, sample.Caller(), fixture); err != nil {
		t.Fatal(err)
	}
	app, err := r.apps.Credentials(t.Context(), sample.ContosoID)
	if err != nil || string(app.Secret.Reveal()) != "a new secret" {
		t.Errorf("the new secret was not taken: %v", err)
	}
}
