package m365sim

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"

	"purser.example/internal/m365sim/fixture"
	"purser.example/internal/m365sim/strictjson"
)

func (w *world) control(method, path, body string, want int) reply {
	w.t.Helper()
	r := w.do(method, "", path, body)
	if r.status != want {
		w.t.Fatalf("%s %s: %d %s", method, path, r.status, r.body)
	}
	return r
}

func TestControlRoutes(t *testing.T) {
	w := newWorld(t, contoso)
	if r := w.control("GET", "/_sim/sites/contoso.sharepoint.com/sites/a/administrators", "", 200); r.body != "[]" {
		t.Errorf("%s", r.body)
	}
	w.control("GET", "/_sim/sites/other.sharepoint.com/sites/a/administrators", "", 404)
	w.control("GET", "/_sim/sites/contoso.sharepoint.com", "", 404)
	w.control("POST", "/_sim/rotate-keys", "", 204)
	w.control("GET", "/_sim/rotate-keys", "", 405)
	w.control("PUT", "/_sim/faults", "[]", 405)
	w.control("GET", "/_sim/else", "", 404)
	w.faults(`[{"status": 500}]`)
	w.control("GET", "/_sim/requests", "", 200)
	if len(w.sim.Requests()) != 0 {
		t.Error("control calls stand in the journal")
	}
}

// TestManyAtOnce is for the race detector: everything that changes, while everything is read.
func TestManyAtOnce(t *testing.T) {
	w := newWorld(t, contoso)
	token := w.asApp(appID, "good-secret")
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for n := range 10 {
				switch i {
				case 0:
					w.do("PATCH", "", "/_sim/users/plain@contoso.com", fmt.Sprintf(`{"displayName": "n%d", "userPrincipalName": "plain@contoso%d.com"}`, n, n))
					w.do("PATCH", "", "/_sim/users/plain@contoso"+fmt.Sprint(n)+".com", `{"userPrincipalName": "plain@contoso.com"}`)
				case 1:
					w.do("PATCH", "", "/_sim/tenants/"+tenantID, fmt.Sprintf(`{"displayName": "n%d"}`, n))
				case 2:
					w.do("PATCH", "", "/_sim/groups/"+poolID, `{"members": ["svc@contoso.com"]}`)
					w.do("POST", "", "/_sim/faults", `[{"pathPrefix": "/x", "times": 1}]`)
				case 3:
					w.do("GET", "", "/_sim/requests", "")
				case 4:
					w.token("password", fmt.Sprint("wrong", n), "username", "mfa@contoso.com")
				default:
					w.get(token, "/v1.0/groups/"+poolID+"/transitiveMembers")
					w.get(token, "/v1.0/users?$top=5")
				}
			}
		})
	}
	group.Wait()
	if r := w.token(); r.status != 200 {
		t.Errorf("%s", r.body)
	}
}

// TestGoAPI uses the simulator as a test in the same process does.
func TestGoAPI(t *testing.T) {
	s, err := New(fixture.Fixture{Tenants: []fixture.Tenant{{
		ID: tenantID, InitialDomain: "contoso.onmicrosoft.com", Apps: []fixture.App{{AppID: appID, Permissions: []string{}}},
		Users: []fixture.User{{UserPrincipalName: "a@contoso.com", Password: "x", SignInError: fixture.SignInError{Code: 50057}, AccountEnabled: new(true)}},
	}}}, Options{PageSize: 5})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SetFaults([]Fault{{Status: 500, Times: new(1)}}); err != nil {
		t.Error(err)
	}
	if err := s.SetFaults([]Fault{{Status: 1}}); err == nil {
		t.Error("a status of 1 is taken")
	}
	if s.pageSize != 5 || len(s.Requests()) != 0 {
		t.Error("options are lost")
	}
	text, err := json.Marshal(s.dir.tenants[0].fixture())
	if err != nil {
		t.Fatal(err)
	}
	var again fixture.Tenant
	if err := strictjson.Decode(text, &again); err != nil || again.Apps[0].Permissions == nil || again.Users[0].SignInError.Code != 50057 {
		t.Errorf("%v %s", err, text)
	}
}
