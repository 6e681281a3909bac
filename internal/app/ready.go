package app

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
)

// readiness answers /readyz. It really writes, which costs a flush, so an answer serves for a second: nobody can wear the
// disk out by asking.
type readiness struct {
	db  *sqlite.DB
	key secret.Key
	log *slog.Logger

	mu   sync.Mutex
	at   time.Time
	last error
}

func newReadiness(db *sqlite.DB, key secret.Key, log *slog.Logger) *readiness {
	return &readiness{db: db, key: key, log: log}
}

func (r *readiness) check(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if time.Since(r.at) < time.Second {
		return r.last
	}
	// The answer serves others too, so it must not depend on the patience of whoever happened to ask.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if r.last = r.db.CheckKey(ctx, r.key); r.last == nil {
		r.last = r.db.CheckWritable(ctx)
	}
	r.at = time.Now()
	if r.last != nil {
		r.log.ErrorContext(ctx, "not ready", "error", r.last)
	}
	return r.last
}
