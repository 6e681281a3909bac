package notify

import (
	"context"
	"errors"
	"fmt"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/problem"
	"purser.example/internal/secret"
)

const (
	// look is how long at most nobody looks for what is due, whatever was due next: clocks are put right.
	look = 15 * time.Second
	// atOnce is how many letters are sent at the same time, each to another address.
	atOnce = 8
	// longestWait is how far off no attempt is.
	longestWait = 8 * time.Hour
)

// waits are before another attempt, after so many. Then a letter is given up: more than a day after it was written.
var waits = []time.Duration{
	time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 20 * time.Minute, 40 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour, 8 * time.Hour,
}

// Tick settles who is told of what happened, makes letters of what is due, and begins to send those whose turn has come. It is called every
// second, one call after the other, and does not wait for what is sent.
func (s *Service) Tick(ctx context.Context) error {
	now := s.moment()
	written := s.Store.Written()
	if s.sleeps(now, written) {
		return nil
	}
	if err := s.match(ctx, now); err != nil {
		return err
	}
	if err := s.flush(ctx, now); err != nil {
		return err
	}
	ready, err := s.Store.Ready(ctx, now, now.Add(longestWait), some)
	if err != nil {
		return err
	}
	for _, l := range ready {
		s.begin(ctx, l)
	}
	return s.rest(ctx, now, len(ready) > 0)
}

// Wait waits for what is being sent.
func (s *Service) Wait() { s.lanes.Wait() }

// Recover takes up what was being sent when a former process ended. It is called before the first Tick.
func (s *Service) Recover(ctx context.Context) error {
	_, err := s.Store.Recover(ctx, s.moment())
	return err
}

// sleeps reports whether there can be nothing to do: nothing was written, and nothing is due.
func (s *Service) sleeps(now time.Time, written uint64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return written == s.seen && now.Before(s.until) && s.until.Sub(now) <= look
}

// rest notes until when there is nothing to do.
func (s *Service) rest(ctx context.Context, now time.Time, more bool) error {
	written := s.Store.Written()
	next, err := s.Store.Next(ctx)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen, s.until = written, now.Add(look)
	if !next.IsZero() && next.Before(s.until) {
		s.until = next
	}
	if more {
		s.until = now
	}
	return nil
}

// begin sends a letter, unless something is being sent to the same address, or enough elsewhere.
func (s *Service) begin(ctx context.Context, l Letter) {
	address := string(l.Contact) + " " + l.Mail
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.busy[address] || len(s.busy) >= atOnce {
		return
	}
	s.busy[address] = true
	s.lanes.Go(func() {
		defer func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			delete(s.busy, address)
			s.until = time.Time{}
		}()
		if err := problem.Guard(func() error { return s.send(ctx, l) }); err != nil && ctx.Err() == nil {
			s.Log.ErrorContext(ctx, "a notification was not sent", "letter", string(l.ID), "error", problem.Told(err))
		}
	})
}

// send makes one attempt. That it began is on the disk before, so that a letter of which nobody saw the end says that it may come twice.
func (s *Service) send(ctx context.Context, l Letter) error {
	to, err := s.receiver(ctx, l)
	if reason, hopeless := errors.AsType[*Failure](err); hopeless {
		return s.Store.Attempted(ctx, l, Attempted{State: Dead, At: s.moment(), Reason: reason.Reason})
	}
	if err != nil {
		return err
	}
	defer clearAll(to)
	if err := s.Store.Take(ctx, l.ID); err != nil {
		if errors.Is(err, ErrChanged) {
			return nil
		}
		return err
	}
	err = s.attempt(ctx, to, l)
	after, cancel := account.Beyond(ctx)
	defer cancel()
	came := s.cameOf(l, err, ctx.Err() != nil)
	if err != nil && !came.Cut {
		s.Log.WarnContext(ctx, "a notification did not arrive", "letter", string(l.ID), "receiver", string(l.Contact), "given up", came.State == Dead, "error", problem.Told(err))
	}
	return account.Persist(after, func() error { return s.Store.Attempted(after, l, came) })
}

// attempt is one call of the sender, with a limit.
func (s *Service) attempt(ctx context.Context, to Receiver, l Letter) error {
	ctx, cancel := context.WithTimeout(ctx, s.Limits.Send)
	defer cancel()
	sender := s.Senders[to.Way]
	if sender == nil {
		return &Failure{Reason: to.Way.Title() + " isn't set up in the settings of Purser."}
	}
	m := l.Message
	m.Repeated = l.Unsure
	return problem.Guard(func() error { return sender.Send(ctx, to, m, string(l.ID)) })
}

// cameOf is what came of an attempt.
func (s *Service) cameOf(l Letter, err error, stopped bool) Attempted {
	now := s.moment()
	if err == nil {
		return Attempted{State: Sent, At: now}
	}
	f, ok := errors.AsType[*Failure](err)
	if !ok {
		f = &Failure{Reason: "It couldn't be sent.", Unsure: true}
	}
	if stopped {
		return Attempted{State: Waiting, At: now, Next: now, Unsure: true, Cut: true}
	}
	if f.Final || l.Tries >= len(waits) {
		return Attempted{State: Dead, At: now, Unsure: f.Unsure, Reason: f.Reason}
	}
	wait := min(max(waits[l.Tries], f.After), longestWait)
	return Attempted{State: Waiting, At: now, Next: now.Add(wait), Unsure: f.Unsure, Reason: f.Reason}
}

// receiver opens what is sealed of a letter's contact. A *Failure says why there is none.
func (s *Service) receiver(ctx context.Context, l Letter) (to Receiver, err error) {
	c, err := s.Store.Contact(ctx, l.Contact)
	if errors.Is(err, ErrGone) {
		return to, &Failure{Reason: "The recipient was removed."}
	}
	if err != nil {
		return to, err
	}
	return s.opened(c, l)
}

func (s *Service) opened(c KeptContact, l Letter) (to Receiver, err error) {
	to = Receiver{ID: string(c.ID), Name: c.Name, Way: l.Way, Mail: l.Mail}
	if c.Address != nil {
		if to.Address, err = s.Ring.Open(c.Address, AddressRecord(c.Contact)); err != nil {
			return to, altered(err)
		}
	}
	sealed := map[string][]byte{keyField: c.Key}
	if s.Now().Before(c.FormerUntil) {
		sealed[formerField] = c.Former
	}
	for _, field := range []string{keyField, formerField} {
		if sealed[field] == nil {
			continue
		}
		record := KeyRecord(c.Contact)
		record.Field = field
		key, err := s.Ring.Open(sealed[field], record)
		if err != nil {
			return to, altered(err)
		}
		to.Keys = append(to.Keys, key)
	}
	return to, nil
}

func altered(err error) error {
	if errors.Is(err, secret.ErrDamaged) {
		return &Failure{Reason: "The recipient was changed outside of Purser. Enter its address again.", Err: err}
	}
	return fmt.Errorf("open a receiver: %w", err)
}

func clearAll(to Receiver) {
	to.Address.Clear()
	for _, key := range to.Keys {
		key.Clear()
	}
}
