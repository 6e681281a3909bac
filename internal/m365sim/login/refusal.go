package login

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"

	"purser.example/internal/m365sim/call"
)

// refusal is why a sign-in host says no.
type refusal struct {
	code     int
	codes    []int  // left out: code alone
	status   int    // left out: the code's own
	suberror string // left out: the code's own
	claims   string // JSON in a string, or empty
	policy   string // id of the policy that the claims name, or empty
	// retryAfter is how long to wait, in seconds; left out: nothing is said.
	retryAfter string
	words      map[string]string // what the text's {placeholders} stand for
}

// refuse makes a refusal, with one word for the {param} of its text.
func refuse(code int, param ...string) *refusal {
	r := &refusal{code: code}
	if len(param) > 0 {
		r.words = map[string]string{"param": param[0]}
	}
	return r
}

// refusalBody is the error body of the v2 endpoints.
type refusalBody struct {
	Error         string `json:"error"`
	Description   string `json:"error_description"`
	Codes         []int  `json:"error_codes"`
	Timestamp     string `json:"timestamp"`
	TraceID       string `json:"trace_id"`
	CorrelationID string `json:"correlation_id"`
	ErrorURI      string `json:"error_uri"`
	Suberror      string `json:"suberror,omitempty"`
	Claims        string `json:"claims,omitempty"`
}

// text fills the placeholders of a code's text. A placeholder that nothing is known for becomes a blank word.
func (r *refusal) text(row aadstsRow) string {
	text := row.text
	for word, value := range r.words {
		text = strings.ReplaceAll(text, "{"+word+"}", value)
	}
	for _, word := range placeholders {
		text = strings.ReplaceAll(text, "{"+word+"}", "")
	}
	return text
}

// placeholders are the words in braces that the texts of aadsts.tsv use. {EmailHidden} is Microsoft's own and stays.
var placeholders = []string{"param", "user", "tenant", "tenantId", "app", "appName", "resource", "resourceId", "cloud", "host"}

// answer writes a refusal as Microsoft does.
func (r *refusal) answer(c *call.Call) call.Answer {
	row := aadstsFor(r.code)
	stamp := c.At.UTC().Format("2006-01-02 15:04:05Z")
	body := refusalBody{
		Error: row.err, Codes: r.codes, Timestamp: stamp, TraceID: c.TraceID, CorrelationID: c.CorrelationID,
		ErrorURI: fmt.Sprintf("https://%s/error?code=%d", c.Endpoint.Login, r.code), Suberror: row.suberror, Claims: r.claims,
	}
	if len(body.Codes) == 0 {
		body.Codes = []int{r.code}
	}
	if r.suberror != "" {
		body.Suberror = r.suberror
	}
	status := row.status
	if r.status != 0 {
		status = r.status
	}
	// The blanks were line breaks until 2023, and may be again: which of them comes is left to chance, so that no client
	// takes the text apart.
	gap := []string{" ", "\r\n"}[rand.IntN(2)]
	body.Description = strings.Join([]string{
		fmt.Sprintf("AADSTS%d: %s", r.code, r.text(row)),
		"Trace ID: " + c.TraceID, "Correlation ID: " + c.CorrelationID, "Timestamp: " + stamp,
	}, gap)
	a := call.JSON(status, "application/json; charset=utf-8", body)
	a.Header.Set("x-ms-clitelem", "1,"+strconv.Itoa(r.code)+",0,,")
	a.Set("Retry-After", r.retryAfter)
	noStore(a.Header)
	return a
}

func noStore(h http.Header) {
	h.Set("Cache-Control", "no-store, no-cache")
	h.Set("Pragma", "no-cache")
	h.Set("Expires", "-1")
}
