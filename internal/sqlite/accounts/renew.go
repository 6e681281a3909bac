package accounts

import (
	"fmt"

	"purser.example/internal/account"
	"purser.example/internal/sqlite"
)

// Keeper writes a new password at one of its noun's places, in the transaction of whoever it was accepted for, and tells whether the
// place still has the account.
type Keeper func(tx *sqlite.Tx, r account.Renewal) (stored bool, err error)

// Keepers are those who write at the places of each kind.
type Keepers map[string]Keeper

// Renew writes a new password at the other places of an account, with an entry for each that got it.
func (k Keepers) Renew(tx *sqlite.Tx, list []account.Renewal) error {
	for i, r := range list {
		keeper := k[r.Kind]
		if keeper == nil {
			return fmt.Errorf("no store keeps passwords of a %q", r.Kind)
		}
		stored, err := keeper(tx, r)
		if err == nil && stored {
			err = tx.Record(r.Entry)
		}
		if err != nil {
			return err
		}
		list[i].Stored = stored
	}
	return nil
}
