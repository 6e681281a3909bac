package sqlite

import (
	"context"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/audit"
)

// attemptsKept is how long attempts are remembered: no rule looks further back than an hour.
const attemptsKept = 24 * time.Hour

// Accounts implements account.Store.
type Accounts struct{ db *DB }

// Accounts gives the store of what is true of accounts, whoever keeps them.
func (db *DB) Accounts() *Accounts { return &Accounts{db} }

// Begin implements account.Store.
func (s *Accounts) Begin(ctx context.Context, k account.Key, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *Tx) error { return s.db.begin(tx, k, e) })
}

// begin counts an attempt that is about to be made, and writes its entry.
func (db *DB) begin(tx *Tx, k account.Key, e audit.Entry) error {
	now := db.now()
	if _, err := tx.Exec(`DELETE FROM attempts WHERE at < ?`, now.Add(-attemptsKept).UnixMilli()); err != nil {
		return err
	}
	if _, err := tx.Exec(`INSERT INTO attempts (account, at) VALUES (?, ?)`, accountColumn(k), now.UnixMilli()); err != nil {
		return err
	}
	return db.record(tx, e)
}

// accountColumn is the key as a text. A blank parts the two, so that those of a tenant stand together.
func accountColumn(k account.Key) string { return string(k.Tenant) + " " + k.Username }

// Attempts implements account.Store.
func (s *Accounts) Attempts(ctx context.Context, k account.Key, since time.Time) (int, error) {
	query, args := `SELECT count(*) FROM attempts WHERE account = ? AND at > ?`, []any{accountColumn(k), since.UnixMilli()}
	if k.Username == "" {
		query = `SELECT count(*) FROM attempts WHERE account >= ? AND account < ? AND at > ?`
		args = []any{string(k.Tenant) + " ", string(k.Tenant) + "!", since.UnixMilli()} // "!" follows the blank
	}
	var n int
	err := s.db.reading.row(ctx, query, args...).Scan(&n)
	return n, translate(err)
}
