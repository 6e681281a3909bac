// Package sessions keeps who is signed in: session.Store on SQLite.
package sessions

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/session"
	"purser.example/internal/sqlite"
)

// Store implements session.Store.
type Store struct {
	db     *sqlite.DB
	loaded sqlite.Kept[session.Key, session.Row]
}

// New gives the store of a database.
func New(db *sqlite.DB) *Store { return &Store{db: db} }

// Load implements session.Store. Every request asks for its session.
func (s *Store) Load(ctx context.Context, key session.Key) (session.Row, error) {
	return s.loaded.Ask(s.db, key, func() (session.Row, error) { return s.load(ctx, key) })
}

func (s *Store) load(ctx context.Context, key session.Key) (session.Row, error) {
	row, err := scan(s.db.QueryRow(ctx, columns+` WHERE key = ?`, key))
	if errors.Is(err, sql.ErrNoRows) {
		return session.Row{}, session.ErrEnded
	}
	return row, err
}

const columns = `SELECT key, issuer, subject, name, sign_in, roles, created_at, seen_at, state, id_token, provider, proof FROM sessions`

func scan(found sqlite.Row) (session.Row, error) {
	var row session.Row
	var roles string
	var created, seen int64
	if err := found.Scan(&row.Key, &row.Caller.Issuer, &row.Caller.Subject, &row.Caller.Name, &row.Caller.SignIn, &roles, &created, &seen,
		&row.State, &row.IDToken, &row.Provider, &row.Proof); err != nil {
		return session.Row{}, err
	}
	for role := range strings.FieldsSeq(roles) {
		row.Caller.Roles = append(row.Caller.Roles, access.Role(role))
	}
	row.Created, row.Seen = sqlite.Moment(created), sqlite.Moment(seen)
	return row, nil
}

// Begin implements session.Store.
func (s *Store) Begin(ctx context.Context, row session.Row) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error { return insert(tx, row) })
}

func insert(tx *sqlite.Tx, row session.Row) error {
	roles := make([]string, len(row.Caller.Roles))
	for i, r := range row.Caller.Roles {
		roles[i] = string(r)
	}
	_, err := tx.Exec(`INSERT INTO sessions (key, issuer, subject, name, sign_in, roles, created_at, seen_at, state, id_token, provider, proof)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		row.Key, row.Caller.Issuer, row.Caller.Subject, row.Caller.Name, row.Caller.SignIn, strings.Join(roles, " "),
		row.Created.UnixMilli(), row.Seen.UnixMilli(), sqlite.Blob(row.State), sqlite.Blob(row.IDToken), row.Provider, sqlite.Blob(row.Proof))
	return err
}

// SetState implements session.Store.
func (s *Store) SetState(ctx context.Context, key session.Key, was, is []byte) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		n, err := tx.Exec(`UPDATE sessions SET state = ? WHERE key = ? AND state IS ?`, sqlite.Blob(is), key, sqlite.Blob(was))
		if err == nil && n == 0 {
			return session.ErrChanged
		}
		return err
	})
}

// SignIn implements session.Store.
func (s *Store) SignIn(ctx context.Context, old session.Key, row session.Row, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		if _, err := tx.Exec(`DELETE FROM sessions WHERE key = ?`, old); err != nil {
			return err
		}
		if err := insert(tx, row); err != nil {
			return err
		}
		return tx.Record(e)
	})
}

// SignOut implements session.Store.
func (s *Store) SignOut(ctx context.Context, key session.Key, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		n, err := tx.Exec(`DELETE FROM sessions WHERE key = ?`, key)
		if err != nil {
			return err
		}
		if n == 0 {
			return session.ErrEnded
		}
		return tx.Record(e)
	})
}

// List implements session.Store.
func (s *Store) List(ctx context.Context, p session.Page) (rows []session.Row, more bool, err error) {
	where, order, args := ` WHERE subject <> ''`, ` ORDER BY created_at DESC, key DESC LIMIT ?`, []any{}
	switch {
	case p.Before != nil: // the nearest first, and turned round below
		where, order = where+` AND (created_at, key) > (?, ?)`, ` ORDER BY created_at, key LIMIT ?`
		args = append(args, p.Before.Created.UnixMilli(), p.Before.Key)
	case p.After != nil:
		where += ` AND (created_at, key) < (?, ?)`
		args = append(args, p.After.Created.UnixMilli(), p.After.Key)
	}
	rows, err = sqlite.All(s.db.Query(ctx, columns+where+order, append(args, p.Limit+1)...), scan)
	if more = len(rows) > p.Limit; more {
		rows = rows[:p.Limit]
	}
	if p.Before != nil {
		slices.Reverse(rows)
	}
	return rows, more, err
}

// OfPerson implements session.Store.
func (s *Store) OfPerson(ctx context.Context, issuer, subject string) ([]session.Row, error) {
	return sqlite.All(s.db.Query(ctx, columns+` WHERE subject = ? AND issuer = ? AND subject <> '' ORDER BY created_at DESC, key DESC`, subject, issuer), scan)
}

// End implements session.Store.
func (s *Store) End(ctx context.Context, by session.Key, which session.Which, entry func(session.Row) audit.Entry) (ended []session.Row, err error) {
	where, args := whichOf(which)
	if where == "" {
		return nil, nil
	}
	err = s.db.Write(ctx, func(tx *sqlite.Tx) error {
		var known bool
		if err := tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM sessions WHERE key = ? AND subject <> '')`, by).Scan(&known); err != nil {
			return err
		}
		if !known {
			return session.ErrEnded
		}
		ended, err = sqlite.All(tx.Query(columns+where, args...), scan)
		return errors.Join(err, endAll(tx, ended, entry))
	})
	if err != nil {
		return nil, err
	}
	return ended, nil
}

