// Package tenants keeps the connected tenants and their app profiles: tenant.Store on SQLite.
package tenants

import (
	"context"
	"database/sql"
	"errors"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/sqlite"
	"purser.example/internal/tenant"
)

// Store implements tenant.Store.
type Store struct{ db *sqlite.DB }

// New gives the store of a database.
func New(db *sqlite.DB) *Store { return &Store{db} }

// Tenants implements tenant.Store.
func (s *Store) Tenants(ctx context.Context) ([]tenant.Tenant, error) {
	list, err := sqlite.All(s.db.Query(ctx, `SELECT id, display_name, initial_domain, cloud, connected_at FROM tenants ORDER BY name_key, id`), scan)
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
	var connected int64
	err := row.Scan(&t.ID, &t.DisplayName, &t.InitialDomain, &t.Cloud, &connected)
	t.Connected = sqlite.Moment(connected)
	return t, err
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

// App implements tenant.Store.
func (s *Store) App(ctx context.Context, id tenant.ID) (applicationID string, sealed []byte, err error) {
	err = s.db.QueryRow(ctx, `SELECT application_id, secret FROM app_profiles WHERE tenant_id = ?`, id).Scan(&applicationID, &sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil, problem.New(problem.NotFound, "This tenant has no app profile.")
	}
	return applicationID, sealed, err
}

// Bind implements tenant.Store.
func (s *Store) Bind(ctx context.Context, id tenant.ID, sealed []byte, domains []tenant.CloudDomain) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
		_, err := tx.Exec(`UPDATE app_profiles SET secret = ? WHERE tenant_id = ?`, sqlite.Blob(sealed), id)
		for _, d := range domains {
			if err == nil {
				_, err = tx.Exec(`UPDATE tenant_cloud_domains SET proof = ? WHERE tenant_id = ? AND domain = ?`, d.Proof, id, d.Domain)
			}
		}
		return err
	})
}

// Connect implements tenant.Store. Profiles carry the folded name of their tenant, because their list goes by it; it changes in the
// same transaction.
func (s *Store) Connect(ctx context.Context, t tenant.Tenant, applicationID string, sealed []byte, e audit.Entry) error {
	return s.db.Write(ctx, func(tx *sqlite.Tx) error {
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
			ON CONFLICT (tenant_id) DO UPDATE SET application_id = excluded.application_id, secret = excluded.secret`, t.ID, applicationID, sqlite.Blob(sealed)); err != nil {
			return err
		}
		return tx.Record(e)
	})
}
