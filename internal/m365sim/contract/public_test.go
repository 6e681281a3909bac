package contract

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	msalerrors "github.com/AzureAD/microsoft-authentication-library-for-go/apps/errors"
	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/public"
)

func (w *world) client(t *testing.T, app, tenant string, more ...public.Option) public.Client {
	t.Helper()
	options := append([]public.Option{public.WithAuthority(login + tenant), public.WithHTTPClient(w.http), public.WithInstanceDiscovery(false)}, more...)
	client, err := public.New(app, options...)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// signIn is the one call that is under test everywhere.
func signIn(t *testing.T, client public.Client, user, password string) (public.AuthResult, error) {
	t.Helper()
	return client.AcquireTokenByUsernamePassword(t.Context(), []string{graph}, user, password) //nolint:staticcheck // deprecated, and what Purser does by hand
}

// TestValidAccount signs in and asks Graph who that was.
func TestValidAccount(t *testing.T) {
	w := newWorld(t)
	result, err := signIn(t, w.client(t, appID, tenantID), "svc@contoso.com", password)
	if err != nil {
		t.Fatal(err)
	}
	if result.Account.PreferredUsername != "svc@contoso.com" || result.IDToken.TenantID != tenantID || !slices.Contains(result.GrantedScopes, graph) {
		t.Errorf("%+v", result)
	}
	if status, me := w.get(t, result.AccessToken, "/me"); status != http.StatusOK || me["userPrincipalName"] != "svc@contoso.com" {
		t.Errorf("%d %v", status, me)
	}
	want := []string{"GET /{tenant}/v2.0/.well-known/openid-configuration", "GET /common/UserRealm/svc@contoso.com", "POST /{tenant}/oauth2/v2.0/token password", "GET /v1.0/me"}
	if got := w.asked(t); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// TestDiscovery leaves instance discovery on, as the library has it. It asks which hosts are one before it reads its cache.
func TestDiscovery(t *testing.T) {
	w := newWorld(t)
	client := w.client(t, appID, "contoso.com", public.WithInstanceDiscovery(true))
	result, err := signIn(t, client, "svc@contoso.com", password)
	if err != nil {
		t.Fatal(err)
	}
	silent, err := client.AcquireTokenSilent(t.Context(), []string{graph}, public.WithSilentAccount(result.Account))
	if err != nil || silent.AccessToken != result.AccessToken {
		t.Errorf("%v, the same token: %v", err, silent.AccessToken == result.AccessToken)
	}
	if got := w.asked(t); !slices.Contains(got, "GET /common/discovery/instance") {
		t.Errorf("%q", got)
	}
	_, err = signIn(t, w.client(t, appID, tenantID, public.WithAuthority("https://"+w.address+"/"+tenantID), public.WithInstanceDiscovery(true)), "svc@contoso.com", password)
	if got := refused(t, err); got.Codes[0] != 50049 || got.Error != "invalid_instance" {
		t.Errorf("a host that is none of Microsoft's: %+v", got)
	}
}

// TestRenewal gets a token for another resource without asking for the password again.
func TestRenewal(t *testing.T) {
	w := newWorld(t)
	client := w.client(t, appID, tenantID)
	result, err := signIn(t, client, "svc@contoso.com", password)
	if err != nil {
		t.Fatal(err)
	}
	const sharePoint = "https://contoso.sharepoint.com/.default"
	renewed, err := client.AcquireTokenSilent(t.Context(), []string{sharePoint}, public.WithSilentAccount(result.Account))
	if err != nil || renewed.AccessToken == result.AccessToken || !slices.Contains(renewed.GrantedScopes, sharePoint) {
		t.Fatalf("%v %v", err, renewed.GrantedScopes)
	}
	if got := w.asked(t); got[len(got)-1] != "POST /{tenant}/oauth2/v2.0/token refresh_token" {
		t.Errorf("%q", got)
	}
	w.change(t, "users/svc@contoso.com", `{"password": "Fresh-5678"}`)
	_, err = client.AcquireTokenSilent(t.Context(), []string{"https://contoso-admin.sharepoint.com/.default"}, public.WithSilentAccount(result.Account))
	if got := refused(t, err); !slices.Equal(got.Codes, []int{50173}) || got.Suberror != "token_expired" {
		t.Errorf("after the password was changed: %+v", got)
	}
}

// TestLoopback signs in at the simulator's own address, which answers for Worldwide.
func TestLoopback(t *testing.T) {
	w := newWorld(t)
	result, err := signIn(t, w.client(t, appID, tenantID, public.WithAuthority("https://"+w.address+"/"+tenantID)), "svc@contoso.com", password)
	if err != nil || result.AccessToken == "" {
		t.Error(err)
	}
}

// refusal is the body of an error of the token endpoint.
type refusal struct {
	Status        int `json:"-"`
	Header        http.Header
	Error         string
	Codes         []int  `json:"error_codes"`
	Description   string `json:"error_description"`
	Suberror      string
	Claims        string
	TraceID       string `json:"trace_id"`
	CorrelationID string `json:"correlation_id"`
}

// refused reads the answer that MSAL's error carries.
func refused(t *testing.T, err error) refusal {
	t.Helper()
	call, ok := errors.AsType[msalerrors.CallErr](err)
	if !ok {
		t.Fatalf("no answer in %v", err)
	}
	text, err := io.ReadAll(call.Resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var body refusal
	if err := json.Unmarshal(text, &body); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	body.Status, body.Header = call.Resp.StatusCode, call.Resp.Header
	return body
}

// TestFailingAccounts is each refusal that an administrator may meet, as MSAL hands it on.
func TestFailingAccounts(t *testing.T) {
	w := newWorld(t)
	cases := []struct {
		name, user, password, app, tenant string
		code, status                      int
		err, suberror, claims             string
	}{
		{"a wrong password", "svc", "Wrong-1234", appID, tenantID, 50126, 400, "invalid_grant", "", ""},
		{"a user nobody knows", "nobody", password, appID, tenantID, 50034, 400, "invalid_grant", "", ""},
		{"a locked account", "locked", password, appID, tenantID, 50053, 400, "invalid_grant", "", ""},
		{"a disabled account", "disabled", password, appID, tenantID, 50057, 400, "invalid_grant", "", ""},
		{"an expired password", "expired", password, appID, tenantID, 50055, 400, "invalid_grant", "user_password_expired", ""},
		{"MFA for this user", "mfa", password, appID, tenantID, 50076, 400, "invalid_grant", "basic_action", ""},
		{"MFA to be set up", "register", password, appID, tenantID, 50079, 400, "invalid_grant", "basic_action", "polids"},
		{"MFA by a policy", "policy", password, appID, tenantID, 50076, 400, "invalid_grant", "basic_action", "capolids"},
		{"a policy that blocks", "blocked", password, appID, tenantID, 53003, 400, "invalid_grant", "message_only", "capolids"},
		{"security defaults", "defaults", password, appID, tenantID, 530035, 400, "invalid_grant", "message_only", ""},
		{"no consent", "svc", password, deniedID, tenantID, 65001, 400, "invalid_grant", "consent_required", ""},
		{"no assignment", "unassigned", password, appID, tenantID, 50105, 400, "invalid_grant", "", ""},
		{"an app nobody knows", "svc", password, unknownID, tenantID, 700016, 400, "unauthorized_client", "", ""},
		{"an app that is not public", "svc", password, daemonID, tenantID, 7000218, 401, "invalid_client", "", ""},
		{"a tenant nobody knows", "svc", password, appID, "nobody.example", 90002, 400, "invalid_tenant", "", ""},
		{"an outage", "down", password, appID, tenantID, 90033, 503, "temporarily_unavailable", "", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := signIn(t, w.client(t, c.app, c.tenant), c.user+"@contoso.com", c.password)
			got := refused(t, err)
			if !slices.Equal(got.Codes, []int{c.code}) || got.Status != c.status || got.Error != c.err || got.Suberror != c.suberror || !strings.Contains(got.Claims, c.claims) || (c.claims == "") != (got.Claims == "") {
				t.Errorf("%+v", got)
			}
			if got.TraceID != got.Header.Get("x-ms-request-id") || got.CorrelationID == "" {
				t.Errorf("nothing to search the sign-in log by: %+v", got)
			}
		})
	}
}

// TestThrottled is told to wait, and MSAL does not try again by itself.
func TestThrottled(t *testing.T) {
	w := newWorld(t)
	w.change(t, "tenants/"+tenantID, `{"throttle": {"tokenRequests": 2, "windowSeconds": 3600}}`)
	client := w.client(t, appID, tenantID)
	for range 2 {
		if _, err := signIn(t, client, "svc@contoso.com", password); err != nil {
			t.Fatal(err)
		}
	}
	_, err := signIn(t, client, "svc@contoso.com", password)
	if got := refused(t, err); got.Status != http.StatusTooManyRequests || got.Header.Get("Retry-After") == "" || got.Error != "temporarily_unavailable" {
		t.Errorf("%+v", got)
	}
}

// TestOtherRealms never sends a password where the realm is unknown.
func TestOtherRealms(t *testing.T) {
	w := newWorld(t)
	if _, err := signIn(t, w.client(t, appID, tenantID), "svc@nobody.example", password); err == nil || strings.Contains(strings.Join(w.asked(t), " "), "POST") {
		t.Errorf("%v %q", err, w.asked(t))
	}
}
