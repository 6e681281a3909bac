package profile

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/verdict"
)

// lockout is how long a locked account is left alone: Microsoft's first lockout takes a minute, the next ones longer.
const lockout = 15 * time.Minute

// item validates one profile of a run, and gives the verdict; nil where no attempt was made. Whatever goes wrong has been
// settled or logged when it returns; an item that nothing could be settled about waits for another pass.
func (r *Runs) item(ctx context.Context, run Run, i Item) (v *verdict.Verdict) {
	defer func() {
		if surprise := recover(); surprise != nil { // a mistake of ours over one profile must not end Purser
			r.puzzled(ctx, run, i, fmt.Errorf("panic: %v\n%s", surprise, debug.Stack()))
		}
	}()
	p, fit := r.look(ctx, run, i)
	if !fit || !run.Attended && !r.hesitate(ctx) {
		return nil
	}
	release, err := r.profiles.turn(p, run.caller())
	if err != nil {
		r.putOff(ctx, run, i, Skipped, Busy)
		return nil
	}
	defer release()
	// Whoever had the turn before may have found the password refused, or given the profile another account.
	now, fit := r.look(ctx, run, i)
	switch {
	case !fit:
		return nil
	case keyOf(now) != keyOf(p):
		r.putOff(ctx, run, i, Skipped, Busy)
		return nil
	case r.spent(run.ID, keyOf(now)): // asked under the turn only: before, the attempt of another profile may be under way
		r.skip(ctx, run, i, now, Shared)
		return nil
	}
	return r.try(ctx, run, i, now)
}

// look reads the profile of an item, and reports whether it is to be tried. What speaks against it has been settled.
func (r *Runs) look(ctx context.Context, run Run, i Item) (p Profile, ok bool) {
	p, err := r.profiles.store.Profile(ctx, i.Profile)
	if errors.Is(err, ErrGone) {
		r.settle(ctx, run, i, Skipped, Gone)
		return p, false
	}
	why := Reason("")
	if err == nil {
		why = r.passOver(p, run)
	}
	if err == nil && why == "" && !run.Attended {
		why, err = r.intrusive(ctx, p)
	}
	switch {
	case err != nil:
		r.puzzled(ctx, run, i, err)
	case why != "":
		r.skip(ctx, run, i, p, why)
	}
	return p, err == nil && why == ""
}

// skip settles an item that is not tried, with what is known of its profile.
func (r *Runs) skip(ctx context.Context, run Run, i Item, p Profile, why Reason) {
	i.Status, i.Code = p.Status, p.Verdict.Code
	r.settle(ctx, run, i, Skipped, why)
}

// passOver says why a profile is not tried; empty where it is. A person who validates a single profile decides for
// themselves; here nobody looks at each.
func (r *Runs) passOver(p Profile, run Run) Reason {
	switch {
	case p.Kind != Common:
		return Classic
	case p.Validated.After(run.Begun):
		return Already
	case p.Parked():
		return Parked
	case p.Status == verdict.AccountLocked && r.profiles.now().Sub(p.Validated) < lockout:
		return Locked
	}
	return ""
}

// try signs in, while it is the account's turn. That it does is on the disk before the password leaves, so that an attempt
// whose end nobody sees is never repeated.
func (r *Runs) try(ctx context.Context, run Run, i Item, p Profile) *verdict.Verdict {
	password, err := r.profiles.stored(ctx, p)
	if _, changed := errors.AsType[*Conflict](err); changed {
		r.putOff(ctx, run, i, Skipped, Busy) // edited this moment; the next pass sees the new account
		return nil
	}
	if err != nil {
		r.puzzled(ctx, run, i, err)
		return nil
	}
	defer password.Clear()
	w := work{run.caller(), run.Origin, p}
	begun := false
	v, err := r.profiles.attemptNoting(ctx, w, password, func(e audit.Entry) error {
		err := r.within(ctx, run, p, func() error {
			return Persist(ctx, func() error { return r.store.Try(ctx, run.ID, i.No, keyOf(p), e.With("run", string(run.ID))) })
		})
		if begun = err == nil; begun {
			r.spend(run.ID, keyOf(p), true)
		}
		return err
	})
	much, tooMuch := errors.AsType[excess](err)
	switch {
	case tooMuch:
		r.skip(ctx, run, i, p, Reason(much))
		return nil
	case errors.Is(err, ErrChanged):
		return nil // somebody settled the item, such as by cancelling the run
	case err != nil && !begun:
		r.puzzled(ctx, run, i, err)
		return nil
	}
	if v.Valid() || v.MayRepeat() || !v.Attempted {
		r.spend(run.ID, keyOf(p), false)
	}
	r.conclude(ctx, run, i, w, v)
	return &v
}

// conclude stores the verdict, however long the disk takes to have room again. Where the process ends first, or it cannot be
// stored at all, the item is found as interrupted.
func (r *Runs) conclude(ctx context.Context, run Run, i Item, w work, v verdict.Verdict) {
	i.Status, i.Code, i.At = v.Status, v.Code, v.At
	switch {
	case v.Valid():
		i.Outcome = Confirmed
	case v.Status.AboutAccount():
		i.Outcome = Rejected
	case v.MayRepeat() && i.Tries+1 < r.limits.Tries: // where somebody cancelled, it is dropped
		i.Outcome, i.Tries = Waiting, i.Tries+1
	default:
		i.Outcome = NotReached
	}
	err := r.insist(ctx, func() error {
		after, cancel := r.profiles.beyond(ctx)
		defer cancel()
		return r.store.Conclude(after, run.ID, i, w.profile, w.validation(remembering(w.profile.Verdict, v)), w.ended(v).With("run", string(run.ID)))
	})
	if err != nil {
		r.log.ErrorContext(ctx, "verdict of a run not stored", "run", run.ID, "profile", i.Profile, "error", err)
	}
}

// settle stores an outcome without a verdict.
func (r *Runs) settle(ctx context.Context, run Run, i Item, o Outcome, why Reason) {
	i.Outcome, i.Reason, i.At = o, why, r.profiles.now()
	err := Persist(ctx, func() error { return r.store.Settle(ctx, run.ID, i) })
	if err != nil && ctx.Err() == nil && !errors.Is(err, ErrChanged) {
		r.log.ErrorContext(ctx, "outcome of a run not stored", "run", run.ID, "profile", i.Profile, "error", err)
	}
}

// putOff leaves the item for another pass, a few times; then it has the outcome.
func (r *Runs) putOff(ctx context.Context, run Run, i Item, o Outcome, why Reason) {
	if i.Tries++; i.Tries >= r.limits.Tries {
		r.settle(ctx, run, i, o, why)
		return
	}
	r.settle(ctx, run, i, Waiting, "")
}

// puzzled ends an item over a surprise of ours, which the log tells; while the database cannot be used, or Purser stops, the item
// waits.
func (r *Runs) puzzled(ctx context.Context, run Run, i Item, err error) {
	if ctx.Err() != nil {
		return
	}
	if problem.KindOf(err) == problem.Unavailable {
		return // the item waits for another pass, however often
	}
	r.log.ErrorContext(ctx, "profile of a run not validated", "run", run.ID, "profile", i.Profile, "error", err)
	r.putOff(ctx, run, i, Skipped, Damaged)
}
