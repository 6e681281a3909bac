package run

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/tenant"
)

// PageSize is how many items, or runs, a page holds.
const PageSize = 50

// Limits bound how often an item is tried.
type Limits struct {
	Tries int           // of one item, where an attempt cannot have counted
	Again time.Duration // before what had to be put off is tried again
}

// Usual are the limits of a Purser at work.
var Usual = Limits{Tries: 3, Again: time.Second}

// Parts are what a Service is joined of.
type Parts struct {
	Store    Store
	Accounts *account.Service
	Shifts   *Shifts
	Limits   Limits
	Now      func() time.Time
	Log      *slog.Logger
}

// Service begins runs, carries them out, and tells of them. People begin and cancel runs by the nouns and pages; the background
// work calls Work.
type Service struct {
	store    Store
	accounts *account.Service
	shifts   *Shifts
	limits   Limits
	now      func() time.Time
	log      *slog.Logger
	kinds    map[string]Kind

	mu     sync.Mutex
	active map[ID][]tenant.ID // the tenants of runs that this process works on
}

// NewService joins the parts.
func NewService(p Parts) *Service {
	return &Service{
		store: p.Store, accounts: p.Accounts, shifts: p.Shifts, limits: p.Limits, now: p.Now, log: p.Log,
		kinds: map[string]Kind{}, active: map[ID][]tenant.ID{},
	}
}

// Add makes a kind known. It is called before anything begins.
func (s *Service) Add(k Kind) { s.kinds[k.Name()] = k }

// kind gives the kind of a run; a row of a kind that nobody knows is a mistake of ours.
func (s *Service) kind(name string) (Kind, error) {
	if k := s.kinds[name]; k != nil {
		return k, nil
	}
	return nil, errors.New("run: unknown kind " + name)
}

// New is a run of a kind that a caller begins, as it is before anything is stored of it.
func (s *Service) New(k Kind, caller access.Caller, origin audit.Origin, title string) (Run, error) {
	by := audit.By(caller, origin, "", audit.Target{})
	return s.fresh(Run{Kind: k.Name(), Title: title, Attended: true, Actor: by.Actor, Origin: origin})
}

// NewUnattended is one that Purser begins by itself: nobody waits for it, so it keeps to the account.Etiquette.
func (s *Service) NewUnattended(k Kind, title string) (Run, error) {
	return s.fresh(Run{Kind: k.Name(), Title: title, Actor: audit.Itself})
}

func (s *Service) fresh(r Run) (Run, error) {
	id, err := uuid.NewV7()
	r.ID, r.State, r.Begun = ID(id.String()), Preparing, s.now().UTC().Truncate(time.Millisecond)
	return r, err
}

// Fill gives the items of a run, some at a time.
type Fill func(add func([]Item) error) error

// Begin stores a run with its items and hands it to the background work. Without any item there is none, and the error says so.
// details are further facts for the entry in the activity log.
func (s *Service) Begin(ctx context.Context, r Run, fill Fill, details func(Run, audit.Entry) audit.Entry) (Run, error) {
	k, err := s.kind(r.Kind)
	if err != nil {
		return Run{}, err
	}
	if err := s.store.Prepare(ctx, r); err != nil {
		return Run{}, err
	}
	err = fill(func(items []Item) error {
		for i := range items {
			r.Total++
			items[i].No, items[i].Outcome = r.Total, Waiting
		}
		return s.store.AddItems(ctx, r.ID, items)
	})
	if err == nil && r.Total == 0 {
		return Run{}, errors.Join(k.Words().None(), s.store.Drop(ctx, r.ID))
	}
	if err == nil {
		err = s.handOver(ctx, k, &r, details)
	}
	if err != nil {
		return Run{}, errors.Join(err, s.abandon(ctx, k, r))
	}
	return r, nil
}

