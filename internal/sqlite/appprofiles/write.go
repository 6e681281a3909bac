package appprofiles

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"purser.example/internal/account"
	"purser.example/internal/appprofile"
	"purser.example/internal/audit"
	"purser.example/internal/sqlite"
	"purser.example/internal/tenant"
)

// Create implements appprofile.Store. Whoever read the tenant last says what it is called; nobody reads it backwards.
func (s *Store) Create(ctx context.Context, t tenant.Tenant, p appprofile.Profile, sealed []appprofile.Sealed, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		if err := keepTenant(tx, t); err != nil {
			return err
		}
		if err := insert(tx, p); err != nil {
			return err
		}
		if err := insertCredentials(tx, p.ID, sealed); err != nil {
			return err
		}
		return tx.Record(e)
	})
}

// Connect implements appprofile.Store.
func (s *Store) Connect(ctx context.Context, t tenant.Tenant, p appprofile.Profile, sealed []appprofile.Sealed, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		key := account.Fold(t.DisplayName)
		if _, err := tx.Exec(`INSERT INTO tenants (id, display_name, name_key, initial_domain, cloud, connected_at) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET display_name = excluded.display_name, name_key = excluded.name_key, initial_domain = excluded.initial_domain, cloud = excluded.cloud`,
			t.ID, t.DisplayName, key, t.InitialDomain, t.Cloud, t.Connected.UnixMilli()); err != nil {
			return err
		}
		if err := follow(tx, t.ID); err != nil {
			return err
		}
		n, err := change(tx, p, `id = ?`, p.ID)
		if err != nil {
			return err
		}
		if n == 0 {
			if err := insert(tx, p); err != nil {
				return err
			}
		} else if _, err := tx.Exec(`DELETE FROM app_credentials WHERE profile_id = ?`, p.ID); err != nil {
			return err
		}
		if err := insertCredentials(tx, p.ID, sealed); err != nil {
			return err
		}
		return tx.Record(e)
	})
}

// Update implements appprofile.Store.
func (s *Store) Update(ctx context.Context, p appprofile.Profile, sealed []appprofile.Sealed, read *tenant.Tenant, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		if err := current(tx, p); err != nil {
			return err
		}
		if read != nil {
			if err := keepTenant(tx, *read); err != nil {
				return err
			}
		}
		if _, err := change(tx, p, `id = ? AND version = ?`, p.ID, p.Version); err != nil {
			return err
		}
		staying := []string{}
		var fresh []appprofile.Sealed
		for _, c := range sealed {
			if c.Secret == nil {
				staying = append(staying, string(c.ID))
			} else {
				fresh = append(fresh, c)
			}
		}
		list, err := sqlite.List(staying)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`DELETE FROM app_credentials WHERE id NOT `+sqlite.InList+` AND profile_id = ?`, list, p.ID); err != nil {
			return err
		}
		if err := insertCredentials(tx, p.ID, fresh); err != nil {
			return err
		}
		return tx.Record(e)
	})
}

// Checked implements appprofile.Store.
func (s *Store) Checked(ctx context.Context, p appprofile.Profile, read *tenant.Tenant, e audit.Entry) error {
	finding, granted, err := told(p)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		if err := current(tx, p); err != nil {
			return err
		}
		if read != nil {
			if err := keepTenant(tx, *read); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(`UPDATE app_profiles SET status = ?, checked_at = ?, finding = ?, granted = ? WHERE id = ?`,
			p.Status, sqlite.Milliseconds(p.Checked), finding, granted, p.ID); err != nil {
			return err
		}
		for _, c := range p.Credentials {
			if _, err := tx.Exec(`UPDATE app_credentials SET standing = ?, code = ?, expires_at = ? WHERE profile_id = ? AND id = ?`,
				c.Standing, c.Code, sqlite.Milliseconds(c.Expires), p.ID, c.ID); err != nil {
				return err
			}
		}
		return tx.Record(e)
	})
}

