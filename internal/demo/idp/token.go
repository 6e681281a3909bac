package idp

import (
	"crypto/rand"
	"errors"
	"strconv"
	"strings"
	"time"
)

// accessTokenLifetime is enough for the client to read the userinfo endpoint after a sign-in.
const accessTokenLifetime = 10 * time.Minute

// accessToken is what the sealed access token says beside its subject. It speaks for itself, so that a restart with the
// same CryptoKey keeps it good.
type accessToken struct {
	expires time.Time
	scopes  []string
}

// encode never writes a colon: the library puts the subject behind one.
func (t accessToken) encode() string {
	return strconv.FormatInt(t.expires.Unix(), 10) + "/" + strings.Join(t.scopes, "+") + "/" + rand.Text()
}

func decodeAccessToken(id string) (accessToken, error) {
	parts := strings.Split(id, "/")
	if len(parts) != 3 {
		return accessToken{}, errors.New("not an access token of this provider")
	}
	seconds, err := strconv.ParseInt(parts[0], 10, 64)
	if err != nil {
		return accessToken{}, errors.New("not an access token of this provider")
	}
	return accessToken{expires: time.Unix(seconds, 0), scopes: strings.Split(parts[1], "+")}, nil
}
