package pool

import (
	"context"

	"purser.example/internal/account"
)

// GroupsOf gives the groups of the pools, as saved, that have the account as a member. One whose membership is hidden is left out: what
// Microsoft does not show cannot be told from what is not there (X9).
func (s *Service) GroupsOf(ctx context.Context, k account.Key) ([]Group, error) {
	classes, err := s.store.ClassesWith(ctx, k)
	if err != nil {
		return nil, err
	}
	var groups []Group
	for _, class := range classes {
		p, err := s.store.Pool(ctx, Key{k.Tenant, class})
		if err != nil {
			return nil, err
		}
		if p.Group.ID != "" && !p.Group.Hidden {
			groups = append(groups, p.Group)
		}
	}
	return groups, nil
}
