package profile

import (
	"context"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

// An account has one password, however many profiles and pools have the account. One that Microsoft accepts for one of them is
// stored for the others in the same transaction, after one sign-in, as far as whoever entered it wants that; otherwise the former one
// would stay there, be refused, and cost attempts.

// Elsewhere tells where else than in a profile the password of an account is kept: in other profiles, and in pools. The id is empty
// for a profile that is yet to be made.
func (s *Service) Elsewhere(ctx context.Context, caller access.Caller, t tenant.ID, username string, besides ID) ([]account.Where, error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return nil, err
	}
	k, own := account.KeyOf(t, username), place(besides)
	of, err := s.accounts.Elsewhere(ctx, t, []string{k.Username}, func(p account.Place) bool { return p == own })
	return of[k.Username], err
}

// Kept implements account.Keeper. Classic MFA profiles keep app passwords, which have nothing to do with the account's own.
func (s *Service) Kept(ctx context.Context, t tenant.ID, usernames []string) ([]account.Kept, error) {
	sharers, err := s.store.Sharing(ctx, t, usernames)
	if err != nil {
		return nil, err
	}
	var list []account.Kept
	for _, p := range sharers {
		if p.Kind != Common {
			continue
		}
		list = append(list, account.Kept{
			Where: account.Where{Place: place(p.ID), Name: "profile " + p.Name, Keeps: true}, Username: account.Fold(p.Username),
			Sealed: p.Sealed, Works: p.Status == verdict.Valid, Record: PasswordRecord(p.Profile),
			Changed: audit.Entry{Action: Changed, Target: p.target()}.With("changed", "password").With("username", p.Username),
		})
	}
	return list, nil
}

func place(id ID) account.Place { return account.Place{Kind: PlaceKind, ID: string(id)} }

// renewals makes what the Save stores at the account's other places. An app password is for its profile alone.
func (s *Service) renewals(ctx context.Context, w deed, v verdict.Verdict, d Draft) ([]account.Renewal, error) {
	if w.profile.Kind == ClassicMFA {
		return nil, nil
	}
	by := w.entry("")
	return s.accounts.Renewals(ctx, s.ring, account.Accepted{
		Key: keyOf(w.profile), At: place(w.profile.ID), Called: "profile " + w.profile.Name, Password: d.Password, Verdict: v,
		By: w.profile.Modified, Actor: by.Actor, Origin: by.Origin,
	}, d.Elsewhere)
}

// others lists the profiles that have the same account as p.
func (s *Service) others(ctx context.Context, p Profile) ([]Profile, error) {
	sharers, err := s.store.Sharing(ctx, p.Tenant, []string{keyOf(p).Username})
	if err != nil {
		return nil, err
	}
	var list []Profile
	for _, other := range sharers {
		if other.ID != p.ID {
			list = append(list, other.Profile)
		}
	}
	return list, nil
}
