package runs

import (
	"context"
	"database/sql"

	"purser.example/internal/run"
	"purser.example/internal/sqlite"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

const columns = `SELECT id, kind, scope, title, attended, holding, state, issuer, subject, name, sign_in, request, address, begun_at, ended_at FROM runs`

// Run implements run.Store.
func (s *Store) Run(ctx context.Context, id run.ID) (run.Run, error) {
	list, err := s.runs(ctx, columns+` WHERE id = ?`, id)
	if err != nil {
		return run.Run{}, err
	}
	if len(list) == 0 {
		return run.Run{}, run.ErrGone
	}
	r := list[0]
	if r.Holding {
		r.Kept, err = s.kept(ctx, r)
	}
	return r, err
}

// kept reports whether values of items that are over still wait. The outcomes are those that Reopen takes, written out so that the
// index by outcome passes over what is stored or refused.
func (s *Store) kept(ctx context.Context, r run.Run) (kept bool, err error) {
	outcomes := `'not-reached', 'interrupted', 'dropped', 'skipped'`
	if r.State.Over() {
		outcomes += `, 'waiting'`
	}
	err = s.db.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM run_items WHERE run_id = ? AND sealed IS NOT NULL AND outcome IN (`+outcomes+`))`, r.ID).Scan(&kept)
	return kept, err
}

// Runs implements run.Store.
func (s *Store) Runs(ctx context.Context, q run.Query) ([]run.Run, error) {
	if q.Before == "" {
		return s.runs(ctx, columns+` WHERE kind = ? AND scope = ? ORDER BY id DESC LIMIT ?`, q.Kind, q.Scope, q.Limit)
	}
	return s.runs(ctx, columns+` WHERE kind = ? AND scope = ? AND id < ? ORDER BY id DESC LIMIT ?`, q.Kind, q.Scope, q.Before, q.Limit)
}

// Active implements run.Store.
func (s *Store) Active(ctx context.Context, kind string) ([]run.Run, error) {
	return s.active.Ask(s.db, kind, func() ([]run.Run, error) {
		return s.runs(ctx, columns+` WHERE state NOT IN ('finished', 'cancelled') AND (? = '' OR kind = ?) ORDER BY id DESC`, kind, kind)
	})
}

func (s *Store) runs(ctx context.Context, query string, args ...any) ([]run.Run, error) {
	list, err := sqlite.All(s.db.Query(ctx, query, args...), scanRun)
	if err != nil {
		return nil, err
	}
	for i := range list {
		if err := s.count(ctx, &list[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func scanRun(row sqlite.Row) (run.Run, error) {
	var r run.Run
	var begun, ended int64
	err := row.Scan(&r.ID, &r.Kind, &r.Scope, &r.Title, &r.Attended, &r.Holding, &r.State, &r.Actor.Issuer, &r.Actor.Subject, &r.Actor.Name, &r.Actor.SignIn,
		&r.Origin.Request, &r.Origin.Address, &begun, &ended)
	r.Begun, r.Ended = sqlite.Moment(begun), sqlite.Moment(ended)
	return r, err
}

// count fills in how many items have which outcome.
func (s *Store) count(ctx context.Context, r *run.Run) error {
	r.Counts = map[run.Outcome]int{}
	return s.db.Query(ctx, `SELECT outcome, n FROM run_counts WHERE run_id = ? AND n > 0`, r.ID).Each(func(row sqlite.Row) error {
		var outcome run.Outcome
		var n int
		if err := row.Scan(&outcome, &n); err != nil {
			return err
		}
		r.Counts[outcome] = n
		r.Total += n
		return nil
	})
}

const itemColumns = `SELECT no, subject, name, username, tenant_id, outcome, reason, status, code, verdict, at, tries, sealed, note FROM run_items`

// Items implements run.Store.
func (s *Store) Items(ctx context.Context, q run.ItemQuery) ([]run.Item, error) {
	way := ` AND no > ? ORDER BY no LIMIT ?`
	if q.Back {
		way = ` AND no <= ? ORDER BY no DESC LIMIT ?`
	}
	condition, args := ` WHERE run_id = ?`, []any{q.Run}
	if q.Outcome != "" {
		condition, args = condition+` AND outcome = ?`, append(args, q.Outcome)
	}
	held, err := s.items(ctx, itemColumns+condition+way, append(args, q.After, q.Limit)...)
	list := make([]run.Item, len(held))
	for i := range held {
		list[i] = held[i].Item
	}
	return list, err
}

// Waiting implements run.Store.
func (s *Store) Waiting(ctx context.Context, id run.ID, t tenant.ID, after, limit int) ([]run.Held, error) {
	return s.items(ctx, itemColumns+` WHERE run_id = ? AND tenant_id = ? AND outcome = 'waiting' AND no > ? ORDER BY no LIMIT ?`, id, t, after, limit)
}

// Tenants implements run.Store.
func (s *Store) Tenants(ctx context.Context, id run.ID) ([]tenant.ID, error) {
	return sqlite.All(s.db.Query(ctx, `SELECT DISTINCT tenant_id FROM run_items WHERE run_id = ? AND outcome = 'waiting'`, id), sqlite.Only[tenant.ID])
}

func (s *Store) items(ctx context.Context, query string, args ...any) ([]run.Held, error) {
	return sqlite.All(s.db.Query(ctx, query, args...), scanItem)
}

func scanItem(row sqlite.Row) (run.Held, error) {
	var i run.Held
	var status string
	var at int64
	var found sql.NullString
	if err := row.Scan(&i.No, &i.Subject, &i.Name, &i.Username, &i.Tenant, &i.Outcome, &i.Reason, &status, &i.Code, &found, &at, &i.Tries, &i.Sealed, &i.Note); err != nil {
		return i, err
	}
	if status != "" {
		if err := i.Status.UnmarshalText([]byte(status)); err != nil {
			return i, err
		}
	}
	i.At, i.Kept = sqlite.Moment(at), i.Sealed != nil
	var err error
	i.Verdict, err = sqlite.FromJSON[verdict.Verdict](found)
	return i, err
}
