package login

import (
	"crypto/subtle"
	"time"

	"purser.example/internal/m365sim/directory"
)

// hasCredential says whether the app can prove itself at all.
func hasCredential(a *directory.App) bool { return len(a.Secrets())+len(a.Certificates()) > 0 }

// checkSecret answers 0 for a secret that is good, or the AADSTS code that refuses it.
func checkSecret(a *directory.App, given string, now time.Time) int {
	code := 7000215
	for _, s := range a.Secrets() {
		if subtle.ConstantTimeCompare([]byte(s.Value), []byte(given)) != 1 {
			continue
		}
		if s.Expires.IsZero() || now.Before(s.Expires) {
			return 0
		}
		code = 7000222
	}
	return code
}
