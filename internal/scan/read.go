package scan

import (
	"context"
	"errors"

	"purser.example/internal/access"
	"purser.example/internal/problem"
	"purser.example/internal/tenant"
)

var errNoScan = problem.New(problem.NotFound, "This scan doesn't exist. It may have been removed with its scan profile, or because it is old.")

// Scan gives one scan, or problem.NotFound.
func (s *Service) Scan(ctx context.Context, caller access.Caller, id ID) (Scan, error) {
	if err := require(caller); err != nil {
		return Scan{}, err
	}
	found, err := s.store.Scan(ctx, id)
	if errors.Is(err, ErrGone) {
		return Scan{}, errNoScan
	}
	s.enliven(&found)
	return found, err
}

// Scans lists scans, newest first, and whether more follow.
func (s *Service) Scans(ctx context.Context, caller access.Caller, q ScanQuery) (scans []Scan, more bool, err error) {
	if err := require(caller); err != nil {
		return nil, false, err
	}
	limit := limited(q.Limit, keptScans)
	q.Limit = limit + 1
	scans, err = s.store.Scans(ctx, q)
	if more = len(scans) > limit; more {
		scans = scans[:limit]
	}
	s.enlivenAll(scans)
	return scans, more, err
}

// Warnings lists what a scan could not settle, after a number, and whether more follow.
func (s *Service) Warnings(ctx context.Context, caller access.Caller, id ID, after int) (list []Warning, more bool, err error) {
	if err := require(caller); err != nil {
		return nil, false, err
	}
	list, err = s.store.Warnings(ctx, id, max(after, 0), pageSize+1)
	if len(list) > pageSize {
		return list[:pageSize], true, err
	}
	return list, false, err
}

// Active lists the scans that are not over, of a tenant if it is set.
func (s *Service) Active(ctx context.Context, caller access.Caller, t tenant.ID) ([]Scan, error) {
	if err := require(caller); err != nil {
		return nil, err
	}
	scans, err := s.store.Active(ctx, t)
	s.enlivenAll(scans)
	return scans, err
}

// Watch gives a channel that has something to read after each change of the scan, until stop is called.
func (s *Service) Watch(id ID) (changes <-chan struct{}, stop func()) {
	return s.shifts.Watch(string(id))
}

// Objects gives a page of what was found.
func (s *Service) Objects(ctx context.Context, caller access.Caller, q ObjectQuery) (ObjectPage, error) {
	if err := require(caller); err != nil {
		return ObjectPage{}, err
	}
	q = q.tidy()
	q.Limit = limited(q.Limit, pageSize)
	return s.store.Objects(ctx, q)
}

// tidy fills in what a view has where nobody says otherwise.
func (q ObjectQuery) tidy() ObjectQuery {
	if q.State != Away && q.State != Any {
		q.State = Present
	}
	if q.Sort != ByType && q.Sort != ByFirst && q.Sort != ByLast {
		q.Sort = ByName
	}
	return q
}

// Counts gives how many objects of each type a tenant has.
func (s *Service) Counts(ctx context.Context, caller access.Caller, t tenant.ID) ([]Count, error) {
	if err := require(caller); err != nil {
		return nil, err
	}
	return s.store.Counts(ctx, t)
}

// enliven adds what only this process knows of a scan that goes on: until when Microsoft asked it to wait.
func (s *Service) enliven(of *Scan) {
	if of == nil || of.State.Over() {
		return
	}
	s.mu.Lock()
	source := s.open[of.ID]
	s.mu.Unlock()
	if source == nil {
		return
	}
	if until := source.Resting(); until.After(s.now()) {
		of.Rests = until.UTC()
	}
}

func (s *Service) enlivenAll(scans []Scan) {
	for i := range scans {
		s.enliven(&scans[i])
	}
}
