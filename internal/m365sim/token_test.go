package m365sim

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"purser.example/internal/m365sim/cloud"
	"purser.example/internal/m365sim/guid"
)

// TestTokenRefusals is each row of Microsoft's order of checks, over real HTTP.
func TestTokenRefusals(t *testing.T) {
	bare := "a0000000-0000-4000-8000-000000000005"
	cases := []struct {
		name     string
		tenant   string
		fields   []string
		code     int
		status   int
		err, sub string
	}{
		{"no grant type", tenantID, []string{"grant_type", "-"}, 900144, 400, "invalid_request", ""},
		{"a grant type that does not exist", tenantID, []string{"grant_type", "magic"}, 70003, 400, "unsupported_grant_type", ""},
		{"no client id", tenantID, []string{"client_id", "-"}, 900144, 400, "invalid_request", ""},
		{"no scope", tenantID, []string{"scope", ""}, 900144, 400, "invalid_request", ""},
		{"no username", tenantID, []string{"username", ""}, 90014, 400, "invalid_request", ""},
		{"no password", tenantID, []string{"password", "-"}, 90014, 400, "invalid_request", ""},
		{"two resources", tenantID, []string{"scope", graphDefault + " https://contoso.sharepoint.com/.default"}, 70011, 400, "invalid_scope", ""},
		{"default beside a name", tenantID, []string{"scope", graphDefault + " https://graph.microsoft.com/User.Read"}, 70011, 400, "invalid_scope", ""},
		{"common", "common", nil, 9001023, 400, "invalid_request", ""},
		{"consumers", "consumers", nil, 9001023, 400, "invalid_request", ""},
		{"organizations for a domain that nobody has", "organizations", []string{"username", "a@nobody.example"}, 50059, 400, "invalid_request", ""},
		{"a tenant that does not exist", "nobody.example", nil, 90002, 400, "invalid_tenant", ""},
		{"an empty GUID", "00000000-0000-0000-0000-000000000000", nil, 900021, 400, "invalid_tenant", ""},
		{"an app that the tenant lacks", tenantID, []string{"client_id", "b0000000-0000-4000-8000-000000000001"}, 700016, 400, "unauthorized_client", ""},
		{"an app that is off", tenantID, []string{"client_id", "a0000000-0000-4000-8000-000000000003"}, 7000112, 400, "unauthorized_client", ""},
		{"a confidential app without its secret", tenantID, []string{"client_id", secretAppID}, 7000218, 401, "invalid_client", ""},
		{"a wrong secret", tenantID, []string{"client_id", secretAppID, "client_secret", "x"}, 7000215, 401, "invalid_client", ""},
		{"a secret that has expired", tenantID, []string{"client_secret", "old-secret"}, 7000222, 401, "invalid_client", ""},
		{"a secret of an app that has none", tenantID, []string{"client_id", bare, "client_secret", "x"}, 700025, 401, "invalid_client", ""},
		{"a Graph of another cloud", tenantID, []string{"scope", "https://graph.microsoft.us/.default"}, 500011, 400, "invalid_resource", ""},
		{"a user who does not exist", tenantID, []string{"username", "nobody@contoso.com"}, 50034, 400, "invalid_grant", ""},
		{"a username that is none", tenantID, []string{"username", "99999999-0000-4000-8000-000000000001"}, 50034, 400, "invalid_grant", ""},
		{"a user of another tenant", tenantID, []string{"username", "svc@fabrikam.us"}, 50020, 400, "invalid_grant", ""},
		{"a locked user of the fixture", tenantID, []string{"username", "locked@contoso.com", "password", "wrong"}, 50053, 400, "invalid_grant", ""},
		{"a disabled user", tenantID, []string{"username", "disabled@contoso.com"}, 50057, 400, "invalid_grant", ""},
		{"a user without a password", tenantID, []string{"username", "empty@contoso.com"}, 50056, 400, "invalid_grant", ""},
		{"a directory that is down", tenantID, []string{"username", "down@contoso.com"}, 90033, 503, "temporarily_unavailable", ""},
		{"a wrong password", tenantID, []string{"password", "Right-1235"}, 50126, 400, "invalid_grant", ""},
		{"a password in another case", tenantID, []string{"password", "right-1234"}, 50126, 400, "invalid_grant", ""},
		{"a password with a blank before it", tenantID, []string{"username", "blank@contoso.com", "password", " Right-1234"}, 50126, 400, "invalid_grant", ""},
		{"an app password", tenantID, []string{"username", "mfa@contoso.com", "password", "abcdabcdabcdabcd"}, 50126, 400, "invalid_grant", ""},
		{"a federated user with the right password", tenantID, []string{"username", "fed@fed.contoso.com"}, 50126, 400, "invalid_grant", ""},
		{"an expired password", tenantID, []string{"username", "expired@contoso.com"}, 50055, 400, "invalid_grant", "user_password_expired"},
		{"a policy, but a wrong password first", tenantID, []string{"username", "ca@contoso.com", "password", "x"}, 50126, 400, "invalid_grant", ""},
		{"conditional access", tenantID, []string{"username", "ca@contoso.com"}, 53003, 400, "invalid_grant", "message_only"},
		{"security defaults", tenantID, []string{"username", "defaults@contoso.com"}, 530035, 400, "invalid_grant", "message_only"},
		{"per-user MFA", tenantID, []string{"username", "mfa@contoso.com"}, 50076, 400, "invalid_grant", "basic_action"},
		{"MFA by conditional access", tenantID, []string{"username", "camfa@contoso.com"}, 50076, 400, "invalid_grant", "basic_action"},
		{"MFA not registered", tenantID, []string{"username", "register@contoso.com"}, 50079, 400, "invalid_grant", "basic_action"},
		{"a user who is not assigned", tenantID, []string{"username", "unassigned@contoso.com"}, 50105, 400, "invalid_grant", ""},
		{"an app without consent", tenantID, []string{"client_id", "a0000000-0000-4000-8000-000000000004"}, 65001, 400, "invalid_grant", "consent_required"},
		{"a user without consent", tenantID, []string{"username", "noconsent@contoso.com"}, 65001, 400, "invalid_grant", "consent_required"},
		{"a code that nobody knows", tenantID, []string{"username", "odd@contoso.com"}, 123456, 401, "invalid_grant", "basic_action"},
		{"an app by itself without its secret", tenantID, []string{"grant_type", "client_credentials", "username", "-", "password", "-"}, 7000218, 401, "invalid_client", ""},
		{"an app by itself for single permissions", tenantID, []string{"grant_type", "client_credentials", "scope", "https://graph.microsoft.com/User.Read"}, 1002012, 400, "invalid_scope", ""},
		{"an app by itself at organizations", "organizations", []string{"grant_type", "client_credentials", "client_secret", "good-secret"}, 50059, 400, "invalid_request", ""},
	}
	w := newWorld(t, contoso)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := w.tokenAt(loginHostCom, c.tenant, c.fields...)
			body := r.refusal(t)
			if r.status != c.status || body.Error != c.err || body.Suberror != c.sub || !slices.Equal(body.Codes, []int{c.code}) {
				t.Errorf("got %d %s", r.status, r.body)
			}
			if strings.ContainsAny(body.Description, "{}") && !strings.Contains(body.Description, "{EmailHidden}") {
				t.Errorf("a placeholder stands in %q", body.Description)
			}
		})
	}
}

