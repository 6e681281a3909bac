package watches

import (
	"context"
	"time"

	"purser.example/internal/event"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/accounts"
	"purser.example/internal/sqlite/events"
	"purser.example/internal/tenant"
	"purser.example/internal/watch"
)

// kept are the accounts of a tenant that are kept anywhere: those of profiles, and of pool members as saved or in force of whom a password
// is stored. A place's id is what the noun calls it (profile.ID, pool.MemberAt).
const kept = `SELECT 'profile' AS kind, id AS place, username_key AS account FROM profiles WHERE tenant_id = ?1
	UNION ALL
	SELECT 'pool member', ` + accounts.MemberPlace + `, min(m.username_key) FROM ` + accounts.Members + ` WHERE p.tenant_id = ?1 GROUP BY c.class, c.user_id`

// found is a place as it is to be watched.
type found struct{ kind, place, account string }

// Gather implements watch.Store. It looks without holding anybody up, and writes only what is new; in most nights that is nothing.
func (s *Store) Gather(ctx context.Context, t tenant.ID, limit int) (more bool, err error) {
	fresh, err := sqlite.All(s.db.Query(ctx, `SELECT k.kind, k.place, k.account FROM (`+kept+`) k LEFT JOIN watch_places w ON w.kind = k.kind AND w.place = k.place
		WHERE w.no IS NULL OR w.account <> k.account OR w.tenant_id <> ?1 LIMIT ?2`, t, limit), func(row sqlite.Row) (f found, err error) {
		return f, row.Scan(&f.kind, &f.place, &f.account)
	})
	if err != nil {
		return false, err
	}
	gone, err := sqlite.All(s.db.Query(ctx, `SELECT w.no FROM watch_places w WHERE w.tenant_id = ?1 AND NOT EXISTS (SELECT 1 FROM (`+kept+`) k WHERE k.kind = w.kind AND k.place = w.place)
		LIMIT ?2`, t, limit), sqlite.Only[int64])
	if err != nil || len(fresh)+len(gone) == 0 {
		return false, err
	}
	err = s.db.Write(ctx, func(tx *sqlite.Tx) error {
		for _, no := range gone {
			if _, err := tx.Exec(`DELETE FROM watch_places WHERE no = ?`, no); err != nil {
				return err
			}
		}
		for _, f := range fresh {
			// Another account begins anew: what was found of the former one says nothing of it.
			if _, err := tx.Exec(`DELETE FROM watch_places WHERE kind = ? AND place = ?`, f.kind, f.place); err != nil {
				return err
			}
			if _, err := tx.Exec(`INSERT INTO watch_places (kind, place, tenant_id, account, night_at, due_at, tries, under_way_at, last_at, outcome, reason, status, code, good_at, bad_at)
				VALUES (?, ?, ?, ?, 0, 0, 0, 0, 0, '', '', '', '', 0, 0)`, f.kind, f.place, t, f.account); err != nil {
				return err
			}
		}
		return nil
	})
	return len(fresh) == limit || len(gone) == limit, err
}

// Order implements watch.Store.
func (s *Store) Order(ctx context.Context, t tenant.ID) ([]int64, error) {
	return sqlite.All(s.db.Query(ctx, `SELECT no FROM watch_places WHERE tenant_id = ? ORDER BY last_at, no`, t), sqlite.Only[int64])
}

// Assign implements watch.Store.
func (s *Store) Assign(ctx context.Context, night time.Time, turns []watch.Turn) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		for _, t := range turns {
			if _, err := tx.Exec(`UPDATE watch_places SET night_at = ?, due_at = ?, tries = 0 WHERE no = ?`, night.UnixMilli(), sqlite.Milliseconds(t.Due), t.No); err != nil {
				return err
			}
		}
		return nil
	})
}

// Due implements watch.Store.
func (s *Store) Due(ctx context.Context, now time.Time) ([]watch.Watched, error) {
	return sqlite.All(s.db.Query(ctx, placeColumns+` WHERE w.no IN (SELECT (SELECT d.no FROM watch_places d WHERE d.tenant_id = t.id AND d.due_at > 0 AND d.due_at <= ?
		ORDER BY d.due_at, d.no LIMIT 1) FROM tenants t) ORDER BY w.due_at`, now.UnixMilli()), scanPlace)
}

// Earliest implements watch.Store.
func (s *Store) Earliest(ctx context.Context) (time.Time, error) {
	var at int64
	err := s.db.QueryRow(ctx, `SELECT coalesce(min(due_at), 0) FROM watch_places WHERE due_at > 0`).Scan(&at)
	return sqlite.Moment(at), err
}

// Take implements watch.Store.
func (s *Store) Take(ctx context.Context, w watch.Watched, at time.Time) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		n, err := tx.Exec(`UPDATE watch_places SET due_at = 0, under_way_at = ? WHERE no = ? AND due_at = ?`, at.UnixMilli(), w.No, w.Due.UnixMilli())
		if err == nil && n == 0 {
			return watch.ErrChanged
		}
		return err
	})
}

// Settle implements watch.Store.
func (s *Store) Settle(ctx context.Context, no int64, c *watch.Check, again time.Time, told ...event.Event) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		n, err := tx.Exec(`UPDATE watch_places SET under_way_at = 0, due_at = ?, tries = tries + ? WHERE no = ?`, sqlite.Milliseconds(again), !again.IsZero(), no)
		if err != nil || n == 0 || c == nil {
			return err
		}
		if err := keep(tx, no, *c); err != nil {
			return err
		}
		return events.Put(tx, told...)
	})
}

