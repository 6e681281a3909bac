package scan

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/pool"
	"purser.example/internal/profile"
	"purser.example/internal/run"
)

// ChainOf tells how far a pool's way into force is.
func (s *Service) ChainOf(ctx context.Context, caller access.Caller, key pool.Key) (Chain, error) {
	of, err := s.pools.Pool(ctx, caller, key)
	if err != nil {
		return Chain{}, err
	}
	chain := Chain{Pool: of}
	all, err := s.store.Profiles(ctx, key.Tenant)
	if err != nil {
		return Chain{}, err
	}
	chain.Profiles = slices.DeleteFunc(all, func(l Listed) bool { return l.Method != ByAccount || !l.counts(key.Class) })
	for _, l := range chain.Profiles {
		if l.Last != nil && (chain.Last == nil || l.Last.ID > chain.Last.ID) {
			chain.Last = l.Last
		}
	}
	s.enliven(chain.Last)
	if chain.Accounts, err = s.accountsOf(ctx, chain.Profiles); err != nil {
		return Chain{}, err
	}
	if chain.Counts, err = s.store.Counts(ctx, key.Tenant); err != nil {
		return Chain{}, err
	}
	return chain, s.countGrants(ctx, &chain)
}

// counts reports whether the profile has an object type of the class.
func (p Profile) counts(class pool.Class) bool {
	return slices.ContainsFunc(p.Types, func(t Type) bool { of, counted := t.Class(); return counted && of == class })
}

// accountsOf are the service account profiles of scan profiles, each once.
func (s *Service) accountsOf(ctx context.Context, scanning []Listed) ([]profile.Profile, error) {
	var list []profile.Profile
	for _, l := range scanning {
		if slices.ContainsFunc(list, func(p profile.Profile) bool { return p.ID == l.Account }) {
			continue
		}
		p, err := s.profiles.Known(ctx, l.Account)
		if errors.Is(err, profile.ErrGone) {
			continue
		}
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, nil
}

// countGrants counts the sites of the class, and what is known of the pool's group at them.
func (s *Service) countGrants(ctx context.Context, chain *Chain) error {
	for _, t := range registered(Types, chain.Pool.Class) {
		for _, each := range []struct {
			states []GrantState
			n      *int
		}{{nil, &chain.Sites}, {[]GrantState{Granted}, &chain.Granted}, {[]GrantState{Refused}, &chain.Refused}, {[]GrantState{Left}, &chain.Left}} {
			page, err := s.store.Objects(ctx, ObjectQuery{Tenant: chain.Pool.Tenant, Type: t, State: Present, Grant: each.states, Sort: ByName, Limit: 1})
			if err != nil {
				return err
			}
			*each.n += page.Total
		}
	}
	if chain.Pool.Group.ID == chain.Pool.InForce.Group.ID {
		return nil
	}
	return s.countRun(ctx, chain)
}

// countRun counts by the last registration, where what is granted may be of the group that was saved before.
func (s *Service) countRun(ctx context.Context, chain *Chain) error {
	chain.Granted, chain.Refused, chain.Left = 0, 0, 0
	if chain.Last == nil || chain.Last.Grants == "" {
		return nil
	}
	r, err := s.runs.Known(ctx, chain.Last.Grants)
	if errors.Is(err, run.ErrGone) || err == nil && r.Begun.Before(chain.Pool.By.At) {
		return nil
	}
	chain.Granted, chain.Left = r.Counts[run.Confirmed], r.Counts[run.Skipped]
	chain.Refused = r.Done() - chain.Granted - chain.Left
	return err
}

// registered are those of the types that are sites of a class.
func registered(types []Type, class pool.Class) []Type {
	var list []Type
	for _, t := range types {
		if of, _ := t.Class(); t.Registered() && of == class {
			list = append(list, t)
		}
	}
	return list
}

// reason is a scan as what brings a pool into force.
func (s Scan) reason() audit.Target {
	return audit.Target{Kind: "scan", ID: string(s.ID), Name: fmt.Sprintf("%s (%s)", s.Name, s.ID)}
}
