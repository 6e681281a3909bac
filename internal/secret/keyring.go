package secret

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// ErrWrongKey says that the key at hand is not the one the keyring was sealed with.
var ErrWrongKey = errors.New("the key does not open this keyring")

// ErrDamaged says that something sealed does not open although the key is right: it was altered, or moved from the record
// it belongs to.
var ErrDamaged = errors.New("sealed data is damaged or belongs to another record")

// Record is the identity that a sealed value is bound to: which column of which row, and what else must not change beside it.
type Record struct {
	Table string // "profile"
	ID    string // the row's id
	Field string // "password"
	Facts Facts  // what the row says that the value must not be used without, such as the account that a password is for
}

// Facts are texts that belong to a sealed value or a proof, in their order.
type Facts string

// FactsOf joins texts so that nothing can slide from one to the next.
func FactsOf(texts ...string) Facts {
	var b []byte
	for _, text := range texts {
		b = append(binary.BigEndian.AppendUint64(b, uint64(len(text))), text...)
	}
	return Facts(b)
}

// ErrUnavailable says that the key service could not be asked, so that nobody can tell whether its key fits.
var ErrUnavailable = errors.New("the key service is not available")

// ErrRefused says that the key service was asked, and doesn't let Purser use its key, or has none: nobody can tell whether it fits either.
var ErrRefused = errors.New("the key service refuses")

// SealedKeyring is what the database keeps of a keyring.
type SealedKeyring struct {
	Installation string // random id of this database, part of everything sealed in it
	KeyID        string // Keeper.ID of what sealed it, so that a wrong key is told from damage
	Keyset       []byte // tink keyset, encrypted by the key
}

// Same reports whether another one is this, to the byte.
func (s SealedKeyring) Same(other SealedKeyring) bool {
	return s.Installation == other.Installation && s.KeyID == other.KeyID && bytes.Equal(s.Keyset, other.Keyset)
}

// Keyring seals and opens secrets. It is safe for use by many goroutines, also while it becomes another one.
type Keyring struct {
	held         atomic.Pointer[keys]
	installation string
}

// keys are what a keyring seals and opens with.
type keys struct {
	aead   tink.AEAD
	handle *keyset.Handle
	mark   []byte
}

func (k *Keyring) now() *keys { return k.held.Load() }

// CreateKeyring makes the keyring of a new database.
func CreateKeyring(ctx context.Context, keeper Keeper, installation string) (*Keyring, SealedKeyring, error) {
	handle, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, SealedKeyring{}, fmt.Errorf("make keyset: %w", err)
	}
	sealed, err := sealKeyset(ctx, keeper, installation, handle)
	if err != nil {
		return nil, SealedKeyring{}, err
	}
	ring, err := newKeyring(handle, installation)
	return ring, sealed, err
}

func sealKeyset(ctx context.Context, keeper Keeper, installation string, handle *keyset.Handle) (SealedKeyring, error) {
	envelope, err := keeper.Envelope(installation)
	if err != nil {
		return SealedKeyring{}, err
	}
	var sealed bytes.Buffer
	heard := &attentive{AEADWithContext: envelope}
	if err := handle.WriteWithContext(ctx, keyset.NewBinaryWriter(&sealed), heard, keysetBinding(installation)); err != nil {
		return SealedKeyring{}, fmt.Errorf("seal keyset: %w", cmp.Or(heard.err, err))
	}
	return SealedKeyring{Installation: installation, KeyID: keeper.ID(), Keyset: sealed.Bytes()}, nil
}

