package scan

import (
	"context"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/appprofile"
	"purser.example/internal/pool"
	"purser.example/internal/profile"
	"purser.example/internal/tenant"
)

// UseKind is what a scan profile is among all that may use a service account profile or a tenant.
const UseKind = "scan profile"

// fewNames is how many things are named where there may be many.
const fewNames = 3

// Uses implements profile.User: a profile is used by the scan profiles that sign in with it (R20).
func (s *Service) Uses(ctx context.Context, caller access.Caller, p profile.Profile) ([]profile.Use, error) {
	if err := require(caller); err != nil {
		return nil, err
	}
	list, err := s.store.Profiles(ctx, p.Tenant)
	if err != nil {
		return nil, err
	}
	var uses []profile.Use
	for _, l := range list {
		if l.Method == ByAccount && l.Account == p.ID {
			uses = append(uses, profile.Use{Kind: UseKind, ID: string(l.ID), Name: l.Name})
		}
	}
	return uses, nil
}

// UsesOfTenant implements appprofile.User: without an app profile nothing of the tenant can be scanned.
func (s *Service) UsesOfTenant(ctx context.Context, caller access.Caller, t tenant.ID) ([]appprofile.Use, error) {
	if err := require(caller); err != nil {
		return nil, err
	}
	list, err := s.store.Profiles(ctx, t)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	use := appprofile.Use{Kind: UseKind, Count: len(list)}
	for _, l := range list[:min(len(list), fewNames)] {
		use.Names = append(use.Names, l.Name)
	}
	return []appprofile.Use{use}, nil
}

// Counted implements pool.Counter: how many objects of a pool's class the last scans found, and when (R45).
func (s *Service) Counted(ctx context.Context, key pool.Key) (n int, at time.Time, err error) {
	counts, err := s.store.Counts(ctx, key.Tenant)
	if err != nil {
		return 0, time.Time{}, err
	}
	n, at = Objects(counts, key.Class)
	return n, at, nil
}
