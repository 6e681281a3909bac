package login

import (
	"slices"
	"strings"
	"sync"
	"time"

	"purser.example/internal/m365sim/directory"
	"purser.example/internal/m365sim/token"
)

// assertionType is the only kind of client assertion there is (RFC 7523).
const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// assertionClaims are the claims of a client assertion that count.
type assertionClaims struct {
	Issuer   string `json:"iss"`
	Subject  string `json:"sub"`
	Audience string `json:"aud"`
	ID       string `json:"jti"`
	Expires  int64  `json:"exp"`
	Before   int64  `json:"nbf"`
}

// checkAssertion wants a JWT that the app itself has signed with one of its certificates, for this token endpoint, now.
func (g *grant) checkAssertion() *refusal {
	if g.client.assertionType != assertionType {
		return refuse(900144, "client_assertion_type")
	}
	given, ok := token.Parse(g.client.assertion)
	if !ok {
		return refuse(700027)
	}
	var claims assertionClaims
	if !given.Reads(&claims) || !g.accepts(claims) {
		return refuse(700027)
	}
	for _, cert := range g.app.Certificates() {
		if names(given.Header, cert) && g.call.At.Before(cert.NotAfter) && given.Verify(cert.Key) && g.service.stated.first(g.app.AppID+" "+claims.ID, g.call.At) {
			return nil
		}
	}
	return refuse(700027)
}

// statements remembers the ids of the assertions that were taken, for as long as one may be valid: each is good for one request.
type statements struct {
	mu   sync.Mutex
	seen map[string]time.Time
}

const remembered = 15 * time.Minute

// first reports whether the id was not seen before.
func (s *statements) first(id string, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for other, at := range s.seen {
		if now.Sub(at) > remembered {
			delete(s.seen, other)
		}
	}
	if _, seen := s.seen[id]; seen {
		return false
	}
	if s.seen == nil {
		s.seen = map[string]time.Time{}
	}
	s.seen[id] = now
	return true
}

// accepts checks the claims. Five minutes of skew are granted either way.
func (g *grant) accepts(c assertionClaims) bool {
	const skew = 5 * time.Minute
	root := loginBase(g.call, g.tenant) + "/"
	audiences := []string{root + g.tenant.ID + "/oauth2/v2.0/token", root + g.call.Path[0] + "/oauth2/v2.0/token", root + g.tenant.ID + "/v2.0"}
	return strings.EqualFold(c.Issuer, g.app.AppID) && strings.EqualFold(c.Subject, g.app.AppID) && c.ID != "" &&
		slices.Contains(audiences, c.Audience) &&
		g.call.At.Before(time.Unix(c.Expires, 0).Add(skew)) && !g.call.At.Before(time.Unix(c.Before, 0).Add(-skew))
}

// names says whether the header points to the certificate, by either thumbprint. Microsoft's own libraries write it in
// plain Base64 too, where RFC 7515 wants the other alphabet; Microsoft takes both.
func names(h token.Header, cert directory.Certificate) bool {
	if h.X5T256 != "" {
		return sameThumbprint(h.X5T256, cert.X5T256)
	}
	return sameThumbprint(h.X5T, cert.X5T) || h.KeyID != "" && h.KeyID == cert.X5T
}

func sameThumbprint(given, want string) bool {
	raw, err := token.Decode(given)
	return err == nil && token.Encode(raw) == want
}
