package profiles

import (
	"context"
	"slices"
	"strings"

	"purser.example/internal/account"
	"purser.example/internal/profile"
	"purser.example/internal/sqlite"
	"purser.example/internal/tenant"
)

// Sharing implements profile.Store.
func (s *Store) Sharing(ctx context.Context, t tenant.ID, usernames []string) ([]profile.Sharer, error) {
	list, err := sqlite.List(usernames)
	if err != nil || len(usernames) == 0 {
		return nil, err
	}
	found, err := sqlite.All(s.db.Query(ctx, sharing, list, t), func(row sqlite.Row) (*sharer, error) {
		p := new(sharer)
		err := row.Scan(&p.ID, &p.Kind, &p.Name, &p.key, &p.Tenant, &p.Username, &p.Version, &p.Status, &p.Sealed)
		return p, err
	})
	slices.SortFunc(found, func(a, b *sharer) int { return strings.Compare(a.key, b.key) })
	sharers := make([]profile.Sharer, len(found))
	for i, p := range found {
		sharers[i] = p.Sharer
	}
	return sharers, err
}

// sharer is a profile.Sharer with the key that it is sorted by.
type sharer struct {
	profile.Sharer
	key string
}

// sharing asks the index by username, however many profiles there are. It leaves the order to the program: SQLite would copy each row,
// and every Save of a password asks.
const sharing = `SELECT id, kind, name, name_key, tenant_id, username, version, status, password FROM profiles INDEXED BY profiles_by_username
	WHERE username_key ` + sqlite.InList + ` AND tenant_id = ?`

// Renew writes a new password that was accepted for the account at another place, where the profile still has the account. It is the
// accounts.Keeper of profile.PlaceKind. Whoever edits the profile meanwhile meets a newer version.
func Renew(tx *sqlite.Tx, r account.Renewal) (bool, error) {
	v := profile.Validation{At: r.Verdict.At, By: r.By.By, Verdict: r.Verdict}
	o, err := outcomeOf(profile.Profile{Status: r.Verdict.Status, Verdict: r.Verdict, Validated: v.At})
	if err != nil {
		return false, err
	}
	n, err := o.write(tx, `id = ? AND tenant_id = ? AND username_key = ? AND kind = ?`, r.ID, r.Key.Tenant, r.Key.Username, profile.Common)
	if err != nil || n == 0 {
		return false, err
	}
	if _, err := tx.Exec(`UPDATE profiles SET password = ?, version = version + 1, modified_at = ?, modified_by = ? WHERE id = ?`,
		r.Sealed, r.By.At.UnixMilli(), r.By.By, r.ID); err != nil {
		return false, err
	}
	return true, conclude(tx, profile.ID(r.ID), &v, nil)
}
