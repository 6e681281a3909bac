package pool

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/appprofile"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/profile"
	"purser.example/internal/run"
	"purser.example/internal/secret"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

// maxReadings is how many groups are read at once: somebody who validates again and again must not fill the memory with pages.
const maxReadings = 8

// Settings are the operator's choices.
type Settings struct {
	AdminCenterHosts []string // further SharePoint admin center hosts, lower case (R44)
}

// Service keeps the rules of pools.
type Service struct {
	store     Store
	tenants   *tenant.Service
	apps      *appprofile.Service
	accounts  *account.Service
	profiles  *profile.Service
	runs      *run.Service
	shifts    *run.Shifts
	ring      *secret.Keyring
	directory Directory
	settings  Settings
	codes     *verdict.Table
	now       func() time.Time
	log       *slog.Logger

	counter Counter // nil: nobody counts

	slots chan struct{} // readings under way

	mu       sync.Mutex
	readers  map[tenant.ID]*reader
	compared map[[2]ReadingID]Difference // what was found between two readings
}

// Parts are what a Service is joined of.
type Parts struct {
	Store     Store
	Tenants   *tenant.Service
	Apps      *appprofile.Service
	Accounts  *account.Service
	Profiles  *profile.Service
	Runs      *run.Service // the service makes its kind known to them
	Shifts    *run.Shifts
	Ring      *secret.Keyring
	Directory Directory
	Settings  Settings
	Codes     *verdict.Table // what Microsoft's answers mean here; nil: the built-in table
	Now       func() time.Time
	Log       *slog.Logger
}

// NewService joins the parts.
func NewService(p Parts) *Service {
	s := &Service{
		store: p.Store, tenants: p.Tenants, apps: p.Apps, accounts: p.Accounts, profiles: p.Profiles, runs: p.Runs, shifts: p.Shifts, ring: p.Ring, directory: p.Directory,
		settings: p.Settings, codes: p.Codes, now: p.Now, log: p.Log,
		slots:   make(chan struct{}, maxReadings),
		readers: map[tenant.ID]*reader{}, compared: map[[2]ReadingID]Difference{},
	}
	p.Runs.Add(s.Checks())
	return s
}

// Pools gives the tenant's pools in the order of Classes, those that nobody has saved yet among them.
func (s *Service) Pools(ctx context.Context, caller access.Caller, t tenant.ID) ([]Pool, error) {
	var pools []Pool
	for _, class := range Classes {
		p, err := s.Pool(ctx, caller, Key{t, class})
		if err != nil {
			return nil, err
		}
		pools = append(pools, p)
	}
	return pools, nil
}

// Pool gives one pool; version 0 where nobody has saved it yet. It returns problem.NotFound for a tenant or class that is not
// there.
func (s *Service) Pool(ctx context.Context, caller access.Caller, key Key) (Pool, error) {
	if _, err := s.enter(ctx, caller, key); err != nil {
		return Pool{}, err
	}
	p, err := s.store.Pool(ctx, key)
	if err == nil && s.counter != nil {
		p.Counted.Objects, p.Counted.At, err = s.counter.Counted(ctx, key)
	}
	return p, err
}

// enter asks for the right, and finds the tenant of a pool.
func (s *Service) enter(ctx context.Context, caller access.Caller, key Key) (tenant.Tenant, error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return tenant.Tenant{}, err
	}
	if !key.Class.Known() {
		return tenant.Tenant{}, problem.New(problem.NotFound, "This account pool does not exist.")
	}
	return s.tenants.Find(ctx, key.Tenant)
}

// Doubt says what is doubtful about the address of an admin center for a tenant; empty for nothing.
func (s *Service) Doubt(t tenant.Tenant, address string) string {
	if address == "" {
		return ""
	}
	return tenant.DoubtAdminURL(address, t, s.settings.AdminCenterHosts)
}

// Members gives one page of a reading's members, by name.
func (s *Service) Members(ctx context.Context, caller access.Caller, q Query) (Page, error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return Page{}, err
	}
	if q.Limit <= 0 || q.Limit > PageSize {
		q.Limit = PageSize
	}
	return s.store.Members(ctx, q)
}

// LeftOut lists what the group holds that cannot be a member of the pool, at most Shown; Counts has how many there are.
func (s *Service) LeftOut(ctx context.Context, caller access.Caller, id ReadingID) ([]Other, error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return nil, err
	}
	return s.store.LeftOut(ctx, id, Shown)
}

// target is the pool as the activity log names it.
func target(t tenant.Tenant, class Class) audit.Target {
	return audit.Target{Kind: "account pool", ID: Key{t.ID, class}.Scope(), Name: t.DisplayName + ": " + class.Title()}
}
