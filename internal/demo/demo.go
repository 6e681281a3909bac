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
	"purser.example/internal/m365sim"
)

// Options are the flags of `purser demo`, and the settings that it shares with `purser serve`.
type Options struct {
	Addr    string // host:port, loopback only; port 0 for any that is free
	SimAddr string // the same for the simulator; empty for any free port
	Data    string // folder to keep; empty for a temporary one
	Fixture string // file with the simulator's tenants; empty for the sample with its profiles
	Config  config.Config
	Log     *slog.Logger
	Now     func() time.Time // nil: the real clock

	// For tests: without the sample's profiles they can count, something before the simulator can hold requests up, and a stall
	// need not last.
	NoProfiles  bool
	Crossing    func(simulator http.Handler) http.Handler // nil: nothing stands there
	CallTimeout time.Duration                             // of one request to Microsoft 365; 0: the client's own
}

// Demo is a demo that is open and listening; Serve answers.
type Demo struct {
	App *app.App

	Sim *m365sim.Simulator

	fixture   m365sim.Fixture
	listener  net.Listener
	simulator net.Listener
	handler   http.Handler
	log       *slog.Logger
	data      *dataFolder
}

// Open starts everything. The caller closes it.
func Open(ctx context.Context, o Options) (*Demo, error) {
	d := &Demo{log: o.Log}
	var err error
	if d.listener, err = listenLoopback(ctx, "--addr", o.Addr); err != nil {
		return nil, err
	}
	if err := d.open(ctx, o); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// open joins the parts. What it opened before it failed, Close closes.
func (d *Demo) open(ctx context.Context, o Options) error {
	var err error
	if err := d.openSimulator(ctx, o); err != nil {
		return err
	}
	if d.data, err = openData(o.Data); err != nil {
		return err
	}
	cfg := o.Config
	cfg.BaseURL = &url.URL{Scheme: "http", Host: d.listener.Addr().String()}
	cfg.M365Simulator = &url.URL{Scheme: "http", Host: d.simulator.Addr().String()}
	cfg.Data, cfg.Key = d.data.path, d.data.key.Text()
	provider, oidc, err := identityProvider(cfg, d.data, o)
	if err != nil {
		return err
	}
	cfg.OIDC = oidc
	if d.App, err = app.Open(ctx, cfg, app.Options{Log: o.Log, Now: o.Now, CallTimeout: o.CallTimeout, New: d.data.temporary}); err != nil {
		return err
	}
	if err := d.App.ListenBeside(ctx); err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle(providerPath+"/", provider)
	mux.Handle("/", d.App.Handler)
	d.handler = atHome(mux)
	return d.fill(ctx, o)
}

// URL is the address for browsers.
func (d *Demo) URL() string { return "http://" + d.listener.Addr().String() }

// Serve answers until ctx ends and requests in flight are done.
func (d *Demo) Serve(ctx context.Context) error {
	defer context.AfterFunc(ctx, d.App.HandBack)()
	d.App.MeetProvider()
	return app.Serve(ctx, d.listener, d.handler, d.log)
}

// SimulatorURL is the address of the simulator, for scripts that steer it.
func (d *Demo) SimulatorURL() string { return "http://" + d.simulator.Addr().String() }

// Close closes what was opened, and removes a temporary folder.
func (d *Demo) Close() error {
	err := closed(d.listener)
	if d.App != nil {
		err = errors.Join(err, d.App.Close())
	}
	if d.simulator != nil {
		err = errors.Join(err, closed(d.simulator))
	}
	if d.data != nil {
		err = errors.Join(err, d.data.close())
	}
	return err
}

// closed closes a listener that may be closed already.
func closed(ln net.Listener) error {
	if err := ln.Close(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// ErrNotLoopback says that the demo, whose passwords everybody knows, was asked to listen where others could reach it.
var ErrNotLoopback = errors.New("the demo listens on loopback addresses only, such as 127.0.0.1:8080")

func listenLoopback(ctx context.Context, flag, addr string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", flag, addr, ErrNotLoopback)
	}
	if ip, err := netip.ParseAddr(host); host != "localhost" && (err != nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("%s %s: %w", flag, addr, ErrNotLoopback)
	}
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", strings.Replace(addr, "localhost", "127.0.0.1", 1))
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", flag, addr, errors.Unwrap(err))
	}
	return ln, nil
}

func removeAll(path string) error {
	if err := os.RemoveAll(path); err != nil {
		return fmt.Errorf("remove the temporary folder: %w", err)
	}
	return nil
}
