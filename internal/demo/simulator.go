package demo

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"purser.example/internal/demo/sample"
	"purser.example/internal/m365sim"
)

// ErrFixture says that the fixture's file cannot be used.
var ErrFixture = errors.New("the fixture cannot be used")

// openSimulator starts the simulator on an address of its own. It answers from now on: the sample profiles are validated
// against it while the demo opens.
func (d *Demo) openSimulator(ctx context.Context, o Options) error {
	fixture := sample.Fixture()
	if o.Fixture != "" {
		var err error
		if fixture, err = m365sim.Load(o.Fixture); err != nil {
			return fmt.Errorf("--fixture: %w: %w", ErrFixture, err)
		}
	}
	now := o.Now
	if now == nil {
		now = time.Now
	}
	var err error
	if d.Sim, err = m365sim.New(fixture, m365sim.Options{Now: now}); err != nil {
		return fmt.Errorf("--fixture: %w: %w", ErrFixture, err)
	}
	d.fixture = fixture
	address := o.SimAddr
	if address == "" {
		address = "127.0.0.1:0"
	}
	if d.simulator, err = listenLoopback(ctx, "--sim-addr", address); err != nil {
		return err
	}
	var handler http.Handler = d.Sim
	if o.Crossing != nil {
		handler = o.Crossing(handler)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(d.simulator) }()
	return nil
}

// fill connects the fixture's tenants. Where the sample is used it makes the sample profiles, and has the app profiles checked.
func (d *Demo) fill(ctx context.Context, o Options) error {
	caller := sample.Caller()
	if err := sample.Connect(ctx, d.App.Apps, caller, d.fixture); err != nil {
		return fmt.Errorf("connect the demo's tenants: %w", err)
	}
	if o.Fixture != "" || o.NoProfiles {
		return nil
	}
	if err := sample.Profiles(ctx, d.App.Profiles, d.Sim, caller); err != nil {
		return fmt.Errorf("make the sample profiles: %w", err)
	}
	if err := sample.Check(ctx, d.App.Apps, caller); err != nil {
		return fmt.Errorf("check the demo's app profiles: %w", err)
	}
	d.Sim.ResetRequests()
	return nil
}
