// Package activity finds entries of the activity log in SQLite, for people who read it (R63). The engine writes and proves them.
//
// Every filter has an index that walks from the newest entry to the oldest. Of several filters one leads and the others are looked at on the
// way, over so many entries at a time: a million entries of which none fits are never walked through in one request.
package activity

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"purser.example/internal/activity"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/sqlite"
)

// Store is an activity.Store.
type Store struct {
	db  *sqlite.DB
	far int // how many entries one request looks at
}

// New reads the log of a database.
func New(db *sqlite.DB) *Store { return &Store{db: db, far: lookedAt} }

const columns = `seq, chain, at, issuer, subject, name, sign_in, action, target_kind, target_id, target_name, request, address, details, mac, result, coalesce(tenant, '')`

func read(row sqlite.Row) (activity.Entry, error) {
	var e activity.Entry
	var at int64
	var details string
	err := row.Scan(&e.Seq, &e.Chain, &at, &e.Actor.Issuer, &e.Actor.Subject, &e.Actor.Name, &e.Actor.SignIn, &e.Action,
		&e.Target.Kind, &e.Target.ID, &e.Target.Name, &e.Origin.Request, &e.Origin.Address, &details, &e.MAC, &e.Result, &e.Tenant)
	if err != nil {
		return e, err
	}
	e.At = time.UnixMilli(at).UTC()
	if json.Unmarshal([]byte(details), &e.Details) != nil {
		e.Details = map[string]string{"unreadable": details} // somebody wrote over it: Verify says so
	}
	return e, nil
}

// Entry gives one by its number.
func (s *Store) Entry(ctx context.Context, seq int64) (activity.Entry, error) {
	e, err := read(s.db.QueryRow(ctx, `SELECT `+columns+` FROM activity WHERE seq = ?`, seq))
	if errors.Is(err, sql.ErrNoRows) {
		return e, problem.New(problem.NotFound, "The activity log has no such entry.")
	}
	return e, err
}

// Day counts from what is kept for each hour.
func (s *Store) Day(ctx context.Context, date time.Time) (activity.Day, error) {
	day := activity.Day{Date: date.UTC().Truncate(24 * time.Hour)}
	first := day.Date.Unix() / 3600
	err := s.db.Query(ctx, `SELECT hour, entries, failed FROM activity_hours WHERE hour >= ? AND hour < ?`, first, first+24).Each(func(row sqlite.Row) error {
		var hour int64
		var h activity.Hour
		if err := row.Scan(&hour, &h.Entries, &h.Failed); err != nil {
			return err
		}
		day.Hours[hour-first] = h
		return nil
	})
	return day, err
}

// Extent is told by the ends of the log alone.
func (s *Store) Extent(ctx context.Context) (entries int, newest time.Time, err error) {
	var at int64
	err = s.db.QueryRow(ctx, `SELECT coalesce((SELECT max(seq) FROM activity) - (SELECT min(seq) FROM activity) + 1, 0), coalesce((SELECT max(at) FROM activity), 0)`).Scan(&entries, &at)
	return entries, sqlite.Moment(at), err
}

// Actions walks from one action to the next.
func (s *Store) Actions(ctx context.Context) ([]audit.Action, error) {
	return sqlite.All(s.db.Query(ctx, `WITH RECURSIVE each(action) AS (
			SELECT min(action) FROM activity
			UNION ALL SELECT (SELECT min(action) FROM activity WHERE action > each.action) FROM each WHERE each.action IS NOT NULL LIMIT 1000)
		SELECT action FROM each WHERE action IS NOT NULL`), sqlite.Only[audit.Action])
}
