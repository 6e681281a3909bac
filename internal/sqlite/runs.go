package sqlite

import (
	"context"
	"database/sql"
	"time"

	"purser.example/internal/audit"
	"purser.example/internal/pool"
	"purser.example/internal/run"
	"purser.example/internal/tenant"
)

// Runs implements run.Store.
type Runs struct {
	db *DB
	// settled keeps the rows of a kind in step with the outcome of an item that this store settles.
	settled map[string]func(tx *Tx, r run.Run, i run.Item) error
}

// Runs gives the store of runs.
func (db *DB) Runs() *Runs {
	return &Runs{db, map[string]func(*Tx, run.Run, run.Item) error{pool.CheckRun: settledCheck}}
}

// addRun writes a run and its items, as they are.
func addRun(tx *Tx, r run.Run, items []run.Held) error {
	if _, err := tx.Exec(`INSERT INTO runs (id, kind, scope, title, attended, holding, state, issuer, subject, name, sign_in, request, address, begun_at, ended_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`, r.ID, r.Kind, r.Scope, r.Title, r.Attended, r.Holding, r.State,
		r.Actor.Issuer, r.Actor.Subject, r.Actor.Name, r.Actor.SignIn, r.Origin.Request, r.Origin.Address, r.Begun.UnixMilli()); err != nil {
		return err
	}
	return addItems(tx, r.ID, items)
}

func addItems(tx *Tx, id run.ID, items []run.Held) error {
	for _, i := range items {
		if _, err := tx.Exec(`INSERT INTO run_items (run_id, no, subject, name, username, tenant_id, outcome, reason, status, code, at, tries, sealed)
			VALUES (?, ?, ?, ?, ?, ?, ?, '', '', '', 0, 0, ?)`, id, i.No, i.Subject, i.Name, i.Username, i.Tenant, i.Outcome, blob(i.Sealed)); err != nil {
			return err
		}
	}
	return nil
}

// Prepare implements run.Store.
func (s *Runs) Prepare(ctx context.Context, r run.Run) error {
	return s.db.Write(ctx, func(tx *Tx) error { return addRun(tx, r, nil) })
}

// AddItems implements run.Store.
func (s *Runs) AddItems(ctx context.Context, id run.ID, items []run.Item) error {
	held := make([]run.Held, len(items))
	for i := range items {
		held[i].Item = items[i]
	}
	return s.db.Write(ctx, func(tx *Tx) error { return addItems(tx, id, held) })
}

// HandOver implements run.Store.
func (s *Runs) HandOver(ctx context.Context, r run.Run, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *Tx) error {
		if err := setState(tx, r.ID, run.Queued, run.Preparing); err != nil {
			return err
		}
		if err := s.db.enqueue(tx, r.Kind, string(r.ID)); err != nil {
			return err
		}
		return s.db.record(tx, e)
	})
}

// Drop implements run.Store.
func (s *Runs) Drop(ctx context.Context, id run.ID) error {
	return s.db.Write(ctx, func(tx *Tx) error {
		_, err := tx.Exec(`DELETE FROM runs WHERE id = ? AND state = ?`, id, run.Preparing)
		return err
	})
}

// setState moves a run from one of the states to another; it returns run.ErrChanged where it is in none of them.
func setState(tx *Tx, id run.ID, to run.State, from ...run.State) error {
	for _, state := range from {
		n, err := tx.Exec(`UPDATE runs SET state = ? WHERE id = ? AND state = ?`, to, id, state)
		if err != nil || n > 0 {
			return err
		}
	}
	return run.ErrChanged
}

const runColumns = `SELECT id, kind, scope, title, attended, holding, state, issuer, subject, name, sign_in, request, address, begun_at, ended_at FROM runs`

// Run implements run.Store.
func (s *Runs) Run(ctx context.Context, id run.ID) (run.Run, error) {
	list, err := s.runs(ctx, runColumns+` WHERE id = ?`, id)
	if err == nil && len(list) == 0 {
		return run.Run{}, run.ErrGone
	}
	if err != nil || !list[0].Holding {
		return first(list), err
	}
	// The outcomes are those that Reopen takes, written out so that the index by outcome passes over what is stored or refused.
	outcomes := `'not-reached', 'interrupted', 'dropped', 'skipped'`
	if list[0].State.Over() {
		outcomes += `, 'waiting'`
	}
	err = s.db.reading.row(ctx, `SELECT EXISTS (SELECT 1 FROM run_items WHERE run_id = ? AND sealed IS NOT NULL AND outcome IN (`+outcomes+`))`, id).Scan(&list[0].Kept)
	return list[0], translate(err)
}

func first(list []run.Run) run.Run {
	if len(list) == 0 {
		return run.Run{}
	}
	return list[0]
}

// Runs implements run.Store.
func (s *Runs) Runs(ctx context.Context, q run.Query) ([]run.Run, error) {
	if q.Before == "" {
		return s.runs(ctx, runColumns+` WHERE kind = ? AND scope = ? ORDER BY id DESC LIMIT ?`, q.Kind, q.Scope, q.Limit)
	}
	return s.runs(ctx, runColumns+` WHERE kind = ? AND scope = ? AND id < ? ORDER BY id DESC LIMIT ?`, q.Kind, q.Scope, q.Before, q.Limit)
}

