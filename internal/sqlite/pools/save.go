package pools

import (
	"context"
	"errors"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/pool"
	"purser.example/internal/run"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/runs"
)

// Save implements pool.Store.
func (s *Store) Save(ctx context.Context, p pool.Pool, was int64, touched []pool.Touch, check *run.Run, items []run.Held, entries ...audit.Entry) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		if err := readingStands(tx, p.Reading); err != nil {
			return err
		}
		if err := savePool(tx, p, was); err != nil {
			return err
		}
		if err := touch(tx, p.Key, touched); err != nil {
			return err
		}
		if err := purge(tx, p.Key); err != nil {
			return err
		}
		if check != nil {
			if err := runs.Begin(tx, *check, items); err != nil {
				return err
			}
		}
		return tx.Record(entries...)
	})
}

// readingStands looks once more whether the members are there: readings that nobody saved do not stay.
func readingStands(tx *sqlite.Tx, id pool.ReadingID) error {
	if id == "" {
		return nil
	}
	var there bool
	if err := tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM pool_readings WHERE id = ? AND state = ?)`, id, pool.ReadingDone).Scan(&there); err != nil {
		return err
	}
	if !there {
		return pool.ErrGone
	}
	return nil
}

func savePool(tx *sqlite.Tx, p pool.Pool, was int64) error {
	group, err := writeGroup(p.Group)
	if err != nil {
		return err
	}
	if was == 0 {
		_, err := tx.Exec(`INSERT INTO pools (tenant_id, class, version, group_text, reading_id, admin_url, objects, saved_at, saved_by,
			force_version, force_group, force_reading, force_url, force_at, force_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, '', '', '', 0, '')`,
			p.Tenant, p.Class, p.Number, group, p.Reading, p.AdminURL, p.Objects, p.By.At.UnixMilli(), p.By.By)
		if errors.Is(err, sqlite.ErrUnique) {
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
func (s *Store) BringIntoForce(ctx context.Context, p pool.Pool, by account.Stamp, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error { return BringIntoForce(tx, p, by, e) })
}

// BringIntoForce is the Store's, in the transaction of what brings the pool into force.
func BringIntoForce(tx *sqlite.Tx, p pool.Pool, by account.Stamp, e audit.Entry) error {
	n, err := tx.Exec(`UPDATE pools SET force_version = version, force_group = group_text, force_reading = reading_id, force_url = admin_url, force_at = ?, force_by = ?
		WHERE tenant_id = ? AND class = ? AND version = ?`, by.At.UnixMilli(), by.By, p.Tenant, p.Class, p.Number)
	if err != nil {
		return err
	}
	if n == 0 {
		return pool.ErrChanged
	}
	if err := purge(tx, p.Key); err != nil {
		return err
	}
	return tx.Record(e)
}

// purge removes the secrets of accounts that are neither in the saved version nor in the one in force: nothing uses them any more.
// Which versions those are is asked in the transaction: a scan may have brought one into force since the pool was read.
func purge(tx *sqlite.Tx, key pool.Key) error {
	var saved, forced pool.ReadingID
	if err := tx.QueryRow(`SELECT reading_id, force_reading FROM pools WHERE tenant_id = ? AND class = ?`, key.Tenant, key.Class).Scan(&saved, &forced); err != nil {
		return err
	}
	users, err := sqlite.All(tx.Query(`SELECT user_id FROM pool_credentials c WHERE tenant_id = ? AND class = ?
		AND NOT EXISTS (SELECT 1 FROM pool_members m WHERE m.reading_id IN (?, ?) AND m.user_id = c.user_id)`, key.Tenant, key.Class, saved, forced), sqlite.Only[pool.UserID])
	if err != nil || len(users) == 0 {
		return err
	}
	list, err := sqlite.List(users)
	if err != nil {
		return err
	}
	if err := forgetPending(tx, key, list, run.Gone); err != nil {
		return err
	}
	if _, err := tx.Exec(`DELETE FROM pool_credentials WHERE tenant_id = ? AND class = ? AND user_id `+sqlite.InList, key.Tenant, key.Class, list); err != nil {
		return err
	}
	return setStanding(tx, key, list, pool.Credential{})
}

// touch does to the credentials what a Save says.
func touch(tx *sqlite.Tx, key pool.Key, touched []pool.Touch) error {
	var renewed []pool.UserID
	checked := map[bool][]pool.UserID{} // by Enable MFA
	for _, t := range touched {
		if t.Renews() {
			renewed = append(renewed, t.User)
		}
		if t.OnlyChecks() {
			checked[t.MFA] = append(checked[t.MFA], t.User)
		}
	}
	if err := replacePending(tx, key, renewed); err != nil {
		return err
	}
	for mfa, users := range checked {
		if err := waitForCheck(tx, key, users, mfa); err != nil {
			return err
		}
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
func replacePending(tx *sqlite.Tx, key pool.Key, users []pool.UserID) error {
	list, err := sqlite.List(users)
	if err != nil || len(users) == 0 {
		return err
	}
	return forgetPending(tx, key, list, run.Replaced)
}

// forgetPending forgets the new passwords of the listed accounts that wait or are kept.
func forgetPending(tx *sqlite.Tx, key pool.Key, list string, why account.Reason) error {
	return runs.Forget(tx, pool.CheckRun, key.Scope(), list, why)
}

// waitForCheck is Touched for touches that only check, all with the same Enable MFA at once.
func waitForCheck(tx *sqlite.Tx, key pool.Key, users []pool.UserID, mfa bool) error {
	list, err := sqlite.List(users)
	if err != nil || len(users) == 0 {
		return err
	}
	c := pool.Credential{}.Touched(pool.Touch{MFA: mfa, Check: true})
	if _, err := tx.Exec(`INSERT INTO pool_credentials (tenant_id, class, user_id, mfa, pending, checked_at, set_at, set_by)
		SELECT ?, ?, value, ?, ?, 0, 0, '' FROM `+sqlite.ListRows+` WHERE true
		ON CONFLICT (tenant_id, class, user_id) DO UPDATE SET mfa = excluded.mfa, pending = excluded.pending`, key.Tenant, key.Class, c.MFA, c.Pending, list); err != nil {
		return err
	}
	return setStanding(tx, key, list, c)
}
