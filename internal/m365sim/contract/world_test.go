package contract

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

const (
	login     = "https://login.microsoftonline.com/"
	tenantID  = "6f1c0000-0000-4000-8000-000000000001"
	appID     = "a0000000-0000-4000-8000-000000000001"
	daemonID  = "a0000000-0000-4000-8000-000000000002"
	deniedID  = "a0000000-0000-4000-8000-000000000003"
	unknownID = "a0000000-0000-4000-8000-00000000000f"
	password  = "Right-1234"
	graph     = "https://graph.microsoft.com/.default"
)

// contoso is the tenant of the tests: an account for each way in which a sign-in ends.
const contoso = `{"tenants": [{
  "id": "` + tenantID + `", "displayName": "Contoso", "initialDomain": "contoso.onmicrosoft.com",
  "domains": [{"id": "contoso.com"}, {"id": "fed.contoso.com", "authenticationType": "Federated"}],
  "apps": [
    {"appId": "` + appID + `", "displayName": "Purser"},
    {"appId": "` + daemonID + `", "displayName": "Daemon", "publicClient": false, "clientSecret": "good-secret", "permissions": ["User.Read.All"]},
    {"appId": "` + deniedID + `", "displayName": "Without consent", "consented": false}],
  "policies": [{"displayName": "Block all but managed devices"}],
  "users": [
    {"userPrincipalName": "svc@contoso.com", "password": "` + password + `"},
    {"userPrincipalName": "locked@contoso.com", "password": "` + password + `", "signInError": 50053},
    {"userPrincipalName": "disabled@contoso.com", "password": "` + password + `", "accountEnabled": false},
    {"userPrincipalName": "expired@contoso.com", "password": "` + password + `", "lastPasswordChangeDateTime": "-91d"},
    {"userPrincipalName": "mfa@contoso.com", "password": "` + password + `", "mfa": "perUser"},
    {"userPrincipalName": "register@contoso.com", "password": "` + password + `", "mfa": "register"},
    {"userPrincipalName": "policy@contoso.com", "password": "` + password + `", "mfa": "conditionalAccess"},
    {"userPrincipalName": "blocked@contoso.com", "password": "` + password + `", "signInError": 53003},
    {"userPrincipalName": "defaults@contoso.com", "password": "` + password + `", "mfa": "securityDefaults"},
    {"userPrincipalName": "unassigned@contoso.com", "password": "` + password + `", "signInError": 50105},
    {"userPrincipalName": "down@contoso.com", "password": "` + password + `", "signInError": 90033},
    {"userPrincipalName": "anna@fed.contoso.com", "password": "` + password + `"}]
}]}`

// world is a simulator behind TLS, and a client that finds all of Microsoft's hosts there.
type world struct {
	address string
	http    *http.Client
}

func newWorld(t *testing.T) *world {
	t.Helper()
	address, certificate := start(t, contoso)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(certificate)
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, address) // whatever the host, it is the simulator's
		},
	}
	w := &world{address, &http.Client{Transport: transport, Timeout: 20 * time.Second}}
	t.Cleanup(transport.CloseIdleConnections)
	return w
}

// ask sends a request and reads the answer's JSON into v, unless there is none.
func (w *world) ask(t *testing.T, method, address, token, body string, v any) (status int) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := w.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if v != nil && json.Unmarshal(text, v) != nil {
		t.Fatalf("no JSON: %s", text)
	}
	return resp.StatusCode
}

// get asks Graph.
func (w *world) get(t *testing.T, token, path string) (status int, body map[string]any) {
	t.Helper()
	status = w.ask(t, http.MethodGet, "https://graph.microsoft.com/v1.0"+path, token, "", &body)
	return status, body
}

// change changes what the simulator holds.
func (w *world) change(t *testing.T, what, body string) {
	t.Helper()
	if status := w.ask(t, http.MethodPatch, "https://"+w.address+"/_sim/"+what, "", body, nil); status != http.StatusNoContent {
		t.Fatalf("%s: %d", what, status)
	}
}

// asked are the requests that the simulator got, in order, each with its grant type where it has one.
func (w *world) asked(t *testing.T) []string {
	t.Helper()
	var journal []struct{ Method, Path, GrantType string }
	w.ask(t, http.MethodGet, "https://"+w.address+"/_sim/requests", "", "", &journal)
	var list []string
	for _, r := range journal {
		list = append(list, strings.TrimSpace(r.Method+" "+strings.Replace(r.Path, tenantID, "{tenant}", 1)+" "+r.GrantType))
	}
	return list
}
