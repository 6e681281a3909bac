package sqlite_test

import (
	"math"
	"os"
	"slices"
	"testing"
	"time"

	"purser.example/internal/audit"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/sqlitetest"
)

const shortened audit.Action = "shortened by the test"

func keeping(up int64) sqlite.Keeping {
	return sqlite.Keeping{For: 120 * 24 * time.Hour, Up: up, Entry: func(audit.ChainID, int64, time.Time) audit.Entry { return audit.Entry{Action: shortened} }}
}

// aged is a log that was written over a year and is kept for 120 days, not shortened yet.
func aged(t *testing.T) (db *sqlite.DB, clock *sqlitetest.Clock, key secret.Key) {
	t.Helper()
	clock, key = sqlitetest.NewClock(), secret.NewKey()
	db = sqlitetest.OpenIn(t, t.TempDir(), clock.Now)
	if _, err := db.Unlock(ctx, key); err != nil {
		t.Fatal(err)
	}
	for n := range 73 {
		clock.Advance(5 * 24 * time.Hour)
		if err := db.Write(ctx, func(tx *sqlite.Tx) error { return tx.Record(slices.Repeat([]audit.Entry{entry(n)}, 20)...) }); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Shorten(ctx, keeping(0)); err != nil {
			t.Fatal(err)
		}
	}
	return db, clock, key
}

func intact(t *testing.T, db *sqlite.DB, key secret.Key, when string) {
	t.Helper()
	for way, err := range everyWay(t, db, key) {
		if err != nil {
			t.Fatalf("%s, %s: %v", when, way, err)
		}
	}
}

// R63: a log that is shortened holds after every step, keeps what is young enough, and says that it was shortened.
func TestAShortenedLogHolds(t *testing.T) {
	db, _, key := aged(t)
	intact(t, db, key, "before")
	steps := 0
	for more := true; more; steps++ {
		var err error
		if more, err = db.Shorten(ctx, keeping(math.MaxInt64)); err != nil {
			t.Fatal(err)
		}
		if steps%5 == 0 {
			intact(t, db, key, "on the way")
		}
	}
	intact(t, db, key, "afterwards")
	all, err := db.Activity(ctx, 5000)
	if err != nil {
		t.Fatal(err)
	}
	oldest, newest := all[len(all)-1], all[0]
	if age := newest.At.Sub(oldest.At); age < 118*24*time.Hour || age > 142*24*time.Hour || newest.Action != shortened || steps < 5 {
		t.Errorf("%d entries of %s are left after %d steps; the newest is %q", len(all), age, steps, newest.Action)
	}
	folder := sqlitetest.Folder(t, db)
	closed(t, db)
	if proved, err := sqlite.VerifyFile(ctx, folder, key); err != nil || proved.Entries != int64(len(all)) {
		t.Errorf("%+v, %v", proved, err)
	}
}

// R63: what somebody has yet to get is not removed.
func TestWhatIsYetToBeShippedStays(t *testing.T) {
	db, _, _ := aged(t)
	for range 20 {
		if more, err := db.Shorten(ctx, keeping(10)); err != nil || more {
			t.Fatalf("%v, %v", more, err)
		}
	}
}

// R61, R63: nothing but a checkpoint that Purser signed lets entries go, and no more than those it is about.
func TestACheckpointAllowsNothingElse(t *testing.T) {
	db, _, key := aged(t)
	for more := true; more; {
		var err error
		if more, err = db.Shorten(ctx, keeping(math.MaxInt64)); err != nil {
			t.Fatal(err)
		}
	}
	whole := sqlitetest.Folder(t, db)
	closed(t, db)
	for name, statements := range map[string][]string{
		"more entries removed":           {`DELETE FROM activity WHERE seq = (SELECT min(seq) FROM activity)`},
		"one removed in the middle":      {`DELETE FROM activity WHERE seq = (SELECT min(seq) + 20 FROM activity)`},
		"the first one altered":          {`UPDATE activity SET name = 'Mallory' WHERE seq = (SELECT min(seq) FROM activity)`},
		"a chain without a checkpoint":   {`DELETE FROM activity WHERE chain = (SELECT min(chain) FROM activity)`},
		"a checkpoint of another chain":  {`UPDATE chains SET checkpoint = (SELECT checkpoint FROM chains WHERE id = 1) WHERE checkpoint IS NULL AND id = (SELECT min(chain) FROM activity)`, `DELETE FROM activity WHERE chain = (SELECT min(chain) FROM activity)`},
		"an invented checkpoint":         {`UPDATE chains SET checkpoint = zeroblob(32) WHERE id = (SELECT min(chain) FROM activity)`},
		"an empty checkpoint":            {`UPDATE chains SET checkpoint = x'' WHERE id = (SELECT min(chain) FROM activity)`, `DELETE FROM activity WHERE chain = (SELECT min(chain) FROM activity)`},
		"a checkpoint taken away":        {`UPDATE chains SET checkpoint = NULL WHERE id = 1`},
		"a checkpoint in the middle":     {`UPDATE chains SET checkpoint = NULL WHERE id = 2`},
		"the closed chain's end altered": {`UPDATE chains SET mac = zeroblob(32) WHERE id = 1`},
		"the closed chain gone":          {`DELETE FROM chains WHERE id = 1`},
		"the last chain closed":          {`UPDATE chains SET checkpoint = (SELECT checkpoint FROM chains WHERE id = 1) WHERE id = (SELECT max(id) FROM chains)`},
		"an entry put back":              {`INSERT INTO activity SELECT 1, at, issuer, subject, name, sign_in, action, target_kind, target_id, target_name, request, address, details, mac, 1 FROM activity LIMIT 1`},
		"every entry removed":            {`DELETE FROM activity`},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			if err := os.CopyFS(folder, os.DirFS(whole)); err != nil {
				t.Fatal(err)
			}
			db, _ := unlocked(t, folder, key)
			tamper(t, db, statements...)
			for way, err := range everyWay(t, db, key) {
				if !isBroken(err) {
					t.Errorf("not found %s: %v", way, err)
				}
			}
		})
	}
}

// R61, R63: a chain that doesn't hold is not closed: what was done to it would be covered.
func TestABrokenChainIsNotClosed(t *testing.T) {
	db, _, _ := aged(t)
	tamper(t, db, `UPDATE activity SET name = 'Mallory' WHERE seq = 7`)
	for range 2 {
		if _, err := db.Shorten(ctx, keeping(math.MaxInt64)); !isBroken(err) {
			t.Errorf("closed: %v", err)
		}
	}
	if all, err := db.Activity(ctx, 5000); err != nil || all[len(all)-1].Seq != 1 {
		t.Error("entries were removed")
	}
}
