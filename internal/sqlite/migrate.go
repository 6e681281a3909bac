package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"

	"purser.example/migrations"
)

// ErrNewer says that the database was written by a newer Purser than this one.
var ErrNewer = errors.New("this database was written by a newer version of Purser; start that version, or restore the backup made before the upgrade")

func migrate(ctx context.Context, db *sql.DB) error { return migrateTo(ctx, db, migrations.Files) }

func migrateTo(ctx context.Context, db *sql.DB, files fs.FS) error {
	p, err := goose.NewProvider(goose.DialectSQLite3, db, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	// goose itself is content with a database that is ahead of it.
	current, target, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read the database's version: %w", err)
	}
	if current > target {
		return fmt.Errorf("%w (database %d, program %d)", ErrNewer, current, target)
	}
	if current == target {
		return nil
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("bring the database from version %d to %d: %w", current, target, err)
	}
	return nil
}
