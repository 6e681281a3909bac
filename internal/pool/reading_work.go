package pool

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
)

// GroupRead is the name of the job that a reading is in the queue.
const GroupRead = "group_read"

// Read carries a reading out, or waits for whoever does: it may be called again after whatever ended it before. It returns nil
// when the reading is over and run.ErrHandedBack when ctx ended first.
func (s *Service) Read(ctx context.Context, id ReadingID) error {
	return s.shifts.Do(ctx, string(id), func(ctx context.Context) error { return s.readAnew(ctx, id) })
}

// readAnew reads the group again from its first member, because Graph's pages do not outlive the process that asked for them.
func (s *Service) readAnew(ctx context.Context, id ReadingID) error {
	r, err := s.store.Reading(ctx, id)
	if errors.Is(err, ErrGone) || err == nil && r.State != ReadingRuns {
		return nil
	}
	if err != nil {
		return err
	}
	if err := s.store.ForgetMembers(ctx, id); err != nil {
		return err
	}
	t, err := s.tenants.Find(ctx, r.Key.Tenant)
	if err != nil {
		return err
	}
	return s.read(ctx, r, opener{r.Actor.Caller(), r.Origin, t, r.Unasked})
}

// read reads the members and stores them. The error is one of ours: what Microsoft refuses is the reading's own outcome.
func (s *Service) read(ctx context.Context, r Reading, o opener) error {
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-ctx.Done():
		return nil
	}
	err := problem.Guard(func() error {
		_, err := ask(ctx, s, o, func(d Session) (struct{}, error) { return struct{}{}, s.readWith(ctx, d, r) })
		return err
	})
	if ctx.Err() != nil {
		return nil // the next start begins anew
	}
	state, failure := ReadingDone, ""
	if err != nil {
		state, failure = ReadingFailed, problem.Message(err)
		if kind := problem.KindOf(err); (kind == problem.Internal || kind == problem.Unavailable || kind == problem.Altered) && !errors.Is(err, ErrShut) {
			s.log.ErrorContext(ctx, "members of a group not read", "reading", r.ID, "error", problem.Told(err))
		}
	}
	switch {
	case errors.Is(err, ErrGone):
		failure = problem.Message(errGroupGone)
	case errors.Is(err, ErrShut):
		failure = "To read on, Purser has to sign in with a service account. Select Validate to allow it."
	}
	if err == nil && r.Group.Hidden {
		state, failure, err = s.hiddenOutcome(ctx, r)
		if err != nil {
			return err
		}
	}
	return s.endReading(ctx, o, r, state, failure)
}

// hiddenOutcome is the outcome of a reading of a group with hidden membership: an empty list of one was not read (X9).
func (s *Service) hiddenOutcome(ctx context.Context, r Reading) (ReadingState, string, error) {
	got, err := s.store.Reading(ctx, r.ID)
	if err != nil || got.Counts.Members > 0 {
		return ReadingDone, "", err
	}
	got.State = ReadingFailed
	return ReadingFailed, got.Remark(), nil
}

func (s *Service) endReading(ctx context.Context, o opener, r Reading, state ReadingState, failure string) error {
	e := audit.By(o.caller, o.origin, ReadingEnded, target(o.tenant, r.Key.Class)).With("group", r.Group.Name).With("state", string(state))
	if got, err := s.store.Reading(ctx, r.ID); err == nil {
		e = e.With("members", fmt.Sprint(got.Counts.Members)).With("left out", fmt.Sprint(got.Counts.LeftOut))
	}
	if err := account.Persist(ctx, func() error { return s.store.EndReading(ctx, r.ID, state, failure, e) }); err != nil {
		return err
	}
	s.shifts.Changed(string(r.ID))
	if state == ReadingDone {
		if err := s.noteChange(ctx, r); err != nil {
			return err
		}
	}
	return s.store.PruneReadings(ctx, r.Key, keptReadings, s.now().Add(-keptFor))
}

// keptReadings is how many readings that nobody saved are kept of a pool, however old, and keptFor how long all of them are: somebody
// may still be looking at one, and typing for it.
const (
	keptReadings = 4
	keptFor      = 2 * time.Hour
)

// readWith reads what the group holds, and what the groups within it hold where there are any.
func (s *Service) readWith(ctx context.Context, d Session, r Reading) error {
	nested := false
	err := s.pipe(ctx, d, r, false, func(o Object) { nested = nested || o.Kind == NestedGroup || o.Kind == HiddenGroup })
	if err != nil || !nested {
		return err
	}
	return s.pipe(ctx, d, r, true, func(Object) {})
}

// pipe stores each page while the next one is on its way.
func (s *Service) pipe(ctx context.Context, d Session, r Reading, nested bool, look func(Object)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	pages := make(chan []Object, 1)
	stored := make(chan error, 1)
	go func() {
		var failed error
		for page := range pages {
			if failed == nil {
				failed = problem.Guard(func() error { return s.storePage(ctx, r, page, nested) })
				cancelOn(cancel, failed)
			}
		}
		stored <- failed
	}()
	err := problem.Guard(func() error {
		return d.Members(ctx, r.Group.ID, nested, func(page []Object) error {
			for _, o := range page {
				if o.Kind == "" && o.Username == "" {
					return &Unread{Permission: "User.Read.All"} // of accounts that may not be read Graph gives the ids alone
				}
				look(o)
			}
			pages <- page
			return nil
		})
	})
	close(pages)
	if failed := <-stored; failed != nil {
		return failed
	}
	return err
}

func cancelOn(cancel context.CancelCauseFunc, err error) {
	if err != nil {
		cancel(err)
	}
}

func (s *Service) storePage(ctx context.Context, r Reading, page []Object, nested bool) error {
	matter := r.Key.Class.Products()
	for i, o := range page {
		page[i].Products = slices.DeleteFunc(o.Products, func(p string) bool { return !slices.Contains(matter, p) })
	}
	err := account.Persist(ctx, func() error { return s.store.AddObjects(ctx, r, page, nested) })
	s.shifts.Changed(string(r.ID))
	return err
}
