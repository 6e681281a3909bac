package m365sim

import (
	"crypto/subtle"
	"encoding/xml"
	"mime"
	"net/http"
	"strings"
	"time"
)

// trust is one version of WS-Trust: its namespace and the actions of its request and answer.
type trust struct{ namespace, request, response string }

var (
	trust13   = trust{"http://docs.oasis-open.org/ws-sx/ws-trust/200512", "http://docs.oasis-open.org/ws-sx/ws-trust/200512/RST/Issue", "http://docs.oasis-open.org/ws-sx/ws-trust/200512/RSTRC/IssueFinal"}
	trust2005 = trust{"http://schemas.xmlsoap.org/ws/2005/02/trust", "http://schemas.xmlsoap.org/ws/2005/02/trust/RST/Issue", "http://schemas.xmlsoap.org/ws/2005/02/trust/RSTR/Issue"}
)

// microsoftAudience is whom an assertion for Microsoft 365 is meant for.
const microsoftAudience = "urn:federation:MicrosoftOnline"

// tokenRequest is a RequestSecurityToken in its SOAP envelope, as far as it counts.
type tokenRequest struct {
	XMLName xml.Name `xml:"http://www.w3.org/2003/05/soap-envelope Envelope"`
	Header  struct {
		Action   string `xml:"http://www.w3.org/2005/08/addressing Action"`
		Created  string `xml:"Security>Timestamp>Created"`
		Expires  string `xml:"Security>Timestamp>Expires"`
		Username string `xml:"Security>UsernameToken>Username"`
		Password string `xml:"Security>UsernameToken>Password"`
	} `xml:"http://www.w3.org/2003/05/soap-envelope Header"`
	Body struct {
		Request struct {
			XMLName   xml.Name
			Audience  string `xml:"AppliesTo>EndpointReference>Address"`
			Type      string `xml:"RequestType"`
			TokenType string `xml:"TokenType"`
		} `xml:"RequestSecurityToken"`
	} `xml:"http://www.w3.org/2003/05/soap-envelope Body"`
}

// parseTokenRequest reads a SOAP body, or answers nil for anything else.
func parseTokenRequest(contentType string, body []byte) *tokenRequest {
	kind, _, err := mime.ParseMediaType(contentType)
	if err != nil || kind != "application/soap+xml" {
		return nil
	}
	var r tokenRequest
	if xml.Unmarshal(body, &r) != nil {
		return nil
	}
	return &r
}

// asks says whether r is a complete request for a token in that version.
func (r *tokenRequest) asks(v trust) bool {
	return r.Header.Action == v.request && r.Body.Request.XMLName.Space == v.namespace && r.Body.Request.Type == v.namespace+"/Issue" && r.Header.Username != ""
}

// fresh says whether r is of now, by its own word. Five minutes of skew are granted.
func (r *tokenRequest) fresh(now time.Time) bool {
	const skew = 5 * time.Minute
	created, err := time.Parse(time.RFC3339, r.Header.Created)
	if err != nil || created.After(now.Add(skew)) {
		return false
	}
	expires, err := time.Parse(time.RFC3339, r.Header.Expires)
	return err == nil && !expires.Before(now.Add(-skew))
}

// usernameMixed takes a name and a password and answers an assertion, as a federation server does. The directory in the
// cloud has no part in it: an account that is switched off there is known here.
func (s *Simulator) usernameMixed(c *call) answer {
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
	c.latency = u.tenant.latency
	return s.issueAssertion(c, version, u)
}

// onPremises finds the user whose name and password came, or nil: a federation server says no more than that it was wrong.
func (s *Simulator) onPremises(c *call) *user {
	d := s.dir.domainOf(c.soap.Header.Username)
	if d == nil || !d.federated() || !d.servedBy(c) {
		return nil
	}
	u := d.tenant.user(c.soap.Header.Username)
	if u == nil || u.Password == "" || subtle.ConstantTimeCompare([]byte(u.Password), []byte(c.soap.Header.Password)) != 1 {
		return nil
	}
	return u
}
