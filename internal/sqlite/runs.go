package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"purser.example/internal/audit"
	"purser.example/internal/profile"
	"purser.example/internal/tenant"
)

// Runs implements profile.RunStore.
type Runs struct{ db *DB }

// Runs gives the store of validation runs.
func (db *DB) Runs() *Runs { return &Runs{db} }

// PrepareRun implements profile.RunStore.
func (s *Runs) PrepareRun(ctx context.Context, r profile.Run) error {
	return s.db.Write(ctx, func(tx *Tx) error {
		_, err := tx.Exec(`INSERT INTO validation_runs (id, selection, attended, state, issuer, subject, name, sign_in, request, address, begun_at, ended_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`,
			r.ID, r.Selection, r.Attended, r.State, r.Actor.Issuer, r.Actor.Subject, r.Actor.Name, r.Actor.SignIn, r.Origin.Request, r.Origin.Address, r.Begun.UnixMilli())
		return err
	})
}

// AddItems implements profile.RunStore.
func (s *Runs) AddItems(ctx context.Context, id profile.RunID, items []profile.Item) error {
	return s.db.Write(ctx, func(tx *Tx) error {
		for _, i := range items {
			if _, err := tx.Exec(`INSERT INTO validation_run_items (run_id, no, profile_id, name, username, tenant_id, outcome, reason, status, code, at, tries)
				VALUES (?, ?, ?, ?, ?, ?, ?, '', '', '', 0, 0)`, id, i.No, i.Profile, i.Name, i.Username, i.Tenant, i.Outcome); err != nil {
				return err
			}
		}
		return nil
	})
}

// HandOver implements profile.RunStore.
func (s *Runs) HandOver(ctx context.Context, id profile.RunID, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *Tx) error {
		if err := setRunState(tx, id, profile.RunWaiting, profile.RunPreparing); err != nil {
			return err
		}
		if err := s.db.enqueue(tx, ValidationRunWork, string(id)); err != nil {
			return err
		}
		return s.db.record(tx, e)
	})
}

// setRunState moves a run from one of the states to another; it returns profile.ErrChanged where it is in none of them.
func setRunState(tx *Tx, id profile.RunID, to profile.RunState, from ...profile.RunState) error {
	for _, state := range from {
		n, err := tx.Exec(`UPDATE validation_runs SET state = ? WHERE id = ? AND state = ?`, to, id, state)
		if err != nil || n > 0 {
			return err
		}
	}
	return profile.ErrChanged
}

const runColumns = `SELECT id, selection, attended, state, issuer, subject, name, sign_in, request, address, begun_at, ended_at FROM validation_runs`

// Run implements profile.RunStore.
func (s *Runs) Run(ctx context.Context, id profile.RunID) (profile.Run, error) {
	runs, err := s.runs(ctx, runColumns+` WHERE id = ?`, id)
	if err == nil && len(runs) == 0 {
		return profile.Run{}, profile.ErrGone
	}
	if err != nil {
		return profile.Run{}, err
	}
	return runs[0], nil
}

// Runs implements profile.RunStore.
func (s *Runs) Runs(ctx context.Context, before profile.RunID, limit int) ([]profile.Run, error) {
	if before == "" {
		return s.runs(ctx, runColumns+` ORDER BY id DESC LIMIT ?`, limit)
	}
	return s.runs(ctx, runColumns+` WHERE id < ? ORDER BY id DESC LIMIT ?`, before, limit)
}

// ActiveRuns implements profile.RunStore.
func (s *Runs) ActiveRuns(ctx context.Context) ([]profile.Run, error) {
	return s.runs(ctx, runColumns+` WHERE state NOT IN ('finished', 'cancelled') ORDER BY id DESC`)
}

