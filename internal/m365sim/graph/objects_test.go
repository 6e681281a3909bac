package graph_test

import (
	"slices"
	"strings"
	"testing"

	"purser.example/internal/m365sim/simtest"
)

// TestGraphObjects reads the addresses that the other tests do not need.
func TestGraphObjects(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	token := w.AccessToken()
	var role struct{ Value []struct{ ID string } }
	w.Get(token, "/v1.0/directoryRoles").Decode(t, &role)
	if got := w.Get(token, "/v1.0/directoryRoles/"+role.Value[0].ID+"/members").List(t, "userPrincipalName"); !slices.Equal(got, []string{"svc@contoso.com"}) {
		t.Errorf("%v", got)
	}
	if r := w.Get(token, "/v1.0/directoryRoles/x/members"); r.Status != 404 {
		t.Errorf("%d", r.Status)
	}
	if o := w.Get(token, "/v1.0/organization/"+simtest.TenantID).Object(t); o["displayName"] != "Contoso" {
		t.Errorf("%v", o)
	}
	if r := w.Get(token, "/v1.0/organization/x"); r.Status != 404 {
		t.Errorf("%d", r.Status)
	}
	if r := w.Get(token, "/v1.0/users/$count", "ConsistencyLevel", "eventual"); r.Body != "22" {
		t.Errorf("%s", r.Body)
	}
	u := w.Get(token, "/v1.0/users/svc@contoso.com?$select=assignedLicenses,proxyAddresses,createdDateTime")
	if !strings.Contains(u.Body, `"assignedLicenses":[{"disabledPlans":[],"skuId":"06ebc4ee-1bb5-47dd-8120-11324bc54e06"}]`) || !strings.Contains(u.Body, `"proxyAddresses":["SMTP:svc@contoso.com"]`) {
		t.Errorf("%s", u.Body)
	}
	if got := w.Get(token, "/v1.0/users/"+"99999999-0000-4000-8000-000000000001/memberOf/microsoft.graph.group/$count", "ConsistencyLevel", "eventual"); got.Status != 400 {
		t.Errorf("an address that is not there: %d %s", got.Status, got.Body)
	}
	if got := w.Get(token, "/v1.0/me/memberOf/microsoft.graph.cat"); got.Status != 400 {
		t.Errorf("a type that is not there: %d", got.Status)
	}
}
