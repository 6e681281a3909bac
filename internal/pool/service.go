package pool

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/profile"
	"purser.example/internal/secret"
	"purser.example/internal/tenant"
)

// patience is how long the end of something that was begun is waited for, whoever still waits for it.
const patience = time.Minute

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
	profiles  *profile.Service
	gates     *profile.Gates
	ring      *secret.Keyring
	validator profile.Validator
	directory Directory
	settings  Settings
	now       func() time.Time
	log       *slog.Logger

	readings watchers[ReadingID]
	checks   watchers[CheckID]

	slots chan struct{} // readings under way

	mu       sync.Mutex
	doors    map[tenant.ID]*door
	reading  map[ReadingID]*activity     // readings that this process works on
	stopping bool                        // no more of them is to be read
	compared map[[2]ReadingID]Difference // what was found between two readings
	active   map[CheckID]context.CancelCauseFunc
}

// Parts are what a Service is joined of.
type Parts struct {
	Store     Store
	Tenants   *tenant.Service
	Profiles  *profile.Service
	Gates     *profile.Gates
	Ring      *secret.Keyring
	Validator profile.Validator
	Directory Directory
	Settings  Settings
	Now       func() time.Time
	Log       *slog.Logger
}

// NewService joins the parts.
func NewService(p Parts) *Service {
	return &Service{
		store: p.Store, tenants: p.Tenants, profiles: p.Profiles, gates: p.Gates, ring: p.Ring, validator: p.Validator, directory: p.Directory,
		settings: p.Settings, now: p.Now, log: p.Log,
		slots: make(chan struct{}, maxReadings),
		doors: map[tenant.ID]*door{}, reading: map[ReadingID]*activity{}, compared: map[[2]ReadingID]Difference{}, active: map[CheckID]context.CancelCauseFunc{},
	}
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
	return s.store.Pool(ctx, key)
}

// enter asks for the right, and finds the tenant of a pool.
func (s *Service) enter(ctx context.Context, caller access.Caller, key Key) (tenant.Tenant, error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return tenant.Tenant{}, err
	}
	if !key.Class.Known() {
		return tenant.Tenant{}, problem.New(problem.NotFound, "There is no such account pool.")
	}
	return s.tenants.Find(ctx, key.Tenant)
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

// beyond is a context that outlives the person's patience: what Microsoft has answered is stored though the browser left.
func beyond(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), patience)
}

// target is the pool as the activity log names it.
func target(t tenant.Tenant, class Class) audit.Target {
	return audit.Target{Kind: "account pool", ID: string(t.ID) + "/" + string(class), Name: t.DisplayName + ": " + class.Title()}
}

// stamp is the present moment of a caller.
func (s *Service) stamp(caller access.Caller) profile.Stamp {
	by := caller.Name
	if by == "" {
		by = caller.SignIn
	}
	return profile.Stamp{At: s.now().UTC().Truncate(time.Millisecond), By: by}
}

// person is whoever began something, for what goes on of it behind the pages. It carries no roles: they were asked for then.
func person(a audit.Actor) access.Caller {
	return access.Caller{Issuer: a.Issuer, Subject: a.Subject, Name: a.Name, SignIn: a.SignIn}
}
