package profile

import (
	"context"
	"errors"
	"strings"

	"purser.example/internal/secret"
)

// PasswordRecord is what the password is bound to: it must not be sent for another account because somebody wrote into the database
// (X43), nor an account's own as if it were an app password, or the other way round. The case of a username does not count, so that it
// may be changed without the password.
func PasswordRecord(p Profile) secret.Record {
	record := unboundRecord(p)
	record.Facts = secret.FactsOf(string(p.Tenant), strings.ToLower(p.Username), string(p.Kind))
	return record
}

// accountRecord is what a password was bound to before its kind counted.
func accountRecord(p Profile) secret.Record {
	record := unboundRecord(p)
	record.Facts = secret.FactsOf(string(p.Tenant), strings.ToLower(p.Username))
	return record
}

// unboundRecord is what a password was bound to first: its place alone.
func unboundRecord(p Profile) secret.Record {
	return secret.Record{Table: "profile", ID: string(p.ID), Field: "password"}
}

// TakeOver binds the passwords that an older Purser stored to their accounts and their kind. It is called once, when a database of before
// that is taken over; where it was cut off, it can be called again. A password that does not open is left as it is, and will not be sent.
func (s *Service) TakeOver(ctx context.Context) error {
	return s.rebind(ctx, unboundRecord, accountRecord)
}

// TakeOverKinds is TakeOver of a database in which passwords are bound to their accounts already: one that is not was put there by
// somebody else, and is left as it is.
func (s *Service) TakeOverKinds(ctx context.Context) error { return s.rebind(ctx, accountRecord) }

// rebind seals each password anew that is bound in one of these ways.
func (s *Service) rebind(ctx context.Context, ways ...func(Profile) secret.Record) error {
	return s.store.Rebind(ctx, func(p Profile, sealed []byte) ([]byte, error) {
		for _, former := range ways {
			if again, err := s.ring.Rebind(sealed, former(p), PasswordRecord(p)); !errors.Is(err, secret.ErrDamaged) {
				return again, err
			}
		}
		return sealed, nil
	})
}
