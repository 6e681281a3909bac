package sqlite_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
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

func execIn(t *testing.T, path string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	for _, statement := range statements {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// X26: the fingerprints that a start compares with are those of what the steps make.
func TestFingerprintsAreThoseOfTheSteps(t *testing.T) {
	for version := int64(1); version <= sqlite.NewestVersion(); version++ {
		got, err := sqlite.FingerprintOf(version)
		if err != nil || got != sqlite.Fingerprints[version] {
			t.Errorf("add: %d: %q, %v", version, got, err)
		}
	}
}

// X26: a database whose tables are not those of its version is refused with what differs, and stays as it was, whether there is
// something to bring it up to or not.
func TestADatabaseOfAnotherShapeIsRefused(t *testing.T) {
	for name, tc := range map[string]struct{ statement, told string }{
		"a column is missing":      {`ALTER TABLE sessions DROP COLUMN id_token`, "table sessions has no column id_token"},
		"a column is named anew":   {`ALTER TABLE tenants RENAME COLUMN cloud TO region`, "table tenants has no column cloud"},
		"a column more":            {`ALTER TABLE tenants ADD COLUMN note TEXT`, "table tenants is another one"},
		"a table is missing":       {`DROP TABLE heartbeat`, "table heartbeat is missing"},
		"an index is missing":      {`DROP INDEX activity_by_target`, "index activity_by_target is missing"},
		"a trigger is missing":     {`DROP TRIGGER profiles_counted_insert`, "trigger profiles_counted_insert is missing"},
		"a table stands elsewhere": {`ALTER TABLE heartbeat RENAME TO pulse`, "table heartbeat is missing"},
	} {
		for _, version := range []int64{4, 0} { // 0: this program's
			t.Run(fmt.Sprintf("%s, version %d", name, version), func(t *testing.T) {
				folder := t.TempDir()
				path := filepath.Join(folder, sqlite.File)
				if version > 0 {
					sqlitetest.MakeOld(t, folder, version, func(*sql.DB) error { return nil })
				} else {
					closed(t, sqlitetest.OpenIn(t, folder, time.Now))
				}
				execIn(t, path, tc.statement)
				before, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				for range 2 {
					if _, err := openAgain(folder); !errors.Is(err, sqlite.ErrForeign) || !strings.Contains(err.Error(), tc.told) {
						t.Fatalf("err = %v, want %q", err, tc.told)
					}
				}
				after, err := os.ReadFile(path)
				if err != nil || !bytes.Equal(before, after) {
					t.Errorf("the file was changed (%v)", err)
				}
				if copies, _ := filepath.Glob(filepath.Join(folder, "*version*")); len(copies) > 0 {
					t.Errorf("there are copies: %q", copies)
				}
			})
		}
	}
}

// X26: a file that is none of Purser's is left alone, and so is one that is no database.
func TestAStrangersFileIsLeftAlone(t *testing.T) {
	for name, tc := range map[string]struct {
		make func(t *testing.T, path string)
		want error
	}{
		"a stranger's": {func(t *testing.T, path string) { execIn(t, path, `CREATE TABLE letters (text TEXT)`) }, sqlite.ErrForeign},
		"no database": {func(t *testing.T, path string) {
			if err := os.WriteFile(path, bytes.Repeat([]byte("no database "), 1000), 0o600); err != nil {
				t.Fatal(err)
			}
		}, sqlite.ErrDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			path := filepath.Join(folder, sqlite.File)
			tc.make(t, path)
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := openAgain(folder); !errors.Is(err, tc.want) {
				t.Errorf("err = %v", err)
			}
			if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
				t.Errorf("it was changed (%v)", err)
			}
		})
	}
}

// X26: what an operator or a tool adds beside Purser's tables does not keep it from starting.
func TestWhatIsBesideTheTablesIsLeftAlone(t *testing.T) {
	folder := t.TempDir()
	closed(t, sqlitetest.OpenIn(t, folder, time.Now))
	execIn(t, filepath.Join(folder, sqlite.File), `CREATE TABLE notes (text TEXT)`, `CREATE INDEX activity_by_name ON activity (name)`, `ANALYZE`)
	closed(t, sqlitetest.OpenIn(t, folder, time.Now))
}

