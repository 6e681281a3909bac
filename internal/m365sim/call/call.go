// Package call is one request on its way through the simulator, read once for all rooms, and the answer to it.
package call

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"purser.example/internal/m365sim/cloud"
	"purser.example/internal/m365sim/guid"
	"purser.example/internal/m365sim/token"
	"purser.example/internal/m365sim/wstrust"
)

// maxBody is more than any request to Microsoft's sign-in hosts or Graph needs.
const maxBody = 4 << 20

// Call is one request on its way through the simulator.
type Call struct {
	Request  *http.Request
	At       time.Time
	Endpoint cloud.Endpoint
	Part     cloud.Part
	Body     []byte
	Broken   bool     // the body did not come whole, or is too large
	Path     []string // segments of the path, unescaped
	Form     url.Values
	FormErr  error
	Message  *wstrust.Request // of a federation server; nil for anything else
	Bearer   *token.JWT
	TraceID  string // x-ms-request-id of the sign-in hosts, request-id of Graph
	// CorrelationID is the client-request-id that came, or one of our own.
	CorrelationID string
	Latency       time.Duration
	after         *[]func() // what is to be done once the answer stands; parts of a batch share it
}

// Afterwards notes a change that the call cannot make while it reads.
func (c *Call) Afterwards(change func()) { *c.after = append(*c.after, change) }

// Settle makes the changes that were noted.
func (c *Call) Settle() {
	for _, change := range *c.after {
		change()
	}
}

// Within makes a call of a part of this one's body, with a request and ids of its own. Time, token and changes are shared.
func (c *Call) Within(r *http.Request, body []byte) *Call {
	part := *c
	part.Request, part.Body, part.Path, part.TraceID = r, body, segments(r.URL.EscapedPath()), guid.New()
	if id := strings.ToLower(r.Header.Get("client-request-id")); guid.Valid(id) {
		part.CorrelationID = id
	}
	return &part
}

// ErrNotForm says that a body is no form at all, which the sign-in hosts take for an empty one.
var ErrNotForm = errors.New("not a form")

// New reads a request whole, at a time.
func New(w http.ResponseWriter, r *http.Request, now time.Time) *Call {
	c := &Call{Request: r, At: now, Endpoint: cloud.EndpointOf(r.Host), TraceID: guid.New(), after: new([]func())}
	c.Part = c.Endpoint.PartFor(r.URL.Path)
	c.Path = segments(r.URL.EscapedPath())
	// A header that comes twice counts by its first value: MSAL Go sends two.
	if c.CorrelationID = strings.ToLower(r.Header.Get("client-request-id")); !guid.Valid(c.CorrelationID) {
		c.CorrelationID = guid.New()
	}
	var err error
	if c.Body, err = io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody)); err != nil {
		c.Broken = true
	}
	c.Form, c.FormErr = parseForm(r.Header.Get("Content-Type"), c.Body)
	c.Message = wstrust.Parse(r.Header.Get("Content-Type"), c.Body)
	if scheme, text, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		c.Bearer, _ = token.Parse(text)
	}
	return c
}

// segments splits an escaped path. It answers nil for a path that is not UTF-8 when unescaped; no route has it.
func segments(escaped string) []string {
	parts := strings.Split(strings.TrimPrefix(escaped, "/"), "/")
	for i, p := range parts {
		plain, err := url.PathUnescape(p)
		if err != nil || !utf8.ValidString(plain) {
			return nil
		}
		parts[i] = plain
	}
	return parts
}

// parseForm reads a form from a body only, as the sign-in hosts do, and only one that says it is a form.
func parseForm(contentType string, body []byte) (url.Values, error) {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return url.Values{}, ErrNotForm
	}
	if charset := params["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") {
		return url.Values{}, ErrNotForm
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return url.Values{}, err
	}
	for key, values := range form {
		if !utf8.ValidString(key) || !utf8.ValidString(strings.Join(values, "")) {
			return url.Values{}, errors.New("not UTF-8")
		}
	}
	return form, nil
}

// Base is the scheme and host that a link back to this machine starts with, or the real host's own address.
func (c *Call) Base(realHost string) string {
	if c.Endpoint.Part != cloud.PartAny {
		return "https://" + realHost
	}
	if c.Request.TLS != nil {
		return "https://" + c.Request.Host
	}
	return "http://" + c.Request.Host
}

// Username is who the request is about: of a form or a SOAP message its field, else the name in the bearer token.
func (c *Call) Username() string {
	if c.Message != nil {
		return c.Message.Header.Username
	}
	if name := c.Form.Get("username"); name != "" || c.Bearer == nil {
		return name
	}
	var claims struct {
		UPN string `json:"upn"`
	}
	if !c.Bearer.Reads(&claims) {
		return ""
	}
	return claims.UPN
}

// Clip is what a log keeps of a text that a client sent, so that an entry is small whatever that is. It copies: a part of a
// string would keep the whole form in memory, password included.
func Clip(s string) string { return strings.Clone(s[:min(len(s), 512)]) }
