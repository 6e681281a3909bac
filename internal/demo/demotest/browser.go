package demotest

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// Browser is a client that keeps cookies, says where its posts come from as browsers do, and follows no redirect.
type Browser struct {
	*http.Client
	Base string // of the house
	t    testing.TB
}

// Get asks for a page.
func (b *Browser) Get(address string) *Response { return b.Send(http.MethodGet, address, nil, nil) }

// Post sends a form as one of Purser's own pages does.
func (b *Browser) Post(address string, form url.Values) *Response {
	return b.Send(http.MethodPost, address, form, http.Header{"Sec-Fetch-Site": {"same-origin"}, "Origin": {b.Base}})
}

// ByScript is a request that htmx makes for a page.
func (b *Browser) ByScript(method, address string, form url.Values) *Response {
	return b.Send(method, address, form, http.Header{"Sec-Fetch-Site": {"same-origin"}, "Hx-Request": {"true"}})
}

// Send sends a form, or nothing, with these headers.
func (b *Browser) Send(method, address string, form url.Values, header http.Header) *Response {
	b.t.Helper()
	if form == nil {
		return b.Carry(method, address, nil, header)
	}
	header = header.Clone()
	if header == nil {
		header = http.Header{}
	}
	header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.Carry(method, address, strings.NewReader(form.Encode()), header)
}

// Carry sends a body as it is.
func (b *Browser) Carry(method, address string, body io.Reader, header http.Header) *Response {
	b.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = b.Base + address
	}
	req, err := http.NewRequestWithContext(b.t.Context(), method, address, body)
	if err != nil {
		b.t.Fatal(err)
	}
	if header != nil {
		req.Header = header
	}
	return b.ask(req)
}

// Raw asks for an address that may be no proper one.
func (b *Browser) Raw(method, path string) *Response {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), method, b.Base+"/", nil)
	if err != nil {
		b.t.Fatal(err)
	}
	req.URL.Opaque = path
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.ask(req)
}

func (b *Browser) ask(req *http.Request) *Response {
	b.t.Helper()
	res, err := b.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return &Response{res, text}
}

// Upload posts a file as a browser does.
func (b *Browser) Upload(action, content, command string) *Response {
	b.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	file, err := form.CreateFormFile("file", "passwords.csv")
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := fmt.Fprint(file, content); err != nil {
		b.t.Fatal(err)
	}
	if err := form.WriteField("do", command); err != nil {
		b.t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		b.t.Fatal(err)
	}
	return b.Carry(http.MethodPost, action, &body, http.Header{"Sec-Fetch-Site": {"same-origin"}, "Content-Type": {form.FormDataContentType()}})
}

// Response is an answer that has been read.
type Response struct {
	*http.Response
	body []byte
}

// Text is the answer's body.
func (r *Response) Text() string { return string(r.body) }

// Page is the body as HTML.
func (r *Response) Page(t testing.TB) *goquery.Document {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(r.Text()))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}
