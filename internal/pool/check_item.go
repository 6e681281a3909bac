package pool

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"

	"purser.example/internal/audit"
	"purser.example/internal/profile"
	"purser.example/internal/secret"
	"purser.example/internal/verdict"
)

// item checks one new password, and gives the verdict; nil where no attempt was made. Whatever goes wrong has been settled or
// logged when it returns; an item that nothing could be settled about waits for another pass.
func (j job) item(ctx context.Context, p NewPassword) (v *verdict.Verdict) {
	defer func() {
		if surprise := recover(); surprise != nil { // a mistake of ours over one password must not end Purser
			j.puzzled(ctx, p.CheckItem, fmt.Errorf("panic: %v\n%s", surprise, debug.Stack()))
		}
	}()
	release, err := j.profiles.Turn(profile.KeyOf(j.check.Key.Tenant, p.Username), person(j.check.Actor))
	if err != nil {
		j.putOff(ctx, p.CheckItem, profile.Busy)
		return nil
	}
	defer release()
	password, err := j.ring.Open(p.Sealed, itemRecord(j.check.ID, p.No))
	if err != nil {
		j.puzzled(ctx, p.CheckItem, err)
		return nil
	}
	defer password.Clear()
	return j.try(ctx, p.CheckItem, password)
}

// try signs in, while it is the account's turn. That it does is on the disk before the password leaves, so that an attempt
// whose end nobody sees is never repeated.
func (j job) try(ctx context.Context, i CheckItem, password secret.Value) *verdict.Verdict {
	app, err := j.tenants.Credentials(ctx, j.tenant.ID)
	if err != nil {
		j.puzzled(ctx, i, err)
		return nil
	}
	defer app.Secret.Clear()
	begun := j.check.entry(j.tenant, PasswordBegun).With("username", i.Username)
	switch err := profile.Persist(ctx, func() error { return j.store.Try(ctx, j.check.ID, i.No, profile.KeyOf(j.tenant.ID, i.Username), begun) }); {
	case errors.Is(err, ErrChanged):
		return nil // somebody settled the item, such as by saving another password
	case err != nil:
		j.puzzled(ctx, i, err)
		return nil
	}
	// An attempt that was sent counts at Microsoft, so its answer is waited for.
	after, cancel := beyond(ctx)
	defer cancel()
	v := j.validator.Validate(after, profile.Account{Tenant: j.tenant, App: app, Username: i.Username, Password: password})
	j.conclude(ctx, i, v, password)
	return &v
}

// conclude stores the outcome, however long the disk takes to have room again. Where the process ends first, the item is found as
// interrupted.
func (j job) conclude(ctx context.Context, i CheckItem, v verdict.Verdict, password secret.Value) {
	i.Verdict, i.At = &v, v.At
	switch {
	case v.Valid() && v.UserID != "" && !strings.EqualFold(v.UserID, string(i.User)):
		// The username belongs to another account by now, which is no member: its password is not stored for this one.
		i.Outcome, i.Reason = profile.Skipped, profile.Gone
	case v.Valid():
		i.Outcome = profile.Confirmed
	case v.Status.AboutAccount() && v.Status != verdict.AccountLocked: // a locked account tells nothing of the password
		i.Outcome = profile.Rejected
	case v.MayRepeat() && i.Tries+1 < j.gates.Limits().Tries:
		i.Outcome, i.Tries = profile.Waiting, i.Tries+1
	default:
		i.Outcome = profile.NotReached
	}
	sealed, err := j.keep(i, password)
	if err == nil {
		by := j.check.By()
		by.At = v.At
		err = j.insist(ctx, func() error {
			after, cancel := beyond(ctx)
			defer cancel()
			return j.store.Conclude(after, j.check, i, sealed, by, func(kept bool) audit.Entry { return j.ended(i, v, kept) })
		})
	}
	if err != nil {
		j.log.ErrorContext(ctx, "outcome of a pool's check not stored", "check", j.check.ID, "item", i.No, "error", err)
	}
}

// insist is profile.Persist for what must not be lost because somebody cancelled the check: that ends what waits, and not what was
// answered.
func (j job) insist(ctx context.Context, write func() error) error {
	err := profile.Persist(ctx, write)
	if err == nil || !errors.Is(context.Cause(ctx), errCancelled) {
		return err
	}
	after, cancel := beyond(ctx)
	defer cancel()
	return profile.Persist(after, write)
}

// keep seals a good password for the record that it is kept in; nil for one that is not good.
func (j job) keep(i CheckItem, password secret.Value) ([]byte, error) {
	if i.Outcome != profile.Confirmed {
		return nil, nil
	}
	return j.ring.Seal(password, passwordRecord(j.check.Key, i.User, fieldPassword))
}

func (j job) ended(i CheckItem, v verdict.Verdict, kept bool) audit.Entry {
	e := j.check.entry(j.tenant, PasswordEnded).With("username", i.Username).With("status", string(v.Status))
	for name, value := range map[string]string{"code": v.Code, "correlation": v.CorrelationID} {
		if value != "" {
			e = e.With(name, value)
		}
	}
	switch {
	case i.Outcome != profile.Confirmed:
		return e.With("password", "not stored")
	case !kept:
		return e.With("password", "not stored, because another one came")
	}
	return e.With("password", "stored")
}

// putOff leaves the item for another pass, a few times; then it is skipped, and its password kept.
func (j job) putOff(ctx context.Context, i CheckItem, why profile.Reason) {
	i.Outcome, i.Reason, i.At = profile.Waiting, "", j.now()
	if i.Tries++; i.Tries >= j.gates.Limits().Tries {
		i.Outcome, i.Reason = profile.Skipped, why
	}
	err := profile.Persist(ctx, func() error { return j.store.Settle(ctx, j.check, i) })
	if err != nil && ctx.Err() == nil && !errors.Is(err, ErrChanged) {
		j.log.ErrorContext(ctx, "outcome of a pool's check not stored", "check", j.check.ID, "item", i.No, "error", err)
	}
}

// puzzled ends an item over a surprise of ours, which the log tells; while the database cannot be used, or Purser stops, the item
// waits.
func (j job) puzzled(ctx context.Context, i CheckItem, err error) {
	if ctx.Err() != nil {
		return
	}
	j.log.ErrorContext(ctx, "new password of a pool not checked", "check", j.check.ID, "item", i.No, "error", err)
	j.putOff(ctx, i, profile.Damaged)
}
