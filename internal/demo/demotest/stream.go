package demotest

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"purser.example/internal/app"
	"purser.example/internal/certificate"
	"purser.example/internal/certificate/certtest"
	"purser.example/web/respond"
)

// hurried is how streams keep time in a house.
var hurried = respond.Pace{Renewed: 20 * time.Millisecond, Heartbeat: 200 * time.Millisecond, SendWithin: 10 * time.Second}

// strict is how they do by TLS: each idles for longer than a browser has to receive a part.
var strict = respond.Pace{Renewed: 20 * time.Millisecond, Heartbeat: 800 * time.Millisecond, SendWithin: 500 * time.Millisecond}

// Secure serves the house by TLS as well, as Purser does itself, and gives the browser of the same person there. It speaks HTTP/2.
func (h *House) Secure(t testing.TB, b *Browser) *Browser {
	t.Helper()
	cert, key := certtest.Issue(t, certtest.Spec{Serial: 1})
	kept, err := certificate.New(cert, key, certificate.Files{}, time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	secured := tls.NewListener(ln, kept.Config())
	ctx, stop := context.WithCancel(respond.WithPace(context.Background(), strict))
	served := make(chan error, 1)
	go func() { served <- app.Serve(ctx, secured, h.App.Handler, slog.New(slog.DiscardHandler)) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	trusted := x509.NewCertPool()
	trusted.AppendCertsFromPEM([]byte(cert))
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted}, ForceAttemptHTTP2: true}
	t.Cleanup(transport.CloseIdleConnections)
	client := *b.Client
	client.Transport = transport
	return &Browser{t: t, Base: "https://" + ln.Addr().String(), Client: &client}
}

// Stream is an answer that arrives while something goes on (server-sent events).
type Stream struct {
	*http.Response
	t     testing.TB
	lines *bufio.Scanner
}

// Follow asks for a stream as htmx does. It is closed when the test ends.
func (b *Browser) Follow(address string) *Stream {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, b.Base+address, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Accept", "text/html, text/event-stream")
	res, err := b.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { _ = res.Body.Close() })
	if kind := res.Header.Get("Content-Type"); res.StatusCode != http.StatusOK || kind != "text/event-stream" {
		b.t.Fatalf("status %d, %s", res.StatusCode, kind)
	}
	return &Stream{Response: res, t: b.t, lines: bufio.NewScanner(res.Body)}
}

// Next waits for the next event, and gives its data, or its name where it has one: "event: over". It is empty where the stream has
// ended.
func (s *Stream) Next() string {
	s.t.Helper()
	var data, name string
	for s.lines.Scan() {
		switch line := s.lines.Text(); {
		case strings.HasPrefix(line, "event: "):
			name = line
		case strings.HasPrefix(line, "data: "):
			data += strings.TrimPrefix(line, "data: ") + "\n"
		case line == "" && name != "":
			return name
		case line == "" && data != "":
			return data
		}
	}
	if err := s.lines.Err(); err != nil {
		s.t.Fatalf("the stream broke: %v", err)
	}
	return ""
}

// Idles sees that the stream goes on by HTTP/2 while nothing happens, twice for longer than a browser has to receive a part: each
// heartbeat brings the same again.
func (s *Stream) Idles() {
	s.t.Helper()
	if s.ProtoMajor != 2 {
		s.t.Fatalf("the stream comes by %s", s.Proto)
	}
	for idle := 0; idle < 2; {
		since := time.Now()
		if s.Next() == "" {
			s.t.Fatalf("the stream ended after it had been idle %d times", idle)
		}
		if time.Since(since) > strict.SendWithin {
			idle++
		}
	}
}

// Rest gives the events up to the stream's end.
func (s *Stream) Rest() (events []string) {
	s.t.Helper()
	for event := s.Next(); event != ""; event = s.Next() {
		events = append(events, event)
	}
	return events
}
