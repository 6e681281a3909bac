package profile

import (
	"context"
	"slices"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/catalogue"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

// PageSize is how many profiles a page of the list holds (R10).
const PageSize = 50

// soon is how near a password's end is when a tile counts it.
const soon = 30 * 24 * time.Hour

// shownPast is how much of its past a profile shows.
const shownPast = 20

// Details is everything known about one profile.
type Details struct {
	Profile
	TenantInfo tenant.Tenant
	Services   []catalogue.Service
	Warnings   []verdict.Warning
	History    []Validation
	Changes    []audit.Link
	Attempts   int       // sign-ins with the account in the last hour
	Uses       []Use     // what would fail without it
	Others     []Profile // that have the same account
}

// List gives one page of the list and the counts above it.
func (s *Service) List(ctx context.Context, caller access.Caller, q Query) (Page, Counts, error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return Page{}, Counts{}, err
	}
	q.Limit, q.Window = PageSize, expiring(s.now())
	page, err := s.store.List(ctx, q)
	return page, page.Counts, err
}

// HasClassic reports whether there are classic MFA profiles, so that pages say what comes for them (R34).
func (s *Service) HasClassic(ctx context.Context, caller access.Caller) (bool, error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return false, err
	}
	return s.store.HasClassic(ctx)
}

// Standing counts the profiles of a tenant by status, or all where it is empty (R94).
func (s *Service) Standing(ctx context.Context, caller access.Caller, t tenant.ID) (map[verdict.Status]int, error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return nil, err
	}
	return s.store.Standing(ctx, t)
}

// expiring is what counts as expiring soon: whole days, because counters are kept by the day.
func expiring(now time.Time) Window {
	const day = 24 * time.Hour
	return Window{From: 0, To: now.Add(soon).UTC().Truncate(day).Add(day).UnixMilli()}
}

// Find gives a profile without its past.
func (s *Service) Find(ctx context.Context, caller access.Caller, id ID) (Profile, error) {
	if err := access.Require(caller, access.ManageServiceAccounts); err != nil {
		return Profile{}, err
	}
	p, err := s.store.Profile(ctx, id)
	return p, forPeople(err)
}

// Details gives everything known about a profile.
func (s *Service) Details(ctx context.Context, caller access.Caller, id ID) (Details, error) {
	p, err := s.Find(ctx, caller, id)
	if err != nil {
		return Details{}, err
	}
	d := Details{Profile: p, Services: slices.Collect(catalogue.Named(p.Services)), Warnings: s.Warnings(p)}
	if d.TenantInfo, err = s.tenants.Find(ctx, p.Tenant); err != nil {
		return Details{}, err
	}
	if d.History, err = s.store.History(ctx, id, shownPast); err != nil {
		return Details{}, err
	}
	if d.Changes, err = s.store.Changes(ctx, id, shownPast); err != nil {
		return Details{}, err
	}
	if d.Uses, err = s.Uses(ctx, caller, p); err != nil {
		return Details{}, err
	}
	if d.Others, err = s.others(ctx, p); err != nil {
		return Details{}, err
	}
	d.Attempts, err = s.accounts.Recent(ctx, keyOf(p))
	return d, err
}

// Warnings lists what is short about a valid account today, given what its services need.
func (s *Service) Warnings(p Profile) []verdict.Warning {
	if !p.Verdict.Valid() {
		return nil
	}
	needs := make([]verdict.Need, 0, len(p.Services))
	for service := range catalogue.Named(p.Services) {
		needs = append(needs, service.Need())
	}
	return p.Verdict.Review(needs, s.now())
}
