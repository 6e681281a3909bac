package m365sim

import (
	"encoding/base64"
	"encoding/xml"
	"net/http"
	"strings"
	"testing"
	"time"
)

const (
	stsHost  = "sts.fed.contoso.com"
	nsTrust  = "http://docs.oasis-open.org/ws-sx/ws-trust/200512"
	nsOld    = "http://schemas.xmlsoap.org/ws/2005/02/trust"
	fedUser  = "fed@fed.contoso.com"
	rightPwd = "Right-1234"
)

// tokenMessage writes a WS-Trust request as a client does, with the values given in the place of the right ones.
func tokenMessage(w *world, change ...string) string {
	words := []string{"user", fedUser, "password", rightPwd, "trust", nsTrust, "audience", microsoftAudience, "type", "",
		"created", stamp(w.clock.now()), "expires", stamp(w.clock.now().Add(10 * time.Minute))}
	for i := 0; i < len(change); i += 2 {
		for j := 0; j < len(words); j += 2 {
			if words[j] == change[i] {
				words[j+1] = change[i+1]
			}
		}
	}
	return fill(`<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:wsa="http://www.w3.org/2005/08/addressing" xmlns:wsu="urn:u"><s:Header>
<wsa:Action s:mustUnderstand="1">{trust}/RST/Issue</wsa:Action>
<wsse:Security xmlns:wsse="urn:s"><wsu:Timestamp><wsu:Created>{created}</wsu:Created><wsu:Expires>{expires}</wsu:Expires></wsu:Timestamp>
<wsse:UsernameToken><wsse:Username>{user}</wsse:Username><wsse:Password>{password}</wsse:Password></wsse:UsernameToken></wsse:Security></s:Header>
<s:Body><wst:RequestSecurityToken xmlns:wst="{trust}"><wsp:AppliesTo xmlns:wsp="urn:p"><wsa:EndpointReference><wsa:Address>{audience}</wsa:Address></wsa:EndpointReference></wsp:AppliesTo>
<wst:RequestType>{trust}/Issue</wst:RequestType><wst:TokenType>{type}</wst:TokenType></wst:RequestSecurityToken></s:Body></s:Envelope>`, words...)
}

func (w *world) trust(path, body string) reply {
	w.t.Helper()
	return w.do(http.MethodPost, stsHost, path, body, "Content-Type", soapType)
}

// assertion signs in at the federation server and answers the assertion as it stands in the answer.
func (w *world) assertion(change ...string) string {
	w.t.Helper()
	r := w.trust(trust13Path, tokenMessage(w, change...))
	var doc struct {
		Token struct {
			Inner string `xml:",innerxml"`
		} `xml:"Body>RequestSecurityTokenResponseCollection>RequestSecurityTokenResponse>RequestedSecurityToken"`
	}
	if err := xml.Unmarshal([]byte(r.body), &doc); err != nil || r.status != http.StatusOK || doc.Token.Inner == "" {
		w.t.Fatalf("%v %d %s", err, r.status, r.body)
	}
	return doc.Token.Inner
}

func (w *world) samlToken(kind, assertion string, more ...string) reply {
	w.t.Helper()
	return w.token(append([]string{"grant_type", kind, "assertion", base64.StdEncoding.EncodeToString([]byte(assertion)), "username", "-", "password", "-"}, more...)...)
}

// TestMetadataExchange reads what the federation server offers, and that its addresses lead back to it.
func TestMetadataExchange(t *testing.T) {
	w := newWorld(t, contoso)
	r := w.do(http.MethodGet, stsHost, mexPath, "", "Content-Type", "application/xml; charset=utf-8")
	var doc struct {
		Ports []struct {
			Name    string `xml:"name,attr"`
			Address string `xml:"EndpointReference>Address"`
		} `xml:"service>port"`
	}
	if err := xml.Unmarshal([]byte(r.body), &doc); err != nil || r.status != http.StatusOK || len(doc.Ports) != 3 {
		t.Fatalf("%v %d %+v", err, r.status, doc)
	}
	if doc.Ports[2].Address != "https://"+stsHost+trust13Path || doc.Ports[1].Address != "https://"+stsHost+trust2005Path {
		t.Errorf("%+v", doc)
	}
	if r := w.do(http.MethodGet, "", mexPath, ""); !strings.Contains(r.body, w.url+trust13Path) {
		t.Errorf("on this machine: %d %s", r.status, r.body)
	}
	for host, want := range map[string]int{"sts.contoso.com": 421, "evil.example": 421, stsHost: 404} {
		if r := w.do(http.MethodGet, host, "/adfs/ls", ""); r.status != want {
			t.Errorf("%s: %d", host, r.status)
		}
	}
}

