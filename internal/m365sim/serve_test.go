package m365sim_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"purser.example/internal/m365sim/simtest"
)

// TestLatency is the tenant's own delay, on each kind of address.
func TestLatency(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	token := w.AccessToken()
	if err := w.Sim.PatchTenant(simtest.TenantID, []byte(`{"latencyMs": 80}`)); err != nil {
		t.Fatal(err)
	}
	for name, ask := range map[string]func() simtest.Reply{
		"token": func() simtest.Reply { return w.Token() },
		"graph": func() simtest.Reply { return w.Get(token, "/v1.0/me") },
		"realm": func() simtest.Reply {
			return w.Do("GET", simtest.LoginHost, "/common/UserRealm/svc@contoso.com?api-version=1.0", "")
		},
	} {
		began := time.Now()
		if r := ask(); r.Status != 200 || time.Since(began) < 80*time.Millisecond {
			t.Errorf("%s: %d after %s", name, r.Status, time.Since(began))
		}
	}
	if err := w.Sim.PatchTenant(simtest.TenantID, []byte(`{"latencyMs": 60000}`)); err != nil {
		t.Fatal(err)
	}
	if r := w.TokenAt("login.microsoftonline.us", "fabrikam.us", "username", "svc@fabrikam.us", "scope", "https://graph.microsoft.us/.default"); r.Status != 200 {
		t.Errorf("another tenant: %d %v", r.Status, r.Err)
	}
}

// TestManyAtOnce is for the race detector: everything that changes, while everything is read.
func TestManyAtOnce(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	token := w.AsApp(simtest.AppID, "good-secret")
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for n := range 10 {
				switch i {
				case 0:
					w.Do("PATCH", "", "/_sim/users/plain@contoso.com", fmt.Sprintf(`{"displayName": "n%d", "userPrincipalName": "plain@contoso%d.com"}`, n, n))
					w.Do("PATCH", "", "/_sim/users/plain@contoso"+fmt.Sprint(n)+".com", `{"userPrincipalName": "plain@contoso.com"}`)
				case 1:
					w.Do("PATCH", "", "/_sim/tenants/"+simtest.TenantID, fmt.Sprintf(`{"displayName": "n%d"}`, n))
				case 2:
					w.Do("PATCH", "", "/_sim/groups/"+simtest.PoolID, `{"members": ["svc@contoso.com"]}`)
					w.Do("POST", "", "/_sim/faults", `[{"pathPrefix": "/x", "times": 1}]`)
				case 3:
					w.Do("GET", "", "/_sim/requests", "")
				case 4:
					w.Token("password", fmt.Sprint("wrong", n), "username", "mfa@contoso.com")
				default:
					w.Get(token, "/v1.0/groups/"+simtest.PoolID+"/transitiveMembers")
					w.Get(token, "/v1.0/users?$top=5")
				}
			}
		})
	}
	group.Wait()
	if r := w.Token(); r.Status != 200 {
		t.Errorf("%s", r.Body)
	}
}
