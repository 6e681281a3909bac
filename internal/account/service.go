package account

import (
	"context"
	"sync"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/appprofile"
	"purser.example/internal/audit"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

// Store keeps count of attempts.
type Store interface {
	// Begin writes the entry of an attempt that is about to be made, and counts it for the account, all or nothing.
	Begin(ctx context.Context, k Key, e audit.Entry) error
	// Attempts counts those after since and not after until, of one account or, with an empty username, of a whole tenant.
	Attempts(ctx context.Context, k Key, since, until time.Time) (int, error)
}

// Settings are the operator's choices.
type Settings struct {
	StrictPasswords bool // R16
}

// Limits bound what is asked of Microsoft at the same time, how long one puts up with a Microsoft that does not answer, and
// what Purser does by itself.
type Limits struct {
	PerTenant   int           // attempts under way for one tenant, whoever makes many of them
	AtOnce      int           // attempts under way in all
	Failures    int           // in a row after which a tenant is left in peace
	Rest        time.Duration // how long, at first; twice as long each time that one more attempt fails
	LongestRest time.Duration
	GiveUp      time.Duration // after so long without an answer there is no hope for a tenant

	Etiquette Etiquette
}

// Usual are the limits of a Purser at work. Sixteen sign-ins at once keep a tenant of a thousand accounts under twenty seconds
// at 100 ms an answer, and stay far below what Microsoft throttles; five failures in a row are an outage and not chance.
var Usual = Limits{
	PerTenant: 16, AtOnce: 64, Failures: 5, Rest: 30 * time.Second, LongestRest: 5 * time.Minute, GiveUp: 10 * time.Minute,
	Etiquette: Etiquette{PerAccount: 5, PerTenant: 1000, Jitter: 2 * time.Second},
}

// Parts are what a Service is joined of.
type Parts struct {
	Store     Store
	Tenants   *tenant.Service
	Apps      *appprofile.Service
	Validator Validator
	Settings  Settings
	Limits    Limits
	Now       func() time.Time
}

// Service makes attempts, one for an account at a time.
type Service struct {
	store     Store
	tenants   *tenant.Service
	apps      *appprofile.Service
	validator Validator
	settings  Settings
	etiquette Etiquette
	gates     *Gates
	now       func() time.Time
	keepers   []Keeper
	told      func(context.Context, Account, verdict.Verdict) // nil: nobody wants to hear
	counting  sync.Mutex                                      // held from counting to beginning an attempt that nobody waits for

	mu   sync.Mutex
	busy map[Key]access.Caller // accounts with an attempt under way, and whose it is
}

// NewService joins the parts.
func NewService(p Parts) *Service {
	return &Service{
		store: p.Store, tenants: p.Tenants, apps: p.Apps, validator: p.Validator, settings: p.Settings, etiquette: p.Limits.Etiquette, gates: NewGates(p.Limits), now: p.Now,
		busy: map[Key]access.Caller{},
	}
}

// Tell lets somebody hear what each attempt told of its account, before it comes back to whoever asked. It is called once, before the first
// attempt; the password is not among what it is told.
func (s *Service) Tell(told func(context.Context, Account, verdict.Verdict)) { s.told = told }

// Gates are what everybody goes through who makes many attempts.
func (s *Service) Gates() *Gates { return s.gates }

// Etiquette tells the bounds of what Purser does by itself, for those who read of them.
func (s *Service) Etiquette() Etiquette { return s.etiquette }

// Recent counts the attempts of the last hour, whoever made them; with an empty username those of the whole tenant.
func (s *Service) Recent(ctx context.Context, k Key) (int, error) {
	now := s.now()
	return s.store.Attempts(ctx, k, now.Add(-hour), now)
}
