package simtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
)

// Reply is a response read to its end, or why there was none.
type Reply struct {
	Status int
	Header http.Header
	Body   string
	Err    error
}

// Decode reads the body as JSON.
func (r Reply) Decode(t testing.TB, v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(r.Body), v); err != nil {
		t.Fatalf("%v in %d %q", err, r.Status, r.Body)
	}
}

// Tokens is an answer of the token endpoint as far as tests use it.
type Tokens struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
}

// Tokens reads the tokens that were given.
func (r Reply) Tokens(t testing.TB) Tokens {
	t.Helper()
	var body Tokens
	r.Decode(t, &body)
	return body
}

// Refusal is an error body of the sign-in hosts.
type Refusal struct {
	Error         string
	Description   string `json:"error_description"`
	Codes         []int  `json:"error_codes"`
	Timestamp     string
	TraceID       string `json:"trace_id"`
	CorrelationID string `json:"correlation_id"`
	ErrorURI      string `json:"error_uri"`
	Suberror      string
	Claims        string
}

// Refusal reads an error body of the sign-in hosts.
func (r Reply) Refusal(t testing.TB) Refusal {
	t.Helper()
	var body Refusal
	r.Decode(t, &body)
	return body
}

// Code is the first code of a refusal.
func (r Reply) Code(t testing.TB) int {
	t.Helper()
	if codes := r.Refusal(t).Codes; len(codes) > 0 {
		return codes[0]
	}
	t.Fatalf("no code: %d %s", r.Status, r.Body)
	return 0
}

// GraphCode reads the error code of Graph.
func (r Reply) GraphCode(t testing.TB) string {
	t.Helper()
	var body struct {
		Error struct{ Code string }
	}
	r.Decode(t, &body)
	return body.Error.Code
}

// List reads the ids or another property of a collection of Graph.
func (r Reply) List(t testing.TB, property string) []string {
	t.Helper()
	var body struct{ Value []map[string]any }
	if r.Decode(t, &body); r.Status != http.StatusOK {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	values := []string{}
	for _, o := range body.Value {
		values = append(values, fmt.Sprint(o[property]))
	}
	return values
}

// Object reads an answer that is one object.
func (r Reply) Object(t testing.TB) map[string]any {
	t.Helper()
	var body map[string]any
	if r.Decode(t, &body); r.Status != http.StatusOK {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	return body
}
