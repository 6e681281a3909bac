package pool

import (
	"context"
	"slices"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/appprofile"
	"purser.example/internal/profile"
	"purser.example/internal/tenant"
)

// UseKind is what a pool is among all that may use a profile. The class names it in its tenant.
const UseKind = "account pool"

// Uses implements profile.User: a profile is used by the pools that its account is a member of, as saved or still in force (R20).
func (s *Service) Uses(ctx context.Context, caller access.Caller, p profile.Profile) ([]profile.Use, error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return nil, err
	}
	with, err := s.store.ClassesWith(ctx, account.KeyOf(p.Tenant, p.Username))
	if err != nil {
		return nil, err
	}
	var uses []profile.Use
	for _, class := range Classes {
		if slices.Contains(with, class) {
			uses = append(uses, profile.Use{Kind: UseKind, ID: string(class), Name: class.Title()})
		}
	}
	return uses, nil
}

// UsesOfTenant implements appprofile.User: without an app profile no pool of the tenant can be read.
func (s *Service) UsesOfTenant(ctx context.Context, caller access.Caller, t tenant.ID) ([]appprofile.Use, error) {
	pools, err := s.Pools(ctx, caller, t)
	if err != nil {
		return nil, err
	}
	use := appprofile.Use{Kind: UseKind}
	for _, p := range pools {
		if p.Version.Number > 0 {
			use.Count++
			use.Names = append(use.Names, p.Class.Title())
		}
	}
	if use.Count == 0 {
		return nil, nil
	}
	return []appprofile.Use{use}, nil
}
