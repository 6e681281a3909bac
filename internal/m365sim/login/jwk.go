package login

import (
	"encoding/binary"

	"purser.example/internal/m365sim/token"
)

// jwk is a key as RFC 7517 writes it, with the fields that Microsoft gives.
type jwk struct {
	KeyType string `json:"kty"`
	Use     string `json:"use"`
	KeyID   string `json:"kid"`
	X5T     string `json:"x5t"`
	N       string `json:"n"`
	E       string `json:"e"`
	Alg     string `json:"alg,omitempty"`
	Issuer  string `json:"issuer,omitempty"`
}

func newJWK(key token.Key, issuer string) jwk {
	exponent := binary.BigEndian.AppendUint32(nil, uint32(key.Private.E))
	return jwk{KeyType: "RSA", Use: "sig", KeyID: key.ID, X5T: key.ID, N: token.Encode(key.Private.N.Bytes()), E: token.Encode(exponent[1:]), Issuer: issuer}
}
