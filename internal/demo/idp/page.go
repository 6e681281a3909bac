package idp

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"net/http"
	"net/url"
	"time"

	"github.com/a-h/templ"
)

//go:embed pages/style.css
var style []byte

var (
	styleTag = `"` + hex.EncodeToString(styleSum[:8]) + `"`
	styleSum = sha256.Sum256(style)
)

type signInView struct {
	Style   string // address of the stylesheet
	Action  string // address the form is posted to
	Email   string
	Problem string // why the last try failed
	People  []Person
	Hint    string
}

// title begins with what went wrong, which is what a screen reader says first.
func (v signInView) title() string {
	if v.Problem != "" {
		return "Not signed in – Sign in"
	}
	return "Sign in"
}

// wrong are the attributes of a field that has to be typed again.
func (v signInView) wrong() templ.Attributes {
	if v.Problem == "" {
		return nil
	}
	return templ.Attributes{"aria-invalid": "true", "aria-describedby": "problem"}
}

type messageView struct {
	Style, Title, Text, Link, LinkText string
}

func (p *Provider) signInView(request, email string) signInView {
	page := signInView{
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
func (p *Provider) render(w http.ResponseWriter, r *http.Request, status int, content templ.Component) {
	var page bytes.Buffer
	if err := content.Render(r.Context(), &page); err != nil {
		p.log.ErrorContext(r.Context(), "cannot render", "error", err)
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
