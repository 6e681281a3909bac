package m365sim

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	tenantID     = "6f1c0000-0000-4000-8000-000000000001"
	appID        = "a0000000-0000-4000-8000-000000000001"
	secretAppID  = "a0000000-0000-4000-8000-000000000002"
	policyID     = "7f6f0d1c-0000-4000-8000-000000000001"
	graphDefault = "https://graph.microsoft.com/.default"
	loginHostCom = "login.microsoftonline.com"
	graphHostCom = "graph.microsoft.com"
)

// contoso is the fixture of most tests.
const contoso = `{"tenants": [{
  "id": "` + tenantID + `", "displayName": "Contoso", "initialDomain": "contoso.onmicrosoft.com",
  "domains": [{"id": "contoso.com", "passwordValidityPeriodInDays": 90, "passwordNotificationWindowInDays": 14},
    {"id": "sub.contoso.com", "passwordValidityPeriodInDays": 3}, {"id": "fed.contoso.com", "authenticationType": "Federated"}],
  "apps": [{"appId": "` + appID + `", "displayName": "Purser", "secrets": [{"value": "good-secret", "expires": "+180d"}, {"value": "old-secret", "expires": "-1d"}]},
    {"appId": "` + secretAppID + `", "displayName": "Confidential", "publicClient": false, "clientSecret": "s", "permissions": ["GroupMember.Read.All"]},
    {"appId": "a0000000-0000-4000-8000-000000000003", "displayName": "Off", "enabled": false},
    {"appId": "a0000000-0000-4000-8000-000000000004", "displayName": "Not consented", "consented": false},
    {"appId": "a0000000-0000-4000-8000-000000000005", "displayName": "Bare"}],
  "policies": [{"displayName": "Report only", "state": "enabledForReportingButNotEnforced"}, {"id": "` + policyID + `", "displayName": "Block all but managed devices"}],
  "users": [
    {"id": "99999999-0000-4000-8000-000000000001", "userPrincipalName": "svc@contoso.com", "displayName": "Service", "password": "Right-1234", "appPassword": "abcdabcdabcdabcd",
     "lastPasswordChangeDateTime": "-30d", "passwordPolicies": "DisableStrongPassword", "roles": ["SharePoint Administrator"], "servicePlans": ["SHAREPOINTENTERPRISE", "EXCHANGE_S_ENTERPRISE"]},
    {"userPrincipalName": "plain@contoso.com", "password": "Right-1234", "servicePlans": ["EXCHANGE_S_FOUNDATION"]},
    {"userPrincipalName": "disabled@contoso.com", "password": "Right-1234", "accountEnabled": false},
    {"userPrincipalName": "empty@contoso.com", "password": ""},
    {"userPrincipalName": "blank@contoso.com", "password": " Right-1234"},
    {"userPrincipalName": "expired@contoso.com", "password": "Right-1234", "lastPasswordChangeDateTime": "-91d"},
    {"userPrincipalName": "forever@contoso.com", "password": "Right-1234", "lastPasswordChangeDateTime": "-91d", "passwordPolicies": "DisablePasswordExpiration, DisableStrongPassword"},
    {"userPrincipalName": "synced@contoso.com", "password": "Right-1234", "lastPasswordChangeDateTime": "-91d", "onPremisesSyncEnabled": true},
    {"userPrincipalName": "sub@sub.contoso.com", "password": "Right-1234", "lastPasswordChangeDateTime": "-10d"},
    {"userPrincipalName": "initial@contoso.onmicrosoft.com", "password": "Right-1234", "lastPasswordChangeDateTime": "-4000d"},
    {"userPrincipalName": "fed@fed.contoso.com", "password": "Right-1234"},
    {"userPrincipalName": "mfa@contoso.com", "password": "Right-1234", "mfa": "perUser", "appPassword": "abcdabcdabcdabcd"},
    {"userPrincipalName": "register@contoso.com", "password": "Right-1234", "mfa": "register"},
    {"userPrincipalName": "camfa@contoso.com", "password": "Right-1234", "mfa": "conditionalAccess"},
    {"userPrincipalName": "defaults@contoso.com", "password": "Right-1234", "mfa": "securityDefaults"},
    {"userPrincipalName": "ca@contoso.com", "password": "Right-1234", "signInError": {"code": 53003, "policy": "Block all but managed devices"}},
    {"userPrincipalName": "v1@contoso.com", "password": "Right-1234", "signInError": {"codes": [70002, 50126], "status": 400}},
    {"userPrincipalName": "locked@contoso.com", "password": "Right-1234", "signInError": 50053},
    {"userPrincipalName": "unassigned@contoso.com", "password": "Right-1234", "signInError": 50105},
    {"userPrincipalName": "noconsent@contoso.com", "password": "Right-1234", "signInError": 65001},
    {"userPrincipalName": "down@contoso.com", "password": "Right-1234", "signInError": 90033},
    {"userPrincipalName": "odd@contoso.com", "password": "Right-1234", "signInError": {"code": 123456, "suberror": "basic_action", "status": 401}}],
  "groups": [
    {"id": "e0000000-0000-4000-8000-000000000001", "displayName": "AOS Pool", "mail": "aos-pool@contoso.com", "kind": "mailEnabledSecurity",
     "members": ["svc@contoso.com", "plain@contoso.com"], "owners": ["svc@contoso.com"], "memberGroups": ["nested@contoso.com"],
     "otherMembers": [{"type": "device", "displayName": "PC 7"}, {"type": "servicePrincipal", "displayName": "App"}, {"type": "orgContact"}]},
    {"id": "e0000000-0000-4000-8000-000000000002", "displayName": "Nested", "mail": "nested@contoso.com", "members": ["svc@contoso.com", "mfa@contoso.com"], "memberGroups": ["AOS Pool"]},
    {"displayName": "Team O'Brien", "mail": "team@contoso.com", "kind": "microsoft365", "team": true, "dynamicRule": "user.department -eq \"IT\""},
    {"displayName": "Same name"}, {"displayName": "Same name"},
    {"displayName": "List", "mail": "list@contoso.com", "kind": "distribution"}]
 }, {
  "id": "6f1c0000-0000-4000-8000-000000000002", "initialDomain": "fabrikam.onmicrosoft.us", "cloud": "gccHigh",
  "apps": [{"appId": "` + appID + `", "clientSecret": "us"}],
  "users": [{"userPrincipalName": "svc@fabrikam.us", "password": "Right-1234"}]
 }, {
  "id": "6f1c0000-0000-4000-8000-000000000003", "initialDomain": "litware.partner.onmschina.cn", "cloud": "china",
  "apps": [{"appId": "` + appID + `"}],
  "users": [{"userPrincipalName": "svc@litware.partner.onmschina.cn", "password": "Right-1234"}]
}]}`

