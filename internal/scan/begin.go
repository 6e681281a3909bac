package scan

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/run"
	"purser.example/internal/tenant"
)

// Run begins a scan of the profile. Where the former one still runs the scan that comes back is Skipped (R52).
func (s *Service) Run(ctx context.Context, caller access.Caller, origin audit.Origin, id ProfileID) (Scan, error) {
	if err := require(caller); err != nil {
		return Scan{}, err
	}
	begun, err := s.begin(ctx, id, beginner{audit.By(caller, origin, "", audit.Target{}), true})
	if errors.Is(err, ErrGone) {
		return Scan{}, errNoProfile
	}
	return begun, err
}

// Rerun begins a scan of every scan profile of the tenant (R46). It returns problem.Invalid where there is none.
func (s *Service) Rerun(ctx context.Context, caller access.Caller, origin audit.Origin, t tenant.ID) ([]Scan, error) {
	if err := require(caller); err != nil {
		return nil, err
	}
	var profiles []Listed
	if t != "" { // the store would list those of all tenants
		var err error
		if profiles, err = s.store.Profiles(ctx, t); err != nil {
			return nil, err
		}
	}
	var scans []Scan
	for _, p := range profiles {
		begun, err := s.Run(ctx, caller, origin, p.ID)
		if problem.KindOf(err) == problem.NotFound {
			continue // deleted this moment
		}
		if err != nil {
			return scans, err
		}
		scans = append(scans, begun)
	}
	if len(scans) == 0 {
		return nil, problem.New(problem.Invalid, "This tenant has no scan profile, so there is nothing to rerun. Create one first.")
	}
	return scans, nil
}

// beginner is who begins a scan: their entry in the activity log, and whether they are a person.
type beginner struct {
	by       audit.Entry
	attended bool
}

// begin makes a scan of the profile as it is now. The profile's next time is read and set under one lock: two that begin at the same
// moment would set it back.
func (s *Service) begin(ctx context.Context, id ProfileID, who beginner) (Scan, error) {
	s.beginning.Lock()
	defer s.beginning.Unlock()
	p, err := s.store.Profile(ctx, id)
	if err != nil {
		return Scan{}, err
	}
	now := s.now().UTC().Truncate(time.Millisecond)
	next := p.Next
	if !who.attended {
		if p.Next.IsZero() || p.Next.After(now) {
			return Scan{}, ErrChanged // it was due when somebody looked, and is not any more
		}
		next = p.Schedule.Next(now, p.Next)
	}
	made, err := s.made(p, who, now)
	if err != nil {
		return Scan{}, err
	}
	err = s.store.Begin(ctx, made, next, made.entry(Begun).With("method", string(made.Method)))
	if errors.Is(err, ErrBusy) {
		return s.skip(ctx, made, next)
	}
	if err != nil {
		return Scan{}, err
	}
	s.shifts.Changed(string(made.ID))
	return made, nil
}

// made is a scan of a profile as it begins.
func (s *Service) made(p Profile, who beginner, now time.Time) (Scan, error) {
	id, err := uuid.NewV7()
	made := Scan{
		ID: ID(id.String()), Profile: p.ID, Name: p.Name, Tenant: p.Tenant, Method: p.Method, Attended: who.attended, Actor: who.by.Actor, Origin: who.by.Origin,
		State: Waiting, Begun: now,
	}
	for _, t := range p.Types {
		made.Sections = append(made.Sections, Section{Type: t, State: SectionWaiting})
	}
	return made, err
}

// skip keeps that a scan did not begin, because the former one still runs.
func (s *Service) skip(ctx context.Context, made Scan, next time.Time) (Scan, error) {
	made.State, made.Code, made.Ended, made.Sections = Skipped, StillRuns, made.Begun, nil
	return made, s.store.Skip(ctx, made, next, made.entry(SkippedEntry).With("code", string(made.Code)))
}

// target is what entries about a scan are about.
func (s Scan) target() audit.Target {
	return audit.Target{Kind: "scan profile", ID: string(s.Profile), Name: s.Name}
}

// entry is what Purser writes down of a scan on behalf of whoever began it.
func (s Scan) entry(action audit.Action) audit.Entry {
	return audit.Entry{Actor: s.Actor, Origin: s.Origin, Action: action, Target: s.target()}.With("scan", string(s.ID)).With("tenant", string(s.Tenant))
}

// Stop asks a scan to stop: what was found stays. It returns problem.Conflict for one that is over.
func (s *Service) Stop(ctx context.Context, caller access.Caller, origin audit.Origin, id ID) error {
	of, err := s.Scan(ctx, caller, id)
	if err != nil {
		return err
	}
	e := audit.By(caller, origin, StopAsked, of.target()).With("scan", string(id))
	switch err := s.store.Stop(ctx, id, e); {
	case errors.Is(err, ErrGone):
		return errNoScan
	case errors.Is(err, ErrChanged):
		return problem.Wrap(err, problem.Conflict, "This scan is already over or being stopped.")
	case err != nil:
		return err
	}
	s.shifts.Cancel(string(id))
	s.shifts.Changed(string(id))
	s.endAtOnce(ctx, id)
	return nil
}

// endAtOnce ends a scan that nobody works on yet: it would wait for a place in the queue only to hear that it is not wanted any more.
func (s *Service) endAtOnce(ctx context.Context, id ID) {
	shift, taken := s.shifts.Take(context.WithoutCancel(ctx), string(id))
	if !taken {
		return
	}
	go func() {
		err := shift.Do(func(ctx context.Context) error { return s.carryOut(ctx, id) })
		if err != nil && !errors.Is(err, run.ErrHandedBack) {
			after, cancel := account.Beyond(ctx)
			defer cancel()
			s.log.ErrorContext(after, "a scan that was stopped did not end", "scan", id, "error", problem.Told(err))
		}
	}()
}
