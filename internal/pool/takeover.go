package pool

import (
	"context"
	"errors"

	"purser.example/internal/run"
	"purser.example/internal/secret"
)

// TakeOver binds the passwords that an older Purser stored to the usernames that they belong to: those of credentials, and the new ones
// that wait in checks. It is called once, when a database of before that is taken over; where it was cut off, it can be called again. A
// password that does not open is left as it is, and will not be sent.
func (s *Service) TakeOver(ctx context.Context) error {
	rebind := func(sealed []byte, from, to secret.Record) ([]byte, error) {
		if sealed == nil {
			return nil, nil
		}
		again, err := s.ring.Rebind(sealed, from, to)
		if errors.Is(err, secret.ErrDamaged) {
			return sealed, nil
		}
		return again, err
	}
	err := s.store.Rebind(ctx, func(key Key, user UserID, username string, c Credential) (Credential, error) {
		var first, second error
		c.Password, first = rebind(c.Password, formerPasswordRecord(key, user, FieldPassword), PasswordRecord(key, user, username, FieldPassword))
		c.AppPassword, second = rebind(c.AppPassword, formerPasswordRecord(key, user, FieldAppPassword), PasswordRecord(key, user, username, FieldAppPassword))
		return c, errors.Join(first, second)
	})
	if err != nil {
		return err
	}
	return s.runs.Rebind(ctx, s.Checks(), func(r run.Run, i run.Held) ([]byte, error) {
		return rebind(i.Sealed, formerItemRecord(r.ID, i.No), ItemRecord(r, i))
	})
}
