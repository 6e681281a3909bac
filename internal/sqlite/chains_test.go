package sqlite_test

import (
	"compress/gzip"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"purser.example/internal/audit"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/profiles"
	"purser.example/internal/sqlite/sqlitetest"
)

// oldKey opens testdata/old-log.db.gz and nothing else: a test key.
const oldKey = "pk1_EjznMp65SR036VWN3tP1RiRobg6k82pxuDpslxF_dhA"

// oldEntries is how many entries that log has: a tenant connected, a profile created, and ten sign-ins.
const oldEntries = 12

// oldFolder unpacks a database that Purser wrote when the key of the log's one chain came from the operator's key (version 6).
func oldFolder(t *testing.T) (folder string, key secret.Key) {
	t.Helper()
	packed, err := os.Open(filepath.Join("testdata", "old-log.db.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = packed.Close() }()
	unpacked, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(unpacked)
	if err != nil {
		t.Fatal(err)
	}
	folder = t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, sqlite.File), content, 0o600); err != nil {
		t.Fatal(err)
	}
	if key, err = secret.ParseKey(oldKey); err != nil {
		t.Fatal(err)
	}
	return folder, key
}

// before runs statements in a database that this Purser has not opened yet.
func before(t *testing.T, folder string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(folder, sqlite.File))
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range statements {
		result, err := db.ExecContext(ctx, statement)
		if err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			t.Fatalf("%s: %d rows, %v", statement, n, err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// unlocked opens the folder and unlocks it.
func unlocked(t *testing.T, folder string, key secret.Key) (*sqlite.DB, *secret.Keyring) {
	t.Helper()
	db := sqlitetest.OpenIn(t, folder, time.Now)
	ring, err := db.Unlock(ctx, key)
	if err != nil {
		t.Fatal(err)
	}
	return db, ring
}

func closed(t *testing.T, db *sqlite.DB) {
	t.Helper()
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// R61: the log of an older Purser is taken over with every entry proved; the next one goes to a chain with a key of its own, and
// the keyring alone proves both from then on.
func TestAnOldLogIsTakenOver(t *testing.T) {
	folder, key := oldFolder(t)
	db, ring := unlocked(t, folder, key)
	if err := db.VerifyActivity(ctx); err != nil {
		t.Fatal(err)
	}
	old, err := db.Activity(ctx, 100)
	if err != nil || len(old) != oldEntries {
		t.Fatalf("%d entries, %v", len(old), err)
	}
	for i, link := range old {
		if link.Seq != int64(oldEntries-i) || link.Chain != 1 {
			t.Errorf("entry %d is numbered %d in chain %d", oldEntries-i, link.Seq, link.Chain)
		}
	}
	if got := old[4].Actor.Name; got != "not UTF-8: \xff\xfe" {
		t.Errorf("what is no text reads %q: an old entry must stay as it was chained", got)
	}
	password, err := profiles.New(db).Password(ctx, "p1")
	if err != nil {
		t.Fatal(err)
	}
	if opened, err := ring.Open(password, secret.Record{Table: "profile", ID: "p1", Field: "password"}); err != nil || string(opened.Reveal()) != "Contoso-2026!" {
		t.Errorf("a password of then: %v", err)
	}
	recorded(t, db, 1, 3)
	closed(t, db)

	db, ring = unlocked(t, folder, key)
	recorded(t, db, 4, 4)
	closed(t, db)

	db = sqlitetest.OpenIn(t, folder, time.Now)
	if err := db.OpenLog(ctx, ring); err != nil { // no operator's key
		t.Fatal(err)
	}
	recorded(t, db, 5, 5)
	if err := db.VerifyActivity(ctx); err != nil {
		t.Error(err)
	}
	found, err := db.Activity(ctx, 100)
	if err != nil || len(found) != oldEntries+5 {
		t.Fatalf("%d entries, %v", len(found), err)
	}
	if newest := found[0]; newest.Seq != oldEntries+5 || newest.Chain != 2 || newest.Target.ID != "5" {
		t.Errorf("the newest entry is %+v", newest)
	}
}

// R61: a log that was tampered with is not made good by taking it over, whenever it was done.
func TestTakingOverHidesNoTampering(t *testing.T) {
	for name, statement := range map[string]string{
		"edited":    `UPDATE activity SET sign_in = 'mallory@contoso.com' WHERE seq = 3`,
		"a detail":  `UPDATE activity SET details = '{"role":"none"}' WHERE seq = 3`,
		"no text":   `UPDATE activity SET name = 'not UTF-8' WHERE seq = 8`,
		"deleted":   `DELETE FROM activity WHERE seq = 3`,
		"reordered": `UPDATE activity SET request = CASE seq WHEN 6 THEN 'q4' ELSE 'q3' END WHERE seq IN (6, 7)`,
		"cut off":   `DELETE FROM activity WHERE seq > 9`,
		"emptied":   `DELETE FROM activity`,
	} {
		t.Run(name, func(t *testing.T) {
			for when, do := range map[string]func(t *testing.T, folder string, key secret.Key){
				"before the migration": func(t *testing.T, folder string, _ secret.Key) { before(t, folder, statement) },
				"before the first unlock": func(t *testing.T, folder string, _ secret.Key) {
					db := sqlitetest.OpenIn(t, folder, time.Now)
					tamper(t, db, statement)
					closed(t, db)
				},
				"afterwards": func(t *testing.T, folder string, key secret.Key) {
					db, _ := unlocked(t, folder, key)
					recorded(t, db, 1, 3)
					tamper(t, db, statement)
					closed(t, db)
				},
			} {
				folder, key := oldFolder(t)
				do(t, folder, key)
				db, _ := unlocked(t, folder, key)
				recorded(t, db, 4, 4)
				if err := db.VerifyActivity(ctx); !isBroken(err) {
					t.Errorf("%s: not found: %v", when, err)
				}
			}
		})
	}
}

// R61: an end that does not hold is not taken over, and neither is a chain that was taken over before: Purser does not start, and
// changes nothing.
func TestWhatDoesNotHoldIsNotTakenOver(t *testing.T) {
	for name, do := range map[string]func(t *testing.T, folder string, key secret.Key){
		"the end moved before the migration": func(t *testing.T, folder string, _ secret.Key) {
			before(t, folder, `DELETE FROM activity WHERE seq > 9`, `UPDATE activity_head SET seq = 9, mac = (SELECT mac FROM activity WHERE seq = 9)`)
		},
		"the end gone before the migration": func(t *testing.T, folder string, _ secret.Key) { before(t, folder, `DELETE FROM activity_head`) },
		"the end moved before the first unlock": func(t *testing.T, folder string, _ secret.Key) {
			db := sqlitetest.OpenIn(t, folder, time.Now)
			tamper(t, db, `DELETE FROM activity WHERE seq > 9`, `UPDATE chains SET seq = 9, mac = (SELECT mac FROM activity WHERE seq = 9)`)
			closed(t, db)
		},
		"a seal made up": func(t *testing.T, folder string, _ secret.Key) {
			before(t, folder, `DELETE FROM activity`, `UPDATE activity_head SET seq = 0, mac = zeroblob(32), seal = zeroblob(32)`)
		},
		"a takeover undone": func(t *testing.T, folder string, key secret.Key) {
			db, _ := unlocked(t, folder, key)
			recorded(t, db, 1, 3)
			tamper(t, db, `DELETE FROM activity WHERE chain = 2`, `DELETE FROM chains WHERE id = 2`, `UPDATE chains SET key = NULL`)
			closed(t, db)
		},
	} {
		t.Run(name, func(t *testing.T) {
			folder, key := oldFolder(t)
			do(t, folder, key)
			db := sqlitetest.OpenIn(t, folder, time.Now)
			before := kept(t, db)
			for range 2 {
				if _, err := db.Unlock(ctx, key); !isBroken(err) {
					t.Errorf("err = %v", err)
				}
			}
			if err := db.Record(ctx, entry(1)); err == nil {
				t.Error("a log that does not hold takes entries")
			}
			if after := kept(t, db); after != before {
				t.Errorf("the chains were %s and are %s", before, after)
			}
		})
	}
}

// kept describes the chains as they are stored.
func kept(t *testing.T, db *sqlite.DB) (said string) {
	t.Helper()
	err := db.Write(ctx, func(tx *sqlite.Tx) error {
		return tx.QueryRow(`SELECT coalesce(group_concat(concat_ws(' ', id, coalesce(hex(key), 'no key'), hex(start), seq, hex(mac), hex(seal)), '; '), 'none') FROM chains`).Scan(&said)
	})
	if err != nil {
		t.Fatal(err)
	}
	return said
}

// R61: a Purser that was killed after the migration, tried with another key, or that failed in the takeover, takes the log over
// whole the next time.
func TestATakeoverIsWholeOrNotAtAll(t *testing.T) {
	for name, fail := range map[string]func(t *testing.T, db *sqlite.DB, key secret.Key) (mend func()){
		"killed before the first unlock": func(*testing.T, *sqlite.DB, secret.Key) func() { return func() {} },
		"another key": func(t *testing.T, db *sqlite.DB, _ secret.Key) func() {
			if _, err := db.Unlock(ctx, secret.NewKey()); !errors.Is(err, secret.ErrWrongKey) {
				t.Errorf("err = %v", err)
			}
			return func() {}
		},
		"a disk that takes nothing": func(t *testing.T, db *sqlite.DB, key secret.Key) func() {
			mend := sqlitetest.MakeReadOnly(t, db)
			if _, err := db.Unlock(ctx, key); err == nil {
				t.Error("control: it was taken over")
			}
			return mend
		},
		"the old chain sealed, the next one refused": func(t *testing.T, db *sqlite.DB, key secret.Key) func() {
			if err := db.Pragma(ctx, `CREATE TRIGGER refused BEFORE INSERT ON chains WHEN NEW.id = 2 BEGIN SELECT RAISE(ABORT, 'refused'); END`); err != nil {
				t.Fatal(err)
			}
			if _, err := db.Unlock(ctx, key); err == nil {
				t.Error("control: it was taken over")
			}
			return func() {
				if err := db.Pragma(ctx, `DROP TRIGGER refused`); err != nil {
					t.Fatal(err)
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			folder, key := oldFolder(t)
			db := sqlitetest.OpenIn(t, folder, time.Now)
			before := kept(t, db)
			mend := fail(t, db, key)
			mend()
			if after := kept(t, db); after != before {
				t.Errorf("the chains were %s and are %s", before, after)
			}
			closed(t, db)
			db, _ = unlocked(t, folder, key)
			recorded(t, db, 1, 2)
			if err := db.VerifyActivity(ctx); err != nil {
				t.Error(err)
			}
			if found, err := db.Activity(ctx, 1); err != nil || found[0].Seq != oldEntries+2 || found[0].Chain != 2 {
				t.Errorf("%+v, %v", found, err)
			}
		})
	}
}

// R61: a new log has nothing of the operator's key, and a log may go on in further chains.
func TestALogGoesOnInFurtherChains(t *testing.T) {
	db, ring := sqlitetest.Open(t, time.Now)
	for n := range 4 {
		recorded(t, db, 2*n, 2*n+1)
		if err := db.Follow(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.VerifyActivity(ctx); err != nil {
		t.Error(err)
	}
	found, err := db.Activity(ctx, 100)
	if err != nil || len(found) != 8 {
		t.Fatalf("%d entries, %v", len(found), err)
	}
	for i, link := range found {
		if want := int64(8 - i); link.Seq != want || link.Chain != audit.ChainID((want+1)/2) || link.Target.ID != fmt.Sprint(want-1) {
			t.Errorf("place %d: %+v", i, link)
		}
	}
	if err := db.OpenLog(ctx, ring); err != nil {
		t.Error(err)
	}
}
