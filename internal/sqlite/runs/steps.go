package runs

import (
	"context"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/run"
	"purser.example/internal/sqlite"
	"purser.example/internal/tenant"
)

// step is how many items are written in one transaction where many are: others' writes get in between.
const step = 500

// SettleAll implements run.Store.
func (s *Store) SettleAll(ctx context.Context, r run.Run, t tenant.ID, o run.Outcome, why account.Reason, at time.Time) error {
	for {
		items, err := s.items(ctx, itemColumns+` WHERE run_id = ? AND outcome = 'waiting' AND (? = '' OR tenant_id = ?) LIMIT ?`, r.ID, t, t, step)
		if err != nil || len(items) == 0 {
			return err
		}
		err = s.db.Write(ctx, func(tx *sqlite.Tx) error {
			for _, i := range items {
				waits, err := isWaiting(tx, r.ID, i.No)
				if err != nil {
					return err
				}
				if !waits {
					continue // its turn has come meanwhile
				}
				i.Outcome, i.Reason, i.At = o, why, at
				if err := s.settle(tx, r, i.Item); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
}

// Reopen implements run.Store. Items are opened before the run is, some at a time: twenty thousand in one transaction would hold
// up everybody. Where the process ends between, those that are open are counted by the next call.
func (s *Store) Reopen(ctx context.Context, r run.Run, e audit.Entry) (int, error) {
	for after := 0; ; {
		items, err := s.items(ctx, itemColumns+` WHERE run_id = ? AND sealed IS NOT NULL AND outcome NOT IN ('waiting', 'trying') AND no > ? ORDER BY no LIMIT ?`, r.ID, after, step)
		if err != nil {
			return 0, err
		}
		if len(items) == 0 {
			break
		}
		after = items[len(items)-1].No
		if err := s.db.Write(ctx, func(tx *sqlite.Tx) error { return s.open(tx, r, items) }); err != nil {
			return 0, err
		}
	}
	n := 0
	err := s.db.Write(ctx, func(tx *sqlite.Tx) error {
		if err := tx.QueryRow(`SELECT count(*) FROM run_items WHERE run_id = ? AND outcome = 'waiting'`, r.ID).Scan(&n); err != nil || n == 0 {
			return err
		}
		if err := setState(tx, r.ID, run.Queued, run.Finished, run.Cancelled); err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE runs SET ended_at = 0 WHERE id = ?`, r.ID); err != nil {
			return err
		}
		if err := tx.Enqueue(r.Kind, string(r.ID)); err != nil {
			return err
		}
		return tx.Record(e)
	})
	return n, err
}

// open makes items of a run that is over wait again.
func (s *Store) open(tx *sqlite.Tx, r run.Run, items []run.Held) error {
	var over bool
	if err := tx.QueryRow(`SELECT state IN ('finished', 'cancelled') FROM runs WHERE id = ?`, r.ID).Scan(&over); err != nil {
		return err
	}
	if !over {
		return run.ErrChanged
	}
	for _, i := range items {
		i.Outcome, i.Reason, i.Status, i.Code, i.Verdict, i.Tries, i.At = run.Waiting, "", "", "", nil, 0, time.Time{}
		if err := s.settle(tx, r, i.Item); err != nil {
			return err
		}
	}
	return nil
}
