package profiles

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"errors"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/profile"
	"purser.example/internal/run"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/runs"
)

// Create implements profile.Store.
func (s *Store) Create(ctx context.Context, p profile.Profile, password []byte, v profile.Validation, elsewhere []account.Renewal, entries ...audit.Entry) error {
	return unique(s.db.Write(ctx, func(tx *sqlite.Tx) error {
		if err := Insert(tx, p, password); err != nil {
			return err
		}
		made := &v
		if v.At.IsZero() {
			made = nil
		}
		if err := conclude(tx, p.ID, made, entries); err != nil {
			return err
		}
		return s.keepers.Renew(tx, elsewhere)
	}))
}

// Insert writes the rows of a new profile and nothing else: no history, no entry in the activity log. It is a part of Create,
// and what loads profiles by the hundred thousand (sqlitetest.Fill).
func Insert(tx *sqlite.Tx, p profile.Profile, password []byte) error {
	o, err := outcomeOf(p)
	if err != nil {
		return err
	}
	key := searchKey(p)
	if _, err := tx.Exec(`INSERT INTO profiles (id, kind, name, name_key, description, tenant_id, tenant_key, username, username_key, admin_center_url, version, services,
		status, expires_at, validated_at, code, expiry, warn_at, roles, products, warnings, failed_status, failed_at, verdict, failed,
		created_at, created_by, modified_at, modified_by, password, name_order, search_key, letters)
		VALUES (?, ?, ?, ?, ?, ?, (SELECT name_key FROM tenants WHERE id = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		p.ID, p.Kind, p.Name, account.Fold(p.Name), p.Description, p.Tenant, p.Tenant, p.Username, account.Fold(p.Username), p.AdminCenterURL, p.Version, joined(p.Services),
		o.status, o.expiresAt, o.validatedAt, o.code, o.expiry, o.warnAt, o.roles, o.products, o.warnings, o.failedStatus, o.failedAt, o.verdict, o.failed,
		p.Created.At.UnixMilli(), p.Created.By, p.Modified.At.UnixMilli(), p.Modified.By, password,
		account.SearchKey(p.Name), key, sqlite.LettersOf(key)|sqlite.LettersOf(o.code)); err != nil {
		return err
	}
	return addServices(tx, p)
}

// Update implements profile.Store.
func (s *Store) Update(ctx context.Context, p profile.Profile, was int64, password []byte, v *profile.Validation, elsewhere []account.Renewal, entries ...audit.Entry) error {
	key := searchKey(p) // before its turn comes: others wait behind it
	return unique(s.db.Write(ctx, func(tx *sqlite.Tx) error {
		if err := change(tx, p, key, was, password, v != nil); err != nil {
			return err
		}
		if err := conclude(tx, p.ID, v, entries); err != nil {
			return err
		}
		return s.keepers.Renew(tx, elsewhere)
	}))
}

// change writes an edit of the version that a profile had, with the outcome of its validation or without. What most edits leave alone (name,
// account, services, kind) is written only where it changed: each of these costs indexes. It writes nothing of a profile that is gone or has
// another version.
func change(tx *sqlite.Tx, p profile.Profile, key string, was int64, password []byte, outcome bool) error {
	var row, letters int64
	var old profile.Profile
	var services string
	err := tx.QueryRow(`UPDATE profiles SET description = ?, admin_center_url = ?, search_key = ?, version = ?, modified_at = ?, modified_by = ? WHERE id = ? AND version = ?
		RETURNING row, kind, name, tenant_id, username, services, letters`, p.Description, p.AdminCenterURL, key, p.Version, p.Modified.At.UnixMilli(), p.Modified.By, p.ID, was).
		Scan(&row, &old.Kind, &old.Name, &old.Tenant, &old.Username, &services, &letters)
	if errors.Is(err, sql.ErrNoRows) {
		return missing(tx, p.ID)
	}
	if err != nil {
		return err
	}
	if err := addLetters(tx, row, letters, key); err != nil {
		return err
	}
	if err := rename(tx, row, old, p); err != nil {
		return err
	}
	if err := setAccount(tx, row, p, password, outcome); err != nil {
		return err
	}
	if old.Kind != p.Kind {
		if _, err := tx.Exec(`UPDATE profiles SET kind = ? WHERE row = ?`, p.Kind, row); err != nil {
			return err
		}
	}
	if services == joined(p.Services) {
		return nil
	}
	return setServices(tx, row, p)
}

func rename(tx *sqlite.Tx, row int64, old, p profile.Profile) error {
	if old.Name == p.Name && old.Tenant == p.Tenant && old.Username == p.Username {
		return nil
	}
	_, err := tx.Exec(`UPDATE profiles SET name = ?, name_key = ?, name_order = ?, tenant_id = ?, tenant_key = (SELECT name_key FROM tenants WHERE id = ?), username = ?, username_key = ?
		WHERE row = ?`, p.Name, account.Fold(p.Name), account.SearchKey(p.Name), p.Tenant, p.Tenant, p.Username, account.Fold(p.Username), row)
	return err
}

func setAccount(tx *sqlite.Tx, row int64, p profile.Profile, password []byte, validated bool) error {
	if password != nil {
		if _, err := tx.Exec(`UPDATE profiles SET password = ? WHERE row = ?`, password, row); err != nil {
			return err
		}
	}
	if !validated {
		return nil
	}
	o, err := outcomeOf(p)
	if err != nil {
		return err
	}
	_, err = o.write(tx, `row = ?`, row)
	return err
}

// Validated implements profile.Store.
func (s *Store) Validated(ctx context.Context, p profile.Profile, v profile.Validation, e audit.Entry) error {
	return s.validatedWith(ctx, p, v, &v, e, func(*sqlite.Tx) error { return nil })
}

// Repeated implements profile.Store.
func (s *Store) Repeated(ctx context.Context, p profile.Profile, v profile.Validation, e audit.Entry) error {
	return s.validatedWith(ctx, p, v, nil, e, func(*sqlite.Tx) error { return nil })
}

// validatedWith is Validated with a line of the history, or with none, and with something more in the same transaction.
func (s *Store) validatedWith(ctx context.Context, p profile.Profile, v profile.Validation, line *profile.Validation, e audit.Entry, more func(*sqlite.Tx) error) error {
	var other error
	err := s.db.Write(ctx, func(tx *sqlite.Tx) error {
		if err := more(tx); err != nil {
			return err
		}
		n, err := validated(tx, p, v)
		if err != nil {
			return err
		}
		if n > 0 {
			return conclude(tx, p.ID, line, []audit.Entry{e})
		}
		if other = missing(tx, p.ID); !errors.Is(other, profile.ErrGone) && !errors.Is(other, profile.ErrChanged) {
			return other
		}
		return conclude(tx, "", nil, []audit.Entry{e})
	})
	return cmp.Or(err, other)
}

// Concluded implements profile.Store.
func (s *Store) Concluded(ctx context.Context, r run.Run, i run.Item, p profile.Profile, v profile.Validation, e audit.Entry) error {
	err := s.validatedWith(ctx, p, v, &v, e, func(tx *sqlite.Tx) error {
		_, err := runs.SetItem(tx, r, i)
		return err
	})
	if errors.Is(err, profile.ErrGone) || errors.Is(err, profile.ErrChanged) {
		return nil
	}
	return err
}

// validated writes the verdict where the profile still has the account that was validated, and tells how many have.
func validated(tx *sqlite.Tx, p profile.Profile, v profile.Validation) (int64, error) {
	found := v.Verdict
	if found.Status.AboutAccount() {
		o, err := outcomeOf(profile.Profile{Status: found.Status, Verdict: found, Validated: v.At})
		if err != nil {
			return 0, err
		}
		return o.write(tx, `id = ? AND tenant_id = ? AND username_key = ?`, p.ID, p.Tenant, account.Fold(p.Username))
	}
	text, err := sqlite.JSON(&found)
	if err != nil {
		return 0, err
	}
	return tx.Exec(`UPDATE profiles SET failed = ?, failed_status = ?, failed_at = ? WHERE id = ? AND tenant_id = ? AND username_key = ?`,
		text, found.Status, found.At.UnixMilli(), p.ID, p.Tenant, account.Fold(p.Username))
}

// reboundAtOnce is how many profiles share a commit when all of them are written anew.
const reboundAtOnce = 10_000

// Rebind implements profile.Store.
func (s *Store) Rebind(ctx context.Context, rebind func(p profile.Profile, sealed []byte) ([]byte, error)) error {
	for after, more := int64(0), true; more; {
		err := s.db.Write(ctx, func(tx *sqlite.Tx) error {
			rows, err := sqlite.All(tx.Query(`SELECT row, id, kind, name, name_key, tenant_id, username, password FROM profiles WHERE row > ? ORDER BY row LIMIT ?`, after, reboundAtOnce), scanBound)
			if err != nil {
				return err
			}
			for _, each := range rows {
				if err := each.rebind(tx, rebind); err != nil {
					return err
				}
				after = each.row
			}
			more = len(rows) == reboundAtOnce
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// bound is a profile as far as its password is bound to it.
type bound struct {
	row      int64
	profile  profile.Profile
	key      string
	password []byte
}

func scanBound(row sqlite.Row) (b bound, err error) {
	p := &b.profile
	err = row.Scan(&b.row, &p.ID, &p.Kind, &p.Name, &b.key, &p.Tenant, &p.Username, &b.password)
	return b, err
}

func (b bound) rebind(tx *sqlite.Tx, rebind func(p profile.Profile, sealed []byte) ([]byte, error)) error {
	password, err := rebind(b.profile, b.password)
	if err != nil {
		return err
	}
	if !bytes.Equal(password, b.password) {
		if _, err := tx.Exec(`UPDATE profiles SET password = ? WHERE row = ?`, password, b.row); err != nil {
			return err
		}
	}
	if key := account.Fold(b.profile.Name); key != b.key {
		_, err = tx.Exec(`UPDATE OR IGNORE profiles SET name_key = ? WHERE row = ?`, key, b.row)
	}
	return err
}

// Delete implements profile.Store.
func (s *Store) Delete(ctx context.Context, profiles []profile.Profile, entries ...audit.Entry) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		for _, p := range profiles {
			n, err := tx.Exec(`DELETE FROM profiles WHERE id = ? AND version = ?`, p.ID, p.Version)
			if err != nil {
				return err
			}
			if n == 0 {
				return missing(tx, p.ID)
			}
		}
		return conclude(tx, "", nil, entries)
	})
}

// conclude writes what every change ends with: the validation, if there was one, and the entries.
func conclude(tx *sqlite.Tx, id profile.ID, v *profile.Validation, entries []audit.Entry) error {
	if v != nil {
		text, err := sqlite.JSON(&v.Verdict)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO validations (profile_id, at, by_name, verdict) VALUES (?, ?, ?, ?)`, id, v.At.UnixMilli(), v.By, text); err != nil {
			return err
		}
	}
	return tx.Record(entries...)
}

// missing tells a profile that changed from one that is gone.
func missing(tx *sqlite.Tx, id profile.ID) error {
	var there bool
	if err := tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM profiles WHERE id = ?)`, id).Scan(&there); err != nil {
		return err
	}
	if there {
		return profile.ErrChanged
	}
	return profile.ErrGone
}

func setServices(tx *sqlite.Tx, row int64, p profile.Profile) error {
	if _, err := tx.Exec(`UPDATE profiles SET services = ? WHERE row = ?`, joined(p.Services), row); err != nil {
		return err
	}
	if _, err := tx.Exec(`DELETE FROM profile_services WHERE profile = ?`, row); err != nil {
		return err
	}
	return addServices(tx, p)
}

func addServices(tx *sqlite.Tx, p profile.Profile) error {
	for _, service := range p.Services {
		if _, err := tx.Exec(`INSERT INTO profile_services (service, profile) VALUES (?, (SELECT row FROM profiles WHERE id = ?))`, service, p.ID); err != nil {
			return err
		}
	}
	return nil
}

func unique(err error) error {
	if errors.Is(err, sqlite.ErrUnique) {
		return profile.ErrNameTaken
	}
	return err
}