const bigFixture = `{"tenants": [{"id": "` + tenantID + `", "initialDomain": "contoso.onmicrosoft.com", "apps": [{"appId": "` + appID + `", "clientSecret": "good-secret"}],
  "domains": [{"id": "contoso.com"}],
  "generate": {"users": 20000, "first": 1, "upn": "u%05d@contoso.com", "password": "Gen-%05d!", "group": "Big pool"}}]}`

// clock is a time that a test moves by hand.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Date(2026, 11, 23, 14, 2, 11, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

func mustNew(t testing.TB, text string, change ...func(*Options)) *Simulator {
	t.Helper()
	f, err := Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	opts := Options{}
	for _, c := range change {
		c(&opts)
	}
	s, err := New(f, opts)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// world is a simulator behind a real listener, asked with any Host.
type world struct {
	t     *testing.T
	sim   *Simulator
	clock *clock
	url   string
	http  *http.Client
}

func newWorld(t *testing.T, text string) *world {
	t.Helper()
	w := &world{t: t, clock: newClock()}
	w.sim = mustNew(t, text, func(o *Options) { o.Now = w.clock.now })
	server := httptest.NewServer(w.sim)
	t.Cleanup(server.Close)
	w.url, w.http = server.URL, server.Client()
	w.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return w
}

// reply is a response read to its end.
type reply struct {
	status int
	header http.Header
	body   string
	err    error
}

func (w *world) do(method, host, path, body string, header ...string) reply {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), method, w.url+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	r.Host = host
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	resp, err := w.http.Do(r)
	if err != nil {
		return reply{err: err}
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return reply{resp.StatusCode, resp.Header, string(text), err}
}

const formType = "application/x-www-form-urlencoded"

// token sends a token request for Contoso with the fields given as pairs; a field with the value "-" is left out.
func (w *world) token(pairs ...string) reply {
	w.t.Helper()
	return w.tokenAt(loginHostCom, tenantID, pairs...)
}

func (w *world) tokenAt(host, tenant string, pairs ...string) reply {
	w.t.Helper()
	form := url.Values{"grant_type": {"password"}, "client_id": {appID}, "scope": {graphDefault}, "username": {"svc@contoso.com"}, "password": {"Right-1234"}}
	for i := 0; i < len(pairs); i += 2 {
		if form.Set(pairs[i], pairs[i+1]); pairs[i+1] == "-" {
			form.Del(pairs[i])
		}
	}
	return w.do(http.MethodPost, host, "/"+tenant+"/oauth2/v2.0/token", form.Encode(), "Content-Type", formType)
}

// accessToken signs in and answers the token.
func (w *world) accessToken(pairs ...string) string {
	w.t.Helper()
	r := w.token(pairs...)
	var body tokenBody
	r.decode(w.t, &body)
	if r.status != http.StatusOK || body.AccessToken == "" {
		w.t.Fatalf("no token: %d %s", r.status, r.body)
	}
	return body.AccessToken
}

// appToken signs the big fixture's app in.
func appToken(t testing.TB, s *Simulator) string {
	t.Helper()
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {appID}, "client_secret": {"good-secret"}, "scope": {graphDefault}}
	r := httptest.NewRequest(http.MethodPost, "http://login.microsoftonline.com/contoso.com/oauth2/v2.0/token", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", formType)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	var body tokenBody
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil || body.AccessToken == "" {
		t.Fatal(w.Code, w.Body)
	}
	return body.AccessToken
}

// asApp answers a token of the app with its secret.
func (w *world) asApp(app, secret string) string {
	w.t.Helper()
	return w.accessToken("grant_type", "client_credentials", "client_id", app, "client_secret", secret, "username", "-", "password", "-")
}

func (w *world) get(token, path string, header ...string) reply {
	w.t.Helper()
	return w.do(http.MethodGet, graphHostCom, path, "", append([]string{"Authorization", "Bearer " + token}, header...)...)
}

func (r reply) decode(t testing.TB, v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(r.body), v); err != nil {
		t.Fatalf("%v in %d %q", err, r.status, r.body)
	}
}

// refusal reads an error body of the sign-in hosts.
func (r reply) refusal(t testing.TB) refusalBody {
	t.Helper()
	var body refusalBody
	r.decode(t, &body)
	return body
}

// graphCode reads the error code of Graph.
func (r reply) graphCode(t testing.TB) string {
	t.Helper()
	var body struct {
		Error struct{ Code string }
	}
	r.decode(t, &body)
	return body.Error.Code
}
