package drill

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"purser.example/e2e/drill/disk"
	"purser.example/e2e/programs"
	"purser.example/internal/demo/demotest"
	"purser.example/internal/sqlite"
)

var cuts = flag.Int("cuts", 8, "how often to cut the power, and how often to break the disk in each way")

// onDisk is the real program with package disk in it, which stands below its database.
var onDisk = sync.OnceValues(func() (string, error) {
	folder := filepath.Dir(binary)
	source, overlay, file := filepath.Join(folder, "disk.go"), filepath.Join(folder, "overlay.json"), filepath.Join(folder, "purser-disk")
	root, err := programs.Root(context.Background())
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(root, "cmd", "purser", "disk.go"): source}})
	err = errors.Join(err,
		os.WriteFile(source, []byte("package main\n\nimport _ \"purser.example/e2e/drill/disk\"\n"), 0o600),
		os.WriteFile(overlay, text, 0o600))
	if err != nil {
		return "", err
	}
	return file, programs.Build(context.Background(), "purser", file, "-overlay", overlay)
})

// openOn is a drill on a disk that can lose its power and fail.
func openOn(t *testing.T) *drill {
	t.Helper()
	d := open(t, *seed)
	var err error
	if d.binary, err = onDisk(); err != nil {
		t.Fatal(err)
	}
	t.Setenv(disk.Folder, d.folder)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("repeat with -seed %d; Purser said:\n%s", *seed, d.said)
		}
	})
	return d
}

// mostChanges is how many changes are acknowledged at most before a power cut.
const mostChanges = 30

// cut lets everybody work, cuts the power a moment after some change was acknowledged, and takes away what memory alone held.
func (d *drill) cut() {
	d.t.Helper()
	kill, after := d.prepareKill(), time.Duration(d.rand.Int64N(int64(20*time.Millisecond)))
	var made atomic.Int64
	last := 1 + d.rand.Int64N(mostChanges)
	d.enough = func() {
		if made.Add(1) == last {
			time.AfterFunc(after, kill)
		}
	}
	d.workUntilGone()
	d.enough = nil
	if err := os.Remove(filepath.Join(d.folder, sqlite.File+"-shm")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		d.t.Error(err)
	}
}

// F2 of the fault plan: no power cut loses an acknowledged write, or leaves a database that does not open.
func TestPowerCutsLoseNothingF2(t *testing.T) {
	d := openOn(t)
	for n := 1; n <= *cuts && !t.Failed(); n++ {
		d.start()
		if n > 1 {
			d.checkPages()
		}
		d.cut()
		if n%cutsEach == 0 || n == *cuts {
			d.checkDatabase()
		}
	}
	t.Logf("%d power cuts, %d acknowledged changes, %d cut off, of which %d had been stored", len(d.restarts), len(d.receipts()), d.cutOff, d.stored)
	if len(d.receipts()) < *cuts || d.cutOff == 0 {
		t.Errorf("the writers did not write: %d changes, %d cut off", len(d.receipts()), d.cutOff)
	}
}

// cutsEach is after how many power cuts the database itself is read, before Purser opens it.
const cutsEach = 4

// The positive controls: where flushes do nothing, the drill finds what is lost. Flushes of the write-ahead log alone are what
// synchronous=NORMAL leaves out.
func TestAPowerCutOfADiskThatLiesIsFoundF2(t *testing.T) {
	for name, lies := range map[string]string{"no flush": "*", "no flush of the write-ahead log": "-wal"} {
		t.Run(name, func(t *testing.T) {
			d := openOn(t)
			d.start()
			d.cut() // of a disk that is honest, so that there is something to lose
			d.checkDatabase()
			t.Setenv(disk.Lies, lies)
			for n := 1; n <= 20; n++ {
				d.start()
				d.cut()
				if lost := d.lost(t); lost != "" {
					t.Logf("found after %d cuts: %.200s", n, lost)
					return
				}
			}
			t.Error("20 power cuts of a disk that lies were not found")
		})
	}
}

