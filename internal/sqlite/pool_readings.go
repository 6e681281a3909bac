package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/pool"
)

// BeginReading implements pool.Store.
func (s *Pools) BeginReading(ctx context.Context, r pool.Reading, e audit.Entry) error {
	group, err := writeGroup(r.Group)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *Tx) error {
		if _, err := tx.Exec(`INSERT INTO pool_readings (id, tenant_id, class, group_text, state, failure, issuer, subject, name, sign_in, request, address, begun_at, ended_at)
			VALUES (?, ?, ?, ?, ?, '', ?, ?, ?, ?, ?, ?, ?, 0)`, r.ID, r.Key.Tenant, r.Key.Class, group, r.State,
			r.Actor.Issuer, r.Actor.Subject, r.Actor.Name, r.Actor.SignIn, r.Origin.Request, r.Origin.Address, r.Begun.UnixMilli()); err != nil {
			return err
		}
		if err := s.db.enqueue(tx, pool.GroupRead, string(r.ID)); err != nil {
			return err
		}
		return s.db.record(tx, e)
	})
}

// Reading implements pool.Store.
func (s *Pools) Reading(ctx context.Context, id pool.ReadingID) (pool.Reading, error) {
	var r pool.Reading
	var group string
	var begun, ended int64
	err := s.db.reading.row(ctx, `SELECT id, tenant_id, class, group_text, state, failure, issuer, subject, name, sign_in, request, address, begun_at, ended_at
		FROM pool_readings WHERE id = ? AND state <> 'pruned'`, id).Scan(&r.ID, &r.Key.Tenant, &r.Key.Class, &group, &r.State, &r.Failure,
		&r.Actor.Issuer, &r.Actor.Subject, &r.Actor.Name, &r.Actor.SignIn, &r.Origin.Request, &r.Origin.Address, &begun, &ended)
	if errors.Is(err, sql.ErrNoRows) {
		return r, pool.ErrGone
	}
	if err != nil {
		return r, translate(err)
	}
	r.Begun, r.Ended = time.UnixMilli(begun).UTC(), moment(ended)
	if err := readGroup(group, &r.Group); err != nil {
		return r, err
	}
	r.Counts, err = s.counts(ctx, id)
	return r, err
}

// leftOut stands in pool_counts for what cannot be a member.
const leftOut = "left-out"

func (s *Pools) counts(ctx context.Context, id pool.ReadingID) (pool.Counts, error) {
	c := pool.Counts{Standings: map[pool.Standing]int{}}
	if id == "" {
		return c, nil
	}
	rows, err := s.db.reading.rows(ctx, `SELECT standing, mfa, n FROM pool_counts WHERE reading_id = ? AND n > 0`, id)
	if err != nil {
		return c, translate(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var standing pool.Standing
		var mfa, n int
		if err := rows.Scan(&standing, &mfa, &n); err != nil {
			return c, translate(err)
		}
		if standing == leftOut {
			c.LeftOut = n
			continue
		}
		c.Members += n
		c.Standings[standing] += n
		c.MFA += mfa * n
	}
	return c, translate(rows.Err())
}

// ForgetMembers implements pool.Store. It goes in steps, so that others' writes get in between.
func (s *Pools) ForgetMembers(ctx context.Context, id pool.ReadingID) error {
	if err := s.emptyReading(ctx, id); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *Tx) error {
		if _, err := tx.Exec(`DELETE FROM pool_others WHERE reading_id = ?`, id); err != nil {
			return err
		}
		_, err := tx.Exec(`DELETE FROM pool_counts WHERE reading_id = ?`, id)
		return err
	})
}

func (s *Pools) emptyReading(ctx context.Context, id pool.ReadingID) error {
	for {
		var n int64
		err := s.db.Write(ctx, func(tx *Tx) (err error) {
			n, err = tx.Exec(`DELETE FROM pool_members WHERE reading_id = ? AND user_id IN (SELECT user_id FROM pool_members WHERE reading_id = ? LIMIT 2000)`, id, id)
			return err
		})
		if err != nil || n == 0 {
			return err
		}
	}
}

// AddObjects implements pool.Store.
func (s *Pools) AddObjects(ctx context.Context, r pool.Reading, objects []pool.Object, nested bool) error {
	return s.db.Write(ctx, func(tx *Tx) error {
		for _, o := range objects {
			var err error
			if o.Kind == "" {
				err = addMember(tx, r, o, nested)
			} else {
				_, err = tx.Exec(`INSERT INTO pool_others (reading_id, object_id, kind, name) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`, r.ID, o.ID, o.Kind, o.Name)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func addMember(tx *Tx, r pool.Reading, o pool.Object, nested bool) error {
	c, err := credential(tx, r.Key, pool.UserID(o.ID))
	if err != nil {
		return err
	}
	standing := c.Standing(r.Key.Class)
	if !o.Enabled {
		standing = pool.Disabled
	}
	name := o.Name
	if name == "" {
		name = o.Username
	}
	_, err = tx.Exec(`INSERT INTO pool_members (reading_id, user_id, name, name_key, username, username_key, enabled, nested, unread, products, mfa, standing)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		r.ID, o.ID, name, account.Fold(name), o.Username, account.Fold(o.Username), o.Enabled, nested, o.Unread, strings.Join(o.Products, "\n"), c.MFA, standing)
	return err
}

// EndReading implements pool.Store.
func (s *Pools) EndReading(ctx context.Context, id pool.ReadingID, state pool.ReadingState, failure string, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *Tx) error {
		if _, err := tx.Exec(`UPDATE pool_readings SET state = ?, failure = ?, ended_at = ? WHERE id = ?`, state, failure, s.db.now().UnixMilli(), id); err != nil {
			return err
		}
		return s.db.record(tx, e)
	})
}

// PruneReadings implements pool.Store. A reading is nobody's any more before its members go, in steps, so that others' writes get
// in between.
func (s *Pools) PruneReadings(ctx context.Context, key pool.Key, keep int, before time.Time) error {
	const unused = `state <> 'reading' AND id NOT IN (SELECT reading_id FROM pools UNION ALL SELECT force_reading FROM pools)`
	rows, err := s.db.read.QueryContext(ctx, `SELECT id FROM pool_readings WHERE tenant_id = ? AND class = ? AND begun_at < ? AND `+unused+`
		AND id NOT IN (SELECT id FROM pool_readings WHERE tenant_id = ? AND class = ? AND `+unused+` ORDER BY id DESC LIMIT ?)`,
		key.Tenant, key.Class, before.UnixMilli(), key.Tenant, key.Class, keep)
	if err != nil {
		return translate(err)
	}
	old, err := scanReadings(rows)
	if err != nil {
		return err
	}
	for _, id := range old {
		var n int64
		err := s.db.Write(ctx, func(tx *Tx) (err error) {
			n, err = tx.Exec(`UPDATE pool_readings SET state = 'pruned' WHERE id = ? AND `+unused, id)
			return err
		})
		if err == nil && n > 0 {
			err = s.dropReading(ctx, id)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func scanReadings(rows *sql.Rows) ([]pool.ReadingID, error) {
	defer func() { _ = rows.Close() }()
	var list []pool.ReadingID
	for rows.Next() {
		var id pool.ReadingID
		if err := rows.Scan(&id); err != nil {
			return nil, translate(err)
		}
		list = append(list, id)
	}
	return list, translate(rows.Err())
}

func (s *Pools) dropReading(ctx context.Context, id pool.ReadingID) error {
	if err := s.emptyReading(ctx, id); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *Tx) error {
		_, err := tx.Exec(`DELETE FROM pool_readings WHERE id = ?`, id)
		return err
	})
}