// Prefer implements appprofile.Store.
func (s *Store) Prefer(ctx context.Context, id appprofile.ID, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		if _, err := tx.Exec(`UPDATE app_profiles SET preferred = 0 WHERE preferred = 1 AND tenant_id = (SELECT tenant_id FROM app_profiles WHERE id = ?)`, id); err != nil {
			return err
		}
		n, err := tx.Exec(`UPDATE app_profiles SET preferred = 1 WHERE id = ?`, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return appprofile.ErrGone
		}
		return tx.Record(e)
	})
}

// unused is where nothing is kept for a tenant.
const unused = `NOT EXISTS (SELECT 1 FROM app_profiles a WHERE a.tenant_id = tenants.id) AND NOT EXISTS (SELECT 1 FROM profiles p WHERE p.tenant_id = tenants.id)
	AND NOT EXISTS (SELECT 1 FROM pools p WHERE p.tenant_id = tenants.id) AND NOT EXISTS (SELECT 1 FROM pool_readings p WHERE p.tenant_id = tenants.id)
	AND NOT EXISTS (SELECT 1 FROM pool_credentials p WHERE p.tenant_id = tenants.id) AND NOT EXISTS (SELECT 1 FROM scan_profiles p WHERE p.tenant_id = tenants.id)
	AND NOT EXISTS (SELECT 1 FROM scan_lots l WHERE l.tenant_id = tenants.id) AND NOT EXISTS (SELECT 1 FROM term_store_administrators a WHERE a.tenant_id = tenants.id)`

// Delete implements appprofile.Store.
func (s *Store) Delete(ctx context.Context, id appprofile.ID, last bool, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		var t tenant.ID
		err := tx.QueryRow(`SELECT tenant_id FROM app_profiles WHERE id = ?`, id).Scan(&t)
		if err != nil {
			return gone(err)
		}
		if _, err := tx.Exec(`DELETE FROM app_profiles WHERE id = ?`, id); err != nil {
			return err
		}
		left, err := succeed(tx, t)
		if err != nil {
			return err
		}
		if left == 0 {
			n, err := tx.Exec(`DELETE FROM tenants WHERE id = ? AND `+unused, t)
			if err != nil {
				return err
			}
			if n == 0 && !last {
				return appprofile.ErrLast
			}
		}
		return tx.Record(e)
	})
}

// succeed makes the oldest app profile of a tenant that has no preferred one the preferred one, and counts those that are left.
func succeed(tx *sqlite.Tx, t tenant.ID) (left int, err error) {
	if _, err := tx.Exec(`UPDATE app_profiles SET preferred = 1 WHERE id = (SELECT id FROM app_profiles WHERE tenant_id = ?1 ORDER BY created_at, id LIMIT 1)
		AND NOT EXISTS (SELECT 1 FROM app_profiles WHERE tenant_id = ?1 AND preferred = 1)`, t); err != nil {
		return 0, err
	}
	err = tx.QueryRow(`SELECT count(*) FROM app_profiles WHERE tenant_id = ?`, t).Scan(&left)
	return left, err
}

// Bind implements appprofile.Store.
func (s *Store) Bind(ctx context.Context, id appprofile.ID, sealed []appprofile.Sealed) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		for _, c := range sealed {
			if _, err := tx.Exec(`UPDATE app_credentials SET secret = ? WHERE profile_id = ? AND id = ?`, sqlite.Blob(c.Secret), id, c.ID); err != nil {
				return err
			}
		}
		return nil
	})
}

// current looks whether the profile is there, and of the version that somebody looked at.
func current(tx *sqlite.Tx, p appprofile.Profile) error {
	var version int64
	if err := tx.QueryRow(`SELECT version FROM app_profiles WHERE id = ?`, p.ID).Scan(&version); err != nil {
		return gone(err)
	}
	if version != p.Version {
		return appprofile.ErrChanged
	}
	return nil
}

