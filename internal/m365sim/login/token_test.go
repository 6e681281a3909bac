package login_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"purser.example/internal/m365sim/cloud"
	"purser.example/internal/m365sim/guid"
	"purser.example/internal/m365sim/simtest"
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
		{"no grant type", simtest.TenantID, []string{"grant_type", "-"}, 900144, 400, "invalid_request", ""},
		{"a grant type that does not exist", simtest.TenantID, []string{"grant_type", "magic"}, 70003, 400, "unsupported_grant_type", ""},
		{"no client id", simtest.TenantID, []string{"client_id", "-"}, 900144, 400, "invalid_request", ""},
		{"no scope", simtest.TenantID, []string{"scope", ""}, 900144, 400, "invalid_request", ""},
		{"no username", simtest.TenantID, []string{"username", ""}, 90014, 400, "invalid_request", ""},
		{"no password", simtest.TenantID, []string{"password", "-"}, 90014, 400, "invalid_request", ""},
		{"two resources", simtest.TenantID, []string{"scope", simtest.GraphDefault + " https://contoso.sharepoint.com/.default"}, 70011, 400, "invalid_scope", ""},
		{"default beside a name", simtest.TenantID, []string{"scope", simtest.GraphDefault + " https://graph.microsoft.com/User.Read"}, 70011, 400, "invalid_scope", ""},
		{"common", "common", nil, 9001023, 400, "invalid_request", ""},
		{"consumers", "consumers", nil, 9001023, 400, "invalid_request", ""},
		{"organizations for a domain that nobody has", "organizations", []string{"username", "a@nobody.example"}, 50059, 400, "invalid_request", ""},
		{"a tenant that does not exist", "nobody.example", nil, 90002, 400, "invalid_tenant", ""},
		{"an empty GUID", "00000000-0000-0000-0000-000000000000", nil, 900021, 400, "invalid_tenant", ""},
		{"an app that the tenant lacks", simtest.TenantID, []string{"client_id", "b0000000-0000-4000-8000-000000000001"}, 700016, 400, "unauthorized_client", ""},
		{"an app that is off", simtest.TenantID, []string{"client_id", "a0000000-0000-4000-8000-000000000003"}, 7000112, 400, "unauthorized_client", ""},
		{"a confidential app without its secret", simtest.TenantID, []string{"client_id", simtest.SecretAppID}, 7000218, 401, "invalid_client", ""},
		{"a wrong secret", simtest.TenantID, []string{"client_id", simtest.SecretAppID, "client_secret", "x"}, 7000215, 401, "invalid_client", ""},
		{"a secret that has expired", simtest.TenantID, []string{"client_secret", "old-secret"}, 7000222, 401, "invalid_client", ""},
		{"a secret of an app that has none", simtest.TenantID, []string{"client_id", bare, "client_secret", "x"}, 700025, 401, "invalid_client", ""},
		{"a Graph of another cloud", simtest.TenantID, []string{"scope", "https://graph.microsoft.us/.default"}, 500011, 400, "invalid_resource", ""},
		{"a user who does not exist", simtest.TenantID, []string{"username", "nobody@contoso.com"}, 50034, 400, "invalid_grant", ""},
		{"a username that is none", simtest.TenantID, []string{"username", "99999999-0000-4000-8000-000000000001"}, 50034, 400, "invalid_grant", ""},
		{"a user of another tenant", simtest.TenantID, []string{"username", "svc@fabrikam.us"}, 50020, 400, "invalid_grant", ""},
		{"a locked user of the fixture", simtest.TenantID, []string{"username", "locked@contoso.com", "password", "wrong"}, 50053, 400, "invalid_grant", ""},
		{"a disabled user", simtest.TenantID, []string{"username", "disabled@contoso.com"}, 50057, 400, "invalid_grant", ""},
		{"a user without a password", simtest.TenantID, []string{"username", "empty@contoso.com"}, 50056, 400, "invalid_grant", ""},
		{"a directory that is down", simtest.TenantID, []string{"username", "down@contoso.com"}, 90033, 503, "temporarily_unavailable", ""},
		{"a wrong password", simtest.TenantID, []string{"password", "Right-1235"}, 50126, 400, "invalid_grant", ""},
		{"a password in another case", simtest.TenantID, []string{"password", "right-1234"}, 50126, 400, "invalid_grant", ""},
		{"a password with a blank before it", simtest.TenantID, []string{"username", "blank@contoso.com", "password", " Right-1234"}, 50126, 400, "invalid_grant", ""},
		{"an app password", simtest.TenantID, []string{"username", "mfa@contoso.com", "password", "abcdabcdabcdabcd"}, 50126, 400, "invalid_grant", ""},
		{"a federated user with the right password", simtest.TenantID, []string{"username", "fed@fed.contoso.com"}, 50126, 400, "invalid_grant", ""},
		{"an expired password", simtest.TenantID, []string{"username", "expired@contoso.com"}, 50055, 400, "invalid_grant", "user_password_expired"},
		{"a policy, but a wrong password first", simtest.TenantID, []string{"username", "ca@contoso.com", "password", "x"}, 50126, 400, "invalid_grant", ""},
		{"conditional access", simtest.TenantID, []string{"username", "ca@contoso.com"}, 53003, 400, "invalid_grant", "message_only"},
		{"security defaults", simtest.TenantID, []string{"username", "defaults@contoso.com"}, 530035, 400, "invalid_grant", "message_only"},
		{"per-user MFA", simtest.TenantID, []string{"username", "mfa@contoso.com"}, 50076, 400, "invalid_grant", "basic_action"},
		{"MFA by conditional access", simtest.TenantID, []string{"username", "camfa@contoso.com"}, 50076, 400, "invalid_grant", "basic_action"},
		{"MFA not registered", simtest.TenantID, []string{"username", "register@contoso.com"}, 50079, 400, "invalid_grant", "basic_action"},
		{"a user who is not assigned", simtest.TenantID, []string{"username", "unassigned@contoso.com"}, 50105, 400, "invalid_grant", ""},
		{"an app without consent", simtest.TenantID, []string{"client_id", "a0000000-0000-4000-8000-000000000004"}, 65001, 400, "invalid_grant", "consent_required"},
		{"a user without consent", simtest.TenantID, []string{"username", "noconsent@contoso.com"}, 65001, 400, "invalid_grant", "consent_required"},
		{"a code that nobody knows", simtest.TenantID, []string{"username", "odd@contoso.com"}, 123456, 401, "invalid_grant", "basic_action"},
		{"an app by itself without its secret", simtest.TenantID, []string{"grant_type", "client_credentials", "username", "-", "password", "-"}, 7000218, 401, "invalid_client", ""},
		{"an app by itself for single permissions", simtest.TenantID, []string{"grant_type", "client_credentials", "scope", "https://graph.microsoft.com/User.Read"}, 1002012, 400, "invalid_scope", ""},
		{"an app by itself at organizations", "organizations", []string{"grant_type", "client_credentials", "client_secret", "good-secret"}, 50059, 400, "invalid_request", ""},
	}
	w := simtest.NewWorld(t, simtest.Contoso)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := w.TokenAt(simtest.LoginHost, c.tenant, c.fields...)
			body := r.Refusal(t)
			if r.Status != c.status || body.Error != c.err || body.Suberror != c.sub || !slices.Equal(body.Codes, []int{c.code}) {
				t.Errorf("got %d %s", r.Status, r.Body)
			}
			if strings.ContainsAny(body.Description, "{}") && !strings.Contains(body.Description, "{EmailHidden}") {
				t.Errorf("a placeholder stands in %q", body.Description)
			}
		})
	}
}

