package sqlite

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"purser.example/internal/audit"
	"purser.example/internal/secret"
)

// ErrKeyringMissing says that the database holds data but no keyring any more, so that nothing sealed can be opened.
var ErrKeyringMissing = errors.New("the database has lost its keyring; restore it from a backup")

// Unlock opens the database's keyring with whichever of the keys fits, and makes one for the first of them in a new database. With another
// key, or a damaged keyring, it returns secret.ErrWrongKey or secret.ErrDamaged and changes nothing, and secret.ErrUnavailable where a key
// service could not be asked. Where the end of the activity log does not hold, it returns a *audit.Broken: what is done from then on could
// not be proved.
func (db *DB) Unlock(ctx context.Context, keepers ...secret.Keeper) (*secret.Keyring, error) {
	sealed, of, err := sealedKeyring(ctx, db.read, keepers)
	if errors.Is(err, ErrKeyringMissing) {
		return db.initialise(ctx, keepers[0])
	}
	if err != nil {
		return nil, err
	}
	ring, err := secret.OpenKeyring(ctx, of, sealed)
	if err != nil {
		return nil, err
	}
	if key, ok := of.(secret.Key); ok { // no key service closed a keyring of before chains had keys
		if err := db.takeOver(ctx, ring, key.FormerChainKey(sealed.Installation)); err != nil {
			return nil, err
		}
	}
	return db.unlocked(ctx, ring, of)
}

// unlocked readies an open keyring for use.
func (db *DB) unlocked(ctx context.Context, ring *secret.Keyring, of secret.Keeper) (*secret.Keyring, error) {
	ring, err := db.openLog(ctx, ring)
	if err != nil {
		return nil, err
	}
	s, err := stored(ctx, db.read)
	if err != nil {
		return nil, err
	}
	db.closedAs(s)
	db.keeper = of
	return ring, db.lock.write(s.Installation)
}

// Keeper is the key that opened the keyring.
func (db *DB) Keeper() secret.Keeper { return db.keeper }

// openLog readies the activity log with the keyring alone: where its ends hold, the last chain is the one that is written to.
func (db *DB) openLog(ctx context.Context, ring *secret.Keyring) (*secret.Keyring, error) {
	all, err := chains(ctx, db.read, ring)
	if err != nil {
		return nil, err
	}
	if err := all.Check(); err != nil {
		return nil, err
	}
	if slices.Min(all.bound) < slices.Max(all.bound) {
		return nil, &audit.Broken{Seq: all.Last().Head.Seq, Reason: "the keys of its chains are not sealed in one way; somebody put former ones in their place"}
	}
	last := all.Last()
	db.ring, db.bound = ring, all.bound[0]
	db.chain.Store(&last)
	return ring, nil
}

// New reports whether the database has no keyring yet.
func (db *DB) New(ctx context.Context) bool {
	_, err := stored(ctx, db.read)
	return errors.Is(err, ErrKeyringMissing)
}

// CheckKey reports whether one of the keys opens what the database holds now.
func (db *DB) CheckKey(ctx context.Context, keepers ...secret.Keeper) error {
	_, _, err := openKeyring(ctx, db.read, keepers)
	return err
}

// CheckWritable writes a row and returns after it is on the disk.
func (db *DB) CheckWritable(ctx context.Context) error {
	return db.Write(ctx, func(tx *Tx) error {
		_, err := tx.Exec(`INSERT INTO heartbeat (id, at) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET at = excluded.at`, db.now().UnixMilli())
		return err
	})
}

// initialise makes the keyring and the empty activity log of a new database. It refuses one that has entries already, or takes the place
// of one that had: that one is not new, and a fresh keyring would hide what happened to it.
func (db *DB) initialise(ctx context.Context, keeper secret.Keeper) (*secret.Keyring, error) {
	if _, installation := readLock(db.lock.file); installation != "" {
		return nil, ErrKeyringMissing
	}
	ring, sealed, err := secret.CreateKeyring(ctx, keeper, uuid.NewString())
	if err != nil {
		return nil, err
	}
	err = db.Write(ctx, func(tx *Tx) error {
		var entries int
		if err := tx.QueryRow(`SELECT (SELECT count(*) FROM chains) + (SELECT count(*) FROM (SELECT 1 FROM activity LIMIT 1))`).Scan(&entries); err != nil {
			return err
		}
		if entries > 0 {
			return ErrKeyringMissing
		}
		if _, err := tx.Exec(`INSERT INTO installation (id, installation, key_id, keyset, created_at) VALUES (1, ?, ?, ?, ?)`,
			sealed.Installation, sealed.KeyID, sealed.Keyset, db.now().UnixMilli()); err != nil {
			return err
		}
		first := audit.First(secret.Random(audit.KeySize))
		return keepChain(tx, ring, first, chainKey(first.ID, newestBound))
	})
	if err != nil {
		return nil, fmt.Errorf("make the keyring: %w", err)
	}
	return db.unlocked(ctx, ring, keeper)
}
