package profile

import (
	"context"
	"errors"

	"purser.example/internal/access"
)

// Use is something that works with a profile's account, and would fail without it (R20). A page makes words and a link of it.
type Use struct {
	Kind string // what it is, such as "account pool"
	ID   string // which, among those of its kind in the profile's tenant
	Name string // as people call it
}

// User is a noun whose things may use profiles. It is asked by account and not by profile: who takes an account takes it from
// whichever of several profiles holds it.
type User interface {
	Uses(ctx context.Context, caller access.Caller, p Profile) ([]Use, error)
}

// UsedBy makes the service ask these, too, what uses a profile. Nouns that know this one come after it, so that they are told here,
// before anybody asks.
func (s *Service) UsedBy(users ...User) { s.users = append(s.users, users...) }

// Uses lists what uses the profile, in the order in which the users were told to the service.
func (s *Service) Uses(ctx context.Context, caller access.Caller, p Profile) ([]Use, error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return nil, err
	}
	var all []Use
	for _, user := range s.users {
		uses, err := user.Uses(ctx, caller, p)
		if err != nil {
			return nil, err
		}
		all = append(all, uses...)
	}
	return all, nil
}

// Doomed is a profile that somebody means to delete, with what would fail without it.
type Doomed struct {
	Profile
	Uses []Use
}

// BeforeDelete gives those of the profiles that are still there, each with what uses it, for the question that comes before Delete
// (R20).
func (s *Service) BeforeDelete(ctx context.Context, caller access.Caller, ids []ID) ([]Doomed, error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return nil, err
	}
	var doomed []Doomed
	for _, id := range ids {
		p, err := s.store.Profile(ctx, id)
		if errors.Is(err, ErrGone) {
			continue
		}
		if err != nil {
			return nil, err
		}
		uses, err := s.Uses(ctx, caller, p)
		if err != nil {
			return nil, err
		}
		doomed = append(doomed, Doomed{p, uses})
	}
	return doomed, nil
}