// Unreached implements watch.Store.
func (s *Store) Unreached(ctx context.Context, t tenant.ID, since time.Time) (n int, mostly watch.Check, err error) {
	var told int
	err = s.db.Query(ctx, `SELECT outcome, reason, status, code, count(*) FROM watch_places WHERE tenant_id = ? AND last_at >= ? AND outcome IN ('good', 'bad', 'unknown')
		GROUP BY outcome, reason, status, code ORDER BY count(*) DESC, status, code, reason`, t, since.UnixMilli()).Each(func(row sqlite.Row) error {
		var c watch.Check
		var some int
		if err := row.Scan(&c.Outcome, &c.Reason, &c.Status, &c.Code, &some); err != nil {
			return err
		}
		if c.Outcome != watch.Unknown {
			told += some
		}
		if n == 0 {
			mostly = c
		}
		n += some
		return nil
	})
	if err != nil || told > 0 {
		return 0, watch.Check{}, err
	}
	return n, mostly, nil
}

// keep stores a check. A place that is gone has none.
func keep(tx *sqlite.Tx, no int64, c watch.Check) error {
	at := c.At.UnixMilli()
	n, err := tx.Exec(`UPDATE watch_places SET last_at = ?1, outcome = ?2, reason = ?3, status = ?4, code = ?5,
		good_at = CASE ?2 WHEN 'good' THEN ?1 ELSE good_at END,
		bad_at = CASE WHEN ?2 = 'good' THEN 0 WHEN (?2 = 'bad' OR ?3 = 'parked') AND bad_at = 0 THEN ?1 ELSE bad_at END WHERE no = ?6`, at, c.Outcome, c.Reason, c.Status, c.Code, no)
	if err != nil || n == 0 {
		return err
	}
	_, err = tx.Exec(`INSERT INTO watch_checks (no, at, outcome, reason, status, code) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (no, at)
		DO UPDATE SET outcome = excluded.outcome, reason = excluded.reason, status = excluded.status, code = excluded.code`, no, at, c.Outcome, c.Reason, c.Status, c.Code)
	return err
}

// Forget implements watch.Store.
func (s *Store) Forget(ctx context.Context, no int64) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		_, err := tx.Exec(`DELETE FROM watch_places WHERE no = ?`, no)
		return err
	})
}

// Spent implements watch.Store.
func (s *Store) Spent(ctx context.Context, w watch.Watched) (bool, error) {
	var spent bool
	err := s.db.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM watch_places WHERE tenant_id = ? AND account = ? AND no <> ? AND last_at >= ? AND outcome IN ('bad', 'unknown') AND reason = '')`,
		w.Tenant, w.Account, w.No, w.Night.UnixMilli()).Scan(&spent)
	return spent, err
}

// Interrupted implements watch.Store.
func (s *Store) Interrupted(ctx context.Context, c watch.Check) (n int, err error) {
	err = s.db.Write(ctx, func(tx *sqlite.Tx) error {
		list, err := sqlite.All(tx.Query(`SELECT no FROM watch_places WHERE under_way_at > 0`), sqlite.Only[int64])
		if err != nil {
			return err
		}
		for _, no := range list {
			if _, err := tx.Exec(`UPDATE watch_places SET under_way_at = 0 WHERE no = ?`, no); err != nil {
				return err
			}
			if err := keep(tx, no, c); err != nil {
				return err
			}
		}
		n = len(list)
		return nil
	})
	return n, err
}

// Compact implements watch.Store. Of the checks of a place that are old enough, those go that say what the one before them said and what
// the one after them says: what is left still tells from when to when something was so.
func (s *Store) Compact(ctx context.Context, before time.Time, limit int) (more bool, err error) {
	to := before.UnixMilli()
	list, err := sqlite.All(s.db.Query(ctx, `SELECT w.no FROM watch_places w LEFT JOIN watch_thinned t ON t.no = w.no
		WHERE EXISTS (SELECT 1 FROM watch_checks c WHERE c.no = w.no AND c.at > coalesce(t.at, -1) AND c.at < ?) LIMIT ?`, to, limit), sqlite.Only[int64])
	if err != nil || len(list) == 0 {
		return false, err
	}
	err = s.db.Write(ctx, func(tx *sqlite.Tx) error {
		for _, no := range list {
			if _, err := tx.Exec(`DELETE FROM watch_checks WHERE no = ?1 AND at IN (SELECT at FROM (SELECT at, outcome || ' ' || reason || ' ' || status || ' ' || code AS says,
				lag(outcome || ' ' || reason || ' ' || status || ' ' || code) OVER (ORDER BY at) AS past, lead(outcome || ' ' || reason || ' ' || status || ' ' || code) OVER (ORDER BY at) AS next
				FROM watch_checks WHERE no = ?1) WHERE at < ?2 AND says = past AND says = next)`, no, to); err != nil {
				return err
			}
			if _, err := tx.Exec(`INSERT INTO watch_thinned (no, at) VALUES (?, ?) ON CONFLICT (no) DO UPDATE SET at = excluded.at`, no, to-1); err != nil {
				return err
			}
		}
		return nil
	})
	return len(list) == limit, err
}
