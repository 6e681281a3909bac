package profile

import (
	"context"
	"errors"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/run"
	"purser.example/internal/secret"
	"purser.example/internal/verdict"
)

// ValidationRun is the Name of validations as a kind of run.
const ValidationRun = "validation_run"

// The actions of validation runs in the activity log.
const (
	RunBegun              audit.Action = "validation run begun"
	RunCancelled          audit.Action = "validation run cancelled"
	RunEnded              audit.Action = "validation run ended"
	ValidationInterrupted audit.Action = "validation interrupted"
)

// The reasons for which a run passes over a profile, beside those of its account.
const (
	Classic  account.Reason = "classic"         // a classic MFA profile, in runs of before its app password could be tried
	NoCenter account.Reason = "no-admin-center" // a classic MFA profile whose admin center nobody has entered yet
	Already  account.Reason = "already"         // validated by somebody else since the run was made
)

// validation is the kind of run that validates profiles: an item is a profile, and its outcome is the profile's verdict.
type validation struct{ *Service }

// Name implements run.Kind.
func (validation) Name() string { return ValidationRun }

// Words implements run.Kind.
func (validation) Words() run.Words {
	return run.Words{
		Begun: RunBegun, Cancelled: RunCancelled, Ended: RunEnded, Interrupted: ValidationInterrupted, Reference: "run",
		Missing: "This validation run doesn't exist.",
		Over:    "This validation run has already finished or is being canceled.",
		Nothing: "No profiles match, so there is nothing to validate.",
	}
}

// Target implements run.Kind.
func (validation) Target(_ context.Context, r run.Run) (audit.Target, error) {
	return audit.Target{Kind: "validation run", ID: string(r.ID), Name: r.Title}, nil
}

// Subject implements run.Kind.
func (validation) Subject(_ audit.Target, i run.Item) audit.Target {
	return Profile{ID: ID(i.Subject), Name: i.Name}.target()
}

// Look implements run.Kind.
func (k validation) Look(ctx context.Context, r run.Run, i run.Held) (run.Task, error) {
	p, err := k.store.Profile(ctx, ID(i.Subject))
	if errors.Is(err, ErrGone) {
		return run.Task{Pass: run.Gone}, nil
	}
	if err != nil {
		return run.Task{}, err
	}
	pass, err := k.passOver(ctx, p, r)
	if err != nil {
		return run.Task{}, err
	}
	w := deed{r.Actor.Caller(), r.Origin, p}
	words, attempt := k.Words(), p.attempt(secret.Value{})
	return run.Task{
		Tenant: p.Tenant, Username: p.Username, AppPassword: attempt.AppPassword, AdminCenter: attempt.AdminCenter, Pass: pass, Status: p.Status, Code: p.Verdict.Code,
		Begun: r.Mark(w.begun(ValidationBegun), words),
		Open:  func(ctx context.Context) (secret.Value, error) { return k.current(ctx, p) },
		Judge: func(v verdict.Verdict) (run.Outcome, account.Reason) {
			if len(k.short(p, v)) > 0 {
				return run.Warned, ""
			}
			return run.Judge(v), ""
		},
		Store: func(ctx context.Context, i run.Item, v verdict.Verdict, _ secret.Value) error {
			if i.Outcome == run.Warned {
				i.Verdict = &verdict.Verdict{Status: v.Status, At: v.At, Warnings: k.short(p, v)}
			}
			return k.store.Concluded(ctx, r, i, p, w.validation(remembering(p.Verdict, v)), r.Mark(w.ended(v), words))
		},
	}, nil
}

// short lists what is short about an account that Microsoft confirmed, as the list of profiles will say it (X29).
func (k validation) short(p Profile, v verdict.Verdict) []verdict.Warning {
	return k.Warnings(decided(p, remembering(p.Verdict, v)))
}

// passOver says why a profile is not tried; empty where it is. A person who validates a single profile decides for
// themselves; here nobody looks at each.
func (k validation) passOver(ctx context.Context, p Profile, r run.Run) (account.Reason, error) {
	why, err := k.unfit(ctx, p)
	if err == nil && why != NoCenter && p.Validated.After(r.Begun) && !p.Validated.After(k.now()) { // one from the future: the clock was ahead (X44)
		return Already, nil
	}
	return why, err
}

// unfit says why nothing tries a profile by itself; empty where it may be tried.
func (s *Service) unfit(ctx context.Context, p Profile) (account.Reason, error) {
	switch err := s.readyToSignIn(ctx, p); {
	case errors.Is(err, errNoCenter):
		return NoCenter, nil
	case err != nil:
		return "", err
	case p.Parked():
		return account.Parked, nil
	case account.JustLocked(p.Verdict, s.now()):
		return account.Locked, nil
	}
	return "", nil
}

// current opens the profile's password, unless an edit gave the profile another account this moment.
func (k validation) current(ctx context.Context, p Profile) (secret.Value, error) {
	password, err := k.stored(ctx, p)
	if _, changed := errors.AsType[*Conflict](err); changed {
		return secret.Value{}, run.ErrChanged
	}
	return password, err
}