// Active implements run.Store.
func (s *Runs) Active(ctx context.Context, kind string) ([]run.Run, error) {
	return s.runs(ctx, runColumns+` WHERE state NOT IN ('finished', 'cancelled') AND (? = '' OR kind = ?) ORDER BY id DESC`, kind, kind)
}

func (s *Runs) runs(ctx context.Context, query string, args ...any) ([]run.Run, error) {
	rows, err := s.db.reading.rows(ctx, query, args...)
	if err != nil {
		return nil, translate(err)
	}
	defer func() { _ = rows.Close() }()
	var list []run.Run
	for rows.Next() {
		var r run.Run
		var begun, ended int64
		if err := rows.Scan(&r.ID, &r.Kind, &r.Scope, &r.Title, &r.Attended, &r.Holding, &r.State, &r.Actor.Issuer, &r.Actor.Subject, &r.Actor.Name, &r.Actor.SignIn,
			&r.Origin.Request, &r.Origin.Address, &begun, &ended); err != nil {
			return nil, translate(err)
		}
		r.Begun, r.Ended = time.UnixMilli(begun).UTC(), moment(ended)
		list = append(list, r)
	}
	if err := rows.Err(); err != nil {
		return nil, translate(err)
	}
	for i := range list {
		if err := s.count(ctx, &list[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// count fills in how many items have which outcome.
func (s *Runs) count(ctx context.Context, r *run.Run) error {
	rows, err := s.db.reading.rows(ctx, `SELECT outcome, n FROM run_counts WHERE run_id = ? AND n > 0`, r.ID)
	if err != nil {
		return translate(err)
	}
	defer func() { _ = rows.Close() }()
	r.Counts = map[run.Outcome]int{}
	for rows.Next() {
		var outcome run.Outcome
		var n int
		if err := rows.Scan(&outcome, &n); err != nil {
			return translate(err)
		}
		r.Counts[outcome] = n
		r.Total += n
	}
	return translate(rows.Err())
}

const itemColumns = `SELECT no, subject, name, username, tenant_id, outcome, reason, status, code, verdict, at, tries, sealed FROM run_items`

// Items implements run.Store.
func (s *Runs) Items(ctx context.Context, q run.ItemQuery) ([]run.Item, error) {
	way := ` AND no > ? ORDER BY no LIMIT ?`
	if q.Back {
		way = ` AND no <= ? ORDER BY no DESC LIMIT ?`
	}
	var held []run.Held
	var err error
	if q.Outcome == "" {
		held, err = s.items(ctx, itemColumns+` WHERE run_id = ?`+way, q.Run, q.After, q.Limit)
	} else {
		held, err = s.items(ctx, itemColumns+` WHERE run_id = ? AND outcome = ?`+way, q.Run, q.Outcome, q.After, q.Limit)
	}
	list := make([]run.Item, len(held))
	for i := range held {
		list[i] = held[i].Item
	}
	return list, err
}

// Waiting implements run.Store.
func (s *Runs) Waiting(ctx context.Context, id run.ID, t tenant.ID, after, limit int) ([]run.Held, error) {
	return s.items(ctx, itemColumns+` WHERE run_id = ? AND tenant_id = ? AND outcome = 'waiting' AND no > ? ORDER BY no LIMIT ?`, id, t, after, limit)
}

// Tenants implements run.Store.
func (s *Runs) Tenants(ctx context.Context, id run.ID) ([]tenant.ID, error) {
	rows, err := s.db.reading.rows(ctx, `SELECT DISTINCT tenant_id FROM run_items WHERE run_id = ? AND outcome = 'waiting'`, id)
	if err != nil {
		return nil, translate(err)
	}
	defer func() { _ = rows.Close() }()
	var list []tenant.ID
	for rows.Next() {
		var t tenant.ID
		if err := rows.Scan(&t); err != nil {
			return nil, translate(err)
		}
		list = append(list, t)
	}
	return list, translate(rows.Err())
}

func (s *Runs) items(ctx context.Context, query string, args ...any) ([]run.Held, error) {
	rows, err := s.db.reading.rows(ctx, query, args...)
	if err != nil {
		return nil, translate(err)
	}
	return scanItems(rows)
}

func scanItems(rows *sql.Rows) ([]run.Held, error) {
	defer func() { _ = rows.Close() }()
	var list []run.Held
	for rows.Next() {
		var i run.Held
		var status string
		var at int64
		var found sql.NullString
		if err := rows.Scan(&i.No, &i.Subject, &i.Name, &i.Username, &i.Tenant, &i.Outcome, &i.Reason, &status, &i.Code, &found, &at, &i.Tries, &i.Sealed); err != nil {
			return nil, translate(err)
		}
		if status != "" {
			if err := i.Status.UnmarshalText([]byte(status)); err != nil {
				return nil, err
			}
		}
		var err error
		if i.Verdict, err = readVerdict(found); err != nil {
			return nil, err
		}
		i.At, i.Kept = moment(at), i.Sealed != nil
		list = append(list, i)
	}
	return list, translate(rows.Err())
}

func milliseconds(at time.Time) int64 {
	if at.IsZero() {
		return 0
	}
	return at.UnixMilli()
}
