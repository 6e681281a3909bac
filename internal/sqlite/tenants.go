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
	return list, translate(rows.Err())
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
