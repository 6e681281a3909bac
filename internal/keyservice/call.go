package keyservice

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"
	"time"

	"github.com/google/uuid"
)

// maxAnswer is the most we read of an answer. Keyrings and keys are some hundred bytes; tokens, some thousand.
const maxAnswer = 64 << 10

// caller asks services.
type caller struct {
	transport http.RoundTripper
	patience  time.Duration
}

// question is one request to a service.
type question struct {
	url    *url.URL
	header map[string]string // more of them; may hold a token
	body   []byte            // empty: GET
	form   bool              // the body is a form, and no JSON
	opens  bool              // it is to open something, so that 400 speaks of that
	id     string            // of the request, set by ask

	denied, missing, unfit string // what 401 and 403, 404, and 400 mean here
}

func (q question) host() string { return q.url.Host }

// ask asks once, and reads the answer into a struct. The error is always a fault, and the question has the id
// of the request afterwards. The transport is called itself: there is nobody who could
// follow a redirect or keep a cookie.
func (c caller) ask(ctx context.Context, q *question, into any) error {
	within, cancel := context.WithTimeout(ctx, c.patience)
	defer cancel()
	q.id = uuid.NewString()
	resp, err := c.transport.RoundTrip(q.request(within))
	if err != nil {
		return broken(ctx, within, *q, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	defer clear(body)
	switch {
	case resp.StatusCode != http.StatusOK: // an error's text may break off, or be long: it isn't looked at
		return refusal(*q, resp.StatusCode, err == nil && isJSON(resp) && told(body))
	case err != nil:
		return broken(ctx, within, *q, err)
	case len(body) > maxAnswer:
		return useless(*q, "is too long")
	case !isJSON(resp) || json.Unmarshal(body, into) != nil:
		return useless(*q, "isn't that of a key service; check the address")
	}
	return nil
}

// request is the question as HTTP has it. The addresses were checked when they were made.
func (q question) request(ctx context.Context) *http.Request {
	r := (&http.Request{Method: http.MethodGet, URL: q.url, Host: q.url.Host, Header: http.Header{}}).WithContext(ctx)
	r.Header.Set("User-Agent", "Purser")
	r.Header.Set("Accept", "application/json")
	for name, value := range q.header {
		r.Header.Set(name, value)
	}
	for _, name := range []string{"X-Correlation-Id", "X-Ms-Client-Request-Id", "Client-Request-Id"} { // OpenBao's audit log if it is told to, Key Vault, Entra ID
		r.Header.Set(name, q.id)
	}
	if len(q.body) > 0 {
		r.Method, r.Body, r.ContentLength = http.MethodPost, io.NopCloser(bytes.NewReader(q.body)), int64(len(q.body))
		r.Header.Set("Content-Type", "application/json")
	}
	if q.form {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return r
}

func isJSON(resp *http.Response) bool {
	kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	return err == nil && kind == "application/json"
}

// told reports whether an answer says in the way of a key service or of Entra ID that something is wrong.
func told(body []byte) bool {
	var said struct {
		Errors []string        `json:"errors"` // OpenBao and Vault
		Error  json.RawMessage `json:"error"`  // Azure
	}
	return json.Unmarshal(body, &said) == nil && (said.Errors != nil || len(said.Error) > 0)
}

// written is a body. What is written are structs of texts and bytes, which always can be.
func written(body any) []byte {
	text, _ := json.Marshal(body)
	return text
}
