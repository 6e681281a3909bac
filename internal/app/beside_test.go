package app_test

import (
	"context"
	"crypto/tls"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"purser.example/internal/app"
	"purser.example/internal/certificate/certtest"
	"purser.example/internal/config"
	"purser.example/internal/demo/demotest"
	"purser.example/internal/secret"
)

// served is a Purser as `purser serve` starts it, without an identity provider, until the test ends.
func served(t *testing.T, change func(*config.Config)) (a *app.App, log *demotest.LogBook) {
	t.Helper()
	cfg := settings(t.TempDir(), secret.NewKey().Text())
	cfg.Addr = freeAddress(t)
	cfg.BaseURL = &url.URL{Scheme: "https", Host: cfg.Addr}
	change(&cfg)
	log = &demotest.LogBook{}
	logger := slog.New(slog.NewTextHandler(log, nil))
	a, err := app.Open(t.Context(), cfg, app.Options{Log: logger})
	must(t, err)
	ln, err := a.Listen(t.Context())
	if err != nil {
		must(t, a.Close())
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- app.Serve(ctx, ln, a.Handler, logger) }()
	t.Cleanup(func() {
		stop()
		must(t, <-done)
		must(t, a.Close())
	})
	return a, log
}

// R82: certificates are renewed while people work, and no request fails for it, neither on a connection of before nor on a new one. Purser
// finds a new one by itself, too.
func TestCertificatesAreRenewedWhilePeopleWorkR82(t *testing.T) {
	folder := t.TempDir()
	files := config.TLSFiles{Cert: filepath.Join(folder, "cert.pem"), Key: filepath.Join(folder, "key.pem")}
	place := func(serial int64) (cert, key string) {
		cert, key = certtest.Issue(t, certtest.Spec{Serial: serial})
		must(t, os.WriteFile(files.Key, []byte(key), 0o600)) // first the key, so that there is a moment without a pair
		must(t, os.WriteFile(files.Cert, []byte(cert), 0o600))
		return cert, key
	}
	var address string
	a, log := served(t, func(cfg *config.Config) {
		address, cfg.TLSFiles = cfg.Addr, files
		cfg.TLSCert, cfg.TLSKey = place(1)
	})

	trust := &tls.Config{InsecureSkipVerify: true} // each certificate vouches for itself
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var people sync.WaitGroup
	var asked atomic.Int64
	for person := range 4 {
		transport := &http.Transport{TLSClientConfig: trust.Clone(), ForceAttemptHTTP2: person < 2, DisableKeepAlives: person == 3}
		people.Go(func() {
			defer transport.CloseIdleConnections()
			for ctx.Err() == nil {
				res, err := (&http.Client{Transport: transport}).Get("https://" + address + "/healthz")
				if err != nil {
					t.Errorf("person %d: %v", person, err)
					return
				}
				if _, err := io.Copy(io.Discard, res.Body); err != nil || res.StatusCode != http.StatusOK || (res.ProtoMajor == 2) != (person < 2) {
					t.Errorf("person %d: %s by %s, %v", person, res.Status, res.Proto, err)
				}
				_ = res.Body.Close()
				asked.Add(1)
			}
		})
	}
	shown := func() int64 {
		conn, err := tls.Dial("tcp", address, trust)
		must(t, err)
		defer func() { _ = conn.Close() }()
		return conn.ConnectionState().PeerCertificates[0].SerialNumber.Int64()
	}
	for serial := int64(2); serial < 12; serial++ {
		before := asked.Load()
		place(serial)
		a.RenewCertificate()
		if got := shown(); got != serial {
			t.Errorf("a handshake gets number %d, want %d", got, serial)
		}
		demotest.Until(t, "requests after the renewal", func() bool { return asked.Load() > before+20 || t.Failed() })
	}
	place(12)
	demotest.Until(t, "a renewal that nobody asked for", func() bool { return shown() == 12 })
	stop()
	people.Wait()
	if said := strings.Count(log.String(), "the TLS certificate was renewed"); said != 11 {
		t.Errorf("%d renewals are in the log:\n%s", said, log)
	}
}

