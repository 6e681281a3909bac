package watch

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/event"
	"purser.example/internal/problem"
	"purser.example/internal/scan"
	"purser.example/internal/shown"
	"purser.example/internal/tenant"
)

// The actions of this package in the activity log.
const (
	FrozenAction audit.Action = "health checks frozen"
	Resumed      audit.Action = "health checks resumed"
	Scheduled    audit.Action = "health check schedule changed"
)

// Prober checks the accounts of one kind of places.
type Prober func(ctx context.Context, w Watched) (account.Checkup, error)

// Parts are what a Service is joined of.
type Parts struct {
	Store    Store
	Tenants  *tenant.Service
	Accounts *account.Service
	Events   event.Book        // what a night as a whole tells
	Probers  map[string]Prober // by the kind of place
	On       bool              // false: nothing is checked (PURSER_HEALTH_CHECKS)
	Now      func() time.Time
	Log      *slog.Logger

	// After is told what became of each place, once that is stored; nil: nobody wants to hear.
	After func(context.Context, Watched, account.Checkup)
	// Night is told that the night of a tenant begins in which its accounts are checked; nil: nobody wants to hear.
	Night func(context.Context, tenant.ID)
}

// Service keeps the rules of health checks.
type Service struct {
	Parts

	mu     sync.Mutex
	until  time.Time               // nothing is due before
	under  map[tenant.ID]bool      // tenants with a check under way
	last   map[tenant.ID]time.Time // when the last check of a tenant began
	judged map[tenant.ID]time.Time // the last night of a tenant that was judged
	lanes  sync.WaitGroup
}

// NewService joins the parts.
func NewService(p Parts) *Service {
	return &Service{Parts: p, under: map[tenant.ID]bool{}, last: map[tenant.ID]time.Time{}, judged: map[tenant.ID]time.Time{}}
}

// Plan gives the plan of a tenant, and its freeze; nil: its accounts are checked.
func (s *Service) Plan(ctx context.Context, caller access.Caller, t tenant.ID) (Plan, *Freeze, error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return Plan{}, nil, err
	}
	p, err := s.Store.Plan(ctx, t)
	if err != nil {
		return Plan{}, nil, err
	}
	f, err := s.frozen(ctx, TenantScope(t))
	return p.usual(), f, err
}

// usual is the plan as it is, or where nobody chose one the usual one.
func (p Plan) usual() Plan {
	if p.Zone == "" {
		p.Minute, p.Zone = usualMinute, usualZone
	}
	return p
}

// The fields of a plan and of a freeze, by which problems name them.
const (
	FieldTime    = "time"
	FieldZone    = "zone"
	FieldUntil   = "until"
	FieldBecause = "because"
)

// Schedule sets when the nights of a tenant begin.
func (s *Service) Schedule(ctx context.Context, caller access.Caller, origin audit.Origin, t tenant.ID, minute int, zone string) error {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return err
	}
	of, err := s.Tenants.Find(ctx, t)
	if err != nil {
		return err
	}
	next := scan.Schedule{Daily: true, Minute: minute, Zone: zone}
	var wrong []problem.FieldError
	if minute < 0 || minute >= 24*60 {
		wrong = append(wrong, problem.FieldError{Field: FieldTime, Message: "Enter a time such as 22:00."})
	}
	if next.Next(s.Now(), time.Time{}).IsZero() {
		wrong = append(wrong, problem.FieldError{Field: FieldZone, Message: "Enter a time zone such as Europe/Berlin."})
	}
	if err := problem.Join(wrong...); err != nil {
		return err
	}
	p, err := s.Store.Plan(ctx, t)
	if err != nil {
		return err
	}
	p.Tenant, p.Minute, p.Zone = t, minute, zone
	p.Next = p.schedule().Next(s.Now(), p.Night)
	e := audit.By(caller, origin, Scheduled, audit.Target{Kind: "tenant", ID: string(t), Name: of.DisplayName}).With("time", p.Clock()).With("zone", zone)
	s.wake()
	return s.Store.SetPlan(ctx, p, &e)
}

// mostBecause is how long a reason may be.
const mostBecause = 200

// Freeze turns the checks of a scope off, for a reason that people read. target is what it is called in the activity log.
func (s *Service) Freeze(ctx context.Context, caller access.Caller, origin audit.Origin, scope Scope, target audit.Target, until time.Time, because string) error {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return err
	}
	because = shown.Trim(because)
	var wrong []problem.FieldError
	if because == "" || len([]rune(because)) > mostBecause || strings.ContainsAny(because, "\r\n") {
		wrong = append(wrong, problem.FieldError{Field: FieldBecause, Message: "Enter why, in one line of up to 200 characters."})
	}
	if !until.IsZero() && !until.After(s.Now()) {
		wrong = append(wrong, problem.FieldError{Field: FieldUntil, Message: "Enter a day to come, or leave this empty."})
	}
	if err := problem.Join(wrong...); err != nil {
		return err
	}
	e := audit.By(caller, origin, FrozenAction, target).With("because", because)
	if !until.IsZero() {
		e = e.With("until", until.UTC().Format(time.DateOnly))
	}
	return s.Store.Freeze(ctx, scope, Freeze{Until: until, Because: because, By: account.StampOf(caller, s.Now())}, e)
}

// Resume turns the checks of a scope on again.
func (s *Service) Resume(ctx context.Context, caller access.Caller, origin audit.Origin, scope Scope, target audit.Target) error {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return err
	}
	return s.Store.Resume(ctx, scope, audit.By(caller, origin, Resumed, target))
}

// frozen gives the freeze of a scope that holds; nil: none.
func (s *Service) frozen(ctx context.Context, scope Scope) (*Freeze, error) {
	found, err := s.Store.Frozen(ctx, scope)
	if f, there := found[scope]; err == nil && there && f.Holds(s.Now()) {
		return &f, nil
	}
	return nil, err
}

// Days is how many days the strip of a place has.
const Days = 30

// Health is what is known of a place's checks.
type Health struct {
	Watched Watched // the zero Watched: it was never planned
	Checks  []Check // of the last thirty days, oldest first
	Freeze  *Freeze // of the place; nil: none
	Tenant  *Freeze // of its tenant; nil: none
	Next    time.Time
	Off     bool // health checks are turned off as a whole
}

// Health gives what is known of a place's checks.
func (s *Service) Health(ctx context.Context, caller access.Caller, p account.Place, t tenant.ID) (h Health, err error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return Health{}, err
	}
	h.Off = !s.On
	if h.Freeze, err = s.frozen(ctx, Scope(p)); err != nil {
		return h, err
	}
	if h.Tenant, err = s.frozen(ctx, TenantScope(t)); err != nil {
		return h, err
	}
	plan, err := s.Store.Plan(ctx, t)
	if err != nil {
		return h, err
	}
	h.Next = plan.Next
	h.Watched, err = s.Store.Watched(ctx, p)
	if errors.Is(err, ErrGone) {
		return h, nil
	}
	if err != nil {
		return h, err
	}
	if !h.Watched.Due.IsZero() {
		h.Next = h.Watched.Due
	}
	h.Checks, err = s.Store.Checks(ctx, h.Watched.No, s.Now().AddDate(0, 0, -Days))
	return h, err
}

// Tally counts the watched accounts of a tenant by their last outcome.
func (s *Service) Tally(ctx context.Context, caller access.Caller, t tenant.ID) (map[Outcome]int, error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return nil, err
	}
	return s.Store.Tally(ctx, t)
}
