package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/session"
)

// Sessions implements session.Store.
type Sessions struct{ db *DB }

// Sessions gives the store of sessions.
func (db *DB) Sessions() *Sessions { return &Sessions{db} }

// Load implements session.Store.
func (s *Sessions) Load(ctx context.Context, key session.Key) (session.Row, error) {
	row := session.Row{Key: key}
	var roles string
	var created, seen int64
	err := s.db.reading.row(ctx, `SELECT issuer, subject, name, sign_in, roles, created_at, seen_at, state, id_token FROM sessions WHERE key = ?`, key).
		Scan(&row.Caller.Issuer, &row.Caller.Subject, &row.Caller.Name, &row.Caller.SignIn, &roles, &created, &seen, &row.State, &row.IDToken)
	if errors.Is(err, sql.ErrNoRows) {
		return session.Row{}, session.ErrEnded
	}
	if err != nil {
		return session.Row{}, translate(err)
	}
	for role := range strings.FieldsSeq(roles) {
		row.Caller.Roles = append(row.Caller.Roles, access.Role(role))
	}
	row.Created, row.Seen = time.UnixMilli(created).UTC(), time.UnixMilli(seen).UTC()
	return row, nil
}

// Begin implements session.Store.
func (s *Sessions) Begin(ctx context.Context, row session.Row) error {
	return s.db.Write(ctx, func(tx *Tx) error { return insertSession(tx, row) })
}

// SetState implements session.Store.
func (s *Sessions) SetState(ctx context.Context, key session.Key, was, is []byte) error {
	return s.db.Write(ctx, func(tx *Tx) error {
		n, err := tx.Exec(`UPDATE sessions SET state = ? WHERE key = ? AND state IS ?`, blob(is), key, blob(was))
		if err == nil && n == 0 {
			return session.ErrChanged
		}
		return err
	})
}

// SignIn implements session.Store.
func (s *Sessions) SignIn(ctx context.Context, old session.Key, row session.Row, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *Tx) error {
		if _, err := tx.Exec(`DELETE FROM sessions WHERE key = ?`, old); err != nil {
			return err
		}
		if err := insertSession(tx, row); err != nil {
			return err
		}
		return s.db.record(tx, e)
	})
}

// SignOut implements session.Store.
func (s *Sessions) SignOut(ctx context.Context, key session.Key, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *Tx) error {
		n, err := tx.Exec(`DELETE FROM sessions WHERE key = ?`, key)
		if err != nil {
			return err
		}
		if n == 0 {
			return session.ErrEnded
		}
		return s.db.record(tx, e)
	})
}

// Touch implements session.Store.
func (s *Sessions) Touch(ctx context.Context, key session.Key, seen time.Time) error {
	return s.db.Write(ctx, func(tx *Tx) error { return touch(tx, key, seen) })
}

func touch(tx *Tx, key session.Key, seen time.Time) error {
	_, err := tx.Exec(`UPDATE sessions SET seen_at = ? WHERE key = ? AND seen_at < ?`, seen.UnixMilli(), key, seen.UnixMilli())
	return err
}

// Sweep implements session.Store.
func (s *Sessions) Sweep(ctx context.Context, active map[session.Key]time.Time, idle, latest, waiting time.Time) (int64, error) {
	var removed int64
	err := s.db.Write(ctx, func(tx *Tx) error {
		for key, seen := range active {
			if err := touch(tx, key, seen); err != nil {
				return err
			}
		}
		n, err := tx.Exec(`DELETE FROM sessions WHERE seen_at <= ? OR created_at <= ? OR (subject = '' AND created_at <= ?)`,
			idle.UnixMilli(), latest.UnixMilli(), waiting.UnixMilli())
		removed = n
		return err
	})
	return removed, err
}

func insertSession(tx *Tx, row session.Row) error {
	roles := make([]string, len(row.Caller.Roles))
	for i, r := range row.Caller.Roles {
		roles[i] = string(r)
	}
	_, err := tx.Exec(`INSERT INTO sessions (key, issuer, subject, name, sign_in, roles, created_at, seen_at, state, id_token)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		row.Key, row.Caller.Issuer, row.Caller.Subject, row.Caller.Name, row.Caller.SignIn, strings.Join(roles, " "),
		row.Created.UnixMilli(), row.Seen.UnixMilli(), blob(row.State), blob(row.IDToken))
	return err
}

// blob makes SQL's NULL of nothing; the driver would store an empty blob.
func blob(b []byte) any {
	if b == nil {
		return nil
	}
	return b
}
