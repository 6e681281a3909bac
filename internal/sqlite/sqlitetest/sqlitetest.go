// Package sqlitetest opens real databases for tests, with a clock that tests move, and breaks their disk on demand.
package sqlitetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
)

// Clock stands still until it is moved. It is safe for use by many goroutines.
type Clock struct {
	mu sync.Mutex
	at time.Time
}

// NewClock starts at a fixed moment, so that tests are alike every day.
func NewClock() *Clock { return &Clock{at: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)} }

// StartingNow starts at the machine's time, for tests with parts that have a clock of their own.
func StartingNow() *Clock { return &Clock{at: time.Now().UTC().Truncate(time.Millisecond)} }

// Now is the clock as a function.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// Advance moves the clock.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// Open makes a database in a folder of the test's own, unlocked with a fresh key.
func Open(tb testing.TB, now func() time.Time) (*sqlite.DB, *secret.Keyring) {
	tb.Helper()
	db := OpenIn(tb, tb.TempDir(), now)
	ring, err := db.Unlock(context.Background(), secret.NewKey())
	if err != nil {
		tb.Fatal(err)
	}
	return db, ring
}

// fresh is the file of a new database. It is brought up to date once and copied from then on: that takes longer than most tests
// do, above all under the race detector.
var fresh = sync.OnceValues(func() (file []byte, err error) {
	folder, err := os.MkdirTemp("", "purser-fresh-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	db, err := sqlite.Open(context.Background(), sqlite.Options{Folder: folder, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	if err := errors.Join(db.Pragma(context.Background(), "PRAGMA wal_checkpoint(TRUNCATE)"), db.Close()); err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(folder, sqlite.File))
})

// OpenIn opens the database in the folder, still locked; where there is none, a new one.
func OpenIn(tb testing.TB, folder string, now func() time.Time) *sqlite.DB {
	tb.Helper()
	path := filepath.Join(folder, sqlite.File)
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		file, err := fresh()
		if err != nil {
			tb.Fatal(err)
		}
		if err := errors.Join(os.MkdirAll(folder, 0o700), os.WriteFile(path, file, 0o600)); err != nil {
			tb.Fatal(err)
		}
	}
	db, err := sqlite.Open(context.Background(), sqlite.Options{Folder: folder, Now: now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = db.Close() })
	return db
}

// Breakers are the ways in which a database stops taking writes; each gives back how to mend it.
var Breakers = map[string]func(testing.TB, *sqlite.DB) (mend func()){"full": FillDisk, "read-only": MakeReadOnly, "locked": LockElsewhere}

// FillDisk makes every further write fail with SQLITE_FULL, by SQLite's own limit, until it is mended. A trigger makes each
// write ask for more room than is left; without it, small rows would still find a gap in a page.
func FillDisk(tb testing.TB, db *sqlite.DB) (mend func()) {
	tb.Helper()
	pragma(tb, db, "CREATE TABLE IF NOT EXISTS padding (filler BLOB)")
	for _, table := range []string{"sessions", "activity", "heartbeat"} {
		for _, change := range []string{"INSERT", "UPDATE", "DELETE"} {
			pragma(tb, db, fmt.Sprintf("CREATE TRIGGER IF NOT EXISTS pad_%s_%s BEFORE %s ON %s BEGIN INSERT INTO padding VALUES (zeroblob(100000)); END", table, change, change, table))
		}
	}
	// SQLite raises the number to the present size: no page more.
	return hold(tb, db, "PRAGMA max_page_count = 1", "PRAGMA max_page_count = 1073741823")
}

// FillDiskFor makes the writes of some rows of a table fail with SQLITE_FULL, and no others, until it is mended: "pools" and
// "NEW.class = 'project'". Each such write asks for more room than SQLite's own limit leaves.
func FillDiskFor(tb testing.TB, db *sqlite.DB, table, which string) (mend func()) {
	tb.Helper()
	pragma(tb, db, "CREATE TABLE IF NOT EXISTS padding (filler BLOB)")
	for _, change := range []string{"INSERT", "UPDATE"} {
		pragma(tb, db, fmt.Sprintf("CREATE TRIGGER burst_%s_%s BEFORE %s ON %s WHEN %s BEGIN INSERT INTO padding VALUES (zeroblob(50000000)); END", table, change, change, table, which))
	}
	release := hold(tb, db, "PRAGMA max_page_count = 5000", "PRAGMA max_page_count = 1073741823")
	return func() {
		for _, change := range []string{"INSERT", "UPDATE"} {
			pragma(tb, db, fmt.Sprintf("DROP TRIGGER burst_%s_%s", table, change))
		}
		release()
	}
}

// MakeReadOnly makes every further write fail with SQLITE_READONLY until it is mended.
func MakeReadOnly(tb testing.TB, db *sqlite.DB) (mend func()) {
	tb.Helper()
	return hold(tb, db, "PRAGMA query_only = 1", "PRAGMA query_only = 0")
}

// LockElsewhere makes every further write wait in vain for somebody else's transaction, as a backup by hand would, and fail
// with SQLITE_BUSY, until it is mended. Tests wait less long for it than Purser does.
func LockElsewhere(tb testing.TB, db *sqlite.DB) (mend func()) {
	tb.Helper()
	other, err := sql.Open("sqlite", "file:"+file(tb, db))
	if err != nil {
		tb.Fatal(err)
	}
	other.SetMaxOpenConns(1)
	if err := lockBy(db, other); err != nil {
		tb.Fatalf("lock the database: %v", err)
	}
	return func() {
		_, err := other.ExecContext(context.Background(), "ROLLBACK")
		if err = errors.Join(err, other.Close()); err != nil {
			tb.Fatalf("unlock the database: %v", err)
		}
		pragma(tb, db, "PRAGMA busy_timeout = 1000")
	}
}

// lockBy gives the lock to somebody else. Whoever writes waits meanwhile, or the other would not get its turn.
func lockBy(db *sqlite.DB, other *sql.DB) error {
	writing, err := db.Writer().Conn(context.Background())
	if err != nil {
		return err
	}
	_, err = writing.ExecContext(context.Background(), "PRAGMA busy_timeout = 50")
	if err == nil {
		_, err = other.ExecContext(context.Background(), "BEGIN IMMEDIATE")
	}
	return errors.Join(err, writing.Close())
}

func file(tb testing.TB, db *sqlite.DB) string {
	tb.Helper()
	var seq int
	var name, path string
	err := db.Write(context.Background(), func(tx *sqlite.Tx) error {
		return tx.QueryRow("PRAGMA database_list").Scan(&seq, &name, &path)
	})
	if err != nil {
		tb.Fatal(err)
	}
	return path
}

func pragma(tb testing.TB, db *sqlite.DB, statement string) {
	tb.Helper()
	if err := db.Pragma(context.Background(), statement); err != nil {
		tb.Fatalf("%s: %v", statement, err)
	}
}

// Folder is where an open database lies.
func Folder(tb testing.TB, db *sqlite.DB) string { tb.Helper(); return filepath.Dir(file(tb, db)) }
