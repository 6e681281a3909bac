package m365sim

import (
	"net/http"
	"strings"
	"time"
)

// soapEnvelope wraps a body as a federation server does.
const soapEnvelope = `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://www.w3.org/2005/08/addressing" xmlns:u="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd">` +
	`<s:Header><a:Action s:mustUnderstand="1">{action}</a:Action>` +
	`<o:Security s:mustUnderstand="1" xmlns:o="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"><u:Timestamp u:Id="_0"><u:Created>{now}</u:Created><u:Expires>{soon}</u:Expires></u:Timestamp></o:Security></s:Header>` +
	`<s:Body>{body}</s:Body></s:Envelope>`

const trustResponse = `<t:RequestSecurityTokenResponse xmlns:t="{trust}">` +
	`<t:Lifetime><u:Created>{now}</u:Created><u:Expires>{end}</u:Expires></t:Lifetime>` +
	`<wsp:AppliesTo xmlns:wsp="http://schemas.xmlsoap.org/ws/2004/09/policy"><a:EndpointReference><a:Address>` + microsoftAudience + `</a:Address></a:EndpointReference></wsp:AppliesTo>` +
	`<t:RequestedSecurityToken>{assertion}</t:RequestedSecurityToken>` +
	`<t:TokenType>{type}</t:TokenType><t:RequestType>{trust}/Issue</t:RequestType></t:RequestSecurityTokenResponse>`

const faultBody = `<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value xmlns:o="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd">o:{code}</s:Value></s:Subcode></s:Code>` +
	`<s:Reason><s:Text xml:lang="en-US">{text}</s:Text></s:Reason></s:Fault>`

// soapFault is a refusal. SOAP 1.2 sends it with status 500.
func soapFault(c *call, code, text string) answer {
	return envelope(c, http.StatusInternalServerError, "http://www.w3.org/2005/08/addressing/soap/fault",
		fill(faultBody, "code", code, "text", text))
}

// issueAssertion answers an assertion of the kind that was asked for; SAML 1.1 when the request does not say.
func (s *federationService) issueAssertion(c *call, v trust, u *user) answer {
	saml := saml11
	if strings.Contains(c.soap.Body.Request.TokenType, "SAML:2.0") || c.soap.Body.Request.TokenType == saml20.namespace {
		saml = saml20
	}
	text, err := signAssertion(s.keys.published()[0], saml, samlSubject{u.Domain().issuer(), u.UserPrincipalName, u.immutableID()}, c.at)
	if err != nil {
		s.log.Error("no assertion could be made", "error", err)
		return soapFault(c, "FailedAuthentication", "MSIS3126: Access denied.")
	}
	body := fill(trustResponse, "trust", v.namespace, "now", stamp(c.at), "end", stamp(c.at.Add(assertionLife)), "type", saml.namespace, "assertion", text)
	if v == trust13 {
		body = `<t:RequestSecurityTokenResponseCollection xmlns:t="` + v.namespace + `">` + body + `</t:RequestSecurityTokenResponseCollection>`
	}
	return envelope(c, http.StatusOK, v.response, body)
}

func envelope(c *call, status int, action, body string) answer {
	return textAnswer(status, soapType, fill(soapEnvelope, "action", action, "now", stamp(c.at), "soon", stamp(c.at.Add(5*time.Minute)), "body", body))
}
