package idp_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/oauth2"

	"purser.example/internal/demo/idp"
)

func TestDiscoveryAnnouncesWhatThereIs(t *testing.T) {
	p := newParty(t, nil)
	var got map[string]any
	if err := json.Unmarshal([]byte(p.get(t, p.client, p.cfg.Issuer+"/.well-known/openid-configuration").body), &got); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{
		"issuer":                                p.cfg.Issuer,
		"authorization_endpoint":                p.cfg.Issuer + "/authorize",
		"end_session_endpoint":                  p.cfg.Issuer + "/end_session",
		"response_types_supported":              "[code]",
		"grant_types_supported":                 "[authorization_code]",
		"code_challenge_methods_supported":      "[S256]",
		"token_endpoint_auth_methods_supported": "[client_secret_basic]",
		"id_token_signing_alg_values_supported": "[RS256]",
		"scopes_supported":                      "[openid profile email]",
		"introspection_endpoint":                "<nil>",
		"revocation_endpoint":                   "<nil>",
		"device_authorization_endpoint":         "<nil>",
	} {
		if fmt.Sprint(got[key]) != want {
			t.Errorf("%s: %v", key, got[key])
		}
	}
}

func TestNothingElseIsOpen(t *testing.T) {
	p := newParty(t, nil)
	for _, path := range []string{
		"", "/", "/healthz", "/ready", "/authorize/callback?id=x", "/oauth/introspect", "/revoke", "/device_authorization", "/oauth/token",
	} {
		res := p.get(t, p.client, p.cfg.Issuer+path)
		if res.StatusCode != http.StatusNotFound && res.StatusCode != http.StatusMethodNotAllowed {
			t.Errorf("%s: %s", path, res.Status)
		}
	}
	if res := p.get(t, p.client, p.cfg.Issuer+"/authorize?x="+strings.Repeat("x", 9<<10)); res.StatusCode != http.StatusRequestURITooLong {
		t.Errorf("a long address: %s", res.Status)
	}
	if res := p.get(t, p.client, p.cfg.Issuer+"/userinfo?access_token=x"); res.StatusCode != http.StatusBadRequest {
		t.Errorf("a token in the address: %s", res.Status)
	}
}

// R60: neither our log nor the library's, which goes to the default logger, holds a password, secret, code or token.
func TestLogsHoldNoSecrets(t *testing.T) {
	p := newParty(t, nil)
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(p.logs, &slog.HandlerOptions{Level: slog.LevelDebug})))
	defer slog.SetDefault(before)

	token, _ := p.tokens(t, "adele@contoso.com", password)
	hint := rawIDToken(token)
	verifier := oauth2.GenerateVerifier()
	code := p.code(t, verifier)
	p.post(t, p.client, p.signInPage(t, p.client), url.Values{"email": {"typed-in-the-wrong-field"}, "password": {"typed-a-mistake"}})
	p.tokenRequest(t, code, verifier, func(r *http.Request, _ url.Values) { r.SetBasicAuth(clientID, "guessed-secret") })
	p.refusal(t.Context(), code, verifier+"x")
	p.refusal(t.Context(), code, verifier)
	p.get(t, p.client, p.endSession(url.Values{"id_token_hint": {hint + "x"}}))
	p.get(t, p.client, p.endSession(url.Values{"id_token_hint": {"no token at all"}}))
	p.get(t, p.client, p.authorizeURL(verifier, param("redirect_uri", "https://fabrikam.com/")))

	logged := p.logs.String()
	for _, secret := range []string{
		password, clientSecret, "typed-", "guessed-secret", code, verifier, token.AccessToken, hint, strings.Split(hint, ".")[1], strings.Split(hint, ".")[2],
	} {
		if strings.Contains(logged, secret) {
			t.Errorf("%.20q… is in the log", secret)
		}
	}
	for _, told := range []string{"signed in", "subject=p1", "sign-in refused"} {
		if !strings.Contains(logged, told) {
			t.Errorf("%q is not in the log", told)
		}
	}
	if shown := fmt.Sprintf("%v %+v %#v %s", people(), people(), people(), people()[0]); strings.Contains(shown, password) {
		t.Errorf("a person shows the password: %s", shown)
	}
}

func TestNewNamesTheSettingThatCannotWork(t *testing.T) {
	valid := idp.Config{
		Issuer: "http://127.0.0.1:8080/idp", ClientID: clientID, ClientSecret: clientSecret,
		RedirectURI: "http://127.0.0.1:8080/auth/callback", People: people(), SigningKey: must(signingKey()), CryptoKey: [32]byte{1},
	}
	if _, err := idp.New(valid); err != nil {
		t.Fatal(err)
	}
	for want, spoil := range map[string]func(*idp.Config){
		"without a slash": func(c *idp.Config) { c.Issuer += "/" },
		"loopback":        func(c *idp.Config) { c.Issuer = "http://purser.contoso.com/idp" },
		"whole http":      func(c *idp.Config) { c.RedirectURI = "/auth/callback" },
		"id and a secret": func(c *idp.Config) { c.ClientSecret = "" },
		"signing key":     func(c *idp.Config) { c.SigningKey = nil },
		"2048 bits":       func(c *idp.Config) { c.SigningKey = must(rsa.GenerateKey(rand.Reader, 1024)) },
		"crypto key":      func(c *idp.Config) { c.CryptoKey = [32]byte{} },
		"colon":           func(c *idp.Config) { c.People = []idp.Person{{Subject: "a:b"}} },
		"a password":      func(c *idp.Config) { c.People = []idp.Person{{Subject: "a", Email: "a@contoso.com"}} },
		"address is taken": func(c *idp.Config) {
			c.People = append(people(), idp.Person{Subject: "p4", Email: "ADELE@contoso.com", Password: "x"})
		},
		"subject is taken": func(c *idp.Config) {
			c.People = append(people(), idp.Person{Subject: "p1", Email: "new@contoso.com", Password: "x"})
		},
	} {
		t.Run(want, func(t *testing.T) {
			cfg := valid
			spoil(&cfg)
			if _, err := idp.New(cfg); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v", err)
			}
		})
	}
}
