package demotest

import (
	"os"
	"strings"
	"testing"

	"purser.example/internal/secret"
)

// Key is the operator's key of the house.
func (h *House) Key(t testing.TB) secret.Key {
	t.Helper()
	text, err := os.ReadFile(h.Data + ".key")
	if err != nil {
		t.Fatal(err)
	}
	key, err := secret.ParseKey(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	return key
}
