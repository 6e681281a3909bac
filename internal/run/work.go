package run

import (
	"context"
	"errors"
	"sync"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

// Work carries a run out, or on: it may be called again after whatever ended it before. It returns nil when the run is over
// and ErrHandedBack when ctx ended first; then what is under way has been waited for, and the rest waits.
func (s *Service) Work(ctx context.Context, id ID) error {
	return s.shifts.Do(ctx, string(id), func(ctx context.Context) error { return s.carryOut(ctx, id) })
}

func (s *Service) carryOut(ctx context.Context, id ID) error {
	r, err := s.store.Run(ctx, id)
	if errors.Is(err, ErrGone) {
		return nil
	}
	if err != nil {
		return err
	}
	k, err := s.kind(r.Kind)
	if err != nil {
		return err
	}
	target, err := k.Target(context.WithoutCancel(ctx), r) // the end of a cancelled run names it too
	if err != nil {
		return err
	}
	if r, err = s.store.TakeUp(ctx, id, r.interrupted(k, target)); err != nil {
		return err
	}
	if r.State.Over() {
		return nil
	}
	if r.State == Cancelling {
		s.shifts.Cancel(string(id))
	}
	s.shifts.Changed(string(id))
	if leaver, holds := k.(Leaver); holds {
		defer leaver.Leave(r)
	}
	w := &working{Service: s, kind: k, target: target, run: r, spent: map[account.Key]bool{}, told: map[tenant.ID]bool{}}
	if err := w.everything(ctx); err != nil {
		return err
	}
	return w.end(ctx)
}

// working is a run that is being worked on.
type working struct {
	*Service
	kind   Kind
	target audit.Target
	run    Run

	mu    sync.Mutex
	spent map[account.Key]bool // accounts with an attempt that was not confirmed, or whose end is not known yet
	told  map[tenant.ID]bool   // tenants of whose app profile the log has been told
}

// everything works on all tenants of the run side by side, so that one that is throttled holds up no other.
func (w *working) everything(ctx context.Context) error {
	if err := w.recall(ctx); err != nil {
		return err
	}
	tenants, err := w.store.Tenants(ctx, w.run.ID)
	if err != nil {
		return stopped(ctx, err)
	}
	defer w.workOn(tenants)()
	failed := make([]error, len(tenants))
	var all sync.WaitGroup
	for i, t := range tenants {
		w.accounts.Gates().Forget(t)
		all.Go(func() { failed[i] = problem.Guard(func() error { return w.lane(ctx, t) }) })
	}
	all.Wait()
	return errors.Join(failed...)
}

// workOn notes which tenants the run works on, until the returned function is called.
func (w *working) workOn(tenants []tenant.ID) (end func()) {
	set := func(change func()) {
		w.Service.mu.Lock()
		defer w.Service.mu.Unlock()
		change()
	}
	set(func() { w.active[w.run.ID] = tenants })
	return func() { set(func() { delete(w.active, w.run.ID) }) }
}

// recall brings back which accounts the run has spent already.
func (w *working) recall(ctx context.Context) error {
	err := w.each(ctx, w.run.ID, func(i Item) {
		if i.Reason == "" && !ofProtocol(i.Status) {
			w.spend(i.account(), true)
		}
	}, Rejected, NotReached, Interrupted)
	return stopped(ctx, err)
}

// ofProtocol reports whether nothing was refused but the protocol of app passwords: this one was accepted, and the account's own password
// goes another way, so that the account's other items are tried.
func ofProtocol(s verdict.Status) bool { return s == verdict.LegacyRetired }

// spend marks an account: while it is spent, the run does not try it through another item.
func (w *working) spend(k account.Key, spent bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if spent {
		w.spent[k] = true
	} else {
		delete(w.spent, k)
	}
}

func (w *working) isSpent(k account.Key) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.spent[k]
}

// isNews notes that the log is told of the tenant's app profile, and reports whether it was not before.
func (w *working) isNews(t tenant.ID) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	before := w.told[t]
	w.told[t] = true
	return !before
}

// lane works on the waiting items of one tenant, in their order, then on those that had to be put off, until none is left
// or ctx ends.
func (w *working) lane(ctx context.Context, t tenant.ID) error {
	for ctx.Err() == nil {
		if err := w.pass(ctx, t); err != nil {
			return err
		}
		left, err := w.store.Waiting(ctx, w.run.ID, t, 0, 1)
		if err != nil || len(left) == 0 {
			return stopped(ctx, err)
		}
		account.Sleep(ctx, w.limits.Again)
	}
	return nil
}

// pass goes through the waiting items once. What is under way is waited for before it returns.
func (w *working) pass(ctx context.Context, t tenant.ID) error {
	var under sync.WaitGroup
	defer under.Wait()
	for after := 0; ; {
		items, err := w.store.Waiting(ctx, w.run.ID, t, after, 100)
		if err != nil || len(items) == 0 {
			return stopped(ctx, err)
		}
		for _, i := range items {
			after = i.No
			leave, why := w.accounts.Gates().Enter(ctx, t)
			if leave == nil {
				return w.giveUp(ctx, t, why)
			}
			under.Go(func() {
				var v *verdict.Verdict
				defer func() { leave(v) }()
				if err := problem.Guard(func() error { v = w.item(ctx, i); w.shifts.Changed(string(w.run.ID)); return nil }); err != nil {
					w.log.ErrorContext(ctx, "an item of a run was left where it was", "run", w.run.ID, "item", i.No, "error", problem.Told(err))
				}
			})
		}
	}
}

// giveUp settles what still waits of a tenant for which there is no hope.
func (w *working) giveUp(ctx context.Context, t tenant.ID, why account.Reason) error {
	if why == "" || ctx.Err() != nil {
		return nil
	}
	return stopped(ctx, w.store.SettleAll(ctx, w.run, t, NotReached, why, w.now()))
}

// stopped is err, unless it only says that the run was told to stop.
func stopped(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// end stores that the run is over, or hands it back.
func (w *working) end(ctx context.Context) error {
	state := Finished
	if IsCancelled(ctx) {
		state = Cancelled
	} else if ctx.Err() != nil {
		return ErrHandedBack
	}
	after, cancel := account.Beyond(ctx)
	defer cancel()
	if state == Cancelled {
		if err := w.store.SettleAll(after, w.run, "", Dropped, "", w.now()); err != nil {
			return err
		}
	}
	// Nothing is under way any more: what looks as if it were is what could not be stored.
	if _, err := w.store.TakeUp(after, w.run.ID, w.run.interrupted(w.kind, w.target)); err != nil {
		return err
	}
	words := w.kind.Words()
	err := w.store.End(after, w.run.ID, state, w.run.entry(words, words.Ended, w.target).With("state", string(state)))
	if errors.Is(err, ErrChanged) {
		return nil
	}
	return err
}
