package profile

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/tenant"
)

// RunLimits bound what runs do at the same time, and how long they put up with a Microsoft that does not answer.
type RunLimits struct {
	PerTenant   int           // attempts under way for one tenant, over all runs
	AtOnce      int           // attempts under way in all
	Tries       int           // of one profile, where an attempt cannot have counted
	Failures    int           // in a row after which a tenant is left in peace
	Rest        time.Duration // how long, at first; twice as long each time that one more attempt fails
	LongestRest time.Duration
	GiveUp      time.Duration // after so long without an answer, what is left of a tenant ends as not reached
	Again       time.Duration // before what had to be put off is tried again

	Etiquette Etiquette
}

// The actions of runs in the activity log.
const (
	RunBegun              audit.Action = "validation run begun"
	RunCancelledByPerson  audit.Action = "validation run cancelled"
	RunEnded              audit.Action = "validation run ended"
	ValidationInterrupted audit.Action = "validation interrupted"
)

// ErrHandedBack says that a run stopped because Purser stops; it goes on from where it is.
var ErrHandedBack = errors.New("profile: the run is handed back")

// Runs validates many profiles behind the pages. People begin and cancel runs; the background work calls Work.
type Runs struct {
	profiles *Service
	store    RunStore
	limits   RunLimits
	gates    *Gates
	log      *slog.Logger
	counting sync.Mutex // held from counting to beginning an unattended attempt

	mu     sync.Mutex
	active map[RunID]*shift                 // runs that this process works on
	seen   map[RunID]map[chan struct{}]bool // who watches
}

// shift is what this process knows of a run while it works on it.
type shift struct {
	cancel  context.CancelCauseFunc
	tenants []tenant.ID
	spent   map[AccountKey]bool // accounts with an attempt that was not confirmed, or whose end is not known yet
}

// NewRuns joins the parts.
func NewRuns(profiles *Service, store RunStore, limits RunLimits, log *slog.Logger) *Runs {
	return &Runs{
		profiles: profiles, store: store, limits: limits, gates: NewGates(limits), log: log,
		active: map[RunID]*shift{}, seen: map[RunID]map[chan struct{}]bool{},
	}
}

// Gates are what the runs go through, for others who make many attempts.
func (r *Runs) Gates() *Gates { return r.gates }

// chunk is how many items are added in one transaction: others' writes get in between.
const chunk = 1000

var errNothing = problem.New(problem.Invalid, "No profile matches, so there is nothing to validate.")

// Begin makes a run of the profiles with these ids, each once, and hands it to the background work. Those that are not there any
// more are left out.
func (r *Runs) Begin(ctx context.Context, caller access.Caller, origin audit.Origin, ids []ID) (Run, error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return Run{}, err
	}
	run := Run{Attended: true, Selection: "Selected by hand", Actor: audit.By(caller, origin, RunBegun, audit.Target{}).Actor, Origin: origin}
	return r.begin(ctx, run, func(add func([]Item) error) error {
		known := map[ID]bool{}
		for part := range slices.Chunk(ids, chunk) {
			var items []Item
			for _, id := range part {
				if known[id] {
					continue
				}
				known[id] = true
				p, err := r.profiles.store.Profile(ctx, id)
				if errors.Is(err, ErrGone) {
					continue
				}
				if err != nil {
					return err
				}
				items = append(items, itemOf(p.ID, p.Name, p.Username, p.Tenant))
			}
			if err := add(items); err != nil {
				return err
			}
		}
		return nil
	})
}

// BeginMatching makes a run of every profile that the query's search and filters match. selection says in words which.
func (r *Runs) BeginMatching(ctx context.Context, caller access.Caller, origin audit.Origin, q Query, selection string) (Run, error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return Run{}, err
	}
	run := Run{Attended: true, Selection: selection, Actor: audit.By(caller, origin, RunBegun, audit.Target{}).Actor, Origin: origin}
	return r.begin(ctx, run, r.matching(ctx, q))
}

// itself is Purser as somebody who does something.
var itself = audit.Actor{Name: "Purser"}

