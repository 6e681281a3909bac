package profiles_test

import (
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"
	"testing"

	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/sqlitetest"
)

// sharing is how many edits share a commit here, as many as do in BenchmarkSave.
const sharing = 8

// BenchmarkSaveFloor is what an edit costs statement by statement on one connection, with nobody else, no service, no chain and
// no savepoint around it. BenchmarkSave is to be held against the last of these.
func BenchmarkSaveFloor(b *testing.B) {
	db, _, _ := filled(b, benchProfiles())
	folder := sqlitetest.Folder(b, db)
	if err := db.Close(); err != nil {
		b.Fatal(err)
	}
	const (
		row  = `UPDATE profiles SET description = ?1, version = version + 1 WHERE row = ?2`
		edit = `UPDATE profiles SET description = ?1, version = version + 1, modified_at = modified_at + 1000000, modified_by = 'Adele' WHERE row = ?2
			RETURNING row, name, tenant_id, username, services`
		entry = `INSERT INTO activity (at, issuer, subject, name, sign_in, action, target_kind, target_id, target_name, request, address, details, mac)
			VALUES (1, 'https://login.example/', 'adele', 'Adele Vance', 'adele@contoso.com', 'profile changed', 'profile', ?2, 'name', 'r1', '', ?1, randomblob(32))`
		end = `UPDATE chains SET seq = seq + 1, mac = randomblob(32), seal = randomblob(32) WHERE id = 1`
	)
	for _, c := range []struct {
		name string
		each []string
		last string
	}{
		{"nothing but the commit", nil, end},
		{"the row", []string{row}, ""},
		{"the row and its index", []string{edit}, ""},
		{"the entry", []string{entry}, end},
		{"all", []string{edit, entry}, end},
	} {
		b.Run(c.name, func(b *testing.B) { floor(b, folder, c.each, c.last) })
	}
}

func floor(b *testing.B, folder string, each []string, last string) {
	query := url.Values{"_txlock": {"immediate"}, "_pragma": {"journal_mode(WAL)", "synchronous(FULL)", "secure_delete(1)", "foreign_keys(1)"}}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", OmitHost: true, Path: filepath.Join(folder, sqlite.File), RawQuery: query.Encode()}).String())
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)
	statements := make([]*sql.Stmt, len(each))
	for i, s := range each {
		if statements[i], err = db.Prepare(s); err != nil {
			b.Fatal(err)
		}
	}
	b.ResetTimer()
	for n := 0; n < b.N; n += sharing {
		if err := shared(db, statements, n, last); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "saves/s")
}

// shared runs the statements for several rows, none beside another, and last, in one transaction.
func shared(db *sql.DB, statements []*sql.Stmt, n int, last string) error {
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	for i := range sharing {
		for _, s := range statements {
			rows, err := tx.Stmt(s).Query(fmt.Sprint("Version ", n), (n*7919+i*104729)%benchProfiles())
			if err != nil {
				return err
			}
			for rows.Next() {
			}
			if err := rows.Close(); err != nil {
				return err
			}
		}
	}
	if last != "" {
		if _, err := tx.Exec(last); err != nil {
			return err
		}
	}
	return tx.Commit()
}