// R82: whoever comes by http is led to the base address, to the same page, whatever host they ask for.
func TestHTTPLeadsToTheBaseAddressR82(t *testing.T) {
	address := freeAddress(t)
	_, log := served(t, func(cfg *config.Config) {
		cfg.BaseURL, cfg.Redirect = &url.URL{Scheme: "https", Host: "purser.contoso.com"}, address
	})
	const base = "https://purser.contoso.com"
	for name, tc := range map[string]struct{ request, want string }{
		"a page":                 {"GET /service-accounts?q=a%20b&sort=-name HTTP/1.1\r\nHost: purser.contoso.com", base + "/service-accounts?q=a%20b&sort=-name"},
		"another host":           {"GET / HTTP/1.1\r\nHost: evil.example", base + "/"},
		"another forwarded host": {"GET /a HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\nForwarded: host=evil.example", base + "/a"},
		"a whole address":        {"GET http://evil.example/a?b HTTP/1.1\r\nHost: evil.example", base + "/a?b"},
		"a host as a path":       {"GET //evil.example/%2e%2e HTTP/1.1\r\nHost: a", base + "/evil.example/%2e%2e"},
		"a sign in the path":     {"GET /@evil.example HTTP/1.1\r\nHost: a", base + "/@evil.example"},
		"a post":                 {"POST /auth/sign-out HTTP/1.1\r\nHost: a\r\nContent-Length: 0", base + "/auth/sign-out"},
		"the server itself":      {"OPTIONS * HTTP/1.1\r\nHost: a", ""}, // net/http answers by itself
		"no host":                {"GET /a HTTP/1.0", base + "/a"},
	} {
		conn, err := net.Dial("tcp", address)
		must(t, err)
		_, err = io.WriteString(conn, tc.request+"\r\nConnection: close\r\n\r\n")
		must(t, err)
		text, err := io.ReadAll(conn)
		must(t, err)
		head, _, _ := strings.Cut(string(text), "\r\n\r\n")
		if tc.want != "" && (!strings.HasPrefix(head, "HTTP/1.") || !strings.Contains(head, " 308 ") || !strings.Contains(head+"\r\n", "\r\nLocation: "+tc.want+"\r\n")) || strings.Contains(head, "Location: http:") {
			t.Errorf("%s:\n%s", name, text)
		}
		_ = conn.Close()
	}
	if !strings.Contains(log.String(), "setting=PURSER_REDIRECT_ADDR") {
		t.Errorf("the log says:\n%s", log)
	}
}

// R82: an address that is taken is a start that failed, told with its setting, and nothing stays open.
func TestAnAddressBesideThatIsTakenIsToldR82(t *testing.T) {
	taken := httptest.NewServer(nil)
	defer taken.Close()
	for setting, change := range map[string]func(*config.Config, string){
		"PURSER_REDIRECT_ADDR": func(cfg *config.Config, address string) { cfg.Redirect = address },
		"PURSER_METRICS_ADDR":  func(cfg *config.Config, address string) { cfg.MetricsAddr = address },
	} {
		cfg := settings(t.TempDir(), secret.NewKey().Text())
		cfg.Addr = freeAddress(t)
		change(&cfg, taken.Listener.Addr().String())
		a, _, err := openLogged(t, cfg)
		must(t, err)
		if _, err := a.Listen(t.Context()); err == nil || !strings.HasPrefix(err.Error(), setting+": ") {
			t.Errorf("%s: %v", setting, err)
		}
		if free, err := net.Listen("tcp", cfg.Addr); err != nil {
			t.Errorf("%s: the address of the pages stays taken: %v", setting, err)
		} else {
			_ = free.Close()
		}
		must(t, a.Close())
	}
}
