package idp

import (
	"crypto"
	"crypto/rsa"
	"encoding/base64"
	"fmt"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// signingKey signs ID tokens. Its id is the key's thumbprint (RFC 7638), so that it stays over a restart.
type signingKey struct {
	id      string
	private *rsa.PrivateKey
}

var (
	_ op.SigningKey = signingKey{}
	_ op.Key        = publicKey{}
)

func newSigningKey(private *rsa.PrivateKey) (signingKey, error) {
	sum, err := (&jose.JSONWebKey{Key: &private.PublicKey}).Thumbprint(crypto.SHA256)
	if err != nil {
		return signingKey{}, fmt.Errorf("thumbprint of the signing key: %w", err)
	}
	return signingKey{id: base64.RawURLEncoding.EncodeToString(sum), private: private}, nil
}

func (k signingKey) SignatureAlgorithm() jose.SignatureAlgorithm { return jose.RS256 }
func (k signingKey) Key() any                                    { return k.private }
func (k signingKey) ID() string                                  { return k.id }

// publicKey is the half that everybody may read.
type publicKey struct{ of signingKey }

func (k publicKey) ID() string                         { return k.of.id }
func (k publicKey) Algorithm() jose.SignatureAlgorithm { return jose.RS256 }
func (k publicKey) Use() string                        { return "sig" }
func (k publicKey) Key() any                           { return &k.of.private.PublicKey }