// TestTokenOrder sends a request in which everything is wrong, and puts one thing after another right.
func TestTokenOrder(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
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
		{7000112, func() { put("client_id", simtest.AppID) }},
		{7000215, func() { put("client_secret", "good-secret") }},
		{500011, func() { put("scope", simtest.GraphDefault) }},
		{50034, func() { put("username", "expired@contoso.com") }},
		{50126, func() { put("password", "Right-1234") }},
		{50055, func() { put("username", "camfa@contoso.com") }},
		{50076, func() { put("username", "svc@contoso.com") }},
	}
	for i, step := range steps {
		r := w.TokenAt(simtest.LoginHost, tenant, fields...)
		if body := r.Refusal(t); len(body.Codes) != 1 || body.Codes[0] != step.code {
			t.Fatalf("step %d: got %v, want %d", i, body.Codes, step.code)
		}
		step.fix()
	}
	if r := w.TokenAt(simtest.LoginHost, tenant, fields...); r.Status != http.StatusOK {
		t.Errorf("with everything right: %s", r.Body)
	}
}

func TestTokenIsGiven(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	cases := map[string][]string{
		"to a user":                                  nil,
		"for a username in capitals":                 {"username", "SVC@Contoso.com"},
		"with a good secret that is not needed":      {"client_secret", "good-secret"},
		"to a confidential app with its secret":      {"client_id", simtest.SecretAppID, "client_secret", "s"},
		"to a user whose password never expires":     {"username", "forever@contoso.com"},
		"to a synchronized user":                     {"username", "synced@contoso.com"},
		"by the root domain's policy":                {"username", "sub@sub.contoso.com"},
		"on the initial domain, however old":         {"username", "initial@contoso.onmicrosoft.com"},
		"for SharePoint":                             {"scope", "https://contoso-admin.sharepoint.com/.default"},
		"for Graph by its app id":                    {"scope", cloud.GraphAppID + "/.default"},
		"for names without a resource":               {"scope", "User.Read openid"},
		"for OpenID Connect alone":                   {"scope", "openid profile"},
		"to an app by itself":                        {"grant_type", "client_credentials", "client_secret", "good-secret", "username", "-", "password", "-"},
		"to an app by itself with scopes of MSAL Go": {"grant_type", "client_credentials", "client_secret", "good-secret", "scope", simtest.GraphDefault + " openid offline_access profile"},
	}
	for name, fields := range cases {
		t.Run(name, func(t *testing.T) {
			if r := w.Token(fields...); r.Status != http.StatusOK {
				t.Errorf("%d %s", r.Status, r.Body)
			}
		})
	}
	t.Run("at organizations", func(t *testing.T) {
		if r := w.TokenAt(simtest.LoginHost, "Organizations"); r.Status != http.StatusOK {
			t.Errorf("%d %s", r.Status, r.Body)
		}
	})
	t.Run("to a client that proves itself by HTTP Basic", func(t *testing.T) {
		form := url.Values{"grant_type": {"client_credentials"}, "scope": {simtest.GraphDefault}}.Encode()
		r, _ := http.NewRequest(http.MethodPost, "/", nil)
		r.SetBasicAuth(simtest.SecretAppID, "s")
		if got := w.Do(http.MethodPost, simtest.LoginHost, "/"+simtest.TenantID+"/oauth2/v2.0/token", form, "Content-Type", simtest.FormType+"; charset=utf-8", "Authorization", r.Header.Get("Authorization")); got.Status != http.StatusOK {
			t.Errorf("%d %s", got.Status, got.Body)
		}
	})
}

