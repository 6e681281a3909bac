package token

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"sync"
)

// Key is one of the keys under which tokens are issued.
type Key struct {
	ID      string
	Private *rsa.PrivateKey
}

// Keyring holds the pair of keys that the discovery documents publish. The first one signs.
type Keyring struct {
	mu   sync.RWMutex
	pair [2]Key
}

// startKeys are the keys of every simulator of this process until it is told to rotate them: making a pair takes a tenth of
// a second, which tests would pay for each simulator they start.
var startKeys = sync.OnceValues(newPair)

func newPair() (pair [2]Key, err error) {
	for i := range pair {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			return pair, fmt.Errorf("make signing key: %w", err)
		}
		sum := sha256.Sum256(key.N.Bytes())
		pair[i] = Key{Encode(sum[:20]), key}
	}
	return pair, nil
}

// NewKeyring makes a ring of the keys that this process started with.
func NewKeyring() (*Keyring, error) {
	pair, err := startKeys()
	if err != nil {
		return nil, err
	}
	return &Keyring{pair: pair}, nil
}

// Published are the keys of now. The first one signs: who signs more than one token of an answer asks for it once.
func (k *Keyring) Published() [2]Key {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.pair
}

// Find answers the published key of that id, or nil.
func (k *Keyring) Find(id string) *rsa.PublicKey {
	for _, key := range k.Published() {
		if key.ID == id {
			return &key.Private.PublicKey
		}
	}
	return nil
}

// Rotate puts new keys in the place of both old ones. Tokens signed with the old ones are refused from now on.
func (k *Keyring) Rotate() error {
	pair, err := newPair()
	if err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.pair = pair
	return nil
}
