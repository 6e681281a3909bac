package microsoft

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"purser.example/internal/verdict"
	"purser.example/internal/whose"
)

// noMetadata asks SharePoint for JSON without descriptions of types.
const noMetadata = "application/json;odata=nometadata"

// sharePointError reads an error in the form of SharePoint's: the name of the error's type, such as System.UnauthorizedAccessException, or
// its number where it has no more.
func (a answer) sharePointError() string {
	type details struct {
		Code string `json:"code"`
	}
	var body struct {
		Plain details `json:"odata.error"`
		Other details `json:"error"`
	}
	if a.decode(&body) != nil {
		return ""
	}
	number, kind, _ := strings.Cut(cmp.Or(body.Plain.Code, body.Other.Code), ",")
	return cmp.Or(key(strings.TrimSpace(kind)), key(number))
}

// sharePointNumber is the number of such an error; 0 where it has none.
func (a answer) sharePointNumber() int {
	var body struct {
		Error struct {
			Code string `json:"code"`
		} `json:"odata.error"`
	}
	_ = a.decode(&body) // without the body there is no number
	number, _, _ := strings.Cut(body.Error.Code, ",")
	n, _ := strconv.Atoi(strings.TrimSpace(number))
	return n
}

// lacking says which right is missing, where one is.
func (s *Survey) lacking(host string, f fault) fault {
	if !f.reply.Denied() {
		return f
	}
	if f.right = siteScope; s.renewal.has(host, siteScope) {
		f.right, f.whose = siteRole, whose.Account
	}
	return f
}

// rest asks a REST address of SharePoint by JSON. Without a place for the answer the question changes something: it is asked once, and
// there may be no answer.
func (s *Survey) rest(ctx context.Context, r request, into any) (answer, error) {
	if r.header == nil {
		r.header = map[string]string{}
	}
	r.header["Accept"] = noMetadata
	a, err := s.sharePoint(ctx, r, into != nil)
	switch {
	case err != nil, a.status == http.StatusNoContent && into == nil:
		return a, err
	case into == nil:
		into = new(any)
	}
	return a, a.decode(into)
}

// digest is what CSOM wants with every query, and until when it is good.
type digest struct {
	text  string
	until time.Time
}

// formDigest gives a digest of the admin host.
func (s *Survey) formDigest(ctx context.Context, host string) (string, error) {
	s.mu.Lock()
	kept := s.digest
	s.mu.Unlock()
	if s.client.now().Before(kept.until) {
		return kept.text, nil
	}
	var info struct {
		Value string `json:"FormDigestValue"`
		Lives lives  `json:"FormDigestTimeoutSeconds"`
	}
	if _, err := s.rest(ctx, request{host: host, path: "/_api/contextinfo", method: http.MethodPost}, &info); err != nil {
		return "", err
	}
	if !headerText(info.Value) {
		return "", noAnswer(verdict.BadAnswer, host+" gave no form digest")
	}
	life := time.Duration(cmp.Or(info.Lives, shortLife)) * time.Second
	s.mu.Lock()
	defer s.mu.Unlock()
	s.digest = digest{info.Value, s.client.now().Add(life - min(margin, life/4))}
	return info.Value, nil
}

// headerText reports whether a text can stand in a header.
func headerText(text string) bool {
	return text != "" && len(text) < 1024 && !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r >= 0x7f })
}

// forgetDigest lets a digest that is not accepted any more be asked for anew.
func (s *Survey) forgetDigest() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.digest = digest{}
}

// oldDigest is the number of CSOM's error for a digest that is not good any more.
const oldDigest = -2130575251

// csom sends a query to the admin host and gives what it answers, a list of JSON values. Errors come with status 200.
func (s *Survey) csom(ctx context.Context, host string, query []byte, reads bool) ([]json.RawMessage, error) {
	for try := 1; ; try++ {
		text, err := s.formDigest(ctx, host)
		if err != nil {
			return nil, err
		}
		a, err := s.sharePoint(ctx, request{
			host: host, path: "/_vti_bin/client.svc/ProcessQuery", xml: query, header: map[string]string{"X-RequestDigest": text},
		}, reads)
		if err != nil {
			return nil, err
		}
		values, err := s.csomAnswer(host, a)
		if f, _ := errors.AsType[fault](err); f.number != oldDigest || try > 1 {
			return values, err
		}
		s.forgetDigest()
	}
}

// csomAnswer reads the values of an answer, or its error.
func (s *Survey) csomAnswer(host string, a answer) (values []json.RawMessage, err error) {
	if err := a.decode(&values); err != nil {
		return nil, err
	}
	var head struct {
		Schema string `json:"SchemaVersion"`
		Error  *struct {
			Number int    `json:"ErrorCode"`
			Kind   string `json:"ErrorTypeName"`
		} `json:"ErrorInfo"`
	}
	if len(values) == 0 || json.Unmarshal(values[0], &head) != nil || head.Schema == "" {
		return nil, a.unusable("the answer is not one of CSOM")
	}
	if head.Error == nil {
		return values[1:], nil
	}
	word := key(head.Error.Kind)
	f := fault{
		code: "CSOM " + strconv.Itoa(head.Error.Number), detail: host + " refused " + word, whose: whose.Microsoft, number: head.Error.Number,
		reply: whose.Reply{HTTP: http.StatusOK, JSON: true, Marked: true, Word: word},
	}
	if word == "System.UnauthorizedAccessException" {
		f.reply.HTTP, f.whose = http.StatusForbidden, whose.App // as REST would say it
		f = s.lacking(host, f)
	}
	return nil, f
}

const (
	tenantType   = "{268004ae-ef6b-4e9b-8425-127220d84719}" // Microsoft.Online.SharePoint.TenantAdministration.Tenant
	filtersType  = "{b92aeee2-c92c-4b67-abcc-024e471bc140}" // SPOSitePropertiesEnumerableFilter
	taxonomyType = "{981cbc68-9edc-4f8d-872f-71146fcbb84f}" // Microsoft.SharePoint.Taxonomy.TaxonomySession
)

// csomQuery writes a query: what is to be done with which objects.
func csomQuery(actions, objects string) []byte {
	return []byte(`<Request AddExpandoFieldTypeSuffix="true" SchemaVersion="15.0.0.0" LibraryVersion="16.0.0.0" ApplicationName="Purser" ` +
		`xmlns="http://schemas.microsoft.com/sharepoint/clientquery/2009"><Actions>` + actions + `</Actions><ObjectPaths>` + objects + `</ObjectPaths></Request>`)
}

// inXML is a text as it stands in XML.
func inXML(text string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(text)) // a buffer takes everything
	return b.String()
}

// property is one property of CSOM's filter of sites.
func property(name, kind, text string) string {
	return `<Property Name="` + name + `" Type="` + kind + `">` + inXML(text) + `</Property>`
}
