package m365sim

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"purser.example/internal/m365sim/guid"
)

const poolID = "e0000000-0000-4000-8000-000000000001"

// list reads the ids or another property of a collection.
func (r reply) list(t *testing.T, property string) []string {
	t.Helper()
	var body struct{ Value []map[string]any }
	if r.decode(t, &body); r.status != http.StatusOK {
		t.Fatalf("%d %s", r.status, r.body)
	}
	values := []string{}
	for _, o := range body.Value {
		values = append(values, fmt.Sprint(o[property]))
	}
	return values
}

func (r reply) object(t *testing.T) map[string]any {
	t.Helper()
	var body map[string]any
	if r.decode(t, &body); r.status != http.StatusOK {
		t.Fatalf("%d %s", r.status, r.body)
	}
	return body
}

func TestGraphMe(t *testing.T) {
	w := newWorld(t, contoso)
	token := w.accessToken()
	t.Run("comes with the default properties", func(t *testing.T) {
		me := w.get(token, "/v1.0/me").object(t)
		if me["userPrincipalName"] != "svc@contoso.com" || me["mail"] != "svc@contoso.com" {
			t.Errorf("%v", me)
		}
		if _, ok := me["accountEnabled"]; ok || len(me) != 12 {
			t.Errorf("%d properties: %v", len(me), me)
		}
	})
	t.Run("comes with what $select names, in either case", func(t *testing.T) {
		me := w.get(token, "/v1.0/me?$select=id,accountenabled,lastPasswordChangeDateTime,passwordPolicies,onPremisesSyncEnabled,userType,assignedPlans").object(t)
		if me["accountEnabled"] != true || me["lastPasswordChangeDateTime"] != "2026-10-24T14:02:11Z" || me["passwordPolicies"] != "DisableStrongPassword" || me["userType"] != "Member" || len(me) != 8 {
			t.Errorf("%v", me)
		}
		if v, ok := me["onPremisesSyncEnabled"]; !ok || v != nil {
			t.Errorf("onPremisesSyncEnabled is %v", v)
		}
	})
	t.Run("carries Graph's headers", func(t *testing.T) {
		const id = "5a0c7a6e-7a4b-4c9d-9d8a-0a0f5f9a3c11"
		r := w.get(token, "/v1.0/me", "client-request-id", id)
		if r.header.Get("client-request-id") != id || !guid.Valid(r.header.Get("request-id")) || !strings.HasPrefix(r.header.Get("Content-Type"), "application/json;odata.metadata=minimal") {
			t.Errorf("%v", r.header)
		}
	})
	t.Run("is refused to an app", func(t *testing.T) {
		if r := w.get(w.asApp(appID, "good-secret"), "/v1.0/me"); r.status != 400 || r.graphCode(t) != "BadRequest" {
			t.Errorf("%d %s", r.status, r.body)
		}
	})
	t.Run("is missing when the user is gone", func(t *testing.T) {
		gone := w.accessToken("username", "plain@contoso.com")
		if err := w.sim.DeleteUser("plain@contoso.com"); err != nil {
			t.Fatal(err)
		}
		if r := w.get(gone, "/v1.0/me"); r.status != 404 || r.graphCode(t) != "Request_ResourceNotFound" {
			t.Errorf("%d %s", r.status, r.body)
		}
	})
}

func TestGraphRoles(t *testing.T) {
	w := newWorld(t, contoso)
	const path = "/v1.0/me/transitiveMemberOf/microsoft.graph.directoryRole?$select=id,displayName,roleTemplateId"
	full, small := w.accessToken(), w.accessToken("scope", "https://graph.microsoft.com/User.Read")
	if got := w.get(full, path).list(t, "roleTemplateId"); !slices.Equal(got, []string{"f28a1f50-f6e7-4571-818b-6a12f2af6b6c"}) {
		t.Errorf("%v", got)
	}
	if got := w.get(small, path).list(t, "roleTemplateId"); !slices.Equal(got, []string{"<nil>"}) {
		t.Errorf("User.Read alone sees %v", got)
	}
	if got := w.get(full, "/v1.0/me/memberOf").list(t, "@odata.type"); !slices.Equal(got, []string{"#microsoft.graph.directoryRole", "#microsoft.graph.group", "#microsoft.graph.group"}) {
		t.Errorf("%v", got)
	}
	mfa := "/v1.0/users/mfa@contoso.com"
	if direct, all := w.get(full, mfa+"/memberOf").list(t, "displayName"), w.get(full, mfa+"/transitiveMemberOf").list(t, "displayName"); !slices.Equal(direct, []string{"Nested"}) || !slices.Equal(all, []string{"Nested", "AOS Pool"}) {
		t.Errorf("direct %v, transitive %v", direct, all)
	}
	if got := w.get(full, "/v1.0/directoryRoles").list(t, "displayName"); !slices.Equal(got, []string{"SharePoint Administrator"}) {
		t.Errorf("%v", got)
	}
	r := w.get(full, path+"&$count=true")
	if r.status != 400 || r.graphCode(t) != "Request_BadRequest" {
		t.Errorf("$count without the header: %d %s", r.status, r.body)
	}
	if body := w.get(full, path+"&$count=true", "ConsistencyLevel", "eventual").object(t); body["@odata.count"] != 1.0 {
		t.Errorf("%v", body)
	}
}

