package run

import (
	"context"
	"errors"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/secret"
	"purser.example/internal/verdict"
)

// item tries one item of the run, and gives the verdict; nil where no attempt was made. Whatever goes wrong has been settled
// or logged when it returns; an item that nothing could be settled about waits for another pass.
func (w *working) item(ctx context.Context, i Held) (v *verdict.Verdict) {
	if err := problem.Guard(func() error { v = w.turn(ctx, i); return nil }); err != nil {
		w.puzzled(ctx, i.Item, err)
	}
	return v
}

// turn waits for nobody: an account that somebody else has is put off.
func (w *working) turn(ctx context.Context, i Held) *verdict.Verdict {
	before, fit := w.look(ctx, i)
	if fit && before.Do != nil {
		return w.do(ctx, i.Item, before)
	}
	if !fit || !w.run.Attended && !w.accounts.Hesitate(ctx) {
		return nil
	}
	release, err := w.accounts.Turn(before.key(), w.run.Actor.Caller())
	if err != nil {
		w.putOff(ctx, i.Item, account.Busy)
		return nil
	}
	defer release()
	// Whoever had the turn before may have found the password refused, or given the item another account.
	now, fit := w.look(ctx, i)
	switch {
	case !fit:
		return nil
	case now.key() != before.key():
		w.putOff(ctx, i.Item, account.Busy)
		return nil
	case w.isSpent(now.key()): // asked under the turn only: before, the attempt of another item may be under way
		now.Pass = Shared
		w.passOver(ctx, i.Item, now)
		return nil
	}
	return w.try(ctx, i, now)
}

// look asks what is to be done about the item, and reports whether it is to be tried. What speaks against it has been settled.
func (w *working) look(ctx context.Context, i Held) (t Task, fit bool) {
	t, err := w.kind.Look(ctx, w.run, i)
	if err == nil && t.Pass == "" && t.Do == nil && !w.run.Attended {
		t.Pass, err = w.accounts.Intrusive(ctx, t.key())
	}
	switch {
	case err != nil:
		w.puzzled(ctx, i.Item, err)
	case t.Pass != "":
		w.passOver(ctx, i.Item, t)
	}
	return t, err == nil && t.Pass == ""
}

// passOver settles an item that is not tried, with what is known of it.
func (w *working) passOver(ctx context.Context, i Item, t Task) {
	i.Status, i.Code = t.Status, t.Code
	w.settle(ctx, i, Skipped, t.Pass)
}

// try signs in, while it is the account's turn. That it does is on the disk before the password leaves, so that an attempt
// whose end nobody sees is never repeated.
func (w *working) try(ctx context.Context, i Held, t Task) *verdict.Verdict {
	password, err := t.Open(ctx)
	if errors.Is(err, ErrChanged) {
		w.putOff(ctx, i.Item, account.Busy) // edited this moment; the next pass sees the new account
		return nil
	}
	if err != nil {
		w.puzzled(ctx, i.Item, err)
		return nil
	}
	defer password.Clear()
	key, begun := t.key(), false
	v, err := w.accounts.Try(ctx, account.Attempt{Tenant: t.Tenant, Username: t.Username, Password: password, AppPassword: t.AppPassword, AdminCenter: t.AdminCenter}, func() error {
		err := w.begin(ctx, i.Item, key, t.Begun)
		if begun = err == nil; begun {
			w.spend(key, true)
		}
		return err
	})
	excess, tooMuch := errors.AsType[account.Excess](err)
	switch {
	case tooMuch:
		t.Pass = account.Reason(excess)
		w.passOver(ctx, i.Item, t)
		return nil
	case errors.Is(err, ErrChanged):
		return nil // somebody settled the item, such as by cancelling the run
	case err != nil && !begun:
		w.puzzled(ctx, i.Item, err)
		return nil
	}
	if v.Valid() || v.MayRepeat() || !v.Attempted || ofProtocol(v.Status) {
		w.spend(key, false)
	}
	w.conclude(ctx, i.Item, t, v, password)
	return &v
}

// do does what an item is about that is no sign-in. What the end of Purser cut off waits as it was.
func (w *working) do(ctx context.Context, i Item, t Task) *verdict.Verdict {
	done := t.Do(ctx)
	if done.Outcome == Waiting && ctx.Err() != nil {
		return done.Learned
	}
	i.Outcome, i.Reason, i.Code, i.At = done.Outcome, done.Reason, done.Code, w.now()
	w.keep(ctx, w.again(i), done.Store)
	return done.Learned
}

