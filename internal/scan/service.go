package scan

import (
	"cmp"
	"log/slog"
	"sync"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/appprofile"
	"purser.example/internal/pool"
	"purser.example/internal/problem"
	"purser.example/internal/profile"
	"purser.example/internal/run"
	"purser.example/internal/tenant"
)

// Parts are what a Service is joined of.
type Parts struct {
	Store     Store
	Tenants   *tenant.Service
	Apps      *appprofile.Service
	Accounts  *account.Service
	Profiles  *profile.Service
	Pools     *pool.Service
	Runs      *run.Service // the service makes its kind known to them
	Shifts    *run.Shifts
	Directory Directory
	Limits    Limits // the zero Limits are those of a Purser at work
	Now       func() time.Time
	Log       *slog.Logger
}

// Limits bound how long a scan puts up with a Microsoft that lets it wait.
type Limits struct {
	Patience time.Duration // without a page, or an answer about a site; zero: usual
	Again    time.Duration // before an account that somebody else has this moment is asked for again
}

// usual are the limits of a Purser at work: Microsoft asks for a few minutes at most when it throttles, so that half an hour without a
// single page is no throttling that ends soon.
var usual = Limits{Patience: 30 * time.Minute, Again: time.Second}

// Service keeps the rules of auto discovery.
type Service struct {
	store     Store
	tenants   *tenant.Service
	apps      *appprofile.Service
	accounts  *account.Service
	profiles  *profile.Service
	pools     *pool.Service
	runs      *run.Service
	shifts    *run.Shifts
	directory Directory
	limits    Limits
	now       func() time.Time
	log       *slog.Logger

	beginning sync.Mutex // held while a scan begins, so that a profile's next time is read and set by one at a time
	sites     turns      // one grant at a site at a time

	mu    sync.Mutex
	open  map[ID]Source    // tenants that scans of this process have open
	crews map[run.ID]*crew // who works on the registrations of this process
}

// NewService joins the parts, and makes the registration of sites known to the runs.
func NewService(p Parts) *Service {
	s := &Service{
		store: p.Store, tenants: p.Tenants, apps: p.Apps, accounts: p.Accounts, profiles: p.Profiles, pools: p.Pools, runs: p.Runs, shifts: p.Shifts,
		directory: p.Directory, limits: Limits{cmp.Or(p.Limits.Patience, usual.Patience), cmp.Or(p.Limits.Again, usual.Again)}, now: p.Now, log: p.Log,
		open: map[ID]Source{}, crews: map[run.ID]*crew{}, sites: turns{busy: map[string]chan struct{}{}},
	}
	p.Runs.Add(s.Grants())
	return s
}

// require asks for the right to everything here.
func require(caller access.Caller) error { return access.Require(caller, access.ManageServiceAccounts) }

// Conflict says that somebody else has changed a scan profile since the page was shown.
type Conflict struct{ Now Profile }

func (c *Conflict) Error() string { return "scan: the profile was changed by someone else" }

// Unwrap gives the sentence for where no page shows both versions.
func (c *Conflict) Unwrap() error {
	return problem.New(problem.Conflict, "Someone else changed this scan profile in the meantime. Nothing was overwritten.")
}

// Seen is a scan profile as a page showed it.
type Seen struct {
	ID      ProfileID
	Version int64
}

// Doomed is a scan profile that somebody means to delete, with what goes with it.
type Doomed struct {
	Profile
	Scans int // of its history
}

// Chain is how far a pool's way into force is, for its picture: profile, pool, scan, in force.
type Chain struct {
	Pool     pool.Pool
	Accounts []profile.Profile // of the scan profiles that would register it
	Profiles []Listed          // that scan types of the class by a service account
	Last     *Scan             // the newest of their scans
	Counts   []Count           // of the tenant
	Sites    int               // that are there and to be registered
	Granted  int               // of them, for the saved group
	Refused  int
	Left     int // locked or archived
}
