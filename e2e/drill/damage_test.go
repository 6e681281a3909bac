package drill

import (
	"errors"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"purser.example/e2e/programs"
	"purser.example/internal/audit"
	"purser.example/internal/profile"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/profiles"
	"purser.example/internal/tenant"
)

var flips = flag.Int("flips", 12, "how many single bits of a database to flip, each in a copy of its own, and how often to cut its write-ahead log")

// F5 of the fault plan: a flipped bit never gives a wrong password and never changes the activity log unseen. What is neither sealed nor
// chained (names, descriptions) may change; how much of that nobody sees is told.
func TestFlippedBitsAreSeen(t *testing.T) {
	d := openDamage(t)
	whole, err := os.ReadFile(filepath.Join(d.folder.Path, sqlite.File))
	if err != nil {
		t.Fatal(err)
	}
	dice, seen := rand.New(rand.NewPCG(*seed, 5)), map[string]int{}
	for range *flips {
		spoiled := slices.Clone(whole)
		at, bit := dice.IntN(len(spoiled)), byte(1)<<dice.IntN(8)
		for spoiled[at] == 0 { // most of a small database is room that nothing uses
			at = dice.IntN(len(spoiled))
		}
		spoiled[at] ^= bit
		what := d.look(t, spoiled, nil)
		if seen[what]++; what == wrongPassword || what == wrongLog {
			t.Errorf("bit %08b of byte %d, unseen: %s (-seed %d)", bit, at, what, *seed)
		}
	}
	t.Logf("%d flips: %v", *flips, seen)

	// The positive controls: without a flip nothing is found, and with the bytes of another seal or entry it is.
	if what := d.look(t, whole, nil); what != nothing {
		t.Errorf("an intact copy: %s", what)
	}
	for statement, want := range map[string]string{
		`UPDATE profiles SET description = 'Changed'`:                                          changed,
		`UPDATE profiles SET password = zeroblob(length(password))`:                            sealBroken,
		`UPDATE activity SET name = 'Somebody else' WHERE seq = 3`:                             logBroken,
		`DELETE FROM activity WHERE seq = (SELECT max(seq) FROM activity)`:                     logBroken,
		`DELETE FROM profiles WHERE id = (SELECT id FROM profiles ORDER BY name DESC LIMIT 1)`: changed,
	} {
		if what := d.look(t, whole, func(db *sqlite.DB) error {
			return db.Write(t.Context(), func(tx *sqlite.Tx) error {
				_, err := tx.Exec(statement)
				return err
			})
		}); what != want {
			t.Errorf("%s: %s instead of %s", statement, what, want)
		}
	}
}

// F5: a write-ahead log that was cut anywhere leaves what was committed before the cut, whole, with a log that holds.
func TestACutWriteAheadLogLeavesWhatIsWhole(t *testing.T) {
	d := openDamage(t)
	db, _, err := d.folder.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	const more = 40
	for n := range more {
		if err := db.Record(t.Context(), audit.By(programs.Administrator, audit.Origin{Request: fmt.Sprint(n)}, audit.SignIn, audit.Target{Kind: "session"})); err != nil {
			t.Fatal(err)
		}
	}
	whole, err := os.ReadFile(filepath.Join(d.folder.Path, sqlite.File))
	cut, err2 := os.ReadFile(filepath.Join(d.folder.Path, sqlite.File+"-wal"))
	if err := errors.Join(err, err2, db.Close()); err != nil {
		t.Fatal(err)
	}
	dice, kept := rand.New(rand.NewPCG(*seed, 6)), map[int]bool{}
	for n := range *flips {
		length := dice.IntN(len(cut))
		switch n { // and at both ends, where all of it is there, and none
		case 0:
			length = len(cut)
		case 1:
			length = 0
		}
		entries := d.entriesOf(t, whole, cut[:length])
		if kept[entries] = true; entries < len(d.log) || entries > len(d.log)+more || n == 0 && entries != len(d.log)+more || n == 1 && entries != len(d.log) {
			t.Errorf("cut to %d of %d bytes: %d entries, of %d before and %d after (-seed %d)", length, len(cut), entries, len(d.log), more, *seed)
		}
	}
	t.Logf("%d cuts left %d different numbers of entries, each chained to its end", *flips, len(kept))
}

// What a copy shows.
const (
	nothing       = "as it was"
	changed       = "changed, of what is neither sealed nor chained"
	refused       = "refused at the start"
	damaged       = "found by SQLite's own check"
	logBroken     = "found by the chain of the log"
	sealBroken    = "found by a seal"
	unreadable    = "found while reading"
	wrongPassword = "another password, unseen"
	wrongLog      = "another log, unseen"
)

