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

// F3, F4: while the disk fails and recovers again and again, whatever was acknowledged is there, whatever was refused is
// not, and writing goes on by itself.
func TestNothingAcknowledgedIsLostWhileTheDiskComesAndGoes(t *testing.T) {
	for name, breakDisk := range sqlitetest.Breakers {
		t.Run(name, func(t *testing.T) {
			db, _ := sqlitetest.Open(t, time.Now)
			var kept, refused sync.Map
			var next, failures atomic.Int64
			quit := make(chan struct{})
			var writers sync.WaitGroup
			for range 8 {
				writers.Go(func() {
					for {
						select {
						case <-quit:
							return
						default:
						}
						e := entry(int(next.Add(1)))
						switch err := db.Record(ctx, e); {
						case err == nil:
							kept.Store(e.Target.ID, true)
						case problem.KindOf(err) == problem.Unavailable:
							refused.Store(e.Target.ID, true)
							failures.Add(1)
						default:
							t.Errorf("a refusal that says nothing: %v", err)
						}
						time.Sleep(5 * time.Millisecond) // or the one who locks never gets its turn
					}
				})
			}
			for range 4 {
				time.Sleep(20 * time.Millisecond)
				mend := breakDisk(t, db)
				before := failures.Load()
				for failures.Load() == before {
					time.Sleep(time.Millisecond)
				}
				mend()
			}
			time.Sleep(20 * time.Millisecond)
			close(quit)
			writers.Wait()

			stored := map[string]bool{}
			found, err := db.Activity(ctx, 1_000_000)
			if err != nil {
				t.Fatal(err)
			}
			for _, link := range found {
				stored[link.Target.ID] = true
			}
			count := 0
			kept.Range(func(id, _ any) bool {
				count++
				if !stored[id.(string)] {
					t.Errorf("%s was acknowledged and is lost", id)
				}
				return true
			})
			refused.Range(func(id, _ any) bool {
				if stored[id.(string)] {
					t.Errorf("%s was refused and is there", id)
				}
				return true
			})
			if count == 0 || count != len(stored) {
				t.Errorf("%d acknowledged, %d stored", count, len(stored))
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
	time.Sleep(50 * time.Millisecond) // they wait behind the first, and will share a commit
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
