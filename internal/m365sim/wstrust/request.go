// Package wstrust is what clients, federation servers and the sign-in hosts exchange: requests for a token in SOAP, and the
// assertions that answer them (WS-Trust 1.3 and 2005, SAML 1.1 and 2.0).
package wstrust

import (
	"encoding/xml"
	"mime"
	"time"
)

// Version is one version of WS-Trust: its namespace and the actions of its request and answer.
type Version struct{ Namespace, Request, Response string }

// The versions that there are.
var (
	Trust13   = Version{"http://docs.oasis-open.org/ws-sx/ws-trust/200512", "http://docs.oasis-open.org/ws-sx/ws-trust/200512/RST/Issue", "http://docs.oasis-open.org/ws-sx/ws-trust/200512/RSTRC/IssueFinal"}
	Trust2005 = Version{"http://schemas.xmlsoap.org/ws/2005/02/trust", "http://schemas.xmlsoap.org/ws/2005/02/trust/RST/Issue", "http://schemas.xmlsoap.org/ws/2005/02/trust/RSTR/Issue"}
)

// The addresses of a federation server (AD FS) that a client meets: what it offers, and the two versions of the endpoint
// that takes a name and a password.
const (
	MetadataPath  = "/adfs/services/trust/mex"
	Trust13Path   = "/adfs/services/trust/13/usernamemixed"
	Trust2005Path = "/adfs/services/trust/2005/usernamemixed"
)

// ContentType is the content type of a message.
const ContentType = "application/soap+xml; charset=utf-8"

// MicrosoftAudience is whom an assertion for Microsoft 365 is meant for.
const MicrosoftAudience = "urn:federation:MicrosoftOnline"

// Request is a RequestSecurityToken in its SOAP envelope, as far as it counts.
type Request struct {
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

// Parse reads a SOAP body, or answers nil for anything else. Older clients say nothing of what they send, which Microsoft puts up with.
func Parse(contentType string, body []byte) *Request {
	kind, _, err := mime.ParseMediaType(contentType)
	if contentType != "" && (err != nil || kind != "application/soap+xml") {
		return nil
	}
	var r Request
	if xml.Unmarshal(body, &r) != nil {
		return nil
	}
	return &r
}

// Asks says whether r is a complete request for a token in that version.
func (r *Request) Asks(v Version) bool {
	return r.Header.Action == v.Request && r.Body.Request.XMLName.Space == v.Namespace && r.Body.Request.Type == v.Namespace+"/Issue" && r.Header.Username != ""
}

// Fresh says whether r is of now, by its own word. Five minutes of skew are granted.
func (r *Request) Fresh(now time.Time) bool {
	const skew = 5 * time.Minute
	created, err := time.Parse(time.RFC3339, r.Header.Created)
	if err != nil || created.After(now.Add(skew)) {
		return false
	}
	expires, err := time.Parse(time.RFC3339, r.Header.Expires)
	return err == nil && !expires.Before(now.Add(-skew))
}
