package m365sim_test

import (
	"fmt"
	"sync"
	"testing"

	"purser.example/internal/m365sim/simtest"
)

func TestControlRoutes(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	if r := w.Control("GET", "/_sim/sites/contoso.sharepoint.com/sites/a/administrators", "", 200); r.Body != "[]" {
		t.Errorf("%s", r.Body)
	}
	w.Control("GET", "/_sim/sites/other.sharepoint.com/sites/a/administrators", "", 404)
	w.Control("GET", "/_sim/sites/contoso.sharepoint.com", "", 404)
	w.Control("POST", "/_sim/rotate-keys", "", 204)
	w.Control("GET", "/_sim/rotate-keys", "", 405)
	w.Control("PUT", "/_sim/faults", "[]", 405)
	w.Control("GET", "/_sim/else", "", 404)
	w.Faults(`[{"status": 500}]`)
	w.Control("GET", "/_sim/requests", "", 200)
	if len(w.Sim.Requests()) != 0 {
		t.Error("control calls stand in the journal")
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
