package idp

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"html/template"
	"net/http"
	"net/url"
	"time"
)

//go:embed pages/*.html
var pageFiles embed.FS

//go:embed pages/style.css
var style []byte

var (
	pages    = template.Must(template.ParseFS(pageFiles, "pages/*.html"))
	styleTag = `"` + hex.EncodeToString(styleSum[:8]) + `"`
	styleSum = sha256.Sum256(style)
)

// view is what a page shows; its template is named by it.
type view interface{ template() string }

type signInPage struct {
	Style   string // address of the stylesheet
	Action  string // address the form is posted to
	Email   string
	Problem string // why the last try failed
	People  []Person
	Hint    string
}

func (signInPage) template() string { return "signin.html" }

type messagePage struct {
	Style, Title, Text, Link, LinkText string
}

func (messagePage) template() string { return "message.html" }

func (p *Provider) signInPage(request, email string) signInPage {
	page := signInPage{
		Style:  p.prefix + stylePath,
		Action: p.prefix + signInPath + "?" + url.Values{"request": {request}}.Encode(),
		Email:  email,
		Hint:   p.hint,
	}
	for _, m := range p.people {
		page.People = append(page.People, m.Person)
	}
	return page
}

// render writes a whole page or an error, never half a page.
func (p *Provider) render(w http.ResponseWriter, r *http.Request, status int, v view) {
	var page bytes.Buffer
	if err := pages.ExecuteTemplate(&page, v.template(), v); err != nil {
		p.log.ErrorContext(r.Context(), "cannot render", "page", v.template(), "error", err)
		http.Error(w, "Something went wrong on our side.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	if _, err := page.WriteTo(w); err != nil {
		p.log.DebugContext(r.Context(), "the browser went away", "error", err)
	}
}

func serveStyle(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("ETag", styleTag)
	http.ServeContent(w, r, "style.css", time.Time{}, bytes.NewReader(style))
}

// contentSecurityPolicy lets the pages use their own stylesheet and post to themselves. Chromium applies form-action to
// the redirects after a post as well, so a client that lives elsewhere has to be named.
func contentSecurityPolicy(issuer, redirect *url.URL) string {
	formAction := "'self'"
	if origin(redirect) != origin(issuer) {
		formAction += " " + origin(redirect)
	}
	return "default-src 'none'; style-src 'self'; form-action " + formAction +
		"; base-uri 'none'; frame-ancestors 'none'; img-src 'self' data:"
}

func origin(u *url.URL) string { return u.Scheme + "://" + u.Host }
