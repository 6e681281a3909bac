package pool

import (
	"bytes"
	"context"
	"errors"
	"strings"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/run"
	"purser.example/internal/secret"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

// The reasons for which a health check passes over a member, beside those of its account.
const (
	Passwordless account.Reason = "no-password" // none is stored of the kind that Enable MFA asks for
	Undecided    account.Reason = "undecided"   // a new password waits for its check
)

// CheckUp tries the stored password of a member by itself, as a health check does (R90): nobody waits for it, so it keeps to the etiquette,
// and a password that was refused before stays where it is.
func (s *Service) CheckUp(ctx context.Context, key Key, user UserID, username string) (account.Checkup, error) {
	release, err := s.accounts.Turn(account.KeyOf(key.Tenant, username), audit.Itself.Caller())
	if err != nil {
		return account.Passed(account.Busy), nil //nolint:nilerror // Somebody else has the account: that is all that it says.
	}
	defer release()
	t, err := s.tenants.Find(ctx, key.Tenant)
	if err != nil {
		return account.Checkup{}, err
	}
	name := target(t, key.Class).Name
	sharers, err := s.store.Sharing(ctx, key.Tenant, []string{account.Fold(username)})
	if err != nil {
		return account.Checkup{}, err
	}
	for _, m := range sharers {
		if m.Key != key || m.User != user {
			continue
		}
		if why := s.unfit(m.Credential); why != "" {
			return account.Passed(why).Of(name), nil
		}
		found, err := s.checkUp(ctx, t, m)
		return found.Of(name), err
	}
	return account.Passed(run.Gone), nil
}

// unfit says why nothing tries what is stored of a member by itself; empty where it may be tried.
func (s *Service) unfit(c Credential) account.Reason {
	switch {
	case c.Pending != NoPending:
		return Undecided
	case c.inUse() == nil:
		return Passwordless
	case c.Failed != nil && account.Refused(*c.Failed):
		return account.Parked
	case c.Failed != nil && account.JustLocked(*c.Failed, s.now()):
		return account.Locked
	}
	return ""
}

// inUse is the sealed password of the kind that Enable MFA asks for; nil: none.
func (c Credential) inUse() []byte {
	if c.MFA {
		return c.AppPassword
	}
	return c.Password
}

// checkUp makes the attempt, while it is the account's turn.
func (s *Service) checkUp(ctx context.Context, t tenant.Tenant, m Sharer) (account.Checkup, error) {
	attempt := account.Attempt{Tenant: m.Tenant, Username: m.Username, AppPassword: m.MFA}
	field := FieldPassword
	if m.MFA {
		p, err := s.store.Pool(ctx, m.Key)
		if err != nil {
			return account.Checkup{}, err
		}
		field, attempt.AdminCenter = FieldAppPassword, strings.TrimPrefix(p.AdminURL, "https://")
	}
	var err error
	attempt.Password, err = s.ring.Open(m.inUse(), PasswordRecord(m.Key, m.User, m.Username, field))
	if errors.Is(err, secret.ErrDamaged) {
		s.log.ErrorContext(ctx, "the password of a pool member was changed outside of Purser", "pool", m.Scope(), "member", m.User, "error", problem.Told(err))
		return account.Passed(account.Altered), nil
	}
	if err != nil {
		return account.Checkup{}, err
	}
	defer attempt.Password.Clear()
	entry := func(action audit.Action) audit.Entry {
		return audit.Entry{Actor: audit.Itself, Action: action, Target: target(t, m.Class)}.With("username", m.Username).With("for", "health check")
	}
	return s.accounts.CheckUp(ctx, attempt, entry(PasswordBegun), func(ctx context.Context, v verdict.Verdict) error {
		was := m.inUse()
		if v.UserID != "" && !strings.EqualFold(v.UserID, string(m.User)) {
			was = nil // the username belongs to another account by now, of which nothing is kept here
		}
		return s.store.CheckedUp(ctx, m.Key, m.User, was, v, account.Told(entry(PasswordEnded), v))
	})
}

// CheckedUp is the credential after a health check of the password that it was made with, and whether that changes it. The retired protocol
// of app passwords says nothing that is not known.
func (c Credential) CheckedUp(was []byte, v verdict.Verdict) (now Credential, changed bool) {
	switch {
	case c.Pending != NoPending || c.inUse() == nil || !bytes.Equal(c.inUse(), was):
		return c, false
	case v.Valid():
		c.Verdict, c.Failed, c.Checked = &v, nil, v.At
		return c, true
	case !v.Status.AboutAccount() || v.Status == verdict.LegacyRetired:
		return c, false
	}
	v.StillRefused = v.Status != verdict.WrongPassword && c.Failed != nil && account.Refused(*c.Failed)
	c.Failed, c.Checked = &v, v.At
	return c, true
}
