package pool

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
)

// Versions compares what is saved with what is in force (R46).
func (s *Service) Versions(ctx context.Context, caller access.Caller, key Key) (Versions, error) {
	p, err := s.Pool(ctx, caller, key)
	if err != nil {
		return Versions{}, err
	}
	v := Versions{Pool: p, Group: p.Group.ID != p.InForce.Group.ID, AdminURL: p.AdminURL != p.InForce.AdminURL}
	if p.Reading != p.InForce.Reading {
		v.Difference, err = s.difference(ctx, p.InForce.Reading, p.Reading)
	}
	return v, err
}

// Compare tells what changed from an old reading to a new one of the same pool. It returns problem.Conflict for a reading that
// still goes on.
func (s *Service) Compare(ctx context.Context, caller access.Caller, old, now ReadingID) (Difference, error) {
	var keys []Key
	for _, id := range []ReadingID{old, now} {
		r, err := s.Reading(ctx, caller, id)
		if err != nil {
			return Difference{}, err
		}
		if r.State != ReadingDone {
			return Difference{}, problem.New(problem.Conflict, "The members of this group have not been read to the end. Look again when the list is complete.")
		}
		keys = append(keys, r.Key)
	}
	if keys[0] != keys[1] {
		return Difference{}, errNoReading
	}
	return s.difference(ctx, old, now)
}

// keptDifferences bounds how many differences are kept.
const keptDifferences = 64

// difference compares two readings that are done. Those never change, so the page that shows a large pool again and again has it
// compared once.
func (s *Service) difference(ctx context.Context, old, now ReadingID) (Difference, error) {
	pair := [2]ReadingID{old, now}
	s.mu.Lock()
	d, known := s.compared[pair]
	s.mu.Unlock()
	if known {
		return d, nil
	}
	d, err := s.store.Compare(ctx, old, now, Shown)
	if err != nil {
		return d, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.compared) >= keptDifferences {
		clear(s.compared)
	}
	s.compared[pair] = d
	return d, nil
}

// BringIntoForce is what a scan calls when it begins to use what is saved (R46, R51): from then on that version is in force. It
// gives the version, and does nothing where it is in force already. scan is what the activity log names as the reason.
func (s *Service) BringIntoForce(ctx context.Context, key Key, by account.Stamp, scan audit.Target) (Version, error) {
	for {
		p, e, due, err := s.Coming(ctx, key, by, scan)
		if err != nil || !due {
			return p.InForce, err
		}
		err = s.store.BringIntoForce(ctx, p, by, e)
		if errors.Is(err, ErrChanged) {
			continue // saved this moment: that version then
		}
		p.Version.By = by
		return p.Version, err
	}
}

// Coming gives what is saved of a pool, and what the activity log says when it comes into force, for whoever stores that together with a
// change of their own. It is not due where it is in force already, or where nobody has saved it.
func (s *Service) Coming(ctx context.Context, key Key, by account.Stamp, scan audit.Target) (p Pool, e audit.Entry, due bool, err error) {
	t, err := s.tenants.Find(ctx, key.Tenant)
	if err != nil {
		return Pool{}, audit.Entry{}, false, err
	}
	if p, err = s.store.Pool(ctx, key); err != nil || p.InForce.Number == p.Number {
		return p, audit.Entry{}, false, err
	}
	e = audit.Entry{Action: CameIntoForce, Target: target(t, key.Class)}.With("version", fmt.Sprint(p.Number)).With("group", p.Group.Name).
		With("by", by.By).With(scan.Kind, scan.Name)
	return p, e, true, nil
}

// Saved is Pool for internal use, where no person asks.
func (s *Service) Saved(ctx context.Context, key Key) (Pool, error) { return s.store.Pool(ctx, key) }

// Roster lists who the members of the saved version are, by username. Those whose username Microsoft did not let be read are not in it.
func (s *Service) Roster(ctx context.Context, key Key) ([]Member, error) {
	p, err := s.store.Pool(ctx, key)
	if err != nil || p.Reading == "" {
		return nil, err
	}
	roster, err := s.store.Roster(ctx, p.Reading)
	delete(roster, "")
	list := make([]Member, 0, len(roster))
	for _, key := range slices.Sorted(maps.Keys(roster)) {
		list = append(list, roster[key])
	}
	return list, err
}
