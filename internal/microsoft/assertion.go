package microsoft

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"purser.example/internal/whose"
)

const (
	// assertionType is what a client assertion is called in a form (RFC 7523).
	assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
	// assertionLife is how long one is good for: the time of a request, and of clocks that differ a little.
	assertionLife = 5 * time.Minute
)

// proof is what an app proves itself by in a form: nothing, its secret, or a statement that it signs.
func (c *Client) proof(h hosts, t TenantRef, app App) ([][]byte, error) {
	switch {
	case len(app.Certificate) > 0:
		statement, err := app.assertion("https://"+h.login+tokenPath(t), c.now())
		if err != nil {
			return nil, fault{code: NoSecret, detail: "the private key of the app cannot be used", whose: whose.Purser}
		}
		return [][]byte{[]byte("client_assertion_type"), []byte(assertionType), []byte("client_assertion"), statement}, nil
	case !app.Secret.Empty():
		return [][]byte{[]byte("client_secret"), app.Secret.Reveal()}, nil
	}
	return nil, nil
}

// renewing is how a form is made anew where it holds a statement, which is good for one request.
func (a App) renewing(fresh func() (*form, error)) func() (*form, error) {
	if len(a.Certificate) == 0 {
		return nil
	}
	return fresh
}

// assertion is the statement of an app with a certificate that it is itself (Microsoft, certificate credentials): a JWT for this token
// endpoint, now, once. Its salt is as long as the hash, as RFC 7518 asks for PS256; the library would take a longer one.
func (a App) assertion(audience string, now time.Time) ([]byte, error) {
	parsed, err := x509.ParsePKCS8PrivateKey(a.Secret.Reveal())
	if err != nil {
		return nil, err
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return nil, x509.ErrUnsupportedAlgorithm
	}
	print := sha256.Sum256(a.Certificate)
	signed, err := joined(
		map[string]any{"alg": "PS256", "typ": "JWT", "x5t#S256": base64.RawURLEncoding.EncodeToString(print[:])},
		map[string]any{"aud": audience, "iss": a.ID, "sub": a.ID, "jti": uuid.NewString(), "nbf": now.Unix(), "exp": now.Add(assertionLife).Unix()},
	)
	if err != nil {
		return nil, err
	}
	digest := sha256.Sum256(signed)
	signature, err := rsa.SignPSS(rand.Reader, key, crypto.SHA256, digest[:], &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA256})
	if err != nil {
		return nil, err
	}
	return base64.RawURLEncoding.AppendEncode(append(signed, '.'), signature), nil
}

// joined writes the parts of a JWT that are signed.
func joined(header, claims map[string]any) ([]byte, error) {
	first, err := json.Marshal(header)
	if err != nil {
		return nil, err
	}
	second, err := json.Marshal(claims)
	if err != nil {
		return nil, err
	}
	text := base64.RawURLEncoding.AppendEncode(nil, first)
	return base64.RawURLEncoding.AppendEncode(append(text, '.'), second), nil
}
