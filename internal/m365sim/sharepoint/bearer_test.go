package sharepoint_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"purser.example/internal/m365sim/simtest"
)

// claimsOf reads a token as no client should.
func claimsOf(t *testing.T, token string) (claims struct {
	Scope string   `json:"scp"`
	Roles []string `json:"roles"`
	Proof string   `json:"appidacr"`
}) {
	t.Helper()
	text, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
	if err == nil {
		err = json.Unmarshal(text, &claims)
	}
	if err != nil {
		t.Fatal(err)
	}
	return claims
}

// TestTokensOfSharePoint carry SharePoint's own scopes and roles, and an app's is good only with a certificate.
func TestTokensOfSharePoint(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	const scope = "https://" + spoHost + "/.default"
	person := w.AccessToken("scope", scope)
	app := w.AccessToken("scope", scope, "grant_type", "client_credentials", "client_secret", "good-secret", "username", "-", "password", "-")
	if c := claimsOf(t, person); c.Scope != "AllSites.FullControl" || c.Proof != "0" {
		t.Errorf("%+v", c)
	}
	if c := claimsOf(t, app); !slices.Equal(c.Roles, []string{"Sites.FullControl.All"}) || c.Proof != "1" {
		t.Errorf("%+v", c)
	}
	ask := func(token string) simtest.Reply {
		return w.Do(http.MethodGet, spoHost, "/_api/web", "", "Authorization", "Bearer "+token)
	}
	if r := ask(person); r.Status != 404 {
		t.Errorf("believed, of an address that is not there: %d %s", r.Status, r.Body)
	}
	if r := ask(app); r.Status != 401 || !strings.Contains(r.Body, "Unsupported app only token") {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	if r := ask(w.AccessToken()); r.Status != 401 {
		t.Errorf("a token of Graph: %d", r.Status)
	}
	r := w.Do(http.MethodGet, spoHost, "/_vti_bin/client.svc", "")
	if r.Status != 401 || !strings.Contains(r.Header.Get("WWW-Authenticate"), `Bearer realm="`+simtest.TenantID+`"`) {
		t.Errorf("without a token: %d %v", r.Status, r.Header)
	}
}
