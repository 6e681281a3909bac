package service

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// order is what the service manager wants.
type order int

const (
	interrogate order = iota
	stop
)

// state is how far the service is.
type state int

const (
	starting state = iota
	running
	stopping
	stopped
)

// attend does the work as the service manager wants it: it tells how far the service is, and ends the work when it is ordered to. A stop
// may come before the work is ready. It gives the work's exit status; that the service has stopped is the caller's to tell, with it.
func attend(work func(ctx context.Context, ready func()) int, orders <-chan order, tell func(state)) int {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	ready, ended := make(chan struct{}), make(chan int, 1)
	at := starting
	tell(at)
	go func() { ended <- work(ctx, sync.OnceFunc(func() { close(ready) })) }()
	for {
		select {
		case status := <-ended:
			return status
		case <-ready:
			ready = nil
			if at == starting {
				at = running
				tell(at)
			}
		case what := <-orders:
			if what == stop {
				at = stopping
				cancel()
			}
			tell(at)
		}
	}
}

// await waits until the service is where it is wanted. A service that stops on its way to running is an error with its exit status.
func await(ctx context.Context, wanted state, every time.Duration, look func() (at state, status uint32, err error)) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		at, status, err := look()
		switch {
		case err != nil:
			return err
		case at == wanted:
			return nil
		case at == stopped:
			return fmt.Errorf("the service has stopped with status %d; the event log says why", status)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the service takes longer than expected: %w", context.Cause(ctx))
		case <-tick.C:
		}
	}
}
