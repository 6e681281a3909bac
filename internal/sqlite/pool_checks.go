package sqlite

import (
	"context"
	"database/sql"
	"time"

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
	// The outcomes are those that Reopen takes, written out so that the index by outcome passes over what is stored or refused.
	err = s.db.reading.row(ctx, `SELECT EXISTS (SELECT 1 FROM pool_check_items WHERE check_id = ? AND pending IS NOT NULL
		AND outcome IN ('not-reached', 'interrupted', 'dropped', 'skipped'))`, id).Scan(&list[0].Kept)
	return list[0], translate(err)
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
