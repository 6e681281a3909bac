package sqlite_test

import (
	"errors"
	"sync"
	"testing"

	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/sqlitetest"
)

// An answer is kept until anything is written, and whoever wrote sees the new one.
func TestAnswersAreKeptUntilAWrite(t *testing.T) {
	db, _ := sqlitetest.Open(t, sqlitetest.StartingNow().Now)
	var kept sqlite.Kept[string, int]
	asked := 0
	ask := func() int {
		n, err := kept.Ask(db, "a", func() (int, error) { asked++; return asked, nil })
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if first, second := ask(), ask(); first != 1 || second != 1 {
		t.Error("asked twice though nothing was written")
	}
	if err := db.CheckWritable(ctx); err != nil {
		t.Fatal(err)
	}
	if first, second := ask(), ask(); first != 2 || second != 2 {
		t.Error("an old answer, after a write")
	}
	failed := errors.New("the change failed")
	if err := db.Write(ctx, func(*sqlite.Tx) error { return failed }); !errors.Is(err, failed) {
		t.Fatal(err)
	}
	if ask() != 2 {
		t.Error("what was rolled back makes an answer old")
	}
	if _, err := kept.Ask(db, "b", func() (int, error) { return 0, failed }); !errors.Is(err, failed) {
		t.Errorf("%v", err)
	}
	if n, err := kept.Ask(db, "b", func() (int, error) { return 7, nil }); n != 7 || err != nil {
		t.Errorf("an error was kept: %d %v", n, err)
	}
}

// Whoever asks after their own write never gets an answer from before it, however many read and write meanwhile.
func TestKeptAnswersAreNeverOlderThanOnesOwnWrite(t *testing.T) {
	db, _ := sqlitetest.Open(t, sqlitetest.StartingNow().Now)
	if err := db.Write(ctx, func(tx *sqlite.Tx) error { _, err := tx.Exec(`CREATE TABLE t (n INTEGER)`); return err }); err != nil {
		t.Fatal(err)
	}
	var kept sqlite.Kept[string, int]
	count := func() (int, error) {
		return kept.Ask(db, "n", func() (n int, err error) {
			err = db.QueryRow(ctx, `SELECT count(*) FROM t`).Scan(&n)
			return n, err
		})
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for mine := 1; mine <= 25; mine++ {
				before, err := count()
				if err != nil {
					t.Error(err)
				}
				if err := db.Write(ctx, func(tx *sqlite.Tx) error { _, err := tx.Exec(`INSERT INTO t VALUES (1)`); return err }); err != nil {
					t.Error(err)
				}
				if after, err := count(); err != nil || after <= before {
					t.Errorf("%d, then %d %v", before, after, err)
				}
			}
		})
	}
	all.Wait()
}

// R61: entries of a change that fails are gone, and those of others in the same transaction stay in their places.
func TestTheLogHoldsWhereSomeOfManyFail(t *testing.T) {
	db, _ := sqlitetest.Open(t, sqlitetest.StartingNow().Now)
	failed := errors.New("the change failed")
	var all sync.WaitGroup
	for n := range 200 {
		all.Go(func() {
			err := db.Write(ctx, func(tx *sqlite.Tx) error {
				if err := tx.Record(entry(1), entry(2)); err != nil || n%3 > 0 {
					return err
				}
				return failed
			})
			if (n%3 == 0) != errors.Is(err, failed) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if err := db.VerifyActivity(ctx); err != nil {
		t.Error(err)
	}
	if links, err := db.Activity(ctx, 1000); err != nil || len(links) != 2*133 {
		t.Errorf("%d entries, %v", len(links), err)
	}
}
