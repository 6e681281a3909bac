package profile

import (
	"context"
	"errors"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/run"
	"purser.example/internal/verdict"
)

// CheckUp validates a profile by itself, as a health check does (R90): nobody waits for it, so it keeps to the etiquette, and a password
// that was refused before stays where it is. What came of it becomes the profile's status as any validation does; the history gets a line
// only where the verdict is another one than before, because a year has many nights.
func (s *Service) CheckUp(ctx context.Context, id ID) (account.Checkup, error) {
	p, err := s.store.Profile(ctx, id)
	if errors.Is(err, ErrGone) {
		return account.Passed(run.Gone), nil
	}
	if err != nil {
		return account.Checkup{}, err
	}
	release, err := s.turn(p, audit.Itself.Caller())
	if err != nil {
		return account.Passed(account.Busy), nil //nolint:nilerror // Somebody else has the account: that is all that it says.
	}
	defer release()
	now, err := s.store.Profile(ctx, id) // whoever had the turn before may have changed everything
	switch {
	case errors.Is(err, ErrGone):
		return account.Passed(run.Gone), nil
	case err != nil:
		return account.Checkup{}, err
	case keyOf(now) != keyOf(p):
		return account.Passed(account.Busy), nil
	}
	if why, err := s.unfit(ctx, now); err != nil || why != "" {
		return account.Passed(why).Of(now.Name), err
	}
	found, err := s.checkUp(ctx, now)
	return found.Of(now.Name), err
}

// checkUp makes the attempt, while it is the account's turn.
func (s *Service) checkUp(ctx context.Context, p Profile) (account.Checkup, error) {
	password, err := s.stored(ctx, p)
	if _, changed := errors.AsType[*Conflict](err); changed {
		return account.Passed(account.Busy), nil
	}
	if why := account.Hindrance(err); why != "" {
		return account.Passed(why), nil
	}
	if err != nil {
		return account.Checkup{}, err
	}
	defer password.Clear()
	w := deed{audit.Itself.Caller(), audit.Origin{}, p}
	return s.accounts.CheckUp(ctx, p.attempt(password), w.begun(ValidationBegun).With("for", "health check"), func(ctx context.Context, v verdict.Verdict) error {
		store := s.store.Validated
		if p.repeats(v) {
			store = s.store.Repeated
		}
		err := store(ctx, p, w.validation(remembering(p.Verdict, v)), w.ended(v).With("for", "health check"))
		if errors.Is(err, ErrGone) || errors.Is(err, ErrChanged) {
			return nil
		}
		return err
	})
}

// repeats reports whether a verdict says what the last one said, so that nothing is new about it.
func (p Profile) repeats(v verdict.Verdict) bool {
	last := p.Verdict
	if p.Failed != nil {
		last = *p.Failed
	}
	return last.Status == v.Status && last.Code == v.Code
}
