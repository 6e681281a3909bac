package drift

import (
	"context"
	"errors"
	"strconv"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/tenant"
)

// FieldConfirm is the field of a form that says that somebody means it.
const FieldConfirm = "confirm"

// errNoDrift is what people are told of a drift that is over.
var errNoDrift = problem.New(problem.NotFound, "This change is no longer open. Someone accepted it, or everything is as it was before.")

// most is how many accounts one Accept is for.
const most = 1000

// List gives a page of the drifts.
func (s *Service) List(ctx context.Context, caller access.Caller, q Query) (Page, error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return Page{}, err
	}
	return s.Store.List(ctx, q)
}

// Count counts the drifts by topic.
func (s *Service) Count(ctx context.Context, caller access.Caller, t tenant.ID) (map[Topic]int, error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return nil, err
	}
	return s.Store.Count(ctx, t)
}

// Drift gives one, and how many other accounts of its tenant have the same.
func (s *Service) Drift(ctx context.Context, caller access.Caller, id ID) (Drift, []Drift, error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return Drift{}, nil, err
	}
	d, err := s.Store.Drift(ctx, id)
	if errors.Is(err, ErrGone) {
		return Drift{}, nil, errNoDrift
	}
	if err != nil {
		return Drift{}, nil, err
	}
	alike, err := s.Store.Alike(ctx, d, most)
	return d, alike, err
}

// Accept makes a drift what is expected from now on: of its account, or of all accounts of the tenant with the same. One that matters takes
// somebody who confirms it.
func (s *Service) Accept(ctx context.Context, caller access.Caller, origin audit.Origin, id ID, all, confirmed bool) (n int, err error) {
	d, alike, err := s.Drift(ctx, caller, id)
	if err != nil {
		return 0, err
	}
	if d.Matters() && !confirmed {
		return 0, problem.Field(FieldConfirm, "Select this to confirm that it is as it should be.")
	}
	list := []Drift{d}
	if all {
		list = append(list, alike...)
	}
	for _, d := range list {
		err := s.Store.Accept(ctx, d.ID, func(expected Facts) Facts { return expected.accepting(d.difference()) }, d.entry(caller, origin))
		switch {
		case err == nil:
			n++
		case !errors.Is(err, ErrGone):
			return n, err
		}
	}
	if n == 0 {
		return 0, errNoDrift
	}
	return n, nil
}

func (d Drift) entry(caller access.Caller, origin audit.Origin) audit.Entry {
	target := audit.Target{Kind: "drift", ID: strconv.FormatInt(int64(d.ID), 10), Name: d.Title()}
	return audit.By(caller, origin, Accepted, target).With("tenant", string(d.Tenant)).With("username", d.Username).With("change", d.Title())
}