// TestTokenShape reads the answer as a client and as Graph would.
func TestTokenShape(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	r := w.Token("scope", "openid profile offline_access https://graph.microsoft.com/User.Read", "client_info", "1")
	var body map[string]any
	r.Decode(t, &body)
	if body["token_type"] != "Bearer" || body["scope"] != "openid profile https://graph.microsoft.com/User.Read" || body["refresh_token"] == nil {
		t.Errorf("%v", body)
	}
	if life, _ := body["expires_in"].(float64); life < 3600 || life >= 5400 || body["ext_expires_in"] != body["expires_in"] {
		t.Errorf("lifetime %v", body["expires_in"])
	}
	var access struct {
		Aud, Scp, UPN, IDTyp, Tid string
		Wids, Roles               []string
	}
	read(t, body["access_token"], &access)
	if access.Aud != "https://graph.microsoft.com" || access.Scp != "User.Read" || access.UPN != "svc@contoso.com" || access.IDTyp != "user" || access.Tid != simtest.TenantID || access.Wids[0] != "f28a1f50-f6e7-4571-818b-6a12f2af6b6c" {
		t.Errorf("%+v", access)
	}
	var id struct{ Aud, Iss, Oid, Ver string }
	read(t, body["id_token"], &id)
	if id.Aud != simtest.AppID || id.Iss != "https://login.microsoftonline.com/"+simtest.TenantID+"/v2.0" || id.Oid != "99999999-0000-4000-8000-000000000001" || id.Ver != "2.0" {
		t.Errorf("%+v", id)
	}
	if r.Header.Get("Cache-Control") != "no-store, no-cache" || r.Header.Get("x-ms-request-id") == "" {
		t.Errorf("%v", r.Header)
	}
	w.Token("scope", simtest.GraphDefault).Decode(t, &body)
	if scope := body["scope"].(string); !slices.Contains(strings.Fields(scope), simtest.GraphDefault) || !strings.Contains(scope, "https://graph.microsoft.com/Domain.Read.All") {
		t.Errorf("the scope asked for is not echoed: %v", scope)
	}
	body = nil
	w.Token("grant_type", "client_credentials", "client_id", simtest.SecretAppID, "client_secret", "s").Decode(t, &body)
	access.Roles = nil
	read(t, body["access_token"], &access)
	if access.IDTyp != "app" || !slices.Equal(access.Roles, []string{"GroupMember.Read.All"}) || body["scope"] != nil || body["id_token"] != nil {
		t.Errorf("%+v %v", access, body)
	}
}

