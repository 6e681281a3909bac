package backup_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"purser.example/internal/audit"
	"purser.example/internal/backup"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/sqlitetest"
)

var ctx = context.Background()

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// rig is an installation with some entries in its log, and a folder for backups.
type rig struct {
	*sqlite.DB
	t      testing.TB
	folder string
	key    secret.Key
	to     string
}

func newRig(t testing.TB, entries int) *rig {
	t.Helper()
	r := &rig{t: t, folder: t.TempDir(), key: secret.NewKey(), to: t.TempDir()}
	r.DB = sqlitetest.OpenIn(t, r.folder, time.Now)
	_, err := r.Unlock(ctx, r.key)
	must(t, err)
	for n := range entries {
		must(t, r.Record(ctx, entry(n)))
	}
	return r
}

func entry(n int) audit.Entry {
	return audit.Entry{Action: "tested", Target: audit.Target{Kind: "test", ID: fmt.Sprint(n)}}
}

func (r *rig) options() backup.Options {
	return backup.Options{Keys: []secret.Keeper{r.key}, Program: "1.2.3", Now: func() time.Time { return time.Date(2026, 11, 30, 2, 30, 0, 0, time.UTC) }}
}

func (r *rig) path(name string) string { return filepath.Join(r.to, name) }

// write makes a backup that is to succeed.
func (r *rig) write(name string) backup.Report {
	r.t.Helper()
	report, err := backup.Write(ctx, r.Copy, r.path(name), r.options())
	must(r.t, err)
	return report
}

// names are what is in a folder.
func names(t testing.TB, folder string) (found []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	must(t, err)
	for _, e := range entries {
		found = append(found, e.Name())
	}
	return found
}