func (s *Service) handOver(ctx context.Context, k Kind, r *Run, details func(Run, audit.Entry) audit.Entry) error {
	target, err := k.Target(ctx, *r)
	if err != nil {
		return err
	}
	r.State = Queued
	return s.store.HandOver(ctx, *r, details(*r, r.entry(k.Words(), k.Words().Begun, target)))
}

// Recover ends runs that were being prepared when a former process ended: nobody was told of them. It is called before
// anybody begins one.
func (s *Service) Recover(ctx context.Context) error {
	runs, err := s.store.Active(ctx, "")
	if err != nil {
		return err
	}
	for _, r := range runs {
		if r.State != Preparing {
			continue
		}
		k, unknown := s.kind(r.Kind)
		if unknown == nil {
			unknown = s.abandon(ctx, k, r)
		}
		err = errors.Join(err, unknown)
	}
	return err
}

// abandon ends a run that never came to be, so that nobody finds it waiting for ever.
func (s *Service) abandon(ctx context.Context, k Kind, r Run) error {
	after, cancel := account.Beyond(ctx)
	defer cancel()
	target, err := k.Target(after, r)
	if err != nil {
		return err
	}
	ended := r.entry(k.Words(), k.Words().Ended, target).With("state", string(Cancelled))
	return errors.Join(s.store.SettleAll(after, r, "", Dropped, "", s.now()), s.store.End(after, r.ID, Cancelled, ended))
}

// Find gives a run of the kind with its counts.
func (s *Service) Find(ctx context.Context, caller access.Caller, k Kind, id ID) (Run, error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return Run{}, err
	}
	r, err := s.store.Run(ctx, id)
	if errors.Is(err, ErrGone) || err == nil && r.Kind != k.Name() {
		return Run{}, k.Words().missing()
	}
	return r, err
}

// List gives one page of a kind's runs, newest first, and whether more follow.
func (s *Service) List(ctx context.Context, caller access.Caller, q Query) (runs []Run, more bool, err error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return nil, false, err
	}
	limit := pageOf(q.Limit)
	q.Limit = limit + 1
	runs, err = s.store.Runs(ctx, q)
	if len(runs) > limit {
		return runs[:limit], true, err
	}
	return runs, false, err
}

// Items gives one page of a run's items, and whether more follow.
func (s *Service) Items(ctx context.Context, caller access.Caller, q ItemQuery) (items []Item, more bool, err error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return nil, false, err
	}
	limit := pageOf(q.Limit)
	q.Limit = limit + 1
	items, err = s.store.Items(ctx, q)
	if len(items) > limit {
		return items[:limit], true, err
	}
	return items, false, err
}

func pageOf(limit int) int {
	if limit <= 0 || limit > PageSize {
		return PageSize
	}
	return limit
}

// Previous gives the After of the page before that of q, which begins after the first item.
func (s *Service) Previous(ctx context.Context, caller access.Caller, q ItemQuery) (after int, err error) {
	q.Back = true
	items, more, err := s.Items(ctx, caller, q)
	if !more || err != nil {
		return 0, err
	}
	// The page goes back from After, so what comes behind its last row is where the one before it begins.
	return items[len(items)-1].No - 1, nil
}

// Cancel asks a run to stop: nothing more is begun, and what is under way is waited for.
func (s *Service) Cancel(ctx context.Context, caller access.Caller, origin audit.Origin, k Kind, id ID) error {
	r, err := s.Find(ctx, caller, k, id)
	if err != nil {
		return err
	}
	target, err := k.Target(ctx, r)
	if err != nil {
		return err
	}
	err = s.cancel(ctx, id, r.Mark(audit.By(caller, origin, k.Words().Cancelled, target), k.Words()))
	if errors.Is(err, ErrChanged) {
		return k.Words().over()
	}
	return err
}

func (s *Service) cancel(ctx context.Context, id ID, e audit.Entry) error {
	if err := s.store.Cancel(ctx, id, e); err != nil {
		return err
	}
	s.shifts.Cancel(string(id))
	s.shifts.Changed(string(id))
	return nil
}

