package scans

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/scan"
	"purser.example/internal/sqlite"
	"purser.example/internal/tenant"
)

const profileColumns = `SELECT id, name, description, tenant_id, types, method, account_id, daily, minute, zone, next_at, version,
	created_at, created_by, modified_at, modified_by FROM scan_profiles`

func scanProfile(row sqlite.Row) (p scan.Profile, err error) {
	var types string
	var next, created, modified int64
	err = row.Scan(&p.ID, &p.Name, &p.Description, &p.Tenant, &types, &p.Method, &p.Account, &p.Schedule.Daily, &p.Schedule.Minute, &p.Schedule.Zone, &next, &p.Version,
		&created, &p.Created.By, &modified, &p.Modified.By)
	for t := range strings.FieldsSeq(types) {
		p.Types = append(p.Types, scan.Type(t))
	}
	p.Next, p.Created.At, p.Modified.At = sqlite.Moment(next), sqlite.Moment(created), sqlite.Moment(modified)
	return p, err
}

// Profile implements scan.Store.
func (s *Store) Profile(ctx context.Context, id scan.ProfileID) (scan.Profile, error) {
	p, err := scanProfile(s.db.QueryRow(ctx, profileColumns+` WHERE id = ?`, id))
	return p, gone(err)
}

// Profiles implements scan.Store.
func (s *Store) Profiles(ctx context.Context, t tenant.ID) ([]scan.Listed, error) {
	query, args := profileColumns+` ORDER BY name_order, id`, []any{}
	if t != "" {
		query, args = profileColumns+` WHERE tenant_id = ? ORDER BY name_order, id`, []any{t}
	}
	list, err := sqlite.All(s.db.Query(ctx, query, args...), func(row sqlite.Row) (l scan.Listed, err error) {
		l.Profile, err = scanProfile(row)
		return l, err
	})
	if err != nil || len(list) == 0 {
		return list, err
	}
	last, err := s.lastScans(ctx, list)
	for i := range list {
		list[i].Last = last[list[i].ID]
	}
	return list, err
}

// lastScans gives the newest scan of each profile that has one.
func (s *Store) lastScans(ctx context.Context, list []scan.Listed) (map[scan.ProfileID]*scan.Scan, error) {
	ids := make([]scan.ProfileID, len(list))
	for i := range list {
		ids[i] = list[i].ID
	}
	of, err := sqlite.List(ids)
	if err != nil {
		return nil, err
	}
	scans, err := s.scans(ctx, scanColumns+` WHERE id IN (SELECT (SELECT max(id) FROM scans WHERE profile_id = f.value) FROM `+sqlite.ListRows+` f)`, of)
	last := map[scan.ProfileID]*scan.Scan{}
	for i := range scans {
		last[scans[i].Profile] = &scans[i]
	}
	return last, err
}

// Create implements scan.Store.
func (s *Store) Create(ctx context.Context, p scan.Profile, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		if err := typesFree(tx, p); err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO scan_profiles (id, name, name_key, name_order, description, tenant_id, types, method, account_id, daily, minute, zone, next_at, version,
			created_at, created_by, modified_at, modified_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			p.ID, p.Name, account.Fold(p.Name), account.SearchKey(p.Name), p.Description, p.Tenant, joined(p.Types), p.Method, p.Account,
			p.Schedule.Daily, p.Schedule.Minute, p.Schedule.Zone, sqlite.Milliseconds(p.Next), p.Version,
			p.Created.At.UnixMilli(), p.Created.By, p.Modified.At.UnixMilli(), p.Modified.By); err != nil {
			return taken(err)
		}
		if err := setTypes(tx, p); err != nil {
			return err
		}
		return tx.Record(e)
	})
}

// Update implements scan.Store.
func (s *Store) Update(ctx context.Context, p scan.Profile, was int64, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		err := tx.QueryRow(`UPDATE scan_profiles SET name = ?, name_key = ?, name_order = ?, description = ?, types = ?, method = ?, account_id = ?, daily = ?, minute = ?, zone = ?,
			next_at = ?, version = ?, modified_at = ?, modified_by = ? WHERE id = ? AND version = ? RETURNING tenant_id`,
			p.Name, account.Fold(p.Name), account.SearchKey(p.Name), p.Description, joined(p.Types), p.Method, p.Account, p.Schedule.Daily, p.Schedule.Minute, p.Schedule.Zone,
			sqlite.Milliseconds(p.Next), p.Version, p.Modified.At.UnixMilli(), p.Modified.By, p.ID, was).Scan(&p.Tenant)
		if errors.Is(err, sql.ErrNoRows) {
			return missing(tx, p.ID)
		}
		if err != nil {
			return taken(err)
		}
		if err := typesFree(tx, p); err != nil {
			return err
		}
		if _, err := tx.Exec(`DELETE FROM scan_profile_types WHERE profile_id = ?`, p.ID); err != nil {
			return err
		}
		if err := setTypes(tx, p); err != nil {
			return err
		}
		return tx.Record(e)
	})
}

