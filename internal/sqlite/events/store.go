// Package events keeps what happened that people are told of: event.Store on SQLite, and Put for the stores of those to whom it happened.
package events

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"purser.example/internal/event"
	"purser.example/internal/sqlite"
)

// Put stores events in the transaction of what happened: either all is kept, or nothing. Those that are stored already stay as they are, and
// what is older than events are kept is not taken.
func Put(tx *sqlite.Tx, events ...event.Event) error {
	oldest := tx.Now().Add(-event.Keep)
	for _, e := range events {
		if e.At.Before(oldest) {
			continue
		}
		facts, err := json.Marshal(append([]event.Fact{}, e.Facts...))
		if err != nil {
			return fmt.Errorf("write the facts of an event: %w", err)
		}
		if _, err := tx.Exec(`INSERT INTO events (id, kind, tenant_id, object_kind, object_id, object_name, account, cause, at, facts, told)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT (id) DO NOTHING`,
			e.ID, e.Kind, e.Tenant, e.Object.Kind, e.Object.ID, e.Object.Name, e.Account, e.Cause, e.At.UnixMilli(), string(facts)); err != nil {
			return err
		}
	}
	return nil
}

// Store implements event.Store.
type Store struct{ db *sqlite.DB }

// New gives the store of a database.
func New(db *sqlite.DB) *Store { return &Store{db: db} }

// Put implements event.Book.
func (s *Store) Put(ctx context.Context, events ...event.Event) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error { return Put(tx, events...) })
}

// Columns are those that Scan reads.
const Columns = `no, id, kind, tenant_id, object_kind, object_id, object_name, account, cause, at, facts`

// Scan reads one event.
func Scan(row sqlite.Row) (event.Stored, error) {
	var e event.Stored
	var at int64
	var facts string
	if err := row.Scan(&e.No, &e.ID, &e.Kind, &e.Tenant, &e.Object.Kind, &e.Object.ID, &e.Object.Name, &e.Account, &e.Cause, &at, &facts); err != nil {
		return e, err
	}
	e.At = sqlite.Moment(at)
	if err := json.Unmarshal([]byte(facts), &e.Facts); err != nil {
		return e, fmt.Errorf("read the facts of event %d: %w", e.No, err)
	}
	return e, nil
}

const (
	usual = 50
	most  = 200
)

// List implements event.Store.
func (s *Store) List(ctx context.Context, q event.Query) (event.Page, error) {
	where, args, err := conditions(q)
	if err != nil {
		return event.Page{}, err
	}
	if at, no, ok := cursor(q.After); ok {
		where, args = append(where, `(at, no) < (?, ?)`), append(args, at, no)
	}
	limit := q.Limit
	if limit <= 0 {
		limit = usual
	}
	limit = min(limit, most)
	rows, err := sqlite.All(s.db.Query(ctx, `SELECT `+Columns+` FROM events WHERE `+strings.Join(where, ` AND `)+` ORDER BY at DESC, no DESC LIMIT ?`, append(args, limit+1)...), Scan)
	if err != nil {
		return event.Page{}, err
	}
	page := event.Page{Rows: rows}
	if len(rows) > limit {
		last := rows[limit-1]
		page.Rows, page.Next = rows[:limit], fmt.Sprintf("%d.%d", last.At.UnixMilli(), last.No)
	}
	return page, nil
}

// conditions are those of a query, the cursor aside.
func conditions(q event.Query) (where []string, args []any, err error) {
	where = []string{`1`}
	add := func(condition string, arg any) { where, args = append(where, condition), append(args, arg) }
	if !q.Since.IsZero() {
		add(`at >= ?`, q.Since.UnixMilli())
	}
	if q.Behind > 0 {
		add(`no > ?`, q.Behind)
	}
	if q.Tenant != "" {
		add(`tenant_id = ?`, q.Tenant)
	}
	if len(q.Kinds) > 0 {
		list, err := sqlite.List(q.Kinds)
		if err != nil {
			return nil, nil, err
		}
		add(`kind `+sqlite.InList, list)
	}
	return where, args, nil
}

// cursor reads where a page ended. What nobody wrote is none.
func cursor(text string) (at, no int64, ok bool) {
	before, after, found := strings.Cut(text, ".")
	at, failed := strconv.ParseInt(before, 10, 64)
	no, bad := strconv.ParseInt(after, 10, 64)
	return at, no, found && failed == nil && bad == nil
}

// Count implements event.Store.
func (s *Store) Count(ctx context.Context, q event.Query, limit int) (n int, err error) {
	where, args, err := conditions(q)
	if err != nil {
		return 0, err
	}
	err = s.db.QueryRow(ctx, `SELECT count(*) FROM (SELECT 1 FROM events WHERE `+strings.Join(where, ` AND `)+` LIMIT ?)`, append(args, limit)...).Scan(&n)
	return n, err
}

// Newest implements event.Store.
func (s *Store) Newest(ctx context.Context) (no int64, err error) {
	err = s.db.QueryRow(ctx, `SELECT coalesce(max(no), 0) FROM events`).Scan(&no)
	return no, err
}

// Seen implements event.Store.
func (s *Store) Seen(ctx context.Context, issuer, subject string) (no int64, err error) {
	err = s.db.QueryRow(ctx, `SELECT coalesce(max(no), 0) FROM events_seen WHERE issuer = ? AND subject = ?`, issuer, subject).Scan(&no)
	return no, err
}

// See implements event.Store.
func (s *Store) See(ctx context.Context, issuer, subject string, no int64) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		_, err := tx.Exec(`INSERT INTO events_seen (issuer, subject, no) VALUES (?, ?, ?)
			ON CONFLICT (issuer, subject) DO UPDATE SET no = max(no, excluded.no)`, issuer, subject, no)
		return err
	})
}

// Forget implements event.Store.
func (s *Store) Forget(ctx context.Context, before time.Time, limit int) (more bool, err error) {
	err = s.db.Write(ctx, func(tx *sqlite.Tx) error {
		n, err := tx.Exec(`DELETE FROM events WHERE no IN (SELECT no FROM events WHERE at < ? ORDER BY at, no LIMIT ?)`, before.UnixMilli(), limit)
		more = n == int64(limit)
		return err
	})
	return more, err
}