// whichOf gives the condition, and nothing where nothing is said.
func whichOf(which session.Which) (where string, args []any) {
	if which.Keys != nil {
		where += ` AND key IN (?` + strings.Repeat(`, ?`, max(0, len(which.Keys)-1)) + `)`
		for _, key := range which.Keys {
			args = append(args, key)
		}
		if len(which.Keys) == 0 {
			args = append(args, "")
		}
	}
	if which.Of != nil {
		where, args = where+` AND subject = ? AND issuer = ?`, append(args, which.Of.Subject, which.Of.Issuer)
	}
	if which.NotOf != nil {
		where, args = where+` AND NOT (subject = ? AND issuer = ?)`, append(args, which.NotOf.Subject, which.NotOf.Issuer)
	}
	if where == "" {
		return "", nil
	}
	return ` WHERE subject <> '' AND key <> ?` + where, append([]any{which.But}, args...)
}

// endAll removes sessions, each with its entry.
func endAll(tx *sqlite.Tx, rows []session.Row, entry func(session.Row) audit.Entry) error {
	for _, row := range rows {
		if _, err := tx.Exec(`DELETE FROM sessions WHERE key = ?`, row.Key); err != nil {
			return err
		}
		if err := tx.Record(entry(row)); err != nil {
			return err
		}
	}
	return nil
}

// EndOf implements session.Store. It asks before it writes: anybody may name a session of the provider's.
func (s *Store) EndOf(ctx context.Context, provider string, entry func(session.Row) audit.Entry) (ended []session.Key, err error) {
	var known bool
	if err := s.db.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM sessions WHERE provider = ? AND provider <> '')`, provider).Scan(&known); err != nil || !known {
		return nil, err
	}
	err = s.db.Write(ctx, func(tx *sqlite.Tx) error {
		rows, err := sqlite.All(tx.Query(columns+` WHERE provider = ? AND provider <> ''`, provider), scan)
		ended = nil
		ended = nil
		for _, row := range rows {
			ended = append(ended, row.Key)
		}
		return errors.Join(err, endAll(tx, rows, entry))
	})
	if err != nil {
		return nil, err
	}
	return ended, nil
}

// ProveAll implements session.Store.
func (s *Store) ProveAll(ctx context.Context, prove func(session.Row) (session.Row, error)) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		rows, err := sqlite.All(tx.Query(columns+` WHERE proof IS NULL`), scan)
		for _, row := range rows {
			if err == nil {
				row, err = prove(row)
			}
			if err == nil {
				_, err = tx.Exec(`UPDATE sessions SET proof = ? WHERE key = ?`, row.Proof, row.Key)
			}
		}
		return err
	})
}

// Touch implements session.Store.
func (s *Store) Touch(ctx context.Context, key session.Key, seen time.Time) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error { return touch(tx, key, seen) })
}

func touch(tx *sqlite.Tx, key session.Key, seen time.Time) error {
	_, err := tx.Exec(`UPDATE sessions SET seen_at = ? WHERE key = ? AND seen_at < ?`, seen.UnixMilli(), key, seen.UnixMilli())
	return err
}

// Sweep implements session.Store.
func (s *Store) Sweep(ctx context.Context, active map[session.Key]time.Time, over session.Over) (ended []session.Key, err error) {
	err = s.db.Write(ctx, func(tx *sqlite.Tx) error {
		for key, seen := range active {
			if err := touch(tx, key, seen); err != nil {
				return err
			}
		}
		now := over.At.UnixMilli()
		ended, err = sqlite.All(tx.Query(`DELETE FROM sessions WHERE abs(seen_at - ?) >= ? OR abs(created_at - ?) >= ? OR (subject = '' AND abs(created_at - ?) >= ?) RETURNING key`,
			now, over.Idle.Milliseconds(), now, over.Max.Milliseconds(), now, over.Nobody.Milliseconds()), sqlite.Only[session.Key])
		return err
	})
	if err != nil {
		return nil, err
	}
	return ended, nil
}

// SignedIn counts the sessions of people.
func (s *Store) SignedIn(ctx context.Context) (n int, err error) {
	err = s.db.QueryRow(ctx, `SELECT count(*) FROM sessions WHERE subject <> ''`).Scan(&n)
	return n, err
}