// lost tells in what the database differs from the ledger, or why it cannot be read.
func (d *drill) lost(t *testing.T) string {
	t.Helper()
	db, ring, err := folderOf(t, d.folder).Open(t.Context())
	if err != nil {
		return err.Error()
	}
	s := stored{db, ring}
	defer s.close()
	if err := s.db.VerifyActivity(t.Context()); err != nil {
		return err.Error()
	}
	rows, log := s.read(t)
	d.settle(rows)
	return strings.Join(append(d.compare(rows), d.compareLog(log)...), "\n")
}

// F3, F4: while the disk is full, fails or can be read only, pages are there, a change is refused with a sentence, and /readyz says so; when it
// is mended, work goes on without a restart. What was acknowledged is there after a power cut, and what was refused is not.
func TestAFailingDiskIsToldAndOvercomeF4(t *testing.T) {
	for _, fault := range []disk.Fault{disk.Write, disk.Flush, disk.Full, disk.ReadOnly} {
		t.Run(string(fault), func(t *testing.T) {
			d := openOn(t)
			d.start()
			d.awaitChanges(3)
			for range max(2, *cuts/6) {
				d.breakDisk(fault)
				d.awaitRefusals()
				d.lookMeanwhile()
				d.breakDisk(disk.None)
				d.awaitChanges(3)
			}
			d.cut()
			d.checkDatabase()
			t.Logf("%d acknowledged, %d refused; three changes of each of %d after %s at most", len(d.receipts()), d.refusals(), writers, d.slowest.Round(time.Millisecond))
		})
	}
}

func (d *drill) breakDisk(how disk.Fault) {
	d.t.Helper()
	d.broken = true
	file := disk.FaultFile(d.folder)
	if how == disk.None {
		if err := os.Remove(file); err != nil {
			d.t.Fatal(err)
		}
		return
	}
	if err := errors.Join(os.WriteFile(file+".new", []byte(how), 0o600), os.Rename(file+".new", file)); err != nil {
		d.t.Fatal(err)
	}
}

// together lets everybody work until each has enough.
func (d *drill) together(what string, enough func(*writer) bool) {
	d.t.Helper()
	var all sync.WaitGroup
	for _, w := range d.writers {
		all.Go(func() {
			for begun := time.Now(); !enough(w) && w.work(d.t.Context()); {
				if time.Since(begun) > patience {
					w.complain("no %s within %s", what, patience)
					return
				}
			}
		})
	}
	all.Wait()
	d.complaints()
}

// patience is how long one waits for what should come at once, beside other tests.
const patience = 30 * time.Second

// awaitChanges lets everybody work until each has so many more changes acknowledged.
func (d *drill) awaitChanges(n int) {
	d.t.Helper()
	begun := time.Now()
	for _, w := range d.writers {
		w.wanted = len(w.acknowledged) + n
	}
	d.together("change", func(w *writer) bool { return len(w.acknowledged) >= w.wanted })
	d.slowest = max(d.slowest, time.Since(begun))
}

// awaitRefusals lets everybody work until each was refused twice more.
func (d *drill) awaitRefusals() {
	d.t.Helper()
	for _, w := range d.writers {
		w.wanted = w.refused + 2
	}
	d.together("refusal", func(w *writer) bool { return w.refused >= w.wanted })
}

func (d *drill) refusals() (n int) {
	for _, w := range d.writers {
		n += w.refused
	}
	return n
}

// lookMeanwhile looks at the list, which is there, and at /readyz, which says that changes are not taken.
func (d *drill) lookMeanwhile() {
	d.t.Helper()
	list, err := d.writers[0].browser.Get(d.t.Context(), "/service-accounts")
	if err != nil || list.Status != http.StatusOK {
		d.t.Errorf("the list meanwhile: status %d, %v", list.Status, err)
	}
	demotest.Until(d.t, "/readyz says that nothing can be written", func() bool {
		ready, err := d.writers[0].browser.Get(d.t.Context(), "/readyz")
		return err == nil && ready.Status == http.StatusServiceUnavailable
	})
}
