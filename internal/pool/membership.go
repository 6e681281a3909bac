package pool

import (
	"context"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/problem"
)

// Membership is one member of a pool, as saved or in force, with the pool that keeps it.
type Membership struct {
	Pool Pool
	Member
}

// Place is where the member's account is kept.
func (m Membership) Place() account.Place { return place(m.Pool.Key, m.User) }

// Member gives one member of a pool, as saved or in force. It returns problem.NotFound for one that is in neither.
func (s *Service) Member(ctx context.Context, caller access.Caller, key Key, user UserID) (Membership, error) {
	if _, err := s.enter(ctx, caller, key); err != nil {
		return Membership{}, err
	}
	p, err := s.store.Pool(ctx, key)
	if err != nil {
		return Membership{}, err
	}
	for _, reading := range []ReadingID{p.Reading, p.InForce.Reading} {
		if reading == "" {
			continue
		}
		found, err := s.store.MembersByID(ctx, reading, []UserID{user})
		if err != nil {
			return Membership{}, err
		}
		if m, there := found[user]; there {
			return Membership{p, m}, nil
		}
	}
	return Membership{}, problem.New(problem.NotFound, "This account is no longer a member of the pool.")
}
