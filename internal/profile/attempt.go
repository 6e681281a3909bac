package profile

import (
	"context"
	"strings"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/secret"
	"purser.example/internal/verdict"
)

// deed is somebody doing something to a profile, as the activity log will have it.
type deed struct {
	caller  access.Caller
	origin  audit.Origin
	profile Profile
}

func (w deed) entry(action audit.Action) audit.Entry {
	return audit.By(w.caller, w.origin, action, w.profile.target()).With("tenant", string(w.profile.Tenant))
}

func (p Profile) target() audit.Target {
	return audit.Target{Kind: "profile", ID: string(p.ID), Name: p.Name}
}

func (w deed) begun(action audit.Action) audit.Entry {
	return w.entry(action).With("username", w.profile.Username)
}

func (w deed) ended(v verdict.Verdict) audit.Entry {
	return account.Told(w.begun(ValidationEnded), v)
}

func (w deed) validation(v verdict.Verdict) Validation {
	return Validation{At: v.At, By: w.caller.Called(), Verdict: v}
}

// validate is attempt for a Save: a verdict that doesn't let the Save pass is written down here, because nothing else will be. The
// person hears it even where that fails.
func (s *Service) validate(ctx context.Context, w deed, password secret.Value) (verdict.Verdict, error) {
	v, err := s.attempt(ctx, w, password)
	if err != nil || w.profile.takes(v) {
		return v, err
	}
	after, cancel := account.Beyond(ctx)
	defer cancel()
	return v, &Refused{Verdict: v, Unrecorded: s.store.Note(after, w.ended(v))}
}

// takes reports whether a password is saved with this verdict. An app password is, too, where nothing was refused but the protocol: that
// is turned off for all of them, and says nothing of this one.
func (p Profile) takes(v verdict.Verdict) bool {
	return v.Valid() || p.Kind == ClassicMFA && v.Status == verdict.LegacyRetired
}

// attempt validates once, while it is the account's turn.
func (s *Service) attempt(ctx context.Context, w deed, password secret.Value) (verdict.Verdict, error) {
	return s.accounts.Try(ctx, w.profile.attempt(password), func() error { return s.accounts.Begin(ctx, keyOf(w.profile), w.begun(ValidationBegun)) })
}

func (p Profile) attempt(password secret.Value) account.Attempt {
	return account.Attempt{
		Tenant: p.Tenant, Username: p.Username, Password: password,
		AppPassword: p.Kind == ClassicMFA, AdminCenter: strings.TrimPrefix(p.AdminCenterURL, "https://"),
	}
}

func (s *Service) turn(p Profile, caller access.Caller) (release func(), err error) {
	return s.accounts.Turn(keyOf(p), caller)
}

func keyOf(p Profile) account.Key { return account.KeyOf(p.Tenant, p.Username) }

// Parked reports whether the stored password was refused and nobody has changed it since: a changed one is stored with the
// verdict that confirmed it. Nothing tries a parked password by itself.
func (p Profile) Parked() bool { return account.Refused(p.Verdict) }

// nothing is what an edit changed that changed nothing.
const nothing = "nothing"

// changedFrom adds to the entry of an edit which fields it changed, with what they were before; never a password.
func (p Profile) changedFrom(old Profile, password bool, e audit.Entry) audit.Entry {
	return e.With("changed", differences(old, p, password)).Changed("name", old.Name, p.Name).Changed("description", old.Description, p.Description).
		Changed("tenant", string(old.Tenant), string(p.Tenant)).Changed("services", joined(old.Services), joined(p.Services)).
		Changed("username", old.Username, p.Username).Changed("admin center", old.AdminCenterURL, p.AdminCenterURL)
}

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
		{"admin center", old.AdminCenterURL != edited.AdminCenterURL},
		{"password", password},
	} {
		if f.changed {
			parts = append(parts, f.name)
		}
	}
	if len(parts) == 0 {
		return nothing
	}
	return strings.Join(parts, ", ")
}

func joined(list []string) string { return strings.Join(list, " ") }
