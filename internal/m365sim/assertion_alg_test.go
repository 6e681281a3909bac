package m365sim

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
	"time"
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
	sha256Print := encode(sum[:])
	quoted, _ := json.Marshal(text)
	w := newWorld(t, strings.Replace(contoso, `"clientSecret": "s",`, `"certificates": [`+string(quoted)+`],`, 1))
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
		"no signature":                             {map[string]string{"alg": "none", "x5t": sha1Print}, 700027},
		"HMAC with the certificate for the secret": {map[string]string{"alg": "HS256", "x5t": sha1Print}, 700027},
	} {
		t.Run(name, func(t *testing.T) {
			assertion := signAssertion(t, w, key, c.header, block.Bytes)
			r := w.token("grant_type", "client_credentials", "client_id", secretAppID, "client_assertion", assertion, "client_assertion_type", assertionType, "username", "-", "password", "-")
			if c.code == 0 && r.status != http.StatusOK || c.code != 0 && r.refusal(t).Codes[0] != c.code {
				t.Errorf("%d %s", r.status, r.body)
			}
		})
	}
}

// signAssertion makes an assertion of the confidential app with any header. "sign" names an algorithm other than it says.
func signAssertion(t *testing.T, w *world, key *rsa.PrivateKey, header map[string]string, certificate []byte) string {
	t.Helper()
	alg := header["alg"]
	if header["sign"] != "" {
		alg = header["sign"]
	}
	now := w.clock.now()
	head, _ := json.Marshal(header)
	body, err := json.Marshal(assertionClaims{secretAppID, secretAppID, "https://login.microsoftonline.com/" + tenantID + "/oauth2/v2.0/token", "1", now.Add(10 * time.Minute).Unix(), now.Unix()})
	if err != nil {
		t.Fatal(err)
	}
	signed := encode(head) + "." + encode(body)
	sum := sha256.Sum256([]byte(signed))
	var signature []byte
	switch alg {
	case "RS256":
		signature, err = rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	case "PS256":
		signature, err = rsa.SignPSS(rand.Reader, key, crypto.SHA256, sum[:], nil)
	case "HS256":
		mac := hmac.New(sha256.New, certificate)
		mac.Write([]byte(signed))
		signature = mac.Sum(nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return signed + "." + encode(signature)
}
