package m365sim

import (
	"encoding/xml"
	"net/http"
	"strings"
	"testing"
)

const (
	appPassword = "abcdabcdabcdabcd"
	spoHost     = "contoso.sharepoint.com"
)

// legacyReply is an answer of the legacy sign-in as a client reads it.
type legacyReply struct {
	Token  string `xml:"Body>RequestSecurityTokenResponse>RequestedSecurityToken>BinarySecurityToken"`
	Type   string `xml:"Body>RequestSecurityTokenResponse>TokenType"`
	Status string `xml:"Header>pp>reqstatus"`
	Value  string `xml:"Body>Fault>Detail>error>value"`
	Text   string `xml:"Body>Fault>Detail>error>internalerror>text"`
}

func (w *world) legacy(path string, change ...string) (legacyReply, reply) {
	w.t.Helper()
	message := tokenMessage(w, append([]string{"trust", nsOld, "audience", "sharepoint.com"}, change...)...)
	r := w.do(http.MethodPost, loginHostCom, path, message, "Content-Type", soapType)
	var body legacyReply
	if err := xml.Unmarshal([]byte(r.body), &body); err != nil {
		w.t.Fatalf("%v: %d %s", err, r.status, r.body)
	}
	return body, r
}

// TestLegacySignIn is what an app password opens, and each way in which it does not (R34).
func TestLegacySignIn(t *testing.T) {
	w := newWorld(t, strings.Replace(contoso, `"mfa": "register"`, `"mfa": "register", "appPassword": "abcdabcdabcdabcd"`, 1))
	cases := map[string]struct{ user, password, status, code string }{
		"an app password":                         {"mfa@contoso.com", appPassword, "", ""},
		"a password where no MFA is":              {"svc@contoso.com", "Right-1234", "", ""},
		"the account's own password":              {"mfa@contoso.com", "Right-1234", legacyWrongPassword, "AADSTS50076"},
		"a wrong password":                        {"mfa@contoso.com", "x", legacyWrongPassword, "AADSTS50126"},
		"an app password without MFA":             {"svc@contoso.com", appPassword, legacyWrongPassword, "AADSTS50126"},
		"the password of a federated user":        {"fed@fed.contoso.com", "Right-1234", legacyWrongPassword, "AADSTS50126"},
		"MFA by a policy":                         {"camfa@contoso.com", "Right-1234", legacyBlocked, ""},
		"security defaults":                       {"defaults@contoso.com", "Right-1234", legacyBlocked, ""},
		"a policy that blocks":                    {"ca@contoso.com", "Right-1234", legacyBlocked, ""},
		"an expired password":                     {"expired@contoso.com", "Right-1234", legacyExpired, "AADSTS50055"},
		"a disabled account":                      {"disabled@contoso.com", "Right-1234", legacyWrongPassword, "AADSTS50057"},
		"a locked account":                        {"locked@contoso.com", "Right-1234", legacyLocked, "AADSTS50053"},
		"an outage":                               {"down@contoso.com", "Right-1234", legacyUnavailable, "AADSTS90033"},
		"a user nobody knows":                     {"nobody@contoso.com", "Right-1234", legacyWrongPassword, "AADSTS50034"},
		"a domain nobody knows":                   {"svc@nobody.example", "Right-1234", legacyWrongPassword, "AADSTS50034"},
		"a user of another cloud":                 {"svc@fabrikam.us", "Right-1234", legacyWrongPassword, "AADSTS50034"},
		"an app password, MFA still to be set up": {"register@contoso.com", appPassword, legacyWrongPassword, "AADSTS50126"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			for path, status := range map[string]int{"/rst2.srf": 200, "/extSTS.srf": 400} {
				got, r := w.legacy(path, "user", c.user, "password", c.password)
				switch {
				case c.status == "":
					if r.status != 200 || !strings.HasPrefix(got.Token, "t=") || !strings.HasSuffix(got.Token, "&p=") || got.Type != "urn:passport:compact" {
						t.Errorf("%d %s", r.status, r.body)
					}
				case r.status != status || got.Token != "" || got.Status != c.status || c.code != "" && (got.Value != c.status || !strings.HasPrefix(got.Text, c.code+":")) || c.code == "" && got.Type == "":
					t.Errorf("%d %s", r.status, r.body)
				}
			}
		})
	}
	if got, _ := w.legacy("/rst2.srf", "user", "svc@contoso.com", "audience", "fabrikam.com"); got.Value != legacyNoPartner {
		t.Errorf("a token for somebody else: %+v", got)
	}
	for _, body := range []string{"", "<x/>", tokenMessage(w)} {
		if r := w.do(http.MethodPost, loginHostCom, "/rst2.srf", body, "Content-Type", soapType); r.status != 400 {
			t.Errorf("%q: %d", body, r.status)
		}
	}
	if r := w.token("username", "mfa@contoso.com", "password", appPassword).refusal(t); r.Codes[0] != 50126 {
		t.Errorf("an app password at the token endpoint: %+v", r)
	}
}