// TestTokenOrder sends a request in which everything is wrong, and puts one thing after another right.
func TestTokenOrder(t *testing.T) {
	w := newWorld(t, contoso)
	tenant := "common"
	fields := []string{"grant_type", "-", "client_id", "-", "scope", "-", "username", "-", "password", "-", "client_secret", "wrong"}
	put := func(name, value string) {
		for i := 0; i < len(fields); i += 2 {
			if fields[i] == name {
				fields[i+1] = value
			}
		}
	}
	steps := []struct {
		code int
		fix  func()
	}{
		{900144, func() { put("grant_type", "password") }},
		{900144, func() { put("client_id", "b0000000-0000-4000-8000-000000000001") }},
		{900144, func() { put("scope", "https://other.example/.default") }},
		{90014, func() { put("username", "nobody@contoso.com") }},
		{90014, func() { put("password", "wrong") }},
		{9001023, func() { tenant = "nobody.example" }},
		{90002, func() { tenant = "contoso.com" }},
		{700016, func() { put("client_id", "a0000000-0000-4000-8000-000000000003") }},
		{7000112, func() { put("client_id", appID) }},
		{7000215, func() { put("client_secret", "good-secret") }},
		{500011, func() { put("scope", graphDefault) }},
		{50034, func() { put("username", "expired@contoso.com") }},
		{50126, func() { put("password", "Right-1234") }},
		{50055, func() { put("username", "camfa@contoso.com") }},
		{50076, func() { put("username", "svc@contoso.com") }},
	}
	for i, step := range steps {
		r := w.tokenAt(loginHostCom, tenant, fields...)
		if body := r.refusal(t); len(body.Codes) != 1 || body.Codes[0] != step.code {
			t.Fatalf("step %d: got %v, want %d", i, body.Codes, step.code)
		}
		step.fix()
	}
	if r := w.tokenAt(loginHostCom, tenant, fields...); r.status != http.StatusOK {
		t.Errorf("with everything right: %s", r.body)
	}
}

