package profile

import (
	"context"
	"strings"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/secret"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

// work is somebody doing something to a profile, as the activity log will have it.
type work struct {
	caller  access.Caller
	origin  audit.Origin
	profile Profile
}

func (w work) entry(action audit.Action) audit.Entry {
	return audit.By(w.caller, w.origin, action, audit.Target{Kind: "profile", ID: string(w.profile.ID), Name: w.profile.Name})
}

func (w work) ended(v verdict.Verdict) audit.Entry {
	e := w.entry(ValidationEnded).With("status", string(v.Status)).With("username", w.profile.Username)
	if v.Code != "" {
		e = e.With("code", v.Code)
	}
	if v.CorrelationID != "" {
		e = e.With("correlation", v.CorrelationID)
	}
	return e
}

func (w work) validation(v verdict.Verdict) Validation {
	return Validation{At: v.At, By: called(w.caller), Verdict: v}
}

// validate is attempt for a Save: a verdict that refuses is written down here, because nothing else will be. The person
// hears it even where that fails.
func (s *Service) validate(ctx context.Context, w work, password secret.Value) (verdict.Verdict, error) {
	v, err := s.attempt(ctx, w, password)
	if err != nil || v.Valid() {
		return v, err
	}
	after, cancel := s.beyond(ctx)
	defer cancel()
	return v, &Refused{Verdict: v, Unrecorded: s.store.Note(after, w.ended(v))}
}

// attempt signs in once, while it is the account's turn. The use of the secret is in the activity log before it leaves (R61).
// It goes on when the person leaves: an attempt that was sent counts at Microsoft, so its answer is waited for.
func (s *Service) attempt(ctx context.Context, w work, password secret.Value) (verdict.Verdict, error) {
	return s.attemptNoting(ctx, w, password, func(e audit.Entry) error { return s.store.Begin(ctx, keyOf(w.profile), e) })
}

// attemptNoting is attempt where something else has to be on the disk together with the entry.
func (s *Service) attemptNoting(ctx context.Context, w work, password secret.Value, note func(audit.Entry) error) (verdict.Verdict, error) {
	return s.attemptWith(ctx, w.profile, password, s.validator.Validate, func() error {
		return note(w.entry(ValidationBegun).With("username", w.profile.Username))
	})
}

// attemptWith is attempt by any sort of sign-in, after note.
func (s *Service) attemptWith(ctx context.Context, p Profile, password secret.Value, signIn func(context.Context, Account) verdict.Verdict, note func() error) (verdict.Verdict, error) {
	t, err := s.tenants.Find(ctx, p.Tenant)
	if err != nil {
		return verdict.Verdict{}, err
	}
	app, err := s.tenants.Credentials(ctx, t.ID)
	if err != nil {
		return verdict.Verdict{}, err
	}
	defer app.Secret.Clear()
	if err := note(); err != nil {
		return verdict.Verdict{}, err
	}
	after, cancel := s.beyond(ctx)
	defer cancel()
	return signIn(after, Account{Tenant: t, App: app, Username: p.Username, Password: password}), nil
}

// Turn gives an account to one piece of work at a time, until release: two attempts at once could count twice towards
// a lockout, and a validation must not send an old password after a new one was confirmed. Nobody waits in line, because
// whoever would come next should see first what came of it.
func (s *Service) Turn(account AccountKey, caller access.Caller) (release func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if other, taken := s.busy[account]; taken {
		return nil, busy(other, caller)
	}
	s.busy[account] = caller
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.busy, account)
	}, nil
}

func (s *Service) turn(p Profile, caller access.Caller) (release func(), err error) {
	return s.Turn(keyOf(p), caller)
}

// AccountKey names an account of a tenant without regard to case, as Microsoft does.
type AccountKey struct {
	Tenant   tenant.ID
	Username string // folded
}

// KeyOf names an account.
func KeyOf(t tenant.ID, username string) AccountKey { return AccountKey{t, Fold(username)} }

func keyOf(p Profile) AccountKey { return KeyOf(p.Tenant, p.Username) }

// sameUsername compares as Microsoft does, without regard to case.
func sameUsername(a, b string) bool { return strings.EqualFold(a, b) }

// differences names what an edit changed, for the activity log; never the values of the password.
func differences(old, edited Profile, password bool) string {
	var parts []string
	for _, f := range []struct {
		name    string
		changed bool
	}{
		{"name", old.Name != edited.Name},
		{"description", old.Description != edited.Description},
		{"tenant", old.Tenant != edited.Tenant},
		{"services", joined(old.Services) != joined(edited.Services)},
		{"username", old.Username != edited.Username},
		{"password", password},
	} {
		if f.changed {
			parts = append(parts, f.name)
		}
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, ", ")
}

func joined(list []string) string { return strings.Join(list, " ") }
