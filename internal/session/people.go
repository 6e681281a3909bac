package session

import (
	"context"
	"errors"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
)

// Ended is that somebody ended a session, their own or another's (R66).
const Ended audit.Action = "session ended"

// PageSize is how many sessions a page has.
const PageSize = 50

// Page says which part of the sessions is asked for: those that began before After, or those that began after Before, each the place of a
// session at the edge of another page. Neither: the first.
type Page struct {
	After, Before *Place
	Limit         int
}

// Place is where a session stands among all: by when it began, and by its key among those that began at once.
type Place struct {
	Created time.Time
	Key     Key
}

// Which says which sessions are to end: those of people to whom all of it applies. What says nothing ends none.
type Which struct {
	Keys  []Key          // these; nil: whichever
	Of    *access.Caller // of this person; nil: whosever
	NotOf *access.Caller // of anybody else
	But   Key            // this one is left alone
}

// most is how many sessions are named at once.
const most = 500

// SignedIn is a session as somebody sees it who may end it.
type SignedIn struct {
	Key    Key
	Caller access.Caller
	Since  time.Time
	Seen   time.Time
	Came   Came // empty where it began before Purser kept it
	This   bool // it is the session that asks
	Own    bool // it is of the person who asks
}

// Place is where it stands among all.
func (s SignedIn) Place() Place { return Place{s.Since, s.Key} }

// Listing is a page of who is signed in.
type Listing struct {
	Sessions []SignedIn
	Earlier  bool // there are some that began before these
	Later    bool // there are some that began after these
}

var errGone = problem.New(problem.NotFound, "This session has already ended.")

// List gives a page of who is signed in, for those who may end their sessions (R66).
func (s *Service) List(ctx context.Context, by Session, p Page) (Listing, error) {
	if err := access.Require(by.Caller, access.ChangeSecurity); err != nil {
		return Listing{}, err
	}
	p.Limit = PageSize
	rows, more, err := s.store.List(ctx, p)
	listing := Listing{Sessions: s.signedIn(ctx, by, rows), Earlier: more || p.Before != nil, Later: p.After != nil}
	if p.Before != nil {
		listing.Later = more
	}
	return listing, err
}

// Own gives the sessions of the person who asks.
func (s *Service) Own(ctx context.Context, by Session) ([]SignedIn, error) {
	rows, err := s.store.OfPerson(ctx, by.Caller.Issuer, by.Caller.Subject)
	return s.signedIn(ctx, by, rows), err
}

// signedIn leaves out what has ended and is not swept yet, and what Purser did not write.
func (s *Service) signedIn(ctx context.Context, by Session, rows []Row) (list []SignedIn) {
	for _, row := range rows {
		sess, goesOn := s.examine(ctx, row)
		if !goesOn {
			continue
		}
		now := row.Caller
		if s.roles != nil {
			var err error
			if now, err = s.roles(ctx, row.Caller); errors.Is(err, ErrEnded) {
				continue
			} else if err != nil {
				now = row.Caller // who it is does not hang on what they may do
			}
		}
		shown := SignedIn{Key: row.Key, Caller: now, Since: row.Created, Seen: sess.Seen, This: row.Key == by.Key, Own: samePerson(row.Caller, by.Caller)}
		if state, err := s.unseal(row); err == nil && state.Came != nil {
			shown.Came = *state.Came
		}
		list = append(list, shown)
	}
	return list
}

// samePerson reports whether two callers are one person.
func samePerson(a, b access.Caller) bool { return a.Issuer == b.Issuer && a.Subject == b.Subject }

// Chosen gives those of the sessions named that go on and that the caller may end: their own, or, for a Tenant Owner, any.
func (s *Service) Chosen(ctx context.Context, by Session, keys []Key) ([]SignedIn, error) {
	var rows []Row
	for _, key := range keys[:min(len(keys), most)] {
		row, err := s.store.Load(ctx, key)
		if errors.Is(err, ErrEnded) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if row.Caller.SignedIn() && (samePerson(row.Caller, by.Caller) || by.Caller.May(access.ChangeSecurity)) {
			rows = append(rows, row)
		}
	}
	return s.signedIn(ctx, by, rows), nil
}

// End ends sessions: one's own, or, for a Tenant Owner, any (R66). It gives how many it ended, because some may have ended meanwhile.
func (s *Service) End(ctx context.Context, by Session, origin audit.Origin, keys []Key) (ended int, err error) {
	if len(keys) == 0 {
		return 0, nil
	}
	which := Which{Keys: keys[:min(len(keys), most)]}
	if !by.Caller.May(access.ChangeSecurity) {
		which.Of = &by.Caller
	}
	return s.end(ctx, by, origin, which)
}

// EndPerson ends all sessions of the person whose one of them is, but for the one that asks.
func (s *Service) EndPerson(ctx context.Context, by Session, origin audit.Origin, one Key) (ended int, err error) {
	if err := access.Require(by.Caller, access.ChangeSecurity); err != nil {
		return 0, err
	}
	row, err := s.store.Load(ctx, one)
	if errors.Is(err, ErrEnded) || err == nil && !row.Caller.SignedIn() {
		return 0, errGone
	}
	if err != nil {
		return 0, err
	}
	return s.end(ctx, by, origin, Which{Of: &row.Caller, But: by.Key})
}

// EndOthers ends the sessions of everybody but the person who asks.
func (s *Service) EndOthers(ctx context.Context, by Session, origin audit.Origin) (ended int, err error) {
	if err := access.Require(by.Caller, access.ChangeSecurity); err != nil {
		return 0, err
	}
	return s.end(ctx, by, origin, Which{NotOf: &by.Caller})
}

// EndElsewhere ends all sessions of the person who asks but the one that asks.
func (s *Service) EndElsewhere(ctx context.Context, by Session, origin audit.Origin) (ended int, err error) {
	return s.end(ctx, by, origin, Which{Of: &by.Caller, But: by.Key})
}

// end ends sessions for somebody whose own goes on: of two owners who end each other at once, the second one finds that theirs is over.
func (s *Service) end(ctx context.Context, by Session, origin audit.Origin, which Which) (int, error) {
	ended, err := s.store.End(ctx, by.Key, which, func(row Row) audit.Entry {
		what := target(row.Key)
		what.Name = row.Caller.Called()
		return audit.By(by.Caller, origin, Ended, what).With("sign-in", row.Caller.SignIn)
	})
	if errors.Is(err, ErrEnded) {
		return 0, problem.Wrap(err, problem.Unauthenticated, "Your own session has ended. Nothing was changed.")
	}
	for _, row := range ended {
		s.forget(row.Key)
		s.log.InfoContext(ctx, "session ended", "request_id", origin.Request, "session", row.Key.Short(), "sign_in", row.Caller.SignIn, "by", by.Caller.SignIn)
	}
	return len(ended), err
}