func TestTokenIsGiven(t *testing.T) {
	w := newWorld(t, contoso)
	cases := map[string][]string{
		"to a user":                                  nil,
		"for a username in capitals":                 {"username", "SVC@Contoso.com"},
		"with a good secret that is not needed":      {"client_secret", "good-secret"},
		"to a confidential app with its secret":      {"client_id", secretAppID, "client_secret", "s"},
		"to a user whose password never expires":     {"username", "forever@contoso.com"},
		"to a synchronized user":                     {"username", "synced@contoso.com"},
		"by the root domain's policy":                {"username", "sub@sub.contoso.com"},
		"on the initial domain, however old":         {"username", "initial@contoso.onmicrosoft.com"},
		"for SharePoint":                             {"scope", "https://contoso-admin.sharepoint.com/.default"},
		"for Graph by its app id":                    {"scope", cloud.GraphAppID + "/.default"},
		"for names without a resource":               {"scope", "User.Read openid"},
		"for OpenID Connect alone":                   {"scope", "openid profile"},
		"to an app by itself":                        {"grant_type", "client_credentials", "client_secret", "good-secret", "username", "-", "password", "-"},
		"to an app by itself with scopes of MSAL Go": {"grant_type", "client_credentials", "client_secret", "good-secret", "scope", graphDefault + " openid offline_access profile"},
	}
	for name, fields := range cases {
		t.Run(name, func(t *testing.T) {
			if r := w.token(fields...); r.status != http.StatusOK {
				t.Errorf("%d %s", r.status, r.body)
			}
		})
	}
	t.Run("at organizations", func(t *testing.T) {
		if r := w.tokenAt(loginHostCom, "Organizations"); r.status != http.StatusOK {
			t.Errorf("%d %s", r.status, r.body)
		}
	})
	t.Run("to a client that proves itself by HTTP Basic", func(t *testing.T) {
		form := url.Values{"grant_type": {"client_credentials"}, "scope": {graphDefault}}.Encode()
		r, _ := http.NewRequest(http.MethodPost, "/", nil)
		r.SetBasicAuth(secretAppID, "s")
		if got := w.do(http.MethodPost, loginHostCom, "/"+tenantID+"/oauth2/v2.0/token", form, "Content-Type", formType+"; charset=utf-8", "Authorization", r.Header.Get("Authorization")); got.status != http.StatusOK {
			t.Errorf("%d %s", got.status, got.body)
		}
	})
}

// TestTokenShape reads the answer as a client and as Graph would.
func TestTokenShape(t *testing.T) {
	w := newWorld(t, contoso)
	r := w.token("scope", "openid profile offline_access https://graph.microsoft.com/User.Read", "client_info", "1")
	var body map[string]any
	r.decode(t, &body)
	if body["token_type"] != "Bearer" || body["scope"] != "openid profile https://graph.microsoft.com/User.Read" || body["refresh_token"] == nil {
		t.Errorf("%v", body)
	}
	if life, _ := body["expires_in"].(float64); life < 3600 || life >= 5400 || body["ext_expires_in"] != body["expires_in"] {
		t.Errorf("lifetime %v", body["expires_in"])
	}
	var access accessClaims
	read(t, body["access_token"], &access)
	if access.Audience != "https://graph.microsoft.com" || access.Scope != "User.Read" || access.UPN != "svc@contoso.com" || access.Type != "user" || access.TenantID != tenantID || access.RoleIDs[0] != "f28a1f50-f6e7-4571-818b-6a12f2af6b6c" {
		t.Errorf("%+v", access)
	}
	var id idClaims
	read(t, body["id_token"], &id)
	if id.Audience != appID || id.Issuer != "https://login.microsoftonline.com/"+tenantID+"/v2.0" || id.ObjectID != "99999999-0000-4000-8000-000000000001" || id.Version != "2.0" {
		t.Errorf("%+v", id)
	}
	if r.header.Get("Cache-Control") != "no-store, no-cache" || r.header.Get("x-ms-request-id") == "" {
		t.Errorf("%v", r.header)
	}
	w.token("scope", graphDefault).decode(t, &body)
	if scope := body["scope"].(string); !slices.Contains(strings.Fields(scope), graphDefault) || !strings.Contains(scope, "https://graph.microsoft.com/Domain.Read.All") {
		t.Errorf("the scope asked for is not echoed: %v", scope)
	}
	body = nil
	w.token("grant_type", "client_credentials", "client_id", secretAppID, "client_secret", "s").decode(t, &body)
	access = accessClaims{}
	read(t, body["access_token"], &access)
	if access.Type != "app" || !slices.Equal(access.Roles, []string{"GroupMember.Read.All"}) || body["scope"] != nil || body["id_token"] != nil {
		t.Errorf("%+v %v", access, body)
	}
}

