package drill

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"purser.example/internal/sqlite"
)

// The positive control: what the drill looks for, it finds. Each case takes away or alters one thing that was acknowledged,
// in a copy of the folder, where the comparison is otherwise content.
func TestTheDrillFindsWhatIsLost(t *testing.T) {
	d := open(t, *seed)
	for len(d.ledger()) == 0 || len(d.receipts()) == 0 {
		d.start()
		d.workUntilKilled(longestRun)
		d.checkDatabase()
	}
	var victim string
	for _, e := range d.ledger() {
		victim = string(e.id)
	}
	for name, c := range map[string]struct{ sql, of, want string }{
		"nothing":     {`SELECT 1 WHERE ? = ''`, victim, ""},
		"a profile":   {`DELETE FROM profiles WHERE id = ?`, victim, "acknowledged, and lost"},
		"an edit":     {`UPDATE profiles SET description = 'Step 0' WHERE id = ?`, victim, `"Step 0" instead of`},
		"a version":   {`UPDATE profiles SET version = version + 1 WHERE id = ?`, victim, "version"},
		"a name":      {`UPDATE profiles SET name = 'Ghost' WHERE id = ?`, victim, "never made"},
		"a log entry": {`DELETE FROM activity WHERE request = ?`, d.receipts()[0].request, "in the activity log 0 times"},
	} {
		t.Run(name, func(t *testing.T) {
			wrong := strings.Join(d.after(t, c.sql, c.of), "\n")
			if (c.want == "") != (wrong == "") || !strings.Contains(wrong, c.want) {
				t.Errorf("found: %s", wrong)
			}
		})
	}
}

// after compares the ledger with a copy of the database in which a statement was run.
func (d *drill) after(t *testing.T, statement, of string) []string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "data")
	key, err := os.ReadFile(d.folder + ".key")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(folder+".key", key, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(folder, os.DirFS(d.folder)); err != nil {
		t.Fatal(err)
	}
	s := openStored(t, folder)
	defer s.close()
	err = s.db.Write(t.Context(), func(tx *sqlite.Tx) error {
		_, err := tx.Exec(statement, of)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	rows, log := s.read(t)
	return append(d.compare(rows), d.compareLog(log)...)
}
