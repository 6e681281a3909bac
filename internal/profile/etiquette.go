package profile

import (
	"cmp"
	"context"
	"math/rand/v2"
	"time"

	"purser.example/internal/verdict"
)

// Etiquette bounds what Purser does to accounts by itself, while nobody waits for the answer: it must never be the one who locks
// an account or uses up a tenant's patience (R62). Runs that a person begins keep to one attempt an account at a time only.
type Etiquette struct {
	PerAccount int           // attempts for one account in an hour, whoever made them
	PerTenant  int           // the same for a whole tenant
	Jitter     time.Duration // an attempt begins up to so much later, so that many do not come at once
}

// Etiquette tells the bounds, for those who read of them.
func (r *Runs) Etiquette() Etiquette { return r.limits.Etiquette }

// hour is what the bounds of an Etiquette are for.
const hour = time.Hour

// Parked reports whether the stored password was refused and nobody has changed it since: a changed one is stored with the
// verdict that confirmed it. Nothing tries a parked password by itself.
func (p Profile) Parked() bool { return refused(p.Verdict) }

// hesitate waits for a moment of an item's own. It reports false when ctx ends.
func (r *Runs) hesitate(ctx context.Context) bool {
	jitter := r.limits.Etiquette.Jitter
	return jitter <= 0 || sleep(ctx, rand.N(jitter))
}

// refused reports whether a verdict, or one before it, found the password wrong.
func refused(v verdict.Verdict) bool { return v.Status == verdict.WrongPassword || v.StillRefused }

// intrusive says why an unattended run leaves the profile alone for now; empty where it may go on.
func (r *Runs) intrusive(ctx context.Context, p Profile) (Reason, error) {
	limits := r.limits.Etiquette
	switch n, err := r.profiles.attempts(ctx, keyOf(p)); {
	case err != nil:
		return "", err
	case n >= limits.PerAccount:
		return Often, nil
	}
	switch n, err := r.profiles.attempts(ctx, AccountKey{Tenant: p.Tenant}); {
	case err != nil:
		return "", err
	case n >= limits.PerTenant:
		return Budget, nil
	}
	return "", nil
}

// dally waits for a moment of an unattended attempt's own, and reports whether it was left in peace.
func (r *Runs) dally(ctx context.Context) bool {
	jitter := r.limits.Etiquette.Jitter
	return jitter <= 0 || sleep(ctx, rand.N(jitter))
}

// excess is the error of an unattended attempt that would be one too many; it is the Reason.
type excess Reason

func (e excess) Error() string { return "profile: one attempt too many: " + string(e) }

// within begins an attempt. For an unattended one it counts before, one attempt after the other: many that look at the same
// moment would all find room for the last one.
func (r *Runs) within(ctx context.Context, run Run, p Profile, begin func() error) error {
	if run.Attended {
		return begin()
	}
	r.counting.Lock()
	defer r.counting.Unlock()
	if why, err := r.intrusive(ctx, p); err != nil || why != "" {
		return cmp.Or(err, error(excess(why)))
	}
	return begin()
}

// attempts counts those of the last hour.
func (s *Service) attempts(ctx context.Context, a AccountKey) (int, error) {
	return s.store.Attempts(ctx, a, s.now().Add(-hour))
}
