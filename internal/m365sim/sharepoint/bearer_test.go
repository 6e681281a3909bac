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
},
) {
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
	if c := claimsOf(t, person); c.Scope != "AllSites.FullControl TermStore.ReadWrite.All" || c.Proof != "0" {
		t.Errorf("%+v", c)
	}
	if c := claimsOf(t, app); !slices.Equal(c.Roles, []string{"Sites.FullControl.All", "TermStore.ReadWrite.All"}) || c.Proof != "1" {
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

// TestEachHostHasTokensOfItsOwn believes no token at another host of the same tenant, nor one of somebody who has gone.
func TestEachHostHasTokensOfItsOwn(t *testing.T) {
	w := simtest.NewWorld(t, withSites)
	hosts := []string{spoHost, adminHost, oneDriveHost}
	for _, of := range hosts {
		token := w.AccessToken("scope", "https://"+of+"/.default")
		for _, at := range hosts {
			want := 401
			if at == of {
				want = 404 // believed, of an address that is not there
			}
			if r := w.Do(http.MethodGet, at, "/_api/nothing", "", "Authorization", "Bearer "+token); r.Status != want {
				t.Errorf("%s at %s: %d %s", of, at, r.Status, r.Body)
			}
		}
		if r := w.Do(http.MethodGet, "", "/_api/nothing", "", "Authorization", "Bearer "+token); r.Status != 404 {
			t.Errorf("at this machine itself: %d", r.Status)
		}
	}
	if r := w.Do(http.MethodGet, "fabrikam.sharepoint.us", "/_vti_bin/client.svc", ""); !strings.Contains(r.Header.Get("WWW-Authenticate"), `realm="6f1c0000-0000-4000-8000-000000000002"`) {
		t.Errorf("another cloud: %v", r.Header)
	}
	if r := w.Do(http.MethodGet, "nobody.sharepoint.com", "/_vti_bin/client.svc", ""); !strings.Contains(r.Header.Get("WWW-Authenticate"), `realm=""`) {
		t.Errorf("nobody's host: %v", r.Header)
	}
	token := w.AccessToken("scope", "https://"+spoHost+"/.default")
	w.Control("DELETE", "/_sim/users/svc@contoso.com", "", 204)
	if r := w.Do(http.MethodGet, spoHost, "/_api/nothing", "", "Authorization", "Bearer "+token); r.Status != 401 {
		t.Errorf("of somebody who has gone: %d", r.Status)
	}
}
