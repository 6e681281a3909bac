// Package fault puts answers in the way of the real ones, as tests ask for them.
package fault

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"purser.example/internal/m365sim/call"
)

// Fault is an answer that stands in the way of the real one. The first fault of the list whose Host, PathPrefix and Method
// match applies; an empty one of them matches everything, and letters match in either case.
type Fault struct {
	Host       string `json:"host,omitempty"` // without a port it matches any port
	PathPrefix string `json:"pathPrefix,omitempty"`
	Method     string `json:"method,omitempty"`
	// Status is the answer's status; 0: the real answer comes, after the delay.
	Status int `json:"status,omitempty"`
	// RetryAfter is sent to the letter: seconds, a fraction of them, a date, or nonsense.
	RetryAfter Verbatim `json:"retryAfter,omitempty"`
	DelayMs    int      `json:"delayMs,omitempty"`
	// Body is sent to the letter. In JSON it may also be an object or a list.
	Body Verbatim `json:"body,omitempty"`
	// ContentType left out is text/html for a body that begins with <, and JSON for another.
	ContentType string `json:"contentType,omitempty"`
	Location    string `json:"location,omitempty"`
	// Stranger leaves out the ids that an error in the form of Graph's has otherwise, as all of Graph's do: somebody else answers.
	Stranger bool `json:"stranger,omitempty"`
	// Reset breaks the connection with a TCP RST in place of an answer.
	Reset bool `json:"reset,omitempty"`
	// Truncate promises the whole body, sends half of it, and breaks the connection.
	Truncate bool `json:"truncate,omitempty"`
	// Times is how often the fault applies; left out: without end.
	Times *int `json:"times,omitempty"`
}

// Verbatim is a text that is sent to the letter. In JSON a string stands for itself, and anything else for its own text.
type Verbatim string

// UnmarshalJSON takes any JSON value.
func (v *Verbatim) UnmarshalJSON(b []byte) error {
	if bytes.HasPrefix(b, []byte(`"`)) {
		return json.Unmarshal(b, (*string)(v))
	}
	if *v = Verbatim(b); string(b) == "null" {
		*v = ""
	}
	return nil
}

// maxDelayMs keeps a slip of the keyboard from holding connections for days.
const maxDelayMs = 10 * 60 * 1000

func (f Fault) check(i int) error {
	switch {
	case f.Status != 0 && (f.Status < 200 || f.Status > 599):
		return fmt.Errorf("faults[%d].status: must be from 200 to 599", i)
	case f.DelayMs < 0 || f.DelayMs > maxDelayMs:
		return fmt.Errorf("faults[%d].delayMs: must be from 0 to %d", i, maxDelayMs)
	case f.Times != nil && *f.Times < 0:
		return fmt.Errorf("faults[%d].times: must not be below 0", i)
	case strings.ContainsAny(string(f.RetryAfter)+f.ContentType+f.Location, "\r\n"):
		return fmt.Errorf("faults[%d]: a header must not hold a line break", i)
	}
	return nil
}

func (f Fault) matches(c *call.Call) bool {
	path := c.Request.URL.Path
	return (f.Host == "" || strings.EqualFold(f.Host, c.Endpoint.Name) || strings.EqualFold(f.Host, c.Request.Host)) &&
		(f.Method == "" || strings.EqualFold(f.Method, c.Request.Method)) &&
		len(path) >= len(f.PathPrefix) && strings.EqualFold(path[:len(f.PathPrefix)], f.PathPrefix)
}

// Answer makes the fault's answer to a call, or says that the real one is to come.
func (f Fault) Answer(c *call.Call) (call.Answer, bool) {
	if f.Status == 0 {
		return call.Answer{}, false
	}
	kind := f.ContentType
	if kind == "" && f.Body != "" {
		kind = "application/json; charset=utf-8"
		if strings.HasPrefix(strings.TrimSpace(string(f.Body)), "<") {
			kind = "text/html; charset=utf-8"
		}
	}
	a := call.Text(f.Status, kind, string(f.Body))
	a.Set("Retry-After", string(f.RetryAfter))
	a.Set("Location", f.Location)
	if !f.Stranger && f.likeGraph() {
		a.Header["request-id"], a.Header["client-request-id"] = []string{c.TraceID}, []string{c.CorrelationID}
	}
	return a, true
}

// likeGraph reports whether the body is an error in the form of Graph's.
func (f Fault) likeGraph() bool {
	var body struct {
		Error struct {
			Code string `json:"code"`
		} `json:"error"`
	}
	return json.Unmarshal([]byte(f.Body), &body) == nil && body.Error.Code != ""
}

// List is the list in force, with how often each may still apply (below 0: without end). The zero value is empty.
type List struct {
	mu   sync.Mutex
	list []Fault
	left []int
}

// Take answers the fault that applies to the call, or nil, and counts it.
func (f *List) Take(c *call.Call) *Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.list {
		if f.left[i] == 0 || !f.list[i].matches(c) {
			continue
		}
		f.left[i]-- // one without end counts down from -1, and never meets 0
		return &f.list[i]
	}
	return nil
}

// Set puts list in the place of the faults in force. The error names the first fault that cannot be.
func (f *List) Set(list []Fault) error {
	left := make([]int, len(list))
	for i, one := range list {
		if err := one.check(i); err != nil {
			return err
		}
		if left[i] = -1; one.Times != nil {
			left[i] = *one.Times
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list, f.left = append([]Fault(nil), list...), left
	return nil
}
