package m365sim

import (
	"crypto/subtle"
	"net/http"
	"strings"
)

// usernameMixed takes a name and a password and answers an assertion, as a federation server does. The directory in the
// cloud has no part in it: an account that is switched off there is known here.
func (s *federationService) usernameMixed(c *call) answer {
	if c.r.Method != http.MethodPost {
		return methodNotAllowed(http.MethodPost)
	}
	version := trust13
	if strings.Contains(strings.ToLower(c.r.URL.Path), "/2005/") {
		version = trust2005
	}
	switch {
	case c.soap == nil:
		return textAnswer(http.StatusUnsupportedMediaType, "", "")
	case !c.soap.asks(version) || !c.soap.fresh(c.at):
		return soapFault(c, "InvalidSecurity", "An error occurred when verifying security for the message.")
	case c.soap.Body.Request.Audience != microsoftAudience:
		return soapFault(c, "InvalidScope", "MSIS3020: The relying party trust with the identifier could not be located.")
	}
	u := s.onPremises(c)
	if u == nil {
		return soapFault(c, "FailedAuthentication", "ID3242: The security token could not be authenticated or authorized.")
	}
	c.latency = u.Tenant().Latency()
	return s.issueAssertion(c, version, u)
}

// onPremises finds the user whose name and password came, or nil: a federation server says no more than that it was wrong.
func (s *federationService) onPremises(c *call) *user {
	d := s.dir.domainOf(c.soap.Header.Username)
	if d == nil || !d.federated() || !serves(d, c) {
		return nil
	}
	u := d.Tenant().user(c.soap.Header.Username)
	if u == nil || u.Password == "" || subtle.ConstantTimeCompare([]byte(u.Password), []byte(c.soap.Header.Password)) != 1 {
		return nil
	}
	return u
}
