package login

import (
	"crypto/subtle"
	"net/http"
	"net/url"
	"strings"
	"time"

	"purser.example/internal/m365sim/call"
	"purser.example/internal/m365sim/directory"
	"purser.example/internal/m365sim/fixture"
	"purser.example/internal/m365sim/wstrust"
)

// The legacy sign-in (IDCRL), which app passwords belong to: a name and a password over SOAP for a token, and at SharePoint a
// cookie for that. Microsoft has retired the second half; a fixture may bring it back.

// legacyRefusal is why the legacy sign-in says no: its own status, and the AADSTS code that stands inside.
type legacyRefusal struct {
	status string // as PPCRL numbers them
	code   int
	policy bool // the answer is not a fault but a response without a token
}

// The statuses of the legacy sign-in.
const (
	legacyWrongPassword = "0x80048821"
	legacyLocked        = "0x80048823"
	legacyNoPartner     = "0x8004882a"
	legacyBlocked       = "0x8004882c"
	legacyExpired       = "0x80048831"
	legacyUnavailable   = "0x80048869"
)

// legacyTokenLife is how long a token of the legacy sign-in is good for.
const legacyTokenLife = 24 * time.Hour

// legacySignIn answers rst2.srf and extSTS.srf.
func (s *Service) legacySignIn(c *call.Call) call.Answer {
	switch {
	case c.Request.Method != http.MethodPost:
		return call.MethodNotAllowed(http.MethodPost)
	case c.Message == nil || !c.Message.Asks(wstrust.Trust2005) || c.Message.Header.Created != "" && !c.Message.Fresh(c.At):
		return call.Text(http.StatusBadRequest, "text/html; charset=us-ascii", "<h2>Bad Request</h2>")
	}
	d := s.dir.DomainOf(c.Message.Header.Username)
	if d == nil || !reaches(c, d.Tenant()) {
		return s.legacyFault(c, &legacyRefusal{status: legacyWrongPassword, code: 50034})
	}
	c.Latency = d.Tenant().Latency()
	u := d.Tenant().User(c.Message.Header.Username)
	if refused := s.checkLegacy(c, d.Tenant(), u); refused != nil {
		return s.legacyFault(c, refused)
	}
	return s.legacyToken(c, u)
}

// checkLegacy goes through the checks in the order of the token endpoint.
func (s *Service) checkLegacy(c *call.Call, t *directory.Tenant, u *directory.User) *legacyRefusal {
	switch {
	case !isPartner(t, c.Message.Body.Request.Audience):
		return &legacyRefusal{status: legacyNoPartner, code: 500011}
	case u == nil:
		return &legacyRefusal{status: legacyWrongPassword, code: 50034}
	case s.dir.Locked(u, c.At):
		return &legacyRefusal{status: legacyLocked, code: 50053}
	case !u.Enabled():
		return &legacyRefusal{status: legacyWrongPassword, code: 50057}
	}
	if e := u.SignInError; e.Refuses() && !aadstsFor(e.Main()).afterPassword {
		return &legacyRefusal{status: legacyStatus(e.Main()), code: e.Main()}
	}
	if code := checkLegacyPassword(u, c.Message.Header.Password); code != 0 {
		if code == 50126 {
			s.dir.WrongPassword(u, c.Message.Header.Password, c.At)
		}
		return &legacyRefusal{status: legacyWrongPassword, code: code}
	}
	s.dir.RightPassword(u)
	return checkLegacyPolicies(u, c.At)
}

// checkLegacyPassword answers 0 for a password that is right. With multifactor authentication per user that is the app
// password, in federated domains too, and the account's own is taken for a wrong one; without, it is the account's own.
func checkLegacyPassword(u *directory.User, given string) int {
	same := func(want string) bool {
		return want != "" && subtle.ConstantTimeCompare([]byte(given), []byte(want)) == 1
	}
	switch {
	case u.MFA == fixture.MFAPerUser && same(u.AppPassword):
		return 0
	case u.Domain().Federated() || !same(u.Password):
		return 50126
	case u.MFA == fixture.MFAPerUser:
		return 50076
	}
	return 0
}

// checkLegacyPolicies refuses where a policy is in force: none of them can be satisfied over a legacy protocol.
func checkLegacyPolicies(u *directory.User, now time.Time) *legacyRefusal {
	switch {
	case u.Expired(now) && u.MFA != fixture.MFAPerUser:
		return &legacyRefusal{status: legacyExpired, code: 50055}
	case u.MFA == fixture.MFAConditionalAccess, u.MFA == fixture.MFARegister:
		return &legacyRefusal{status: legacyBlocked, code: 53003, policy: true}
	case u.MFA == fixture.MFASecurityDefaults, u.Tenant().SecurityDefaults:
		return &legacyRefusal{status: legacyBlocked, code: 530035, policy: true}
	case u.SignInError.Refuses():
		return &legacyRefusal{status: legacyBlocked, code: u.SignInError.Main(), policy: true}
	}
	return nil
}

// legacyStatus is the status that goes with an AADSTS code.
func legacyStatus(code int) string {
	switch row := aadstsFor(code); {
	case code == 50053:
		return legacyLocked
	case row.status >= 429:
		return legacyUnavailable
	}
	return legacyWrongPassword
}

// isPartner says whether a token is asked for the SharePoint of the tenant: by its cloud's name, or by an address of its own.
func isPartner(t *directory.Tenant, audience string) bool {
	if audience == t.Cloud().SharePoint {
		return true
	}
	u, err := url.Parse(audience)
	return err == nil && u.Hostname() != "" && t.HasSharePoint(strings.ToLower(u.Hostname()))
}
