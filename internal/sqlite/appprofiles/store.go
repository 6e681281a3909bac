// Package appprofiles keeps app profiles and the tenants that they connect: appprofile.Store on SQLite.
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

// Store implements appprofile.Store.
type Store struct{ db *sqlite.DB }

// New gives the store of a database.
func New(db *sqlite.DB) *Store { return &Store{db} }

const columns = `p.id, p.name, p.tenant_id, p.application_id, p.preferred, p.status, p.checked_at, p.finding, p.granted, p.version, p.created_at, p.created_by,
	p.modified_at, p.modified_by`

func scan(row sqlite.Row) (appprofile.Profile, error) { return scanAfter(row) }

// scanAfter reads a profile behind other columns.
func scanAfter(row sqlite.Row, before ...any) (p appprofile.Profile, err error) {
	var checked, created, modified int64
	var finding, granted string
	err = row.Scan(append(before, &p.ID, &p.Name, &p.Tenant, &p.ApplicationID, &p.Preferred, &p.Status, &checked, &finding, &granted, &p.Version,
		&created, &p.Created.By, &modified, &p.Modified.By)...)
	if err != nil {
		return p, err
	}
	p.Checked, p.Created.At, p.Modified.At = sqlite.Moment(checked), sqlite.Moment(created), sqlite.Moment(modified)
	return p, errors.Join(json.Unmarshal([]byte(finding), &p.Finding), json.Unmarshal([]byte(granted), &p.Granted))
}

// Profiles implements appprofile.Store. There are few of them, so that the search reads them all.
func (s *Store) Profiles(ctx context.Context, f appprofile.Filter) ([]appprofile.Listed, error) {
	list, err := sqlite.All(s.db.Query(ctx, `SELECT p.name_key, t.name_key, t.cloud, `+columns+` FROM app_profiles p JOIN tenants t ON t.id = p.tenant_id
		WHERE (?1 = '' OR instr(p.name_key, ?1) > 0 OR instr(p.application_id, ?1) > 0 OR instr(t.name_key, ?1) > 0 OR instr(t.initial_domain, ?1) > 0)
			AND (?2 = '' OR p.tenant_id = ?2) AND (?3 = '' OR p.status = ?3)
		ORDER BY p.name_key, p.id`, account.Fold(f.Search), f.Tenant, f.Status), func(row sqlite.Row) (l appprofile.Listed, err error) {
		l.Profile, err = scanAfter(row, &l.NameKey, &l.TenantKey, &l.Cloud)
		return l, err
	})
	if err != nil || len(list) == 0 {
		return nil, err
	}
	held, err := s.everyCredential(ctx)
	for i := range list {
		list[i].Credentials = held[list[i].ID]
	}
	return list, err
}

// everyCredential gives the credentials of all profiles, by when they were added, without their secrets.
func (s *Store) everyCredential(ctx context.Context) (map[appprofile.ID][]appprofile.Credential, error) {
	held := map[appprofile.ID][]appprofile.Credential{}
	_, err := sqlite.All(s.db.Query(ctx, `SELECT profile_id, `+credentialColumns+` FROM app_credentials ORDER BY added_at, id`), func(row sqlite.Row) (of appprofile.ID, err error) {
		c, err := scanCredential(row, &of)
		held[of] = append(held[of], c)
		return of, err
	})
	return held, err
}

// open leaves the secrets away.
func open(kept []appprofile.Sealed) (list []appprofile.Credential) {
	for _, c := range kept {
		list = append(list, c.Credential)
	}
	return list
}

// Profile implements appprofile.Store.
func (s *Store) Profile(ctx context.Context, id appprofile.ID) (appprofile.Profile, error) {
	p, err := scan(s.db.QueryRow(ctx, `SELECT `+columns+` FROM app_profiles p WHERE p.id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return p, appprofile.ErrGone
	}
	if err != nil {
		return p, err
	}
	kept, err := s.credentials(ctx, id)
	p.Credentials = open(kept)
	return p, err
}

// Of implements appprofile.Store.
func (s *Store) Of(ctx context.Context, t tenant.ID) ([]appprofile.Kept, error) {
	list, err := sqlite.All(s.db.Query(ctx, `SELECT `+columns+` FROM app_profiles p WHERE p.tenant_id = ? ORDER BY p.preferred DESC, p.created_at, p.id`, t), scan)
	if err != nil {
		return nil, err
	}
	var all []appprofile.Kept
	for _, p := range list {
		kept, err := s.credentials(ctx, p.ID)
		if err != nil {
			return nil, err
		}
		p.Credentials = open(kept)
		all = append(all, appprofile.Kept{Profile: p, Sealed: kept})
	}
	return all, nil
}

func (s *Store) credentials(ctx context.Context, id appprofile.ID) ([]appprofile.Sealed, error) {
	return sqlite.All(s.db.Query(ctx, `SELECT secret, `+credentialColumns+` FROM app_credentials WHERE profile_id = ? ORDER BY added_at, id`, id),
		func(row sqlite.Row) (c appprofile.Sealed, err error) {
			c.Credential, err = scanCredential(row, &c.Secret)
			return c, err
		})
}

const credentialColumns = `id, kind, standing, code, expires_at, public, made, added_at, added_by`

// scanCredential reads a credential behind another column.
func scanCredential(row sqlite.Row, before any) (c appprofile.Credential, err error) {
	var expires, added int64
	err = row.Scan(before, &c.ID, &c.Kind, &c.Standing, &c.Code, &expires, &c.Public, &c.Made, &added, &c.Added.By)
	c.Expires, c.Added.At = sqlite.Moment(expires), sqlite.Moment(added)
	return c, err
}

// Note implements appprofile.Store.
func (s *Store) Note(ctx context.Context, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error { return tx.Record(e) })
}
