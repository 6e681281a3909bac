package demotest

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"testing"
	"time"

	"purser.example/internal/app"
	"purser.example/internal/config"
	"purser.example/internal/secret"
)

// Apart is a Purser as `purser serve` starts it, whose identity provider is somebody else.
type Apart struct {
	App *app.App
	Log *LogBook

	t    testing.TB
	cfg  config.Config
	stop func()
}

// OpenApart opens a Purser whose people come from the issuer; settings are such as "PURSER_OIDC_ROLE_CLAIM=groups".
func OpenApart(t testing.TB, issuer string, settings ...string) *Apart {
	t.Helper()
	cfg, err := config.LoadDemo(settings)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Data, cfg.Key, cfg.Addr = t.TempDir(), secret.NewKey().Text(), "127.0.0.1:0"
	cfg.OIDC.Issuer, cfg.OIDC.ClientID, cfg.OIDC.ClientSecret = issuer, "purser", "hidden"
	a := &Apart{t: t, cfg: cfg, Log: &LogBook{}}
	a.open()
	t.Cleanup(func() { a.stop() })
	return a
}

// URL is the address for browsers.
func (a *Apart) URL() string { return a.cfg.BaseURL.String() }

// Restart stops this Purser and starts another at the same address, on the same data.
func (a *Apart) Restart() {
	a.t.Helper()
	a.stop()
	a.open()
}

func (a *Apart) open() {
	a.t.Helper()
	ln, err := (&net.ListenConfig{}).Listen(a.t.Context(), "tcp", a.cfg.Addr)
	if err != nil {
		a.t.Fatal(err)
	}
	a.cfg.Addr = ln.Addr().String()
	a.cfg.BaseURL = &url.URL{Scheme: "http", Host: a.cfg.Addr}
	log := slog.New(slog.NewTextHandler(a.Log, nil))
	if a.App, err = app.Open(a.t.Context(), a.cfg, app.Options{Log: log}); err != nil {
		a.t.Fatal(errors.Join(err, ln.Close()))
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- app.Serve(ctx, ln, a.App.Handler, log) }()
	a.App.MeetProvider()
	a.stop = func() {
		cancel()
		if err := errors.Join(<-served, a.App.Close()); err != nil {
			a.t.Error(err)
		}
	}
}

// Browser gives a browser of somebody who has never been here.
func (a *Apart) Browser() *Browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		a.t.Fatal(err)
	}
	return &Browser{t: a.t, Base: a.URL(), Client: &http.Client{
		Jar: jar, Timeout: 30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Walk asks for a page, and goes where it and the pages after it lead.
func (b *Browser) Walk(address string) *Response {
	b.t.Helper()
	res := b.Get(address)
	for range 10 {
		to, err := res.Location()
		if err != nil {
			return res
		}
		res = b.Get(to.String())
	}
	b.t.Fatalf("%s leads on and on", address)
	return res
}
