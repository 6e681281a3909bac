// Package drill kills Purser under load, again and again, and holds it to what it has promised: a change that was answered
// is there, whole and once, after any kill -9; what was cut off is there whole or not at all; the activity log has every
// change and its chain holds; who was signed in still is; and it is ready again at once (R61).
//
// The real binary is driven over HTTP as browsers do. Writers keep a ledger of every answer; after each restart the whole
// ledger is compared with the pages, and now and then, after a kill, with the database itself, passwords too.
//
// `go test` does fifty kills, `make drill` five hundred, and for every ten of them one of a Purser that scans a tenant. A failure prints the seed, which repeats the choices of the writers
// and the moments of the kills, though not how the machine mixes them.
package drill

import (
	"context"
	"errors"
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"purser.example/e2e/programs"
)

var (
	kills = flag.Int("kills", 50, "how often to kill")
	seed  = flag.Uint64("seed", 0, "seed of the choices; 0 for another one each time")
	limit = flag.Duration("ready", 5*time.Second, "how long any restart may take; generous, because other tests run beside this one")
)

// The program under test and the simulator alone, built once.
var binary, simulator string

func TestMain(m *testing.M) {
	flag.Parse()
	if *seed == 0 {
		*seed = rand.Uint64()
	}
	os.Exit(testMain(m))
}

func testMain(m *testing.M) int {
	folder, err := os.MkdirTemp("", "purser-drill-")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	binary, simulator = filepath.Join(folder, "purser"), filepath.Join(folder, "m365sim")
	ctx := context.Background()
	if err := errors.Join(programs.Build(ctx, "purser", binary), programs.Build(ctx, "m365sim", simulator)); err != nil {
		panic(err)
	}
	return m.Run()
}

// F1 of the fault plan: no kill loses an acknowledged write.
func TestKillsLoseNothing(t *testing.T) {
	t.Logf("%d kills, -seed %d", *kills, *seed)
	d := open(t, *seed)
	defer func() {
		if t.Failed() {
			t.Logf("repeat with -seed %d; Purser said:\n%s", *seed, d.said)
		}
	}()
	for n := 1; n <= *kills && !t.Failed(); n++ {
		d.start()
		if n > 1 {
			d.checkPages()
		}
		d.workUntilKilled(time.Duration(d.rand.Int64N(int64(longestRun))))
		if n%auditEvery == 0 || n == *kills {
			d.checkDatabase()
		}
	}
	d.report()
	d.reportRestarts()
}

// auditEvery is after how many kills the database itself is read.
const auditEvery = 50

func (d *drill) report() {
	d.t.Helper()
	acknowledged := len(d.receipts())
	d.t.Logf("%d acknowledged changes, %d cut off, of which %d had been stored; %d profiles at the end", acknowledged, d.cutOff, d.stored, len(d.ledger()))
	if acknowledged < *kills || d.cutOff == 0 {
		d.t.Errorf("the writers did not write: %d changes, %d cut off", acknowledged, d.cutOff)
	}
}

// reportRestarts holds every restart to the limit, and tells the median beside the slowest: a slow median is Purser's, one slow
// restart may be a machine whose neighbours had its turn.
func (d *drill) reportRestarts() {
	d.t.Helper()
	slices.Sort(d.restarts)
	last := len(d.restarts) - 1
	late := 0
	for _, took := range d.restarts {
		if took > time.Second {
			late++
		}
	}
	median := d.restarts[last/2]
	d.t.Logf("ready after %d ms (median), slowest %d ms, %d over a second", median.Milliseconds(), d.restarts[last].Milliseconds(), late)
	if slowest := d.restarts[last]; slowest > *limit {
		d.t.Errorf("ready after %s at worst, limit %s", slowest, *limit)
	}
}
