// Package accounts keeps what is true of accounts, whoever keeps them: account.Store on SQLite.
package accounts

import (
	"context"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/sqlite"
)

// attemptsKept is how long attempts are remembered: no rule looks further back than an hour.
const attemptsKept = 24 * time.Hour

// Store implements account.Store.
type Store struct{ db *sqlite.DB }

// New gives the store of a database.
func New(db *sqlite.DB) *Store { return &Store{db} }

// Begin implements account.Store.
func (s *Store) Begin(ctx context.Context, k account.Key, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error { return Begin(tx, k, e) })
}

// Begin counts an attempt that is about to be made, and writes its entry, in the transaction of what the attempt is for.
func Begin(tx *sqlite.Tx, k account.Key, e audit.Entry) error {
	now := tx.Now()
	if _, err := tx.Exec(`DELETE FROM attempts WHERE at < ?`, now.Add(-attemptsKept).UnixMilli()); err != nil {
		return err
	}
	if _, err := tx.Exec(`INSERT INTO attempts (account, at) VALUES (?, ?)`, column(k), now.UnixMilli()); err != nil {
		return err
	}
	return tx.Record(e)
}

// column is the key as a text. A blank parts the two, so that those of a tenant stand together.
func column(k account.Key) string { return string(k.Tenant) + " " + k.Username }

// Attempts implements account.Store.
func (s *Store) Attempts(ctx context.Context, k account.Key, since, until time.Time) (int, error) {
	query, args := `SELECT count(*) FROM attempts WHERE account = ? AND at > ? AND at <= ?`, []any{column(k), since.UnixMilli(), until.UnixMilli()}
	if k.Username == "" {
		query = `SELECT count(*) FROM attempts WHERE account >= ? AND account < ? AND at > ? AND at <= ?`
		args = []any{string(k.Tenant) + " ", string(k.Tenant) + "!", since.UnixMilli(), until.UnixMilli()} // "!" follows the blank
	}
	var n int
	err := s.db.QueryRow(ctx, query, args...).Scan(&n)
	return n, err
}
