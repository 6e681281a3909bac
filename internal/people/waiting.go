package people

import (
	"context"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
)

// askAgain is how long somebody waits before they can ask for a role again.
const askAgain = 24 * time.Hour

var noTime time.Time

// answered is when somebody's request was answered; that of before, where they did not wait for one.
func answered(p Person, now time.Time) time.Time {
	if p.Asked.IsZero() {
		return p.Answered
	}
	return now
}

// Waiting is somebody whom an owner has to answer: they came with the address of somebody who was given a role, or ask for one.
type Waiting struct {
	Person
	For *Person // whose role they would get; nil where they ask for one
}

// MostWaiting is how many of those who wait are shown at once.
const MostWaiting = 20

// Waiting lists whom owners have to answer, those who have waited longest first, a few at most.
func (s *Service) Waiting(ctx context.Context, caller access.Caller) ([]Waiting, error) {
	if err := access.Require(caller, access.ManagePeople); err != nil {
		return nil, err
	}
	return s.Store.Waiting(ctx)
}

// Accept gives somebody what was given to the person of their address, because an owner says that it is them (R7). What was given moves: it
// is there once, whoever comes with the address later.
func (s *Service) Accept(ctx context.Context, caller access.Caller, origin audit.Origin, id ID) error {
	if err := access.Require(caller, access.ManageOwners); err != nil {
		return err
	}
	p, err := s.Store.Find(ctx, id)
	if err != nil {
		return gone(err)
	}
	if p.WaitsFor == "" {
		return errAnswered
	}
	_, err = s.Store.Change(ctx, Whom{Issuer: caller.Issuer, Subject: caller.Subject}, s.Issuer, []ID{id, p.WaitsFor}, func(now Standing) (Outcome, error) {
		by, err := s.actor(ctx, caller, now.Actor)
		if err != nil {
			return Outcome{}, err
		}
		return s.accepted(ctx, caller, by, origin, now.Rows[0], now.Rows[1])
	})
	return gone(err)
}

var errAnswered = problem.New(problem.Conflict, "Someone answered this in the meantime. Nothing was changed.")

func (s *Service) accepted(ctx context.Context, caller, by access.Caller, origin audit.Origin, p, known Person) (Outcome, error) {
	switch {
	case !by.May(access.ManageOwners):
		return Outcome{}, errOwnersOwn
	case p.WaitsFor != known.ID:
		return Outcome{}, errAnswered
	case p.Is(caller):
		return Outcome{}, errSelf
	case known.Subject != "" && known.Issuer == s.Issuer: // who was waited for has come in the meantime
		return Outcome{}, errAnswered
	case !s.proved(ctx, known) || known.Deactivated:
		return Outcome{}, problem.New(problem.Conflict, known.Called()+" has no role to give. Nothing was changed.")
	}
	after := s.believed(ctx, p)
	after.Given, after.GivenAt, after.GivenBy, after.WaitsFor = Strongest(after.Given, known.Given), known.GivenAt, known.GivenBy, ""
	after.Primary = after.Primary || known.Primary
	if after.Object == "" {
		after.Tenant, after.Object = known.Tenant, known.Object
	}
	after.Asked, after.Answered = noTime, answered(p, s.Now())
	after, err := s.sealed(after)
	entry := audit.By(caller, origin, Accepted, p.target()).With("before", p.told()).With("after", after.told()).With("address", p.SignIn).With("as", known.Called()).With("subject", p.Subject)
	return Outcome{Kept: []Person{after}, Removed: []ID{known.ID}, Entries: []audit.Entry{entry}}, err
}

// Decline says that somebody is not who was given a role, or gets none.
func (s *Service) Decline(ctx context.Context, caller access.Caller, origin audit.Origin, id ID) error {
	if err := access.Require(caller, access.ManageOwners); err != nil {
		return err
	}
	_, err := s.Store.Change(ctx, Whom{Issuer: caller.Issuer, Subject: caller.Subject}, s.Issuer, []ID{id}, func(now Standing) (Outcome, error) {
		by, err := s.actor(ctx, caller, now.Actor)
		p := now.Rows[0]
		switch {
		case err != nil:
			return Outcome{}, err
		case !by.May(access.ManageOwners):
			return Outcome{}, errOwnersOwn
		case p.WaitsFor == "" && p.Asked.IsZero():
			return Outcome{}, errAnswered
		}
		after := p
		after.WaitsFor, after.Asked, after.Answered = "", noTime, s.Now()
		return Outcome{Kept: []Person{after}, Entries: []audit.Entry{audit.By(caller, origin, Declined, p.target()).With("address", p.SignIn)}}, nil
	})
	return gone(err)
}

// Ask notes that somebody without a role wants one. Whoever waits for an answer, or had one less than a day ago, is not noted again, and is
// not told the difference.
func (s *Service) Ask(ctx context.Context, caller access.Caller, origin audit.Origin) error {
	p, err := s.Store.Known(ctx, caller.Issuer, caller.Subject)
	if err != nil {
		return gone(err)
	}
	_, err = s.Store.Change(ctx, Whom{}, s.Issuer, []ID{p.ID}, func(now Standing) (Outcome, error) {
		p := now.Rows[0]
		if p.Deactivated || p.Role() != "" || !p.Asked.IsZero() || s.Now().Sub(p.Answered).Abs() < askAgain {
			return Outcome{}, nil
		}
		p.Asked = s.Now()
		return Outcome{Kept: []Person{p}, Entries: []audit.Entry{audit.By(caller, origin, RoleAsked, p.target())}}, nil
	})
	return gone(err)
}
