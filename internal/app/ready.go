package app

import (
	"context"
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

	mu   sync.Mutex
	at   time.Time
	last error
}

func newReadiness(db *sqlite.DB, key secret.Key) *readiness { return &readiness{db: db, key: key} }

func (r *readiness) check(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if time.Since(r.at) < time.Second {
		return r.last
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if r.last = r.db.CheckKey(ctx, r.key); r.last == nil {
		r.last = r.db.CheckWritable(ctx)
	}
	r.at = time.Now()
	return r.last
}
