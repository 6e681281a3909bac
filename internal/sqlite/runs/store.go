// Package runs keeps work on many: run.Store on SQLite.
//
// How many items of a run have which outcome is kept by triggers (migrations/0008_runs.sql), so that a page that is renewed twice
// a second counts nothing.
package runs

import (
	"context"

	"purser.example/internal/audit"
	"purser.example/internal/run"
	"purser.example/internal/sqlite"
)

// Store implements run.Store.
type Store struct {
	db      *sqlite.DB
	effects Effects
	active  sqlite.Kept[string, []run.Run]
}

// Effect keeps the rows of a kind in step with an item whose outcome this store settles, in the same transaction.
type Effect func(tx *sqlite.Tx, r run.Run, i run.Item) error

// Effects are what follows the items of each kind, by its name. A kind that is not among them keeps nothing beside its items.
type Effects map[string]Effect

// New gives the store of a database.
func New(db *sqlite.DB, effects Effects) *Store { return &Store{db: db, effects: effects} }

// Prepare implements run.Store.
func (s *Store) Prepare(ctx context.Context, r run.Run) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error { return insert(tx, r) })
}

func insert(tx *sqlite.Tx, r run.Run) error {
	_, err := tx.Exec(`INSERT INTO runs (id, kind, scope, title, attended, holding, state, issuer, subject, name, sign_in, request, address, begun_at, ended_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`, r.ID, r.Kind, r.Scope, r.Title, r.Attended, r.Holding, r.State,
		r.Actor.Issuer, r.Actor.Subject, r.Actor.Name, r.Actor.SignIn, r.Origin.Request, r.Origin.Address, r.Begun.UnixMilli())
	return err
}

// AddItems implements run.Store.
func (s *Store) AddItems(ctx context.Context, id run.ID, items []run.Item) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		for _, i := range items {
			if err := insertItem(tx, id, run.Held{Item: i}); err != nil {
				return err
			}
		}
		return nil
	})
}

func insertItem(tx *sqlite.Tx, id run.ID, i run.Held) error {
	_, err := tx.Exec(`INSERT INTO run_items (run_id, no, subject, name, username, tenant_id, outcome, reason, status, code, at, tries, sealed, note)
		VALUES (?, ?, ?, ?, ?, ?, ?, '', '', '', 0, 0, ?, ?)`, id, i.No, i.Subject, i.Name, i.Username, i.Tenant, i.Outcome, sqlite.Blob(i.Sealed), i.Note)
	return err
}

// Begin stores a run that waits, with its items and their values, and hands it to the background work, in the transaction of the
// change that it is made for.
func Begin(tx *sqlite.Tx, r run.Run, items []run.Held) error {
	if err := insert(tx, r); err != nil {
		return err
	}
	for _, i := range items {
		if err := insertItem(tx, r.ID, i); err != nil {
			return err
		}
	}
	return tx.Enqueue(r.Kind, string(r.ID))
}

// HandOver implements run.Store.
func (s *Store) HandOver(ctx context.Context, r run.Run, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		if err := setState(tx, r.ID, run.Queued, run.Preparing); err != nil {
			return err
		}
		if err := tx.Enqueue(r.Kind, string(r.ID)); err != nil {
			return err
		}
		return tx.Record(e)
	})
}

// Drop implements run.Store.
func (s *Store) Drop(ctx context.Context, id run.ID) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		_, err := tx.Exec(`DELETE FROM runs WHERE id = ? AND state = ?`, id, run.Preparing)
		return err
	})
}

// Cancel implements run.Store.
func (s *Store) Cancel(ctx context.Context, id run.ID, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		if err := setState(tx, id, run.Cancelling, run.Queued, run.Running); err != nil {
			return err
		}
		return tx.Record(e)
	})
}

// End implements run.Store.
func (s *Store) End(ctx context.Context, id run.ID, state run.State, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		n, err := tx.Exec(`UPDATE runs SET state = ?, ended_at = ? WHERE id = ? AND ended_at = 0`, state, tx.Now().UnixMilli(), id)
		if err != nil {
			return err
		}
		if n == 0 {
			return run.ErrChanged
		}
		return tx.Record(e)
	})
}

// setState moves a run from one of the states to another; it returns run.ErrChanged where it is in none of them.
func setState(tx *sqlite.Tx, id run.ID, to run.State, from ...run.State) error {
	for _, state := range from {
		n, err := tx.Exec(`UPDATE runs SET state = ? WHERE id = ? AND state = ?`, to, id, state)
		if err != nil || n > 0 {
			return err
		}
	}
	return run.ErrChanged
}
