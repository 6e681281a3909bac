package simtest

import (
	"encoding/xml"
	"net/http"
	"strings"
	"time"
)

// What a client of federation servers and of the legacy sign-in knows.
const (
	SOAPType      = "application/soap+xml; charset=utf-8"
	Trust13       = "http://docs.oasis-open.org/ws-sx/ws-trust/200512"
	Trust2005     = "http://schemas.xmlsoap.org/ws/2005/02/trust"
	Trust13Path   = "/adfs/services/trust/13/usernamemixed"
	Trust2005Path = "/adfs/services/trust/2005/usernamemixed"
	FederatedHost = "sts.fed.contoso.com"
	FederatedUser = "fed@fed.contoso.com"
)

const tokenMessage = `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:wsa="http://www.w3.org/2005/08/addressing" xmlns:wsu="urn:u"><s:Header>
<wsa:Action s:mustUnderstand="1">{trust}/RST/Issue</wsa:Action>
<wsse:Security xmlns:wsse="urn:s"><wsu:Timestamp><wsu:Created>{created}</wsu:Created><wsu:Expires>{expires}</wsu:Expires></wsu:Timestamp>
<wsse:UsernameToken><wsse:Username>{user}</wsse:Username><wsse:Password>{password}</wsse:Password></wsse:UsernameToken></wsse:Security></s:Header>
<s:Body><wst:RequestSecurityToken xmlns:wst="{trust}"><wsp:AppliesTo xmlns:wsp="urn:p"><wsa:EndpointReference><wsa:Address>{audience}</wsa:Address></wsa:EndpointReference></wsp:AppliesTo>
<wst:RequestType>{trust}/Issue</wst:RequestType><wst:TokenType>{type}</wst:TokenType></wst:RequestSecurityToken></s:Body></s:Envelope>`

// TokenMessage writes a WS-Trust request as a client does, with the values given in the place of the right ones.
func (w *World) TokenMessage(change ...string) string {
	const form = "2006-01-02T15:04:05.000Z"
	words := []string{
		"{user}", FederatedUser, "{password}", "Right-1234", "{trust}", Trust13, "{audience}", "urn:federation:MicrosoftOnline", "{type}", "",
		"{created}", w.Clock.Now().Format(form), "{expires}", w.Clock.Now().Add(10 * time.Minute).Format(form),
	}
	for i := 0; i < len(change); i += 2 {
		for j := 0; j < len(words); j += 2 {
			if words[j] == "{"+change[i]+"}" {
				words[j+1] = change[i+1]
			}
		}
	}
	return strings.NewReplacer(words...).Replace(tokenMessage)
}

// Trust sends a message to Contoso's federation server.
func (w *World) Trust(path, message string) Reply {
	w.t.Helper()
	return w.Do(http.MethodPost, FederatedHost, path, message, "Content-Type", SOAPType)
}

// Assertion signs in at Contoso's federation server and answers the assertion as it stands in the answer.
func (w *World) Assertion(change ...string) string {
	w.t.Helper()
	r := w.Trust(Trust13Path, w.TokenMessage(change...))
	var doc struct {
		Token struct {
			Inner string `xml:",innerxml"`
		} `xml:"Body>RequestSecurityTokenResponseCollection>RequestSecurityTokenResponse>RequestedSecurityToken"`
	}
	if err := xml.Unmarshal([]byte(r.Body), &doc); err != nil || r.Status != http.StatusOK || doc.Token.Inner == "" {
		w.t.Fatalf("%v %d %s", err, r.Status, r.Body)
	}
	return doc.Token.Inner
}

// LegacyReply is an answer of the legacy sign-in as a client reads it.
type LegacyReply struct {
	Token  string `xml:"Body>RequestSecurityTokenResponse>RequestedSecurityToken>BinarySecurityToken"`
	Type   string `xml:"Body>RequestSecurityTokenResponse>TokenType"`
	Status string `xml:"Header>pp>reqstatus"`
	Value  string `xml:"Body>Fault>Detail>error>value"`
	Text   string `xml:"Body>Fault>Detail>error>internalerror>text"`
}

// Legacy sends a name and a password to the legacy sign-in.
func (w *World) Legacy(path string, change ...string) (LegacyReply, Reply) {
	w.t.Helper()
	message := w.TokenMessage(append([]string{"trust", Trust2005, "audience", "sharepoint.com"}, change...)...)
	r := w.Do(http.MethodPost, LoginHost, path, message, "Content-Type", SOAPType)
	var body LegacyReply
	if err := xml.Unmarshal([]byte(r.Body), &body); err != nil {
		w.t.Fatalf("%v: %d %s", err, r.Status, r.Body)
	}
	return body, r
}
