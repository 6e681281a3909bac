package login_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"purser.example/internal/m365sim/simtest"
)

// newCertificate makes a self-signed certificate in PEM, good for a year from the clock of the tests.
func newCertificate(t *testing.T, key *rsa.PrivateKey) (text, thumbprint string) {
	t.Helper()
	at := simtest.NewClock().Now()
	raw, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: at, NotAfter: at.AddDate(1, 0, 0)},
		&x509.Certificate{SerialNumber: big.NewInt(1)}, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha1.Sum(raw)
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw})), base64.RawURLEncoding.EncodeToString(sum[:])
}

// jwtBearer is the type of a client assertion.
const jwtBearer = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// assertionClaims are the claims of a client assertion, as a client writes them.
type assertionClaims struct {
	Issuer   string `json:"iss"`
	Subject  string `json:"sub"`
	Audience string `json:"aud"`
	ID       string `json:"jti"`
	Expires  int64  `json:"exp"`
	Before   int64  `json:"nbf"`
}

// statements counts the assertions, whose ids are good for one request.
var statements atomic.Int64

// goodClaims are those of the confidential app, for Contoso.
func goodClaims(now time.Time) assertionClaims {
	id := strconv.FormatInt(statements.Add(1), 10)
	return assertionClaims{simtest.SecretAppID, simtest.SecretAppID, "https://login.microsoftonline.com/" + simtest.TenantID + "/oauth2/v2.0/token", id, now.Add(10 * time.Minute).Unix(), now.Unix()}
}

// TestCertificate lets an app prove itself by an assertion that it signed with its certificate.
func TestCertificate(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	text, thumbprint := newCertificate(t, key)
	quoted, _ := json.Marshal(text)
	w := simtest.NewWorld(t, strings.Replace(simtest.Contoso, `"clientSecret": "s",`, `"certificates": [`+string(quoted)+`],`, 1))
	now := w.Clock.Now()
	cases := map[string]struct {
		change func(*assertionClaims)
		key    string
		typ    string
		code   int
	}{
		"a good one": {nil, thumbprint, jwtBearer, 0},
		"one for the issuer": {func(c *assertionClaims) {
			c.Audience = "https://login.microsoftonline.com/" + simtest.TenantID + "/v2.0"
		}, thumbprint, jwtBearer, 0},
		"one for another endpoint":          {func(c *assertionClaims) { c.Audience = "https://evil.example" }, thumbprint, jwtBearer, 700027},
		"one of another app":                {func(c *assertionClaims) { c.Subject = simtest.AppID }, thumbprint, jwtBearer, 700027},
		"one that has expired":              {func(c *assertionClaims) { c.Expires = now.Add(-6 * time.Minute).Unix() }, thumbprint, jwtBearer, 700027},
		"one from the future":               {func(c *assertionClaims) { c.Before = now.Add(6 * time.Minute).Unix() }, thumbprint, jwtBearer, 700027},
		"one without an id":                 {func(c *assertionClaims) { c.ID = "" }, thumbprint, jwtBearer, 700027},
		"one that names another key":        {nil, "x", jwtBearer, 700027},
		"one without its type":              {nil, thumbprint, "-", 900144},
		"one for two more minutes, by skew": {func(c *assertionClaims) { c.Expires = now.Add(-2 * time.Minute).Unix() }, thumbprint, jwtBearer, 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			claims := goodClaims(now)
			if c.change != nil {
				c.change(&claims)
			}
			assertion := signAssertion(t, key, map[string]string{"alg": "RS256", "kid": c.key, "x5t": c.key}, claims, nil)
			r := w.Token("grant_type", "client_credentials", "client_id", simtest.SecretAppID, "client_assertion", assertion, "client_assertion_type", c.typ, "username", "-", "password", "-")
			if c.code == 0 && r.Status != http.StatusOK || c.code != 0 && r.Code(t) != c.code {
				t.Errorf("%d %s", r.Status, r.Body)
			}
		})
	}
	t.Run("one used twice", func(t *testing.T) {
		assertion := signAssertion(t, key, map[string]string{"alg": "RS256", "x5t": thumbprint}, goodClaims(now), nil)
		for i, want := range []int{http.StatusOK, http.StatusUnauthorized} {
			r := w.Token("grant_type", "client_credentials", "client_id", simtest.SecretAppID, "client_assertion", assertion, "client_assertion_type", jwtBearer, "username", "-", "password", "-")
			if r.Status != want {
				t.Errorf("time %d: %d %s", i+1, r.Status, r.Body)
			}
		}
	})
	t.Run("one signed by somebody else", func(t *testing.T) {
		other, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			t.Fatal(err)
		}
		assertion := signAssertion(t, other, map[string]string{"alg": "RS256", "x5t": thumbprint}, goodClaims(now), nil)
		r := w.Token("grant_type", "client_credentials", "client_id", simtest.SecretAppID, "client_assertion", assertion, "client_assertion_type", jwtBearer)
		if r.Status != 401 || r.Code(t) != 700027 {
			t.Errorf("%d %s", r.Status, r.Body)
		}
	})
}
