package m365sim

import (
	"crypto/rsa"
	"encoding/base64"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

func mustURL(s string) *url.URL {
	u, err := url.Parse(s)
	if err != nil {
		panic(err)
	}
	return u
}

func TestUserRealm(t *testing.T) {
	w := newWorld(t, contoso)
	cases := []struct{ name, host, path, want string }{
		{"a managed domain", loginHostCom, "/common/userrealm/nobody@contoso.com", `{"ver":"1.0","account_type":"Managed","domain_name":"contoso.com","cloud_instance_name":"microsoftonline.com","cloud_audience_urn":"urn:federation:MicrosoftOnline"}`},
		{"in letters of either case", loginHostCom, "/Common/UserRealm/X@Contoso.COM", `"domain_name":"contoso.com"`},
		{"a federated domain", loginHostCom, "/common/UserRealm/x@fed.contoso.com", `"account_type":"Federated","domain_name":"fed.contoso.com","federation_protocol":"WSTrust","federation_metadata_url":"https://sts.fed.contoso.com/adfs/services/trust/mex"`},
		{"a domain that nobody has", loginHostCom, "/common/UserRealm/x@nobody.example", `{"ver":"1.0","account_type":"Unknown","cloud_instance_name":"microsoftonline.com"`},
		{"a name without a domain", loginHostCom, "/common/UserRealm/x", `"account_type":"Unknown"`},
		{"a domain of another cloud", loginHostCom, "/common/UserRealm/x@fabrikam.us", `"account_type":"Managed","domain_name":"fabrikam.us","cloud_instance_name":"microsoftonline.us"`},
		{"China", "login.chinacloudapi.cn", "/common/UserRealm/x%40litware.partner.onmschina.cn", `"cloud_instance_name":"partner.microsoftonline.cn"`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := w.do(http.MethodGet, c.host, c.path+"?api-version=1.0", "", "client-request-id", "a", "client-request-id", "b")
			if r.status != 200 || !strings.Contains(r.body, c.want) {
				t.Errorf("%d %s", r.status, r.body)
			}
		})
	}
	if r := w.do(http.MethodGet, loginHostCom, "/common/UserRealm/x@contoso.com", ""); r.status != 400 {
		t.Errorf("without api-version: %d", r.status)
	}
	if r := w.do(http.MethodPost, loginHostCom, "/common/UserRealm/x@contoso.com?api-version=1.0", ""); r.status != 405 || r.header.Get("Allow") != "GET" {
		t.Errorf("POST: %d", r.status)
	}
}

func TestOpenIDConfiguration(t *testing.T) {
	w := newWorld(t, contoso)
	const path = "/v2.0/.well-known/openid-configuration"
	cases := []struct{ host, tenant, issuer, token, sub string }{
		{loginHostCom, tenantID, "https://login.microsoftonline.com/" + tenantID + "/v2.0", "https://login.microsoftonline.com/" + tenantID + "/oauth2/v2.0/token", ""},
		{loginHostCom, "Contoso.com", "https://login.microsoftonline.com/" + tenantID + "/v2.0", "https://login.microsoftonline.com/" + tenantID + "/oauth2/v2.0/token", ""},
		{loginHostCom, "common", "https://login.microsoftonline.com/{tenantid}/v2.0", "https://login.microsoftonline.com/common/oauth2/v2.0/token", ""},
		{loginHostCom, "organizations", "https://login.microsoftonline.com/{tenantid}/v2.0", "https://login.microsoftonline.com/organizations/oauth2/v2.0/token", ""},
		{loginHostCom, "fabrikam.us", "https://login.microsoftonline.us/6f1c0000-0000-4000-8000-000000000002/v2.0", "https://login.microsoftonline.us/6f1c0000-0000-4000-8000-000000000002/oauth2/v2.0/token", "DODCON"},
		{"login.microsoftonline.us", "fabrikam.us", "https://login.microsoftonline.us/6f1c0000-0000-4000-8000-000000000002/v2.0", "https://login.microsoftonline.us/6f1c0000-0000-4000-8000-000000000002/oauth2/v2.0/token", "DODCON"},
		{"", tenantID, w.url + "/" + tenantID + "/v2.0", w.url + "/" + tenantID + "/oauth2/v2.0/token", ""},
	}
	for _, c := range cases {
		t.Run(c.tenant+" on "+c.host, func(t *testing.T) {
			doc := w.do(http.MethodGet, c.host, "/"+c.tenant+path, "").object(t)
			if doc["issuer"] != c.issuer || doc["token_endpoint"] != c.token || c.sub != "" && doc["tenant_region_sub_scope"] != c.sub {
				t.Errorf("%v", doc)
			}
		})
	}
	for host, tenant := range map[string]string{loginHostCom: "nobody.example", "login.microsoftonline.us": "contoso.com"} {
		if r := w.do(http.MethodGet, host, "/"+tenant+path, ""); r.status != 400 || r.refusal(t).Error != "invalid_tenant" || r.refusal(t).Codes[0] != 90002 {
			t.Errorf("%s: %d %s", tenant, r.status, r.body)
		}
	}
}