// typesFree looks whether another profile of the tenant has one of the types, and says which has the first of them.
func typesFree(tx *sqlite.Tx, p scan.Profile) error {
	types, err := sqlite.List(p.Types)
	if err != nil {
		return err
	}
	var other *scan.TypeTaken
	err = tx.Query(`SELECT type, profile_id FROM scan_profile_types WHERE tenant_id = ? AND type `+sqlite.InList+` AND profile_id <> ?`, p.Tenant, types, p.ID).
		Each(func(row sqlite.Row) error {
			var found scan.TypeTaken
			err := row.Scan(&found.Type, &found.By.ID)
			if other == nil || rank(found.Type) < rank(other.Type) {
				other = &found
			}
			return err
		})
	if err != nil || other == nil {
		return err
	}
	if other.By, err = scanProfile(tx.QueryRow(profileColumns+` WHERE id = ?`, other.By.ID)); err != nil {
		return err
	}
	return other
}

// rank is the place of a type among all.
func rank(t scan.Type) int { return slices.Index(scan.Types, t) }

func setTypes(tx *sqlite.Tx, p scan.Profile) error {
	for _, t := range p.Types {
		if _, err := tx.Exec(`INSERT INTO scan_profile_types (tenant_id, type, profile_id) VALUES (?, ?, ?)`, p.Tenant, t, p.ID); err != nil {
			return err
		}
	}
	return nil
}

// joined is how types stand in a column.
func joined(types []scan.Type) string {
	texts := make([]string, len(types))
	for i, t := range types {
		texts[i] = string(t)
	}
	return strings.Join(texts, " ")
}

// Delete implements scan.Store.
func (s *Store) Delete(ctx context.Context, profiles []scan.Profile, entries ...audit.Entry) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		for _, p := range profiles {
			if err := deleteProfile(tx, p); err != nil {
				return err
			}
		}
		return tx.Record(entries...)
	})
}

func deleteProfile(tx *sqlite.Tx, p scan.Profile) error {
	var version int64
	var busy bool
	err := tx.QueryRow(`SELECT version, EXISTS (SELECT 1 FROM scans s WHERE s.profile_id = p.id AND (`+goesOn+` OR `+registers+`)) FROM scan_profiles p WHERE id = ?`, p.ID).Scan(&version, &busy)
	switch {
	case err != nil:
		return gone(err)
	case version != p.Version:
		return scan.ErrChanged
	case busy:
		return scan.ErrBusy
	}
	if _, err := tx.Exec(`DELETE FROM runs WHERE kind = ? AND scope IN (SELECT id FROM scans WHERE profile_id = ?)`, scan.GrantRun, p.ID); err != nil {
		return err
	}
	_, err = tx.Exec(`DELETE FROM scan_profiles WHERE id = ?`, p.ID)
	return err
}

// Due implements scan.Store.
func (s *Store) Due(ctx context.Context, now time.Time, limit int) ([]scan.Profile, error) {
	return sqlite.All(s.db.Query(ctx, profileColumns+` WHERE next_at > 0 AND next_at <= ? ORDER BY next_at, id LIMIT ?`, now.UnixMilli(), limit), scanProfile)
}

// Schedule implements scan.Store.
func (s *Store) Schedule(ctx context.Context, p scan.Profile, next time.Time) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		n, err := tx.Exec(`UPDATE scan_profiles SET next_at = ? WHERE id = ? AND version = ?`, sqlite.Milliseconds(next), p.ID, p.Version)
		if err == nil && n == 0 {
			return missing(tx, p.ID)
		}
		return err
	})
}

// missing tells a profile that changed from one that is gone.
func missing(tx *sqlite.Tx, id scan.ProfileID) error {
	var there bool
	if err := tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM scan_profiles WHERE id = ?)`, id).Scan(&there); err != nil {
		return err
	}
	if there {
		return scan.ErrChanged
	}
	return scan.ErrGone
}

func gone(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return scan.ErrGone
	}
	return err
}

func taken(err error) error {
	if errors.Is(err, sqlite.ErrUnique) {
		return scan.ErrNameTaken
	}
	return err
}
