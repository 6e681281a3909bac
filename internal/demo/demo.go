// Package demo is the whole product on one loopback address, with an identity provider inside and people to sign in as: for
// a first look, and for the browser tests. Nothing of it is part of `purser serve`.
package demo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"time"

	"purser.example/internal/app"
	"purser.example/internal/config"
)

// Options are the flags of `purser demo`, and the settings that it shares with `purser serve`.
type Options struct {
	Addr   string // host:port, loopback only; port 0 for any that is free
	Data   string // folder to keep; empty for a temporary one
	Config config.Config
	Log    *slog.Logger
	Now    func() time.Time // nil: the real clock
}

// Demo is a demo that is open and listening; Serve answers.
type Demo struct {
	App *app.App

	listener net.Listener
	handler  http.Handler
	log      *slog.Logger
	data     *dataFolder
}

// Open starts everything. The caller closes it.
func Open(ctx context.Context, o Options) (*Demo, error) {
	ln, err := listenLoopback(ctx, o.Addr)
	if err != nil {
		return nil, err
	}
	d, err := open(ctx, o, ln)
	if err != nil {
		return nil, errors.Join(err, ln.Close())
	}
	return d, nil
}

func open(ctx context.Context, o Options, ln net.Listener) (*Demo, error) {
	data, err := openData(o.Data)
	if err != nil {
		return nil, err
	}
	d, err := join(ctx, o, ln, data)
	if err != nil {
		return nil, errors.Join(err, data.close())
	}
	return d, nil
}

func join(ctx context.Context, o Options, ln net.Listener, data *dataFolder) (*Demo, error) {
	cfg := o.Config
	cfg.BaseURL = &url.URL{Scheme: "http", Host: ln.Addr().String()}
	cfg.Data, cfg.Key = data.path, data.key.Text()
	provider, oidc, err := identityProvider(cfg, data, o)
	if err != nil {
		return nil, err
	}
	cfg.OIDC = oidc
	purser, err := app.Open(ctx, cfg, app.Options{Log: o.Log, Now: o.Now})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle(providerPath+"/", provider)
	mux.Handle("/", purser.Handler)
	return &Demo{App: purser, listener: ln, handler: mux, log: o.Log, data: data}, nil
}

// URL is the address for browsers.
func (d *Demo) URL() string { return "http://" + d.listener.Addr().String() }

// Serve answers until ctx ends and requests in flight are done.
func (d *Demo) Serve(ctx context.Context) error { return app.Serve(ctx, d.listener, d.handler, d.log) }

// Close closes the database, and removes a temporary folder.
func (d *Demo) Close() error {
	err := d.listener.Close()
	if errors.Is(err, net.ErrClosed) {
		err = nil
	}
	return errors.Join(err, d.App.Close(), d.data.close())
}

// ErrNotLoopback says that the demo, whose passwords everybody knows, was asked to listen where others could reach it.
var ErrNotLoopback = errors.New("the demo listens on loopback addresses only, such as 127.0.0.1:8080")

func listenLoopback(ctx context.Context, addr string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("--addr %s: %w", addr, ErrNotLoopback)
	}
	if ip, err := netip.ParseAddr(host); host != "localhost" && (err != nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("--addr %s: %w", addr, ErrNotLoopback)
	}
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", strings.Replace(addr, "localhost", "127.0.0.1", 1))
	if err != nil {
		return nil, fmt.Errorf("--addr %s: %w", addr, errors.Unwrap(err))
	}
	return ln, nil
}

func removeAll(path string) error {
	if err := os.RemoveAll(path); err != nil {
		return fmt.Errorf("remove the temporary folder: %w", err)
	}
	return nil
}
