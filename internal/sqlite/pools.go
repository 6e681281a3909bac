package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"purser.example/internal/audit"
	"purser.example/internal/pool"
	"purser.example/internal/profile"
)

// Pools implements pool.Store.
type Pools struct{ db *DB }

// Pools gives the store of account pools.
func (db *DB) Pools() *Pools { return &Pools{db} }

// Note implements pool.Store.
func (s *Pools) Note(ctx context.Context, e audit.Entry) error { return s.db.Record(ctx, e) }

// Pool implements pool.Store.
func (s *Pools) Pool(ctx context.Context, key pool.Key) (pool.Pool, error) {
	p := pool.Pool{Key: key}
	var group, forced string
	var saved, force int64
	err := s.db.reading.row(ctx, `SELECT version, group_text, reading_id, admin_url, objects, saved_at, saved_by,
		force_version, force_group, force_reading, force_url, force_at, force_by FROM pools WHERE tenant_id = ? AND class = ?`, key.Tenant, key.Class).
		Scan(&p.Number, &group, &p.Reading, &p.AdminURL, &p.Objects, &saved, &p.By.By,
			&p.InForce.Number, &forced, &p.InForce.Reading, &p.InForce.AdminURL, &force, &p.InForce.By.By)
	if errors.Is(err, sql.ErrNoRows) {
		return p, nil
	}
	if err != nil {
		return p, translate(err)
	}
	p.By.At, p.InForce.By.At = moment(saved), moment(force)
	if err := errors.Join(readGroup(group, &p.Group), readGroup(forced, &p.InForce.Group)); err != nil {
		return p, err
	}
	for _, v := range []*pool.Version{&p.Version, &p.InForce} {
		counts, err := s.counts(ctx, v.Reading)
		if err != nil {
			return p, err
		}
		v.Members = counts.Members
	}
	return p, nil
}

// writeGroup is a group as a column has it; empty for none.
func writeGroup(g pool.Group) (string, error) {
	if g.ID == "" {
		return "", nil
	}
	text, err := json.Marshal(g)
	return string(text), err
}

func readGroup(text string, g *pool.Group) error {
	if text == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(text), g); err != nil {
		return fmt.Errorf("read the group of a pool: %w", err)
	}
	return nil
}

// Save implements pool.Store.
func (s *Pools) Save(ctx context.Context, p pool.Pool, was int64, touched []pool.Touch, check *pool.Check, items []pool.NewPassword, entries ...audit.Entry) error {
	return s.db.Write(ctx, func(tx *Tx) error {
		if err := readingStands(tx, p.Reading); err != nil {
			return err
		}
		if err := savePool(tx, p, was); err != nil {
			return err
		}
		if err := touchCredentials(tx, p.Key, touched, s.db.now()); err != nil {
			return err
		}
		if err := purge(tx, p, s.db.now()); err != nil {
			return err
		}
		if check != nil {
			if err := s.addCheck(tx, *check, items); err != nil {
				return err
			}
		}
		return s.recordAll(tx, entries)
	})
}

func (s *Pools) recordAll(tx *Tx, entries []audit.Entry) error {
	for _, e := range entries {
		if err := s.db.record(tx, e); err != nil {
			return err
		}
	}
	return nil
}

