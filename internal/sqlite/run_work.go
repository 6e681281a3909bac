package sqlite

import (
	"context"
	"errors"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/run"
	"purser.example/internal/tenant"
)

// step is how many items are written in one transaction where many are: others' writes get in between.
const step = 500

// setItem stores the outcome of an item, and tells whether it stands: where the item held a value and another one replaced it
// meanwhile, a good one is not called confirmed, and nothing else is to be stored of it. A value that is confirmed or rejected
// waits no longer.
func setItem(tx *Tx, r run.Run, i run.Item) (stands bool, err error) {
	found, err := writeVerdict(i.Verdict)
	if err != nil {
		return false, err
	}
	stands = true
	if r.Holding {
		if err := tx.QueryRow(`SELECT sealed IS NOT NULL FROM run_items WHERE run_id = ? AND no = ?`, r.ID, i.No).Scan(&stands); err != nil {
			return false, translate(err)
		}
	}
	if !stands && (i.Outcome == run.Waiting || i.Outcome == run.Confirmed) {
		i.Outcome, i.Reason = run.Skipped, run.Replaced
	}
	decided := i.Outcome == run.Confirmed || i.Outcome == run.Rejected
	_, err = tx.Exec(`UPDATE run_items SET outcome = ?, reason = ?, status = ?, code = ?, verdict = ?, at = ?, tries = ?, sealed = CASE WHEN ? THEN NULL ELSE sealed END
		WHERE run_id = ? AND no = ?`, i.Outcome, i.Reason, i.Status, i.Code, found, milliseconds(i.At), i.Tries, decided, r.ID, i.No)
	return stands, err
}

// settle is setItem with what the kind keeps in step.
func (s *Runs) settle(tx *Tx, r run.Run, i run.Item) error {
	stands, err := setItem(tx, r, i)
	if follow := s.settled[r.Kind]; err == nil && stands && follow != nil {
		err = follow(tx, r, i)
	}
	return err
}

// TakeUp implements run.Store.
func (s *Runs) TakeUp(ctx context.Context, id run.ID, interrupted func(run.Item) audit.Entry) (run.Run, error) {
	r, err := s.Run(ctx, id)
	if err != nil {
		return r, err
	}
	err = s.db.Write(ctx, func(tx *Tx) error {
		if err := setState(tx, id, run.Running, run.Queued); err != nil && !errors.Is(err, run.ErrChanged) {
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
			i.Outcome, i.At = run.Interrupted, s.db.now()
			if err := s.settle(tx, r, i.Item); err != nil {
				return err
			}
			if err := s.db.record(tx, interrupted(i.Item)); err != nil {
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
func (s *Runs) Try(ctx context.Context, r run.Run, no int, k account.Key, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *Tx) error {
		n, err := tx.Exec(`UPDATE run_items SET outcome = 'trying' WHERE run_id = ? AND no = ? AND outcome = 'waiting' AND (? = 0 OR sealed IS NOT NULL)`, r.ID, no, r.Holding)
		if err != nil {
			return err
		}
		if n == 0 {
			return run.ErrChanged
		}
		return s.db.begin(tx, k, e)
	})
}

// Settle implements run.Store.
func (s *Runs) Settle(ctx context.Context, r run.Run, i run.Item) error {
	return s.db.Write(ctx, func(tx *Tx) error {
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

func isWaiting(tx *Tx, id run.ID, no int) (waits bool, err error) {
	err = tx.QueryRow(`SELECT outcome = 'waiting' FROM run_items WHERE run_id = ? AND no = ?`, id, no).Scan(&waits)
	return waits, translate(err)
}

// SettleAll implements run.Store.
func (s *Runs) SettleAll(ctx context.Context, r run.Run, t tenant.ID, o run.Outcome, why account.Reason, at time.Time) error {
	for {
		items, err := s.items(ctx, itemColumns+` WHERE run_id = ? AND outcome = 'waiting' AND (? = '' OR tenant_id = ?) LIMIT ?`, r.ID, t, t, step)
		if err != nil || len(items) == 0 {
			return err
		}
		err = s.db.Write(ctx, func(tx *Tx) error {
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

// Cancel implements run.Store.
func (s *Runs) Cancel(ctx context.Context, id run.ID, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *Tx) error {
		if err := setState(tx, id, run.Cancelling, run.Queued, run.Running); err != nil {
			return err
		}
		return s.db.record(tx, e)
	})
}

// End implements run.Store.
func (s *Runs) End(ctx context.Context, id run.ID, state run.State, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *Tx) error {
		n, err := tx.Exec(`UPDATE runs SET state = ?, ended_at = ? WHERE id = ? AND ended_at = 0`, state, s.db.now().UnixMilli(), id)
		if err != nil {
			return err
		}
		if n == 0 {
			return run.ErrChanged
		}
		return s.db.record(tx, e)
	})
}

// Reopen implements run.Store. Items are opened before the run is, some at a time: twenty thousand in one transaction would hold
// up everybody. Where the process ends between, those that are open are counted by the next call.
func (s *Runs) Reopen(ctx context.Context, r run.Run, e audit.Entry) (int, error) {
	for after := 0; ; {
		items, err := s.items(ctx, itemColumns+` WHERE run_id = ? AND sealed IS NOT NULL AND outcome NOT IN ('waiting', 'trying') AND no > ? ORDER BY no LIMIT ?`, r.ID, after, step)
		if err != nil {
			return 0, err
		}
		if len(items) == 0 {
			break
		}
		after = items[len(items)-1].No
		if err := s.db.Write(ctx, func(tx *Tx) error { return s.open(tx, r, items) }); err != nil {
			return 0, err
		}
	}
	n := 0
	err := s.db.Write(ctx, func(tx *Tx) error {
		if err := tx.QueryRow(`SELECT count(*) FROM run_items WHERE run_id = ? AND outcome = 'waiting'`, r.ID).Scan(&n); err != nil || n == 0 {
			return translate(err)
		}
		if err := setState(tx, r.ID, run.Queued, run.Finished, run.Cancelled); err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE runs SET ended_at = 0 WHERE id = ?`, r.ID); err != nil {
			return err
		}
		if err := s.db.enqueue(tx, r.Kind, string(r.ID)); err != nil {
			return err
		}
		return s.db.record(tx, e)
	})
	return n, err
}

// open makes items of a run that is over wait again.
func (s *Runs) open(tx *Tx, r run.Run, items []run.Held) error {
	var over bool
	if err := tx.QueryRow(`SELECT state IN ('finished', 'cancelled') FROM runs WHERE id = ?`, r.ID).Scan(&over); err != nil {
		return translate(err)
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
