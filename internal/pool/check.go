package pool

import (
	"context"
	"errors"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/profile"
	"purser.example/internal/tenant"
)

// Check gives a check with its counts.
func (s *Service) Check(ctx context.Context, caller access.Caller, id CheckID) (Check, error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return Check{}, err
	}
	c, err := s.store.Check(ctx, id)
	if errors.Is(err, ErrGone) {
		return Check{}, errNoCheck
	}
	return c, err
}

// Checks lists the pool's checks, newest first, at most limit.
func (s *Service) Checks(ctx context.Context, caller access.Caller, key Key, limit int) ([]Check, error) {
	if _, err := s.enter(ctx, caller, key); err != nil {
		return nil, err
	}
	return s.store.Checks(ctx, key, limit)
}

// CheckItems gives one page of a check's items, and whether more follow.
func (s *Service) CheckItems(ctx context.Context, caller access.Caller, q CheckQuery) (items []CheckItem, more bool, err error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return nil, false, err
	}
	if q.Limit <= 0 || q.Limit > PageSize {
		q.Limit = PageSize
	}
	limit := q.Limit
	q.Limit++
	items, err = s.store.CheckItems(ctx, q)
	if len(items) > limit {
		return items[:limit], true, err
	}
	return items, false, err
}

// WatchCheck gives a channel that has something to read after each change of the check, until stop is called.
func (s *Service) WatchCheck(id CheckID) (changes <-chan struct{}, stop func()) {
	return s.checks.watch(id)
}

// CancelCheck asks a check to stop: nothing more is begun, and what is under way is waited for. Passwords whose turn had not
// come are kept for Again.
func (s *Service) CancelCheck(ctx context.Context, caller access.Caller, origin audit.Origin, id CheckID) error {
	c, t, err := s.found(ctx, caller, id)
	if err != nil {
		return err
	}
	e := audit.By(caller, origin, CheckCancelled, target(t, c.Key.Class)).With("check", string(id))
	switch err := s.store.CancelCheck(ctx, id, e); {
	case errors.Is(err, ErrChanged):
		return errOver
	case err != nil:
		return err
	}
	s.mu.Lock()
	cancel := s.active[id]
	s.mu.Unlock()
	if cancel != nil {
		cancel(errCancelled)
	}
	s.checks.changed(id)
	return nil
}

var errCancelled = errors.New("pool: the check was cancelled")

// Again goes on with a check that is over: with those of its passwords that are still kept because nobody could tell about them.
// It keeps its address.
func (s *Service) Again(ctx context.Context, caller access.Caller, origin audit.Origin, id CheckID) (Check, error) {
	c, t, err := s.found(ctx, caller, id)
	if err != nil {
		return Check{}, err
	}
	e := audit.By(caller, origin, CheckBegun, target(t, c.Key.Class)).With("check", string(id)).With("again", "yes")
	n, err := s.store.Reopen(ctx, c, e)
	switch {
	case errors.Is(err, ErrChanged):
		return c, nil // somebody else did it already, or it still goes on
	case err != nil:
		return Check{}, err
	case n == 0:
		return Check{}, errNothing
	}
	s.checks.changed(id)
	return s.store.Check(ctx, id)
}

func (s *Service) found(ctx context.Context, caller access.Caller, id CheckID) (Check, tenant.Tenant, error) {
	c, err := s.Check(ctx, caller, id)
	if err != nil {
		return Check{}, tenant.Tenant{}, err
	}
	t, err := s.tenants.Find(ctx, c.Key.Tenant)
	return c, t, err
}

// entry is what Purser writes down of a check on behalf of whoever began it.
func (c Check) entry(t tenant.Tenant, action audit.Action) audit.Entry {
	return audit.Entry{Actor: c.Actor, Origin: c.Origin, Action: action, Target: target(t, c.Key.Class)}.With("check", string(c.ID))
}

// By is the person who began the check, as they were called then.
func (c Check) By() profile.Stamp {
	by := c.Actor.Name
	if by == "" {
		by = c.Actor.SignIn
	}
	return profile.Stamp{At: c.Begun, By: by}
}
