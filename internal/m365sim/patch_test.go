package m365sim

import (
	"slices"
	"strings"
	"testing"

	"purser.example/internal/m365sim/fixture"
)

func TestPatchUser(t *testing.T) {
	w := newWorld(t, contoso)
	code := func(fields ...string) int {
		r := w.token(fields...)
		if r.status == 200 {
			return 200
		}
		return r.refusal(t).Codes[0]
	}
	steps := []struct {
		patch string
		want  int
	}{
		{`{"accountEnabled": false}`, 50057},
		{`{"accountEnabled": true, "mfa": "perUser"}`, 50076},
		{`{"mfa": null, "signInError": {"code": 53003, "policy": "Block all but managed devices"}}`, 53003},
		{`{"signInError": {"code": 50144}}`, 50144},
		{`{"signInError": 0, "lastPasswordChangeDateTime": "-91d"}`, 50055},
		{`{"passwordPolicies": "DisablePasswordExpiration"}`, 200},
		{`{"password": "Other-1234"}`, 50126},
		{`{"password": "Right-1234", "userPrincipalName": "svc@contoso.com"}`, 200},
	}
	for _, step := range steps {
		w.control("PATCH", "/_sim/users/SVC@contoso.com", step.patch, 204)
		if got := code(); got != step.want {
			t.Errorf("%s: %d, want %d", step.patch, got, step.want)
		}
	}
	t.Run("a new name keeps the id, the groups and a new domain", func(t *testing.T) {
		w.control("PATCH", "/_sim/users/svc@contoso.com", `{"userPrincipalName": "new@contoso.net"}`, 204)
		if code() != 50034 || code("username", "new@contoso.net") != 200 {
			t.Error("the name did not change")
		}
		token := w.asApp(appID, "good-secret")
		if got := w.get(token, "/v1.0/groups/"+poolID+"/owners").list(t, "userPrincipalName"); !slices.Equal(got, []string{"new@contoso.net"}) {
			t.Errorf("%v", got)
		}
		if r := w.do("GET", loginHostCom, "/common/userrealm/x@contoso.net?api-version=1.0", ""); !strings.Contains(r.body, `"Managed"`) {
			t.Errorf("%s", r.body)
		}
	})
	t.Run("mistakes are told and change nothing", func(t *testing.T) {
		for patch, want := range map[string]string{
			`{"mfa": "sms"}`: "user.mfa: must be one of", `{"mfaa": 1}`: `unknown key \"mfaa\"`, `[]`: "must be a JSON object", `null`: "must be a JSON object", `{"mfa": "none", "mfa": "none"}`: "stands twice",
			`{"userPrincipalName": "plain@contoso.com"}`: "another user has it", `{"userPrincipalName": "a@fabrikam.us"}`: "belongs to another tenant", `{"id": "` + tenantID + `"}`: "id: cannot change", `{"userPrincipalName": "x"}`: "must be a username",
			`{"password": 5}`: "password must be a string", `{"roles": ["King"]}`: "no directory role",
		} {
			if r := w.control("PATCH", "/_sim/users/mfa@contoso.com", patch, 400); !strings.Contains(r.body, want) {
				t.Errorf("%s: %s", patch, r.body)
			}
		}
		if got := code("username", "mfa@contoso.com"); got != 50076 {
			t.Errorf("%d", got)
		}
	})
	w.control("PATCH", "/_sim/users/nobody@contoso.com", `{}`, 404)
}

func TestDeleteUserAndGroup(t *testing.T) {
	w := newWorld(t, contoso)
	token := w.asApp(appID, "good-secret")
	w.control("DELETE", "/_sim/users/plain@contoso.com", "", 204)
	w.control("DELETE", "/_sim/users/plain@contoso.com", "", 404)
	if got := w.get(token, "/v1.0/groups/"+poolID+"/members/microsoft.graph.user").list(t, "userPrincipalName"); !slices.Equal(got, []string{"svc@contoso.com"}) {
		t.Errorf("%v", got)
	}
	w.control("DELETE", "/_sim/groups/nested@contoso.com", "", 204)
	w.control("DELETE", "/_sim/groups/nested@contoso.com", "", 404)
	if got := w.get(token, "/v1.0/groups/"+poolID+"/members/microsoft.graph.group").list(t, "id"); len(got) != 0 {
		t.Errorf("%v", got)
	}
	if r := w.get(token, "/v1.0/groups/e0000000-0000-4000-8000-000000000002"); r.status != 404 {
		t.Errorf("%d", r.status)
	}
	w.control("DELETE", "/_sim/groups/"+poolID, "", 204)
}

