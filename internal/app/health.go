package app

import (
	"context"
	"sync/atomic"
	"time"

	"purser.example/internal/problem"
	"purser.example/internal/sqlite"
)

// health is what is known of the database as a whole. A small one was looked through when it was opened; a large one is looked through
// beside the first requests, because nobody should wait for that (X42).
type health struct{ damage atomic.Pointer[error] }

// check gives the damage that was found so far.
func (h *health) check() error {
	if found := h.damage.Load(); found != nil {
		return *found
	}
	return nil
}

// look looks the database through, says loudly what it found, and remembers it: Purser is not ready from then on.
func (h *health) look(ctx context.Context, a *App) {
	begun := time.Now()
	err := problem.Guard(func() error { return a.DB.Health(ctx) })
	switch {
	case ctx.Err() != nil: // the end came first
	case err != nil:
		h.damage.Store(&err)
		a.log.Error("THE DATABASE IS DAMAGED. Stop Purser, keep the data folder, and restore a backup (docs/backup.md)", "file", sqlite.File, "error", err)
	default:
		a.log.Info("the database was looked through and is in order", "took", time.Since(begun).Round(time.Millisecond))
	}
}
