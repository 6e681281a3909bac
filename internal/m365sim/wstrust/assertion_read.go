package wstrust

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"strings"
	"time"

	"purser.example/internal/m365sim/token"
)

// Assertion is an assertion of either version, as far as it counts.
type Assertion struct {
	XMLName    xml.Name
	Issuer11   string `xml:"Issuer,attr"`
	Issuer20   string `xml:"Issuer"`
	Subject11  string `xml:"AuthenticationStatement>Subject>NameIdentifier"`
	Subject20  string `xml:"Subject>NameID"`
	Conditions struct {
		NotBefore    string `xml:"NotBefore,attr"`
		NotOnOrAfter string `xml:"NotOnOrAfter,attr"`
		Audience11   string `xml:"AudienceRestrictionCondition>Audience"`
		Audience20   string `xml:"AudienceRestriction>Audience"`
	} `xml:"Conditions"`
	Digest    string `xml:"Signature>SignedInfo>Reference>DigestValue"`
	Signature string `xml:"Signature>SignatureValue"`
	KeyName   string `xml:"Signature>KeyInfo>KeyName"`
}

func (a Assertion) Issuer() string   { return a.Issuer11 + a.Issuer20 }
func (a Assertion) Subject() string  { return a.Subject11 + a.Subject20 }
func (a Assertion) audience() string { return a.Conditions.Audience11 + a.Conditions.Audience20 }

// ReadAssertion takes the assertion out of a form, where it stands in Base64 of either alphabet, padded or not. It answers
// false for one that is not signed by a federation server, was changed since, is for somebody else or for another time.
func ReadAssertion(field string, v SAML, keys *token.Keyring, now time.Time) (a Assertion, ok bool) {
	text, err := token.Decode(field)
	if err != nil || xml.Unmarshal(text, &a) != nil || a.XMLName.Local != "Assertion" || a.XMLName.Space != v.Namespace {
		return a, false
	}
	key := keys.Find(a.KeyName)
	if key == nil || !a.signedBy(key, string(text)) || a.audience() != MicrosoftAudience {
		return a, false
	}
	return a, a.isOf(now)
}

// signedBy checks digest and signature. The text is taken to be canonical, as every assertion of the simulator is; one in
// another form has another digest.
func (a Assertion) signedBy(key *rsa.PublicKey, text string) bool {
	from, end := strings.Index(text, "<ds:Signature "), strings.LastIndex(text, signatureEnd)
	if from < 0 || end < from {
		return false
	}
	sum := sha256.Sum256([]byte(text[:from] + text[end+len(signatureEnd):]))
	if a.Digest != base64.StdEncoding.EncodeToString(sum[:]) {
		return false
	}
	info, _, _ := strings.Cut(text[from:end], "<ds:SignatureValue>")
	_, info, _ = strings.Cut(info, "<ds:SignedInfo>")
	sum = sha256.Sum256([]byte("<ds:SignedInfo " + dsNamespace + ">" + info))
	signature, err := base64.StdEncoding.DecodeString(a.Signature)
	return err == nil && rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature) == nil
}

func (a Assertion) isOf(now time.Time) bool {
	const skew = 5 * time.Minute
	from, err := time.Parse(time.RFC3339, a.Conditions.NotBefore)
	if err != nil || now.Before(from.Add(-skew)) {
		return false
	}
	until, err := time.Parse(time.RFC3339, a.Conditions.NotOnOrAfter)
	return err == nil && now.Before(until.Add(skew))
}
