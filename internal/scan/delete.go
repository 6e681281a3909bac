package scan

import (
	"context"
	"errors"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
)

// maxLooks is how often a change looks at what it changes where others come between.
const maxLooks = 5

// BeforeDelete gives those of the profiles that are still there, each with what goes with it.
func (s *Service) BeforeDelete(ctx context.Context, caller access.Caller, ids []ProfileID) ([]Doomed, error) {
	if err := require(caller); err != nil {
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
		scans, err := s.store.Scans(ctx, ScanQuery{Profile: id, Limit: keptScans + 1})
		if err != nil {
			return nil, err
		}
		doomed = append(doomed, Doomed{p, len(scans)})
	}
	return doomed, nil
}

// Delete removes profiles with their history, all or none. It returns problem.Conflict where one was changed or is being scanned. One that
// somebody else has deleted already is passed over.
func (s *Service) Delete(ctx context.Context, caller access.Caller, origin audit.Origin, seen []Seen) error {
	if err := require(caller); err != nil {
		return err
	}
	for try := 1; ; try++ {
		err := s.delete(ctx, caller, origin, seen)
		// Somebody came between looking and deleting: looking again tells who, and to which of them.
		if raced := errors.Is(err, ErrChanged) || errors.Is(err, ErrGone); !raced || try == maxLooks {
			return undeleted(err)
		}
	}
}

func (s *Service) delete(ctx context.Context, caller access.Caller, origin audit.Origin, seen []Seen) error {
	var profiles []Profile
	var entries []audit.Entry
	for _, each := range seen {
		p, err := s.store.Profile(ctx, each.ID)
		if errors.Is(err, ErrGone) {
			continue
		}
		if err != nil {
			return err
		}
		if p.Version != each.Version {
			return &Conflict{Now: p}
		}
		profiles = append(profiles, p)
		entries = append(entries, audit.By(caller, origin, Deleted, p.target()).With("tenant", string(p.Tenant)).With("types", p.types()))
	}
	if len(profiles) == 0 {
		return nil
	}
	return s.store.Delete(ctx, profiles, entries...)
}

func undeleted(err error) error {
	if errors.Is(err, ErrBusy) {
		return problem.Wrap(err, problem.Conflict, "A scan of this profile is still running. Stop it or wait for its end, then delete the profile. Nothing was deleted.")
	}
	return err
}
