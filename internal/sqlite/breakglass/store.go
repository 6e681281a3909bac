// Package breakglass keeps the links of the way in without the identity provider: breakglass.Store on SQLite.
package breakglass

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"purser.example/internal/audit"
	"purser.example/internal/breakglass"
	"purser.example/internal/sqlite"
)

// Store implements breakglass.Store.
type Store struct {
	db     *sqlite.DB
	unseen sqlite.Kept[person, []breakglass.Link]
}

type person struct{ issuer, subject string }

// New gives the store of a database.
func New(db *sqlite.DB) *Store { return &Store{db: db} }

// Take implements breakglass.Store.
func (s *Store) Take(ctx context.Context, l breakglass.Link, e audit.Entry) error {
	err := s.db.Write(ctx, func(tx *sqlite.Tx) error {
		if _, err := tx.Exec(`INSERT INTO break_glass (id, token, made_at, made_by, used_at, used_from, proof) VALUES (?, ?, ?, ?, 0, '', ?)`,
			l.ID, l.Token, l.Made.UnixMilli(), l.By, l.Proof); err != nil {
			return err
		}
		return tx.Record(e)
	})
	if errors.Is(err, sqlite.ErrUnique) {
		return breakglass.ErrKnown
	}
	return err
}

const columns = `SELECT id, token, made_at, made_by, used_at, used_from, proof FROM break_glass`

func scan(row sqlite.Row) (breakglass.Link, error) {
	var l breakglass.Link
	var made, used int64
	err := row.Scan(&l.ID, &l.Token, &made, &l.By, &used, &l.From, &l.Proof)
	l.Made, l.Used = sqlite.Moment(made), sqlite.Moment(used)
	return l, err
}

// Find implements breakglass.Store.
func (s *Store) Find(ctx context.Context, token string) (breakglass.Link, error) {
	l, err := scan(s.db.QueryRow(ctx, columns+` WHERE token = ?`, token))
	if errors.Is(err, sql.ErrNoRows) {
		return breakglass.Link{}, breakglass.ErrNone
	}
	return l, err
}

// Use implements breakglass.Store.
func (s *Store) Use(ctx context.Context, id string, at time.Time, from string, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		n, err := tx.Exec(`UPDATE break_glass SET used_at = ?, used_from = ? WHERE id = ? AND used_at = 0`, at.UnixMilli(), from, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return breakglass.ErrNone
		}
		return tx.Record(e)
	})
}

// Unseen implements breakglass.Store. Every page of a Tenant Owner asks.
func (s *Store) Unseen(ctx context.Context, issuer, subject string) ([]breakglass.Link, error) {
	return s.unseen.Ask(s.db, person{issuer, subject}, func() ([]breakglass.Link, error) {
		return sqlite.All(s.db.Query(ctx, columns+` WHERE used_at > coalesce((SELECT through FROM break_glass_seen WHERE issuer = ? AND subject = ?), 0)
			ORDER BY used_at DESC, id DESC`, issuer, subject), scan)
	})
}

// Dismiss implements breakglass.Store.
func (s *Store) Dismiss(ctx context.Context, issuer, subject string, through time.Time, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		if _, err := tx.Exec(`INSERT INTO break_glass_seen (issuer, subject, through) VALUES (?, ?, ?)
			ON CONFLICT (issuer, subject) DO UPDATE SET through = max(through, excluded.through)`, issuer, subject, through.UnixMilli()); err != nil {
			return err
		}
		return tx.Record(e)
	})
}
