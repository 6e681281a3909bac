// Package watches keeps when accounts are checked and what each check came to: watch.Store on SQLite.
package watches

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/sqlite"
	"purser.example/internal/tenant"
	"purser.example/internal/watch"
)

// Store implements watch.Store.
type Store struct{ db *sqlite.DB }

// New gives the store of a database.
func New(db *sqlite.DB) *Store { return &Store{db: db} }

const planColumns = `SELECT t.id, coalesce(p.minute, 0), coalesce(p.zone, ''), coalesce(p.next_at, 0), coalesce(p.night_at, 0), coalesce(p.pace, 0), coalesce(p.total, 0),
	coalesce(p.left_over, 0) FROM tenants t LEFT JOIN watch_plans p ON p.tenant_id = t.id`

func scanPlan(row sqlite.Row) (watch.Plan, error) {
	var p watch.Plan
	var next, night, pace int64
	err := row.Scan(&p.Tenant, &p.Minute, &p.Zone, &next, &night, &pace, &p.Total, &p.Left)
	p.Next, p.Night, p.Pace = sqlite.Moment(next), sqlite.Moment(night), time.Duration(pace)*time.Millisecond
	return p, err
}

// Plans implements watch.Store.
func (s *Store) Plans(ctx context.Context) ([]watch.Plan, error) {
	return sqlite.All(s.db.Query(ctx, planColumns+` WHERE EXISTS (SELECT 1 FROM app_profiles a WHERE a.tenant_id = t.id) ORDER BY t.id`), scanPlan)
}

// Plan implements watch.Store.
func (s *Store) Plan(ctx context.Context, t tenant.ID) (watch.Plan, error) {
	p, err := scanPlan(s.db.QueryRow(ctx, planColumns+` WHERE t.id = ?`, t))
	if errors.Is(err, sql.ErrNoRows) {
		return watch.Plan{Tenant: t}, nil
	}
	return p, err
}

// SetPlan implements watch.Store.
func (s *Store) SetPlan(ctx context.Context, p watch.Plan, e *audit.Entry) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		if _, err := tx.Exec(`INSERT INTO watch_plans (tenant_id, minute, zone, next_at, night_at, pace, total, left_over) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (tenant_id) DO UPDATE SET minute = excluded.minute, zone = excluded.zone, next_at = excluded.next_at, night_at = excluded.night_at,
			pace = excluded.pace, total = excluded.total, left_over = excluded.left_over`,
			p.Tenant, p.Minute, p.Zone, sqlite.Milliseconds(p.Next), sqlite.Milliseconds(p.Night), p.Pace.Milliseconds(), p.Total, p.Left); err != nil {
			return err
		}
		if e == nil {
			return nil
		}
		return tx.Record(*e)
	})
}

// Freeze implements watch.Store.
func (s *Store) Freeze(ctx context.Context, scope watch.Scope, f watch.Freeze, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		if _, err := tx.Exec(`INSERT INTO watch_freezes (kind, id, until_at, because, at, by_name) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (kind, id)
			DO UPDATE SET until_at = excluded.until_at, because = excluded.because, at = excluded.at, by_name = excluded.by_name`,
			scope.Kind, scope.ID, sqlite.Milliseconds(f.Until), f.Because, f.By.At.UnixMilli(), f.By.By); err != nil {
			return err
		}
		return tx.Record(e)
	})
}

// Resume implements watch.Store.
func (s *Store) Resume(ctx context.Context, scope watch.Scope, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		if n, err := tx.Exec(`DELETE FROM watch_freezes WHERE kind = ? AND id = ?`, scope.Kind, scope.ID); err != nil || n == 0 {
			return err
		}
		return tx.Record(e)
	})
}

// Frozen implements watch.Store.
func (s *Store) Frozen(ctx context.Context, scopes ...watch.Scope) (map[watch.Scope]watch.Freeze, error) {
	found := map[watch.Scope]watch.Freeze{}
	for _, scope := range scopes {
		var f watch.Freeze
		var until, at int64
		err := s.db.QueryRow(ctx, `SELECT until_at, because, at, by_name FROM watch_freezes WHERE kind = ? AND id = ?`, scope.Kind, scope.ID).Scan(&until, &f.Because, &at, &f.By.By)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return nil, err
		}
		f.Until, f.By.At = sqlite.Moment(until), sqlite.Moment(at)
		found[scope] = f
	}
	return found, nil
}

const placeColumns = `SELECT w.no, w.kind, w.place, w.tenant_id, w.account, w.night_at, w.due_at, w.tries, w.last_at, w.outcome, w.reason, w.status, w.code, w.good_at, w.bad_at
	FROM watch_places w`

func scanPlace(row sqlite.Row) (watch.Watched, error) {
	var w watch.Watched
	var night, due, last, good, bad int64
	err := row.Scan(&w.No, &w.Place.Kind, &w.Place.ID, &w.Tenant, &w.Account, &night, &due, &w.Tries, &last, &w.Last.Outcome, &w.Last.Reason, &w.Last.Status, &w.Last.Code, &good, &bad)
	w.Night, w.Due, w.Last.At, w.Good, w.Bad = sqlite.Moment(night), sqlite.Moment(due), sqlite.Moment(last), sqlite.Moment(good), sqlite.Moment(bad)
	return w, err
}

// Watched implements watch.Store.
func (s *Store) Watched(ctx context.Context, p account.Place) (watch.Watched, error) {
	w, err := scanPlace(s.db.QueryRow(ctx, placeColumns+` WHERE w.kind = ? AND w.place = ?`, p.Kind, p.ID))
	if errors.Is(err, sql.ErrNoRows) {
		return watch.Watched{}, watch.ErrGone
	}
	return w, err
}

// Checks implements watch.Store.
func (s *Store) Checks(ctx context.Context, no int64, since time.Time) ([]watch.Check, error) {
	return sqlite.All(s.db.Query(ctx, `SELECT at, outcome, reason, status, code FROM watch_checks WHERE no = ? AND at >= ? ORDER BY at`, no, since.UnixMilli()), func(row sqlite.Row) (watch.Check, error) {
		var c watch.Check
		var at int64
		err := row.Scan(&at, &c.Outcome, &c.Reason, &c.Status, &c.Code)
		c.At = sqlite.Moment(at)
		return c, err
	})
}
