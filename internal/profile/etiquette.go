package profile

import (
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
func (p Profile) Parked() bool { return p.Status == verdict.WrongPassword }

// intrusive says why an unattended run leaves the profile alone; empty where it may go on, after a moment of its own.
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
	if limits.Jitter > 0 && !sleep(ctx, rand.N(limits.Jitter)) {
		return "", ctx.Err()
	}
	return "", nil
}

// attempts counts those of the last hour.
func (s *Service) attempts(ctx context.Context, a AccountKey) (int, error) {
	return s.store.Attempts(ctx, a, s.now().Add(-hour))
}
