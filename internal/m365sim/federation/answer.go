package federation

import (
	"net/http"
	"strings"
	"time"

	"purser.example/internal/m365sim/call"
	"purser.example/internal/m365sim/directory"
	"purser.example/internal/m365sim/wstrust"
)

// soapEnvelope wraps a body as a federation server does.
const soapEnvelope = `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://www.w3.org/2005/08/addressing" xmlns:u="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd">` +
	`<s:Header><a:Action s:mustUnderstand="1">{action}</a:Action>` +
	`<o:Security s:mustUnderstand="1" xmlns:o="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"><u:Timestamp u:Id="_0"><u:Created>{now}</u:Created><u:Expires>{soon}</u:Expires></u:Timestamp></o:Security></s:Header>` +
	`<s:Body>{body}</s:Body></s:Envelope>`

const trustResponse = `<t:RequestSecurityTokenResponse xmlns:t="{trust}">` +
	`<t:Lifetime><u:Created>{now}</u:Created><u:Expires>{end}</u:Expires></t:Lifetime>` +
	`<wsp:AppliesTo xmlns:wsp="http://schemas.xmlsoap.org/ws/2004/09/policy"><a:EndpointReference><a:Address>` + wstrust.MicrosoftAudience + `</a:Address></a:EndpointReference></wsp:AppliesTo>` +
	`<t:RequestedSecurityToken>{assertion}</t:RequestedSecurityToken>` +
	`<t:TokenType>{type}</t:TokenType><t:RequestType>{trust}/Issue</t:RequestType></t:RequestSecurityTokenResponse>`

const faultBody = `<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value xmlns:o="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd">o:{code}</s:Value></s:Subcode></s:Code>` +
	`<s:Reason><s:Text xml:lang="en-US">{text}</s:Text></s:Reason></s:Fault>`

// soapFault is a refusal. SOAP 1.2 sends it with status 500.
func soapFault(c *call.Call, code, text string) call.Answer {
	return envelope(c, http.StatusInternalServerError, "http://www.w3.org/2005/08/addressing/soap/fault",
		wstrust.Fill(faultBody, "code", code, "text", text))
}

// issueAssertion answers an assertion of the kind that was asked for; SAML 1.1 when the request does not say.
func (s *Service) issueAssertion(c *call.Call, v wstrust.Version, u *directory.User) call.Answer {
	saml := wstrust.SAML11
	if strings.Contains(c.Message.Body.Request.TokenType, "SAML:2.0") || c.Message.Body.Request.TokenType == wstrust.SAML20.Namespace {
		saml = wstrust.SAML20
	}
	about := wstrust.Subject{Issuer: u.Domain().Issuer(), UPN: u.UserPrincipalName, ImmutableID: u.ImmutableID()}
	text, err := wstrust.Sign(s.keys.Published()[0], saml, about, c.At)
	if err != nil {
		s.log.Error("no assertion could be made", "error", err)
		return soapFault(c, "FailedAuthentication", "MSIS3126: Access denied.")
	}
	body := wstrust.Fill(trustResponse, "trust", v.Namespace, "now", wstrust.Stamp(c.At), "end", wstrust.Stamp(c.At.Add(wstrust.AssertionLife)), "type", saml.Namespace, "assertion", text)
	if v == wstrust.Trust13 {
		body = `<t:RequestSecurityTokenResponseCollection xmlns:t="` + v.Namespace + `">` + body + `</t:RequestSecurityTokenResponseCollection>`
	}
	return envelope(c, http.StatusOK, v.Response, body)
}

func envelope(c *call.Call, status int, action, body string) call.Answer {
	return call.Text(status, wstrust.ContentType, wstrust.Fill(soapEnvelope, "action", action, "now", wstrust.Stamp(c.At), "soon", wstrust.Stamp(c.At.Add(5*time.Minute)), "body", body))
}
