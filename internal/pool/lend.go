package pool

import (
	"context"
	"errors"
	"strings"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/profile"
	"purser.example/internal/secret"
	"purser.example/internal/verdict"
)

// Lenders lists members of the version in force whose accounts may work for the pool, by name: those with a stored password that Microsoft
// accepted. App passwords are no use for that.
func (s *Service) Lenders(ctx context.Context, key Key, most int) ([]Member, error) {
	p, err := s.store.Pool(ctx, key)
	if err != nil || p.InForce.Number == 0 || !key.Class.NeedsPasswords() {
		return nil, err
	}
	var list []Member
	for q := (Query{Reading: p.InForce.Reading, Limit: PageSize}); ; {
		page, err := s.store.Members(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, m := range page.Rows {
			if m.Standing == Ready && m.Password && !m.MFA && len(list) < most {
				list = append(list, m)
			}
		}
		if q.After = page.Next; q.After == "" || len(list) == most {
			return list, nil
		}
	}
}

// Lend signs in with the account of a member, for what the pool is there for. It is an attempt like any other, and keeps to the etiquette
// whoever began it: nobody waits for one member of many. A verdict that is about the account and not valid becomes the member's, so that a
// refused password is not tried again. It returns *profile.Refused with any verdict but a valid one, and ErrGone where the member has no
// password that is in order.
func (s *Service) Lend(ctx context.Context, caller access.Caller, origin audit.Origin, key Key, m Member, signIn func(context.Context, account.Account) verdict.Verdict) error {
	t, err := s.tenants.Find(ctx, key.Tenant)
	if err != nil {
		return err
	}
	of := account.KeyOf(key.Tenant, m.Username)
	release, err := s.accounts.Turn(of, caller)
	if err != nil {
		return err
	}
	defer release()
	password, err := s.lendable(ctx, key, m)
	if err != nil {
		return err
	}
	defer password.Clear()
	entry := func(action audit.Action) audit.Entry {
		return audit.By(caller, origin, action, target(t, key.Class)).With("username", m.Username)
	}
	v, err := s.accounts.Try(ctx, account.Attempt{Tenant: key.Tenant, Username: m.Username, Password: password, SignIn: signIn}, func() error {
		return s.accounts.Within(ctx, of, func() error { return s.accounts.Begin(ctx, of, entry(profile.Lent)) })
	})
	if err != nil {
		return err
	}
	after, cancel := account.Beyond(ctx)
	defer cancel()
	ended := account.Told(entry(profile.LentBack), v)
	if v.Valid() {
		return s.store.Note(after, ended)
	}
	return &profile.Refused{Verdict: v, Unrecorded: s.store.Lent(after, key, m.User, v, ended)}
}

// lendable opens the password of a member, under the account's turn: whoever had that before may have found it refused.
func (s *Service) lendable(ctx context.Context, key Key, m Member) (secret.Value, error) {
	sharers, err := s.store.Sharing(ctx, key.Tenant, []string{account.Fold(m.Username)})
	if err != nil {
		return secret.Value{}, err
	}
	for _, c := range sharers {
		if c.Class != key.Class || c.User != m.User || c.Password == nil || c.MFA || c.Standing(key.Class) != Ready || !strings.EqualFold(c.Username, m.Username) {
			continue
		}
		password, err := s.ring.Open(c.Password, PasswordRecord(key, c.User, c.Username, FieldPassword))
		if errors.Is(err, secret.ErrDamaged) {
			return password, problem.Wrap(err, problem.Altered, "The password of a member of this account pool was changed outside of Purser, so it was not sent to Microsoft.")
		}
		return password, err
	}
	return secret.Value{}, ErrGone
}
