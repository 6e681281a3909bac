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
	"sync"
	"testing"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/sqlitetest"
)

var ctx = context.Background()

func entry(n int) audit.Entry {
	return audit.By(access.Caller{Issuer: "https://idp.contoso.com", Subject: "s1"}, audit.Origin{}, audit.SignIn, audit.Target{Kind: "session", ID: fmt.Sprint(n)})
}

func TestOthersAreKeptOut(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "data")
	if err := os.MkdirAll(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	db, err := sqlite.Open(ctx, sqlite.Options{Folder: folder, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.Unlock(ctx, secret.NewKey()); err != nil {
		t.Fatal(err)
	}
	err = filepath.Walk(folder, func(path string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", filepath.Base(path), info.Mode().Perm())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAFolderOfOthersIsLeftAlone(t *testing.T) {
	home := t.TempDir()
	if err := os.WriteFile(filepath.Join(home, "letter.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, mode := range []os.FileMode{0o755, 0o777 | os.ModeSticky} {
		if err := os.Chmod(home, mode); err != nil {
			t.Fatal(err)
		}
		_, err := sqlite.Open(ctx, sqlite.Options{Folder: home, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
		if info, _ := os.Stat(home); !errors.Is(err, sqlite.ErrFolder) || info.Mode().Perm() != mode.Perm() {
			t.Errorf("mode %v: err = %v, and the folder has %v", mode, err, info.Mode())
		}
	}
}

func TestASecondProcessIsRefusedByName(t *testing.T) {
	folder := t.TempDir()
	db := sqlitetest.OpenIn(t, folder, time.Now)
	_, err := sqlite.Open(ctx, sqlite.Options{Folder: folder, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if !errors.Is(err, sqlite.ErrLocked) || !bytes.Contains([]byte(err.Error()), []byte(fmt.Sprint(os.Getpid()))) {
		t.Errorf("err = %v, want locked by process %d", err, os.Getpid())
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	sqlitetest.OpenIn(t, folder, time.Now)
}

func TestADatabaseOfANewerPurserIsRefused(t *testing.T) {
	folder := t.TempDir()
	db := sqlitetest.OpenIn(t, folder, time.Now)
	if err := db.Write(ctx, func(tx *sqlite.Tx) error {
		_, err := tx.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := sqlite.Open(ctx, sqlite.Options{Folder: folder, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if !errors.Is(err, sqlite.ErrNewer) {
		t.Errorf("err = %v, want newer", err)
	}
}

func TestWritesAreFlushedAndForeignKeysHold(t *testing.T) {
	db, _ := sqlitetest.Open(t, time.Now)
	for pragma, want := range map[string]string{"synchronous": "2", "journal_mode": "wal", "foreign_keys": "1", "trusted_schema": "0", "secure_delete": "1"} {
		err := db.Write(ctx, func(tx *sqlite.Tx) error {
			var got string
			if err := tx.QueryRow("PRAGMA " + pragma).Scan(&got); err != nil {
				return err
			}
			if got != want {
				t.Errorf("%s = %s, want %s", pragma, got, want)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// R61: each write has its entry, in one order, however many write at once; a failing one takes nothing with it.
func TestWritesThatShareACommitStandAlone(t *testing.T) {
	db, _ := sqlitetest.Open(t, time.Now)
	const writers, each = 16, 25
	refused := errors.New("refused by the test")
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				n := w*each + i
				err := db.Write(ctx, func(tx *sqlite.Tx) error {
					if err := tx.Record(entry(n)); err != nil {
						return err
					}
					switch n % 5 {
					case 0:
						return refused
					case 1:
						panic("a mistake of the test")
					}
					return nil
				})
				if want := n%5 > 1; want != (err == nil) {
					t.Errorf("write %d: err = %v", n, err)
				}
				if n%5 == 0 && !errors.Is(err, refused) {
					t.Errorf("write %d lost its own error: %v", n, err)
				}
			}
		})
	}
	wg.Wait()
	found, err := db.Activity(ctx, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	if want := writers * each * 3 / 5; len(found) != want || found[0].Seq != int64(want) {
		t.Errorf("%d entries, the last numbered %d; want %d", len(found), found[0].Seq, want)
	}
	if err := db.VerifyActivity(ctx); err != nil {
		t.Error(err)
	}
}

func TestACallerWhoGivesUpLeavesNothingBehind(t *testing.T) {
	db, _ := sqlitetest.Open(t, time.Now)
	started, release := make(chan struct{}), make(chan struct{})
	go func() {
		_ = db.Write(ctx, func(*sqlite.Tx) error {
			close(started)
			<-release
			return nil
		})
	}()
	<-started
	waiting, giveUp := context.WithCancel(ctx)
	giveUp()
	err := db.Write(waiting, func(tx *sqlite.Tx) error { return tx.Record(entry(1)) })
	close(release)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
	if err := db.CheckWritable(ctx); err != nil {
		t.Fatal(err)
	}
	if found, _ := db.Activity(ctx, 10); len(found) != 0 {
		t.Errorf("the abandoned write was made: %v", found)
	}
}

func TestAFullOrReadOnlyDiskIsSaidAndForgotten(t *testing.T) {
	for name, breakDisk := range sqlitetest.Breakers {
		t.Run(name, func(t *testing.T) {
			db, _ := sqlitetest.Open(t, time.Now)
			mend := breakDisk(t, db)
			err := db.Write(ctx, func(tx *sqlite.Tx) error {
				return tx.Record(entry(1).With("pad", string(bytes.Repeat([]byte("x"), 20_000))))
			})
			if problem.KindOf(err) != problem.Unavailable {
				t.Errorf("err = %v, want unavailable", err)
			}
			if _, err := db.Activity(ctx, 1); err != nil {
				t.Errorf("reading must go on: %v", err)
			}
			mend()
			if err := db.CheckWritable(ctx); err != nil {
				t.Errorf("writing must go on after the disk is mended: %v", err)
			}
		})
	}
}

func TestTheKeyIsCheckedAndNothingIsOverwritten(t *testing.T) {
	folder := t.TempDir()
	key := secret.NewKey()
	db := sqlitetest.OpenIn(t, folder, time.Now)
	ring, err := db.Unlock(ctx, key)
	if err != nil {
		t.Fatal(err)
	}
	record := secret.Record{Table: "profile", ID: "p1", Field: "password"}
	sealed, err := ring.Seal(secret.FromString("Contoso-2026!"), record)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Record(ctx, entry(1)); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}

	db = sqlitetest.OpenIn(t, folder, time.Now)
	if _, err := db.Unlock(ctx, secret.NewKey()); !errors.Is(err, secret.ErrWrongKey) {
		t.Fatalf("another key: err = %v", err)
	}
	if err := db.Record(ctx, entry(2)); err == nil {
		t.Error("a locked database takes entries")
	}
	ring, err = db.Unlock(ctx, key)
	if err != nil {
		t.Fatalf("the right key after the wrong one: %v", err)
	}
	if _, err := ring.Open(sealed, record); err != nil {
		t.Errorf("what was sealed before: %v", err)
	}
	if err := db.VerifyActivity(ctx); err != nil {
		t.Error(err)
	}
	if err := db.CheckKey(ctx, key); err != nil {
		t.Error(err)
	}

	tamper(t, db, `UPDATE installation SET installation = 'another'`)
	if err := db.CheckKey(ctx, key); !errors.Is(err, secret.ErrDamaged) {
		t.Errorf("a keyring moved to another installation: err = %v", err)
	}
	tamper(t, db, `DELETE FROM installation`)
	if _, err := db.Unlock(ctx, key); !errors.Is(err, sqlite.ErrKeyringMissing) {
		t.Errorf("a lost keyring: err = %v; a fresh one must not hide it", err)
	}
}

func tamper(t *testing.T, db *sqlite.DB, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		err := db.Write(ctx, func(tx *sqlite.Tx) error {
			n, err := tx.Exec(statement)
			if err == nil && n == 0 {
				return sql.ErrNoRows
			}
			return err
		})
		if err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

func BenchmarkDurableWrites(b *testing.B) {
	db, _ := sqlitetest.Open(b, time.Now)
	b.SetParallelism(8)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := db.Record(ctx, entry(1)); err != nil {
				b.Error(err)
			}
		}
	})
}
