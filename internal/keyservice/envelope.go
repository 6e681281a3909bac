package keyservice

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"

	"github.com/tink-crypto/tink-go/v2/aead/subtle"

	"purser.example/internal/secret"
)

// wrapping seals for one installation: Key Vault wraps a random key, and that seals here, bound to what is asked for.
//
// Whoever knows the public half of an RSA key can wrap a key of their own by it, and put a keyring of their own in the database's place. So
// what an RSA key wrapped is signed by it as well. AES keys need no such thing, because only they wrap.
type wrapping struct {
	azure
	installation string
}

// dataKey is how many bytes a wrapped key has: AES-256.
const dataKey = 32

// signs is how an RSA key signs.
const signs = "PS256"

// wraps are the ways in which types of keys wrap; the first byte of what is sealed says which.
var wraps = map[byte]struct {
	algorithm string
	signed    bool
	kinds     []string
}{
	1: {"RSA-OAEP-256", true, []string{"RSA", "RSA-HSM"}},
	2: {"A256KW", false, []string{"oct", "oct-HSM"}},
}

// parcel is what is kept of something sealed.
type parcel struct {
	way       byte
	version   string // of the key
	wrapped   []byte
	sealed    []byte
	signature []byte
}

// bytes are the parcel as it is kept, and head the part that the seal is bound to.
func (p parcel) head() []byte  { return framed([]byte{p.way}, []byte(p.version), p.wrapped) }
func (p parcel) bytes() []byte { return append(p.head(), framed(p.sealed, p.signature)...) }

// bound is what the seal is bound to.
func (p parcel) bound(binding []byte) []byte { return append(framed(binding), p.head()...) }

// digest is what is signed.
func (p parcel) digest(binding []byte) []byte {
	sum := sha256.Sum256(append(p.bound(binding), framed(p.sealed)...))
	return sum[:]
}

// framed puts the length before each part.
func framed(parts ...[]byte) (all []byte) {
	for _, part := range parts {
		all = append(binary.BigEndian.AppendUint32(all, uint32(len(part))), part...) //nolint:gosec // Parts are seals and names.
	}
	return all
}

// opened reads a parcel; false: it is none.
func opened(b []byte) (p parcel, whole bool) {
	var parts [5][]byte
	for i := range parts {
		if len(b) < 4 || uint64(len(b)-4) < uint64(binary.BigEndian.Uint32(b)) { //nolint:gosec // There are four at least.
			return p, false
		}
		end := 4 + int(binary.BigEndian.Uint32(b))
		parts[i], b = b[4:end], b[end:]
	}
	if len(b) > 0 || len(parts[0]) != 1 || !keyVersion.Match(parts[1]) {
		return p, false
	}
	p = parcel{way: parts[0][0], version: string(parts[1]), wrapped: parts[2], sealed: parts[3], signature: parts[4]}
	_, known := wraps[p.way]
	return p, known
}

// EncryptWithContext implements tink.AEADWithContext.
func (w wrapping) EncryptWithContext(ctx context.Context, plain, binding []byte) ([]byte, error) {
	binding = bindingOf(w.installation, binding)
	token, err := w.token(ctx)
	if err != nil {
		return nil, err
	}
	p, err := w.fitting(ctx, token)
	if err != nil {
		return nil, err
	}
	key := make([]byte, dataKey)
	_, _ = rand.Read(key) // never fails since Go 1.24
	defer clear(key)
	if p.wrapped, err = w.result(ctx, token, p.version, "wrapkey", operation{Algorithm: wraps[p.way].algorithm, Value: key}); err != nil {
		return nil, err
	}
	seal, err := subtle.NewAESGCM(key)
	if err != nil {
		return nil, err
	}
	if p.sealed, err = seal.Encrypt(plain, p.bound(binding)); err != nil {
		return nil, err
	}
	if wraps[p.way].signed {
		p.signature, err = w.result(ctx, token, p.version, "sign", operation{Algorithm: signs, Value: p.digest(binding)})
	}
	return p.bytes(), err
}

// fitting begins a parcel, for the key's version of now.
func (w wrapping) fitting(ctx context.Context, token secret.Value) (parcel, error) {
	version, kind, err := w.azure.version(ctx, token)
	if err != nil {
		return parcel{}, err
	}
	for way, how := range wraps {
		for _, fits := range how.kinds {
			if kind == fits {
				return parcel{way: way, version: version}, nil
			}
		}
	}
	return parcel{}, fault{kind: secret.ErrRefused, says: w.Place() + " is neither an RSA key nor an AES key"}
}

// DecryptWithContext implements tink.AEADWithContext.
func (w wrapping) DecryptWithContext(ctx context.Context, sealed, binding []byte) ([]byte, error) {
	binding = bindingOf(w.installation, binding)
	p, whole := opened(sealed)
	if !whole {
		return nil, fault{kind: secret.ErrDamaged, says: "it was not sealed by Azure Key Vault"}
	}
	token, err := w.token(ctx)
	if err != nil {
		return nil, err
	}
	if err := w.verify(ctx, token, p, binding); err != nil {
		return nil, err
	}
	key, err := w.result(ctx, token, p.version, "unwrapkey", operation{Algorithm: wraps[p.way].algorithm, Value: p.wrapped})
	if err != nil {
		return nil, err
	}
	defer clear(key)
	return unsealed(p, key, binding)
}

// unsealed opens with the key that was unwrapped.
func unsealed(p parcel, key, binding []byte) ([]byte, error) {
	damaged := fault{kind: secret.ErrDamaged, says: "Azure Key Vault's key opens it, but it was altered"}
	if len(key) != dataKey {
		return nil, damaged
	}
	seal, err := subtle.NewAESGCM(key)
	if err != nil {
		return nil, err
	}
	plain, err := seal.Decrypt(p.sealed, p.bound(binding))
	if err != nil {
		return nil, damaged
	}
	return plain, nil
}

// verify has a signature looked at where there has to be one.
func (w wrapping) verify(ctx context.Context, token secret.Value, p parcel, binding []byte) error {
	forged := fault{kind: secret.ErrDamaged, says: "Azure Key Vault's key didn't sign it as it is now"}
	if !wraps[p.way].signed {
		if len(p.signature) > 0 {
			return forged
		}
		return nil
	}
	var answer struct {
		Valid *bool `json:"value"`
	}
	q, err := w.do(ctx, token, p.version, "verify", written(operation{Algorithm: signs, Digest: p.digest(binding), Value: p.signature}), &answer)
	switch {
	case err != nil:
		return err
	case answer.Valid == nil:
		return useless(q, "doesn't say whether the signature is valid")
	case !*answer.Valid:
		return forged
	}
	return nil
}

// result calls an operation that answers with bytes.
func (w wrapping) result(ctx context.Context, token secret.Value, version, verb string, o operation) ([]byte, error) {
	body := written(o)
	defer clear(body)
	var answer struct {
		Value coded `json:"value"`
	}
	q, err := w.do(ctx, token, version, verb, body, &answer)
	if err == nil && len(answer.Value) == 0 {
		err = useless(q, "holds no value")
	}
	return answer.Value, err
}

// coded are bytes as base64url without padding, which some answers have nonetheless.
type coded []byte

// MarshalText implements encoding.TextMarshaler.
func (c coded) MarshalText() ([]byte, error) {
	return base64.RawURLEncoding.AppendEncode(nil, c), nil
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (c *coded) UnmarshalText(text []byte) (err error) {
	*c, err = base64.RawURLEncoding.AppendDecode(nil, bytes.TrimRight(text, "="))
	return err
}
