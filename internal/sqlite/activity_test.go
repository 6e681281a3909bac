package sqlite_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"purser.example/internal/audit"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/sqlitetest"
)

func isBroken(err error) bool {
	_, ok := errors.AsType[*audit.Broken](err)
	return ok
}

// recorded writes entries from first to last.
func recorded(t *testing.T, db *sqlite.DB, first, last int) {
	t.Helper()
	for n := first; n <= last; n++ {
		if err := db.Record(ctx, entry(n)); err != nil {
			t.Fatal(err)
		}
	}
}

// everyWay verifies the log at once, in parts, and as a file that was exported.
func everyWay(t *testing.T, db *sqlite.DB, key secret.Key) map[string]error {
	t.Helper()
	errs := map[string]error{"at once": db.VerifyActivity(ctx)}
	all, err := db.Activity(ctx, 5000)
	if err != nil {
		t.Fatal(err)
	}
	n := int64(len(all))
	for _, part := range []int64{n/9 + 1, n/4 + 1, n/2 + 2, 2*n + 1} { // 9 entries are in parts of 2, of 3, and in one
		_, errs[fmt.Sprint("in parts of ", part)] = db.VerifyBy(ctx, part, func(int64, int64) {})
	}
	_, errs["as a file"] = sqlite.VerifyLines(t.Context(), exported(t, db), key)
	return errs
}