// damage is a database whose content is known.
type damage struct {
	folder programs.Folder
	rows   map[profile.ID]string // what is not sealed of a profile
	words  map[profile.ID]string // its password
	log    []audit.Link
}

func openDamage(t *testing.T) *damage {
	t.Helper()
	d := &damage{folder: programs.NewFolder(filepath.Join(t.TempDir(), "data"))}
	contoso := tenant.Tenant{ID: tenantID, DisplayName: "Contoso", InitialDomain: "contoso.onmicrosoft.com", Cloud: tenant.Worldwide}
	if err := d.folder.Fill(t.Context(), []tenant.Tenant{contoso}, appID, 30); err != nil {
		t.Fatal(err)
	}
	db, _, err := d.folder.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for n := range 60 {
		err = errors.Join(err, db.Record(t.Context(), audit.By(programs.Administrator, audit.Origin{Request: fmt.Sprint("before ", n)}, audit.SignIn, audit.Target{Kind: "session", Name: "A session of before"})))
	}
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	var what string
	if d.rows, d.words, d.log, what = d.read(t, d.folder, nil); what != "" || len(d.words) != 30 || len(d.log) < 60 {
		t.Fatalf("%d passwords, %d entries: %s", len(d.words), len(d.log), what)
	}
	return d
}

// look tells what a copy of the database shows, which is altered further once it is open.
func (d *damage) look(t *testing.T, database []byte, alter func(*sqlite.DB) error) string {
	t.Helper()
	rows, words, log, what := d.read(t, d.copy(t, database, nil), alter)
	switch {
	case what != "":
		return what
	case !slices.EqualFunc(log, d.log, func(a, b audit.Link) bool { return fmt.Sprint(a) == fmt.Sprint(b) }):
		return wrongLog
	}
	for id, word := range words {
		if was, there := d.words[id]; there && word != was {
			return wrongPassword
		}
	}
	if fmt.Sprint(rows) != fmt.Sprint(d.rows) {
		return changed
	}
	return nothing
}

func (d *damage) copy(t *testing.T, database, wal []byte) programs.Folder {
	t.Helper()
	folder, err := os.MkdirTemp(t.TempDir(), "copy")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, sqlite.File), database, 0o600); err != nil {
		t.Fatal(err)
	}
	if wal != nil {
		if err := os.WriteFile(filepath.Join(folder, sqlite.File+"-wal"), wal, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return programs.Folder{Path: folder, Key: d.folder.Key}
}

// read reads a database as Purser and `purser audit verify` do, as far as that goes.
func (d *damage) read(t *testing.T, folder programs.Folder, alter func(*sqlite.DB) error) (rows, words map[profile.ID]string, log []audit.Link, what string) {
	t.Helper()
	db, ring, err := folder.Open(t.Context())
	if err != nil {
		return nil, nil, nil, refused
	}
	defer func() { _ = db.Close() }()
	if alter != nil {
		if err := alter(db); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Health(t.Context()); err != nil {
		return nil, nil, nil, damaged
	}
	if err := db.VerifyActivity(t.Context()); err != nil {
		return nil, nil, nil, logBroken
	}
	log, err = db.Activity(t.Context(), math.MaxInt32)
	if err != nil {
		return nil, nil, nil, unreadable
	}
	page, err := profiles.New(db).List(t.Context(), profile.Query{Sort: profile.ByName, Limit: 1000})
	if err != nil {
		return nil, nil, nil, unreadable
	}
	rows, words = map[profile.ID]string{}, map[profile.ID]string{}
	for _, p := range page.Rows {
		sealed, err := profiles.New(db).Password(t.Context(), p.ID)
		if err != nil {
			return nil, nil, nil, unreadable
		}
		password, err := ring.Open(sealed, profile.PasswordRecord(p.Profile))
		if err != nil {
			return nil, nil, nil, sealBroken
		}
		rows[p.ID], words[p.ID] = fmt.Sprint(p), string(password.Reveal())
	}
	return rows, words, log, ""
}

// entriesOf counts the entries of a database with a write-ahead log; the chain has to hold.
func (d *damage) entriesOf(t *testing.T, database, wal []byte) int {
	t.Helper()
	_, words, log, what := d.read(t, d.copy(t, database, wal), nil)
	if what != "" || len(words) != len(d.words) {
		t.Errorf("%d passwords: %s", len(words), what)
	}
	return len(log)
}