// again counts that an item waits for another pass, which it does a few times; then nobody could tell.
func (w *working) again(i Item) Item {
	if i.Outcome != Waiting {
		return i
	}
	if i.Tries+1 < w.limits.Tries {
		i.Tries++
	} else {
		i.Outcome = NotReached
	}
	return i
}

// begin puts on the disk that the item is being tried, as soon as the disk takes it.
func (w *working) begin(ctx context.Context, i Item, k account.Key, e audit.Entry) error {
	write := func() error {
		return account.Persist(ctx, func() error { return w.store.Try(ctx, w.run, i.No, k, e) })
	}
	if w.run.Attended {
		return write()
	}
	return w.accounts.Within(ctx, k, write)
}

// conclude stores the outcome, however long the disk takes to have room again. Where the process ends first, or it cannot be
// stored at all, the item is found as interrupted.
func (w *working) conclude(ctx context.Context, i Item, t Task, v verdict.Verdict, password secret.Value) {
	i.Status, i.Code, i.At = v.Status, v.Code, v.At
	i.Outcome = Judge(v)
	if t.Judge != nil {
		i.Outcome, i.Reason = t.Judge(v)
	}
	// Where somebody cancelled, what waits again is dropped.
	w.keep(ctx, w.again(i), func(ctx context.Context, i Item) error { return t.Store(ctx, i, v, password) })
}

// keep stores an outcome, or says in the log that it could not.
func (w *working) keep(ctx context.Context, i Item, store func(context.Context, Item) error) {
	err := w.insist(ctx, func() error {
		after, cancel := account.Beyond(ctx)
		defer cancel()
		return store(after, i)
	})
	if err != nil {
		w.log.ErrorContext(ctx, "outcome of a run not stored", "run", w.run.ID, "item", i.No, "subject", i.Subject, "error", problem.Told(err))
	}
}

// insist is account.Persist that outlasts a cancellation: cancelling drops the items that wait, but an answer from Microsoft is kept.
func (w *working) insist(ctx context.Context, write func() error) error {
	err := account.Persist(ctx, write)
	if err == nil || !IsCancelled(ctx) {
		return err
	}
	after, cancel := account.Beyond(ctx)
	defer cancel()
	return account.Persist(after, write)
}

// settle stores an outcome without a verdict.
func (w *working) settle(ctx context.Context, i Item, o Outcome, why account.Reason) {
	i.Outcome, i.Reason, i.At = o, why, w.now()
	err := account.Persist(ctx, func() error { return w.store.Settle(ctx, w.run, i) })
	if err != nil && ctx.Err() == nil && !errors.Is(err, ErrChanged) {
		w.log.ErrorContext(ctx, "outcome of a run not stored", "run", w.run.ID, "item", i.No, "subject", i.Subject, "error", problem.Told(err))
	}
}

// putOff leaves the item for another pass, a few times; then it is skipped.
func (w *working) putOff(ctx context.Context, i Item, why account.Reason) {
	if i.Tries++; i.Tries >= w.limits.Tries {
		w.settle(ctx, i, Skipped, why)
		return
	}
	w.settle(ctx, i, Waiting, "")
}

// puzzled ends an item over a surprise of ours, which the log tells, and over what somebody has to mend first; while the database cannot be
// used, or Purser stops, the item waits.
func (w *working) puzzled(ctx context.Context, i Item, err error) {
	if ctx.Err() != nil {
		return
	}
	if why := account.Hindrance(err); why != "" {
		w.hindered(ctx, i, why, err)
		return
	}
	if problem.KindOf(err) == problem.Unavailable {
		return // the item waits for another pass, however often
	}
	w.log.ErrorContext(ctx, "item of a run not tried", "run", w.run.ID, "item", i.No, "subject", i.Subject, "error", problem.Told(err))
	w.putOff(ctx, i, Damaged)
}

// hindered ends an item for which nothing was sent, and for which another pass would send nothing either. What lies with the tenant leaves
// the item for another run, as an outage does. That somebody wrote into the database the log tells, of an app profile once.
func (w *working) hindered(ctx context.Context, i Item, why account.Reason, err error) {
	outcome, tell := NotReached, why == account.AppAltered && w.isNews(i.Tenant)
	if why == account.Altered {
		outcome, tell = Skipped, true
	}
	if tell {
		w.log.ErrorContext(ctx, "item of a run not tried", "run", w.run.ID, "item", i.No, "subject", i.Subject, "tenant", i.Tenant, "error", problem.Told(err))
	}
	w.settle(ctx, i, outcome, why)
}
