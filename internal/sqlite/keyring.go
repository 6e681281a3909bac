package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"purser.example/internal/secret"
)

// rowQuerier is whoever can be asked for one row.
type rowQuerier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// sealedKeyring reads the keyring as one of the keys closed it: while the key is changed, there are two (R64). Where none of them did, it is
// the one of before, which says whose it is.
func sealedKeyring(ctx context.Context, from rowQuerier, keepers []secret.Keeper) (s secret.SealedKeyring, of secret.Keeper, err error) {
	if s, err = stored(ctx, from); err != nil {
		return s, nil, err
	}
	closed := []secret.SealedKeyring{s}
	next, err := nextKeyring(ctx, from, s.Installation)
	if err != nil {
		return s, nil, err
	}
	for _, s := range append(closed, next...) {
		if i := slices.IndexFunc(keepers, func(k secret.Keeper) bool { return k.ID() == s.KeyID }); i >= 0 {
			return s, keepers[i], nil
		}
	}
	return s, keepers[0], nil
}

// nextKeyring reads the keyring as the next key closed it; none while none is on its way. Databases of before have no place for one.
func nextKeyring(ctx context.Context, from rowQuerier, installation string) ([]secret.SealedKeyring, error) {
	var known bool
	if err := from.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'key_changes')`).Scan(&known); err != nil || !known {
		return nil, translate(err)
	}
	next := secret.SealedKeyring{Installation: installation}
	err := from.QueryRowContext(ctx, `SELECT next_id, next FROM key_changes WHERE ended_at = 0 ORDER BY id DESC LIMIT 1`).Scan(&next.KeyID, &next.Keyset)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return []secret.SealedKeyring{next}, translate(err)
}

// openKeyring opens the keyring with whichever of the keys fits, and tells which did.
func openKeyring(ctx context.Context, from rowQuerier, keepers []secret.Keeper) (*secret.Keyring, secret.Keeper, error) {
	sealed, of, err := sealedKeyring(ctx, from, keepers)
	if err != nil {
		return nil, nil, err
	}
	ring, err := secret.OpenKeyring(ctx, of, sealed)
	return ring, of, err
}

// closedAs remembers how the keyring that this process has open stands in the database; while that is being written, in one of several ways.
func (db *DB) closedAs(any ...secret.SealedKeyring) { db.closed.Store(&any) }

// CheckKeyring reports whether the keyring stands in the database as this process opened it, or left it; /readyz asks. One that stands
// otherwise would not open at the next start, or would be another's.
func (db *DB) CheckKeyring(ctx context.Context) error {
	known := *db.closed.Load() // before the database is read: it is written after this
	now, err := stored(ctx, db.read)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(known, now.Same) {
		return fmt.Errorf("the keyring was changed in the database: %w", secret.ErrDamaged)
	}
	return nil
}

// stored reads the keyring as the key in use closed it; while the key is changed, that is the one of before.
func stored(ctx context.Context, from rowQuerier) (s secret.SealedKeyring, err error) {
	err = from.QueryRowContext(ctx, `SELECT installation, key_id, keyset FROM installation WHERE id = 1`).Scan(&s.Installation, &s.KeyID, &s.Keyset)
	if errors.Is(err, sql.ErrNoRows) {
		return s, ErrKeyringMissing
	}
	return s, translate(err)
}