// opened opens a data folder as a start does, and proves its log.
func (r *rig) opened(folder string) *sqlite.DB {
	r.t.Helper()
	db, err := sqlite.Open(ctx, sqlite.Options{Folder: folder, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	must(r.t, err)
	r.t.Cleanup(func() { _ = db.Close() })
	_, err = db.Unlock(ctx, r.key)
	must(r.t, err)
	must(r.t, db.VerifyActivity(ctx))
	return db
}

// R65, F16: a backup that is made beside writers is whole: everything that was acknowledged before is in it, it proves itself, and it brings
// back an installation that works.
func TestABackupBesideWritersBringsEverythingBackR65(t *testing.T) {
	r := newRig(t, 50)
	quit := make(chan struct{})
	var writers sync.WaitGroup
	for w := range 4 {
		writers.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-quit:
					return
				default:
				}
				if err := r.Record(ctx, entry(1000*w+n)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	report := r.write("purser.db")
	close(quit)
	writers.Wait()

	if report.Entries < 50 || report.Rows["entries"] != report.Entries || !report.Sealed || report.Program != "1.2.3" || report.Made.Year() != 2026 {
		t.Errorf("%+v", report)
	}
	if got := names(t, r.to); !slices.Equal(got, []string{"purser.db"}) {
		t.Errorf("beside the backup: %q", got)
	}
	info, err := os.Stat(r.path("purser.db"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	folder := filepath.Join(t.TempDir(), "new")
	restored, err := backup.Restore(ctx, r.path("purser.db"), folder, r.key)
	if err != nil || restored.Entries != report.Entries || restored.SHA256 != report.SHA256 {
		t.Fatalf("%+v %v", restored, err)
	}
	for name, mode := range map[string]os.FileMode{"": 0o700, sqlite.File: 0o600} {
		if info, err := os.Stat(filepath.Join(folder, name)); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v %v", name, info.Mode(), err)
		}
	}
	db := r.opened(folder)
	found, err := db.Activity(ctx, 1_000_000)
	if err != nil || int64(len(found)) != report.Entries {
		t.Errorf("%d entries, %v", len(found), err)
	}
}

// R65: a copy of a folder that nobody works in is a backup as well, and the folder stays as it was.
func TestABackupOfAFolderAtRest(t *testing.T) {
	r := newRig(t, 5)
	must(t, r.Close())
	before := names(t, r.folder)
	source := func(ctx context.Context, to string) (map[string]int64, error) {
		return sqlite.CopyFile(ctx, r.folder, to)
	}
	report, err := backup.Write(ctx, source, r.path("rest.db"), r.options())
	if err != nil || report.Entries != 5 {
		t.Fatalf("%+v %v", report, err)
	}
	if after := names(t, r.folder); !slices.Equal(before, after) {
		t.Errorf("%q, before %q", after, before)
	}
	again, err := backup.Verify(ctx, r.path("rest.db"), r.key)
	if err != nil || again.String() != report.String() {
		t.Errorf("%s\n%v", again, err)
	}
}

// R60, R65: the key is not in a backup, in no shape.
func TestTheKeyIsNotInABackupR60(t *testing.T) {
	r := newRig(t, 1)
	r.write("purser.db")
	whole, err := os.ReadFile(r.path("purser.db"))
	must(t, err)
	for _, form := range [][]byte{r.key.Reveal(), []byte(r.key.Text()), []byte(base64.StdEncoding.EncodeToString(r.key.Reveal()))} {
		if bytes.Contains(whole, form) {
			t.Error("the key is in the backup")
		}
	}
	if !bytes.Contains(whole, []byte(r.key.ID())) {
		t.Error("control: not even its ID is")
	}
}

// R65: nothing is overwritten: neither a file nor what a symbolic link points to.
func TestNothingIsOverwrittenR65(t *testing.T) {
	r := newRig(t, 1)
	must(t, os.WriteFile(r.path("precious"), []byte("precious"), 0o600))
	must(t, os.Symlink(r.path("precious"), r.path("link")))
	must(t, os.Symlink(r.path("nowhere"), r.path("dangling")))
	must(t, os.Mkdir(r.path("folder"), 0o700))
	before := names(t, r.to)
	for _, name := range []string{"precious", "link", "dangling", "folder", "precious/in-a-file.db", "no-folder/x.db"} {
		if _, err := backup.Write(ctx, r.Copy, r.path(name), r.options()); !errors.Is(err, backup.ErrTarget) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if text, err := os.ReadFile(r.path("precious")); err != nil || string(text) != "precious" || !slices.Equal(before, names(t, r.to)) {
		t.Errorf("%q %v, %q", text, err, names(t, r.to))
	}
}

// R65: two backups at once do not disturb each other; of two for one name, one gets it, and both are told the truth.
func TestTwoBackupsAtOnceR65(t *testing.T) {
	r := newRig(t, 20)
	var all sync.WaitGroup
	results := make([]error, 6)
	for i := range results {
		all.Go(func() {
			_, results[i] = backup.Write(ctx, r.Copy, r.path([]string{"same.db", "same.db", "a.db", "b.db", "same.db", "c.db"}[i]), r.options())
		})
	}
	all.Wait()
	won := 0
	for i, err := range results {
		switch {
		case err == nil && (i < 2 || i == 4):
			won++
		case err != nil && !errors.Is(err, backup.ErrTarget):
			t.Errorf("%d: %v", i, err)
		}
	}
	if won != 1 || !slices.Equal(names(t, r.to), []string{"a.db", "b.db", "c.db", "same.db"}) {
		t.Errorf("%d won; %q", won, names(t, r.to))
	}
	for _, name := range names(t, r.to) {
		if _, err := backup.Verify(ctx, r.path(name), r.key); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// R65: whatever stops a backup, nothing is left of it, and what a killed process left goes with the next one. What is being written is left alone.
func TestNothingIsLeftOfABackupThatFailedR65(t *testing.T) {
	r := newRig(t, 20)
	for _, left := range []string{".purser-backup-1.part", ".purser-backup-1.part-journal", ".purser-backup-2.part-journal", ".purser-backup-2.part-wal", ".purser-backup-2.part-shm"} {
		must(t, os.WriteFile(r.path(left), []byte("of a process that was killed"), 0o600))
	}
	ended, end := context.WithCancel(ctx)
	stopped := func(ctx context.Context, to string) (map[string]int64, error) { end(); return r.Copy(ended, to) }
	inner := func(ctx context.Context, to string) (map[string]int64, error) {
		if _, err := backup.Write(ctx, stopped, r.path("stopped.db"), r.options()); !errors.Is(err, context.Canceled) {
			t.Errorf("stopped: %v", err)
		}
		return r.Copy(ctx, to)
	}
	if _, err := backup.Write(ctx, inner, r.path("whole.db"), r.options()); err != nil {
		t.Error(err)
	}
	for what, source := range map[string]backup.Source{
		"full": func(context.Context, string) (map[string]int64, error) {
			return nil, fmt.Errorf("copy: %w", sqlite.ErrFull)
		},
		"half a copy": func(_ context.Context, to string) (map[string]int64, error) {
			return nil, os.WriteFile(to, []byte("half"), 0o600)
		},
		"too few rows": func(ctx context.Context, to string) (map[string]int64, error) {
			rows, err := r.Copy(ctx, to)
			rows["entries"]++
			return rows, err
		},
	} {
		if _, err := backup.Write(ctx, source, r.path("failed.db"), r.options()); err == nil || what == "full" != errors.Is(err, backup.ErrSpace) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if got := names(t, r.to); !slices.Equal(got, []string{"whole.db"}) {
		t.Errorf("%q", got)
	}
}

// F5, R65: a bit that flipped anywhere in a backup is found, and so is one that was cut off or goes on. Nothing is restored of it.
func TestEveryFlippedBitIsFoundF5(t *testing.T) {
	r := newRig(t, 20)
	r.write("purser.db")
	whole, err := os.ReadFile(r.path("purser.db"))
	must(t, err)
	altered, folder := r.path("altered.db"), filepath.Join(t.TempDir(), "data")
	refused := func(what string, file []byte) {
		t.Helper()
		must(t, os.WriteFile(altered, file, 0o600))
		if _, err := backup.Restore(ctx, altered, folder, r.key); err == nil {
			t.Errorf("%s was restored", what)
		}
		if _, err := os.Stat(folder); err == nil {
			t.Fatalf("%s left a folder", what)
		}
	}
	dice := rand.New(rand.NewPCG(65, 5))
	for range 250 {
		flipped, at := bytes.Clone(whole), dice.IntN(len(whole)*8)
		flipped[at/8] ^= 1 << (at % 8)
		refused(fmt.Sprintf("bit %d", at), flipped)
	}
	for at := len(whole) - 700; at < len(whole); at += 7 { // the seal is a small part
		flipped := bytes.Clone(whole)
		flipped[at] ^= 1
		refused(fmt.Sprintf("byte %d", at), flipped)
	}
	for _, length := range []int{0, 10, 4096, len(whole) / 2, len(whole) - 300, len(whole) - 1} {
		refused(fmt.Sprintf("%d bytes", length), whole[:length])
	}
	refused("one that goes on", append(bytes.Clone(whole), 0))
	must(t, os.WriteFile(altered, whole, 0o600))
	if _, err := backup.Restore(ctx, altered, folder, r.key); err != nil {
		t.Errorf("control: %v", err)
	}
}

// R61, R65: an entry of the log that somebody altered in a copy is found by restoring and by verifying the log, with the seal and without.
func TestATamperedCopyIsFoundR61(t *testing.T) {
	for _, sealed := range []bool{true, false} {
		r := newRig(t, 20)
		report := r.write("purser.db")
		if !sealed {
			must(t, os.Truncate(r.path("purser.db"), report.Bytes))
			if plain, err := backup.Verify(ctx, r.path("purser.db"), r.key); err != nil || plain.Sealed || !strings.Contains(plain.String(), "not verified") {
				t.Errorf("control: %+v %v", plain, err)
			}
		}
		db, err := sql.Open("sqlite", "file:"+r.path("purser.db"))
		must(t, err)
		_, err = db.ExecContext(ctx, `UPDATE activity SET at = at + 1 WHERE seq = 7`)
		must(t, errors.Join(err, db.Close()))
		if _, err := backup.Restore(ctx, r.path("purser.db"), filepath.Join(t.TempDir(), "data"), r.key); !errors.Is(err, backup.ErrBroken) {
			t.Errorf("sealed %v: %v", sealed, err)
		}
		if broken, ok := errors.AsType[*audit.Broken](second(sqlite.VerifyFile(ctx, r.path("purser.db"), r.key))); !ok || broken.Seq != 7 {
			t.Errorf("sealed %v: %v", sealed, broken)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// F6, R65: another key is told as such, with the names of both, and nothing is made.
func TestAWrongKeyIsToldF6(t *testing.T) {
	r := newRig(t, 1)
	r.write("purser.db")
	folder, other := filepath.Join(t.TempDir(), "data"), secret.NewKey()
	_, err := backup.Restore(ctx, r.path("purser.db"), folder, other)
	if !errors.Is(err, secret.ErrWrongKey) || !strings.Contains(err.Error(), r.key.ID()) || !strings.Contains(err.Error(), other.ID()) {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(folder); err == nil {
		t.Error("a folder was made")
	}
}

// R65: a backup is restored into an empty folder only, and never one of a newer version.
func TestWhereNothingIsRestoredR65(t *testing.T) {
	r := newRig(t, 1)
	r.write("purser.db")
	file := func(name, text string) func(string) {
		return func(folder string) { must(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600)) }
	}
	for what, tc := range map[string]struct {
		make func(folder string)
		want error
	}{
		"something else is there":      {file("notes.txt", "mine"), sqlite.ErrFolder},
		"a database is there":          {file(sqlite.File, "x"), sqlite.ErrFolder},
		"a write-ahead log is there":   {file(sqlite.File+"-wal", "x"), sqlite.ErrFolder},
		"another installation is told": {file("purser.lock", "1\nanother\n"), sqlite.ErrFolder},
		"a lock file of nobody":        {file("purser.lock", "1\n"), nil},
		"what a killed restore left":   {file("purser.db.77.part", "half"), nil},
		"it is empty":                  {func(string) {}, nil},
	} {
		t.Run(what, func(t *testing.T) {
			folder := t.TempDir()
			tc.make(folder)
			before := names(t, folder)
			_, err := backup.Restore(ctx, r.path("purser.db"), folder, r.key)
			if !errors.Is(err, tc.want) {
				t.Fatalf("%v, want %v", err, tc.want)
			}
			if after := names(t, folder); tc.want != nil && !slices.Equal(before, after) {
				t.Errorf("%q, before %q", after, before)
			}
			if tc.want == nil {
				if got := names(t, folder); !slices.Equal(got, []string{sqlite.File, "purser.lock"}) {
					t.Errorf("%q", got)
				}
				r.opened(folder)
			}
		})
	}
	t.Run("a Purser works there", func(t *testing.T) {
		if _, err := backup.Restore(ctx, r.path("purser.db"), r.folder, r.key); !errors.Is(err, sqlite.ErrLocked) {
			t.Error(err)
		}
	})
	t.Run("a newer version made it", func(t *testing.T) {
		report := r.write("newer.db")
		must(t, os.Truncate(r.path("newer.db"), report.Bytes))
		db, err := sql.Open("sqlite", "file:"+r.path("newer.db"))
		must(t, err)
		_, err = db.ExecContext(ctx, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, 1)`)
		must(t, errors.Join(err, db.Close()))
		if _, err := backup.Restore(ctx, r.path("newer.db"), filepath.Join(t.TempDir(), "data"), r.key); !errors.Is(err, sqlite.ErrNewer) {
			t.Error(err)
		}
	})
	t.Run("no file", func(t *testing.T) {
		for _, path := range []string{r.to, r.path("none.db")} {
			if _, err := backup.Restore(ctx, path, filepath.Join(t.TempDir(), "data"), r.key); err == nil {
				t.Errorf("%s was restored", path)
			}
		}
	})
}

// R65: a process that dies while it restores leaves a folder in which no new installation comes into being, and the same backup is restored then.
func TestARestoreThatDiedR65(t *testing.T) {
	r := newRig(t, 3)
	report := r.write("purser.db")
	folder := t.TempDir()
	// As `kill -9` leaves it; cmd/purser kills real ones.
	must(t, os.WriteFile(filepath.Join(folder, "purser.lock"), []byte("1\n"+report.Installation+"\n"), 0o600))
	must(t, os.WriteFile(filepath.Join(folder, "purser.db.5.part"), make([]byte, 5000), 0o600))
	if db, err := sqlite.Open(ctx, sqlite.Options{Folder: folder, Now: time.Now, Log: slog.New(slog.DiscardHandler)}); !errors.Is(err, sqlite.ErrLost) {
		t.Fatalf("%v %v", db, err)
	}
	if _, err := backup.Restore(ctx, r.path("purser.db"), folder, r.key); err != nil {
		t.Fatal(err)
	}
	r.opened(folder)
}
