package sqlite

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"purser.example/internal/pool"
	"purser.example/internal/verdict"
)

const credentialColumns = `c.mfa, c.password, c.app_password, c.pending, c.verdict, c.failed, c.checked_at, c.set_at, c.set_by`

// credential gives what is kept of an account; the zero credential where there is nothing.
func credential(tx *Tx, key pool.Key, user pool.UserID) (pool.Credential, error) {
	c, err := scanCredential(tx.QueryRow(`SELECT `+credentialColumns+` FROM pool_credentials c WHERE tenant_id = ? AND class = ? AND user_id = ?`, key.Tenant, key.Class, user).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return pool.Credential{}, nil
	}
	return c, err
}

// scanCredential reads credentialColumns behind other columns. Where an outer join found nothing, all of them are NULL.
func scanCredential(scan func(...any) error, before ...any) (pool.Credential, error) {
	var c pool.Credential
	var mfa, pending, checked, set sql.NullInt64
	var found, failed, by sql.NullString
	if err := scan(append(before, &mfa, &c.Password, &c.AppPassword, &pending, &found, &failed, &checked, &set, &by)...); err != nil {
		return c, translate(err)
	}
	c.MFA, c.Pending = mfa.Int64 == 1, pool.Pending(pending.Int64)
	c.Checked, c.Set.At, c.Set.By = moment(checked.Int64), moment(set.Int64), by.String
	var err error
	if c.Verdict, err = readVerdict(found); err != nil {
		return c, err
	}
	c.Failed, err = readVerdict(failed)
	return c, err
}

func readVerdict(text sql.NullString) (*verdict.Verdict, error) {
	if !text.Valid {
		return nil, nil
	}
	v := new(verdict.Verdict)
	if err := json.Unmarshal([]byte(text.String), v); err != nil {
		return nil, fmt.Errorf("read a verdict of a pool: %w", err)
	}
	return v, nil
}

func writeVerdict(v *verdict.Verdict) (any, error) {
	if v == nil {
		return nil, nil
	}
	text, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("write verdict: %w", err)
	}
	return string(text), nil
}

// setCredential stores it, and where the account stands by it.
func setCredential(tx *Tx, key pool.Key, user pool.UserID, c pool.Credential) error {
	found, err := writeVerdict(c.Verdict)
	if err != nil {
		return err
	}
	failed, err := writeVerdict(c.Failed)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`INSERT INTO pool_credentials (tenant_id, class, user_id, mfa, password, app_password, pending, verdict, failed, checked_at, set_at, set_by)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (tenant_id, class, user_id) DO UPDATE SET mfa = excluded.mfa, password = excluded.password,
		app_password = excluded.app_password, pending = excluded.pending, verdict = excluded.verdict, failed = excluded.failed,
		checked_at = excluded.checked_at, set_at = excluded.set_at, set_by = excluded.set_by`,
		key.Tenant, key.Class, user, c.MFA, blob(c.Password), blob(c.AppPassword), c.Pending, found, failed,
		milliseconds(c.Checked), milliseconds(c.Set.At), c.Set.By); err != nil {
		return err
	}
	list, err := listed([]pool.UserID{user})
	if err != nil {
		return err
	}
	return setStanding(tx, key, list, c)
}

// setStanding brings the rows of the listed accounts in all readings of the pool up to date.
func setStanding(tx *Tx, key pool.Key, list string, c pool.Credential) error {
	_, err := tx.Exec(`UPDATE pool_members SET mfa = ?, standing = CASE enabled WHEN 1 THEN ? ELSE ? END
		WHERE user_id IN (SELECT value FROM json_each(?)) AND reading_id IN (SELECT id FROM pool_readings WHERE tenant_id = ? AND class = ?)`,
		c.MFA, c.Standing(key.Class), pool.Disabled, list, key.Tenant, key.Class)
	return err
}
