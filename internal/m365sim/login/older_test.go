package login_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"purser.example/internal/m365sim/simtest"
)

// TestOlderUserRealm is what SharePoint's clients ask first (node-sp-auth).
func TestOlderUserRealm(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	ask := func(login string) simtest.Reply {
		return w.Do(http.MethodPost, simtest.LoginHost, "/GetUserRealm.srf", url.Values{"login": {login}}.Encode(), "Content-Type", simtest.FormType)
	}
	managed := ask("svc@contoso.com").Object(t)
	for name, want := range map[string]any{
		"NameSpaceType": "Managed", "Login": "svc@contoso.com", "DomainName": "contoso.com", "FederationBrandName": "Contoso",
		"CloudInstanceName": "microsoftonline.com", "CloudInstanceIssuerUri": "urn:federation:MicrosoftOnline", "AuthURL": nil,
	} {
		if managed[name] != want {
			t.Errorf("%s: %v, want %v", name, managed[name], want)
		}
	}
	federated := ask("a b@fed.contoso.com").Object(t)
	if address, _ := federated["AuthURL"].(string); federated["NameSpaceType"] != "Federated" || !strings.HasPrefix(address, "https://sts.fed.contoso.com/adfs/ls/?username=a+b%40fed.contoso.com") {
		t.Errorf("%v", federated)
	}
	if got := ask("x@nobody.example").Object(t); got["NameSpaceType"] != "Unknown" || got["DomainName"] != nil {
		t.Errorf("%v", got)
	}
	if r := ask(""); r.Status != 400 {
		t.Errorf("%d", r.Status)
	}
	if r := w.Do(http.MethodGet, simtest.LoginHost, "/GetUserRealm.srf", ""); r.Status != 405 {
		t.Errorf("%d", r.Status)
	}
}

// TestOlderDiscovery tells the id of the tenant that a domain belongs to, by the first version's document.
func TestOlderDiscovery(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	const path = "/.well-known/openid-configuration"
	doc := w.Do(http.MethodGet, "login.windows.net", "/Contoso.com"+path, "").Object(t)
	if doc["issuer"] != "https://sts.windows.net/"+simtest.TenantID+"/" || doc["token_endpoint"] != "https://login.microsoftonline.com/"+simtest.TenantID+"/oauth2/token" {
		t.Errorf("%v", doc)
	}
	if doc := w.Do(http.MethodGet, simtest.LoginHost, "/common"+path, "").Object(t); doc["issuer"] != "https://sts.windows.net/{tenantid}/" {
		t.Errorf("%v", doc)
	}
	keys, _ := url.Parse(doc["jwks_uri"].(string))
	if r := w.Do(http.MethodGet, keys.Host, keys.Path, ""); r.Status != 200 || !strings.Contains(r.Body, `"keys"`) {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	if r := w.Do(http.MethodGet, "login.windows.net", "/nobody.example"+path, ""); r.Status != 400 || r.Code(t) != 90002 {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	older, newer := w.Do(http.MethodGet, simtest.LoginHost, "/common/userrealm/svc@contoso.com?api-version=2.1", ""), w.Do(http.MethodGet, simtest.LoginHost, "/common/userrealm/svc@contoso.com?api-version=1.0", "")
	if older.Status != 200 || older.Body != newer.Body {
		t.Errorf("%d %s", older.Status, older.Body)
	}
}

// TestAPasswordThatIsTooLong is refused unread, and does not count towards a lockout.
func TestAPasswordThatIsTooLong(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	for i := range 12 {
		if r := w.Token("password", strings.Repeat("ü", 257+i)); r.Status != 400 || r.Code(t) != 50052 || r.Refusal(t).Error != "invalid_grant" {
			t.Fatalf("%d %s", r.Status, r.Body)
		}
	}
	if r := w.Token("password", strings.Repeat("ü", 256)); r.Code(t) != 50126 {
		t.Errorf("256 characters: %s", r.Body)
	}
	if r := w.Token(); r.Status != 200 {
		t.Errorf("locked: %s", r.Body)
	}
}
