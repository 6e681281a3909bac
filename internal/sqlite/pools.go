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

// ClassesWith implements pool.Store.
func (s *Pools) ClassesWith(ctx context.Context, a profile.AccountKey) ([]pool.Class, error) {
	rows, err := s.db.reading.rows(ctx, classesWith, a.Tenant, a.Username)
	if err != nil {
		return nil, translate(err)
	}
	defer func() { _ = rows.Close() }()
	var list []pool.Class
	for rows.Next() {
		var class pool.Class
		if err := rows.Scan(&class); err != nil {
			return nil, translate(err)
		}
		list = append(list, class)
	}
	return list, translate(rows.Err())
}

// classesWith looks each reading up in the index by username, however many members it has.
const classesWith = `SELECT p.class FROM pools p WHERE p.tenant_id = ?
	AND EXISTS (SELECT 1 FROM pool_members m WHERE m.reading_id IN (p.reading_id, p.force_reading) AND m.username_key = ?)`

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
		if err := purge(tx, p.Key, s.db.now()); err != nil {
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
		if err := purge(tx, p.Key, s.db.now()); err != nil {
			return err
		}
		return s.db.record(tx, e)
	})
}

// purge removes the secrets of accounts that are neither in the saved version nor in the one in force: nothing uses them any more.
// Which versions those are is asked in the transaction: a scan may have brought one into force since the pool was read.
func purge(tx *Tx, key pool.Key, now time.Time) error {
	var saved, forced pool.ReadingID
	if err := tx.QueryRow(`SELECT reading_id, force_reading FROM pools WHERE tenant_id = ? AND class = ?`, key.Tenant, key.Class).Scan(&saved, &forced); err != nil {
		return translate(err)
	}
	rows, err := tx.tx.QueryContext(tx.ctx, `SELECT user_id FROM pool_credentials c WHERE tenant_id = ? AND class = ?
		AND NOT EXISTS (SELECT 1 FROM pool_members m WHERE m.reading_id IN (?, ?) AND m.user_id = c.user_id)`, key.Tenant, key.Class, saved, forced)
	if err != nil {
		return translate(err)
	}
	users, err := scanUsers(rows)
	if err != nil {
		return err
	}
	if len(users) == 0 {
		return nil
	}
	list, err := listed(users)
	if err != nil {
		return err
	}
	if err := dropPending(tx, key, list, profile.Gone, now); err != nil {
		return err
	}
	if _, err := tx.Exec(`DELETE FROM pool_credentials WHERE tenant_id = ? AND class = ? AND user_id IN (SELECT value FROM json_each(?))`, key.Tenant, key.Class, list); err != nil {
		return err
	}
	return setStanding(tx, key, list, pool.Credential{})
}

// listed is a list of users as a statement takes it: one for all, because a file may hold twenty thousand.
func listed(users []pool.UserID) (string, error) {
	list, err := json.Marshal(users)
	return string(list), err
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

// touchCredentials does to the credentials what a Save says.
func touchCredentials(tx *Tx, key pool.Key, touched []pool.Touch, now time.Time) error {
	var renewed, checked []pool.UserID
	for _, t := range touched {
		if t.Renews() {
			renewed = append(renewed, t.User)
		}
		if t.OnlyChecks() {
			checked = append(checked, t.User)
		}
	}
	if err := replacePending(tx, key, renewed, now); err != nil {
		return err
	}
	if err := waitForCheck(tx, key, checked); err != nil {
		return err
	}
	for _, t := range touched {
		if t.OnlyChecks() {
			continue
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

// replacePending makes new passwords of former Saves pointless where there is another one now.
func replacePending(tx *Tx, key pool.Key, users []pool.UserID, now time.Time) error {
	list, err := listed(users)
	if err != nil || len(users) == 0 {
		return err
	}
	return dropPending(tx, key, list, pool.Replaced, now)
}

// waitForCheck is Touched for touches that only check, all at once.
func waitForCheck(tx *Tx, key pool.Key, users []pool.UserID) error {
	list, err := listed(users)
	if err != nil || len(users) == 0 {
		return err
	}
	c := pool.Credential{}.Touched(pool.Touch{Check: true})
	if _, err := tx.Exec(`INSERT INTO pool_credentials (tenant_id, class, user_id, mfa, pending, checked_at, set_at, set_by)
		SELECT ?, ?, value, ?, ?, 0, 0, '' FROM json_each(?) WHERE true
		ON CONFLICT (tenant_id, class, user_id) DO UPDATE SET mfa = excluded.mfa, pending = excluded.pending`, key.Tenant, key.Class, c.MFA, c.Pending, list); err != nil {
		return err
	}
	return setStanding(tx, key, list, c)
}

// dropPending forgets the new passwords of the listed accounts that wait or are kept; those whose turn has not come are skipped for
// the reason.
func dropPending(tx *Tx, key pool.Key, list string, why profile.Reason, now time.Time) error {
	const those = `pending IS NOT NULL AND user_id IN (SELECT value FROM json_each(?)) AND check_id IN (SELECT id FROM pool_checks WHERE tenant_id = ? AND class = ?)`
	if _, err := tx.Exec(`UPDATE pool_check_items SET outcome = 'skipped', reason = ?, at = ? WHERE outcome = 'waiting' AND `+those,
		why, now.UnixMilli(), list, key.Tenant, key.Class); err != nil {
		return err
	}
	_, err := tx.Exec(`UPDATE pool_check_items SET pending = NULL WHERE `+those, list, key.Tenant, key.Class)
	return err
}
