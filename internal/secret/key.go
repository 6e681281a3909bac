package secret

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
)

// keyPrefix lets people and secret scanners recognise a key, and a later kind of key differ.
const keyPrefix = "pk1_"

const keySize = 32

// ErrNotAKey says that a text is no key of ours; it never holds the text.
var ErrNotAKey = errors.New("not a Purser key, which is one line as `purser key new` printed it")

// Key is the operator's sealing key: 256 random bits. It hides itself as a Value does.
type Key struct{ Value }

// NewKey makes a fresh key.
func NewKey() Key { return Key{Random(keySize)} }

// ParseKey reads the text that Text wrote. Blanks around it are forgiven: keys travel through files and clipboards.
func ParseKey(text string) (Key, error) {
	rest, ok := strings.CutPrefix(strings.TrimSpace(text), keyPrefix)
	if !ok {
		return Key{}, ErrNotAKey
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(rest)
	if err != nil || len(b) != keySize {
		return Key{}, ErrNotAKey
	}
	return Key{NewValue(b)}, nil
}

// Text is the key in the clear, one line. Only `purser key new` and the demo's key file ask for it.
func (k Key) Text() string { return keyPrefix + base64.RawURLEncoding.EncodeToString(k.Reveal()) }

// ID names the key without telling anything about it, for messages such as "sealed with key 3f9a1c02".
func (k Key) ID() string { return hex.EncodeToString(k.Derive("key id", "", 4)) }

// Derive makes a key of its own for another purpose (HKDF, RFC 5869). The same purpose and context give the same bytes.
func (k Key) Derive(purpose, context string, size int) []byte {
	b, err := hkdf.Key(sha256.New, k.Reveal(), []byte(context), "purser "+purpose+" v1", size)
	if err != nil {
		panic("secret: derive " + purpose + ": " + err.Error()) // only for sizes no caller asks for
	}
	return b
}
