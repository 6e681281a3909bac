package activity

import (
	"context"
	"errors"
	"strconv"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
)

// The entries about the log itself.
const (
	VerifyBegun audit.Action = "activity log verification begun"
	VerifyEnded audit.Action = "activity log verification ended"
	Exported    audit.Action = "activity log exported"
	Shortened   audit.Action = "activity log shortened"
)

// Verifying is the kind of work that a verification is.
const Verifying = "log_verification"

// VerificationID names a verification.
type VerificationID string

// State is how a verification stands.
type State string

// The states. A verification that was cut off by the end of the process runs anew.
const (
	Waiting State = "waiting"
	Running State = "running"
	Holds   State = "holds"  // no entry was altered, moved or removed
	Broken  State = "broken" // one was
	Unread  State = "failed" // the log could not be read
)

// Over reports whether it has ended.
func (s State) Over() bool { return s == Holds || s == Broken || s == Unread }

// Verification is a walk along the whole log, and what it came to.
type Verification struct {
	ID           VerificationID
	State        State
	By           string
	Begun, Ended time.Time
	Entries      int64 // that were read
	Of           int64 // of so many, while it goes on; 0: not known
	Chains       int
	Broken       int64  // the first entry that does not hold
	Reason       string // why it doesn't
}

// Verifications keeps them, and walks along the log.
type Verifications interface {
	// Begin stores one that waits, with its entry and its job; where one waits or runs already, it gives that one.
	Begin(ctx context.Context, v Verification, e audit.Entry) (Verification, error)
	// Verification gives one, or a problem of kind NotFound.
	Verification(ctx context.Context, id VerificationID) (Verification, error)
	// Latest is the newest one; nil for none.
	Latest(ctx context.Context) (*Verification, error)
	// End stores what it came to, with its entry.
	End(ctx context.Context, v Verification, e audit.Entry) error
	// Verify walks along the log. It returns a *audit.Broken for the first entry that does not hold.
	Verify(ctx context.Context, told func(read, of int64)) (entries int64, chains int, err error)
}

// Verify has the log verified. Two at once are one.
func (s *Service) Verify(ctx context.Context, caller access.Caller, origin audit.Origin) (Verification, error) {
	if err := access.Require(caller, access.ReadActivity); err != nil {
		return Verification{}, err
	}
	v := Verification{ID: VerificationID(s.newID()), State: Waiting, By: caller.Called(), Begun: s.now().UTC().Truncate(time.Millisecond)}
	return s.verifications.Begin(ctx, v, audit.By(caller, origin, VerifyBegun, logTarget(v.ID)))
}

func logTarget(id VerificationID) audit.Target {
	return audit.Target{Kind: "activity log", ID: string(id), Name: "Activity log"}
}

// Verification is one, with its progress while this process works on it.
func (s *Service) Verification(ctx context.Context, caller access.Caller, id VerificationID) (Verification, error) {
	if err := access.Require(caller, access.ReadActivity); err != nil {
		return Verification{}, err
	}
	v, err := s.verifications.Verification(ctx, id)
	return s.withProgress(v), err
}

// Latest is the newest verification; nil for none.
func (s *Service) Latest(ctx context.Context, caller access.Caller) (*Verification, error) {
	if err := access.Require(caller, access.ReadActivity); err != nil {
		return nil, err
	}
	v, err := s.verifications.Latest(ctx)
	if v != nil {
		*v = s.withProgress(*v)
	}
	return v, err
}

func (s *Service) withProgress(v Verification) Verification {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p, here := s.progress[v.ID]; here && !v.State.Over() {
		v.State, v.Entries, v.Of = Running, p.read, p.of
	}
	return v
}

type progress struct{ read, of int64 }

// Watch has something to read after each progress, until stop is called.
func (s *Service) Watch(id VerificationID) (changes <-chan struct{}, stop func()) {
	return s.shifts.Watch(shiftOf(id))
}

func shiftOf(id VerificationID) string { return Verifying + "/" + string(id) }

// Work carries out a verification. It may be begun anew after the end of a process.
func (s *Service) Work(ctx context.Context, id VerificationID) error {
	return s.shifts.Do(ctx, shiftOf(id), func(ctx context.Context) error {
		v, err := s.verifications.Verification(ctx, id)
		if problem.KindOf(err) == problem.NotFound || v.State.Over() {
			return nil
		}
		if err != nil {
			return err
		}
		defer s.forget(id)
		v.Entries, v.Chains, err = s.verifications.Verify(ctx, func(read, of int64) { s.tell(id, progress{read, of}) })
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		v.judge(err)
		v.Ended = s.now().UTC().Truncate(time.Millisecond)
		return s.verifications.End(context.WithoutCancel(ctx), v, v.entry())
	})
}

func (s *Service) tell(id VerificationID, p progress) {
	s.mu.Lock()
	s.progress[id] = p
	s.mu.Unlock()
	s.shifts.Changed(shiftOf(id))
}

func (s *Service) forget(id VerificationID) {
	s.mu.Lock()
	delete(s.progress, id)
	s.mu.Unlock()
	s.shifts.Changed(shiftOf(id))
}

func (v *Verification) judge(err error) {
	switch broken, found := errors.AsType[*audit.Broken](err); {
	case found:
		v.State, v.Broken, v.Reason = Broken, broken.Seq, broken.Reason
	case err != nil:
		v.State, v.Reason = Unread, "the database could not be read"
	default:
		v.State = Holds
	}
}

// entry is what Purser writes of the end.
func (v Verification) entry() audit.Entry {
	e := audit.Entry{Actor: audit.Itself, Action: VerifyEnded, Target: logTarget(v.ID)}.With("state", string(v.State)).With("entries", strconv.FormatInt(v.Entries, 10))
	if v.State == Holds {
		return e
	}
	return e.With("result", string(Failed)).With("entry", strconv.FormatInt(v.Broken, 10)).With("reason", v.Reason)
}
