package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"purser.example/internal/secret"
)

// Inspected is what a database holds that was looked at as a whole.
type Inspected struct {
	Version      int64
	Installation string
	Bytes        int64            // what the database says of itself; a file that has more holds something else behind it
	Rows         map[string]int64 // of each kind of Counted
	Log          Proved           // nothing where the version is older than what can be proved (Unproved)
	Unproved     bool
	Ring         *secret.Keyring
	Key          string // the id of the key that opened it
}

// Inspect proves a database that nobody works in, such as a backup: that the key opens it, that its version is known and its tables are those
// of the version, that its pages, rows and indexes fit together, and that its activity log holds. It changes nothing. The errors are those of
// VerifyFile, ErrForeign, and ErrUnfinished.
func Inspect(ctx context.Context, path string, keepers ...secret.Keeper) (found Inspected, err error) {
	if wal, err := os.Stat(path + "-wal"); err == nil && wal.Size() > 0 {
		return found, fmt.Errorf("%w: %s", ErrUnfinished, filepath.Base(path)+"-wal")
	}
	err = lookAs(path, true, func(read *sql.DB) (err error) {
		found, err = inspect(ctx, read, keepers)
		return err
	})
	return found, err
}

// ErrUnfinished says that a database is not whole without the file beside it.
var ErrUnfinished = errors.New("this database was in use when it was copied, and is not whole without the file beside it")

func inspect(ctx context.Context, read *sql.DB, keepers []secret.Keeper) (found Inspected, err error) {
	if found.Version, err = versionOf(ctx, read); err != nil {
		return found, err
	}
	if found.Version == 0 {
		return found, ErrForeign
	}
	if newest := newestVersion(); found.Version > newest {
		return found, fmt.Errorf("%w (database %d, program %d)", ErrNewer, found.Version, newest)
	}
	var of secret.Keeper
	if found.Ring, of, err = openKeyring(ctx, read, keepers); err != nil {
		return found, err
	}
	found.Key = of.ID()
	if err := read.QueryRowContext(ctx, `SELECT installation FROM installation WHERE id = 1`).Scan(&found.Installation); err != nil {
		return found, err
	}
	if err := read.QueryRowContext(ctx, `SELECT page_count * page_size FROM pragma_page_count, pragma_page_size`).Scan(&found.Bytes); err != nil {
		return found, err
	}
	if err := compare(ctx, read, found.Version); err != nil {
		return found, err
	}
	if err := integrityCheck(ctx, read); err != nil {
		return found, err
	}
	if found.Rows, err = countRows(ctx, read); err != nil {
		return found, err
	}
	found.Log, err = verify(ctx, read, keepers)
	if errors.Is(err, ErrOlder) {
		found.Unproved, err = true, nil
	}
	return found, err
}

// integrityCheck is quickCheck, and looks whether each index has every row.
func integrityCheck(ctx context.Context, own *sql.DB) error {
	var first string
	if err := own.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&first); err != nil {
		return damaged(err)
	}
	if first != "ok" {
		return fmt.Errorf("%w: %s", ErrDamaged, first)
	}
	return nil
}
