package profile

import (
	"context"
	"errors"
	"sync"
	"time"

	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/tenant"
)

var errCancelled = errors.New("profile: the run was cancelled")

// Work carries a run out, or on: it may be called again after whatever ended it before. It returns nil when the run is over
// and ErrHandedBack when ctx ended first; then what is under way has been waited for, and the rest waits.
func (r *Runs) Work(ctx context.Context, id RunID) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if !r.claim(id, cancel) {
		return nil
	}
	defer r.release(id)
	run, err := r.store.TakeUp(ctx, id, interruptedIn(id))
	switch {
	case errors.Is(err, ErrGone) || err == nil && run.State.Over():
		return nil
	case err != nil:
		return err
	case run.State == RunCancelling:
		cancel(errCancelled)
	}
	r.changed(id)
	if err := r.recall(ctx, id); err != nil {
		return err
	}
	if err := r.everyTenant(ctx, run); err != nil {
		return err
	}
	return r.end(ctx, run)
}

// recall brings back which accounts the run has spent already.
func (r *Runs) recall(ctx context.Context, id RunID) error {
	err := r.each(ctx, id, func(i Item) {
		if i.Reason == "" {
			r.spend(id, AccountKey{i.Tenant, Fold(i.Username)}, true)
		}
	}, Rejected, NotReached, Interrupted)
	return stopped(ctx, err)
}

// spend marks an account: while it is spent, the run does not try it through another profile.
func (r *Runs) spend(id RunID, a AccountKey, spent bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if spent {
		r.active[id].spent[a] = true
	} else {
		delete(r.active[id].spent, a)
	}
}

func (r *Runs) spent(id RunID, a AccountKey) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.active[id].spent[a]
}

// claim makes the run this call's own.
func (r *Runs) claim(id RunID, cancel context.CancelCauseFunc) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.active[id] != nil {
		return false
	}
	r.active[id] = &shift{cancel: cancel, spent: map[AccountKey]bool{}}
	return true
}

func (r *Runs) release(id RunID) {
	r.mu.Lock()
	delete(r.active, id)
	r.mu.Unlock()
	r.changed(id)
}

// interruptedIn gives what the activity log says of an attempt of a run whose end nobody saw.
func interruptedIn(id RunID) func(Item) audit.Entry {
	return func(i Item) audit.Entry {
		return audit.Entry{
			Actor: itself, Action: ValidationInterrupted, Target: audit.Target{Kind: "profile", ID: string(i.Profile), Name: i.Name},
		}.With("username", i.Username).With("run", string(id))
	}
}

// everyTenant works on all tenants of the run side by side, so that one that is throttled holds up no other.
func (r *Runs) everyTenant(ctx context.Context, run Run) error {
	tenants, err := r.store.Tenants(ctx, run.ID)
	if err != nil {
		return stopped(ctx, err)
	}
	r.enterTenants(run.ID, tenants)
	failed := make([]error, len(tenants))
	var all sync.WaitGroup
	for i, t := range tenants {
		r.gates.Forget(t)
		all.Go(func() { failed[i] = r.lane(ctx, run, t) })
	}
	all.Wait()
	return errors.Join(failed...)
}

// enterTenants notes which tenants the run works on.
func (r *Runs) enterTenants(id RunID, tenants []tenant.ID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.active[id].tenants = tenants
}

// lane works on the waiting items of one tenant, in their order, then on those that had to be put off, until none is left
// or ctx ends.
func (r *Runs) lane(ctx context.Context, run Run, t tenant.ID) error {
	for ctx.Err() == nil {
		met, err := r.pass(ctx, run, t)
		if err != nil || met == 0 {
			return err
		}
		sleep(ctx, r.limits.Again)
	}
	return nil
}

// pass goes through the waiting items once and tells how many it met. What is under way is waited for before it returns.
func (r *Runs) pass(ctx context.Context, run Run, t tenant.ID) (met int, err error) {
	var under sync.WaitGroup
	defer under.Wait()
	for after := 0; ; {
		items, err := r.store.WaitingItems(ctx, run.ID, t, after, 100)
		if err != nil || len(items) == 0 {
			return met, stopped(ctx, err)
		}
		for _, item := range items {
			met, after = met+1, item.No
			leave, why := r.gates.Enter(ctx, t)
			if leave == nil {
				return met, r.giveUp(ctx, run, t, why)
			}
			under.Go(func() {
				leave(r.item(ctx, run, item))
				r.changed(run.ID)
			})
		}
	}
}

// giveUp settles what still waits of a tenant for which there is no hope.
func (r *Runs) giveUp(ctx context.Context, run Run, t tenant.ID, why Reason) error {
	if why == "" || ctx.Err() != nil {
		return nil
	}
	return stopped(ctx, r.store.SettleAll(ctx, run.ID, t, NotReached, why, r.profiles.now()))
}

// stopped is err, unless it only says that the run was told to stop.
func stopped(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// end stores that the run is over, or hands it back.
func (r *Runs) end(ctx context.Context, run Run) error {
	state := RunFinished
	if errors.Is(context.Cause(ctx), errCancelled) {
		state = RunCancelled
	} else if ctx.Err() != nil {
		return ErrHandedBack
	}
	after, cancel := r.profiles.beyond(ctx)
	defer cancel()
	if state == RunCancelled {
		if err := r.store.SettleAll(after, run.ID, "", Dropped, "", r.profiles.now()); err != nil {
			return err
		}
	}
	// Nothing is under way any more: what looks as if it were is what could not be stored.
	if _, err := r.store.TakeUp(after, run.ID, interruptedIn(run.ID)); err != nil {
		return err
	}
	err := r.store.EndRun(after, run.ID, state, run.entry(RunEnded).With("state", string(state)))
	if errors.Is(err, ErrChanged) {
		return nil
	}
	return err
}

// Persist repeats a write for as long as the database cannot take it: what Microsoft has answered must not be lost, and
// nothing may be asked of Microsoft that cannot be written down. It ends with ctx.
func Persist(ctx context.Context, write func() error) error {
	for wait := 250 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		err := write()
		if problem.KindOf(err) != problem.Unavailable || !sleep(ctx, wait) {
			return err
		}
	}
}

// insist is Persist for what must not be lost because somebody cancelled the run: that ends what waits, and not what was
// answered.
func (r *Runs) insist(ctx context.Context, write func() error) error {
	err := Persist(ctx, write)
	if err == nil || !errors.Is(context.Cause(ctx), errCancelled) {
		return err
	}
	after, cancel := r.profiles.beyond(ctx)
	defer cancel()
	return Persist(after, write)
}

func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
