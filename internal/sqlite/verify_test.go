package sqlite_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"purser.example/internal/audit"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/sqlitetest"
)

// logOf makes a database with so many entries, and gives its folder still in use.
func logOf(t *testing.T, entries int) (db *sqlite.DB, folder string, key secret.Key) {
	t.Helper()
	folder, key = t.TempDir(), secret.NewKey()
	db = sqlitetest.OpenIn(t, folder, time.Now)
	if _, err := db.Unlock(ctx, key); err != nil {
		t.Fatal(err)
	}
	for i := range entries {
		if err := db.Record(ctx, entry(i)); err != nil {
			t.Fatal(err)
		}
	}
	return db, folder, key
}

func namesIn(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// X42, R61: a log is proved beside a Purser that works in the database, of one that is stopped, and of a copy, and nothing is left beside it.
func TestALogIsProvedWhereverItIs(t *testing.T) {
	db, folder, key := logOf(t, 20)
	want := sqlite.Proved{Entries: 20, Chains: 1}
	for i, step := range []func() string{
		func() string { return folder },
		func() string { closed(t, db); return folder },
		func() string {
			copied := filepath.Join(t.TempDir(), "of-monday.db")
			if err := copyFile(filepath.Join(folder, sqlite.File), copied); err != nil {
				t.Fatal(err)
			}
			return copied
		},
	} {
		path := step()
		within := path
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			within = filepath.Dir(path)
		}
		before := namesIn(t, within)
		if got, err := sqlite.VerifyFile(ctx, path, key); err != nil || got != want {
			t.Errorf("%d: %+v, %v", i, got, err)
		}
		if after := namesIn(t, within); !slices.Equal(before, after) {
			t.Errorf("%d: left %q, before %q", i, after, before)
		}
	}
}

// X42, R61: the first entry that does not hold is told; what cannot be looked at is no broken log.
func TestALogThatDoesNotHoldIsTold(t *testing.T) {
	db, folder, key := logOf(t, 20)
	closed(t, db)
	path := filepath.Join(folder, sqlite.File)
	for statement, seq := range map[string]int64{
		`UPDATE activity SET target_id = 'x' WHERE seq = 7`:                           7,
		`DELETE FROM activity WHERE seq = 12`:                                         12,
		`DELETE FROM activity WHERE seq > 15`:                                         16,
		`UPDATE chains SET seq = 19, mac = (SELECT mac FROM activity WHERE seq = 19)`: 19,
	} {
		copied := filepath.Join(t.TempDir(), sqlite.File)
		if err := copyFile(path, copied); err != nil {
			t.Fatal(err)
		}
		execIn(t, copied, statement)
		_, err := sqlite.VerifyFile(ctx, filepath.Dir(copied), key)
		if broken, ok := errors.AsType[*audit.Broken](err); !ok || broken.Seq != seq {
			t.Errorf("%s: %v", statement, err)
		}
	}
	empty := filepath.Join(t.TempDir(), sqlite.File)
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sqlite.VerifyFile(ctx, empty, key); !errors.Is(err, sqlite.ErrLost) {
		t.Errorf("an empty file: %v", err)
	}
	if _, err := sqlite.VerifyFile(ctx, folder, secret.NewKey()); !errors.Is(err, secret.ErrWrongKey) {
		t.Errorf("another key: %v", err)
	}
	if _, err := sqlite.VerifyFile(ctx, t.TempDir(), key); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no database: %v", err)
	}
	old, oldKey := oldFolder(t)
	if _, err := sqlite.VerifyFile(ctx, old, oldKey); !errors.Is(err, sqlite.ErrOlder) {
		t.Errorf("an older database: %v", err)
	}
}
