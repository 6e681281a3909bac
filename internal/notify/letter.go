package notify

import (
	"context"
	"errors"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
)

// letters addresses a message: one letter, or one to each person with a role.
func (s *Service) letters(ctx context.Context, c Contact, m Message, now time.Time) ([]Letter, error) {
	l := Letter{Contact: c.ID, Called: c.Name, Way: c.Way, Mail: c.Mail, Message: m, State: Waiting, Made: now, Next: now}
	if c.Way != ByRole {
		l.ID = LetterID(newID())
		return []Letter{l}, nil
	}
	people, err := s.People(ctx, c.Role)
	if err != nil {
		return nil, err
	}
	l.Way = Mail
	if len(people) == 0 {
		l.ID, l.State, l.Ended, l.Next = LetterID(newID()), Dead, now, time.Time{}
		l.Reason = "No email address is known of anyone with the role " + c.Role.Title() + "."
		return []Letter{l}, nil
	}
	list := make([]Letter, len(people))
	for i, p := range people {
		list[i] = l
		list[i].ID, list[i].Mail = LetterID(newID()), p.Mail
	}
	return list, nil
}

// Letters gives a page of the messages that were or are on their way.
func (s *Service) Letters(ctx context.Context, caller access.Caller, q LetterQuery) (LetterPage, error) {
	if err := access.Require(caller, access.ChangeSecurity); err != nil {
		return LetterPage{}, err
	}
	return s.Store.Letters(ctx, q)
}

// Letter gives one of them.
func (s *Service) Letter(ctx context.Context, caller access.Caller, id LetterID) (Letter, error) {
	if err := access.Require(caller, access.ChangeSecurity); err != nil {
		return Letter{}, err
	}
	l, err := s.Store.Letter(ctx, id)
	return l, told(err, FieldName)
}

// SendAgain sends a letter that was given up once more, with all its attempts.
func (s *Service) SendAgain(ctx context.Context, caller access.Caller, origin audit.Origin, id LetterID) error {
	l, err := s.Letter(ctx, caller, id)
	if err != nil {
		return err
	}
	if l.Way == Mail && l.Mail == "" {
		return problem.New(problem.Conflict, l.Reason)
	}
	e := audit.By(caller, origin, SentAgain, Contact{ID: l.Contact, Name: l.Called}.target()).With("message", string(id))
	err = s.Store.Again(ctx, id, s.moment(), e)
	if errors.Is(err, ErrChanged) {
		return problem.Wrap(err, problem.Conflict, "This message isn't waiting to be sent again.")
	}
	return told(err, FieldName)
}

// Test sends a message to a contact at once, and reports whether it was taken. The error has a sentence that says why it was not.
func (s *Service) Test(ctx context.Context, caller access.Caller, origin audit.Origin, id ContactID) error {
	if err := access.Require(caller, access.ChangeSecurity); err != nil {
		return err
	}
	c, err := s.Store.Contact(ctx, id)
	if err != nil {
		return told(err, FieldName)
	}
	m := Message{
		Subject: "A test of Purser's notifications", Test: true, At: s.moment(),
		Lines: []string{caller.Called() + " wanted to see whether messages to " + c.Name + " arrive. They do.", "Nothing has happened, and there is nothing to do."},
	}
	letters, err := s.letters(ctx, c.Contact, m, m.At)
	if err != nil {
		return err
	}
	if err := s.Store.Note(ctx, audit.By(caller, origin, Tested, c.target())); err != nil {
		return err
	}
	for _, l := range letters {
		if err := s.tryOut(ctx, c, l); err != nil {
			return err
		}
	}
	return nil
}

// tryOut makes the only attempt of a letter that is not kept.
func (s *Service) tryOut(ctx context.Context, c KeptContact, l Letter) error {
	if l.State == Dead {
		return problem.New(problem.Upstream, l.Reason)
	}
	to, err := s.opened(c, l)
	if err == nil {
		defer clearAll(to)
		err = s.attempt(ctx, to, l)
	}
	if f, ok := errors.AsType[*Failure](err); ok {
		return problem.Wrap(err, problem.Upstream, f.Reason)
	}
	if err != nil {
		return problem.Wrap(err, problem.Upstream, "The test couldn't be sent.")
	}
	return nil
}

// Letters are kept for so long after they ended.
const (
	keepSent = 30 * 24 * time.Hour
	keepDead = 90 * 24 * time.Hour
)

// Tidy removes what is kept no longer: letters, and former signing keys.
func (s *Service) Tidy(ctx context.Context) error {
	for state, keep := range map[State]time.Duration{Sent: keepSent, Dead: keepDead} {
		for more := true; more; {
			var err error
			if more, err = s.Store.ForgetLetters(ctx, state, s.moment().Add(-keep), some); err != nil {
				return err
			}
		}
	}
	return s.Store.DropFormer(ctx, s.moment())
}
