package scans_test

import (
	"database/sql"
	"testing"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/scan"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite/scans"
	"purser.example/internal/sqlite/sqlitetest"
	"purser.example/internal/sqlite/tenants"
)

// Migration 0018: a database of before keeps its tenants, and takes scan profiles and scans of them.
func TestADatabaseOfBeforeTakesScans(t *testing.T) {
	folder := t.TempDir()
	sqlitetest.MakeOld(t, folder, 17, func(db *sql.DB) error {
		_, err := db.Exec(`INSERT INTO tenants (id, display_name, name_key, initial_domain, cloud, connected_at) VALUES (?, 'Contoso', 'contoso', 'contoso.onmicrosoft.com', 'worldwide', 1)`, contoso)
		return err
	})
	db := sqlitetest.OpenIn(t, folder, time.Now)
	_, err := db.Unlock(ctx, secret.NewKey())
	must(t, err)
	db.SetQueue(forgetful{})
	kept, err := tenants.New(db).Tenants(ctx)
	if err != nil || len(kept) != 1 || kept[0].ID != contoso {
		t.Fatalf("tenants: %v, %v", kept, err)
	}
	store, now := scans.New(db), time.Now()
	must(t, store.Create(ctx, scan.Profile{
		ID: "p1", Name: "Nightly", Tenant: contoso, Types: []scan.Type{scan.Sites}, Method: scan.ByApp, Version: 1, Created: account.Stamp{At: now}, Modified: account.Stamp{At: now},
	}, audit.Entry{}))
	must(t, store.Begin(ctx, scan.Scan{
		ID: "c1", Profile: "p1", Tenant: contoso, State: scan.Waiting, Begun: now, Sections: []scan.Section{{Type: scan.Sites, State: scan.SectionWaiting}},
	}, time.Time{}, audit.Entry{}))
	must(t, store.BeginSection(ctx, "c1", scan.Sites, now))
	section, err := store.AddPage(ctx, "c1", scan.Sites, page(0, 10), now)
	if err != nil || section.Found != 10 {
		t.Errorf("the first page: %+v, %v", section, err)
	}
}
