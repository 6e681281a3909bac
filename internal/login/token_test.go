package login_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/login"
	"purser.example/internal/problem"
)

// signIn goes through a whole sign-in.
func signIn(t *testing.T, c *login.Client) (login.Identity, error) {
	t.Helper()
	attempt, answer := begin(t, c)
	return c.Finish(t.Context(), attempt, answer)
}

func TestATokenThatIsNotToBeBelievedIsRefusedR1(t *testing.T) {
	claim := func(name string, value any) func(*fakeProvider) {
		return func(p *fakeProvider) { p.claims = func(c map[string]any) { c[name] = value } }
	}
	without := func(name string) func(*fakeProvider) {
		return func(p *fakeProvider) { p.claims = func(c map[string]any) { delete(c, name) } }
	}
	signed := func(sign func(map[string]any) string) func(*fakeProvider) {
		return func(p *fakeProvider) { p.sign = sign }
	}
	several := []string{clientID, "another-client"}
	cases := map[string]func(*fakeProvider){
		"another audience":           claim("aud", "another-client"),
		"no audience":                without("aud"),
		"an empty list of audiences": claim("aud", []string{}),
		"several audiences, no azp":  claim("aud", several),
		"several audiences, another azp": func(p *fakeProvider) {
			p.claims = func(c map[string]any) { c["aud"], c["azp"] = several, "another-client" }
		},
		"one audience, another azp":        claim("azp", "another-client"),
		"an azp that is empty":             claim("azp", ""),
		"an azp that is null":              claim("azp", nil),
		"an azp that is a list":            claim("azp", []string{clientID}),
		"another issuer":                   claim("iss", "https://fabrikam.example"),
		"the issuer with a slash":          func(p *fakeProvider) { p.claims = func(c map[string]any) { c["iss"] = p.URL + "/" } },
		"no issuer":                        without("iss"),
		"no nonce":                         without("nonce"),
		"another nonce":                    claim("nonce", strings.Repeat("A", 43)),
		"an empty nonce":                   claim("nonce", ""),
		"no expiry":                        without("exp"),
		"no time of issue":                 without("iat"),
		"no subject":                       without("sub"),
		"an empty subject":                 claim("sub", ""),
		"a subject of 256 bytes":           claim("sub", strings.Repeat("a", 256)),
		"a subject with broken characters": claim("sub", "adele\ufffd1"),
		"a subject that is a number":       claim("sub", 7),
		"algorithm none": signed(func(c map[string]any) string {
			return jwt(map[string]any{"alg": "none"}, c, func([]byte) []byte { return nil })
		}),
		"algorithm None": signed(func(c map[string]any) string {
			return jwt(map[string]any{"alg": "None", "kid": "one"}, c, func([]byte) []byte { return nil })
		}),
		"HS256 with the client's secret": signed(signHS256([]byte(clientSecret), "one")),
		"HS256 with the public key":      signed(signHS256(publicPEM(rsaKey()), "one")),
		"an unknown key id":              signed(signingKey{id: "two", rsa: rsaKey()}.sign),
		"another key under a known id":   signed(signingKey{id: "one", ec: otherKey()}.sign),
		"no signature": signed(func(c map[string]any) string {
			return jwt(map[string]any{"alg": "RS256", "kid": "one"}, c, func([]byte) []byte { return nil })
		}),
		"a signature of other claims": signed(func(c map[string]any) string {
			good := strings.Split(signingKey{id: "one", rsa: rsaKey()}.sign(c), ".")
			c["sub"] = "somebody-else"
			bad := strings.Split(signingKey{id: "one", rsa: rsaKey()}.sign(c), ".")
			return good[0] + "." + bad[1] + "." + good[2]
		}),
		"a key that the token brings along": signed(func(c map[string]any) string {
			own := signingKey{id: "own", ec: otherKey()}
			return jwt(map[string]any{"alg": "ES256", "jwk": own.jwk()}, c, func([]byte) []byte { return make([]byte, 64) })
		}),
		"not a token":            signed(func(map[string]any) string { return "not.a.token" }),
		"no token":               func(p *fakeProvider) { p.tokens = func(b map[string]any) { delete(b, "id_token") } },
		"a token that is a list": func(p *fakeProvider) { p.tokens = func(b map[string]any) { b["id_token"] = []any{b["id_token"]} } },
	}
	for name, misbehave := range cases {
		t.Run(name, func(t *testing.T) {
			p := newProvider(t)
			misbehave(p)
			_, err := signIn(t, newClient(p))
			p.refuses(t, err, problem.BadRequest, notVerified)
		})
	}
}

func TestATokenThatEchoesSecretsShowsThemToNobodyR60(t *testing.T) {
	for _, claim := range []string{"iss", "aud", "exp"} {
		t.Run(claim, func(t *testing.T) {
			p := newProvider(t)
			p.claims = func(c map[string]any) {
				c[claim] = strings.Join([]string{p.issued["verifier"], p.issued["nonce"], p.issued["state"], p.issued["code"], clientSecret}, " ")
			}
			_, err := signIn(t, newClient(p))
			p.refuses(t, err, problem.BadRequest, notVerified)
		})
	}
}

