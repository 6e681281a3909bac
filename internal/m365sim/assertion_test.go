package m365sim

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net/http"
	"strings"
	"testing"
	"time"
)

// newCertificate makes a self-signed certificate in PEM, good for a year from the clock of the tests.
func newCertificate(t *testing.T, key *rsa.PrivateKey) (text, thumbprint string) {
	t.Helper()
	at := newClock().now()
	raw, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: at, NotAfter: at.AddDate(1, 0, 0)},
		&x509.Certificate{SerialNumber: big.NewInt(1)}, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha1.Sum(raw)
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw})), encode(sum[:])
}

// TestCertificate lets an app prove itself by an assertion that it signed with its certificate.
func TestCertificate(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	text, thumbprint := newCertificate(t, key)
	quoted, _ := json.Marshal(text)
	w := newWorld(t, strings.Replace(contoso, `"clientSecret": "s",`, `"certificates": [`+string(quoted)+`],`, 1))
	now := w.clock.now()
	good := func() assertionClaims {
		return assertionClaims{secretAppID, secretAppID, "https://login.microsoftonline.com/" + tenantID + "/oauth2/v2.0/token", "1", now.Add(10 * time.Minute).Unix(), now.Unix()}
	}
	cases := map[string]struct {
		change func(*assertionClaims)
		key    string
		typ    string
		code   int
	}{
		"a good one":                        {nil, thumbprint, assertionType, 0},
		"one for the issuer":                {func(c *assertionClaims) { c.Audience = "https://login.microsoftonline.com/" + tenantID + "/v2.0" }, thumbprint, assertionType, 0},
		"one for another endpoint":          {func(c *assertionClaims) { c.Audience = "https://evil.example" }, thumbprint, assertionType, 700027},
		"one of another app":                {func(c *assertionClaims) { c.Subject = appID }, thumbprint, assertionType, 700027},
		"one that has expired":              {func(c *assertionClaims) { c.Expires = now.Add(-6 * time.Minute).Unix() }, thumbprint, assertionType, 700027},
		"one from the future":               {func(c *assertionClaims) { c.Before = now.Add(6 * time.Minute).Unix() }, thumbprint, assertionType, 700027},
		"one without an id":                 {func(c *assertionClaims) { c.ID = "" }, thumbprint, assertionType, 700027},
		"one that names another key":        {nil, "x", assertionType, 700027},
		"one without its type":              {nil, thumbprint, "-", 900144},
		"one for two more minutes, by skew": {func(c *assertionClaims) { c.Expires = now.Add(-2 * time.Minute).Unix() }, thumbprint, assertionType, 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			claims := good()
			if c.change != nil {
				c.change(&claims)
			}
			assertion, err := signingKey{c.key, key}.sign(claims)
			if err != nil {
				t.Fatal(err)
			}
			r := w.token("grant_type", "client_credentials", "client_id", secretAppID, "client_assertion", assertion, "client_assertion_type", c.typ, "username", "-", "password", "-")
			if c.code == 0 && r.status != http.StatusOK || c.code != 0 && r.refusal(t).Codes[0] != c.code {
				t.Errorf("%d %s", r.status, r.body)
			}
		})
	}
	t.Run("one signed by somebody else", func(t *testing.T) {
		assertion, err := signingKey{thumbprint, w.sim.keys[0].key}.sign(good())
		if err != nil {
			t.Fatal(err)
		}
		r := w.token("grant_type", "client_credentials", "client_id", secretAppID, "client_assertion", assertion, "client_assertion_type", assertionType)
		if r.status != 401 || r.refusal(t).Codes[0] != 700027 {
			t.Errorf("%d %s", r.status, r.body)
		}
	})
}