// keepTenant keeps a tenant, or what was read of it after what is there. Since when it is connected stays, and its cloud. Its initial domain
// stays while a profile is there whose seal has it.
func keepTenant(tx *sqlite.Tx, t tenant.Tenant) error {
	facts, err := json.Marshal(t.Facts)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`INSERT INTO tenants (id, display_name, name_key, initial_domain, cloud, connected_at, facts, read_at, gone_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET display_name = excluded.display_name, name_key = excluded.name_key, facts = excluded.facts, read_at = excluded.read_at, gone_at = excluded.gone_at,
			initial_domain = CASE WHEN EXISTS (SELECT 1 FROM app_profiles WHERE id = excluded.id) THEN tenants.initial_domain ELSE excluded.initial_domain END
		WHERE excluded.read_at > 0 AND excluded.read_at >= tenants.read_at OR excluded.gone_at <> tenants.gone_at`,
		t.ID, t.DisplayName, account.Fold(t.DisplayName), t.InitialDomain, t.Cloud, t.Connected.UnixMilli(), string(facts), sqlite.Milliseconds(t.Read), sqlite.Milliseconds(t.Gone)); err != nil {
		return err
	}
	return follow(tx, t.ID)
}

// follow gives the profiles of a tenant its folded name, because their list goes by it.
func follow(tx *sqlite.Tx, t tenant.ID) error {
	_, err := tx.Exec(`UPDATE profiles SET tenant_key = (SELECT name_key FROM tenants WHERE id = ?1) WHERE tenant_id = ?1 AND tenant_key <> (SELECT name_key FROM tenants WHERE id = ?1)`, t)
	return err
}

func told(p appprofile.Profile) (finding, granted string, err error) {
	f, err := json.Marshal(p.Finding)
	if err != nil {
		return "", "", err
	}
	g, err := json.Marshal(p.Granted)
	return string(f), string(g), err
}

// insert makes the first profile of a tenant the preferred one.
func insert(tx *sqlite.Tx, p appprofile.Profile) error {
	finding, granted, err := told(p)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO app_profiles (id, name, name_key, tenant_id, application_id, preferred, status, checked_at, finding, granted, version, created_at, created_by, modified_at, modified_by)
		VALUES (?1, ?2, ?3, ?4, ?5, NOT EXISTS (SELECT 1 FROM app_profiles WHERE tenant_id = ?4), ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)`,
		p.ID, p.Name, account.Fold(p.Name), p.Tenant, p.ApplicationID, p.Status, sqlite.Milliseconds(p.Checked), finding, granted, p.Version,
		sqlite.Milliseconds(p.Created.At), p.Created.By, sqlite.Milliseconds(p.Modified.At), p.Modified.By)
	return taken(err)
}

// change writes what may change of a profile, and counts the version on.
func change(tx *sqlite.Tx, p appprofile.Profile, where string, args ...any) (int64, error) {
	finding, granted, err := told(p)
	if err != nil {
		return 0, err
	}
	n, err := tx.Exec(`UPDATE app_profiles SET name = ?, name_key = ?, application_id = ?, status = ?, checked_at = ?, finding = ?, granted = ?, version = version + 1, modified_at = ?, modified_by = ?
		WHERE `+where, append([]any{p.Name, account.Fold(p.Name), p.ApplicationID, p.Status, sqlite.Milliseconds(p.Checked), finding, granted, sqlite.Milliseconds(p.Modified.At), p.Modified.By}, args...)...)
	return n, taken(err)
}

func insertCredentials(tx *sqlite.Tx, id appprofile.ID, sealed []appprofile.Sealed) error {
	for _, c := range sealed {
		if _, err := tx.Exec(`INSERT INTO app_credentials (profile_id, id, kind, standing, code, expires_at, public, made, secret, added_at, added_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			id, c.ID, c.Kind, c.Standing, c.Code, sqlite.Milliseconds(c.Expires), sqlite.Blob(c.Public), c.Made, sqlite.Blob(c.Secret), sqlite.Milliseconds(c.Added.At), c.Added.By); err != nil {
			return err
		}
	}
	return nil
}

func gone(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return appprofile.ErrGone
	}
	return err
}

func taken(err error) error {
	if errors.Is(err, sqlite.ErrUnique) {
		return appprofile.ErrNameTaken
	}
	return err
}
