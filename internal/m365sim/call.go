package m365sim

import (
	"encoding/json"
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
)

// maxBody is more than any request to Microsoft's sign-in hosts or Graph needs.
const maxBody = 4 << 20

// call is one request on its way through the simulator.
type call struct {
	r        *http.Request
	at       time.Time
	endpoint cloud.Endpoint
	part     cloud.Part
	body     []byte
	broken   bool     // the body did not come whole, or is too large
	path     []string // segments of the path, unescaped
	form     url.Values
	formErr  error
	soap     *tokenRequest // of a federation server; nil for anything else
	bearer   *jwt
	traceID  string // x-ms-request-id of the sign-in hosts, request-id of Graph
	// correlationID is the client-request-id that came, or one of our own.
	correlationID string
	latency       time.Duration
	after         *[]func() // what is to be done once the answer stands; parts of a batch share it
}

// afterwards notes a change that the call cannot make while it reads.
func (c *call) afterwards(change func()) { *c.after = append(*c.after, change) }

// settle makes the changes that were noted.
func (c *call) settle() {
	for _, change := range *c.after {
		change()
	}
}

// within makes a call of a part of this one's body, with a request and ids of its own. Time, token and changes are shared.
func (c *call) within(r *http.Request, body []byte) *call {
	part := *c
	part.r, part.body, part.path, part.traceID = r, body, segments(r.URL.EscapedPath()), guid.New()
	if id := strings.ToLower(r.Header.Get("client-request-id")); guid.Valid(id) {
		part.correlationID = id
	}
	return &part
}

var errNotForm = errors.New("not a form")

// newCall reads a request whole, at a time.
func newCall(w http.ResponseWriter, r *http.Request, now time.Time) *call {
	c := &call{r: r, at: now, endpoint: cloud.EndpointOf(r.Host), traceID: guid.New(), after: new([]func())}
	c.part = c.endpoint.PartFor(r.URL.Path)
	c.path = segments(r.URL.EscapedPath())
	// A header that comes twice counts by its first value: MSAL Go sends two.
	if c.correlationID = strings.ToLower(r.Header.Get("client-request-id")); !guid.Valid(c.correlationID) {
		c.correlationID = guid.New()
	}
	var err error
	if c.body, err = io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody)); err != nil {
		c.broken = true
	}
	c.form, c.formErr = parseForm(r.Header.Get("Content-Type"), c.body)
	c.soap = parseTokenRequest(r.Header.Get("Content-Type"), c.body)
	if scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		c.bearer, _ = parseJWT(token)
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
		return url.Values{}, errNotForm
	}
	if charset := params["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") {
		return url.Values{}, errNotForm
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

// base is the scheme and host that a link back to this machine starts with, or the real host's own address.
func (c *call) base(realHost string) string {
	if c.endpoint.Part != cloud.PartAny {
		return "https://" + realHost
	}
	if c.r.TLS != nil {
		return "https://" + c.r.Host
	}
	return "http://" + c.r.Host
}

// username is who the request is about: of a form or a SOAP message its field, else the name in the bearer token.
func (c *call) username() string {
	if c.soap != nil {
		return c.soap.Header.Username
	}
	if name := c.form.Get("username"); name != "" || c.bearer == nil {
		return name
	}
	var claims struct {
		UPN string `json:"upn"`
	}
	if json.Unmarshal(c.bearer.payload, &claims) != nil {
		return ""
	}
	return claims.UPN
}
