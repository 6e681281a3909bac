package pools

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/pool"
	"purser.example/internal/sqlite"
)

// BeginReading implements pool.Store.
func (s *Store) BeginReading(ctx context.Context, r pool.Reading, e audit.Entry) error {
	group, err := writeGroup(r.Group)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		if _, err := tx.Exec(`INSERT INTO pool_readings (id, tenant_id, class, group_text, state, failure, issuer, subject, name, sign_in, request, address, begun_at, ended_at, unasked)
			VALUES (?, ?, ?, ?, ?, '', ?, ?, ?, ?, ?, ?, ?, 0, ?)`, r.ID, r.Key.Tenant, r.Key.Class, group, r.State,
			r.Actor.Issuer, r.Actor.Subject, r.Actor.Name, r.Actor.SignIn, r.Origin.Request, r.Origin.Address, r.Begun.UnixMilli(), r.Unasked); err != nil {
			return err
		}
		if err := tx.Enqueue(pool.GroupRead, string(r.ID)); err != nil {
			return err
		}
		return tx.Record(e)
	})
}

// Reading implements pool.Store.
func (s *Store) Reading(ctx context.Context, id pool.ReadingID) (pool.Reading, error) {
	var r pool.Reading
	var group string
	var begun, ended int64
	err := s.db.QueryRow(ctx, `SELECT id, tenant_id, class, group_text, state, failure, issuer, subject, name, sign_in, request, address, begun_at, ended_at, unasked
		FROM pool_readings WHERE id = ? AND state <> 'pruned'`, id).Scan(&r.ID, &r.Key.Tenant, &r.Key.Class, &group, &r.State, &r.Failure,
		&r.Actor.Issuer, &r.Actor.Subject, &r.Actor.Name, &r.Actor.SignIn, &r.Origin.Request, &r.Origin.Address, &begun, &ended, &r.Unasked)
	if errors.Is(err, sql.ErrNoRows) {
		return r, pool.ErrGone
	}
	if err != nil {
		return r, err
	}
	r.Begun, r.Ended = sqlite.Moment(begun), sqlite.Moment(ended)
	if err := readGroup(group, &r.Group); err != nil {
		return r, err
	}
	r.Counts, err = s.counts(ctx, id)
	return r, err
}

// leftOut stands in pool_counts for what cannot be a member.
const leftOut = "left-out"

func (s *Store) counts(ctx context.Context, id pool.ReadingID) (pool.Counts, error) {
	c := pool.Counts{Standings: map[pool.Standing]int{}}
	if id == "" {
		return c, nil
	}
	err := s.db.Query(ctx, `SELECT standing, mfa, n FROM pool_counts WHERE reading_id = ? AND n > 0`, id).Each(func(row sqlite.Row) error {
		var standing pool.Standing
		var mfa, n int
		if err := row.Scan(&standing, &mfa, &n); err != nil {
			return err
		}
		if standing == leftOut {
			c.LeftOut = n
			return nil
		}
		c.Members += n
		c.Standings[standing] += n
		c.MFA += mfa * n
		return nil
	})
	return c, err
}

// ForgetMembers implements pool.Store. It goes in steps, so that others' writes get in between. What they add goes with the last one,
// because the counts do.
func (s *Store) ForgetMembers(ctx context.Context, id pool.ReadingID) error {
	if err := s.emptyReading(ctx, id); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		for _, table := range []string{"pool_members", "pool_others", "pool_counts"} {
			if _, err := tx.Exec(`DELETE FROM `+table+` WHERE reading_id = ?`, id); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Store) emptyReading(ctx context.Context, id pool.ReadingID) error {
	for {
		var n int64
		err := s.db.Write(ctx, func(tx *sqlite.Tx) (err error) {
			n, err = tx.Exec(`DELETE FROM pool_members WHERE reading_id = ? AND user_id IN (SELECT user_id FROM pool_members WHERE reading_id = ? LIMIT 2000)`, id, id)
			return err
		})
		if err != nil || n == 0 {
			return err
		}
	}
}

// AddObjects implements pool.Store.
func (s *Store) AddObjects(ctx context.Context, r pool.Reading, objects []pool.Object, nested bool) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
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

func addMember(tx *sqlite.Tx, r pool.Reading, o pool.Object, nested bool) error {
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
		r.ID, o.ID, name, account.SearchKey(name), o.Username, account.Fold(o.Username), o.Enabled, nested, o.Unread, strings.Join(o.Products, "\n"), c.MFA, standing)
	return err
}

// EndReading implements pool.Store.
func (s *Store) EndReading(ctx context.Context, id pool.ReadingID, state pool.ReadingState, failure string, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		if _, err := tx.Exec(`UPDATE pool_readings SET state = ?, failure = ?, ended_at = ? WHERE id = ?`, state, failure, tx.Now().UnixMilli(), id); err != nil {
			return err
		}
		return tx.Record(e)
	})
}

// PruneReadings implements pool.Store. A reading is nobody's any more before its members go, in steps, so that others' writes get
// in between.
func (s *Store) PruneReadings(ctx context.Context, key pool.Key, keep int, before time.Time) error {
	const unused = `state <> 'reading' AND id NOT IN (SELECT reading_id FROM pools UNION ALL SELECT force_reading FROM pools)`
	old, err := sqlite.All(s.db.Query(ctx, `SELECT id FROM pool_readings WHERE tenant_id = ? AND class = ? AND begun_at < ? AND `+unused+`
		AND id NOT IN (SELECT id FROM pool_readings WHERE tenant_id = ? AND class = ? AND `+unused+` ORDER BY id DESC LIMIT ?)`,
		key.Tenant, key.Class, before.UnixMilli(), key.Tenant, key.Class, keep), sqlite.Only[pool.ReadingID])
	if err != nil {
		return err
	}
	for _, id := range old {
		var n int64
		err := s.db.Write(ctx, func(tx *sqlite.Tx) (err error) {
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

func (s *Store) dropReading(ctx context.Context, id pool.ReadingID) error {
	if err := s.emptyReading(ctx, id); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		_, err := tx.Exec(`DELETE FROM pool_readings WHERE id = ?`, id)
		return err
	})
}

// ReadingsWaiting counts the readings that are not over, and says when the oldest of them began.
func (s *Store) ReadingsWaiting(ctx context.Context) (n int, oldest time.Time, err error) {
	var since int64
	err = s.db.QueryRow(ctx, `SELECT count(*), coalesce(min(begun_at), 0) FROM pool_readings WHERE state = 'reading'`).Scan(&n, &since)
	return n, sqlite.Moment(since), err
}
