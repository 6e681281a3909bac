package token

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
)

// Header is the part of a JOSE header that counts here (RFC 7515).
type Header struct {
	Type   string `json:"typ,omitempty"`
	Alg    string `json:"alg"`
	KeyID  string `json:"kid,omitempty"`
	X5T    string `json:"x5t,omitempty"`
	X5T256 string `json:"x5t#S256,omitempty"`
}

// Sign makes a JWT of claims under RS256.
func (k Key) Sign(claims any) (string, error) {
	head, err := json.Marshal(Header{Type: "JWT", Alg: "RS256", KeyID: k.ID, X5T: k.ID})
	if err != nil {
		return "", fmt.Errorf("sign token: %w", err)
	}
	body, err := json.Marshal(claims)
	if err != nil {
		return "", fmt.Errorf("sign token: %w", err)
	}
	signed := Encode(head) + "." + Encode(body)
	sum := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, k.Private, crypto.SHA256, sum[:])
	if err != nil {
		return "", fmt.Errorf("sign token: %w", err)
	}
	return signed + "." + Encode(signature), nil
}

// JWT is a token taken apart, its signature not yet believed.
type JWT struct {
	Header    Header
	payload   []byte
	signed    string
	signature []byte
}

// Parse takes a token apart. It answers false for anything that is not a JWT in compact form.
func Parse(token string) (*JWT, bool) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, false
	}
	var raw [3][]byte
	for i, p := range parts {
		b, err := base64.RawURLEncoding.DecodeString(p)
		if err != nil {
			return nil, false
		}
		raw[i] = b
	}
	j := &JWT{payload: raw[1], signed: parts[0] + "." + parts[1], signature: raw[2]}
	if json.Unmarshal(raw[0], &j.Header) != nil {
		return nil, false
	}
	return j, true
}

// Reads decodes the payload, believed or not. It answers false for one of another form.
func (j *JWT) Reads(claims any) bool { return json.Unmarshal(j.payload, claims) == nil }

// Verify checks the signature. RS256 and PS256 are what Microsoft takes for client assertions, PS256 with a
// salt as long as the hash (RFC 7518); its own tokens are RS256.
func (j *JWT) Verify(key *rsa.PublicKey) bool {
	sum := sha256.Sum256([]byte(j.signed))
	switch j.Header.Alg {
	case "RS256":
		return rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], j.signature) == nil
	case "PS256":
		return rsa.VerifyPSS(key, crypto.SHA256, sum[:], j.signature, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}) == nil
	}
	return false
}

// Encode writes Base64 as tokens do: the alphabet for addresses, without padding.
func Encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// Decode reads either alphabet of RFC 4648, with or without padding.
func Decode(text string) ([]byte, error) {
	text = strings.NewReplacer("+", "-", "/", "_", "=", "").Replace(text)
	return base64.RawURLEncoding.DecodeString(text)
}