// BeginUnattended makes a run of every profile that the query matches for Purser itself: nobody waits for it, so it keeps to
// the Etiquette.
func (r *Runs) BeginUnattended(ctx context.Context, q Query, selection string) (Run, error) {
	return r.begin(ctx, Run{Selection: selection, Actor: itself}, r.matching(ctx, q))
}

// matching fills a run with every profile that the query matches, a chunk at a time.
func (r *Runs) matching(ctx context.Context, q Query) fill {
	q.Sort, q.Down, q.After, q.Before, q.Limit, q.Window = ByName, false, "", "", chunk, expiring(r.profiles.now())
	return func(add func([]Item) error) error {
		for {
			page, err := r.profiles.store.List(ctx, q)
			if err != nil {
				return err
			}
			var items []Item
			for _, row := range page.Rows {
				items = append(items, itemOf(row.ID, row.Name, row.Username, row.Tenant))
			}
			if err := add(items); err != nil || page.Next == "" {
				return err
			}
			q.After = page.Next
		}
	}
}

func itemOf(id ID, name, username string, t tenant.ID) Item {
	return Item{Profile: id, Name: name, Username: username, Tenant: t, Outcome: Waiting}
}

// fill gives the items of a run, a chunk at a time.
type fill func(add func([]Item) error) error

func (r *Runs) begin(ctx context.Context, run Run, fill fill) (Run, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return Run{}, err
	}
	run.ID, run.State, run.Begun = RunID(id.String()), RunPreparing, r.profiles.now().UTC().Truncate(time.Millisecond)
	if err := r.store.PrepareRun(ctx, run); err != nil {
		return Run{}, err
	}
	err = fill(func(items []Item) error {
		for i := range items {
			run.Total++
			items[i].No = run.Total
		}
		return r.store.AddItems(ctx, run.ID, items)
	})
	if err == nil && run.Total == 0 {
		err = errNothing
	}
	if err == nil {
		run.State = RunWaiting
		err = r.store.HandOver(ctx, run.ID, run.entry(RunBegun).With("selection", run.Selection).With("profiles", fmt.Sprint(run.Total)))
	}
	if err != nil {
		return Run{}, errors.Join(err, r.abandon(ctx, run))
	}
	return run, nil
}

// Recover ends runs that were being prepared when a former process ended: nobody was told of them. It is called before
// anybody begins one.
func (r *Runs) Recover(ctx context.Context) error {
	runs, err := r.store.ActiveRuns(ctx)
	if err != nil {
		return err
	}
	for _, run := range runs {
		if run.State == RunPreparing {
			err = errors.Join(err, r.abandon(ctx, run))
		}
	}
	return err
}

// abandon ends a run that never came to be, so that nobody finds it waiting for ever.
func (r *Runs) abandon(ctx context.Context, run Run) error {
	after, cancel := r.profiles.beyond(ctx)
	defer cancel()
	at := r.profiles.now()
	return errors.Join(
		r.store.SettleAll(after, run.ID, "", Dropped, "", at),
		r.store.EndRun(after, run.ID, RunCancelled, run.entry(RunEnded).With("state", string(RunCancelled))),
	)
}

func (r Run) entry(action audit.Action) audit.Entry {
	return audit.Entry{Actor: r.Actor, Origin: r.Origin, Action: action, Target: audit.Target{Kind: "validation run", ID: string(r.ID), Name: r.Selection}}
}

// By is the person who began the run, as they were called then.
func (r Run) By() string { return called(r.caller()) }

// caller is whoever began the run, for entries and stamps. It carries no roles: they were asked for when it began.
func (r Run) caller() access.Caller {
	return access.Caller{Issuer: r.Actor.Issuer, Subject: r.Actor.Subject, Name: r.Actor.Name, SignIn: r.Actor.SignIn}
}

// Find gives a run with its counts.
func (r *Runs) Find(ctx context.Context, caller access.Caller, id RunID) (Run, error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return Run{}, err
	}
	run, err := r.store.Run(ctx, id)
	return run, noRun(err)
}

var errNoRun = problem.New(problem.NotFound, "This validation run does not exist.")

func noRun(err error) error {
	if errors.Is(err, ErrGone) {
		return errNoRun
	}
	return err
}

