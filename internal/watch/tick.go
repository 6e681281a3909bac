package watch

import (
	"context"
	"errors"
	"slices"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/event"
	"purser.example/internal/problem"
	"purser.example/internal/run"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

const (
	// look is how long at most nobody looks whether a night begins: settings change, and clocks are put right.
	look = 15 * time.Second
	// some is how many places are gathered or given their turns in one transaction.
	some = 500
	// beyond is how far ahead no night can be: one that is, was set while the machine's clock was wrong.
	beyond = 72 * time.Hour
	// keep is how long every check is kept as it is.
	keep = 90 * 24 * time.Hour
)

// Tick begins the nights that have come, and the checks whose turn has come: one of a tenant at a time, and none within a second after the
// one before it began. It is called every second, and does not wait for the checks.
func (s *Service) Tick(ctx context.Context) error {
	now := s.Now()
	if !s.On || s.sleeps(now) {
		return nil
	}
	if err := s.nights(ctx, now); err != nil {
		return err
	}
	due, err := s.Store.Due(ctx, now)
	if err != nil {
		return err
	}
	for _, w := range due {
		if s.enter(w.Tenant, now) {
			s.lanes.Go(func() {
				defer s.leave(w.Tenant)
				if err := problem.Guard(func() error { return s.check(ctx, w) }); err != nil && ctx.Err() == nil {
					s.Log.ErrorContext(ctx, "health check not made", "place", w.Place.String(), "error", problem.Told(err))
				}
			})
		}
	}
	if len(due) > 0 {
		return nil
	}
	return s.rest(ctx, now)
}

// Wait waits for the checks that are under way.
func (s *Service) Wait() { s.lanes.Wait() }

// Recover settles the checks that were under way when a former process ended. It is called before the first Tick.
func (s *Service) Recover(ctx context.Context) error {
	_, err := s.Store.Interrupted(ctx, Check{At: s.moment(), Outcome: Unknown, Reason: Interrupted})
	return err
}

// Compact thins out what is older than ninety days, a step at a time: what stays are the checks at which something changed.
func (s *Service) Compact(ctx context.Context) error {
	for {
		more, err := s.Store.Compact(ctx, s.Now().Add(-keep), some)
		if err != nil || !more {
			return err
		}
	}
}

func (s *Service) moment() time.Time { return s.Now().UTC().Truncate(time.Millisecond) }

// sleeps reports whether nothing can be due yet.
func (s *Service) sleeps(now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return now.Before(s.until) && s.until.Sub(now) <= look // further off: the clock was put back
}

// rest notes until when nothing is due.
func (s *Service) rest(ctx context.Context, now time.Time) error {
	earliest, err := s.Store.Earliest(ctx)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.until = now.Add(look)
	if !earliest.IsZero() && earliest.Before(s.until) {
		s.until = earliest
	}
	return nil
}

// wake makes the next Tick look.
func (s *Service) wake() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.until = time.Time{}
}

// enter reports whether a check of a tenant may begin, which is then the one under way.
func (s *Service) enter(t tenant.ID, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if since := now.Sub(s.last[t]); s.under[t] || since >= 0 && since < apart {
		return false
	}
	s.under[t], s.last[t] = true, now
	return true
}

func (s *Service) leave(t tenant.ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.under, t)
}

// nights begins the nights that have come, and sets those that nobody has set yet.
func (s *Service) nights(ctx context.Context, now time.Time) error {
	plans, err := s.Store.Plans(ctx)
	if err != nil {
		return err
	}
	for _, p := range plans {
		p = p.usual()
		switch {
		case p.Next.IsZero(), p.Next.After(now.Add(beyond)):
			p.Next = p.schedule().Next(now, time.Time{})
			err = s.Store.SetPlan(ctx, p, nil)
		case !p.Next.After(now):
			err = s.begin(ctx, p, now)
		}
		if err != nil {
			return err
		}
		if err := s.judge(ctx, p, now); err != nil {
			return err
		}
	}
	return nil
}

