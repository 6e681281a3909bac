package login_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"purser.example/internal/m365sim/simtest"
)

func TestUserRealm(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	cases := []struct{ name, host, path, want string }{
		{"a managed domain", simtest.LoginHost, "/common/userrealm/nobody@contoso.com", `{"ver":"1.0","account_type":"Managed","domain_name":"contoso.com","cloud_instance_name":"microsoftonline.com","cloud_audience_urn":"urn:federation:MicrosoftOnline"}`},
		{"in letters of either case", simtest.LoginHost, "/Common/UserRealm/X@Contoso.COM", `"domain_name":"contoso.com"`},
		{"a federated domain", simtest.LoginHost, "/common/UserRealm/x@fed.contoso.com", `"account_type":"Federated","domain_name":"fed.contoso.com","federation_protocol":"WSTrust","federation_metadata_url":"https://sts.fed.contoso.com/adfs/services/trust/mex"`},
		{"a domain that nobody has", simtest.LoginHost, "/common/UserRealm/x@nobody.example", `{"ver":"1.0","account_type":"Unknown","cloud_instance_name":"microsoftonline.com"`},
		{"a name without a domain", simtest.LoginHost, "/common/UserRealm/x", `"account_type":"Unknown"`},
		{"a domain of another cloud", simtest.LoginHost, "/common/UserRealm/x@fabrikam.us", `"account_type":"Managed","domain_name":"fabrikam.us","cloud_instance_name":"microsoftonline.us"`},
		{"China", "login.chinacloudapi.cn", "/common/UserRealm/x%40litware.partner.onmschina.cn", `"cloud_instance_name":"partner.microsoftonline.cn"`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := w.Do(http.MethodGet, c.host, c.path+"?api-version=1.0", "", "client-request-id", "a", "client-request-id", "b")
			if r.Status != 200 || !strings.Contains(r.Body, c.want) {
				t.Errorf("%d %s", r.Status, r.Body)
			}
		})
	}
	if r := w.Do(http.MethodGet, simtest.LoginHost, "/common/UserRealm/x@contoso.com", ""); r.Status != 400 {
		t.Errorf("without api-version: %d", r.Status)
	}
	if r := w.Do(http.MethodPost, simtest.LoginHost, "/common/UserRealm/x@contoso.com?api-version=1.0", ""); r.Status != 405 || r.Header.Get("Allow") != "GET" {
		t.Errorf("POST: %d", r.Status)
	}
}

func TestOpenIDConfiguration(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	const path = "/v2.0/.well-known/openid-configuration"
	cases := []struct{ host, tenant, issuer, token, sub string }{
		{simtest.LoginHost, simtest.TenantID, "https://login.microsoftonline.com/" + simtest.TenantID + "/v2.0", "https://login.microsoftonline.com/" + simtest.TenantID + "/oauth2/v2.0/token", ""},
		{simtest.LoginHost, "Contoso.com", "https://login.microsoftonline.com/" + simtest.TenantID + "/v2.0", "https://login.microsoftonline.com/" + simtest.TenantID + "/oauth2/v2.0/token", ""},
		{simtest.LoginHost, "common", "https://login.microsoftonline.com/{tenantid}/v2.0", "https://login.microsoftonline.com/common/oauth2/v2.0/token", ""},
		{simtest.LoginHost, "organizations", "https://login.microsoftonline.com/{tenantid}/v2.0", "https://login.microsoftonline.com/organizations/oauth2/v2.0/token", ""},
		{simtest.LoginHost, "fabrikam.us", "https://login.microsoftonline.us/6f1c0000-0000-4000-8000-000000000002/v2.0", "https://login.microsoftonline.us/6f1c0000-0000-4000-8000-000000000002/oauth2/v2.0/token", "DODCON"},
		{"login.microsoftonline.us", "fabrikam.us", "https://login.microsoftonline.us/6f1c0000-0000-4000-8000-000000000002/v2.0", "https://login.microsoftonline.us/6f1c0000-0000-4000-8000-000000000002/oauth2/v2.0/token", "DODCON"},
		{"", simtest.TenantID, w.URL + "/" + simtest.TenantID + "/v2.0", w.URL + "/" + simtest.TenantID + "/oauth2/v2.0/token", ""},
	}
	for _, c := range cases {
		t.Run(c.tenant+" on "+c.host, func(t *testing.T) {
			doc := w.Do(http.MethodGet, c.host, "/"+c.tenant+path, "").Object(t)
			if doc["issuer"] != c.issuer || doc["token_endpoint"] != c.token || c.sub != "" && doc["tenant_region_sub_scope"] != c.sub {
				t.Errorf("%v", doc)
			}
		})
	}
	for host, tenant := range map[string]string{simtest.LoginHost: "nobody.example", "login.microsoftonline.us": "contoso.com"} {
		if r := w.Do(http.MethodGet, host, "/"+tenant+path, ""); r.Status != 400 || r.Refusal(t).Error != "invalid_tenant" || r.Code(t) != 90002 {
			t.Errorf("%s: %d %s", tenant, r.Status, r.Body)
		}
	}
}

