package secret

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/core/cryptofmt"
	"github.com/tink-crypto/tink-go/v2/keyset"
)

// Change is what a database keeps while everything in it is sealed anew (R64): one keyring with the keys of before and a new one, which
// seals from then on, closed twice; and the same without those of before, for when nothing is sealed with them any more. All three are
// made at once, so that nobody has to be asked for a key while it goes on, or at its end.
type Change struct {
	Former SealedKeyring // by the key of before, which opens until the end
	Next   SealedKeyring // by the next one
	After  SealedKeyring // by the next one, with the new key alone
	Both   []byte        // what the first two close, sealed by the keyring of before, for whoever has that open and neither key
}

// Change prepares another key for everything that the keyring seals, and another keeper for the keyring. The keyring itself stays as it
// is: nothing may be sealed with the new key before the change is kept.
func (k *Keyring) Change(ctx context.Context, former, next Keeper) (c Change, err error) {
	manager := keyset.NewManagerFromHandle(k.now().handle)
	id, err := manager.Add(aead.AES256GCMKeyTemplate())
	if err == nil {
		err = manager.SetPrimary(id)
	}
	if err != nil {
		return c, fmt.Errorf("add a key to the keyring: %w", err)
	}
	both, err := manager.Handle()
	if err != nil {
		return c, fmt.Errorf("add a key to the keyring: %w", err)
	}
	alone, err := primaryOf(both)
	if err != nil {
		return c, err
	}
	var sealed bytes.Buffer
	if err := both.WriteWithAssociatedData(keyset.NewBinaryWriter(&sealed), k.now().aead, changeBinding(k.installation)); err != nil {
		return c, fmt.Errorf("seal keyset: %w", err)
	}
	c.Both = sealed.Bytes()
	if c.Former, err = sealKeyset(ctx, former, k.installation, both); err != nil {
		return c, err
	}
	if c.Next, err = sealKeyset(ctx, next, k.installation, both); err != nil {
		return c, err
	}
	c.After, err = sealKeyset(ctx, next, k.installation, alone)
	return c, err
}

// Changed gives the keyring of a change that Change prepared of this one: it opens what both keys sealed, and seals with the new one.
func (k *Keyring) Changed(c Change) (*Keyring, error) {
	both, err := keyset.ReadWithAssociatedData(keyset.NewBinaryReader(bytes.NewReader(c.Both)), k.now().aead, changeBinding(k.installation))
	if err != nil {
		return nil, fmt.Errorf("change of the keyring: %w", ErrDamaged)
	}
	return newKeyring(both, k.installation)
}

func changeBinding(installation string) []byte {
	return joined("purser", "changed keyset", installation)
}

// primaryOf is a keyset without the keys that seal no more.
func primaryOf(handle *keyset.Handle) (*keyset.Handle, error) {
	manager := keyset.NewManagerFromHandle(handle)
	for i := range handle.Len() {
		entry, err := handle.Entry(i)
		if err == nil && !entry.IsPrimary() {
			err = manager.Delete(entry.KeyID())
		}
		if err != nil {
			return nil, fmt.Errorf("take a key out of the keyring: %w", err)
		}
	}
	return manager.Handle()
}

// Become makes this keyring seal and open as another one of the same database does, for all who have it.
func (k *Keyring) Become(other *Keyring) { k.held.Store(other.now()) }

// Newest is the keyring without the keys that seal no more.
func (k *Keyring) Newest() (*Keyring, error) {
	alone, err := primaryOf(k.now().handle)
	if err != nil {
		return nil, err
	}
	return newKeyring(alone, k.installation)
}

// Changing reports whether the keyring opens what it would not seal any more.
func (k *Keyring) Changing() bool { return k.now().handle.Len() > 1 }

// Newly reports whether something was sealed by the key that seals now. Every seal begins with its key's number.
func (k *Keyring) Newly(sealed []byte) bool { return bytes.HasPrefix(sealed, k.now().mark) }

// Mark is what everything begins with that the keyring seals now, for whoever looks for what does not.
func (k *Keyring) Mark() []byte { return k.now().mark }

// FormerMarks are what everything begins with that the keyring opens and would not seal any more.
func (k *Keyring) FormerMarks() (marks [][]byte) {
	handle := k.now().handle
	for i := range handle.Len() {
		if entry, err := handle.Entry(i); err == nil && !entry.IsPrimary() {
			marks = append(marks, markOf(entry))
		}
	}
	return marks
}

func markOf(entry *keyset.Entry) []byte {
	return binary.BigEndian.AppendUint32([]byte{cryptofmt.TinkStartByte}, entry.KeyID())
}

// Reseal gives what was sealed for a record, sealed by the key that seals now.
func (k *Keyring) Reseal(sealed []byte, r Record) ([]byte, error) {
	v, err := k.Open(sealed, r)
	if err != nil {
		return nil, err
	}
	defer v.Clear()
	return k.Seal(v, r)
}
