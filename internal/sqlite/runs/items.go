package runs

import (
	"context"
	"errors"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/run"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/accounts"
)

// SetItem stores the outcome of an item, in the transaction of what its kind stores of it, and tells whether it stands. It does not
// stand where another value replaced the one that was tried: then the item is skipped, and its kind must store nothing. A value that is
// accepted or rejected waits no longer.
func SetItem(tx *sqlite.Tx, r run.Run, i run.Item) (stands bool, err error) {
	found, err := sqlite.JSON(i.Verdict)
	if err != nil {
		return false, err
	}
	stands = true
	if r.Holding {
		if err := tx.QueryRow(`SELECT sealed IS NOT NULL FROM run_items WHERE run_id = ? AND no = ?`, r.ID, i.No).Scan(&stands); err != nil {
			return false, err
		}
	}
	if !stands && (i.Outcome == run.Waiting || i.Outcome.Accepted()) {
		i.Outcome, i.Reason = run.Skipped, run.Replaced
	}
	decided := i.Outcome.Accepted() || i.Outcome == run.Rejected
	_, err = tx.Exec(`UPDATE run_items SET outcome = ?, reason = ?, status = ?, code = ?, verdict = ?, at = ?, tries = ?, sealed = CASE WHEN ? THEN NULL ELSE sealed END
		WHERE run_id = ? AND no = ?`, i.Outcome, i.Reason, i.Status, i.Code, found, sqlite.Milliseconds(i.At), i.Tries, decided, r.ID, i.No)
	return stands, err
}

// settle is SetItem with what the kind keeps in step.
func (s *Store) settle(tx *sqlite.Tx, r run.Run, i run.Item) error {
	stands, err := SetItem(tx, r, i)
	if effect := s.effects[r.Kind]; err == nil && stands && effect != nil {
		err = effect(tx, r, i)
	}
	return err
}

// Forget drops the values that items about the subjects (a sqlite.List) hold, in all runs of a kind and scope. Items that still wait
// are skipped for the reason.
func Forget(tx *sqlite.Tx, kind, scope, subjects string, why account.Reason) error {
	const those = `sealed IS NOT NULL AND subject ` + sqlite.InList + ` AND run_id IN (SELECT id FROM runs WHERE kind = ? AND scope = ?)`
	if _, err := tx.Exec(`UPDATE run_items SET outcome = 'skipped', reason = ?, at = ? WHERE outcome = 'waiting' AND `+those,
		why, tx.Now().UnixMilli(), subjects, kind, scope); err != nil {
		return err
	}
	_, err := tx.Exec(`UPDATE run_items SET sealed = NULL WHERE `+those, subjects, kind, scope)
	return err
}

// TakeUp implements run.Store.
func (s *Store) TakeUp(ctx context.Context, id run.ID, interrupted func(run.Item) audit.Entry) (run.Run, error) {
	r, err := s.Run(ctx, id)
	if err != nil {
		return r, err
	}
	err = s.db.Write(ctx, func(tx *sqlite.Tx) error {
		if err := setState(tx, id, run.Running, run.Queued); err != nil && !errors.Is(err, run.ErrChanged) {
			return err
		}
		items, err := sqlite.All(tx.Query(itemColumns+` WHERE run_id = ? AND outcome = 'trying'`, id), scanItem)
		if err != nil {
			return err
		}
		for _, i := range items {
			i.Outcome, i.At = run.Interrupted, tx.Now()
			if err := s.settle(tx, r, i.Item); err != nil {
				return err
			}
			if err := tx.Record(interrupted(i.Item)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return r, err
	}
	return s.Run(ctx, id)
}

// Try implements run.Store.
func (s *Store) Try(ctx context.Context, r run.Run, no int, k account.Key, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		n, err := tx.Exec(`UPDATE run_items SET outcome = 'trying' WHERE run_id = ? AND no = ? AND outcome = 'waiting' AND (? = 0 OR sealed IS NOT NULL)`, r.ID, no, r.Holding)
		if err != nil {
			return err
		}
		if n == 0 {
			return run.ErrChanged
		}
		return accounts.Begin(tx, k, e)
	})
}

// Settle implements run.Store.
func (s *Store) Settle(ctx context.Context, r run.Run, i run.Item) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		waits, err := isWaiting(tx, r.ID, i.No)
		if err != nil {
			return err
		}
		if !waits {
			return run.ErrChanged
		}
		return s.settle(tx, r, i)
	})
}

func isWaiting(tx *sqlite.Tx, id run.ID, no int) (waits bool, err error) {
	err = tx.QueryRow(`SELECT outcome = 'waiting' FROM run_items WHERE run_id = ? AND no = ?`, id, no).Scan(&waits)
	return waits, err
}

// Rebind implements run.Store.
func (s *Store) Rebind(ctx context.Context, kind string, rebind func(r run.Run, i run.Held) ([]byte, error)) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		holding, err := sqlite.All(tx.Query(columns+` WHERE kind = ? AND holding = 1`, kind), scanRun)
		if err != nil {
			return err
		}
		for _, r := range holding {
			items, err := sqlite.All(tx.Query(itemColumns+` WHERE run_id = ? AND sealed IS NOT NULL`, r.ID), scanItem)
			if err != nil {
				return err
			}
			for _, i := range items {
				sealed, err := rebind(r, i)
				if err != nil {
					return err
				}
				if _, err := tx.Exec(`UPDATE run_items SET sealed = ? WHERE run_id = ? AND no = ?`, sqlite.Blob(sealed), r.ID, i.No); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
