package secret

import (
	"context"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/aead/subtle"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// Keeper keeps the keyring of a database closed: the operator's Key, or a key service that has one and never shows it (R64).
type Keeper interface {
	// ID names it without telling anything about it, in eight hexadecimal digits.
	ID() string
	// Envelope seals the keyring of an installation, and opens it. What it opens with another key, or altered, is an error that is neither
	// ErrUnavailable nor ErrRefused; these say that nobody could tell.
	Envelope(installation string) (tink.AEADWithContext, error)
}

// Elsewhere is a Keeper whose key is at a service, so that somebody has to be asked.
type Elsewhere interface {
	Keeper
	// Place tells a person where the key is.
	Place() string
}

// PlaceOf tells a person where a key is that is at a service; empty for one that is here.
func PlaceOf(k Keeper) string {
	if at, ok := k.(Elsewhere); ok {
		return at.Place()
	}
	return ""
}

// Envelope implements Keeper. The key itself answers at once, so that no context matters.
func (k Key) Envelope(installation string) (tink.AEADWithContext, error) {
	sealing, err := subtle.NewAESGCM(k.Derive("keyset", installation, keySize))
	if err != nil {
		return nil, fmt.Errorf("prepare key: %w", err)
	}
	return atHand{sealing}, nil
}

// atHand is a key that is here, and needs nobody to be asked.
type atHand struct{ tink.AEAD }

// EncryptWithContext implements tink.AEADWithContext.
func (a atHand) EncryptWithContext(_ context.Context, plain, binding []byte) ([]byte, error) {
	return a.Encrypt(plain, binding)
}

// DecryptWithContext implements tink.AEADWithContext.
func (a atHand) DecryptWithContext(_ context.Context, sealed, binding []byte) ([]byte, error) {
	return a.Decrypt(sealed, binding)
}

// attentive keeps what an envelope said: tink tells it on as a text.
type attentive struct {
	tink.AEADWithContext
	err error
}

// EncryptWithContext implements tink.AEADWithContext.
func (a *attentive) EncryptWithContext(ctx context.Context, plain, binding []byte) (sealed []byte, err error) {
	sealed, a.err = a.AEADWithContext.EncryptWithContext(ctx, plain, binding)
	return sealed, a.err
}

// DecryptWithContext implements tink.AEADWithContext.
func (a *attentive) DecryptWithContext(ctx context.Context, sealed, binding []byte) (plain []byte, err error) {
	plain, a.err = a.AEADWithContext.DecryptWithContext(ctx, sealed, binding)
	return plain, a.err
}