func read(t *testing.T, token any, claims any) {
	t.Helper()
	text, _ := token.(string)
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		t.Fatalf("no token: %v", token)
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil || json.Unmarshal(payload, claims) != nil {
		t.Fatalf("no token: %v", token)
	}
}

// TestRefusalShape checks body and headers of an error, which clients show to people and to Microsoft's support.
func TestRefusalShape(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	const correlation = "5a0c7a6e-7a4b-4c9d-9d8a-0a0f5f9a3c11"
	form := url.Values{"grant_type": {"password"}, "client_id": {simtest.AppID}, "scope": {simtest.GraphDefault}, "username": {"ca@contoso.com"}, "password": {"Right-1234"}}.Encode()
	gaps := map[bool]bool{}
	for range 40 {
		r := w.Do(http.MethodPost, simtest.LoginHost, "/"+simtest.TenantID+"/oauth2/v2.0/token", form, "Content-Type", simtest.FormType,
			"client-request-id", correlation, "client-request-id", "another", "return-client-request-id", "true")
		body := r.Refusal(t)
		gaps[strings.Contains(body.Description, "\r\n")] = true
		if body.CorrelationID != correlation || r.Header.Get("client-request-id") != correlation || body.TraceID != r.Header.Get("x-ms-request-id") || !guid.Valid(body.TraceID) {
			t.Fatalf("%s %v", r.Body, r.Header)
		}
		if body.Timestamp != "2026-11-23 14:02:11Z" || body.ErrorURI != "https://login.microsoftonline.com/error?code=53003" {
			t.Fatalf("%s", r.Body)
		}
		if body.Claims != `{"access_token":{"capolids":{"essential":true,"values":["`+simtest.PolicyID+`"]}}}` {
			t.Fatalf("claims %q", body.Claims)
		}
		h := r.Header
		if h.Get("Content-Type") != "application/json; charset=utf-8" || h.Get("Pragma") != "no-cache" || h.Get("Expires") != "-1" || !strings.HasPrefix(h.Get("x-ms-clitelem"), "1,53003,") || len(h.Values("Set-Cookie")) < 3 {
			t.Fatalf("%v", h)
		}
	}
	if len(gaps) != 2 {
		t.Error("the description is always spaced in the same way")
	}
}

func TestRefusalClaims(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	for user, want := range map[string]string{"camfa@contoso.com": "capolids", "register@contoso.com": "polids"} {
		if body := w.Token("username", user).Refusal(t); !strings.Contains(body.Claims, `"`+want+`"`) || !strings.Contains(body.Claims, simtest.PolicyID) {
			t.Errorf("%s: %q", user, body.Claims)
		}
	}
	for _, user := range []string{"mfa@contoso.com", "defaults@contoso.com"} {
		if body := w.Token("username", user).Refusal(t); body.Claims != "" {
			t.Errorf("%s: %q", user, body.Claims)
		}
	}
	if body := w.Token("username", "v1@contoso.com").Refusal(t); !slices.Equal(body.Codes, []int{70002, 50126}) || !strings.HasPrefix(body.Description, "AADSTS50126: ") {
		t.Errorf("%+v", body)
	}
}

// TestSecurityDefaultsOfTheTenant refuses everybody once the tenant has them on.
func TestSecurityDefaultsOfTheTenant(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	if err := w.Sim.PatchTenant(simtest.TenantID, []byte(`{"securityDefaults": true}`)); err != nil {
		t.Fatal(err)
	}
	if body := w.Token().Refusal(t); body.Codes[0] != 530035 {
		t.Errorf("%+v", body)
	}
}