// TestLegacyCookie trades the token at SharePoint, which Microsoft has closed unless a fixture opens it again.
func TestLegacyCookie(t *testing.T) {
	w := newWorld(t, contoso)
	got, _ := w.legacy("/extSTS.srf", "user", "mfa@contoso.com", "password", appPassword, "audience", "https://"+spoHost+"/_forms/default.aspx?wa=wsignin1.0")
	idcrl := func(host, token string) reply {
		return w.do(http.MethodGet, host, "/_vti_bin/idcrl.svc/", "", "Authorization", "BPOSIDCRL "+token, "X-IDCRL_ACCEPTED", "t")
	}
	if r := idcrl(spoHost, got.Token); r.status != 403 || r.header.Get("X-MSDAVEXT_Error") == "" {
		t.Errorf("retired: %d %s", r.status, r.body)
	}
	w.control("PATCH", "/_sim/tenants/"+tenantID, `{"sharePoint": {"legacyRetired": false}}`, 204)
	if r := idcrl(spoHost, got.Token); r.status != 403 {
		t.Errorf("switched off by the tenant: %d", r.status)
	}
	w.control("PATCH", "/_sim/tenants/"+tenantID, `{"sharePoint": {"legacyAuthEnabled": true}}`, 204)
	for _, host := range []string{spoHost, "contoso-admin.sharepoint.com", ""} {
		if r := idcrl(host, got.Token); r.status != 200 || !strings.HasPrefix(r.header.Get("Set-Cookie"), "SPOIDCRL=") {
			t.Errorf("%s: %d %s", host, r.status, r.body)
		}
	}
	if r := w.do(http.MethodPost, spoHost, "/_forms/default.aspx?wa=wsignin1.0", got.Token); r.status != 302 || len(r.header.Values("Set-Cookie")) != 2 {
		t.Errorf("%d %v", r.status, r.header)
	}
	for name, r := range map[string]reply{
		"another tenant's host": idcrl("fabrikam.sharepoint.com", got.Token),
		"a token that is none":  idcrl(spoHost, "t=x&p="),
		"a token of Graph":      idcrl(spoHost, "t="+w.accessToken()+"&p="),
		"no token":              w.do(http.MethodGet, spoHost, "/_vti_bin/idcrl.svc/", ""),
		"a form without one":    w.do(http.MethodPost, spoHost, "/_forms/default.aspx?wa=wsignin1.0", "x"),
	} {
		if r.status != 401 {
			t.Errorf("%s: %d", name, r.status)
		}
	}
	if r := w.do(http.MethodGet, spoHost, "/sites/a", ""); r.status != 404 {
		t.Errorf("%d", r.status)
	}
	w.clock.advance(legacyTokenLife)
	if r := idcrl(spoHost, got.Token); r.status != 401 {
		t.Errorf("a token of yesterday: %d", r.status)
	}
	if r := w.get(strings.TrimSuffix(strings.TrimPrefix(got.Token, "t="), "&p="), "/v1.0/me"); r.status != 401 {
		t.Errorf("at Graph: %d", r.status)
	}
}
