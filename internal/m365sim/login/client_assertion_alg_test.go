package login_test

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"strings"
	"testing"

	"purser.example/internal/m365sim/simtest"
)

// TestAssertionAlgorithms takes the signatures and thumbprints that Microsoft's libraries make, and no weaker ones.
func TestAssertionAlgorithms(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	text, sha1Print := newCertificate(t, key)
	block, _ := pem.Decode([]byte(text))
	sum := sha256.Sum256(block.Bytes)
	sha256Print := base64.RawURLEncoding.EncodeToString(sum[:])
	quoted, _ := json.Marshal(text)
	w := simtest.NewWorld(t, strings.Replace(simtest.Contoso, `"clientSecret": "s",`, `"certificates": [`+string(quoted)+`],`, 1))
	for name, c := range map[string]struct {
		header map[string]string
		code   int
	}{
		"RS256 with x5t":                           {map[string]string{"alg": "RS256", "x5t": sha1Print}, 0},
		"PS256 with x5t":                           {map[string]string{"alg": "PS256", "x5t": sha1Print}, 0},
		"PS256 with x5t#S256":                      {map[string]string{"alg": "PS256", "x5t#S256": sha256Print}, 0},
		"PS256 with x5t#S256 in plain Base64":      {map[string]string{"alg": "PS256", "x5t#S256": base64.StdEncoding.EncodeToString(sum[:])}, 0},
		"RS256 with kid":                           {map[string]string{"alg": "RS256", "kid": sha1Print}, 0},
		"PS256 with the other thumbprint":          {map[string]string{"alg": "PS256", "x5t#S256": sha1Print}, 700027},
		"PS256 with no thumbprint":                 {map[string]string{"alg": "PS256"}, 700027},
		"an RS256 signature that says PS256":       {map[string]string{"alg": "PS256", "sign": "RS256", "x5t": sha1Print}, 700027},
		"PS256 with the longest salt":              {map[string]string{"alg": "PS256", "sign": "PS256 with the longest salt", "x5t": sha1Print}, 700027},
		"no signature":                             {map[string]string{"alg": "none", "x5t": sha1Print}, 700027},
		"HMAC with the certificate for the secret": {map[string]string{"alg": "HS256", "x5t": sha1Print}, 700027},
	} {
		t.Run(name, func(t *testing.T) {
			assertion := signAssertion(t, key, c.header, goodClaims(w.Clock.Now()), block.Bytes)
			r := w.Token("grant_type", "client_credentials", "client_id", simtest.SecretAppID, "client_assertion", assertion, "client_assertion_type", jwtBearer, "username", "-", "password", "-")
			if c.code == 0 && r.Status != http.StatusOK || c.code != 0 && r.Code(t) != c.code {
				t.Errorf("%d %s", r.Status, r.Body)
			}
		})
	}
}

// signAssertion makes an assertion with any header. "sign" names an algorithm other than it says.
func signAssertion(t *testing.T, key *rsa.PrivateKey, header map[string]string, claims assertionClaims, certificate []byte) string {
	t.Helper()
	alg := header["alg"]
	if header["sign"] != "" {
		alg = header["sign"]
	}
	head, _ := json.Marshal(header)
	body, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	signed := base64.RawURLEncoding.EncodeToString(head) + "." + base64.RawURLEncoding.EncodeToString(body)
	sum := sha256.Sum256([]byte(signed))
	var signature []byte
	switch alg {
	case "RS256":
		signature, err = rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	case "PS256":
		signature, err = rsa.SignPSS(rand.Reader, key, crypto.SHA256, sum[:], &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
	case "PS256 with the longest salt":
		signature, err = rsa.SignPSS(rand.Reader, key, crypto.SHA256, sum[:], nil)
	case "HS256":
		mac := hmac.New(sha256.New, certificate)
		mac.Write([]byte(signed))
		signature = mac.Sum(nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return signed + "." + base64.RawURLEncoding.EncodeToString(signature)
}
