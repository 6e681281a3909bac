package m365sim

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"sync"
)

// signingKey is one of the keys under which tokens are issued.
type signingKey struct {
	id  string
	key *rsa.PrivateKey
}

// keySet is the pair of keys that the discovery documents publish. The first one signs.
type keySet [2]signingKey

// find answers the published key of that id, or nil.
func (k *keySet) find(id string) *rsa.PublicKey {
	for _, s := range k {
		if s.id == id {
			return &s.key.PublicKey
		}
	}
	return nil
}

// startKeys are the keys of every simulator of this process until it is told to rotate them: making a pair takes a tenth of
// a second, which tests would pay for each simulator they start.
var startKeys = sync.OnceValues(newKeySet)

func newKeySet() (*keySet, error) {
	var set keySet
	for i := range set {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			return nil, fmt.Errorf("make signing key: %w", err)
		}
		sum := sha256.Sum256(key.N.Bytes())
		set[i] = signingKey{encode(sum[:20]), key}
	}
	return &set, nil
}

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

func (s signingKey) jwk(issuer string) jwk {
	exponent := binary.BigEndian.AppendUint32(nil, uint32(s.key.E))
	return jwk{KeyType: "RSA", Use: "sig", KeyID: s.id, X5T: s.id, N: encode(s.key.N.Bytes()), E: encode(exponent[1:]), Issuer: issuer}
}