// OpenKeyring opens what CreateKeyring sealed. It returns ErrWrongKey for another key, ErrDamaged when the keyset was altered or comes from
// another database, and ErrUnavailable or ErrRefused where a key service could not tell.
func OpenKeyring(ctx context.Context, keeper Keeper, sealed SealedKeyring) (*Keyring, error) {
	if keeper.ID() != sealed.KeyID {
		return nil, fmt.Errorf("%w: sealed with key %s, this is key %s", ErrWrongKey, printable(sealed.KeyID), keeper.ID())
	}
	envelope, err := keeper.Envelope(sealed.Installation)
	if err != nil {
		return nil, err
	}
	reader := keyset.NewBinaryReader(bytes.NewReader(sealed.Keyset))
	heard := &attentive{AEADWithContext: envelope}
	handle, err := keyset.ReadWithContext(ctx, reader, heard, keysetBinding(sealed.Installation))
	if told := heard.err; errors.Is(told, ErrUnavailable) || errors.Is(told, ErrRefused) || errors.Is(told, ErrDamaged) {
		return nil, fmt.Errorf("keyring: %w", heard.err)
	}
	if err != nil {
		return nil, fmt.Errorf("keyring: %w", ErrDamaged)
	}
	return newKeyring(handle, sealed.Installation)
}

func newKeyring(handle *keyset.Handle, installation string) (*Keyring, error) {
	primitive, err := aead.New(handle)
	if err != nil {
		return nil, fmt.Errorf("open keyset: %w", err)
	}
	seals, err := handle.Primary()
	if err != nil {
		return nil, fmt.Errorf("open keyset: %w", err)
	}
	k := &Keyring{installation: installation}
	k.held.Store(&keys{aead: primitive, handle: handle, mark: markOf(seals)})
	return k, nil
}

// Seal encrypts the value and binds it to the record.
func (k *Keyring) Seal(v Value, r Record) ([]byte, error) {
	sealed, err := k.now().aead.Encrypt(v.Reveal(), k.binding(r))
	if err != nil {
		return nil, fmt.Errorf("seal %s of %s %s: %w", r.Field, r.Table, r.ID, err)
	}
	return sealed, nil
}

// Open decrypts what Seal made for the same record, and returns ErrDamaged for anything else.
func (k *Keyring) Open(sealed []byte, r Record) (Value, error) {
	plain, err := k.now().aead.Decrypt(sealed, k.binding(r))
	if err != nil {
		return Value{}, fmt.Errorf("open %s of %s %s: %w", r.Field, r.Table, r.ID, ErrDamaged)
	}
	defer clear(plain)
	return NewValue(plain), nil
}

// Prove makes the proof that a record with its facts was written by a process that holds the keyring: a seal around nothing, which is a
// MAC over what it is bound to. Whoever has only the database can make none.
func (k *Keyring) Prove(r Record) ([]byte, error) { return k.Seal(Value{}, r) }

// Check returns ErrDamaged where proof is not that of the record with its facts.
func (k *Keyring) Check(proof []byte, r Record) error {
	_, err := k.Open(proof, r)
	return err
}

// Rebind gives a value that was sealed for the record from a seal for the record to. What is sealed for that already stays as it is, and
// what was never sealed, nil, becomes a sealed nothing.
func (k *Keyring) Rebind(sealed []byte, from, to Record) ([]byte, error) {
	if _, err := k.Open(sealed, to); err == nil {
		return sealed, nil
	}
	var v Value
	if sealed != nil {
		var err error
		if v, err = k.Open(sealed, from); err != nil {
			return nil, err
		}
		defer v.Clear()
	}
	return k.Seal(v, to)
}

// FormerChainKey is the key with which the activity log of an installation was chained before chains had keys of their own (R61).
// Only the takeover of such a log wants it.
func (k Key) FormerChainKey(installation string) Value {
	return NewValue(k.Derive("activity chain", installation, sha256.Size))
}

func keysetBinding(installation string) []byte { return joined("purser", "keyset", installation) }

func (k *Keyring) binding(r Record) []byte {
	if r.Facts == "" {
		return joined("purser", "record", k.installation, r.Table, r.ID, r.Field)
	}
	return append(joined("purser", "record and facts", k.installation, r.Table, r.ID, r.Field, ""), r.Facts...)
}

// joined separates by NUL, which no part can hold: ids and names here are made by us. Facts come last, because they may hold anything.
func joined(parts ...string) []byte { return []byte(strings.Join(parts, "\x00")) }

// printable guards messages against a key id that somebody wrote into the database by hand.
func printable(keyID string) string {
	if b, err := hex.DecodeString(keyID); err == nil && len(b) == 4 {
		return keyID
	}
	return "unknown"
}
