package pool

import (
	"context"
	"errors"
	"sync"
	"time"

	"purser.example/internal/audit"
	"purser.example/internal/profile"
	"purser.example/internal/tenant"
)

var errWorking = errors.New("pool: the check is being worked on")

// Work carries a check out, or on: it may be called again after whatever ended it before. It returns nil when the check is over
// and profile.ErrHandedBack when ctx ended first; then what is under way has been waited for, and the rest waits.
func (s *Service) Work(ctx context.Context, id CheckID) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if !s.claim(id, cancel) {
		return errWorking // whoever works on it is about to end, and it may have been opened again: the queue comes back
	}
	defer s.release(id)
	c, err := s.store.Check(ctx, id)
	if errors.Is(err, ErrGone) {
		return nil
	}
	if err != nil {
		return err
	}
	t, err := s.tenants.Find(context.WithoutCancel(ctx), c.Key.Tenant) // the end of a cancelled check names it too
	if err != nil {
		return err
	}
	j := job{s, c, t}
	switch j.check, err = s.store.TakeUp(ctx, id, j.interrupted); {
	case err != nil:
		return err
	case j.check.State.Over():
		return nil
	case j.check.State == profile.RunCancelling:
		cancel(errCancelled)
	}
	s.checks.changed(id)
	s.gates.Forget(c.Key.Tenant)
	if err := j.passes(ctx); err != nil {
		return err
	}
	return j.end(ctx)
}

// claim makes the check this call's own.
func (s *Service) claim(id CheckID, cancel context.CancelCauseFunc) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.active[id] != nil {
		return false
	}
	s.active[id] = cancel
	return true
}

func (s *Service) release(id CheckID) {
	s.mu.Lock()
	delete(s.active, id)
	s.mu.Unlock()
	s.checks.changed(id)
}

// itself is Purser as somebody who does something.
var itself = audit.Actor{Name: "Purser"}

// job is a check that is being worked on.
type job struct {
	*Service
	check  Check
	tenant tenant.Tenant
}

// interrupted is what the activity log says of an attempt whose end nobody saw.
func (j job) interrupted(i CheckItem) audit.Entry {
	e := j.check.entry(j.tenant, CutOff).With("username", i.Username)
	e.Actor, e.Origin = itself, audit.Origin{}
	return e
}

// passes goes through the waiting passwords until none is left or ctx ends.
func (j job) passes(ctx context.Context) error {
	for ctx.Err() == nil {
		met, err := j.pass(ctx)
		if err != nil || met == 0 {
			return err
		}
		select {
		case <-time.After(j.gates.Limits().Again):
		case <-ctx.Done():
		}
	}
	return nil
}

// pass goes through them once and tells how many it met. What is under way is waited for before it returns.
func (j job) pass(ctx context.Context) (met int, err error) {
	var under sync.WaitGroup
	defer under.Wait()
	for after := 0; ; {
		items, err := j.store.WaitingPasswords(ctx, j.check.ID, after, 100)
		if err != nil || len(items) == 0 {
			return met, stopped(ctx, err)
		}
		for _, item := range items {
			met, after = met+1, item.No
			leave, why := j.gates.Enter(ctx, j.check.Key.Tenant)
			if leave == nil {
				return met, j.giveUp(ctx, why)
			}
			under.Go(func() {
				leave(j.item(ctx, item))
				j.checks.changed(j.check.ID)
			})
		}
	}
}

// giveUp settles what still waits where there is no hope for the tenant.
func (j job) giveUp(ctx context.Context, why profile.Reason) error {
	if why == "" || ctx.Err() != nil {
		return nil
	}
	return stopped(ctx, j.store.SettleAll(ctx, j.check, profile.NotReached, why))
}

// stopped is err, unless it only says that the check was told to stop.
func stopped(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// end stores that the check is over, or hands it back.
func (j job) end(ctx context.Context) error {
	state := profile.RunFinished
	if errors.Is(context.Cause(ctx), errCancelled) {
		state = profile.RunCancelled
	} else if ctx.Err() != nil {
		return profile.ErrHandedBack
	}
	after, cancel := beyond(ctx)
	defer cancel()
	if state == profile.RunCancelled {
		if err := j.store.SettleAll(after, j.check, profile.Dropped, ""); err != nil {
			return err
		}
	}
	// Nothing is under way any more: what looks as if it were is what could not be stored.
	if _, err := j.store.TakeUp(after, j.check.ID, j.interrupted); err != nil {
		return err
	}
	err := j.store.EndCheck(after, j.check.ID, state, j.check.entry(j.tenant, CheckEnded).With("state", string(state)))
	if errors.Is(err, ErrChanged) {
		return nil
	}
	return err
}
