// Package tenants reads the connected tenants, and keeps what an owner says of them: tenant.Store on SQLite. Who connects one writes it; see
// package appprofiles.
package tenants

import (
	"context"
	"encoding/json"
	"time"

	"purser.example/internal/audit"
	"purser.example/internal/sqlite"
	"purser.example/internal/tenant"
)

// Store implements tenant.Store.
type Store struct{ db *sqlite.DB }

// New gives the store of a database.
func New(db *sqlite.DB) *Store { return &Store{db} }

// Tenants implements tenant.Store.
func (s *Store) Tenants(ctx context.Context) ([]tenant.Tenant, error) {
	list, err := sqlite.All(s.db.Query(ctx, `SELECT id, display_name, initial_domain, cloud, connected_at, facts, read_at, gone_at,
		(SELECT count(*) FROM app_profiles a WHERE a.tenant_id = tenants.id) FROM tenants ORDER BY name_key, id`), scan)
	if err != nil {
		return nil, err
	}
	domains, err := sqlite.All(s.db.Query(ctx, `SELECT tenant_id, domain, said_at, said_by, proof FROM tenant_cloud_domains ORDER BY domain`), scanCloudDomain)
	if err != nil {
		return nil, err
	}
	for i := range list {
		for _, d := range domains {
			if d.Tenant == list[i].ID {
				list[i].CloudDomains = append(list[i].CloudDomains, d)
			}
		}
	}
	return list, nil
}

func scan(row sqlite.Row) (tenant.Tenant, error) {
	var t tenant.Tenant
	var connected, read, gone int64
	var facts string
	if err := row.Scan(&t.ID, &t.DisplayName, &t.InitialDomain, &t.Cloud, &connected, &facts, &read, &gone, &t.Apps); err != nil {
		return t, err
	}
	t.Connected, t.Read, t.Gone = sqlite.Moment(connected), sqlite.Moment(read), sqlite.Moment(gone)
	return t, json.Unmarshal([]byte(facts), &t.Facts)
}

func scanCloudDomain(row sqlite.Row) (tenant.CloudDomain, error) {
	var d tenant.CloudDomain
	var at int64
	err := row.Scan(&d.Tenant, &d.Domain, &at, &d.By, &d.Proof)
	d.At = sqlite.Moment(at)
	return d, err
}

// SayCloudDomain implements tenant.Store.
func (s *Store) SayCloudDomain(ctx context.Context, d tenant.CloudDomain, checked bool, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		statement, args := `DELETE FROM tenant_cloud_domains WHERE tenant_id = ? AND domain = ?`, []any{d.Tenant, d.Domain}
		if checked {
			statement = `INSERT INTO tenant_cloud_domains (tenant_id, domain, said_at, said_by, proof) VALUES (?, ?, ?, ?, ?) ON CONFLICT (tenant_id, domain) DO UPDATE SET said_at = excluded.said_at, said_by = excluded.said_by, proof = excluded.proof`
			args = append(args, d.At.UnixMilli(), d.By, sqlite.Blob(d.Proof))
		}
		if _, err := tx.Exec(statement, args...); err != nil {
			return err
		}
		return tx.Record(e)
	})
}

// Prove implements tenant.Store.
func (s *Store) Prove(ctx context.Context, id tenant.ID, domains []tenant.CloudDomain) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		for _, d := range domains {
			if _, err := tx.Exec(`UPDATE tenant_cloud_domains SET proof = ? WHERE tenant_id = ? AND domain = ?`, d.Proof, id, d.Domain); err != nil {
				return err
			}
		}
		return nil
	})
}

// AddThrottles implements tenant.Store.
func (s *Store) AddThrottles(ctx context.Context, list []tenant.Throttle, before time.Time) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		if _, err := tx.Exec(`DELETE FROM tenant_throttles WHERE at < ?`, before.UnixMilli()); err != nil {
			return err
		}
		for _, t := range list {
			if _, err := tx.Exec(`INSERT INTO tenant_throttles (tenant_id, at, service, who, wait, times) VALUES (?, ?, ?, ?, ?, ?)
				ON CONFLICT (tenant_id, at, service, who) DO UPDATE SET wait = max(wait, excluded.wait), times = times + excluded.times`,
				t.Tenant, t.At.UnixMilli(), t.Service, t.Who, t.Wait.Milliseconds(), t.Times); err != nil {
				return err
			}
		}
		return nil
	})
}

// Throttles implements tenant.Store.
func (s *Store) Throttles(ctx context.Context, id tenant.ID, since time.Time, limit int) ([]tenant.Throttle, error) {
	return sqlite.All(s.db.Query(ctx, `SELECT tenant_id, at, service, who, wait, times FROM tenant_throttles
		WHERE tenant_id = ? AND at >= ? ORDER BY at DESC, service, who LIMIT ?`, id, since.UnixMilli(), limit), scanThrottle)
}

func scanThrottle(row sqlite.Row) (tenant.Throttle, error) {
	var t tenant.Throttle
	var at, wait int64
	err := row.Scan(&t.Tenant, &at, &t.Service, &t.Who, &wait, &t.Times)
	t.At, t.Wait = sqlite.Moment(at), time.Duration(wait)*time.Millisecond
	return t, err
}
