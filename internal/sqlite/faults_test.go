package sqlite_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"purser.example/internal/problem"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/sqlitetest"
)

// outcomes are what became of writes, by what they write.
type outcomes struct {
	mu            sync.Mutex
	more          *sync.Cond
	kept, refused map[string]bool
}

func newOutcomes() *outcomes {
	o := &outcomes{kept: map[string]bool{}, refused: map[string]bool{}}
	o.more = sync.NewCond(&o.mu)
	return o
}

func (o *outcomes) add(to map[string]bool, id string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	to[id] = true
	o.more.Broadcast()
}

// await waits for n more of them.
func (o *outcomes) await(in map[string]bool, n int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for enough := len(in) + n; len(in) < enough; {
		o.more.Wait()
	}
}

// write writes entries until quit.
func (o *outcomes) write(t *testing.T, db *sqlite.DB, next *atomic.Int64, quit <-chan struct{}) {
	for {
		select {
		case <-quit:
			return
		default:
		}
		e := entry(int(next.Add(1)))
		switch err := db.Record(ctx, e); {
		case err == nil:
			o.add(o.kept, e.Target.ID)
		case problem.KindOf(err) == problem.Unavailable:
			o.add(o.refused, e.Target.ID)
		default:
			t.Errorf("a refusal that says nothing: %v", err)
			return
		}
	}
}

// F3, F4: while the disk fails and recovers again and again, whatever was acknowledged is there, whatever was refused is
// not, and writing goes on by itself.
func TestNothingAcknowledgedIsLostWhileTheDiskComesAndGoes(t *testing.T) {
	for name, breakDisk := range sqlitetest.Breakers {
		t.Run(name, func(t *testing.T) {
			db, _ := sqlitetest.Open(t, time.Now)
			o := newOutcomes()
			var next atomic.Int64
			quit := make(chan struct{})
			var writers sync.WaitGroup
			for range 8 {
				writers.Go(func() { o.write(t, db, &next, quit) })
			}
			for range 4 {
				o.await(o.kept, 20)
				mend := breakDisk(t, db)
				o.await(o.refused, 1)
				mend()
			}
			o.await(o.kept, 20)
			close(quit)
			writers.Wait()

			found, err := db.Activity(ctx, 1_000_000)
			if err != nil {
				t.Fatal(err)
			}
			stored := map[string]bool{}
			for _, link := range found {
				stored[link.Target.ID] = true
			}
			for id := range o.kept {
				if !stored[id] {
					t.Errorf("%s was acknowledged and is lost", id)
				}
			}
			for id := range o.refused {
				if stored[id] {
					t.Errorf("%s was refused and is there", id)
				}
			}
			if len(o.kept) != len(stored) {
				t.Errorf("%d acknowledged, %d stored", len(o.kept), len(stored))
			}
			if err := db.VerifyActivity(ctx); err != nil {
				t.Error(err)
			}
		})
	}
}

// F4: after an input/output error the writing connection is opened anew, without a restart; readers never notice.
func TestTheWriterOpensAnewAfterAnInputOutputError(t *testing.T) {
	db, _ := sqlitetest.Open(t, time.Now)
	if err := db.Record(ctx, entry(1)); err != nil {
		t.Fatal(err)
	}
	sqlitetest.Losing(t, db)()
	if err := db.Record(ctx, entry(2)); problem.KindOf(err) != problem.Unavailable {
		t.Fatalf("control: a write without a disk: %v", err)
	}
	if found, err := db.Activity(ctx, 10); err != nil || len(found) != 1 {
		t.Errorf("reading: %d entries, %v", len(found), err)
	}
	if err := db.Record(ctx, entry(3)); err != nil {
		t.Errorf("the next write: %v", err)
	}
	found, err := db.Activity(ctx, 10)
	if err != nil || len(found) != 2 || found[0].Target.ID != "3" || found[1].Target.ID != "1" {
		t.Errorf("stored %v, %v", found, err)
	}
	if err := db.VerifyActivity(ctx); err != nil {
		t.Error(err)
	}
}

// Every one of a batch hears of the error that took it down, and what it was told is what is stored.
func TestABatchThatFailsFailsForAll(t *testing.T) {
	db, _ := sqlitetest.Open(t, time.Now)
	lose := sqlitetest.Losing(t, db)
	hold, held := make(chan struct{}), make(chan struct{})
	first := make(chan error, 1)
	go func() {
		first <- db.Write(ctx, func(*sqlite.Tx) error {
			close(held)
			<-hold
			return nil
		})
	}()
	<-held
	results := make(chan error, 16)
	for n := range 16 {
		go func() { results <- db.Record(ctx, entry(n)) }()
	}
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for db.Waiting() < 16 { // behind the first, to share a commit
		<-tick.C
	}
	lose()
	close(hold)
	if err := <-first; err != nil {
		t.Errorf("the first wrote nothing and failed: %v", err)
	}
	refused := 0
	for range 16 {
		if err := <-results; err == nil {
			continue
		} else if problem.KindOf(err) == problem.Unavailable {
			refused++
		} else {
			t.Errorf("err = %v", err)
		}
	}
	found, err := db.Activity(ctx, 100)
	if err != nil || len(found) != 16-refused || refused == 0 {
		t.Errorf("%d refused, %d stored, %v", refused, len(found), err)
	}
}

// Whoever writes waits a second for a lock of somebody else's, because others wait behind.
func TestAForeignLockIsNotWaitedForLong(t *testing.T) {
	db, _ := sqlitetest.Open(t, time.Now)
	var waits string
	if err := db.Write(ctx, func(tx *sqlite.Tx) error { return tx.QueryRow("PRAGMA busy_timeout").Scan(&waits) }); err != nil || waits != "1000" {
		t.Errorf("the writer waits %s ms, %v", waits, err)
	}
}
