package m365sim

import (
	"log/slog"
	"net/http"
	"time"

	"purser.example/internal/m365sim/control"
	"purser.example/internal/m365sim/directory"
	"purser.example/internal/m365sim/fault"
	"purser.example/internal/m365sim/federation"
	"purser.example/internal/m365sim/graph"
	"purser.example/internal/m365sim/journal"
	"purser.example/internal/m365sim/login"
	"purser.example/internal/m365sim/sharepoint"
	"purser.example/internal/m365sim/signin"
	"purser.example/internal/m365sim/throttle"
	"purser.example/internal/m365sim/token"
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
	now     func() time.Time
	log     *slog.Logger
	dir     *directory.Directory
	keys    *token.Keyring
	journal journal.Journal
	faults  fault.List

	control    http.Handler
	login      *login.Service
	federation *federation.Service
	graph      *graph.Service
	sharePoint *sharepoint.Service
}

// New makes a simulator that holds the fixture. Relative times count from now. The error names every mistake of the
// fixture with its path.
func New(f Fixture, opts Options) (*Simulator, error) {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	if opts.PageSize > 0 {
		f.PageSize = opts.PageSize
	}
	dir, err := directory.New(f, opts.Now(), opts.Logger)
	if err != nil {
		return nil, err
	}
	keys, err := token.NewKeyring()
	if err != nil {
		return nil, err
	}
	s := &Simulator{now: opts.Now, log: opts.Logger, dir: dir, keys: keys}
	var signIns signin.Log
	s.login = login.New(dir, keys, &signIns, opts.Logger)
	s.federation = federation.New(dir, keys, opts.Logger)
	var sites throttle.Budgets
	s.graph = graph.New(dir, keys, &signIns, &s.faults, &sites, f.PageSize, opts.Logger)
	s.sharePoint = sharepoint.New(dir, keys, &sites, f.PageSize)
	s.control = control.New(s)
	return s, nil
}
