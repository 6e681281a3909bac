package m365sim

import (
	"slices"
	"strings"
	"testing"

	"purser.example/internal/m365sim/guid"
)

// TestGraphObjects reads the addresses that the other tests do not need.
func TestGraphObjects(t *testing.T) {
	w := newWorld(t, contoso)
	token := w.accessToken()
	var role struct{ Value []struct{ ID string } }
	w.get(token, "/v1.0/directoryRoles").decode(t, &role)
	if got := w.get(token, "/v1.0/directoryRoles/"+role.Value[0].ID+"/members").list(t, "userPrincipalName"); !slices.Equal(got, []string{"svc@contoso.com"}) {
		t.Errorf("%v", got)
	}
	if r := w.get(token, "/v1.0/directoryRoles/x/members"); r.status != 404 {
		t.Errorf("%d", r.status)
	}
	if o := w.get(token, "/v1.0/organization/"+tenantID).object(t); o["displayName"] != "Contoso" {
		t.Errorf("%v", o)
	}
	if r := w.get(token, "/v1.0/organization/x"); r.status != 404 {
		t.Errorf("%d", r.status)
	}
	if r := w.get(token, "/v1.0/users/$count", "ConsistencyLevel", "eventual"); r.body != "22" {
		t.Errorf("%s", r.body)
	}
	u := w.get(token, "/v1.0/users/svc@contoso.com?$select=assignedLicenses,proxyAddresses,createdDateTime")
	if !strings.Contains(u.body, `"assignedLicenses":[{"disabledPlans":[],"skuId":"06ebc4ee-1bb5-47dd-8120-11324bc54e06"}]`) || !strings.Contains(u.body, `"proxyAddresses":["SMTP:svc@contoso.com"]`) {
		t.Errorf("%s", u.body)
	}
	if got := w.get(token, "/v1.0/users/"+"99999999-0000-4000-8000-000000000001/memberOf/microsoft.graph.group/$count", "ConsistencyLevel", "eventual"); got.status != 400 {
		t.Errorf("an address that is not there: %d %s", got.status, got.body)
	}
	if got := w.get(token, "/v1.0/me/memberOf/microsoft.graph.cat"); got.status != 400 {
		t.Errorf("a type that is not there: %d", got.status)
	}
}

// TestPlansOutsideTheTable gives a plan that the table lacks an id of its own, always the same.
func TestPlansOutsideTheTable(t *testing.T) {
	a, b := planFor("OFFICESUBSCRIPTION"), planFor("OFFICESUBSCRIPTION")
	if a != b || !guid.Valid(a.id) || a.name != "OFFICESUBSCRIPTION" {
		t.Errorf("%+v", a)
	}
}

// TestDataTables checks the tables for slips: ids are GUIDs, every row of refusals has its words.
func TestDataTables(t *testing.T) {
	for _, r := range roleTemplates {
		if !guid.Valid(r.id) || r.name == "" {
			t.Errorf("%+v", r)
		}
	}
	for name, p := range servicePlans {
		if !guid.Valid(p.id) || !guid.Valid(p.skuID) {
			t.Errorf("%s: %+v", name, p)
		}
	}
	for code, row := range aadsts {
		text := (&refusal{code: code}).text(row)
		if row.status < 400 || row.err == "" || strings.Contains(strings.Replace(text, "{EmailHidden}", "", 1), "{") {
			t.Errorf("%d: %+v", code, row)
		}
	}
	if len(aadsts) < 110 {
		t.Errorf("%d codes", len(aadsts))
	}
}
