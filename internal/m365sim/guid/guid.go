// Package guid makes and recognizes the ids that Microsoft 365 gives to everything.
package guid

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// New makes a random GUID (RFC 9562, version 4).
func New() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	return formatGUID(b, 0x40)
}

// Derived makes the same GUID for the same words each time, so that a fixture that names no ids has stable ones.
func Derived(words ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(words, "\x00")))
	return formatGUID([16]byte(sum[:16]), 0x80)
}

// Numbered makes a GUID of words that ends with n, so that what is made by number needs no table to be found again.
func Numbered(n int, words ...string) string {
	return Derived(words...)[:numberAt] + fmt.Sprintf("%012x", n)
}

// Number reads the number of a GUID that Numbered has made of the same words.
func Number(id string, words ...string) (int, bool) {
	id = strings.ToLower(id)
	if !Valid(id) || id[:numberAt] != Derived(words...)[:numberAt] {
		return 0, false
	}
	n, err := strconv.ParseInt(id[numberAt:], 16, 64)
	return int(n), err == nil
}

// numberAt is where the last part of a GUID begins.
const numberAt = 24

func formatGUID(b [16]byte, version byte) string {
	b[6] = b[6]&0x0f | version
	b[8] = b[8]&0x3f | 0x80
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// Valid says whether s has the form of a GUID.
func Valid(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		c := s[i] | 0x20
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (s[i] == '-') || !dash && (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