func TestGraphDomainsAndOrganization(t *testing.T) {
	w := newWorld(t, contoso)
	token := w.accessToken()
	domains := w.get(token, "/v1.0/domains?$select=id,authenticationType,isInitial,isRoot,passwordValidityPeriodInDays,passwordNotificationWindowInDays")
	if got := domains.list(t, "id"); !slices.Equal(got, []string{"contoso.com", "sub.contoso.com", "fed.contoso.com", "contoso.onmicrosoft.com"}) {
		t.Errorf("%v", got)
	}
	if got := domains.list(t, "passwordValidityPeriodInDays"); !slices.Equal(got, []string{"90", "3", "<nil>", "2.147483647e+09"}) {
		t.Errorf("%v", got)
	}
	if got := domains.list(t, "isRoot"); !slices.Equal(got, []string{"true", "false", "false", "true"}) {
		t.Errorf("%v", got)
	}
	if d := w.get(token, "/v1.0/domains/Fed.Contoso.com").object(t); d["authenticationType"] != "Federated" {
		t.Errorf("%v", d)
	}
	if r := w.get(token, "/v1.0/domains/nobody.example"); r.status != 404 {
		t.Errorf("%d %s", r.status, r.body)
	}
	if got := w.get(token, "/v1.0/organization").list(t, "displayName"); !slices.Equal(got, []string{"Contoso"}) {
		t.Errorf("%v", got)
	}
	licences := w.get(token, "/v1.0/users/svc@contoso.com/licenseDetails")
	if !strings.Contains(licences.body, `"servicePlanName":"SHAREPOINTENTERPRISE","provisioningStatus":"Success"`) {
		t.Errorf("%s", licences.body)
	}
	if u := w.get(token, "/v1.0/users/plain@contoso.com").object(t); u["mail"] != nil {
		t.Errorf("a foundation plan gives a mailbox: %v", u)
	}
}

func TestGraphAddresses(t *testing.T) {
	w := newWorld(t, contoso)
	token := w.accessToken()
	for path, want := range map[string]int{"/v1.0/unknown": 400, "/v2.0/me": 400, "/beta/me": 400, "/v1.0/Me": 400, "/v1.0/users/no@contoso.com": 404, "/v1.0/me/": 200, "/v1.0/users/svc%40contoso.com": 200, "/v1.0/users/%ff": 400, "/v1.0": 400} {
		if r := w.get(token, path); r.status != want {
			t.Errorf("%s: %d %s", path, r.status, r.body)
		}
	}
	r := w.do(http.MethodPost, graphHostCom, "/v1.0/me", "{}", "Authorization", "Bearer "+token)
	if r.status != 405 || r.graphCode(t) != "Request_BadRequest" {
		t.Errorf("%d %s", r.status, r.body)
	}
	if r := w.do(http.MethodPost, graphHostCom, "/"+tenantID+"/oauth2/v2.0/token", "", "Content-Type", formType); r.status != 401 {
		t.Errorf("a token request to Graph: %d", r.status)
	}
	if r := w.do(http.MethodGet, loginHostCom, "/v1.0/me", "", "Authorization", "Bearer "+token); r.status != 404 {
		t.Errorf("a Graph request to the sign-in host: %d", r.status)
	}
	if r := w.do(http.MethodGet, "graph.evil.example", "/v1.0/me", "", "Authorization", "Bearer "+token); r.status != 421 {
		t.Errorf("another host: %d", r.status)
	}
}
