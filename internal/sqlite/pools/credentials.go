package pools

import (
	"context"
	"database/sql"
	"errors"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/pool"
	"purser.example/internal/run"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/runs"
	"purser.example/internal/verdict"
)

const credentialColumns = `c.mfa, c.password, c.app_password, c.pending, c.verdict, c.failed, c.checked_at, c.set_at, c.set_by`

// credential gives what is kept of an account; the zero credential where there is nothing.
func credential(tx *sqlite.Tx, key pool.Key, user pool.UserID) (pool.Credential, error) {
	c, err := scanCredential(tx.QueryRow(`SELECT `+credentialColumns+` FROM pool_credentials c WHERE tenant_id = ? AND class = ? AND user_id = ?`, key.Tenant, key.Class, user))
	if errors.Is(err, sql.ErrNoRows) {
		return pool.Credential{}, nil
	}
	return c, err
}

// scanCredential reads credentialColumns behind other columns. Where an outer join found nothing, all of them are NULL.
func scanCredential(row sqlite.Row, before ...any) (pool.Credential, error) {
	var c pool.Credential
	var mfa, pending, checked, set sql.NullInt64
	var found, failed, by sql.NullString
	if err := row.Scan(append(before, &mfa, &c.Password, &c.AppPassword, &pending, &found, &failed, &checked, &set, &by)...); err != nil {
		return c, err
	}
	c.MFA, c.Pending = mfa.Int64 == 1, pool.Pending(pending.Int64)
	c.Checked, c.Set.At, c.Set.By = sqlite.Moment(checked.Int64), sqlite.Moment(set.Int64), by.String
	var err error
	if c.Verdict, err = sqlite.FromJSON[verdict.Verdict](found); err != nil {
		return c, err
	}
	c.Failed, err = sqlite.FromJSON[verdict.Verdict](failed)
	return c, err
}

// setCredential stores it, and where the account stands by it.
func setCredential(tx *sqlite.Tx, key pool.Key, user pool.UserID, c pool.Credential) error {
	found, err := sqlite.JSON(c.Verdict)
	if err != nil {
		return err
	}
	failed, err := sqlite.JSON(c.Failed)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`INSERT INTO pool_credentials (tenant_id, class, user_id, mfa, password, app_password, pending, verdict, failed, checked_at, set_at, set_by)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (tenant_id, class, user_id) DO UPDATE SET mfa = excluded.mfa, password = excluded.password,
		app_password = excluded.app_password, pending = excluded.pending, verdict = excluded.verdict, failed = excluded.failed,
		checked_at = excluded.checked_at, set_at = excluded.set_at, set_by = excluded.set_by`,
		key.Tenant, key.Class, user, c.MFA, sqlite.Blob(c.Password), sqlite.Blob(c.AppPassword), c.Pending, found, failed,
		sqlite.Milliseconds(c.Checked), sqlite.Milliseconds(c.Set.At), c.Set.By); err != nil {
		return err
	}
	list, err := sqlite.List([]pool.UserID{user})
	if err != nil {
		return err
	}
	return setStanding(tx, key, list, c)
}

// setStanding brings the rows of the listed accounts in all readings of the pool up to date.
func setStanding(tx *sqlite.Tx, key pool.Key, list string, c pool.Credential) error {
	_, err := tx.Exec(`UPDATE pool_members SET mfa = ?, standing = CASE enabled WHEN 1 THEN ? ELSE ? END
		WHERE user_id `+sqlite.InList+` AND reading_id IN (SELECT id FROM pool_readings WHERE tenant_id = ? AND class = ?)`,
		c.MFA, c.Standing(key.Class), pool.Disabled, list, key.Tenant, key.Class)
	return err
}

// Concluded implements pool.Store.
func (s *Store) Concluded(ctx context.Context, r run.Run, i run.Item, password []byte, by account.Stamp, elsewhere []account.Renewal, entry func(kept bool) audit.Entry) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		kept, err := runs.SetItem(tx, r, i)
		if err == nil && kept {
			err = conclude(tx, r, i, password, by)
		}
		if err == nil {
			err = tx.Record(entry(kept))
		}
		if err != nil || !kept {
			return err
		}
		return s.keepers.Renew(tx, elsewhere)
	})
}

// Lent implements pool.Store.
func (s *Store) Lent(ctx context.Context, key pool.Key, user pool.UserID, v verdict.Verdict, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		have, err := credential(tx, key, user)
		if err == nil && have.Password != nil && v.Status.AboutAccount() {
			have.Failed, have.Checked = &v, v.At
			err = setCredential(tx, key, user, have)
		}
		if err != nil {
			return err
		}
		return tx.Record(e)
	})
}

// CheckedUp implements pool.Store.
func (s *Store) CheckedUp(ctx context.Context, key pool.Key, user pool.UserID, was []byte, v verdict.Verdict, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		have, err := credential(tx, key, user)
		if now, changed := have.CheckedUp(was, v); err == nil && changed {
			err = setCredential(tx, key, user, now)
		}
		if err != nil {
			return err
		}
		return tx.Record(e)
	})
}

// Settled keeps the credential in step with an item of a check that was settled without a verdict. It is the runs.Effect of
// pool.CheckRun.
func Settled(tx *sqlite.Tx, r run.Run, i run.Item) error {
	return conclude(tx, r, i, nil, account.Stamp{})
}

func conclude(tx *sqlite.Tx, r run.Run, i run.Item, password []byte, by account.Stamp) error {
	key, user := pool.KeyOf(r.Scope), pool.UserID(i.Subject)
	have, err := credential(tx, key, user)
	if err != nil {
		return err
	}
	return setCredential(tx, key, user, have.Concluded(i, password, by))
}

// owned is a credential with whose it is.
type owned struct {
	key        pool.Key
	user       pool.UserID
	username   string
	credential pool.Credential
}

// Rebind implements pool.Store.
func (s *Store) Rebind(ctx context.Context, rebind func(key pool.Key, user pool.UserID, username string, c pool.Credential) (pool.Credential, error)) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		list, err := sqlite.All(tx.Query(`SELECT c.tenant_id, c.class, c.user_id,
				coalesce((SELECT m.username FROM pools p JOIN pool_members m ON m.reading_id = p.reading_id AND m.user_id = c.user_id WHERE p.tenant_id = c.tenant_id AND p.class = c.class),
					(SELECT m.username FROM pools p JOIN pool_members m ON m.reading_id = p.force_reading AND m.user_id = c.user_id WHERE p.tenant_id = c.tenant_id AND p.class = c.class), ''),
				`+credentialColumns+` FROM pool_credentials c WHERE c.password IS NOT NULL OR c.app_password IS NOT NULL`), scanOwned)
		if err != nil {
			return err
		}
		for _, o := range list {
			c, err := rebind(o.key, o.user, o.username, o.credential)
			if err != nil {
				return err
			}
			if _, err := tx.Exec(`UPDATE pool_credentials SET password = ?, app_password = ? WHERE tenant_id = ? AND class = ? AND user_id = ?`,
				sqlite.Blob(c.Password), sqlite.Blob(c.AppPassword), o.key.Tenant, o.key.Class, o.user); err != nil {
				return err
			}
		}
		return nil
	})
}

func scanOwned(row sqlite.Row) (o owned, err error) {
	o.credential, err = scanCredential(row, &o.key.Tenant, &o.key.Class, &o.user, &o.username)
	return o, err
}
