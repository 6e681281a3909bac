package m365sim

import (
	"encoding/xml"
	"mime"
	"time"
)

// trust is one version of WS-Trust: its namespace and the actions of its request and answer.
type trust struct{ namespace, request, response string }

var (
	trust13   = trust{"http://docs.oasis-open.org/ws-sx/ws-trust/200512", "http://docs.oasis-open.org/ws-sx/ws-trust/200512/RST/Issue", "http://docs.oasis-open.org/ws-sx/ws-trust/200512/RSTRC/IssueFinal"}
	trust2005 = trust{"http://schemas.xmlsoap.org/ws/2005/02/trust", "http://schemas.xmlsoap.org/ws/2005/02/trust/RST/Issue", "http://schemas.xmlsoap.org/ws/2005/02/trust/RSTR/Issue"}
)

// The addresses of a federation server (AD FS) that a client meets: what it offers, and the two versions of the endpoint
// that takes a name and a password.
const (
	metadataPath  = "/adfs/services/trust/mex"
	trust13Path   = "/adfs/services/trust/13/usernamemixed"
	trust2005Path = "/adfs/services/trust/2005/usernamemixed"
)

// soapType is the content type of a message.
const soapType = "application/soap+xml; charset=utf-8"

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
