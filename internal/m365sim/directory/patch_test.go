package directory_test

import (
	"slices"
	"strings"
	"testing"

	"purser.example/internal/m365sim/simtest"
)

func TestPatchUser(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	code := func(fields ...string) int {
		r := w.Token(fields...)
		if r.Status == 200 {
			return 200
		}
		return r.Code(t)
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
		w.Control("PATCH", "/_sim/users/SVC@contoso.com", step.patch, 204)
		if got := code(); got != step.want {
			t.Errorf("%s: %d, want %d", step.patch, got, step.want)
		}
	}
	t.Run("a new name keeps the id, the groups and a new domain", func(t *testing.T) {
		w.Control("PATCH", "/_sim/users/svc@contoso.com", `{"userPrincipalName": "new@contoso.net"}`, 204)
		if code() != 50034 || code("username", "new@contoso.net") != 200 {
			t.Error("the name did not change")
		}
		token := w.AsApp(simtest.AppID, "good-secret")
		if got := w.Get(token, "/v1.0/groups/"+simtest.PoolID+"/owners").List(t, "userPrincipalName"); !slices.Equal(got, []string{"new@contoso.net"}) {
			t.Errorf("%v", got)
		}
		if r := w.Do("GET", simtest.LoginHost, "/common/userrealm/x@contoso.net?api-version=1.0", ""); !strings.Contains(r.Body, `"Managed"`) {
			t.Errorf("%s", r.Body)
		}
	})
	t.Run("mistakes are told and change nothing", func(t *testing.T) {
		for patch, want := range map[string]string{
			`{"mfa": "sms"}`: "user.mfa: must be one of", `{"mfaa": 1}`: `unknown key \"mfaa\"`, `[]`: "must be a JSON object", `null`: "must be a JSON object", `{"mfa": "none", "mfa": "none"}`: "stands twice",
			`{"userPrincipalName": "plain@contoso.com"}`: "another user has it", `{"userPrincipalName": "a@fabrikam.us"}`: "belongs to another tenant", `{"id": "` + simtest.TenantID + `"}`: "id: cannot change", `{"userPrincipalName": "x"}`: "must be a username",
			`{"password": 5}`: "password must be a string", `{"roles": ["King"]}`: "no directory role",
		} {
			if r := w.Control("PATCH", "/_sim/users/mfa@contoso.com", patch, 400); !strings.Contains(r.Body, want) {
				t.Errorf("%s: %s", patch, r.Body)
			}
		}
		if got := code("username", "mfa@contoso.com"); got != 50076 {
			t.Errorf("%d", got)
		}
	})
	w.Control("PATCH", "/_sim/users/nobody@contoso.com", `{}`, 404)
}

func TestDeleteUserAndGroup(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	token := w.AsApp(simtest.AppID, "good-secret")
	w.Control("DELETE", "/_sim/users/plain@contoso.com", "", 204)
	w.Control("DELETE", "/_sim/users/plain@contoso.com", "", 404)
	if got := w.Get(token, "/v1.0/groups/"+simtest.PoolID+"/members/microsoft.graph.user").List(t, "userPrincipalName"); !slices.Equal(got, []string{"svc@contoso.com"}) {
		t.Errorf("%v", got)
	}
	w.Control("DELETE", "/_sim/groups/nested@contoso.com", "", 204)
	w.Control("DELETE", "/_sim/groups/nested@contoso.com", "", 404)
	if got := w.Get(token, "/v1.0/groups/"+simtest.PoolID+"/members/microsoft.graph.group").List(t, "id"); len(got) != 0 {
		t.Errorf("%v", got)
	}
	if r := w.Get(token, "/v1.0/groups/e0000000-0000-4000-8000-000000000002"); r.Status != 404 {
		t.Errorf("%d", r.Status)
	}
	w.Control("DELETE", "/_sim/groups/"+simtest.PoolID, "", 204)
}

