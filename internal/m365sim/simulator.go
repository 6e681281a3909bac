package m365sim

import (
	"log/slog"
	"net/http"
	"sync"
	"time"

	"purser.example/internal/m365sim/fixture"
)

// Options are what a Simulator may be told beside its fixture. The zero value is good.
type Options struct {
	// Now is the clock; left out: time.Now.
	Now func() time.Time
	// Logger gets a line for each change by a control call and for each mistake of the simulator's own; left out: none.
	Logger *slog.Logger
	// PageSize stands in for the fixture's, when it is above 0.
	PageSize int
}

// Simulator answers as Microsoft 365 does for the tenants of a fixture. It is an http.Handler, safe for use by many
// requests at once.
type Simulator struct {
	now      func() time.Time
	start    time.Time // what relative times count from, in a change too
	log      *slog.Logger
	pageSize int
	control  http.Handler
	journal  journal
	faults   faults
	lockouts lockouts
	budgets  budgets
	signIns  signInLog
	refresh  refreshTokens
	sites    sites

	mu   sync.RWMutex // guards dir and what it holds, and keys
	dir  *directory
	keys *keySet
}

// New makes a simulator that holds the fixture. Relative times count from now. The error names every mistake of the
// fixture with its path.
func New(f fixture.Fixture, opts Options) (*Simulator, error) {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	if opts.PageSize > 0 {
		f.PageSize = opts.PageSize
	}
	m := &fixture.Mistakes{Start: opts.Now()}
	m.NotNegative("pageSize", f.PageSize)
	dir := buildDirectory(f, m)
	if err := m.Err(); err != nil {
		return nil, err
	}
	keys, err := startKeys()
	if err != nil {
		return nil, err
	}
	s := &Simulator{now: opts.Now, start: m.Start, log: opts.Logger, pageSize: f.PageSize, dir: dir, keys: keys}
	s.control = newControlRoutes(s)
	return s, nil
}

// RotateKeys puts new signing keys in the place of both old ones. Tokens signed with the old ones are refused from now on.
func (s *Simulator) RotateKeys() error {
	keys, err := newKeySet()
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys = keys
	s.log.Info("signing keys rotated", "key_id", keys[0].id)
	return nil
}
