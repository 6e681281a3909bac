package m365sim

import (
	"crypto/subtle"
	"time"
)

// hasCredential says whether the app can prove itself at all.
func hasCredential(a *app) bool { return len(a.Secrets())+len(a.Certificates()) > 0 }

// checkSecret answers 0 for a secret that is good, or the AADSTS code that refuses it.
func checkSecret(a *app, given string, now time.Time) int {
	code := 7000215
	for _, s := range a.Secrets() {
		if subtle.ConstantTimeCompare([]byte(s.value), []byte(given)) != 1 {
			continue
		}
		if s.expires.IsZero() || now.Before(s.expires) {
			return 0
		}
		code = 7000222
	}
	return code
}
