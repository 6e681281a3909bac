package wstrust

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"purser.example/internal/m365sim/guid"
	"purser.example/internal/m365sim/token"
)

// SAML is one version of SAML: the namespace of its assertions, and an assertion of it. The texts are written in the
// canonical form of XML (exclusive, without comments), so that what is signed is what is sent, byte for byte.
type SAML struct{ Namespace, text string }

// The versions that there are.
var (
	SAML11 = SAML{"urn:oasis:names:tc:SAML:1.0:assertion", saml11Text}
	SAML20 = SAML{"urn:oasis:names:tc:SAML:2.0:assertion", saml20Text}
)

const saml11Text = `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:1.0:assertion" AssertionID="{id}" IssueInstant="{now}" Issuer="{issuer}" MajorVersion="1" MinorVersion="1">` +
	`<saml:Conditions NotBefore="{now}" NotOnOrAfter="{end}"><saml:AudienceRestrictionCondition><saml:Audience>` + MicrosoftAudience + `</saml:Audience></saml:AudienceRestrictionCondition></saml:Conditions>` +
	`<saml:AttributeStatement>{subject}` +
	`<saml:Attribute AttributeName="UPN" AttributeNamespace="http://schemas.xmlsoap.org/claims"><saml:AttributeValue>{upn}</saml:AttributeValue></saml:Attribute>` +
	`<saml:Attribute AttributeName="ImmutableID" AttributeNamespace="http://schemas.microsoft.com/LiveID/Federation/2008/05"><saml:AttributeValue>{immutable}</saml:AttributeValue></saml:Attribute>` +
	`</saml:AttributeStatement>` +
	`<saml:AuthenticationStatement AuthenticationInstant="{now}" AuthenticationMethod="urn:oasis:names:tc:SAML:1.0:am:password">{subject}</saml:AuthenticationStatement>` +
	`</saml:Assertion>`

const saml11Subject = `<saml:Subject><saml:NameIdentifier Format="urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified">{immutable}</saml:NameIdentifier>` +
	`<saml:SubjectConfirmation><saml:ConfirmationMethod>urn:oasis:names:tc:SAML:1.0:cm:bearer</saml:ConfirmationMethod></saml:SubjectConfirmation></saml:Subject>`

const saml20Text = `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="{id}" IssueInstant="{now}" Version="2.0">` +
	`<saml:Issuer>{issuer}</saml:Issuer>` +
	`<saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified">{immutable}</saml:NameID>` +
	`<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData NotOnOrAfter="{end}"></saml:SubjectConfirmationData></saml:SubjectConfirmation></saml:Subject>` +
	`<saml:Conditions NotBefore="{now}" NotOnOrAfter="{end}"><saml:AudienceRestriction><saml:Audience>` + MicrosoftAudience + `</saml:Audience></saml:AudienceRestriction></saml:Conditions>` +
	`<saml:AttributeStatement><saml:Attribute Name="http://schemas.xmlsoap.org/claims/UPN"><saml:AttributeValue>{upn}</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>` +
	`<saml:AuthnStatement AuthnInstant="{now}"><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>` +
	`</saml:Assertion>`

// The parts of an enveloped signature (XML Signature 1.1). signedInfo carries its namespace when it is signed, and stands
// without it inside the signature, which is the same in canonical form.
const (
	dsNamespace = `xmlns:ds="http://www.w3.org/2000/09/xmldsig#"`
	signedInfo  = `<ds:SignedInfo {ns}><ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"></ds:CanonicalizationMethod>` +
		`<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"></ds:SignatureMethod>` +
		`<ds:Reference URI="#{id}"><ds:Transforms><ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"></ds:Transform>` +
		`<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"></ds:Transform></ds:Transforms>` +
		`<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod><ds:DigestValue>{digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>`
	signatureEnd = `</ds:Signature>`
)

// Subject is whom an assertion is about: the federation server that knows the user, the name there, and what joins it to
// the user in the cloud.
type Subject struct{ Issuer, UPN, ImmutableID string }

// AssertionLife is how long an assertion and the answer around it are good for.
const AssertionLife = time.Hour

// Sign makes a signed assertion about someone.
func Sign(key token.Key, v SAML, about Subject, now time.Time) (string, error) {
	id := "_" + guid.New()
	text := Fill(strings.ReplaceAll(v.text, "{subject}", saml11Subject), "id", id, "now", Stamp(now), "end", Stamp(now.Add(AssertionLife)),
		"issuer", Escape(about.Issuer), "upn", Escape(about.UPN), "immutable", about.ImmutableID)
	sum := sha256.Sum256([]byte(text))
	info := Fill(signedInfo, "ns", dsNamespace, "id", id, "digest", base64.StdEncoding.EncodeToString(sum[:]))
	sum = sha256.Sum256([]byte(info))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key.Private, crypto.SHA256, sum[:])
	if err != nil {
		return "", fmt.Errorf("sign assertion: %w", err)
	}
	return strings.TrimSuffix(text, assertionEnd) + `<ds:Signature ` + dsNamespace + `>` + strings.Replace(info, " "+dsNamespace, "", 1) +
		`<ds:SignatureValue>` + base64.StdEncoding.EncodeToString(signature) + `</ds:SignatureValue>` +
		`<ds:KeyInfo><ds:KeyName>` + key.ID + `</ds:KeyName></ds:KeyInfo>` + signatureEnd + assertionEnd, nil
}

const assertionEnd = `</saml:Assertion>`
