package m365sim

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"sync"
)

// signingKey is one of the keys under which tokens are issued.
type signingKey struct {
	id      string
	private *rsa.PrivateKey
}

// keyring holds the pair of keys that the discovery documents publish. The first one signs.
type keyring struct {
	mu   sync.RWMutex
	pair [2]signingKey
}

// startKeys are the keys of every simulator of this process until it is told to rotate them: making a pair takes a tenth of
// a second, which tests would pay for each simulator they start.
var startKeys = sync.OnceValues(newPair)

func newPair() (pair [2]signingKey, err error) {
	for i := range pair {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			return pair, fmt.Errorf("make signing key: %w", err)
		}
		sum := sha256.Sum256(key.N.Bytes())
		pair[i] = signingKey{encode(sum[:20]), key}
	}
	return pair, nil
}

// newKeyring makes a ring of the keys that this process started with.
func newKeyring() (*keyring, error) {
	pair, err := startKeys()
	if err != nil {
		return nil, err
	}
	return &keyring{pair: pair}, nil
}

// published are the keys of now. The first one signs: who signs more than one token of an answer asks for it once.
func (k *keyring) published() [2]signingKey {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.pair
}

// find answers the published key of that id, or nil.
func (k *keyring) find(id string) *rsa.PublicKey {
	for _, key := range k.published() {
		if key.id == id {
			return &key.private.PublicKey
		}
	}
	return nil
}

// rotate puts new keys in the place of both old ones. Tokens signed with the old ones are refused from now on.
func (k *keyring) rotate() error {
	pair, err := newPair()
	if err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.pair = pair
	return nil
}