// TestPublishedKeys believes a token with the published keys alone, as another relying party would.
func TestPublishedKeys(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	published := func() map[string]*rsa.PublicKey {
		var body struct {
			Keys []struct{ Kty, Use, Kid, N, E, Issuer string }
		}
		w.Do(http.MethodGet, simtest.LoginHost, "/"+simtest.TenantID+"/discovery/v2.0/keys", "").Decode(t, &body)
		keys := map[string]*rsa.PublicKey{}
		for _, k := range body.Keys {
			n, _ := base64.RawURLEncoding.DecodeString(k.N)
			e, _ := base64.RawURLEncoding.DecodeString(k.E)
			keys[k.Kid] = &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}
			if k.Issuer != "https://login.microsoftonline.com/"+simtest.TenantID+"/v2.0" || k.Kty != "RSA" || k.Use != "sig" {
				t.Errorf("%+v", k)
			}
		}
		return keys
	}
	before := published()
	if len(before) != 2 {
		t.Fatalf("%d keys", len(before))
	}
	if !signedBy(t, w.AccessToken(), before) {
		t.Error("the token is not signed by a published key")
	}
	w.Control("POST", "/_sim/rotate-keys", "", 204)
	after := published()
	for id := range after {
		if before[id] != nil || len(after) != 2 {
			t.Error("an old key is still there")
		}
	}
	if r := w.Do(http.MethodGet, simtest.LoginHost, "/common/discovery/v2.0/keys", ""); r.Status != 200 {
		t.Errorf("%d", r.Status)
	}
	if r := w.Do(http.MethodGet, simtest.LoginHost, "/nobody.example/discovery/v2.0/keys", ""); r.Status != 400 {
		t.Errorf("%d", r.Status)
	}
}

// signedBy checks the signature of a token with the key that it names.
func signedBy(t *testing.T, token string, keys map[string]*rsa.PublicKey) bool {
	t.Helper()
	parts := strings.Split(token, ".")
	head, err := base64.RawURLEncoding.DecodeString(parts[0])
	if err != nil {
		t.Fatal(err)
	}
	var header struct{ Alg, Kid string }
	if err := json.Unmarshal(head, &header); err != nil {
		t.Fatal(err)
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	return header.Alg == "RS256" && keys[header.Kid] != nil && rsa.VerifyPKCS1v15(keys[header.Kid], crypto.SHA256, sum[:], signature) == nil
}

func TestInstanceDiscovery(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	ask := func(endpoint string) simtest.Reply {
		return w.Do(http.MethodGet, simtest.LoginHost, "/common/discovery/instance?api-version=1.1&authorization_endpoint="+url.QueryEscape(endpoint), "")
	}
	var body struct {
		Endpoint string `json:"tenant_discovery_endpoint"`
		Metadata []struct{ Aliases []string }
	}
	ask("https://sts.windows.net/contoso.com/oauth2/v2.0/authorize").Decode(t, &body)
	if body.Endpoint != "https://sts.windows.net/contoso.com/v2.0/.well-known/openid-configuration" || len(body.Metadata) != 3 || !slices.Contains(body.Metadata[1].Aliases, "login.chinacloudapi.cn") {
		t.Errorf("%+v", body)
	}
	for _, endpoint := range []string{"https://evil.example/t/oauth2/v2.0/authorize", "http://login.microsoftonline.com/t", "https://127.0.0.1:1/t"} {
		if r := ask(endpoint); r.Status != 400 || r.Refusal(t).Error != "invalid_instance" || r.Code(t) != 50049 {
			t.Errorf("%s: %d %s", endpoint, r.Status, r.Body)
		}
	}
}
