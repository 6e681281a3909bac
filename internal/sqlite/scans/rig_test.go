package scans_test

import (
	"context"
	"database/sql"
	"fmt"
	"testing"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/scan"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/scans"
	"purser.example/internal/sqlite/sqlitetest"
	"purser.example/internal/tenant"
)

var ctx = context.Background()

// forgetful is a queue that takes work and forgets it.
type forgetful struct{}

func (forgetful) Enqueue(context.Context, *sql.Tx, string, string) error { return nil }

const contoso tenant.ID = "6f1c0000-0000-4000-8000-000000000001"

// connected opens a database with a tenant that nobody has scanned.
func connected(tb testing.TB) (*sqlite.DB, *scans.Store) {
	tb.Helper()
	db, _ := sqlitetest.Open(tb, time.Now)
	db.SetQueue(forgetful{})
	must(tb, db.Write(ctx, func(tx *sqlite.Tx) error {
		_, err := tx.Exec(`INSERT INTO tenants (id, display_name, name_key, initial_domain, cloud, connected_at) VALUES (?, 'Contoso', 'contoso', 'contoso.onmicrosoft.com', 'worldwide', 1)`, contoso)
		return err
	}))
	return db, scans.New(db)
}

// scanning opens a database in which a scan reads types of a tenant.
func scanning(tb testing.TB, types ...scan.Type) (*sqlite.DB, *scans.Store) {
	tb.Helper()
	db, store := connected(tb)
	now := time.Now().UTC().Truncate(time.Millisecond)
	p := scan.Profile{ID: "p1", Name: "Nightly", Tenant: contoso, Types: types, Method: scan.ByAccount, Version: 1, Created: account.Stamp{At: now}, Modified: account.Stamp{At: now}}
	s := scan.Scan{ID: "c1", Profile: "p1", Tenant: contoso, State: scan.Waiting, Begun: now}
	for _, t := range types {
		s.Sections = append(s.Sections, scan.Section{Type: t, State: scan.SectionWaiting})
	}
	must(tb, store.Create(ctx, p, audit.Entry{}))
	must(tb, store.Begin(ctx, s, time.Time{}, audit.Entry{}))
	for _, t := range types {
		must(tb, store.BeginSection(ctx, "c1", t, now))
	}
	return db, store
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// page is a page of such objects.
func page(no, size int) scan.Page {
	return scan.Page{Objects: sqlitetest.Specimens(no*size, (no+1)*size), Next: scan.Cursor(fmt.Sprint("page ", no+1))}
}

// fill stores so many objects of the types in turn, and indexes them.
func fill(tb testing.TB, db *sqlite.DB, store *scans.Store, n int, types ...scan.Type) {
	tb.Helper()
	begin := time.Now()
	must(tb, db.Pragma(ctx, "PRAGMA cache_size = -100000"))
	size := min(1000, n/10)
	for no := range n / size {
		_, err := store.AddPage(ctx, "c1", types[no%len(types)], page(no, size), time.Now())
		must(tb, err)
	}
	for more, err := true, error(nil); more; {
		more, err = store.Index(ctx)
		must(tb, err)
	}
	must(tb, db.Pragma(ctx, "PRAGMA wal_checkpoint(TRUNCATE)"))
	must(tb, db.Pragma(ctx, "PRAGMA cache_size = -2000"))
	tb.Logf("%d objects filled in %v", n, time.Since(begin))
}