// TestPublishedKeys believes a token with the published keys alone, as another relying party would.
func TestPublishedKeys(t *testing.T) {
	w := newWorld(t, contoso)
	published := func() map[string]*rsa.PublicKey {
		var body struct{ Keys []jwk }
		w.do(http.MethodGet, loginHostCom, "/"+tenantID+"/discovery/v2.0/keys", "").decode(t, &body)
		keys := map[string]*rsa.PublicKey{}
		for _, k := range body.Keys {
			n, _ := base64.RawURLEncoding.DecodeString(k.N)
			e, _ := base64.RawURLEncoding.DecodeString(k.E)
			keys[k.KeyID] = &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}
			if k.Issuer != "https://login.microsoftonline.com/"+tenantID+"/v2.0" || k.KeyType != "RSA" || k.Use != "sig" {
				t.Errorf("%+v", k)
			}
		}
		return keys
	}
	before := published()
	if len(before) != 2 {
		t.Fatalf("%d keys", len(before))
	}
	token, _ := parseJWT(w.accessToken())
	if !token.verify(before[token.header.KeyID]) {
		t.Error("the token is not signed by a published key")
	}
	w.control("POST", "/_sim/rotate-keys", "", 204)
	after := published()
	for id := range after {
		if before[id] != nil || len(after) != 2 {
			t.Error("an old key is still there")
		}
	}
	if r := w.do(http.MethodGet, loginHostCom, "/common/discovery/v2.0/keys", ""); r.status != 200 {
		t.Errorf("%d", r.status)
	}
	if r := w.do(http.MethodGet, loginHostCom, "/nobody.example/discovery/v2.0/keys", ""); r.status != 400 {
		t.Errorf("%d", r.status)
	}
}

func TestInstanceDiscovery(t *testing.T) {
	w := newWorld(t, contoso)
	ask := func(endpoint string) reply {
		return w.do(http.MethodGet, loginHostCom, "/common/discovery/instance?api-version=1.1&authorization_endpoint="+url.QueryEscape(endpoint), "")
	}
	var body struct {
		Endpoint string `json:"tenant_discovery_endpoint"`
		Metadata []struct{ Aliases []string }
	}
	ask("https://sts.windows.net/contoso.com/oauth2/v2.0/authorize").decode(t, &body)
	if body.Endpoint != "https://sts.windows.net/contoso.com/v2.0/.well-known/openid-configuration" || len(body.Metadata) != 3 || !slices.Contains(body.Metadata[1].Aliases, "login.chinacloudapi.cn") {
		t.Errorf("%+v", body)
	}
	for _, endpoint := range []string{"https://evil.example/t/oauth2/v2.0/authorize", "http://login.microsoftonline.com/t", "https://127.0.0.1:1/t"} {
		if r := ask(endpoint); r.status != 400 || r.refusal(t).Error != "invalid_instance" || r.refusal(t).Codes[0] != 50049 {
			t.Errorf("%s: %d %s", endpoint, r.status, r.body)
		}
	}
}