// readingStands looks once more whether the members are there: readings that nobody saved do not stay.
func readingStands(tx *Tx, id pool.ReadingID) error {
	if id == "" {
		return nil
	}
	var there bool
	if err := tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM pool_readings WHERE id = ? AND state = ?)`, id, pool.ReadingDone).Scan(&there); err != nil {
		return translate(err)
	}
	if !there {
		return pool.ErrGone
	}
	return nil
}

func savePool(tx *Tx, p pool.Pool, was int64) error {
	group, err := writeGroup(p.Group)
	if err != nil {
		return err
	}
	if was == 0 {
		_, err := tx.Exec(`INSERT INTO pools (tenant_id, class, version, group_text, reading_id, admin_url, objects, saved_at, saved_by,
			force_version, force_group, force_reading, force_url, force_at, force_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, '', '', '', 0, '')`,
			p.Tenant, p.Class, p.Number, group, p.Reading, p.AdminURL, p.Objects, p.By.At.UnixMilli(), p.By.By)
		if errors.Is(err, errUnique) {
			return pool.ErrChanged
		}
		return err
	}
	n, err := tx.Exec(`UPDATE pools SET version = ?, group_text = ?, reading_id = ?, admin_url = ?, objects = ?, saved_at = ?, saved_by = ?
		WHERE tenant_id = ? AND class = ? AND version = ?`,
		p.Number, group, p.Reading, p.AdminURL, p.Objects, p.By.At.UnixMilli(), p.By.By, p.Tenant, p.Class, was)
	if err == nil && n == 0 {
		return pool.ErrChanged
	}
	return err
}

// BringIntoForce implements pool.Store.
func (s *Pools) BringIntoForce(ctx context.Context, p pool.Pool, by profile.Stamp, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *Tx) error {
		n, err := tx.Exec(`UPDATE pools SET force_version = version, force_group = group_text, force_reading = reading_id, force_url = admin_url, force_at = ?, force_by = ?
			WHERE tenant_id = ? AND class = ? AND version = ?`, by.At.UnixMilli(), by.By, p.Tenant, p.Class, p.Number)
		if err != nil {
			return err
		}
		if n == 0 {
			return pool.ErrChanged
		}
		p.InForce.Reading = p.Reading
		if err := purge(tx, p, s.db.now()); err != nil {
			return err
		}
		return s.db.record(tx, e)
	})
}

// purge removes the secrets of accounts that are neither in the saved version nor in the one in force: nothing uses them any more.
func purge(tx *Tx, p pool.Pool, now time.Time) error {
	rows, err := tx.tx.QueryContext(tx.ctx, `SELECT user_id FROM pool_credentials c WHERE tenant_id = ? AND class = ?
		AND NOT EXISTS (SELECT 1 FROM pool_members m WHERE m.reading_id IN (?, ?) AND m.user_id = c.user_id)`, p.Tenant, p.Class, p.Reading, p.InForce.Reading)
	if err != nil {
		return translate(err)
	}
	users, err := scanUsers(rows)
	if err != nil {
		return err
	}
	for _, user := range users {
		if err := dropPending(tx, p.Key, user, profile.Gone, now); err != nil {
			return err
		}
		if _, err := tx.Exec(`DELETE FROM pool_credentials WHERE tenant_id = ? AND class = ? AND user_id = ?`, p.Tenant, p.Class, user); err != nil {
			return err
		}
		if err := setStanding(tx, p.Key, user, pool.Credential{}); err != nil {
			return err
		}
	}
	return nil
}

func scanUsers(rows *sql.Rows) ([]pool.UserID, error) {
	defer func() { _ = rows.Close() }()
	var users []pool.UserID
	for rows.Next() {
		var user pool.UserID
		if err := rows.Scan(&user); err != nil {
			return nil, translate(err)
		}
		users = append(users, user)
	}
	return users, translate(rows.Err())
}

// touchCredentials does to the credentials what a Save says, and makes new passwords of former Saves pointless where there is another
// one now.
func touchCredentials(tx *Tx, key pool.Key, touched []pool.Touch, now time.Time) error {
	var pending bool // asked once, because a file may touch twenty thousand
	if err := tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM pool_credentials WHERE tenant_id = ? AND class = ? AND pending <> 0)`, key.Tenant, key.Class).Scan(&pending); err != nil {
		return translate(err)
	}
	for _, t := range touched {
		if pending && t.Renews() {
			if err := dropPending(tx, key, t.User, pool.Replaced, now); err != nil {
				return err
			}
		}
		c, err := credential(tx, key, t.User)
		if err != nil {
			return err
		}
		if err := setCredential(tx, key, t.User, c.Touched(t)); err != nil {
			return err
		}
	}
	return nil
}

// dropPending forgets the new passwords of an account that wait or are kept; those whose turn has not come are skipped for the
// reason.
func dropPending(tx *Tx, key pool.Key, user pool.UserID, why profile.Reason, now time.Time) error {
	const those = `user_id = ? AND pending IS NOT NULL AND check_id IN (SELECT id FROM pool_checks WHERE tenant_id = ? AND class = ?)`
	if _, err := tx.Exec(`UPDATE pool_check_items SET outcome = 'skipped', reason = ?, at = ? WHERE outcome = 'waiting' AND `+those,
		why, now.UnixMilli(), user, key.Tenant, key.Class); err != nil {
		return err
	}
	_, err := tx.Exec(`UPDATE pool_check_items SET pending = NULL WHERE `+those, user, key.Tenant, key.Class)
	return err
}
