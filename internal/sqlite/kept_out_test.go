package sqlite_test

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/sqlitetest"
)

func openAgain(folder string) (*sqlite.DB, error) {
	return sqlite.Open(ctx, sqlite.Options{Folder: folder, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
}

// X49: whatever is done to the lock file while Purser runs, a second process does not get in, and the first one goes on.
func TestASecondProcessStaysOutWithoutTheLockFile(t *testing.T) {
	for name, do := range map[string]func(lock string) error{
		"removed": os.Remove,
		"moved":   func(lock string) error { return os.Rename(lock, lock+".old") },
		"replaced": func(lock string) error {
			return errors.Join(os.WriteFile(lock+".new", []byte("1\n"), 0o600), os.Rename(lock+".new", lock))
		},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			db := sqlitetest.OpenIn(t, folder, time.Now)
			if _, err := db.Unlock(ctx, secret.NewKey()); err != nil {
				t.Fatal(err)
			}
			if err := do(filepath.Join(folder, "purser.lock")); err != nil {
				t.Fatal(err)
			}
			for range 3 { // the one before leaves a lock file behind
				if _, err := openAgain(folder); !errors.Is(err, sqlite.ErrLocked) || !strings.Contains(err.Error(), "purser.lock was removed") {
					t.Fatalf("err = %v", err)
				}
			}
			if err := db.Record(ctx, entry(1)); err != nil {
				t.Error(err)
			}
			closed(t, db)
			sqlitetest.OpenIn(t, folder, time.Now)
		})
	}
}

// X49: the database file alone keeps nobody out, or lets nobody in, for whom the lock file is not held.
func TestASecondProcessStaysOutWithAnotherDatabaseFile(t *testing.T) {
	folder := t.TempDir()
	sqlitetest.OpenIn(t, folder, time.Now)
	path := filepath.Join(folder, sqlite.File)
	if err := errors.Join(os.Rename(path, path+".old"), os.WriteFile(path, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	if _, err := openAgain(folder); !errors.Is(err, sqlite.ErrLocked) {
		t.Errorf("err = %v", err)
	}
}

// X42: a database that is gone is not taken for one that never was; the folder tells.
func TestADatabaseThatIsGoneIsMissed(t *testing.T) {
	for name, lose := range map[string]func(path string) error{
		"0 bytes": func(path string) error { return os.Truncate(path, 0) },
		"removed": os.Remove,
	} {
		t.Run(name, func(t *testing.T) {
			folder, key := t.TempDir(), secret.NewKey()
			path := filepath.Join(folder, sqlite.File)
			db := sqlitetest.OpenIn(t, folder, time.Now)
			if _, err := db.Unlock(ctx, key); err != nil {
				t.Fatal(err)
			}
			closed(t, db)
			whole, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := lose(path); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				_, err := openAgain(folder)
				if !errors.Is(err, sqlite.ErrLost) || !strings.Contains(err.Error(), "remove purser.lock") {
					t.Fatalf("err = %v", err)
				}
				if info, err := os.Stat(path); err == nil && info.Size() > 0 {
					t.Fatal("a database was made")
				}
			}
			if err := os.WriteFile(path, whole, 0o600); err != nil {
				t.Fatal(err)
			}
			db, err = openAgain(folder)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := db.Unlock(ctx, key); err != nil {
				t.Error(err)
			}
			closed(t, db)
			// Whoever wants to begin anew can.
			if err := errors.Join(os.Remove(path), os.Remove(filepath.Join(folder, "purser.lock"))); err != nil {
				t.Fatal(err)
			}
			if db, err = openAgain(folder); err != nil {
				t.Fatal(err)
			}
			if _, err := db.Unlock(ctx, key); err != nil {
				t.Error(err)
			}
			closed(t, db)
		})
	}
}

// X42: an empty file beside a write-ahead log, which SQLite would remove, is no new database; one that a first start left behind is.
func TestAnEmptyDatabaseBesideItsLogIsMissed(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, sqlite.File)
	if err := errors.Join(os.WriteFile(path, nil, 0o600), os.WriteFile(path+"-wal", []byte("frames"), 0o600)); err != nil {
		t.Fatal(err)
	}
	if _, err := openAgain(folder); !errors.Is(err, sqlite.ErrLost) {
		t.Errorf("err = %v", err)
	}
	if b, err := os.ReadFile(path + "-wal"); err != nil || string(b) != "frames" {
		t.Errorf("the log: %q, %v", b, err)
	}
	if err := os.Remove(path + "-wal"); err != nil {
		t.Fatal(err)
	}
	db, err := openAgain(folder)
	if err != nil {
		t.Fatal(err)
	}
	closed(t, db)
}

// X42: another empty database does not take the place of the installation that was in the folder.
func TestAnotherDatabaseIsNotMadeAnInstallation(t *testing.T) {
	folder, key := t.TempDir(), secret.NewKey()
	db := sqlitetest.OpenIn(t, folder, time.Now)
	if _, err := db.Unlock(ctx, key); err != nil {
		t.Fatal(err)
	}
	closed(t, db)
	if err := os.Remove(filepath.Join(folder, sqlite.File)); err != nil {
		t.Fatal(err)
	}
	db = sqlitetest.OpenIn(t, folder, time.Now) // brings one that was never unlocked
	if _, err := db.Unlock(ctx, key); !errors.Is(err, sqlite.ErrKeyringMissing) {
		t.Errorf("err = %v", err)
	}
}