func read(t *testing.T, token any, claims any) {
	t.Helper()
	text, _ := token.(string)
	j, ok := parseJWT(text)
	if !ok || json.Unmarshal(j.payload, claims) != nil {
		t.Fatalf("no token: %v", token)
	}
}

// TestRefusalShape checks body and headers of an error, which clients show to people and to Microsoft's support.
func TestRefusalShape(t *testing.T) {
	w := newWorld(t, contoso)
	const correlation = "5a0c7a6e-7a4b-4c9d-9d8a-0a0f5f9a3c11"
	form := url.Values{"grant_type": {"password"}, "client_id": {appID}, "scope": {graphDefault}, "username": {"ca@contoso.com"}, "password": {"Right-1234"}}.Encode()
	gaps := map[bool]bool{}
	for range 40 {
		r := w.do(http.MethodPost, loginHostCom, "/"+tenantID+"/oauth2/v2.0/token", form, "Content-Type", formType,
			"client-request-id", correlation, "client-request-id", "another", "return-client-request-id", "true")
		body := r.refusal(t)
		gaps[strings.Contains(body.Description, "\r\n")] = true
		if body.CorrelationID != correlation || r.header.Get("client-request-id") != correlation || body.TraceID != r.header.Get("x-ms-request-id") || !guid.Valid(body.TraceID) {
			t.Fatalf("%s %v", r.body, r.header)
		}
		if body.Timestamp != "2026-11-23 14:02:11Z" || body.ErrorURI != "https://login.microsoftonline.com/error?code=53003" {
			t.Fatalf("%s", r.body)
		}
		if body.Claims != `{"access_token":{"capolids":{"essential":true,"values":["`+policyID+`"]}}}` {
			t.Fatalf("claims %q", body.Claims)
		}
		h := r.header
		if h.Get("Content-Type") != "application/json; charset=utf-8" || h.Get("Pragma") != "no-cache" || h.Get("Expires") != "-1" || !strings.HasPrefix(h.Get("x-ms-clitelem"), "1,53003,") || len(h.Values("Set-Cookie")) < 3 {
			t.Fatalf("%v", h)
		}
	}
	if len(gaps) != 2 {
		t.Error("the description is always spaced in the same way")
	}
}

func TestRefusalClaims(t *testing.T) {
	w := newWorld(t, contoso)
	for user, want := range map[string]string{"camfa@contoso.com": "capolids", "register@contoso.com": "polids"} {
		if body := w.token("username", user).refusal(t); !strings.Contains(body.Claims, `"`+want+`"`) || !strings.Contains(body.Claims, policyID) {
			t.Errorf("%s: %q", user, body.Claims)
		}
	}
	for _, user := range []string{"mfa@contoso.com", "defaults@contoso.com"} {
		if body := w.token("username", user).refusal(t); body.Claims != "" {
			t.Errorf("%s: %q", user, body.Claims)
		}
	}
	if body := w.token("username", "v1@contoso.com").refusal(t); !slices.Equal(body.Codes, []int{70002, 50126}) || !strings.HasPrefix(body.Description, "AADSTS50126: ") {
		t.Errorf("%+v", body)
	}
}

// TestSecurityDefaultsOfTheTenant refuses everybody once the tenant has them on.
func TestSecurityDefaultsOfTheTenant(t *testing.T) {
	w := newWorld(t, contoso)
	if err := w.sim.PatchTenant(tenantID, []byte(`{"securityDefaults": true}`)); err != nil {
		t.Fatal(err)
	}
	if body := w.token().refusal(t); body.Codes[0] != 530035 {
		t.Errorf("%+v", body)
	}
}
