//go:build litestream

package backup_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"purser.example/internal/backup"
	"purser.example/internal/sqlite"
)

// litestream makes the program from its module.
func litestream(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "litestream")
	out, err := exec.Command("go", "build", "-C", "../../e2e/litestream", "-o", program, "github.com/benbjohnson/litestream/cmd/litestream").CombinedOutput()
	if err != nil {
		t.Fatalf("make litestream: %v\n%s", err, out)
	}
	return program
}

// copied is a rig whose database Litestream copies, with the configuration of the packages.
type copied struct {
	*rig
	program, configuration string
	replica                backup.Replica
	running                *exec.Cmd
	said                   *bytes.Buffer
}

func newCopied(t *testing.T) *copied {
	t.Helper()
	c := &copied{rig: newRig(t, 0), program: litestream(t)}
	c.replica = backup.Replica{Folder: filepath.Join(t.TempDir(), "replica"), Database: filepath.Join(c.folder, sqlite.File)}
	text, err := os.ReadFile("../../.ci/release/files/litestream.yml")
	must(t, err)
	here := strings.NewReplacer("/var/lib/purser/purser.db", c.replica.Database, "/srv/purser-replica", c.replica.Folder).Replace(string(text))
	if strings.Count(here, c.replica.Database) != 1 || strings.Count(here, c.replica.Folder) != 1 {
		t.Fatalf("the configuration of the packages names other places:\n%s", text)
	}
	c.configuration = c.path("litestream.yml")
	must(t, os.WriteFile(c.configuration, []byte(here), 0o600))
	return c
}

// begin starts Litestream, as its unit does.
func (c *copied) begin() {
	c.t.Helper()
	c.said = &bytes.Buffer{}
	c.running = exec.Command(c.program, "replicate", "-config", c.configuration)
	c.running.Stdout, c.running.Stderr = c.said, c.said
	must(c.t, c.running.Start())
	c.t.Cleanup(func() { c.kill() })
}

// kill ends it with kill -9.
func (c *copied) kill() {
	_ = c.running.Process.Kill()
	_ = c.running.Wait()
}

// await waits until everything that was written is copied.
func (c *copied) await() {
	c.t.Helper()
	look, patience := time.NewTicker(50*time.Millisecond), time.NewTimer(2*time.Minute)
	defer look.Stop()
	defer patience.Stop()
	for {
		now := time.Now()
		if through, err := c.replica.Through(now); err == nil && through.Equal(now) {
			return
		}
		select {
		case <-look.C:
		case <-patience.C:
			through, err := c.replica.Through(time.Now())
			c.t.Fatalf("not copied: through %s, %v\n%s", through, err, c.said)
		}
	}
}

// restored takes the copy as it is, as docs/backup.md says, and gives the entries in it, proved.
func (c *copied) restored(name string) int64 {
	c.t.Helper()
	out, err := exec.Command(c.program, "restore", "-config", c.configuration, "-o", c.path(name), c.replica.Database).CombinedOutput()
	if err != nil {
		c.t.Fatalf("restore: %v\n%s", err, out)
	}
	found, err := backup.Restore(ctx, c.path(name), filepath.Join(c.t.TempDir(), "data"), c.key)
	must(c.t, err)
	return found.Entries
}

// R65, F16: Litestream copies the database beside Purser to a folder. What was written is in the copy, proved, though both are killed; Purser
// goes on with what Litestream keeps in the database, and its write-ahead log stays small.
func TestLitestreamCopiesBesidePurserR65(t *testing.T) {
	c := newCopied(t)
	if _, err := c.replica.Through(time.Now()); err == nil {
		t.Error("control: there is a copy before the first")
	}
	c.begin()
	var written atomic.Int64
	write := func(entries int64) {
		t.Helper()
		var writers sync.WaitGroup
		end := written.Load() + entries
		for range 8 {
			writers.Go(func() {
				for n := written.Add(1); n <= end; n = written.Add(1) {
					if err := c.Record(ctx, entry(int(n))); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		writers.Wait()
		written.Store(end)
	}
	write(4000)
	c.await()
	c.kill()
	if got := c.restored("first.db"); got != 4000 {
		t.Errorf("%d entries of 4000 are in the copy", got)
	}
	write(500) // while nobody copies
	now := time.Now()
	if through, err := c.replica.Through(now); err != nil || !through.Before(now) {
		t.Errorf("a copy that does not go on: through %s, %v", through, err)
	}
	c.begin()
	write(500)
	c.await()
	figures, err := c.Figures()
	if err != nil || figures.Log > 64<<20 {
		t.Errorf("the write-ahead log has %d bytes, %v", figures.Log, err)
	}
	c.kill()
	if got := c.restored("second.db"); got != 5000 {
		t.Errorf("%d entries of 5000 are in the copy", got)
	}
	must(t, c.Close())
	c.opened(c.folder)
}
