package appprofile

import (
	"context"
	"errors"

	"purser.example/internal/secret"
)

// TakeOver binds the app profiles that an older Purser wrote to their tenants. It is called once, when a database of before proofs is
// taken over; where it was cut off, it can be called again. A secret that does not open is left as it is, and will not be used.
func (s *Service) TakeOver(ctx context.Context) error {
	all, err := s.tenants.Connected(ctx)
	if err != nil {
		return err
	}
	for _, t := range all {
		kept, err := s.store.Of(ctx, t.ID)
		if err != nil {
			return err
		}
		for _, k := range kept {
			for i, c := range k.Sealed {
				again, err := s.ring.Rebind(c.Secret, secret.Record{Table: "app_profile", ID: string(k.ID), Field: string(c.ID)}, SecretRecord(t, k.Profile, c.ID))
				if errors.Is(err, secret.ErrDamaged) {
					again = c.Secret
				} else if err != nil {
					return err
				}
				k.Sealed[i].Secret = again
			}
			if err := s.store.Bind(ctx, k.ID, k.Sealed); err != nil {
				return err
			}
		}
	}
	return nil
}
