package login

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"purser.example/internal/whose"
)

// maxBody is the most we read of any answer. Discovery documents, key sets and tokens are some kilobytes.
const maxBody = 1 << 20

// newHTTPClient makes the only way out to the provider. It has a time limit for the whole exchange, keeps no cookies, and
// lets nothing through that guard refuses.
func newHTTPClient(base http.RoundTripper, timeout time.Duration, now func() time.Time, shown *presented) *http.Client {
	if base == nil {
		base = http.DefaultTransport
	}
	if t, ok := base.(*http.Transport); ok {
		base = whose.Through(t)
	}
	return &http.Client{Transport: guard{base, newTruce(now), shown}, Timeout: timeout}
}

// guard stands below the libraries because they read bodies without end or cut them short, and put what they read into
// their errors.
type guard struct {
	base  http.RoundTripper
	truce *truce
	shown *presented
}

// refusal is an answer that guard did not let through, or a connection that broke off. It holds nothing of an answer but what
// shows of it.
type refusal struct {
	reason string
	reply  whose.Reply   // zero where there was no answer
	wire   whose.Fault   // where there was none, by what happened on the wire
	after  time.Duration // for how long the provider asked to be left alone; 0: it did not
}

func (r refusal) Error() string { return r.reason }

// RoundTrip passes the request on and reads the answer whole. It fails on a redirect, which could carry a code or a secret
// to another host, on more than maxBody bytes, on every status that is not an answer to this sort of request, and on what is no
// JSON object: every answer that we ask for is one. An address that asked to be left alone is not asked.
func (g guard) RoundTrip(req *http.Request) (*http.Response, error) {
	if answer, held := g.truce.holds(req); held {
		return nil, answer
	}
	resp, err := g.base.RoundTrip(req)
	if err != nil {
		return nil, outage(err)
	}
	defer resp.Body.Close()
	g.shown.see(resp)
	if !answers(req.Method, resp.StatusCode) {
		return nil, g.truce.heard(req, resp, refusal{reason: fmt.Sprintf("the provider answered with status %d", resp.StatusCode), reply: replyOf(resp.StatusCode, nil)})
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if err != nil {
		return nil, outage(err)
	}
	if len(body) > maxBody {
		return nil, refusal{reason: "the provider's answer is longer than 1 MiB", wire: whose.Untold}
	}
	if reply := replyOf(resp.StatusCode, body); !reply.JSON {
		return nil, refusal{reason: fmt.Sprintf("the answer, with status %d, is no JSON object", resp.StatusCode), reply: reply}
	}
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return resp, nil
}

// replyOf is an answer by what shows of it. Its word counts where a standard knows it: a web filter has words too (X2).
func replyOf(status int, body []byte) whose.Reply {
	var object map[string]json.RawMessage
	reply := whose.Reply{HTTP: status, JSON: json.Unmarshal(body, &object) == nil && object != nil}
	word, _ := text(object["error"])
	if _, known := whose.OfOAuth(word); known {
		reply.Word = word
	}
	return reply
}

// answers reports whether a status is one to read on. Documents are fetched with GET and come with 200. The token endpoint
// is asked with POST and says no with a 4xx (RFC 6749 section 5.2), except for those that mean "not now" or come from a proxy.
func answers(method string, status int) bool {
	switch {
	case status == http.StatusOK:
		return true
	case method != http.MethodPost, status == http.StatusRequestTimeout, status == http.StatusTooManyRequests, status == http.StatusProxyAuthRequired:
		return false
	default:
		return status >= 400 && status < 500
	}
}