// exported is the log as JSON Lines.
func exported(t *testing.T, db *sqlite.DB) *bytes.Buffer {
	t.Helper()
	var file bytes.Buffer
	err := db.ExportActivity(ctx, func(h audit.Header) error { return json.NewEncoder(&file).Encode(h) }, func(some []audit.Link) error {
		for _, l := range some {
			file.Write(audit.AppendLine(nil, l))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return &file
}

// R61, R63: what is done to the tables themselves is found, in a chain that is followed and in the last one, and stays found when
// more is written or Purser starts again.
func TestVerifyFindsWhatWasDoneToTheTables(t *testing.T) {
	whole, key := t.TempDir(), secret.NewKey()
	db, _ := unlocked(t, whole, key)
	recorded(t, db, 1, 5)
	if err := db.Follow(ctx); err != nil {
		t.Fatal(err)
	}
	recorded(t, db, 6, 9)
	closed(t, db)
	for name, statements := range map[string][]string{
		"edited":                      {`UPDATE activity SET sign_in = 'mallory@contoso.com' WHERE seq = 3`},
		"made garbage":                {`UPDATE activity SET details = 'not json' WHERE seq = 3`},
		"deleted":                     {`DELETE FROM activity WHERE seq = 3`},
		"deleted in the last chain":   {`DELETE FROM activity WHERE seq = 7`},
		"reordered":                   {`UPDATE activity SET at = at + 1 WHERE seq = 3`},
		"cut off":                     {`DELETE FROM activity WHERE seq > 6`},
		"cut off between chains":      {`DELETE FROM activity WHERE seq > 5`},
		"moved to the other chain":    {`UPDATE activity SET chain = 2 WHERE seq = 5`},
		"moved to no chain":           {`UPDATE activity SET chain = 3 WHERE seq = 5`},
		"beheaded":                    {`DELETE FROM chains`},
		"the first chain gone":        {`DELETE FROM chains WHERE id = 1`},
		"the first gone with all":     {`DELETE FROM chains WHERE id = 1`, `DELETE FROM activity WHERE chain = 1`},
		"the first gone, renumbered":  {`DELETE FROM chains WHERE id = 1`, `DELETE FROM activity WHERE chain = 1`, `UPDATE chains SET id = 1`, `UPDATE activity SET chain = 1`},
		"the last chain gone":         {`DELETE FROM chains WHERE id = 2`},
		"the last gone with all":      {`DELETE FROM chains WHERE id = 2`, `DELETE FROM activity WHERE chain = 2`},
		"the end moved":               {`UPDATE chains SET seq = 7, mac = (SELECT mac FROM activity WHERE seq = 7) WHERE id = 2`, `DELETE FROM activity WHERE seq > 7`},
		"the end of the first moved":  {`UPDATE chains SET seq = 3, mac = (SELECT mac FROM activity WHERE seq = 3) WHERE id = 1`},
		"the end moved to the first":  {`UPDATE chains SET (seq, mac, seal) = (SELECT seq, mac, seal FROM chains WHERE id = 1) WHERE id = 2`, `DELETE FROM activity WHERE chain = 2`},
		"keys swapped":                {`UPDATE chains SET key = o.key FROM chains o WHERE o.id = 3 - chains.id`},
		"a key of the other":          {`UPDATE chains SET key = (SELECT key FROM chains WHERE id = 2) WHERE id = 1`},
		"a key taken away":            {`UPDATE chains SET key = NULL WHERE id = 1`},
		"the last key taken away":     {`UPDATE chains SET key = NULL WHERE id = 2`},
		"made to look as before 0007": {`DELETE FROM chains WHERE id = 2`, `DELETE FROM activity WHERE chain = 2`, `UPDATE chains SET key = NULL`},
		"another start":               {`UPDATE chains SET start = zeroblob(32) WHERE id = 2`},
		"no start":                    {`UPDATE chains SET start = x'' WHERE id = 2`},
		"one chain made of two":       {`DELETE FROM chains WHERE id = 1`, `UPDATE chains SET id = 1, start = zeroblob(32)`, `UPDATE activity SET chain = 1`},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			if err := os.CopyFS(folder, os.DirFS(whole)); err != nil {
				t.Fatal(err)
			}
			db, _ := unlocked(t, folder, key)
			for way, err := range everyWay(t, db, key) {
				if err != nil {
					t.Fatalf("control, %s: %v", way, err)
				}
			}
			tamper(t, db, statements...)
			for way, err := range everyWay(t, db, key) {
				if !isBroken(err) {
					t.Errorf("not found %s: %v", way, err)
				}
			}
			if err := db.Record(ctx, entry(10)); err != nil && !isBroken(err) {
				t.Errorf("the next entry: %v", err)
			}
			if err := db.VerifyActivity(ctx); !isBroken(err) {
				t.Errorf("not found after the next entry: %v", err)
			}
			closed(t, db)
			db = sqlitetest.OpenIn(t, folder, time.Now)
			_, err := db.Unlock(ctx, key)
			if err == nil {
				err = db.VerifyActivity(ctx)
			}
			if !isBroken(err) {
				t.Errorf("not found after a restart: %v", err)
			}
		})
	}
}

// R61: an end that was right once is found beside the entries that came after it, and none is written over them.
func TestAnOldEndIsFound(t *testing.T) {
	db, _ := sqlitetest.Open(t, time.Now)
	recorded(t, db, 1, 3)
	tamper(t, db, `CREATE TABLE kept AS SELECT * FROM chains`)
	recorded(t, db, 4, 5)
	tamper(t, db, `UPDATE chains SET (seq, mac, seal) = (SELECT seq, mac, seal FROM kept)`)
	for range 2 {
		if err := db.VerifyActivity(ctx); !isBroken(err) {
			t.Errorf("not found: %v", err)
		}
		if err := db.Record(ctx, entry(6)); !isBroken(err) {
			t.Errorf("an entry was written: %v", err)
		}
	}
}

// R61: whatever is written verifies when it is read back, and what is text comes back as it was: nobody can make the log look
// tampered with by what they type.
func FuzzEntriesVerifyWhenReadBack(f *testing.F) {
	for _, s := range []string{
		"", "Adele Vance", "Zoë 山田 🙂", "\xff", "Zo\xc3", "a\xed\xa0\x80b", "\xed\xbf\xbf", "\xf4\x90\x80\x80", "\xc0\x80", "a\x00b", "\x00", "\ufffd", "\ufffe\uffff", "\ufeffx",
		"<script>&amp;'\"\\", "\u2028\u2029\u0085\r\n\t\x1b[31m", "\\u0000\\ud800", `{"role":"x"}`, "'); DROP TABLE activity;--", strings.Repeat("é", 3000) + "\xc3", "a\x01b", "\x01",
	} {
		f.Add(s, s, s, s)
		f.Add("r1", "role", s, s+"\xff")
		f.Add(s, s+"\xff", s+"\xfe", s+"\x00")
	}
	db, _ := sqlitetest.Open(f, time.Now)
	if err := db.Pragma(ctx, `CREATE TABLE beginning AS SELECT * FROM chains`); err != nil {
		f.Fatal(err)
	}
	written := 0
	f.Fuzz(func(t *testing.T, text, name, value, other string) {
		if written++; written%100 == 0 { // the whole log is read each time, so it begins anew
			tamper(t, db, `DELETE FROM activity`, `UPDATE chains SET (seq, mac, seal) = (SELECT seq, mac, seal FROM beginning)`)
		}
		e := audit.Entry{
			Actor: audit.Actor{Issuer: text, Subject: value, Name: other, SignIn: text}, Action: audit.Action(text),
			Target: audit.Target{Kind: name, ID: text, Name: value}, Origin: audit.Origin{Request: other, Address: text},
		}.With(name, value).With(other, text)
		if err := db.Record(ctx, e); err != nil {
			t.Fatal(err)
		}
		if err := db.VerifyActivity(ctx); err != nil {
			t.Errorf("%+q: %v", e, err)
		}
		found, err := db.Activity(ctx, 1)
		if err != nil || len(found) != 1 {
			t.Fatalf("%d entries, %v", len(found), err)
		}
		line, err := audit.ParseLine(audit.AppendLine(nil, found[0]))
		if err != nil || !reflect.DeepEqual(line, found[0]) {
			t.Errorf("as a line %+v, %v\nwant %+v", line, err, found[0])
		}
		got := found[0].Entry
		if e.At = got.At; plain(text+name+value+other) && !reflect.DeepEqual(got, e) {
			t.Errorf("got  %+q\nwant %+q", got, e)
		}
		if !plain(fmt.Sprint(got)) || len(got.Details) != len(e.Details) {
			t.Errorf("%+q was kept of %+q", got, e)
		}
	})
}

func plain(s string) bool { return utf8.ValidString(s) && !strings.Contains(s, "\x00") }
