package whose_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"purser.example/internal/whose"
)

// X2: what happens on the way is told by what the standard library really says of it, a proxy on the way included.
func TestTheWireX2(t *testing.T) {
	secure := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // the refused handshakes are what the test wants
	secure.TLS = &tls.Config{MinVersion: tls.VersionTLS13}
	secure.StartTLS()
	t.Cleanup(secure.Close)
	plain := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	t.Cleanup(plain.Close)
	broken := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	t.Cleanup(broken.Close)
	const elsewhere = "https://login.microsoftonline.com/"
	for _, c := range []struct {
		name      string
		transport *http.Transport
		address   string
		word      string
		fault     whose.Fault
	}{
		{"a proxy that forbids", by(refusing(t, 403)), elsewhere, "PROXY", whose.Between},
		{"a proxy that wants a sign-in", by(refusing(t, 407)), elsewhere, "PROXY", whose.Between},
		{"a proxy that has no way", by(refusing(t, 503)), elsewhere, "PROXY", whose.Between},
		{"a proxy that is down", by(closed(t)), elsewhere, "NO-CONNECTION", whose.Network},
		{"a SOCKS proxy that lets nobody through", by(socks(t)), elsewhere, "NO-CONNECTION", whose.Network},
		{"a host that is down", &http.Transport{}, closed(t), "NO-CONNECTION", whose.Network},
		{"a certificate that nobody vouches for", &http.Transport{}, secure.URL, "TLS", whose.Network},
		{"an alert of the other side", &http.Transport{TLSClientConfig: &tls.Config{MaxVersion: tls.VersionTLS12}}, secure.URL, "TLS", whose.Network},
		{"no TLS at all", &http.Transport{}, "https" + plain.URL[len("http"):], "TLS", whose.Network},
		{"silence", &http.Transport{ResponseHeaderTimeout: 50 * time.Millisecond}, plain.URL, "TIMEOUT", whose.Untold},
		{"an end in the middle", &http.Transport{}, broken.URL, "RESET", whose.Untold},
	} {
		t.Run(c.name, func(t *testing.T) {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.address, nil)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := whose.Through(c.transport).RoundTrip(req)
			if err == nil {
				_ = resp.Body.Close()
				t.Fatal("an answer came")
			}
			word := whose.Wire(err)
			if fault, known := whose.OfWire(word); word != c.word || fault != c.fault || !known {
				t.Errorf("%q is %s, %s", err, word, fault)
			}
		})
	}
}

// X2: errors that no listener can be made to give.
func TestTheWireOfMadeUpErrorsX2(t *testing.T) {
	for err, want := range map[error]string{
		&net.OpError{Op: "proxyconnect", Err: &net.DNSError{Name: "proxy.contoso.com"}}: "NO-CONNECTION",
		&net.OpError{Op: "dial", Err: &net.DNSError{Name: "login.microsoftonline.com"}}: "DNS",
		fmt.Errorf("quic: %w", tls.AlertError(40)):                                      "TLS",
		&net.OpError{Op: "local error", Err: errors.New("tls: bad record MAC")}:         "TLS",
		&net.OpError{Op: "read", Err: errors.New("reset")}:                              "RESET",
		fmt.Errorf("wrapped: %w", whose.ProxyRefusal{HTTP: 403}):                        "PROXY",

		context.DeadlineExceeded: "TIMEOUT",
		context.Canceled:         "RESET",
		io.EOF:                   "RESET",
	} {
		if got := whose.Wire(err); got != want {
			t.Errorf("%v is %s, want %s", err, got, want)
		}
	}
}

// A proxy that lets us through changes nothing.
func TestAProxyThatLetsUsThrough(t *testing.T) {
	behind := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))
	t.Cleanup(behind.Close)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { tunnel(w, r.Host) }))
	t.Cleanup(proxy.Close)
	transport := behind.Client().Transport.(*http.Transport)
	transport.Proxy = by(proxy.URL).Proxy
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, behind.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := whose.Through(transport).RoundTrip(req)
	if err != nil || resp.StatusCode != http.StatusTeapot {
		t.Fatalf("%v, %v", resp, err)
	}
	_ = resp.Body.Close()
}

// by is a transport that asks everything of a proxy.
func by(proxy string) *http.Transport {
	address, err := url.Parse(proxy)
	if err != nil {
		panic(err)
	}
	return &http.Transport{Proxy: http.ProxyURL(address)}
}

// refusing is the address of a proxy that answers with a status whatever it is asked.
func refusing(t *testing.T, status int) string {
	t.Helper()
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
	t.Cleanup(proxy.Close)
	return proxy.URL
}

// socks is the address of a SOCKS proxy that finds no way acceptable in which somebody says who they are (RFC 1928 section 3).
func socks(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	go func() {
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		_, _ = io.ReadFull(conn, make([]byte, 3))
		_, _ = conn.Write([]byte{5, 0xff})
	}()
	return "socks5://" + ln.Addr().String()
}

// closed is an address where nobody listens any more.
func closed(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = ln.Close()
	return "http://" + ln.Addr().String()
}

// tunnel joins the two ends of a connection until one of them closes it.
func tunnel(w http.ResponseWriter, host string) {
	far, err := net.Dial("tcp", host)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	near, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err)
	}
	fmt.Fprint(near, "HTTP/1.1 200 OK\r\n\r\n")
	go func() {
		defer far.Close()
		_, _ = io.Copy(far, near)
	}()
	defer near.Close()
	_, _ = io.Copy(near, far)
}
