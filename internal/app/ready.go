package app

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"purser.example/internal/problem"
	"purser.example/internal/sqlite"
)

const (
	// readyFor is how long an answer serves, so that nobody can wear the disk out by asking.
	readyFor = time.Second
	// readyWithin is how long an answer may take: load balancers do not wait longer, and a database that
	// another process locked may take some seconds to say so.
	readyWithin = 2 * time.Second
)

var errSlow = errors.New("the database did not answer in time")

// readiness answers /readyz. It really writes, which costs a flush.
type readiness struct {
	try func(context.Context) error
	log *slog.Logger

	mu   sync.Mutex
	at   time.Time
	last error
	busy chan struct{} // closed when the check under way is done; nil for none
}

func newReadiness(db *sqlite.DB, health *health, log *slog.Logger) *readiness {
	return &readiness{log: log, try: func(ctx context.Context) error {
		if err := health.check(); err != nil {
			return err
		}
		if err := db.CheckKeyring(ctx); err != nil {
			return err
		}
		return db.CheckWritable(ctx)
	}}
}

func (r *readiness) check(ctx context.Context) error {
	r.mu.Lock()
	if time.Since(r.at) < readyFor {
		defer r.mu.Unlock()
		return r.last
	}
	if r.busy == nil {
		r.busy = make(chan struct{})
		// The answer serves others too, so it must not depend on the patience of whoever happened to ask.
		go r.look(context.WithoutCancel(ctx), r.busy)
	}
	done := r.busy
	r.mu.Unlock()

	timer := time.NewTimer(readyWithin)
	defer timer.Stop()
	select {
	case <-done:
		r.mu.Lock()
		defer r.mu.Unlock()
		return r.last
	case <-timer.C:
		r.log.ErrorContext(ctx, "not ready", "error", errSlow)
		return errSlow
	}
}

// look checks once, however many wait for it.
func (r *readiness) look(ctx context.Context, done chan struct{}) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	err := problem.Guard(func() error { return r.try(ctx) })
	if err != nil {
		r.log.ErrorContext(ctx, "not ready", "error", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.at, r.last, r.busy = time.Now(), err, nil
	close(done)
}
