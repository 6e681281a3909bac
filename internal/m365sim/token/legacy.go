package token

import (
	"strings"
	"time"
)

// Legacy are what a token of the legacy sign-in holds. It is good for SharePoint's cookie, and for nothing else.
type Legacy struct {
	Audience string `json:"aud"`
	TenantID string `json:"tid"`
	UserID   string `json:"oid"`
	Expires  int64  `json:"exp"`
}

// legacyAudience keeps other tokens from being taken for one of the legacy sign-in, and the other way round.
const legacyAudience = "urn:passport:compact"

// SignLegacy makes a token of the legacy sign-in. It comes as a field of a form.
func (k Key) SignLegacy(claims Legacy) (string, error) {
	claims.Audience = legacyAudience
	text, err := k.Sign(claims)
	if err != nil {
		return "", err
	}
	return "t=" + text + "&p=", nil
}

// ReadLegacy believes a token of the legacy sign-in that one of the keys has signed and that has not expired.
func (k *Keyring) ReadLegacy(text string, now time.Time) (claims Legacy, ok bool) {
	text, _, _ = strings.Cut(strings.TrimPrefix(strings.TrimSpace(text), "t="), "&")
	t, ok := Parse(text)
	if !ok {
		return claims, false
	}
	if key := k.Find(t.Header.KeyID); key == nil || !t.Verify(key) || !t.Reads(&claims) {
		return claims, false
	}
	return claims, claims.Audience == legacyAudience && now.Unix() < claims.Expires
}
