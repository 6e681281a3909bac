package graph_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"purser.example/internal/m365sim/guid"
	"purser.example/internal/m365sim/simtest"
)

func TestGraphMe(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	token := w.AccessToken()
	t.Run("comes with the default properties", func(t *testing.T) {
		me := w.Get(token, "/v1.0/me").Object(t)
		if me["userPrincipalName"] != "svc@contoso.com" || me["mail"] != "svc@contoso.com" {
			t.Errorf("%v", me)
		}
		if _, ok := me["accountEnabled"]; ok || len(me) != 12 {
			t.Errorf("%d properties: %v", len(me), me)
		}
	})
	t.Run("comes with what $select names, in either case", func(t *testing.T) {
		me := w.Get(token, "/v1.0/me?$select=id,accountenabled,lastPasswordChangeDateTime,passwordPolicies,onPremisesSyncEnabled,userType,assignedPlans").Object(t)
		if me["accountEnabled"] != true || me["lastPasswordChangeDateTime"] != "2026-10-24T14:02:11Z" || me["passwordPolicies"] != "DisableStrongPassword" || me["userType"] != "Member" || len(me) != 8 {
			t.Errorf("%v", me)
		}
		if v, ok := me["onPremisesSyncEnabled"]; !ok || v != nil {
			t.Errorf("onPremisesSyncEnabled is %v", v)
		}
	})
	t.Run("carries Graph's headers", func(t *testing.T) {
		const id = "5a0c7a6e-7a4b-4c9d-9d8a-0a0f5f9a3c11"
		r := w.Get(token, "/v1.0/me", "client-request-id", id)
		if r.Header.Get("client-request-id") != id || !guid.Valid(r.Header.Get("request-id")) || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json;odata.metadata=minimal") {
			t.Errorf("%v", r.Header)
		}
	})
	t.Run("is refused to an app", func(t *testing.T) {
		if r := w.Get(w.AsApp(simtest.AppID, "good-secret"), "/v1.0/me"); r.Status != 400 || r.GraphCode(t) != "BadRequest" {
			t.Errorf("%d %s", r.Status, r.Body)
		}
	})
	t.Run("is missing when the user is gone", func(t *testing.T) {
		gone := w.AccessToken("username", "plain@contoso.com")
		if err := w.Sim.DeleteUser("plain@contoso.com"); err != nil {
			t.Fatal(err)
		}
		if r := w.Get(gone, "/v1.0/me"); r.Status != 404 || r.GraphCode(t) != "Request_ResourceNotFound" {
			t.Errorf("%d %s", r.Status, r.Body)
		}
	})
}

func TestGraphRoles(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	const path = "/v1.0/me/transitiveMemberOf/microsoft.graph.directoryRole?$select=id,displayName,roleTemplateId"
	full, small := w.AccessToken(), w.AccessToken("scope", "https://graph.microsoft.com/User.Read")
	if got := w.Get(full, path).List(t, "roleTemplateId"); !slices.Equal(got, []string{"f28a1f50-f6e7-4571-818b-6a12f2af6b6c"}) {
		t.Errorf("%v", got)
	}
	if got := w.Get(small, path).List(t, "roleTemplateId"); !slices.Equal(got, []string{"<nil>"}) {
		t.Errorf("User.Read alone sees %v", got)
	}
	if got := w.Get(full, "/v1.0/me/memberOf").List(t, "@odata.type"); !slices.Equal(got, []string{"#microsoft.graph.directoryRole", "#microsoft.graph.group", "#microsoft.graph.group"}) {
		t.Errorf("%v", got)
	}
	mfa := "/v1.0/users/mfa@contoso.com"
	if direct, all := w.Get(full, mfa+"/memberOf").List(t, "displayName"), w.Get(full, mfa+"/transitiveMemberOf").List(t, "displayName"); !slices.Equal(direct, []string{"Nested"}) || !slices.Equal(all, []string{"Nested", "AOS Pool"}) {
		t.Errorf("direct %v, transitive %v", direct, all)
	}
	if got := w.Get(full, "/v1.0/directoryRoles").List(t, "displayName"); !slices.Equal(got, []string{"SharePoint Administrator"}) {
		t.Errorf("%v", got)
	}
	r := w.Get(full, path+"&$count=true")
	if r.Status != 400 || r.GraphCode(t) != "Request_BadRequest" {
		t.Errorf("$count without the header: %d %s", r.Status, r.Body)
	}
	if body := w.Get(full, path+"&$count=true", "ConsistencyLevel", "eventual").Object(t); body["@odata.count"] != 1.0 {
		t.Errorf("%v", body)
	}
}

