package drill

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"purser.example/e2e/programs"
	"purser.example/internal/demo"
)

const (
	writers  = 6
	tenantID = "6f1c0000-0000-4000-8000-000000000001"
	appID    = "a0000000-0000-4000-8000-000000000001"

	// longestRun is how long the writers work at most before the kill.
	longestRun = 400 * time.Millisecond
)

// drill is one data folder and those who work on it, through all the kills.
type drill struct {
	t       *testing.T
	binary  string
	rand    *rand.Rand
	folder  string // of the data, the key beside it
	fixture string
	address string // always the same: cookies belong to it
	said    *bytes.Buffer
	process *programs.Process
	killed  atomic.Bool
	gone    chan error
	enough  func() // called with each change that is acknowledged; nil: nobody counts
	broken  bool   // the disk fails, and changes may be refused
	long    bool   // people work for so long that they may ask Microsoft 365 too often
	writers []*writer

	restarts       []time.Duration
	slowest        time.Duration // that changes took to come again when a disk was mended
	cutOff, stored int           // changes that a kill cut off, and those of them that were stored all the same
}

func open(t *testing.T, seed uint64) *drill {
	t.Helper()
	folder := t.TempDir()
	address, err := programs.FreeAddress(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	d := &drill{
		t: t, binary: binary, rand: rand.New(rand.NewPCG(seed, 0)), said: &bytes.Buffer{},
		folder: filepath.Join(folder, "data"), fixture: filepath.Join(folder, "fixture.json"), address: address,
	}
	for n := range writers {
		d.writers = append(d.writers, &writer{drill: d, n: n, rand: rand.New(rand.NewPCG(seed, uint64(n)+1)), kept: map[string]entry{}})
	}
	if err := os.WriteFile(d.fixture, fixture(), 0o600); err != nil {
		t.Fatal(err)
	}
	return d
}

// fixture has accounts for each writer, because two may not try the same one at once; and one for each of a writer's profiles, because
// a new password goes to all profiles of an account.
func fixture() []byte {
	var users []map[string]any
	for n := range writers {
		for place := range most + 1 {
			users = append(users, map[string]any{"userPrincipalName": username(n, place), "password": "Before-the-drill-1"})
		}
	}
	text, err := json.Marshal(map[string]any{"tenants": []any{map[string]any{
		"id": tenantID, "displayName": "Contoso", "initialDomain": "contoso.onmicrosoft.com", "connected": true,
		"apps": []any{map[string]any{"appId": appID, "displayName": "Purser"}}, "users": users,
	}}})
	if err != nil {
		panic(err)
	}
	return text
}

func username(n, place int) string {
	return fmt.Sprintf("svc-drill-%d-%d@contoso.onmicrosoft.com", n, place)
}

// start starts Purser on what the last kill left. At first everybody signs in; from then on their sessions have to last.
func (d *drill) start() {
	d.t.Helper()
	var err error
	if d.process, err = programs.Demo(d.t.Context(), d.binary, d.said, "--addr", d.address, "--data", d.folder, "--fixture", d.fixture); err != nil {
		d.t.Fatalf("%v\n%s", err, d.said)
	}
	d.restarts = append(d.restarts, d.process.Ready)
	for _, w := range d.writers {
		if w.browser != nil {
			continue
		}
		if w.browser, err = programs.SignIn(d.t.Context(), d.process.URL, "admin@purser.test", demo.Password); err != nil {
			d.t.Fatal(err)
		}
	}
}

// workUntilKilled lets everybody work for a while and kills Purser in the middle of it.
func (d *drill) workUntilKilled(while time.Duration) {
	d.t.Helper()
	time.AfterFunc(while, d.prepareKill())
	d.workUntilGone()
}

// prepareKill gives what kills Purser, once.
func (d *drill) prepareKill() func() {
	d.killed.Store(false)
	d.gone = make(chan error, 1)
	return sync.OnceFunc(func() {
		d.killed.Store(true)
		d.gone <- d.process.Kill()
	})
}

func (d *drill) workUntilGone() {
	d.t.Helper()
	var all sync.WaitGroup
	for _, w := range d.writers {
		all.Go(func() {
			for w.work(d.t.Context()) {
			}
		})
	}
	all.Wait()
	if err := <-d.gone; err != nil {
		d.t.Error(err)
	}
	for _, w := range d.writers {
		w.browser.Forget()
	}
	d.complaints()
}

// complaints tells what was not as it should be.
func (d *drill) complaints() {
	d.t.Helper()
	for _, w := range d.writers {
		if w.complaint != "" {
			d.t.Fatal(w.complaint)
		}
	}
}
