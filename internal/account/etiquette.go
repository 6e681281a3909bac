package account

import (
	"cmp"
	"context"
	"math/rand/v2"
	"time"
)

// Etiquette bounds what Purser does to accounts by itself, while nobody waits for the answer: it must never be the one who locks
// an account or uses up a tenant's patience (R62). What a person begins keeps to one attempt an account at a time only.
type Etiquette struct {
	PerAccount int           // attempts for one account in an hour, whoever made them
	PerTenant  int           // the same for a whole tenant
	Jitter     time.Duration // an attempt begins up to so much later, so that many do not come at once
}

// hour is what the bounds of an Etiquette are for.
const hour = time.Hour

// Hesitate waits for a moment of an attempt's own. It reports false when ctx ends.
func (s *Service) Hesitate(ctx context.Context) bool {
	jitter := s.etiquette.Jitter
	return jitter <= 0 || Sleep(ctx, rand.N(jitter)) //nolint:gosec // A wait, which may be guessed.
}

// Intrusive says why what nobody waits for leaves the account alone for now; empty where it may go on.
func (s *Service) Intrusive(ctx context.Context, k Key) (Reason, error) {
	switch n, err := s.Recent(ctx, k); {
	case err != nil:
		return "", err
	case n >= s.etiquette.PerAccount:
		return Often, nil
	}
	switch n, err := s.Recent(ctx, Key{Tenant: k.Tenant}); {
	case err != nil:
		return "", err
	case n >= s.etiquette.PerTenant:
		return Budget, nil
	}
	return "", nil
}

// Excess is the error of an attempt that nobody waits for and that would be one too many; it is the Reason.
type Excess Reason

func (e Excess) Error() string { return "account: one attempt too many: " + string(e) }

// Within begins an attempt that nobody waits for, where the Etiquette has room for it; otherwise it returns an Excess. It counts
// before, one attempt after the other: many that look at the same moment would all find room for the last one.
func (s *Service) Within(ctx context.Context, k Key, begin func() error) error {
	s.counting.Lock()
	defer s.counting.Unlock()
	if why, err := s.Intrusive(ctx, k); err != nil || why != "" {
		return cmp.Or(err, error(Excess(why)))
	}
	return begin()
}
