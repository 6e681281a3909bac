package m365sim_test

import (
	"testing"

	"purser.example/internal/m365sim"
	"purser.example/internal/m365sim/simtest"
)

// TestGoAPI uses the simulator as a test in the same process does.
func TestGoAPI(t *testing.T) {
	s, err := m365sim.New(m365sim.Fixture{Tenants: []m365sim.Tenant{{
		ID: simtest.TenantID, InitialDomain: "contoso.onmicrosoft.com",
		Apps:     []m365sim.App{{AppID: simtest.AppID, ClientSecret: "good-secret"}},
		Users:    []m365sim.User{{UserPrincipalName: "svc@contoso.com", Password: "Right-1234", SignInError: m365sim.SignInError{Code: 50057}, AccountEnabled: new(true)}},
		Generate: &m365sim.Generate{Users: 7},
	}}}, m365sim.Options{PageSize: 5})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SetFaults([]m365sim.Fault{{Status: 500, Times: new(1)}}); err != nil {
		t.Error(err)
	}
	if err := s.SetFaults([]m365sim.Fault{{Status: 1}}); err == nil {
		t.Error("a status of 1 is taken")
	}
	if len(s.Requests()) != 0 {
		t.Error("somebody asked before anybody could")
	}
	w := simtest.Serve(t, s)
	if r := w.Token(); r.Status != 500 {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	if code := w.Token().Code(t); code != 50057 {
		t.Errorf("%d", code)
	}
	if page := w.Get(w.AsApp(simtest.AppID, "good-secret"), "/v1.0/users").List(t, "id"); len(page) != 5 {
		t.Errorf("options are lost: a page of %d", len(page))
	}
	if len(s.Requests()) != 4 {
		t.Errorf("%+v", s.Requests())
	}
	if s.ResetRequests(); len(s.Requests()) != 0 {
		t.Error("the journal is not empty")
	}
}
