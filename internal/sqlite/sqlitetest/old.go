package sqlitetest

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"path/filepath"
	"testing"

	"github.com/pressly/goose/v3"

	"purser.example/internal/sqlite"
	"purser.example/migrations"
)

// MakeOld makes a database in the folder as the steps up to a version left it, and runs the statements of fill in it.
func MakeOld(tb testing.TB, folder string, version int64, fill func(*sql.DB) error) {
	tb.Helper()
	address := url.URL{Scheme: "file", OmitHost: true, Path: filepath.Join(folder, sqlite.File), RawQuery: "_pragma=foreign_keys(1)&_pragma=journal_mode(WAL)"}
	db, err := sql.Open("sqlite", address.String())
	if err != nil {
		tb.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	if err := errors.Join(bring(db, version), fill(db), db.Close()); err != nil {
		tb.Fatalf("make a database of version %d: %v", version, err)
	}
}

func bring(db *sql.DB, version int64) error {
	steps, err := goose.NewProvider(goose.DialectSQLite3, db, migrations.Files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	_, err = steps.UpTo(context.Background(), version)
	return err
}