// Withdraw is Cancel for internal use, where whatever the run was begun for is stopped itself. One that is over stays as it is.
func (s *Service) Withdraw(ctx context.Context, k Kind, r Run) error {
	target, err := k.Target(ctx, r)
	if err != nil {
		return err
	}
	err = s.cancel(ctx, r.ID, r.entry(k.Words(), k.Words().Cancelled, target))
	if errors.Is(err, ErrChanged) {
		return nil
	}
	return err
}

// Known is Find for internal use, where no person asks. It returns ErrGone.
func (s *Service) Known(ctx context.Context, id ID) (Run, error) { return s.store.Run(ctx, id) }

// Rebind seals the values of a kind's items in another way, when a database of an older Purser is taken over.
func (s *Service) Rebind(ctx context.Context, k Kind, rebind func(r Run, i Held) ([]byte, error)) error {
	return s.store.Rebind(ctx, k.Name(), rebind)
}

// Reopen goes on with a run that is over: with those of its values that are still kept because nobody could tell about them.
// It keeps its address.
func (s *Service) Reopen(ctx context.Context, caller access.Caller, origin audit.Origin, k Kind, id ID) (Run, error) {
	r, err := s.Find(ctx, caller, k, id)
	if err != nil {
		return Run{}, err
	}
	target, err := k.Target(ctx, r)
	if err != nil {
		return Run{}, err
	}
	e := r.Mark(audit.By(caller, origin, k.Words().Begun, target), k.Words()).With("again", "yes")
	n, err := s.store.Reopen(ctx, r, e)
	switch {
	case errors.Is(err, ErrChanged):
		return r, nil // somebody else did it already, or it still goes on
	case err != nil:
		return Run{}, err
	case n == 0:
		return Run{}, k.Words().None()
	}
	s.shifts.Changed(string(id))
	return s.store.Run(ctx, id)
}

// Subjects lists what the items with these outcomes are about, for whoever makes a further run of them.
func (s *Service) Subjects(ctx context.Context, id ID, outcomes ...Outcome) ([]string, error) {
	var list []string
	err := s.each(ctx, id, func(i Item) { list = append(list, i.Subject) }, outcomes...)
	return list, err
}

// Reasons counts the items with an outcome by their reasons, for a noun that goes on by them.
func (s *Service) Reasons(ctx context.Context, id ID, outcome Outcome) (map[account.Reason]int, error) {
	n := map[account.Reason]int{}
	err := s.each(ctx, id, func(i Item) { n[i.Reason]++ }, outcome)
	return n, err
}

// some is how many items are read at a time.
const some = 1000

// each tells of all items with one of the outcomes.
func (s *Service) each(ctx context.Context, id ID, tell func(Item), outcomes ...Outcome) error {
	for _, outcome := range outcomes {
		for after := 0; ; {
			items, err := s.store.Items(ctx, ItemQuery{Run: id, Outcome: outcome, After: after, Limit: some})
			if err != nil {
				return err
			}
			for _, i := range items {
				tell(i)
				after = i.No
			}
			if len(items) < some {
				break
			}
		}
	}
	return nil
}

// Active lists the runs of a kind that are not over, for a hint on other pages.
func (s *Service) Active(ctx context.Context, caller access.Caller, k Kind) ([]Run, error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return nil, err
	}
	return s.store.Active(ctx, k.Name())
}

// Resting tells for which tenants of the run this process leaves Microsoft in peace, and until when, while the run goes on.
func (s *Service) Resting(r Run) map[tenant.ID]time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.accounts.Gates().Resting(s.active[r.ID])
}

// Watch gives a channel that has something to read after each change of the run, until stop is called.
func (s *Service) Watch(id ID) (changes <-chan struct{}, stop func()) {
	return s.shifts.Watch(string(id))
}
