package login

import (
	"fmt"
	"net/http"
	"strings"

	"purser.example/internal/m365sim/call"
	"purser.example/internal/m365sim/directory"
	"purser.example/internal/m365sim/token"
	"purser.example/internal/m365sim/wstrust"
)

// legacyEnvelope is the SOAP around every answer of the legacy sign-in.
const legacyEnvelope = `<?xml version="1.0" encoding="utf-8" ?><S:Envelope xmlns:S="http://www.w3.org/2003/05/soap-envelope" xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd" xmlns:wsu="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd" xmlns:wsa="http://www.w3.org/2005/08/addressing" xmlns:wst="http://schemas.xmlsoap.org/ws/2005/02/trust">` +
	`<S:Header>{header}</S:Header><S:Body>{body}</S:Body></S:Envelope>`

// legacyHeader says how the sign-in went, in a fault and in a response without a token.
const legacyHeader = `<psf:pp xmlns:psf="http://schemas.microsoft.com/Passport/SoapServices/SOAPFault"><psf:serverVersion>1</psf:serverVersion>` +
	`<psf:authstate>0x80048800</psf:authstate><psf:reqstatus>{status}</psf:reqstatus><psf:serverInfo ServerTime="{now}">{trace}</psf:serverInfo></psf:pp>`

const legacyFaultBody = `<S:Fault><S:Code><S:Value>S:Sender</S:Value><S:Subcode><S:Value>wst:FailedAuthentication</S:Value></S:Subcode></S:Code>` +
	`<S:Reason><S:Text xml:lang="en-US">Authentication Failure</S:Text></S:Reason>` +
	`<S:Detail><psf:error xmlns:psf="http://schemas.microsoft.com/Passport/SoapServices/SOAPFault"><psf:value>{status}</psf:value>` +
	`<psf:internalerror><psf:code>0x80041012</psf:code><psf:text>{text}</psf:text></psf:internalerror></psf:error></S:Detail></S:Fault>`

const legacyResponse = `<wst:RequestSecurityTokenResponse><wst:TokenType>urn:passport:compact</wst:TokenType>` +
	`<wsp:AppliesTo xmlns:wsp="http://schemas.xmlsoap.org/ws/2004/09/policy"><wsa:EndpointReference><wsa:Address>{audience}</wsa:Address></wsa:EndpointReference></wsp:AppliesTo>` +
	`<wst:Lifetime><wsu:Created>{now}</wsu:Created><wsu:Expires>{end}</wsu:Expires></wst:Lifetime>{token}</wst:RequestSecurityTokenResponse>`

const legacyTokenBody = `<wst:RequestedSecurityToken><wsse:BinarySecurityToken Id="Compact0">{token}</wsse:BinarySecurityToken></wst:RequestedSecurityToken>`

// legacyFault writes a refusal. Microsoft sends it with 200 or with 400: here the older address has the one and the newer the
// other, so that a client reads the body.
func (s *Service) legacyFault(c *call.Call, refused *legacyRefusal) call.Answer {
	status := http.StatusBadRequest
	if strings.EqualFold(c.Path[0], "rst2.srf") {
		status = http.StatusOK
	}
	header := wstrust.Fill(legacyHeader, "status", refused.status, "now", wstrust.Stamp(c.At), "trace", c.TraceID)
	if refused.policy {
		return legacyAnswer(status, header, legacyBody(c, ""))
	}
	r := refuse(refused.code)
	r.words = map[string]string{"user": c.Message.Header.Username}
	text := fmt.Sprintf("AADSTS%d: %s", refused.code, r.text(aadstsFor(refused.code)))
	return legacyAnswer(status, header, wstrust.Fill(legacyFaultBody, "status", refused.status, "text", wstrust.Escape(text)))
}

func legacyAnswer(status int, header, body string) call.Answer {
	a := call.Text(status, wstrust.ContentType, wstrust.Fill(legacyEnvelope, "header", header, "body", body))
	noStore(a.Header)
	return a
}

// legacyBody is a response, with a token or without one.
func legacyBody(c *call.Call, given string) string {
	return wstrust.Fill(legacyResponse, "audience", wstrust.Escape(c.Message.Body.Request.Audience), "now", wstrust.Stamp(c.At), "end", wstrust.Stamp(c.At.Add(legacyTokenLife)), "token", given)
}

func (s *Service) legacyToken(c *call.Call, u *directory.User) call.Answer {
	text, err := s.keys.Published()[0].SignLegacy(token.Legacy{TenantID: u.Tenant().ID, UserID: u.ID, Expires: c.At.Add(legacyTokenLife).Unix()})
	if err != nil {
		s.log.Error("no token could be made", "error", err)
		return s.legacyFault(c, &legacyRefusal{status: legacyUnavailable, code: 90033})
	}
	return legacyAnswer(http.StatusOK, "", legacyBody(c, wstrust.Fill(legacyTokenBody, "token", wstrust.Escape(text))))
}