// List gives one page of runs, newest first.
func (r *Runs) List(ctx context.Context, caller access.Caller, before RunID) (runs []Run, more bool, err error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return nil, false, err
	}
	runs, err = r.store.Runs(ctx, before, PageSize+1)
	if len(runs) > PageSize {
		return runs[:PageSize], true, err
	}
	return runs, false, err
}

// Items gives one page of a run's items, and whether more follow.
func (r *Runs) Items(ctx context.Context, caller access.Caller, q ItemQuery) (items []Item, more bool, err error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return nil, false, err
	}
	q.Limit = PageSize + 1
	items, err = r.store.Items(ctx, q)
	if len(items) > PageSize {
		return items[:PageSize], true, err
	}
	return items, false, err
}

var errOver = problem.New(problem.Conflict, "This validation run is over already, or being cancelled.")

// Previous gives the After of the page before that of q, which begins after the first item.
func (r *Runs) Previous(ctx context.Context, caller access.Caller, q ItemQuery) (after int, err error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return 0, err
	}
	q.Back, q.Limit = true, PageSize+1
	items, err := r.store.Items(ctx, q)
	if len(items) > PageSize {
		return items[PageSize].No, err
	}
	return 0, err
}

// Cancel asks a run to stop: nothing more is begun, and what is under way is waited for.
func (r *Runs) Cancel(ctx context.Context, caller access.Caller, origin audit.Origin, id RunID) error {
	run, err := r.Find(ctx, caller, id)
	if err != nil {
		return err
	}
	e := audit.By(caller, origin, RunCancelledByPerson, run.entry(RunCancelledByPerson).Target)
	switch err := r.store.CancelRun(ctx, id, e); {
	case errors.Is(err, ErrChanged):
		return errOver
	case err != nil:
		return err
	}
	r.mu.Lock()
	if working := r.active[id]; working != nil {
		working.cancel(errCancelled)
	}
	r.mu.Unlock()
	r.changed(id)
	return nil
}

// Again makes a run of those profiles of an earlier one that could not be told about.
func (r *Runs) Again(ctx context.Context, caller access.Caller, origin audit.Origin, id RunID) (Run, error) {
	if _, err := r.Find(ctx, caller, id); err != nil {
		return Run{}, err
	}
	var ids []ID
	if err := r.each(ctx, id, func(i Item) { ids = append(ids, i.Profile) }, NotReached, Interrupted, Dropped); err != nil {
		return Run{}, err
	}
	if len(ids) == 0 {
		return Run{}, errNothing
	}
	return r.Begin(ctx, caller, origin, ids)
}

// each tells of all items with one of the outcomes.
func (r *Runs) each(ctx context.Context, id RunID, tell func(Item), outcomes ...Outcome) error {
	for _, outcome := range outcomes {
		for after := 0; ; {
			items, err := r.store.Items(ctx, ItemQuery{Run: id, Outcome: outcome, After: after, Limit: chunk})
			if err != nil {
				return err
			}
			for _, i := range items {
				tell(i)
				after = i.No
			}
			if len(items) < chunk {
				break
			}
		}
	}
	return nil
}

// Active lists the runs that are not over, for a hint on other pages.
func (r *Runs) Active(ctx context.Context, caller access.Caller) ([]Run, error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return nil, err
	}
	return r.store.ActiveRuns(ctx)
}

// Resting tells for which tenants of the run this process leaves Microsoft in peace, and until when, while the run goes on.
func (r *Runs) Resting(run Run) map[tenant.ID]time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	working := r.active[run.ID]
	if working == nil {
		return nil
	}
	return r.gates.Resting(working.tenants)
}

// Watch gives a channel that has something to read after each change of the run, until stop is called. Changes that come
// close together are told once.
func (r *Runs) Watch(id RunID) (changes <-chan struct{}, stop func()) {
	c := make(chan struct{}, 1)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.seen[id] == nil {
		r.seen[id] = map[chan struct{}]bool{}
	}
	r.seen[id][c] = true
	return c, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.seen[id], c)
		if len(r.seen[id]) == 0 {
			delete(r.seen, id)
		}
	}
}

func (r *Runs) changed(id RunID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for c := range maps.Keys(r.seen[id]) {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}
