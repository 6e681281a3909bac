package sqlite

import (
	"context"
	"errors"

	"purser.example/internal/secret"
)

// OpenLog readies the activity log with a keyring, as Unlock does with the operator's key.
func (db *DB) OpenLog(ctx context.Context, ring *secret.Keyring) error {
	_, err := db.openLog(ctx, ring)
	return err
}

// Follow begins a chain that follows the last one and takes the entries from then on.
func (db *DB) Follow(ctx context.Context) error {
	err := db.Write(ctx, func(tx *Tx) error {
		last, _, err := db.end(tx)
		if err != nil {
			return err
		}
		return follow(tx, db.ring, last, db.bound)
	})
	return errors.Join(err, db.OpenLog(ctx, db.ring))
}

// VerifyBy is VerifyParts with parts of another size.
func (db *DB) VerifyBy(ctx context.Context, part int64, told func(read, of int64)) (Proved, error) {
	return db.verifyParts(ctx, part, told)
}

// Waiting counts the writes that wait behind the one under way.
func (db *DB) Waiting() int { return len(db.writer.changes) }

// Fingerprints are those that a start compares with.
var Fingerprints = fingerprints

// FingerprintOf makes a database of the version and gives its fingerprint.
func FingerprintOf(version int64) (string, error) {
	made, err := freshSchema(version)
	return fingerprint(made), err
}

// NewestVersion is what this program brings a database to.
func NewestVersion() int64 { return newestVersion() }