func (s *Runs) runs(ctx context.Context, query string, args ...any) ([]profile.Run, error) {
	rows, err := s.db.reading.rows(ctx, query, args...)
	if err != nil {
		return nil, translate(err)
	}
	defer func() { _ = rows.Close() }()
	var list []profile.Run
	for rows.Next() {
		var r profile.Run
		var begun, ended int64
		if err := rows.Scan(&r.ID, &r.Selection, &r.Attended, &r.State, &r.Actor.Issuer, &r.Actor.Subject, &r.Actor.Name, &r.Actor.SignIn,
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
func (s *Runs) count(ctx context.Context, r *profile.Run) error {
	rows, err := s.db.reading.rows(ctx, `SELECT outcome, n FROM validation_run_counts WHERE run_id = ? AND n > 0`, r.ID)
	if err != nil {
		return translate(err)
	}
	defer func() { _ = rows.Close() }()
	r.Counts = map[profile.Outcome]int{}
	for rows.Next() {
		var outcome profile.Outcome
		var n int
		if err := rows.Scan(&outcome, &n); err != nil {
			return translate(err)
		}
		r.Counts[outcome] = n
		r.Total += n
	}
	return translate(rows.Err())
}

const itemColumns = `SELECT no, profile_id, name, username, tenant_id, outcome, reason, status, code, at, tries FROM validation_run_items`

// Items implements profile.RunStore.
func (s *Runs) Items(ctx context.Context, q profile.ItemQuery) ([]profile.Item, error) {
	way := ` AND no > ? ORDER BY no LIMIT ?`
	if q.Back {
		way = ` AND no <= ? ORDER BY no DESC LIMIT ?`
	}
	if q.Outcome == "" {
		return s.items(ctx, itemColumns+` WHERE run_id = ?`+way, q.Run, q.After, q.Limit)
	}
	return s.items(ctx, itemColumns+` WHERE run_id = ? AND outcome = ?`+way, q.Run, q.Outcome, q.After, q.Limit)
}

// WaitingItems implements profile.RunStore.
func (s *Runs) WaitingItems(ctx context.Context, id profile.RunID, t tenant.ID, after, limit int) ([]profile.Item, error) {
	return s.items(ctx, itemColumns+` WHERE run_id = ? AND tenant_id = ? AND outcome = 'waiting' AND no > ? ORDER BY no LIMIT ?`, id, t, after, limit)
}

func (s *Runs) items(ctx context.Context, query string, args ...any) ([]profile.Item, error) {
	rows, err := s.db.reading.rows(ctx, query, args...)
	if err != nil {
		return nil, translate(err)
	}
	return scanItems(rows)
}

func scanItems(rows *sql.Rows) ([]profile.Item, error) {
	defer func() { _ = rows.Close() }()
	var list []profile.Item
	for rows.Next() {
		var i profile.Item
		var status string
		var at int64
		if err := rows.Scan(&i.No, &i.Profile, &i.Name, &i.Username, &i.Tenant, &i.Outcome, &i.Reason, &status, &i.Code, &at, &i.Tries); err != nil {
			return nil, translate(err)
		}
		if status != "" {
			if err := i.Status.UnmarshalText([]byte(status)); err != nil {
				return nil, err
			}
		}
		i.At = moment(at)
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

// Tenants implements profile.RunStore.
func (s *Runs) Tenants(ctx context.Context, id profile.RunID) ([]tenant.ID, error) {
	rows, err := s.db.reading.rows(ctx, `SELECT DISTINCT tenant_id FROM validation_run_items WHERE run_id = ? AND outcome = 'waiting'`, id)
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

// TakeUp implements profile.RunStore.
func (s *Runs) TakeUp(ctx context.Context, id profile.RunID, interrupted func(profile.Item) audit.Entry) (profile.Run, error) {
	err := s.db.Write(ctx, func(tx *Tx) error {
		if err := setRunState(tx, id, profile.RunRunning, profile.RunWaiting); err != nil && !errors.Is(err, profile.ErrChanged) {
			return err
		}
		rows, err := tx.tx.QueryContext(tx.ctx, itemColumns+` WHERE run_id = ? AND outcome = 'trying'`, id)
		if err != nil {
			return translate(err)
		}
		items, err := scanItems(rows)
		if err != nil {
			return err
		}
		for _, i := range items {
			i.Outcome, i.At = profile.Interrupted, s.db.now()
			if err := setItem(tx, id, i); err != nil {
				return err
			}
			if err := s.db.record(tx, interrupted(i)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return profile.Run{}, err
	}
	return s.Run(ctx, id)
}

func setItem(tx *Tx, id profile.RunID, i profile.Item) error {
	_, err := tx.Exec(`UPDATE validation_run_items SET outcome = ?, reason = ?, status = ?, code = ?, at = ?, tries = ? WHERE run_id = ? AND no = ?`,
		i.Outcome, i.Reason, i.Status, i.Code, milliseconds(i.At), i.Tries, id, i.No)
	return err
}

// Try implements profile.RunStore.
func (s *Runs) Try(ctx context.Context, id profile.RunID, no int, a profile.AccountKey, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *Tx) error {
		n, err := tx.Exec(`UPDATE validation_run_items SET outcome = 'trying' WHERE run_id = ? AND no = ? AND outcome = 'waiting'`, id, no)
		if err != nil {
			return err
		}
		if n == 0 {
			return profile.ErrChanged
		}
		return s.db.begin(tx, a, e)
	})
}

// Conclude implements profile.RunStore. A profile that is gone or has another account by now has its outcome all the same: the
// attempt was made.
func (s *Runs) Conclude(ctx context.Context, id profile.RunID, i profile.Item, p profile.Profile, v profile.Validation, e audit.Entry) error {
	profiles := s.db.Profiles()
	err := profiles.validatedWith(ctx, p, v, e, func(tx *Tx) error { return setItem(tx, id, i) })
	if errors.Is(err, profile.ErrGone) || errors.Is(err, profile.ErrChanged) {
		return nil
	}
	return err
}

// Settle implements profile.RunStore.
func (s *Runs) Settle(ctx context.Context, id profile.RunID, i profile.Item) error {
	return s.db.Write(ctx, func(tx *Tx) error {
		n, err := tx.Exec(`UPDATE validation_run_items SET outcome = ?, reason = ?, status = ?, code = ?, at = ?, tries = ? WHERE run_id = ? AND no = ? AND outcome = 'waiting'`,
			i.Outcome, i.Reason, i.Status, i.Code, milliseconds(i.At), i.Tries, id, i.No)
		if err == nil && n == 0 {
			return profile.ErrChanged
		}
		return err
	})
}

// SettleAll implements profile.RunStore. It goes in steps, so that others' writes get in between.
func (s *Runs) SettleAll(ctx context.Context, id profile.RunID, t tenant.ID, o profile.Outcome, why profile.Reason, at time.Time) error {
	for {
		var n int64
		err := s.db.Write(ctx, func(tx *Tx) error {
			var err error
			n, err = tx.Exec(`UPDATE validation_run_items SET outcome = ?, reason = ?, at = ? WHERE run_id = ? AND no IN
				(SELECT no FROM validation_run_items WHERE run_id = ? AND outcome = 'waiting' AND (? = '' OR tenant_id = ?) LIMIT 2000)`,
				o, why, milliseconds(at), id, id, t, t)
			return err
		})
		if err != nil || n == 0 {
			return err
		}
	}
}

// CancelRun implements profile.RunStore.
func (s *Runs) CancelRun(ctx context.Context, id profile.RunID, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *Tx) error {
		if err := setRunState(tx, id, profile.RunCancelling, profile.RunWaiting, profile.RunRunning); err != nil {
			return err
		}
		return s.db.record(tx, e)
	})
}

// EndRun implements profile.RunStore.
func (s *Runs) EndRun(ctx context.Context, id profile.RunID, state profile.RunState, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *Tx) error {
		n, err := tx.Exec(`UPDATE validation_runs SET state = ?, ended_at = ? WHERE id = ? AND ended_at = 0`, state, s.db.now().UnixMilli(), id)
		if err != nil {
			return err
		}
		if n == 0 {
			return profile.ErrChanged
		}
		return s.db.record(tx, e)
	})
}
