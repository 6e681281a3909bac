package federation

import (
	"crypto/subtle"
	"net/http"
	"strings"

	"purser.example/internal/m365sim/call"
	"purser.example/internal/m365sim/directory"
	"purser.example/internal/m365sim/wstrust"
)

// usernameMixed takes a name and a password and answers an assertion, as a federation server does. The directory in the
// cloud has no part in it: an account that is switched off there is known here.
func (s *Service) usernameMixed(c *call.Call) call.Answer {
	if c.Request.Method != http.MethodPost {
		return call.MethodNotAllowed(http.MethodPost)
	}
	version := wstrust.Trust13
	if strings.Contains(strings.ToLower(c.Request.URL.Path), "/2005/") {
		version = wstrust.Trust2005
	}
	switch {
	case c.Message == nil:
		return call.Text(http.StatusUnsupportedMediaType, "", "")
	case !c.Message.Asks(version) || !c.Message.Fresh(c.At):
		return soapFault(c, "InvalidSecurity", "An error occurred when verifying security for the message.")
	case c.Message.Body.Request.Audience != wstrust.MicrosoftAudience:
		return soapFault(c, "InvalidScope", "MSIS3020: The relying party trust with the identifier could not be located.")
	}
	u := s.onPremises(c)
	if u == nil {
		return soapFault(c, "FailedAuthentication", "ID3242: The security token could not be authenticated or authorized.")
	}
	c.Latency = u.Tenant().Latency()
	return s.issueAssertion(c, version, u)
}

// onPremises finds the user whose name and password came, or nil: a federation server says no more than that it was wrong.
func (s *Service) onPremises(c *call.Call) *directory.User {
	d := s.dir.DomainOf(c.Message.Header.Username)
	if d == nil || !d.Federated() || !serves(d, c) {
		return nil
	}
	u := d.Tenant().User(c.Message.Header.Username)
	if u == nil || u.Password == "" || subtle.ConstantTimeCompare([]byte(u.Password), []byte(c.Message.Header.Password)) != 1 {
		return nil
	}
	return u
}
