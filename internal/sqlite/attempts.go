package sqlite

import (
	"context"
	"time"

	"purser.example/internal/audit"
	"purser.example/internal/profile"
)

// attemptsKept is how long attempts are remembered: no rule looks further back than an hour.
const attemptsKept = 24 * time.Hour

// Begin implements profile.Store.
func (s *Profiles) Begin(ctx context.Context, a profile.AccountKey, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *Tx) error { return s.db.begin(tx, a, e) })
}

// begin counts an attempt that is about to be made, and writes its entry.
func (db *DB) begin(tx *Tx, a profile.AccountKey, e audit.Entry) error {
	account, now := accountColumn(a), db.now()
	if _, err := tx.Exec(`DELETE FROM attempts WHERE at < ?`, now.Add(-attemptsKept).UnixMilli()); err != nil {
		return err
	}
	if _, err := tx.Exec(`INSERT INTO attempts (account, at) VALUES (?, ?)`, account, now.UnixMilli()); err != nil {
		return err
	}
	return db.record(tx, e)
}

// accountColumn is the key as a text. A blank parts the two, so that those of a tenant stand together.
func accountColumn(a profile.AccountKey) string { return string(a.Tenant) + " " + a.Username }

// Attempts implements profile.Store.
func (s *Profiles) Attempts(ctx context.Context, a profile.AccountKey, since time.Time) (int, error) {
	query, args := `SELECT count(*) FROM attempts WHERE account = ? AND at > ?`, []any{accountColumn(a), since.UnixMilli()}
	if a.Username == "" {
		query = `SELECT count(*) FROM attempts WHERE account >= ? AND account < ? AND at > ?`
		args = []any{string(a.Tenant) + " ", string(a.Tenant) + "!", since.UnixMilli()} // "!" follows the blank
	}
	var n int
	err := s.db.reading.row(ctx, query, args...).Scan(&n)
	return n, translate(err)
}
