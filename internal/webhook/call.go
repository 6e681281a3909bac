package webhook

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"

	"purser.example/internal/notify"
	"purser.example/internal/whose"
)

// Options say how receivers are reached. The zero Options are right for production.
type Options struct {
	Resolver resolver       // nil: net.DefaultResolver
	Dial     dialer         // nil: net.Dialer; gets addresses that were looked at, but names where the operator vouches for them
	Roots    *x509.CertPool // whom certificates come from; nil: those of the machine
	Proxy    func(*http.Request) (*url.URL, error)
	Now      func() time.Time // nil: time.Now
	Patience time.Duration    // for one call; 0: 15 seconds, as Standard Webhooks advise
}

const (
	defaultPatience = 15 * time.Second
	// longestRest is the longest that a receiver may ask to be left alone for.
	longestRest = 6 * time.Hour
)

// Caller posts to addresses. It is safe for use by many goroutines, and keeps no connection.
type Caller struct {
	hosts    Hosts
	vouched  http.RoundTripper // for hosts that the operator named, and Microsoft's: as the rest of Purser goes out
	anywhere http.RoundTripper // for all others: straight, and to public addresses alone
	now      func() time.Time
	patience time.Duration
}

// New makes a caller for the hosts that the operator named. It does no I/O.
func New(hosts Hosts, o Options) *Caller {
	if o.Resolver == nil {
		o.Resolver = net.DefaultResolver
	}
	if o.Dial == nil {
		o.Dial = (&net.Dialer{Timeout: 5 * time.Second}).DialContext
	}
	if o.Proxy == nil {
		o.Proxy = http.ProxyFromEnvironment
	}
	c := &Caller{hosts: hosts, now: o.Now, patience: o.Patience}
	c.vouched, c.anywhere = transport(o, o.Proxy, o.Dial), transport(o, nil, guarded(o.Resolver, o.Dial))
	if c.now == nil {
		c.now = time.Now
	}
	if c.patience <= 0 {
		c.patience = defaultPatience
	}
	return c
}

// transport makes a connection for each call. With HTTP/1.1 and a connection of its own no request is sent twice behind our back.
func transport(o Options, proxy func(*http.Request) (*url.URL, error), dial dialer) http.RoundTripper {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return whose.Through(&http.Transport{
		Proxy: proxy, DialContext: dial, TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: o.Roots}, TLSHandshakeTimeout: 5 * time.Second,
		DisableKeepAlives: true, DisableCompression: true, MaxResponseHeaderBytes: 64 << 10, Protocols: protocols,
	})
}

// post sends a body once, and looks at the status of the answer and nothing else. The transport is called itself: there is nobody who
// could follow a redirect. The error is always a *notify.Failure.
func (c *Caller) post(ctx context.Context, u *url.URL, id string, header map[string]string, body []byte) error {
	within, cancel := context.WithTimeout(ctx, c.patience)
	defer cancel()
	var wrote atomic.Bool
	traced := httptrace.WithClientTrace(within, &httptrace.ClientTrace{WroteRequest: func(info httptrace.WroteRequestInfo) { wrote.Store(info.Err == nil) }})
	r := (&http.Request{Method: http.MethodPost, URL: u, Host: u.Host, Header: http.Header{}}).WithContext(traced)
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	for name, value := range map[string]string{"User-Agent": "Purser", "Content-Type": "application/json", "X-Correlation-Id": id} {
		r.Header.Set(name, value)
	}
	for name, value := range header {
		r.Header.Set(name, value)
	}
	way := c.anywhere
	if c.hosts.named(u.Hostname()) || ofTeams(u.Hostname()) {
		way = c.vouched
	}
	resp, err := way.RoundTrip(r)
	if err != nil {
		f := broken(ctx, within, u.Host, err)
		f.Unsure = wrote.Load()
		return f
	}
	_ = resp.Body.Close()
	return c.refusal(u.Host, resp)
}

// broken is what happened on the wire.
func broken(ctx, within context.Context, host string, err error) *notify.Failure {
	var certificate *tls.CertificateVerificationError
	var unknown *net.DNSError
	f := &notify.Failure{Err: ctx.Err()}
	switch {
	case ctx.Err() != nil:
		f.Reason = "Purser stopped waiting for " + host + "."
	case within.Err() != nil:
		f.Reason = host + " didn't answer in time."
	case errors.Is(err, errPrivate):
		f.Reason = host + " is an address inside a network. Your server administrator can allow it in PURSER_WEBHOOK_HOSTS."
	case errors.As(err, &certificate):
		f.Reason = "This machine doesn't trust the certificate of " + host + "."
	case errors.As(err, &unknown):
		f.Reason = "The name " + host + " can't be resolved."
	default:
		f.Reason = "The connection to " + host + " failed."
	}
	return f
}

// refusal is what a status means; nil for one of success. Only a receiver that says that it is gone for good is believed to be: others
// come back when somebody has mended them.
func (c *Caller) refusal(host string, resp *http.Response) error {
	status := resp.StatusCode
	f := &notify.Failure{Reason: host + " answered with status " + strconv.Itoa(status) + "."}
	switch {
	case status/100 == 2:
		return nil
	case status/100 == 3:
		f.Reason = host + " answered with a redirect (status " + strconv.Itoa(status) + "), which Purser doesn't follow. Check the address."
	case status == http.StatusGone:
		f.Final, f.Reason = true, host+" says that this address is gone for good (status 410)."
	case status == http.StatusGatewayTimeout:
		f.Unsure = true // somebody in between stopped waiting
	}
	if rest, asked := whose.RetryAfter(resp.Header.Get("Retry-After"), c.now(), longestRest); asked {
		f.After = rest
	}
	return f
}