func TestGraphDomainsAndOrganization(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	token := w.AccessToken()
	domains := w.Get(token, "/v1.0/domains?$select=id,authenticationType,isInitial,isRoot,passwordValidityPeriodInDays,passwordNotificationWindowInDays")
	if got := domains.List(t, "id"); !slices.Equal(got, []string{"contoso.com", "sub.contoso.com", "fed.contoso.com", "contoso.onmicrosoft.com"}) {
		t.Errorf("%v", got)
	}
	if got := domains.List(t, "passwordValidityPeriodInDays"); !slices.Equal(got, []string{"90", "3", "<nil>", "2.147483647e+09"}) {
		t.Errorf("%v", got)
	}
	if got := domains.List(t, "isRoot"); !slices.Equal(got, []string{"true", "false", "false", "true"}) {
		t.Errorf("%v", got)
	}
	if d := w.Get(token, "/v1.0/domains/Fed.Contoso.com").Object(t); d["authenticationType"] != "Federated" {
		t.Errorf("%v", d)
	}
	if r := w.Get(token, "/v1.0/domains/nobody.example"); r.Status != 404 {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	if got := w.Get(token, "/v1.0/organization").List(t, "displayName"); !slices.Equal(got, []string{"Contoso"}) {
		t.Errorf("%v", got)
	}
	licences := w.Get(token, "/v1.0/users/svc@contoso.com/licenseDetails")
	if !strings.Contains(licences.Body, `"servicePlanName":"SHAREPOINTENTERPRISE","provisioningStatus":"Success"`) {
		t.Errorf("%s", licences.Body)
	}
	if u := w.Get(token, "/v1.0/users/plain@contoso.com").Object(t); u["mail"] != nil {
		t.Errorf("a foundation plan gives a mailbox: %v", u)
	}
}

func TestGraphAddresses(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	token := w.AccessToken()
	for path, want := range map[string]int{"/v1.0/unknown": 400, "/v2.0/me": 400, "/beta/me": 400, "/v1.0/Me": 400, "/v1.0/users/no@contoso.com": 404, "/v1.0/me/": 200, "/v1.0/users/svc%40contoso.com": 200, "/v1.0/users/%ff": 400, "/v1.0": 400} {
		if r := w.Get(token, path); r.Status != want {
			t.Errorf("%s: %d %s", path, r.Status, r.Body)
		}
	}
	r := w.Do(http.MethodPost, simtest.GraphHost, "/v1.0/me", "{}", "Authorization", "Bearer "+token)
	if r.Status != 405 || r.GraphCode(t) != "Request_BadRequest" {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	if r := w.Do(http.MethodPost, simtest.GraphHost, "/"+simtest.TenantID+"/oauth2/v2.0/token", "", "Content-Type", simtest.FormType); r.Status != 401 {
		t.Errorf("a token request to Graph: %d", r.Status)
	}
	if r := w.Do(http.MethodGet, simtest.LoginHost, "/v1.0/me", "", "Authorization", "Bearer "+token); r.Status != 404 {
		t.Errorf("a Graph request to the sign-in host: %d", r.Status)
	}
	if r := w.Do(http.MethodGet, "graph.evil.example", "/v1.0/me", "", "Authorization", "Bearer "+token); r.Status != 421 {
		t.Errorf("another host: %d", r.Status)
	}
}
