package profile

import (
	"context"
	"errors"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

// The actions of lending in the activity log.
const (
	Lent     audit.Action = "account used to read the tenant"
	LentBack audit.Action = "account read the tenant"
)

// ErrNoLender says that the tenant has no profile whose account could sign in for another purpose.
var ErrNoLender = errors.New("profile: no valid profile of the tenant")

// lenders is how many profiles are looked at for one that nobody uses this moment.
const lenders = 10

// Lend signs in with the account of a valid common profile of the tenant, for another purpose than its validation, and tells
// which one. It is an attempt like any other: it has its turn, it is in the activity log, and a verdict that is about the account
// and not valid becomes the profile's status, so that a refused password is not tried again. It returns ErrNoLender where there is
// none, and *Refused with any verdict but a valid one. The caller's right is for whoever asks to check.
func (s *Service) Lend(ctx context.Context, caller access.Caller, origin audit.Origin, t tenant.ID, signIn func(context.Context, account.Account) verdict.Verdict) (Profile, error) {
	// Classic MFA profiles open no door but the legacy one, and take nobody's place, however many of them come first.
	page, err := s.store.List(ctx, Query{Tenant: t, Kind: Common, Status: string(verdict.Valid), Sort: ByValidated, Down: true, Limit: lenders, Window: expiring(s.now())})
	if err != nil {
		return Profile{}, err
	}
	busy := ErrNoLender
	for _, each := range page.Rows {
		release, err := s.turn(each.Profile, caller)
		if err != nil {
			busy = err
			continue
		}
		p, err := s.store.Profile(ctx, each.ID)
		if err == nil && p.Status == verdict.Valid { // whoever had the turn before may have found it refused
			defer release()
			return p, s.lend(ctx, deed{caller, origin, p}, signIn)
		}
		release()
		if err != nil && !errors.Is(err, ErrGone) {
			return Profile{}, err
		}
	}
	return Profile{}, busy
}

// LendOf is Lend of this very profile, where it is a common one. Its password is not sent where it was refused before, or where Microsoft
// locked the account a short while ago: then *Refused has the verdict that said so. What Purser does by itself (nobody is signed in as the
// caller) keeps to the etiquette, and the error is an account.Excess where that leaves the account alone. It returns ErrGone too.
func (s *Service) LendOf(ctx context.Context, caller access.Caller, origin audit.Origin, id ID, signIn func(context.Context, account.Account) verdict.Verdict) (Profile, error) {
	p, err := s.store.Profile(ctx, id)
	if err != nil {
		return Profile{}, err
	}
	if p.Kind != Common {
		return p, errClassic
	}
	release, err := s.turn(p, caller)
	if err != nil {
		return p, err
	}
	defer release()
	now, err := s.store.Profile(ctx, id)
	switch {
	case err != nil:
		return p, err
	case keyOf(now) != keyOf(p):
		return now, &Conflict{Current: now} // edited between looking and having the turn
	case now.Parked(), account.JustLocked(now.Verdict, s.now()):
		return now, &Refused{Verdict: now.Verdict}
	}
	return now, s.lend(ctx, deed{caller, origin, now}, signIn)
}

// Known is Find for internal use, where no person asks. It returns ErrGone.
func (s *Service) Known(ctx context.Context, id ID) (Profile, error) { return s.store.Profile(ctx, id) }

// begin puts on the disk that an account is lent. What Purser does by itself keeps to the etiquette.
func (s *Service) begin(ctx context.Context, w deed) error {
	begin := func() error { return s.accounts.Begin(ctx, keyOf(w.profile), w.begun(Lent)) }
	if w.caller.SignedIn() {
		return begin()
	}
	return s.accounts.Within(ctx, keyOf(w.profile), begin)
}

// lend makes the attempt, while it is the account's turn.
func (s *Service) lend(ctx context.Context, w deed, signIn func(context.Context, account.Account) verdict.Verdict) error {
	password, err := s.stored(ctx, w.profile)
	if err != nil {
		return err
	}
	defer password.Clear()
	a := w.profile.attempt(password)
	a.SignIn = signIn
	v, err := s.accounts.Try(ctx, a, func() error { return s.begin(ctx, w) })
	if err != nil {
		return err
	}
	after, cancel := account.Beyond(ctx)
	defer cancel()
	ended := account.Told(w.begun(LentBack), v)
	if v.Valid() {
		return s.store.Note(after, ended)
	}
	return &Refused{Verdict: v, Unrecorded: s.store.Validated(after, w.profile, w.validation(v), ended)}
}
