package drill

import (
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"purser.example/e2e/programs"
	"purser.example/internal/audit"
	"purser.example/internal/profile"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/profiles"
	"purser.example/internal/verdict"
)

// checkDatabase compares the ledger with the database as the kill left it: versions and passwords too, and the activity log.
func (d *drill) checkDatabase() {
	d.t.Helper()
	if strings.Contains(d.said.String(), passwordMark) {
		d.t.Error("Purser wrote a password to its log")
	}
	s := openStored(d.t, d.folder)
	defer s.close()
	rows, log := s.read(d.t)
	d.settle(rows)
	for _, line := range slices.Concat(d.compare(rows), d.compareLog(log)) {
		d.t.Error(line)
	}
	if err := s.db.VerifyActivity(d.t.Context()); err != nil {
		d.t.Error(err)
	}
}

// compareLog lists in what the activity log differs from the answers: each acknowledged request is in it once, beside those it
// has no change but the ones that were cut off and stored, and no sign-in was made with a password that was not the right one.
func (d *drill) compareLog(log []audit.Link) []string {
	var wrong []string
	logged, changes := map[receipt]int{}, 0
	for _, link := range log {
		logged[receipt{link.Origin.Request, link.Action}]++
		if status := link.Details["status"]; link.Action == profile.ValidationEnded && status != string(verdict.Valid) {
			wrong = append(wrong, fmt.Sprintf("%s: a validation found %q, though every password was right", link.Target.Name, status))
		}
		if a := link.Action; a == profile.Created || a == profile.Changed || a == profile.Deleted {
			changes++
		}
	}
	for _, r := range d.receipts() {
		if logged[r] != 1 {
			wrong = append(wrong, fmt.Sprintf("%s of request %s is in the activity log %d times", r.action, r.request, logged[r]))
		}
		if r.action != profile.ValidationEnded {
			changes--
		}
	}
	if changes != d.stored {
		wrong = append(wrong, fmt.Sprintf("the activity log has %d changes that nobody was told of, and %d were cut off and stored", changes, d.stored))
	}
	return wrong
}

// stored is the database of a Purser that does not run.
type stored struct {
	db   *sqlite.DB
	ring *secret.Keyring
}

func openStored(t *testing.T, folder string) stored {
	t.Helper()
	db, ring, err := folderOf(t, folder).Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return stored{db, ring}
}

// folderOf is a folder of the demo with the key that stands beside it.
func folderOf(t *testing.T, folder string) programs.Folder {
	t.Helper()
	text, err := os.ReadFile(folder + ".key")
	if err != nil {
		t.Fatal(err)
	}
	key, err := secret.ParseKey(string(text))
	if err != nil {
		t.Fatal(err)
	}
	return programs.Folder{Path: folder, Key: key}
}

func (s stored) close() { _ = s.db.Close() }

// read reads every profile, with its password opened, and the whole activity log.
func (s stored) read(t *testing.T) ([]entry, []audit.Link) {
	t.Helper()
	page, err := profiles.New(s.db).List(t.Context(), profile.Query{Sort: profile.ByName, Limit: writers * most * 10})
	if err != nil {
		t.Fatal(err)
	}
	var rows []entry
	for _, p := range page.Rows {
		rows = append(rows, entry{p.ID, p.Name, p.Description, p.Username, p.Version, s.password(t, p.Profile)})
	}
	log, err := s.db.Activity(t.Context(), math.MaxInt32)
	if err != nil {
		t.Fatal(err)
	}
	return rows, log
}

func (s stored) password(t *testing.T, p profile.Profile) string {
	t.Helper()
	sealed, err := profiles.New(s.db).Password(t.Context(), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	password, err := s.ring.Open(sealed, profile.PasswordRecord(p))
	if err != nil {
		t.Fatal(err)
	}
	return string(password.Reveal())
}
