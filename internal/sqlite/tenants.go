package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/tenant"
)

// Tenants implements tenant.Store.
type Tenants struct{ db *DB }

// Tenants gives the store of tenants.
func (db *DB) Tenants() *Tenants { return &Tenants{db} }

const tenantColumns = `SELECT id, display_name, initial_domain, cloud, connected_at FROM tenants`

// Tenants implements tenant.Store.
func (s *Tenants) Tenants(ctx context.Context) ([]tenant.Tenant, error) {
	rows, err := s.db.read.QueryContext(ctx, tenantColumns+` ORDER BY name_key, id`)
	if err != nil {
		return nil, translate(err)
	}
	defer func() { _ = rows.Close() }()
	var list []tenant.Tenant
	for rows.Next() {
		t, err := scanTenant(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	if err := rows.Err(); err != nil {
		return nil, translate(err)
	}
	return list, s.cloudDomains(ctx, list)
}

// cloudDomains gives each tenant its own.
func (s *Tenants) cloudDomains(ctx context.Context, list []tenant.Tenant) error {
	rows, err := s.db.read.QueryContext(ctx, `SELECT tenant_id, domain, said_at, said_by FROM tenant_cloud_domains ORDER BY domain`)
	if err != nil {
		return translate(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var d tenant.CloudDomain
		var at int64
		if err := rows.Scan(&d.Tenant, &d.Domain, &at, &d.By); err != nil {
			return translate(err)
		}
		d.At = time.UnixMilli(at).UTC()
		for i := range list {
			if list[i].ID == d.Tenant {
				list[i].CloudDomains = append(list[i].CloudDomains, d)
			}
		}
	}
	return translate(rows.Err())
}

// SayCloudDomain implements tenant.Store.
func (s *Tenants) SayCloudDomain(ctx context.Context, d tenant.CloudDomain, checked bool, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *Tx) error {
		statement, args := `DELETE FROM tenant_cloud_domains WHERE tenant_id = ? AND domain = ?`, []any{d.Tenant, d.Domain}
		if checked {
			statement, args = `INSERT INTO tenant_cloud_domains (tenant_id, domain, said_at, said_by) VALUES (?, ?, ?, ?) ON CONFLICT (tenant_id, domain) DO NOTHING`, append(args, d.At.UnixMilli(), d.By)
		}
		if _, err := tx.Exec(statement, args...); err != nil {
			return err
		}
		return s.db.record(tx, e)
	})
}

// App implements tenant.Store.
func (s *Tenants) App(ctx context.Context, id tenant.ID) (applicationID string, sealed []byte, err error) {
	err = s.db.reading.row(ctx, `SELECT application_id, secret FROM app_profiles WHERE tenant_id = ?`, id).Scan(&applicationID, &sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil, problem.New(problem.NotFound, "This tenant has no app profile.")
	}
	return applicationID, sealed, translate(err)
}

// Connect implements tenant.Store.
func (s *Tenants) Connect(ctx context.Context, t tenant.Tenant, applicationID string, sealed []byte, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *Tx) error {
		key := account.Fold(t.DisplayName)
		if _, err := tx.Exec(`INSERT INTO tenants (id, display_name, name_key, initial_domain, cloud, connected_at) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET display_name = excluded.display_name, name_key = excluded.name_key, initial_domain = excluded.initial_domain, cloud = excluded.cloud`,
			t.ID, t.DisplayName, key, t.InitialDomain, t.Cloud, t.Connected.UnixMilli()); err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE profiles SET tenant_key = ? WHERE tenant_id = ? AND tenant_key <> ?`, key, t.ID, key); err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO app_profiles (tenant_id, application_id, secret) VALUES (?, ?, ?)
			ON CONFLICT (tenant_id) DO UPDATE SET application_id = excluded.application_id, secret = excluded.secret`, t.ID, applicationID, blob(sealed)); err != nil {
			return err
		}
		return s.db.record(tx, e)
	})
}

func scanTenant(row interface{ Scan(...any) error }) (tenant.Tenant, error) {
	var t tenant.Tenant
	var connected int64
	err := row.Scan(&t.ID, &t.DisplayName, &t.InitialDomain, &t.Cloud, &connected)
	t.Connected = time.UnixMilli(connected).UTC()
	return t, translate(err)
}