// TestFederationServerOfTheFixture answers at the addresses that a fixture gives.
func TestFederationServerOfTheFixture(t *testing.T) {
	w := newWorld(t, strings.Replace(contoso, `"authenticationType": "Federated"`,
		`"authenticationType": "Federated", "federationMetadataUrl": "https://adfs.corp.example/mex", "activeAuthUrl": "https://adfs.corp.example/2005/active"`, 1))
	if r := w.do(http.MethodGet, "adfs.corp.example", "/mex", ""); r.status != 200 || !strings.Contains(r.body, "https://adfs.corp.example"+trust13Path) {
		t.Errorf("%d %s", r.status, r.body)
	}
	if r := w.do(http.MethodPost, "adfs.corp.example", "/2005/active", tokenMessage(w, "trust", nsOld), "Content-Type", soapType); r.status != 200 || !strings.Contains(r.body, nsOld) {
		t.Errorf("%d %s", r.status, r.body)
	}
}

// TestUsernameMixed is each way in which a federation server says no.
func TestUsernameMixed(t *testing.T) {
	w := newWorld(t, contoso)
	cases := map[string]struct {
		path   string
		change []string
		fault  string
	}{
		"a right password":              {trust13Path, nil, ""},
		"in the older version":          {trust2005Path, []string{"trust", nsOld}, ""},
		"a wrong password":              {trust13Path, []string{"password", "x"}, "FailedAuthentication"},
		"a user nobody knows":           {trust13Path, []string{"user", "nobody@fed.contoso.com"}, "FailedAuthentication"},
		"a user of a managed domain":    {trust13Path, []string{"user", "svc@contoso.com"}, "FailedAuthentication"},
		"no user":                       {trust13Path, []string{"user", ""}, "InvalidSecurity"},
		"a request of yesterday":        {trust13Path, []string{"expires", "2026-11-22T14:02:11Z"}, "InvalidSecurity"},
		"a request of tomorrow":         {trust13Path, []string{"created", "2026-11-24T14:02:11Z"}, "InvalidSecurity"},
		"the other version's message":   {trust2005Path, nil, "InvalidSecurity"},
		"a token for somebody else":     {trust13Path, []string{"audience", "urn:other"}, "InvalidScope"},
		"a name with a markup of XML":   {trust13Path, []string{"user", "&lt;x&gt;@fed.contoso.com"}, "FailedAuthentication"},
		"a name in letters of any case": {trust13Path, []string{"user", "FED@fed.contoso.com"}, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := w.trust(c.path, tokenMessage(w, c.change...))
			if c.fault == "" && r.status != http.StatusOK || c.fault != "" && (r.status != 500 || !strings.Contains(r.body, ":"+c.fault+"<")) || r.header.Get("Content-Type") != soapType {
				t.Errorf("%d %s", r.status, r.body)
			}
		})
	}
	if r := w.do(http.MethodPost, stsHost, trust13Path, tokenMessage(w), "Content-Type", "text/xml"); r.status != http.StatusUnsupportedMediaType {
		t.Errorf("not SOAP 1.2: %d", r.status)
	}
	if r := w.do(http.MethodGet, stsHost, trust13Path, ""); r.status != 405 || r.header.Get("Allow") != "POST" {
		t.Errorf("GET: %d", r.status)
	}
	w.sim.ResetRequests()
	w.trust(trust13Path, tokenMessage(w))
	if e := w.sim.Requests()[0]; e.Host != stsHost || e.Path != trust13Path || e.Username != fedUser || e.Status != 200 {
		t.Errorf("in the journal: %+v", e)
	}
}