func TestATokenThatIsUnusualButGoodIsAcceptedR1(t *testing.T) {
	cases := map[string]func(map[string]any){
		"several audiences with our azp":        func(c map[string]any) { c["aud"], c["azp"] = []string{"another", clientID}, clientID },
		"one audience with our azp":             func(c map[string]any) { c["azp"] = clientID },
		"a subject of 255 bytes":                func(c map[string]any) { c["sub"] = strings.Repeat("a", 255) },
		"a provider's clock five minutes ahead": func(c map[string]any) { c["iat"] = c["iat"].(int64) + 300 },
		"names of the wrong type":               func(c map[string]any) { c["name"], c["email"] = 5, map[string]any{} },
	}
	for name, change := range cases {
		t.Run(name, func(t *testing.T) {
			p := newProvider(t)
			p.claims = change
			if _, err := signIn(t, newClient(p)); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestKeysR1(t *testing.T) {
	p := newProvider(t)
	c := newClient(p)
	for range 3 {
		if _, err := signIn(t, c); err != nil {
			t.Fatal(err)
		}
	}
	if n := p.hitsOf("/keys"); n != 1 {
		t.Errorf("three sign-ins fetched the keys %d times", n)
	}
	t.Run("a rotated key is found", func(t *testing.T) {
		p.rotate(signingKey{id: "two", ec: otherKey()})
		if _, err := signIn(t, c); err != nil {
			t.Fatal(err)
		}
		if n := p.hitsOf("/keys"); n != 2 {
			t.Errorf("keys were fetched %d times, want 2", n)
		}
	})
	t.Run("a withdrawn key stops working within the hour", func(t *testing.T) {
		p.rotate(signingKey{id: "three", rsa: rsaKey()})
		p.sign = signingKey{id: "two", ec: otherKey()}.sign
		p.pass(time.Hour)
		_, err := signIn(t, c)
		p.refuses(t, err, problem.BadRequest, notVerified)
	})
}

func TestAProviderThatOffersOnlySymmetricSignaturesIsNotUsedR1(t *testing.T) {
	p := newProvider(t)
	p.document["id_token_signing_alg_values_supported"] = []string{"HS256", "none"}
	_, _, err := newClient(p).Begin(t.Context(), "/")
	p.refuses(t, err, problem.Upstream, wronglySet)

	t.Run("a provider that names none is taken at RS256", func(t *testing.T) {
		p := newProvider(t)
		delete(p.document, "id_token_signing_alg_values_supported")
		c := newClient(p)
		if _, err := signIn(t, c); err != nil {
			t.Error(err)
		}
		p.rotate(signingKey{id: "two", ec: otherKey()})
		_, err := signIn(t, c)
		p.refuses(t, err, problem.BadRequest, notVerified)
	})
}

func TestNamesForDisplayR1(t *testing.T) {
	cases := []struct {
		what         string
		change       func(map[string]any)
		name, signIn string
	}{
		{"all there", func(map[string]any) {}, "Adele Vance", "adele@contoso.com"},
		{"no name", func(c map[string]any) { delete(c, "name") }, "adele@contoso.com", "adele@contoso.com"},
		{"only an e-mail address", func(c map[string]any) { delete(c, "name"); delete(c, "preferred_username") }, "adele.vance@contoso.com", "adele.vance@contoso.com"},
		{"only the subject", func(c map[string]any) { delete(c, "name"); delete(c, "preferred_username"); delete(c, "email") }, "adele-1", "adele-1"},
		{"control characters", func(c map[string]any) { c["name"] = "\x00Ad\x1bele\nVance\u202e\u2066 " }, "Adele Vance", "adele@contoso.com"},
		{"nothing but control characters", func(c map[string]any) { c["name"] = "\x00\u202e \t" }, "adele@contoso.com", "adele@contoso.com"},
		{"other scripts", func(c map[string]any) { c["name"] = "阿黛尔 می\u200cخواهم" }, "阿黛尔 می\u200cخواهم", "adele@contoso.com"},
		{"very long", func(c map[string]any) { c["name"] = strings.Repeat("ä", 300) }, strings.Repeat("ä", 200), "adele@contoso.com"},
	}
	for _, tc := range cases {
		t.Run(tc.what, func(t *testing.T) {
			p := newProvider(t)
			p.claims = tc.change
			who, err := signIn(t, newClient(p))
			if err != nil {
				t.Fatal(err)
			}
			if who.Caller.Name != tc.name || who.Caller.SignIn != tc.signIn {
				t.Errorf("name %q, sign-in %q; want %q, %q", who.Caller.Name, who.Caller.SignIn, tc.name, tc.signIn)
			}
		})
	}
}

func TestWhoeverHasNoRoleIsSignedInAllTheSameR2(t *testing.T) {
	p := newProvider(t)
	p.claims = func(c map[string]any) { delete(c, "roles") }
	who, err := signIn(t, newClient(p))
	if err != nil || !who.Caller.SignedIn() || who.Caller.Role() != "" || who.Caller.May(access.ManageServiceAccounts) {
		t.Errorf("caller = %+v, %v", who.Caller, err)
	}
}

func TestHowTheClientProvesWhoItIsR1(t *testing.T) {
	cases := []struct {
		methods []string
		basic   bool
	}{
		{nil, true},
		{[]string{"client_secret_post", "private_key_jwt", "client_secret_basic"}, true},
		{[]string{"client_secret_post"}, false},
	}
	for _, tc := range cases {
		t.Run(fmt.Sprint(tc.methods), func(t *testing.T) {
			p := newProvider(t)
			if tc.methods != nil {
				p.document["token_endpoint_auth_methods_supported"] = tc.methods
			}
			if _, err := signIn(t, newClient(p)); err != nil {
				t.Fatal(err)
			}
			if _, _, basic := p.last("/token").BasicAuth(); basic != tc.basic {
				t.Errorf("basic = %v, want %v", basic, tc.basic)
			}
		})
	}
}

// last gives the last request to the path.
func (p *fakeProvider) last(path string) *http.Request {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := len(p.seen) - 1; i >= 0; i-- {
		if p.seen[i].URL.Path == path {
			return p.seen[i]
		}
	}
	p.t.Fatalf("nobody asked %s", path)
	return nil
}