func TestPatchGroup(t *testing.T) {
	w := newWorld(t, contoso)
	token := w.asApp(appID, "good-secret")
	w.control("PATCH", "/_sim/groups/aos-pool@contoso.com", `{"members": ["mfa@contoso.com"], "displayName": "New name", "mail": "new-pool@contoso.com", "memberGroups": []}`, 204)
	if got := w.get(token, "/v1.0/groups/"+poolID+"/members/microsoft.graph.user").list(t, "userPrincipalName"); !slices.Equal(got, []string{"mfa@contoso.com"}) {
		t.Errorf("%v", got)
	}
	if g := w.get(token, "/v1.0/groups/"+poolID).object(t); g["displayName"] != "New name" || g["mail"] != "new-pool@contoso.com" || g["securityEnabled"] != true {
		t.Errorf("%v", g)
	}
	w.control("PATCH", "/_sim/groups/new-pool@contoso.com", `{"kind": "distribution"}`, 204)
	if g := w.get(token, "/v1.0/groups/"+poolID).object(t); g["securityEnabled"] != false {
		t.Errorf("%v", g)
	}
	for patch, want := range map[string]string{`{"members": ["x@contoso.com"]}`: "the tenant has no user", `{"mail": "list@contoso.com"}`: "mail: another group has it", `{"kind": "club"}`: "group.kind"} {
		if r := w.control("PATCH", "/_sim/groups/"+poolID, patch, 400); !strings.Contains(r.body, want) {
			t.Errorf("%s: %s", patch, r.body)
		}
	}
	w.control("PATCH", "/_sim/groups/aos-pool@contoso.com", `{}`, 404)
}

func TestPatchTenant(t *testing.T) {
	w := newWorld(t, contoso)
	path := "/_sim/tenants/" + tenantID
	t.Run("a domain becomes federated", func(t *testing.T) {
		w.control("PATCH", path, `{"domains": [{"id": "contoso.com", "authenticationType": "Federated"}]}`, 204)
		if body := w.token().refusal(t); body.Codes[0] != 50126 {
			t.Errorf("%+v", body)
		}
		if r := w.do("GET", loginHostCom, "/common/userrealm/x@sub.contoso.com?api-version=1.0", ""); !strings.Contains(r.body, `"Managed"`) {
			t.Errorf("a domain that users still have: %s", r.body)
		}
		w.control("PATCH", path, `{"domains": [{"id": "contoso.com"}]}`, 204)
		if r := w.token(); r.status != 200 {
			t.Errorf("%s", r.body)
		}
	})
	t.Run("its apps change", func(t *testing.T) {
		w.control("PATCH", path, `{"apps": [{"appId": "`+appID+`", "permissions": []}]}`, 204)
		if body := w.token("client_id", secretAppID).refusal(t); body.Codes[0] != 700016 {
			t.Errorf("%+v", body)
		}
	})
	t.Run("its users and groups are replaced", func(t *testing.T) {
		w.control("PATCH", path, `{"users": [{"userPrincipalName": "only@contoso.com", "password": "Right-1234"}], "groups": [], "generate": {"users": 3, "upn": "g%d@contoso.com", "group": "G"}}`, 204)
		if r := w.token("username", "g3@contoso.com", "password", "Gen-00003!"); r.status != 200 {
			t.Errorf("%s", r.body)
		}
		if body := w.token().refusal(t); body.Codes[0] != 50034 {
			t.Errorf("%+v", body)
		}
	})
	t.Run("nested objects are merged", func(t *testing.T) {
		w.control("PATCH", path, `{"sharePoint": {"legacyRetired": false}}`, 204)
		w.control("PATCH", path, `{"sharePoint": {"legacyAuthEnabled": true}}`, 204)
		got := w.sim.dir.byID[tenantID].SharePoint
		if !got.LegacyAuthEnabled || fixture.IsTrue(got.LegacyRetired) {
			t.Errorf("%+v", got)
		}
	})
	t.Run("mistakes are told and change nothing", func(t *testing.T) {
		for patch, want := range map[string]string{
			`{"id": "` + appID + `"}`: "id cannot change", `{"cloud": "moon"}`: "tenant.cloud", `{"domains": [{"id": "fabrikam.us"}]}`: "belongs to another tenant",
			`{"users": [{"userPrincipalName": "x"}]}`: "must be a username", `{"latency": 1}`: `unknown key \"latency\"`,
		} {
			if r := w.control("PATCH", path, patch, 400); !strings.Contains(r.body, want) {
				t.Errorf("%s: %s", patch, r.body)
			}
		}
		if r := w.token("username", "g1@contoso.com", "password", "Gen-00001!"); r.status != 200 {
			t.Errorf("%s", r.body)
		}
	})
	w.control("PATCH", "/_sim/tenants/nobody.example", `{}`, 404)
	w.control("PATCH", "/_sim/tenants/contoso.com", `{"displayName": "By its domain"}`, 204)
}
