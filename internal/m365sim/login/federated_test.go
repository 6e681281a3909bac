package login_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"purser.example/internal/m365sim/simtest"
)

// The grants that bring an assertion in the place of a password.
const (
	saml1 = "urn:ietf:params:oauth:grant-type:saml1_1-bearer"
	saml2 = "urn:ietf:params:oauth:grant-type:saml2-bearer"
)

func samlToken(w *simtest.World, kind, assertion string, more ...string) simtest.Reply {
	return w.Token(append([]string{"grant_type", kind, "assertion", base64.StdEncoding.EncodeToString([]byte(assertion)), "username", "-", "password", "-"}, more...)...)
}

// TestFederatedSignIn trades an assertion for a token, and refuses what is not one.
func TestFederatedSignIn(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	one, two := w.Assertion(), w.Assertion("type", "urn:oasis:names:tc:SAML:2.0:assertion")
	foreign := w.Assertion()
	cases := map[string]struct {
		kind, assertion string
		more            []string
		code            int
	}{
		"SAML 1.1":                      {saml1, one, nil, 0},
		"SAML 2.0":                      {saml2, two, nil, 0},
		"with the name and password":    {saml1, one, []string{"username", simtest.FederatedUser, "password", "x"}, 0},
		"of the other version":          {saml1, two, nil, 50008},
		"no assertion":                  {saml1, "", nil, 900144},
		"no XML":                        {saml1, "x", nil, 50008},
		"another user's name put in":    {saml1, strings.ReplaceAll(one, simtest.FederatedUser, "svc@fed.contoso.com"), nil, 50008},
		"the signature taken out":       {saml1, one[:strings.Index(one, "<ds:Signature ")] + "</saml:Assertion>", nil, 50008},
		"the digest of something else":  {saml1, strings.Replace(one, "<ds:DigestValue>", "<ds:DigestValue>A", 1), nil, 50008},
		"a signature of something else": {saml1, strings.Replace(one, "#rsa-sha256", "#rsa-sha1", 1), nil, 50008},
		"for an app that is unknown":    {saml1, foreign, []string{"client_id", "a0000000-0000-4000-8000-00000000000f"}, 700016},
		"for an app without consent":    {saml1, foreign, []string{"client_id", "a0000000-0000-4000-8000-000000000004"}, 65001},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := samlToken(w, c.kind, c.assertion, c.more...)
			if c.code == 0 && r.Status != http.StatusOK || c.code != 0 && r.Code(t) != c.code {
				t.Errorf("%d %s", r.Status, r.Body)
			}
		})
	}
	t.Run("at organizations, where the assertion alone says which tenant", func(t *testing.T) {
		fields := []string{"grant_type", saml2, "assertion", base64.RawURLEncoding.EncodeToString([]byte(two)), "username", "-", "password", "-"}
		if r := w.TokenAt(simtest.LoginHost, "organizations", fields...); r.Status != http.StatusOK {
			t.Errorf("%d %s", r.Status, r.Body)
		}
	})
	t.Run("the token is the user's", func(t *testing.T) {
		tokens := samlToken(w, saml1, one).Tokens(t)
		if me := w.Get(tokens.Access, "/v1.0/me").Object(t); me["userPrincipalName"] != simtest.FederatedUser {
			t.Errorf("%v", me)
		}
	})
	t.Run("an account switched off in the cloud", func(t *testing.T) {
		w.Control("PATCH", "/_sim/users/"+simtest.FederatedUser, `{"accountEnabled": false}`, 204)
		if code := samlToken(w, saml1, one).Code(t); code != 50057 {
			t.Error(code)
		}
		w.Control("PATCH", "/_sim/users/"+simtest.FederatedUser, `{"accountEnabled": true, "mfa": "perUser"}`, 204)
		if code := samlToken(w, saml1, one).Code(t); code != 50076 {
			t.Error(code)
		}
	})
	t.Run("a domain that is managed by now", func(t *testing.T) {
		w.Control("PATCH", "/_sim/tenants/"+simtest.TenantID, `{"domains": [{"id": "contoso.com"}, {"id": "fed.contoso.com"}]}`, 204)
		if code := samlToken(w, saml1, one).Code(t); code != 50107 {
			t.Error(code)
		}
	})
	t.Run("an assertion of two hours ago", func(t *testing.T) {
		w.Clock.Advance(2 * time.Hour)
		if code := samlToken(w, saml1, one).Code(t); code != 50008 {
			t.Error(code)
		}
	})
}
