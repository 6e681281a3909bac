package drill

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"purser.example/e2e/programs"
	"purser.example/internal/app"
	"purser.example/internal/keychange"
	"purser.example/internal/profile"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/profiles"
	"purser.example/internal/tenant"
)

const (
	sealedAnew   = 20_000          // passwords, so that a change takes a while
	longestShift = 1 * time.Second // that a change may take before it is killed
)

// R64, F6 of the fault plan: a change of the key that is killed at random moments, and begun again by the same command, ends. In between the
// keys of the change open every password; at the end only the new one does, and the activity log holds.
func TestAKilledChangeOfTheKeyLosesNothingR64(t *testing.T) {
	n := max(2, *kills/killsEach)
	r := openRotation(t)
	met, ends, tried := 0, 0, 0
	for ; met < n && tried < 40*n && !t.Failed(); tried++ {
		if r.rotate(time.Duration(r.rand.Int64N(int64(longestShift)))) {
			r.key, r.next = r.next, secret.NewKey()
			ends++
		} else if r.underWay() {
			met++
		}
	}
	if !r.rotate(time.Minute) {
		t.Fatalf("the change does not end (-seed %d):\n%s", *seed, &r.said)
	}
	t.Logf("%d of %d kills met a change; %d changes, %d passwords", met, tried-ends, ends+1, len(r.rows))
	if met < n {
		t.Errorf("only %d kills met a change, want %d", met, n)
	}
	if _, _, err := (programs.Folder{Path: r.folder, Key: r.key}).Open(t.Context()); !errors.Is(err, secret.ErrWrongKey) {
		t.Errorf("the former key: %v", err)
	}
	r.key = r.next
	r.holds(ends + 1)
	r.control()
}

// rotation is the folder of a Purser whose key is changed.
type rotation struct {
	t         *testing.T
	rand      *rand.Rand
	folder    string
	key, next secret.Key
	rows      []profile.Row
	said      bytes.Buffer
}

func openRotation(t *testing.T) *rotation {
	t.Helper()
	r := &rotation{t: t, rand: rand.New(rand.NewPCG(*seed, 64)), folder: filepath.Join(t.TempDir(), "data"), key: secret.NewKey(), next: secret.NewKey()}
	contoso := tenant.Tenant{ID: tenantID, DisplayName: "Contoso", InitialDomain: "contoso.onmicrosoft.com", Cloud: tenant.Worldwide}
	if err := (programs.Folder{Path: r.folder, Key: r.key}).Fill(t.Context(), []tenant.Tenant{contoso}, appID, sealedAnew); err != nil {
		t.Fatal(err)
	}
	db, _, err := programs.Folder{Path: r.folder, Key: r.key}.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	page, err := profiles.New(db).List(t.Context(), profile.Query{Sort: profile.ByName, Limit: sealedAnew})
	if err != nil || len(page.Rows) != sealedAnew {
		t.Fatalf("%d profiles, %v", len(page.Rows), err)
	}
	r.rows = page.Rows
	return r
}

// rotate runs the command, kills it after a while, and says whether it had ended by itself.
func (r *rotation) rotate(after time.Duration) (ended bool) {
	r.t.Helper()
	command := exec.Command(binary, "key", "rotate")
	command.Env = append(os.Environ(), "PURSER_DATA="+r.folder, "PURSER_KEY="+r.key.Text(), "PURSER_KEY_NEW="+r.next.Text())
	r.said.Reset()
	command.Stdout, command.Stderr = &r.said, &r.said
	if err := command.Start(); err != nil {
		r.t.Fatal(err)
	}
	kill := time.AfterFunc(after, func() { _ = command.Process.Kill() })
	defer kill.Stop()
	err := command.Wait()
	if failed, ok := errors.AsType[*exec.ExitError](err); ok && !failed.Exited() {
		return false // it was killed
	}
	if err != nil && strings.Contains(r.said.String(), app.ErrKeyInUse.Error()) {
		return true // it had ended when it was killed
	}
	if err != nil {
		r.t.Fatalf("%v (-seed %d):\n%s", err, *seed, &r.said)
	}
	return true
}

// underWay reports whether a change is, and holds what the kill left to what it has to be: the former key opens everything, and where a change
// is under way the next one does, too.
func (r *rotation) underWay() bool {
	r.t.Helper()
	former, next := r.wrong(r.key, 20), r.wrong(r.next, 20)
	if len(former) > 0 && len(next) > 0 {
		r.t.Errorf("neither key opens everything: %s; %s", strings.Join(former, ", "), strings.Join(next, ", "))
	}
	return len(former) == 0 && len(next) == 0
}

// wrong names what a key does not open: everything, or the passwords of so many profiles, wherever they stand.
func (r *rotation) wrong(key secret.Key, some int) (list []string) {
	r.t.Helper()
	db, ring, err := programs.Folder{Path: r.folder, Key: key}.Open(r.t.Context())
	if errors.Is(err, secret.ErrWrongKey) {
		return []string{"key " + key.ID() + " opens nothing"}
	}
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	store := profiles.New(db)
	r.rand.Shuffle(len(r.rows), func(i, j int) { r.rows[i], r.rows[j] = r.rows[j], r.rows[i] })
	for _, p := range r.rows[:some] {
		var number int
		sealed, err := store.Password(r.t.Context(), p.ID)
		if _, scanned := fmt.Sscanf(p.Username, "u%d@contoso.com", &number); err != nil || scanned != nil {
			r.t.Fatal(err, scanned)
		}
		if password, err := ring.Open(sealed, profile.PasswordRecord(p.Profile)); err != nil || string(password.Reveal()) != fmt.Sprintf("Gen-%05d!", number) {
			list = append(list, fmt.Sprintf("%s: %v", p.Username, err))
		}
	}
	return list
}

// holds looks at everything that is kept, after so many changes.
func (r *rotation) holds(changes int) {
	r.t.Helper()
	if list := r.wrong(r.key, len(r.rows)); len(list) > 0 {
		r.t.Errorf("%d of %d do not open: %s", len(list), len(r.rows), strings.Join(list[:min(5, len(list))], ", "))
	}
	db, _, err := programs.Folder{Path: r.folder, Key: r.key}.Open(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if err := db.VerifyActivity(r.t.Context()); err != nil {
		r.t.Error(err)
	}
	log, err := db.Activity(r.t.Context(), math.MaxInt32)
	if err != nil {
		r.t.Fatal(err)
	}
	begun, ended := 0, 0
	for _, link := range log {
		switch link.Action {
		case keychange.Begun:
			begun++
		case keychange.Ended:
			ended++
		}
	}
	if begun != changes || ended != changes {
		r.t.Errorf("the log has %d beginnings and %d ends of %d changes", begun, ended, changes)
	}
}

// control is the positive one: a password that was lost is found.
func (r *rotation) control() {
	r.t.Helper()
	db, _, err := programs.Folder{Path: r.folder, Key: r.key}.Open(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	err = db.Write(r.t.Context(), func(tx *sqlite.Tx) error {
		_, err := tx.Exec(`UPDATE profiles SET password = randomblob(length(password)) WHERE row = (SELECT max(row) FROM profiles)`)
		return err
	})
	if err := errors.Join(err, db.Close()); err != nil {
		r.t.Fatal(err)
	}
	if list := r.wrong(r.key, len(r.rows)); len(list) != 1 {
		r.t.Errorf("the control: %d passwords that do not open, want 1", len(list))
	}
}
