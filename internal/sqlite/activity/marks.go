package activity

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"purser.example/internal/audit"
	"purser.example/internal/forward"
	"purser.example/internal/sqlite"
)

// Written implements forward.Store.
func (s *Store) Written() uint64 { return s.db.Written() }

// After implements forward.Store.
func (s *Store) After(ctx context.Context, seq int64, limit int) ([]audit.Link, error) {
	return s.db.ActivityAfter(ctx, seq, limit)
}

const marks = `SELECT name, address, seq, at, failing_at, reason FROM activity_receivers`

func readMark(row sqlite.Row) (m forward.Mark, err error) {
	var at, failing int64
	err = row.Scan(&m.Name, &m.Address, &m.Seq, &at, &failing, &m.Reason)
	m.At, m.Failing = sqlite.Moment(at), sqlite.Moment(failing)
	return m, err
}

// Marks are those of all receivers that ever were.
func (s *Store) Marks(ctx context.Context) ([]forward.Mark, error) {
	return sqlite.All(s.db.Query(ctx, marks+` ORDER BY name`), readMark)
}

// Mark implements forward.Store. A receiver that is new gets what is written from now on; one at another address goes on where the former stood.
func (s *Store) Mark(ctx context.Context, name, address string) (m forward.Mark, err error) {
	err = s.db.Write(ctx, func(tx *sqlite.Tx) error {
		m, err = readMark(tx.QueryRow(marks+` WHERE name = ?`, name))
		if err == nil && m.Address == address {
			return nil
		}
		if errors.Is(err, sql.ErrNoRows) {
			m = forward.Mark{Name: name, At: tx.Now()}
			err = tx.QueryRow(`SELECT coalesce(max(seq), 0) FROM activity`).Scan(&m.Seq)
		}
		if err != nil {
			return err
		}
		m.Address, m.Failing, m.Reason = address, time.Time{}, ""
		return setMark(tx, m)
	})
	return m, err
}

// SetMark implements forward.Store.
func (s *Store) SetMark(ctx context.Context, m forward.Mark) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error { return setMark(tx, m) })
}

func setMark(tx *sqlite.Tx, m forward.Mark) error {
	_, err := tx.Exec(`INSERT INTO activity_receivers (name, address, seq, at, failing_at, reason) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (name) DO UPDATE SET address = excluded.address, seq = excluded.seq, at = excluded.at, failing_at = excluded.failing_at, reason = excluded.reason`,
		m.Name, m.Address, m.Seq, sqlite.Milliseconds(m.At), sqlite.Milliseconds(m.Failing), m.Reason)
	return err
}

var _ forward.Store = (*Store)(nil)

// Waiting is how many entries a receiver has yet to get, and when the oldest of them was written.
func (s *Store) Waiting(ctx context.Context, name string) (n int, oldest time.Time, err error) {
	var at int64
	err = s.db.QueryRow(ctx, `SELECT coalesce((SELECT max(seq) FROM activity) - r.seq, 0), coalesce((SELECT at FROM activity WHERE seq > r.seq ORDER BY seq LIMIT 1), 0)
		FROM (SELECT coalesce((SELECT seq FROM activity_receivers WHERE name = ?), (SELECT max(seq) FROM activity), 0) AS seq) r`, name).Scan(&n, &at)
	return n, sqlite.Moment(at), err
}
