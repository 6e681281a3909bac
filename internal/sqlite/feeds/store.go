// Package feeds keeps the addresses of calendars: feed.Store on SQLite.
package feeds

import (
	"context"
	"database/sql"
	"errors"

	"purser.example/internal/audit"
	"purser.example/internal/feed"
	"purser.example/internal/sqlite"
)

// Store implements feed.Store.
type Store struct{ db *sqlite.DB }

// New gives the store of a database.
func New(db *sqlite.DB) *Store { return &Store{db: db} }

// Make implements feed.Store.
func (s *Store) Make(ctx context.Context, f feed.Feed, most int, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		n, err := tx.Exec(`INSERT INTO feeds (id, token, issuer, subject, name, accounts, made_at, proof) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8
			WHERE (SELECT count(*) FROM feeds WHERE issuer = ?3 AND subject = ?4) < ?9`, f.ID, f.Token, f.Issuer, f.Subject, f.Name, f.Accounts, f.Made.UnixMilli(), f.Proof, most)
		if err == nil && n == 0 {
			return feed.ErrMany
		}
		if err != nil {
			return err
		}
		return tx.Record(e)
	})
}

const columns = `SELECT id, token, issuer, subject, name, accounts, made_at, proof FROM feeds`

func scan(row sqlite.Row) (feed.Feed, error) {
	var f feed.Feed
	var made int64
	err := row.Scan(&f.ID, &f.Token, &f.Issuer, &f.Subject, &f.Name, &f.Accounts, &made, &f.Proof)
	f.Made = sqlite.Moment(made)
	return f, err
}

// Of implements feed.Store.
func (s *Store) Of(ctx context.Context, issuer, subject string) ([]feed.Feed, error) {
	return sqlite.All(s.db.Query(ctx, columns+` WHERE issuer = ? AND subject = ? ORDER BY made_at DESC, id DESC`, issuer, subject), scan)
}

// Find implements feed.Store.
func (s *Store) Find(ctx context.Context, token string) (feed.Feed, error) {
	f, err := scan(s.db.QueryRow(ctx, columns+` WHERE token = ?`, token))
	if errors.Is(err, sql.ErrNoRows) {
		return feed.Feed{}, feed.ErrGone
	}
	return f, err
}

// Revoke implements feed.Store.
func (s *Store) Revoke(ctx context.Context, issuer, subject string, id feed.ID, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		n, err := tx.Exec(`DELETE FROM feeds WHERE id = ? AND issuer = ? AND subject = ?`, id, issuer, subject)
		if err == nil && n == 0 {
			return feed.ErrGone
		}
		if err != nil {
			return err
		}
		return tx.Record(e)
	})
}