func TestPatchGroup(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	token := w.AsApp(simtest.AppID, "good-secret")
	w.Control("PATCH", "/_sim/groups/aos-pool@contoso.com", `{"members": ["mfa@contoso.com"], "displayName": "New name", "mail": "new-pool@contoso.com", "memberGroups": []}`, 204)
	if got := w.Get(token, "/v1.0/groups/"+simtest.PoolID+"/members/microsoft.graph.user").List(t, "userPrincipalName"); !slices.Equal(got, []string{"mfa@contoso.com"}) {
		t.Errorf("%v", got)
	}
	if g := w.Get(token, "/v1.0/groups/"+simtest.PoolID).Object(t); g["displayName"] != "New name" || g["mail"] != "new-pool@contoso.com" || g["securityEnabled"] != true {
		t.Errorf("%v", g)
	}
	w.Control("PATCH", "/_sim/groups/new-pool@contoso.com", `{"kind": "distribution"}`, 204)
	if g := w.Get(token, "/v1.0/groups/"+simtest.PoolID).Object(t); g["securityEnabled"] != false {
		t.Errorf("%v", g)
	}
	for patch, want := range map[string]string{`{"members": ["x@contoso.com"]}`: "the tenant has no user", `{"mail": "list@contoso.com"}`: "mail: another group has it", `{"kind": "club"}`: "group.kind"} {
		if r := w.Control("PATCH", "/_sim/groups/"+simtest.PoolID, patch, 400); !strings.Contains(r.Body, want) {
			t.Errorf("%s: %s", patch, r.Body)
		}
	}
	w.Control("PATCH", "/_sim/groups/aos-pool@contoso.com", `{}`, 404)
}

func TestPatchTenant(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	path := "/_sim/tenants/" + simtest.TenantID
	t.Run("a domain becomes federated", func(t *testing.T) {
		w.Control("PATCH", path, `{"domains": [{"id": "contoso.com", "authenticationType": "Federated"}]}`, 204)
		if body := w.Token().Refusal(t); body.Codes[0] != 50126 {
			t.Errorf("%+v", body)
		}
		if r := w.Do("GET", simtest.LoginHost, "/common/userrealm/x@sub.contoso.com?api-version=1.0", ""); !strings.Contains(r.Body, `"Managed"`) {
			t.Errorf("a domain that users still have: %s", r.Body)
		}
		w.Control("PATCH", path, `{"domains": [{"id": "contoso.com"}]}`, 204)
		if r := w.Token(); r.Status != 200 {
			t.Errorf("%s", r.Body)
		}
	})
	t.Run("its apps change", func(t *testing.T) {
		w.Control("PATCH", path, `{"apps": [{"appId": "`+simtest.AppID+`", "permissions": []}]}`, 204)
		if body := w.Token("client_id", simtest.SecretAppID).Refusal(t); body.Codes[0] != 700016 {
			t.Errorf("%+v", body)
		}
	})
	t.Run("its users and groups are replaced", func(t *testing.T) {
		w.Control("PATCH", path, `{"users": [{"userPrincipalName": "only@contoso.com", "password": "Right-1234"}], "groups": [], "generate": {"users": 3, "upn": "g%d@contoso.com", "group": "G"}}`, 204)
		if r := w.Token("username", "g3@contoso.com", "password", "Gen-00003!"); r.Status != 200 {
			t.Errorf("%s", r.Body)
		}
		if body := w.Token().Refusal(t); body.Codes[0] != 50034 {
			t.Errorf("%+v", body)
		}
	})
	t.Run("mistakes are told and change nothing", func(t *testing.T) {
		for patch, want := range map[string]string{
			`{"id": "` + simtest.AppID + `"}`: "id cannot change", `{"cloud": "moon"}`: "tenant.cloud", `{"domains": [{"id": "fabrikam.us"}]}`: "belongs to another tenant",
			`{"users": [{"userPrincipalName": "x"}]}`: "must be a username", `{"latency": 1}`: `unknown key \"latency\"`,
		} {
			if r := w.Control("PATCH", path, patch, 400); !strings.Contains(r.Body, want) {
				t.Errorf("%s: %s", patch, r.Body)
			}
		}
		if r := w.Token("username", "g1@contoso.com", "password", "Gen-00001!"); r.Status != 200 {
			t.Errorf("%s", r.Body)
		}
	})
	w.Control("PATCH", "/_sim/tenants/nobody.example", `{}`, 404)
	w.Control("PATCH", "/_sim/tenants/contoso.com", `{"displayName": "By its domain"}`, 204)
}

// TestThrottleMistakes are budgets that cannot be.
func TestThrottleMistakes(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	for _, body := range []string{`{"throttle": {"tokenRequests": -1}}`, `{"throttle": {"graphRequests": 100001}}`, `{"throttle": {"requests": 1}}`} {
		if r := w.Control("PATCH", "/_sim/tenants/"+simtest.TenantID, body, 400); r.Body == "" {
			t.Error(body)
		}
	}
}