// X26: before the first step the database is kept as it is, whole and for its owner only, also what a killed process had left in the
// write-ahead log; the copy of an upgrade before goes.
func TestACopyIsKeptBeforeAnUpgrade(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, sqlite.File)
	sqlitetest.MakeOld(t, folder, 6, func(db *sql.DB) error {
		if _, err := db.ExecContext(ctx, `INSERT INTO tenants VALUES ('t1', 'Contoso', 'contoso', 'contoso.onmicrosoft.com', 'worldwide', 1)`); err != nil {
			return err
		}
		// As a process leaves it that is killed: the log is not written back.
		return errors.Join(copyFile(path, path+".killed"), copyFile(path+"-wal", path+"-wal.killed"))
	})
	if err := errors.Join(os.Rename(path+".killed", path), os.Rename(path+"-wal.killed", path+"-wal")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "purser-version-5.db"), []byte("of the upgrade before"), 0o600); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	db, err := sqlite.Open(ctx, sqlite.Options{Folder: folder, Now: time.Now, Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	closed(t, db)
	kept := filepath.Join(folder, "purser-version-6.db")
	info, err := os.Stat(kept)
	if err != nil || info.Mode().Perm() != 0o600 || !strings.Contains(log.String(), kept) {
		t.Fatalf("the copy: %v, %v; log: %s", info, err, log.String())
	}
	old, err := sql.Open("sqlite", "file:"+kept)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = old.Close() }()
	var version, tenants int
	if err := old.QueryRowContext(ctx, `SELECT max(version_id), (SELECT count(*) FROM tenants) FROM goose_db_version`).Scan(&version, &tenants); err != nil || version != 6 || tenants != 1 {
		t.Errorf("the copy has version %d and %d tenants, %v", version, tenants, err)
	}
	if _, err := os.Stat(filepath.Join(folder, "purser-version-5.db")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the copy of before: %v", err)
	}
	// The next start makes none.
	if err := os.Remove(kept); err != nil {
		t.Fatal(err)
	}
	closed(t, sqlitetest.OpenIn(t, folder, time.Now))
	if _, err := os.Stat(kept); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("another copy: %v", err)
	}
}

// X26: without a copy nothing is changed.
func TestWithoutACopyNothingIsChanged(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, sqlite.File)
	sqlitetest.MakeOld(t, folder, 6, func(*sql.DB) error { return nil })
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(folder, "purser-version-6.db.part"), 0o700); err != nil { // stands in the way
		t.Fatal(err)
	}
	if _, err := openAgain(folder); err == nil || !strings.Contains(err.Error(), "nothing was changed") {
		t.Fatalf("err = %v", err)
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the file was changed (%v)", err)
	}
}

func copyFile(from, to string) error {
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, b, 0o600)
}

// X42: damage to the file is found before it is used.
func TestDamageIsFound(t *testing.T) {
	folder, key := t.TempDir(), secret.NewKey()
	path := filepath.Join(folder, sqlite.File)
	db := sqlitetest.OpenIn(t, folder, time.Now)
	if _, err := db.Unlock(ctx, key); err != nil {
		t.Fatal(err)
	}
	for i := range 300 {
		if err := db.Record(ctx, entry(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Health(ctx); err != nil {
		t.Fatalf("control: %v", err)
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if err := db.Health(cancelled); err == nil || errors.Is(err, sqlite.ErrDamaged) {
		t.Errorf("an end that came first: %v", err)
	}
	closed(t, db)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const page = 4096
	for name, spoil := range map[string]func(b []byte){
		"a page of zeros":   func(b []byte) { clear(b[len(b)-3*page : len(b)-2*page]) },
		"pages swapped":     func(b []byte) { swap(b[20*page:21*page], b[30*page:31*page]) },
		"a head of a page":  func(b []byte) { b[len(b)-page] ^= 0x40 },
		"a count of cells":  func(b []byte) { b[len(b)-2*page+4] ^= 0x10 },
		"the end is cut":    nil,
		"the magic is gone": func(b []byte) { b[0] = 'X' },
	} {
		spoiled := bytes.Clone(whole)
		if spoil != nil {
			spoil(spoiled)
		} else {
			spoiled = spoiled[:len(spoiled)-2*page]
		}
		if err := os.WriteFile(path, spoiled, 0o600); err != nil {
			t.Fatal(err)
		}
		if db, err := openAgain(folder); !errors.Is(err, sqlite.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
			if err == nil {
				closed(t, db)
			}
		}
	}
}

func swap(a, b []byte) {
	kept := bytes.Clone(a)
	copy(a, b)
	copy(b, kept)
}

// X42: a write-ahead log that is none is told, because what was in it is lost.
func TestALogThatIsNoneIsTold(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, sqlite.File)
	sqlitetest.MakeOld(t, folder, 8, func(*sql.DB) error {
		return errors.Join(copyFile(path, path+".killed"), copyFile(path+"-wal", path+"-wal.killed"))
	})
	log, err := os.ReadFile(path + "-wal.killed")
	if err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path + ".killed")
	if err != nil {
		t.Fatal(err)
	}
	spoiled := bytes.Clone(log)
	spoiled[17] ^= 1
	for name, tc := range map[string]struct {
		log  []byte
		told bool
	}{"whole": {log, false}, "empty": {nil, false}, "garbage": {bytes.Repeat([]byte("garbage "), 1000), true}, "a bit of its head": {spoiled, true}, "too short": {log[:20], true}} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			path := filepath.Join(folder, sqlite.File)
			if err := errors.Join(os.WriteFile(path, whole, 0o600), os.WriteFile(path+"-wal", tc.log, 0o600)); err != nil {
				t.Fatal(err)
			}
			var told bytes.Buffer
			db, err := sqlite.Open(ctx, sqlite.Options{Folder: folder, Now: time.Now, Log: slog.New(slog.NewTextHandler(&told, nil))})
			if err == nil {
				closed(t, db)
			}
			if got := strings.Contains(told.String(), "what was written last is lost"); got != tc.told {
				t.Errorf("told %v: %s (%v)", got, told.String(), err)
			}
		})
	}
}
