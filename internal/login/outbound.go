package login

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"time"
)

// maxBody is the most we read of any answer. Discovery documents, key sets and tokens are some kilobytes.
const maxBody = 1 << 20

// newHTTPClient makes the only way out to the provider. It has a time limit for the whole exchange, keeps no cookies, and
// lets nothing through that guard refuses.
func newHTTPClient(base http.RoundTripper, timeout time.Duration) *http.Client {
	if base == nil {
		base = http.DefaultTransport.(*http.Transport).Clone()
	}
	return &http.Client{Transport: guard{base}, Timeout: timeout}
}

// guard stands below the libraries because they read bodies without end or cut them short, and put what they read into
// their errors.
type guard struct{ base http.RoundTripper }

// refusal is an answer that guard did not let through. It holds nothing of the answer but its status.
type refusal struct{ reason string }

func (r refusal) Error() string { return r.reason }

// RoundTrip passes the request on and reads the answer whole. It fails on a redirect, which could carry a code or a secret
// to another host, on more than maxBody bytes, and on every status that is not an answer to this sort of request.
func (g guard) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := g.base.RoundTrip(req)
	if err != nil {
		return nil, outage(err)
	}
	defer resp.Body.Close()
	if !answers(req.Method, resp.StatusCode) {
		return nil, refusal{fmt.Sprintf("the provider answered with status %d", resp.StatusCode)}
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if err != nil {
		return nil, outage(err)
	}
	if len(body) > maxBody {
		return nil, refusal{"the provider's answer is longer than 1 MiB"}
	}
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return resp, nil
}

// answers reports whether a status is one to read on. Documents are fetched with GET and come with 200. The token endpoint
// is asked with POST and says no with a 4xx (RFC 6749 section 5.2), except for the two that mean "not now".
func answers(method string, status int) bool {
	switch {
	case status == http.StatusOK:
		return true
	case method != http.MethodPost, status == http.StatusRequestTimeout, status == http.StatusTooManyRequests:
		return false
	default:
		return status >= 400 && status < 500
	}
}
