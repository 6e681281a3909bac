package microsoft

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"time"

	"github.com/google/uuid"

	"purser.example/internal/secret"
	"purser.example/internal/verdict"
)

// maxBody is the most we read of an answer, where the request does not say more. Microsoft's pages are a few hundred kilobytes
// at most.
const maxBody = 1 << 20

// request is one question to one of Microsoft's hosts.
type request struct {
	host        string                // the real one, whoever answers
	path        string                // escaped, with the query
	method      string                // empty: GET, or POST where there is a body
	form        *form                 // nil: none, or another body
	again       func() (*form, error) // makes the form anew where it must not be sent twice as it is; nil: it may
	json        []byte                // the body, as JSON
	xml         []byte                // the body, as XML
	header      map[string]string     // more of them, or others
	bearer      secret.Value
	correlation string
	eventual    bool          // an advanced query of Graph
	most        int64         // bytes of the answer; 0: maxBody
	timeout     time.Duration // for the answer; 0: the client's
	lane        lane          // on whose behalf
	sharePoint  bool          // it goes to SharePoint, and not to Graph
}

func (r request) maxBody() int64 {
	if r.most == 0 {
		return maxBody
	}
	return r.most
}

// answer is what came back, read whole.
type answer struct {
	status int
	header http.Header
	json   bool // the body says that it is JSON
	body   []byte
	id     string // the correlation id that was sent

	vouched bool // it is part of an answer that is Microsoft's
}

// ask sends the request once and reads the answer. The error is always a fault. It calls the transport itself: there is
// nobody who could follow a redirect or keep a cookie.
func (c *Client) ask(ctx context.Context, r request) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(r.timeout, c.callTimeout))
	defer cancel()
	if r.correlation == "" {
		r.correlation = uuid.NewString()
	}
	req, err := c.build(ctx, r)
	if err != nil {
		return answer{id: r.correlation}, err
	}
	started := time.Now()
	resp, err := c.transport.RoundTrip(req)
	if err != nil {
		return answer{id: r.correlation}, c.logged(ctx, r, started, faultOf(ctx, r, err))
	}
	defer resp.Body.Close()
	a := answer{status: resp.StatusCode, header: resp.Header, json: isJSON(resp.Header), id: r.correlation}
	a.body, err = read(ctx, r, resp)
	if err != nil && !a.busy() {
		return a, c.logged(ctx, r, started, err)
	}
	c.log.DebugContext(ctx, "microsoft answered", "host", r.host, "status", a.status, "took", time.Since(started), "correlation_id", r.correlation)
	return a, nil
}

// build makes the HTTP request. All of Microsoft's hosts are asked by https; only a simulator on this machine may be asked
// without.
func (c *Client) build(ctx context.Context, r request) (*http.Request, error) {
	base := "https://" + r.host
	if c.simulator != nil {
		if !loopback(c.simulator.Hostname()) {
			return nil, noAnswer(verdict.NoConnection, "the simulator's address is not on this machine")
		}
		base = c.simulator.Scheme + "://" + c.simulator.Host
	}
	req, err := http.NewRequestWithContext(ctx, r.verb(), base+r.path, nil)
	if err != nil {
		return nil, noAnswer(verdict.BadAnswer, "the address cannot be written")
	}
	req.Host = r.host
	setHeader(req.Header, r)
	if r.form != nil {
		r.form.attach(req)
	} else if body := r.body(); body != nil {
		req.Body, req.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	}
	return req, nil
}

// verb is the method of the request.
func (r request) verb() string {
	switch {
	case r.method != "":
		return r.method
	case r.form != nil, r.body() != nil:
		return http.MethodPost
	}
	return http.MethodGet
}

// body is what is sent, where it is no form.
func (r request) body() []byte {
	if r.xml != nil {
		return r.xml
	}
	return r.json
}

// decorated is how a scan says who it is: SharePoint throttles traffic that nobody is named for before other (SharePoint Online, avoid
// getting throttled, how to decorate your traffic).
const decorated = "NONISV|Purser|Purser/1.0"

func setHeader(h http.Header, r request) {
	h.Set("User-Agent", "Purser")
	if r.lane.rank == scanning {
		h.Set("User-Agent", decorated)
	}
	h.Set("Accept", "application/json")
	h.Set("Client-Request-Id", r.correlation)
	h.Set("Return-Client-Request-Id", "true")
	if r.form != nil {
		h.Set("Content-Type", "application/x-www-form-urlencoded")
		h.Set("X-Ms-Lib-Capability", "retry-after, h429") // or throttling comes as an error of another kind
	}
	if r.json != nil {
		h.Set("Content-Type", "application/json")
	}
	if r.xml != nil {
		h.Set("Content-Type", "text/xml")
	}
	for name, value := range r.header {
		h.Set(name, value)
	}
	if r.eventual {
		h.Set("ConsistencyLevel", "eventual")
	}
	if !r.bearer.Empty() {
		h.Set("Authorization", "Bearer "+string(r.bearer.Reveal()))
	}
}

func loopback(host string) bool {
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}

func isJSON(h http.Header) bool {
	kind, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	return err == nil && kind == "application/json"
}

// read reads the body whole; one that is too long is a fault and not cut short.
func read(ctx context.Context, r request, resp *http.Response) ([]byte, error) {
	most := r.maxBody()
	if resp.ContentLength > most {
		return nil, tooLong(r)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, most+1))
	switch {
	case err != nil:
		return nil, faultOf(ctx, r, err)
	case int64(len(body)) > most:
		return nil, tooLong(r)
	default:
		return body, nil
	}
}

func tooLong(r request) error {
	return noAnswer(verdict.BadAnswer, fmt.Sprintf("%s answered with more than %d MiB", r.host, r.maxBody()>>20))
}

// busy reports whether the service asked to come back later: the only answers that may be repeated (R62).
func (a answer) busy() bool {
	return a.status == http.StatusTooManyRequests || a.status == http.StatusServiceUnavailable
}

// time is Microsoft's own time of the answer; zero when it gave none.
func (a answer) time() time.Time {
	t, err := http.ParseTime(a.header.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}
