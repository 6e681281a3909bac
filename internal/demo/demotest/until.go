package demotest

import (
	"testing"
	"time"
)

// Until looks again and again until something has come about, and fails the test where it does not within a minute.
func Until(t testing.TB, what string, reached func() bool) {
	t.Helper()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for end := time.Now().Add(time.Minute); !reached(); <-look.C {
		if time.Now().After(end) {
			t.Fatalf("in vain waited for: %s", what)
		}
	}
}