// begin plans the night of a tenant. It begins now, so that a night that Purser missed is made up for once; the next one is on a later day.
// That it has begun is stored last: what the end of the process leaves half planned is planned anew.
func (s *Service) begin(ctx context.Context, p Plan, now time.Time) error {
	was := p.Next
	p.Night, p.Next = now.UTC().Truncate(time.Millisecond), p.schedule().Next(now, was)
	for more := true; more; {
		var err error
		if more, err = s.Store.Gather(ctx, p.Tenant, some); err != nil {
			return err
		}
	}
	frozen, err := s.frozen(ctx, TenantScope(p.Tenant))
	if err != nil {
		return err
	}
	order, err := s.Store.Order(ctx, p.Tenant)
	if err != nil {
		return err
	}
	pace, fit := paceOf(len(order), s.Accounts.Etiquette())
	p.Pace, p.Total, p.Left = pace, len(order), len(order)-fit
	if frozen != nil {
		fit, p.Left = 0, 0
	}
	turns := make([]Turn, len(order))
	for i, no := range order {
		if turns[i] = (Turn{No: no}); i < fit {
			turns[i].Due = turn(p.Night, pace, i, no)
		}
	}
	for part := range slices.Chunk(turns, some) {
		if err := s.Store.Assign(ctx, p.Night, part); err != nil {
			return err
		}
	}
	if err := s.Store.SetPlan(ctx, p, nil); err != nil || frozen != nil || s.Night == nil {
		return err
	}
	s.lanes.Go(func() { s.Night(ctx, p.Tenant) })
	return nil
}

// check makes the check of a place whose turn has come.
func (s *Service) check(ctx context.Context, w Watched) error {
	frozen, err := s.freezes(ctx, w)
	if err != nil {
		return err
	}
	if frozen {
		return s.settle(ctx, w, account.Passed(Frozen))
	}
	spent, err := s.Store.Spent(ctx, w)
	if err != nil {
		return err
	}
	if spent {
		return s.settle(ctx, w, account.Passed(Shared))
	}
	leave, why := s.Accounts.Gates().Enter(ctx, w.Tenant)
	if leave == nil {
		if why == "" {
			return nil // Purser stops
		}
		s.Accounts.Gates().Forget(w.Tenant) // the next one that is due finds out anew
		return s.settle(ctx, w, account.Passed(why))
	}
	var v *verdict.Verdict
	defer func() { leave(v) }()
	if err := s.Store.Take(ctx, w, s.moment()); err != nil {
		if errors.Is(err, ErrChanged) {
			return nil
		}
		return err
	}
	found, err := s.Probers[w.Place.Kind](ctx, w)
	v = found.Verdict
	if err != nil {
		return errors.Join(err, s.settle(ctx, w, account.Passed(run.Damaged)))
	}
	err = s.settle(ctx, w, found)
	if err == nil && s.After != nil {
		s.After(ctx, w, found)
	}
	return err
}

// freezes reports whether somebody turned the checks of a place off.
func (s *Service) freezes(ctx context.Context, w Watched) (bool, error) {
	found, err := s.Store.Frozen(ctx, Scope(w.Place), TenantScope(w.Tenant))
	for _, f := range found {
		if f.Holds(s.Now()) {
			return true, nil
		}
	}
	return false, err
}

// settle keeps what became of a place, and says when it is asked again.
func (s *Service) settle(ctx context.Context, w Watched, found account.Checkup) error {
	after, cancel := account.Beyond(ctx)
	defer cancel()
	if found.Pass == run.Gone {
		return account.Persist(after, func() error { return s.Store.Forget(after, w.No) })
	}
	now := s.moment()
	c := checkOf(found, now)
	again := time.Time{}
	if passes(found) {
		again = w.again(now)
	}
	keep := &c
	if found.Verdict == nil && !again.IsZero() {
		keep = nil // it is asked again tonight, and then something is known
	}
	var told []event.Event
	if keep != nil {
		told = eventsOf(w, *keep, found)
	}
	return account.Persist(after, func() error { return s.Store.Settle(after, w.No, keep, again, told...) })
}

// checkOf is what is kept of a checkup.
func checkOf(found account.Checkup, now time.Time) Check {
	v := found.Verdict
	switch {
	case v == nil && tells(found.Pass):
		return Check{At: now, Outcome: Skipped, Reason: found.Pass}
	case v == nil:
		return Check{At: now, Outcome: Unknown, Reason: found.Pass}
	case v.Valid():
		return Check{At: now, Outcome: Good, Status: v.Status}
	case v.Status.AboutAccount():
		return Check{At: now, Outcome: Bad, Status: v.Status, Code: v.Code}
	}
	return Check{At: now, Outcome: Unknown, Status: v.Status, Code: v.Code}
}

// tells reports whether a place was passed over for something of its own; otherwise nobody could tell.
func tells(why account.Reason) bool {
	return !slices.Contains([]account.Reason{account.Outage, account.AppSetup, account.NoApp, account.AppAltered, run.Damaged, Interrupted}, why)
}

// passes reports whether what stands in the way goes away by itself, so that the account is asked again tonight.
func passes(found account.Checkup) bool {
	if found.Verdict != nil {
		return !found.Verdict.Status.AboutAccount() && !found.Verdict.Misaddressed()
	}
	return slices.Contains([]account.Reason{account.Locked, account.Busy, account.Often, account.Budget, account.Outage, account.AppSetup, run.Damaged}, found.Pass)
}
