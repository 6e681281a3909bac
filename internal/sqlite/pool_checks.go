package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"purser.example/internal/audit"
	"purser.example/internal/pool"
	"purser.example/internal/profile"
)

// PoolCheckWork is the kind of work that a check of a pool's passwords becomes (internal/work).
const PoolCheckWork = "pool_check"

func (s *Pools) addCheck(tx *Tx, c pool.Check, items []pool.NewPassword) error {
	if _, err := tx.Exec(`INSERT INTO pool_checks (id, tenant_id, class, group_name, state, issuer, subject, name, sign_in, request, address, begun_at, ended_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`, c.ID, c.Key.Tenant, c.Key.Class, c.Group, c.State,
		c.Actor.Issuer, c.Actor.Subject, c.Actor.Name, c.Actor.SignIn, c.Origin.Request, c.Origin.Address, c.Begun.UnixMilli()); err != nil {
		return err
	}
	for _, i := range items {
		if _, err := tx.Exec(`INSERT INTO pool_check_items (check_id, no, user_id, name, username, outcome, reason, at, tries, pending)
			VALUES (?, ?, ?, ?, ?, ?, '', 0, 0, ?)`, c.ID, i.No, i.User, i.Name, i.Username, i.Outcome, i.Sealed); err != nil {
			return err
		}
	}
	return s.db.enqueue(tx, PoolCheckWork, string(c.ID))
}

const checkColumns = `SELECT id, tenant_id, class, group_name, state, issuer, subject, name, sign_in, request, address, begun_at, ended_at FROM pool_checks`

// Check implements pool.Store.
func (s *Pools) Check(ctx context.Context, id pool.CheckID) (pool.Check, error) {
	list, err := s.checks(ctx, checkColumns+` WHERE id = ?`, id)
	if err == nil && len(list) == 0 {
		return pool.Check{}, pool.ErrGone
	}
	if err != nil {
		return pool.Check{}, err
	}
	return list[0], nil
}

// Checks implements pool.Store.
func (s *Pools) Checks(ctx context.Context, key pool.Key, limit int) ([]pool.Check, error) {
	return s.checks(ctx, checkColumns+` WHERE tenant_id = ? AND class = ? ORDER BY id DESC LIMIT ?`, key.Tenant, key.Class, limit)
}

func (s *Pools) checks(ctx context.Context, query string, args ...any) ([]pool.Check, error) {
	rows, err := s.db.reading.rows(ctx, query, args...)
	if err != nil {
		return nil, translate(err)
	}
	defer func() { _ = rows.Close() }()
	var list []pool.Check
	for rows.Next() {
		var c pool.Check
		var begun, ended int64
		if err := rows.Scan(&c.ID, &c.Key.Tenant, &c.Key.Class, &c.Group, &c.State, &c.Actor.Issuer, &c.Actor.Subject, &c.Actor.Name, &c.Actor.SignIn,
			&c.Origin.Request, &c.Origin.Address, &begun, &ended); err != nil {
			return nil, translate(err)
		}
		c.Begun, c.Ended = time.UnixMilli(begun).UTC(), moment(ended)
		list = append(list, c)
	}
	if err := rows.Err(); err != nil {
		return nil, translate(err)
	}
	for i := range list {
		if err := s.countCheck(ctx, &list[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (s *Pools) countCheck(ctx context.Context, c *pool.Check) error {
	rows, err := s.db.reading.rows(ctx, `SELECT outcome, n FROM pool_check_counts WHERE check_id = ? AND n > 0`, c.ID)
	if err != nil {
		return translate(err)
	}
	defer func() { _ = rows.Close() }()
	c.Counts = map[profile.Outcome]int{}
	for rows.Next() {
		var outcome profile.Outcome
		var n int
		if err := rows.Scan(&outcome, &n); err != nil {
			return translate(err)
		}
		c.Counts[outcome] = n
		c.Total += n
	}
	return translate(rows.Err())
}

const checkItemColumns = `SELECT no, user_id, name, username, outcome, reason, verdict, at, tries, pending FROM pool_check_items`

// CheckItems implements pool.Store.
func (s *Pools) CheckItems(ctx context.Context, q pool.CheckQuery) ([]pool.CheckItem, error) {
	var passwords []pool.NewPassword
	var err error
	if q.Outcome == "" {
		passwords, err = s.passwords(ctx, checkItemColumns+` WHERE check_id = ? AND no > ? ORDER BY no LIMIT ?`, q.Check, q.After, q.Limit)
	} else {
		passwords, err = s.passwords(ctx, checkItemColumns+` WHERE check_id = ? AND outcome = ? AND no > ? ORDER BY no LIMIT ?`, q.Check, q.Outcome, q.After, q.Limit)
	}
	var list []pool.CheckItem
	for _, p := range passwords {
		list = append(list, p.CheckItem)
	}
	return list, err
}

// WaitingPasswords implements pool.Store.
func (s *Pools) WaitingPasswords(ctx context.Context, id pool.CheckID, after, limit int) ([]pool.NewPassword, error) {
	return s.passwords(ctx, checkItemColumns+` WHERE check_id = ? AND outcome = 'waiting' AND no > ? ORDER BY no LIMIT ?`, id, after, limit)
}

func (s *Pools) passwords(ctx context.Context, query string, args ...any) ([]pool.NewPassword, error) {
	rows, err := s.db.reading.rows(ctx, query, args...)
	if err != nil {
		return nil, translate(err)
	}
	return scanPasswords(rows)
}

func scanPasswords(rows *sql.Rows) ([]pool.NewPassword, error) {
	defer func() { _ = rows.Close() }()
	var list []pool.NewPassword
	for rows.Next() {
		var i pool.NewPassword
		var at int64
		var found sql.NullString
		if err := rows.Scan(&i.No, &i.User, &i.Name, &i.Username, &i.Outcome, &i.Reason, &found, &at, &i.Tries, &i.Sealed); err != nil {
			return nil, translate(err)
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
// password came meanwhile, the credential is left alone.
func (s *Pools) setItem(tx *Tx, c pool.Check, i pool.CheckItem, password []byte, by profile.Stamp) error {
	found, err := writeVerdict(i.Verdict)
	if err != nil {
		return err
	}
	kept, err := hasPending(tx, c.ID, i.No)
	if err != nil {
		return err
	}
	if !kept && i.Outcome == profile.Waiting {
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
