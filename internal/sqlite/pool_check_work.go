package sqlite

import (
	"context"
	"errors"
	"time"

	"purser.example/internal/audit"
	"purser.example/internal/pool"
	"purser.example/internal/profile"
)

// setCheckState moves a check from one of the states to another; it returns pool.ErrChanged where it is in none of them.
func setCheckState(tx *Tx, id pool.CheckID, to profile.RunState, from ...profile.RunState) error {
	for _, state := range from {
		n, err := tx.Exec(`UPDATE pool_checks SET state = ? WHERE id = ? AND state = ?`, to, id, state)
		if err != nil || n > 0 {
			return err
		}
	}
	return pool.ErrChanged
}

// TakeUp implements pool.Store.
func (s *Pools) TakeUp(ctx context.Context, id pool.CheckID, interrupted func(pool.CheckItem) audit.Entry) (pool.Check, error) {
	c, err := s.Check(ctx, id)
	if err != nil {
		return c, err
	}
	err = s.db.Write(ctx, func(tx *Tx) error {
		if err := setCheckState(tx, id, profile.RunRunning, profile.RunWaiting); err != nil && !errors.Is(err, pool.ErrChanged) {
			return err
		}
		rows, err := tx.tx.QueryContext(tx.ctx, checkItemColumns+` WHERE check_id = ? AND outcome = 'trying'`, id)
		if err != nil {
			return translate(err)
		}
		items, err := scanPasswords(rows)
		if err != nil {
			return err
		}
		for _, i := range items {
			i.Outcome, i.At = profile.Interrupted, s.db.now()
			if err := s.setItem(tx, c, i.CheckItem, nil, profile.Stamp{}); err != nil {
				return err
			}
			if err := s.db.record(tx, interrupted(i.CheckItem)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return c, err
	}
	return s.Check(ctx, id)
}

// setItem stores the outcome of an item and of its credential. A password that is stored or refused waits no longer. Where another
// password came meanwhile, the credential is left alone, and a good one is not called stored.
func (s *Pools) setItem(tx *Tx, c pool.Check, i pool.CheckItem, password []byte, by profile.Stamp) error {
	found, err := writeVerdict(i.Verdict)
	if err != nil {
		return err
	}
	kept, err := hasPending(tx, c.ID, i.No)
	if err != nil {
		return err
	}
	if !kept && (i.Outcome == profile.Waiting || i.Outcome == profile.Confirmed) {
		i.Outcome, i.Reason = profile.Skipped, pool.Replaced
	}
	over := i.Outcome == profile.Confirmed || i.Outcome == profile.Rejected
	if _, err := tx.Exec(`UPDATE pool_check_items SET outcome = ?, reason = ?, verdict = ?, at = ?, tries = ?, pending = CASE WHEN ? THEN NULL ELSE pending END
		WHERE check_id = ? AND no = ?`, i.Outcome, i.Reason, found, milliseconds(i.At), i.Tries, over, c.ID, i.No); err != nil || !kept {
		return err
	}
	have, err := credential(tx, c.Key, i.User)
	if err != nil {
		return err
	}
	return setCredential(tx, c.Key, i.User, have.Concluded(i, password, by))
}

func hasPending(tx *Tx, id pool.CheckID, no int) (kept bool, err error) {
	err = tx.QueryRow(`SELECT pending IS NOT NULL FROM pool_check_items WHERE check_id = ? AND no = ?`, id, no).Scan(&kept)
	return kept, translate(err)
}

// Try implements pool.Store.
func (s *Pools) Try(ctx context.Context, id pool.CheckID, no int, a profile.AccountKey, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *Tx) error {
		n, err := tx.Exec(`UPDATE pool_check_items SET outcome = 'trying' WHERE check_id = ? AND no = ? AND outcome = 'waiting' AND pending IS NOT NULL`, id, no)
		if err != nil {
			return err
		}
		if n == 0 {
			return pool.ErrChanged
		}
		return s.db.begin(tx, a, e)
	})
}

// Conclude implements pool.Store.
func (s *Pools) Conclude(ctx context.Context, c pool.Check, i pool.CheckItem, password []byte, by profile.Stamp, entry func(kept bool) audit.Entry) error {
	return s.db.Write(ctx, func(tx *Tx) error {
		kept, err := hasPending(tx, c.ID, i.No)
		if err != nil {
			return err
		}
		if err := s.setItem(tx, c, i, password, by); err != nil {
			return err
		}
		return s.db.record(tx, entry(kept))
	})
}

// Settle implements pool.Store.
func (s *Pools) Settle(ctx context.Context, c pool.Check, i pool.CheckItem) error {
	return s.db.Write(ctx, func(tx *Tx) error {
		waits, err := isWaiting(tx, c.ID, i.No)
		if err != nil {
			return err
		}
		if !waits {
			return pool.ErrChanged
		}
		return s.setItem(tx, c, i, nil, profile.Stamp{})
	})
}

func isWaiting(tx *Tx, id pool.CheckID, no int) (waits bool, err error) {
	err = tx.QueryRow(`SELECT outcome = 'waiting' FROM pool_check_items WHERE check_id = ? AND no = ?`, id, no).Scan(&waits)
	return waits, translate(err)
}

// SettleAll implements pool.Store. It goes in steps, so that others' writes get in between.
func (s *Pools) SettleAll(ctx context.Context, c pool.Check, o profile.Outcome, why profile.Reason) error {
	for {
		items, err := s.WaitingPasswords(ctx, c.ID, 0, 500)
		if err != nil || len(items) == 0 {
			return err
		}
		err = s.db.Write(ctx, func(tx *Tx) error {
			for _, i := range items {
				if waits, err := isWaiting(tx, c.ID, i.No); err != nil || !waits {
					if err != nil {
						return err
					}
					continue // its turn has come meanwhile
				}
				i.Outcome, i.Reason, i.At = o, why, s.db.now()
				if err := s.setItem(tx, c, i.CheckItem, nil, profile.Stamp{}); err != nil {
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

// CancelCheck implements pool.Store.
func (s *Pools) CancelCheck(ctx context.Context, id pool.CheckID, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *Tx) error {
		if err := setCheckState(tx, id, profile.RunCancelling, profile.RunWaiting, profile.RunRunning); err != nil {
			return err
		}
		return s.db.record(tx, e)
	})
}

// EndCheck implements pool.Store.
func (s *Pools) EndCheck(ctx context.Context, id pool.CheckID, state profile.RunState, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *Tx) error {
		n, err := tx.Exec(`UPDATE pool_checks SET state = ?, ended_at = ? WHERE id = ? AND ended_at = 0`, state, s.db.now().UnixMilli(), id)
		if err != nil {
			return err
		}
		if n == 0 {
			return pool.ErrChanged
		}
		return s.db.record(tx, e)
	})
}

// Reopen implements pool.Store.
func (s *Pools) Reopen(ctx context.Context, c pool.Check, e audit.Entry) (int, error) {
	items, err := s.passwords(ctx, checkItemColumns+` WHERE check_id = ? AND pending IS NOT NULL AND outcome NOT IN ('waiting', 'trying') ORDER BY no`, c.ID)
	if err != nil || len(items) == 0 {
		return 0, err
	}
	return len(items), s.db.Write(ctx, func(tx *Tx) error {
		if err := setCheckState(tx, c.ID, profile.RunWaiting, profile.RunFinished, profile.RunCancelled); err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE pool_checks SET ended_at = 0 WHERE id = ?`, c.ID); err != nil {
			return err
		}
		for _, i := range items {
			i.Outcome, i.Reason, i.Verdict, i.Tries, i.At = profile.Waiting, "", nil, 0, time.Time{}
			if err := s.setItem(tx, c, i.CheckItem, nil, profile.Stamp{}); err != nil {
				return err
			}
		}
		if err := s.db.enqueue(tx, PoolCheckWork, string(c.ID)); err != nil {
			return err
		}
		return s.db.record(tx, e)
	})
}
