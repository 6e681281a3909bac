package app

import (
	"context"
	"sync/atomic"
	"time"

	"purser.example/internal/problem"
	"purser.example/internal/sqlite"
)

// health is what is known of the database as a whole. A small one was looked through when it was opened. A large one is looked through
// later, because nobody should wait for that, and because it keeps a processor busy for a while: not when Purser has just started, and
// everybody who waited for it comes at once (X42).
type health struct {
	after  time.Duration // the start
	damage atomic.Pointer[error]
}

// check gives the damage that was found so far.
func (h *health) check() error {
	if found := h.damage.Load(); found != nil {
		return *found
	}
	return nil
}

// look looks the database through, says loudly what it found, and remembers it: Purser is not ready from then on.
func (h *health) look(ctx context.Context, a *App) {
	wait := time.NewTimer(h.after)
	defer wait.Stop()
	select {
	case <-ctx.Done():
		return
	case <-wait.C:
	}
	begun := time.Now()
	err := problem.Guard(func() error { return a.DB.Health(ctx) })
	switch {
	case ctx.Err() != nil: // the end came first
	case err != nil:
		h.damage.Store(&err)
		a.log.Error("THE DATABASE IS DAMAGED. Stop Purser, keep the data folder, and restore a backup (docs/backup.md)", "file", sqlite.File, "error", err)
	default:
		a.log.Info("the database was checked and is intact", "took", time.Since(begun).Round(time.Millisecond))
	}
}