// TestFederatedSignIn trades an assertion for a token, and refuses what is not one.
func TestFederatedSignIn(t *testing.T) {
	w := newWorld(t, contoso)
	one, two := w.assertion(), w.assertion("type", "urn:oasis:names:tc:SAML:2.0:assertion")
	foreign := w.assertion()
	cases := map[string]struct {
		kind, assertion string
		more            []string
		code            int
	}{
		"SAML 1.1":                      {grantSAML1, one, nil, 0},
		"SAML 2.0":                      {grantSAML2, two, nil, 0},
		"with the name and password":    {grantSAML1, one, []string{"username", fedUser, "password", "x"}, 0},
		"of the other version":          {grantSAML1, two, nil, 50008},
		"no assertion":                  {grantSAML1, "", nil, 900144},
		"no XML":                        {grantSAML1, "x", nil, 50008},
		"another user's name put in":    {grantSAML1, strings.ReplaceAll(one, fedUser, "svc@fed.contoso.com"), nil, 50008},
		"the signature taken out":       {grantSAML1, one[:strings.Index(one, "<ds:Signature ")] + assertionEnd, nil, 50008},
		"the digest of something else":  {grantSAML1, strings.Replace(one, "<ds:DigestValue>", "<ds:DigestValue>A", 1), nil, 50008},
		"a signature of something else": {grantSAML1, strings.Replace(one, "#rsa-sha256", "#rsa-sha1", 1), nil, 50008},
		"for an app that is unknown":    {grantSAML1, foreign, []string{"client_id", "a0000000-0000-4000-8000-00000000000f"}, 700016},
		"for an app without consent":    {grantSAML1, foreign, []string{"client_id", "a0000000-0000-4000-8000-000000000004"}, 65001},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := w.samlToken(c.kind, c.assertion, c.more...)
			if c.code == 0 && r.status != http.StatusOK || c.code != 0 && r.refusal(t).Codes[0] != c.code {
				t.Errorf("%d %s", r.status, r.body)
			}
		})
	}
	t.Run("at organizations, where the assertion alone says which tenant", func(t *testing.T) {
		fields := []string{"grant_type", grantSAML2, "assertion", base64.RawURLEncoding.EncodeToString([]byte(two)), "username", "-", "password", "-"}
		if r := w.tokenAt(loginHostCom, "organizations", fields...); r.status != http.StatusOK {
			t.Errorf("%d %s", r.status, r.body)
		}
	})
	t.Run("the token is the user's", func(t *testing.T) {
		var body tokenBody
		w.samlToken(grantSAML1, one).decode(t, &body)
		if me := w.get(body.AccessToken, "/v1.0/me").object(t); me["userPrincipalName"] != fedUser {
			t.Errorf("%v", me)
		}
	})
	t.Run("an account switched off in the cloud", func(t *testing.T) {
		w.control("PATCH", "/_sim/users/"+fedUser, `{"accountEnabled": false}`, 204)
		if code := w.samlToken(grantSAML1, one).refusal(t).Codes[0]; code != 50057 {
			t.Error(code)
		}
		w.control("PATCH", "/_sim/users/"+fedUser, `{"accountEnabled": true, "mfa": "perUser"}`, 204)
		if code := w.samlToken(grantSAML1, one).refusal(t).Codes[0]; code != 50076 {
			t.Error(code)
		}
	})
	t.Run("a domain that is managed by now", func(t *testing.T) {
		w.control("PATCH", "/_sim/tenants/"+tenantID, `{"domains": [{"id": "contoso.com"}, {"id": "fed.contoso.com"}]}`, 204)
		if code := w.samlToken(grantSAML1, one).refusal(t).Codes[0]; code != 50107 {
			t.Error(code)
		}
	})
	t.Run("an assertion of two hours ago", func(t *testing.T) {
		w.clock.advance(2 * time.Hour)
		if code := w.samlToken(grantSAML1, one).refusal(t).Codes[0]; code != 50008 {
			t.Error(code)
		}
	})
}
