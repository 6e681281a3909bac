package work_test

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"purser.example/internal/run"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/sqlitetest"
	"purser.example/internal/work"
)

var ctx = context.Background()

// kind is a kind of work of the test's own.
const kind = "long_work"

// done keeps what was carried out.
type done struct {
	mu  sync.Mutex
	ids []string
}

func (d *done) add(id string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ids = append(d.ids, id)
}

func (d *done) count() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.ids)
}

func open(t *testing.T, folder string, do work.Do) (*sqlite.DB, *work.Queue) {
	t.Helper()
	clock := sqlitetest.StartingNow()
	db := sqlitetest.OpenIn(t, folder, clock.Now)
	if _, err := db.Unlock(ctx, secret.NewKey()); err != nil && !errors.Is(err, secret.ErrWrongKey) {
		t.Fatal(err)
	}
	q, err := work.Open(ctx, db, slog.New(slog.DiscardHandler), work.Net(kind, do))
	if err != nil {
		t.Fatal(err)
	}
	db.SetQueue(q)
	return db, q
}

func start(t *testing.T, q *work.Queue) {
	t.Helper()
	if err := q.Start(ctx); err != nil {
		t.Fatal(err)
	}
}

func enqueue(t *testing.T, db *sqlite.DB, id string, after error) error {
	t.Helper()
	return db.Write(ctx, func(tx *sqlite.Tx) error {
		if err := tx.Enqueue(kind, id); err != nil {
			return err
		}
		return after
	})
}

func waitFor(t *testing.T, what string, reached func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if reached() {
			return
		}
	}
	t.Fatal("did not happen: " + what)
}

// The change and its work are one: what was rolled back is not worked on.
func TestWorkIsTakenOnWithItsChange(t *testing.T) {
	var d done
	folder := t.TempDir()
	db, q := open(t, folder, func(_ context.Context, id string) error { d.add(id); return nil })
	start(t, q)
	defer q.Stop()
	changed := errors.New("the change failed")
	if err := enqueue(t, db, "rolled-back", changed); !errors.Is(err, changed) {
		t.Fatal(err)
	}
	if err := enqueue(t, db, "kept", nil); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the work", func() bool { return d.count() > 0 })
	waitFor(t, "the end of its job, and nothing else to do", func() bool { return jobs(t, folder) == "completed 1 " })
	if d.count() != 1 || d.ids[0] != "kept" {
		t.Errorf("worked on %v", d.ids)
	}
	if err := db.Write(ctx, func(tx *sqlite.Tx) error { return tx.Enqueue("unheard-of", "1") }); err == nil {
		t.Error("a kind that nobody knows was taken on")
	}
}

// A graceful stop hands work back: the next start goes on at once, with no attempt lost.
func TestAGracefulStopHandsBack(t *testing.T) {
	folder := t.TempDir()
	begun := make(chan struct{}, 10)
	db, q := open(t, folder, func(ctx context.Context, _ string) error {
		begun <- struct{}{}
		<-ctx.Done()
		return run.ErrHandedBack
	})
	start(t, q)
	if err := enqueue(t, db, "long", nil); err != nil {
		t.Fatal(err)
	}
	<-begun
	q.Stop()
	if got := jobs(t, folder); got != "available 0 " && got != "scheduled 0 " {
		t.Errorf("after the stop: %q", got)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	var d done
	_, q = open(t, folder, func(_ context.Context, id string) error { d.add(id); return nil })
	start(t, q)
	defer q.Stop()
	waitFor(t, "the work going on", func() bool { return d.count() == 1 })
}

// What a process that died was working on is free at the next start, not an hour later.
func TestWhatADeadProcessHadIsFreed(t *testing.T) {
	folder := t.TempDir()
	begun, end := make(chan struct{}, 1), make(chan struct{})
	db, q := open(t, folder, func(context.Context, string) error { begun <- struct{}{}; <-end; return nil })
	start(t, q)
	if err := enqueue(t, db, "cut-off", nil); err != nil {
		t.Fatal(err)
	}
	<-begun
	// As after kill -9: the row says that it runs, and a leader is still elected.
	if got := jobs(t, folder); got != "running 1 " {
		t.Fatalf("while it runs: %q", got)
	}
	if err := db.RescueWork(ctx); err != nil {
		t.Fatal(err)
	}
	if got := jobs(t, folder); got != "available 0 " {
		t.Errorf("after the rescue: %q", got)
	}
	waitFor(t, "the work beginning anew", func() bool { return len(begun) == 1 })
	close(end)
	q.Stop()
}

// A job that fails is tried again.
func TestAFailureIsTriedAgain(t *testing.T) {
	var d done
	db, q := open(t, t.TempDir(), func(_ context.Context, id string) error {
		if d.add(id); d.count() == 1 {
			return errors.New("not this time")
		}
		return nil
	})
	start(t, q)
	defer q.Stop()
	if err := enqueue(t, db, "again", nil); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the second try", func() bool { return d.count() == 2 })
}

// Jobs of databases in which River told the kinds apart are carried out, each by whoever does its kind.
func TestJobsOfFormerVersionsAreDone(t *testing.T) {
	folder := t.TempDir()
	var runs, checks done
	clock := sqlitetest.StartingNow()
	db := sqlitetest.OpenIn(t, folder, clock.Now)
	if _, err := db.Unlock(ctx, secret.NewKey()); err != nil {
		t.Fatal(err)
	}
	q, err := work.Open(ctx, db, slog.New(slog.DiscardHandler),
		work.Net("validation_run", func(_ context.Context, id string) error { runs.add(id); return nil }),
		work.Net("pool_check", func(_ context.Context, id string) error { checks.add(id); return nil }))
	if err != nil {
		t.Fatal(err)
	}
	db.SetQueue(q)
	err = db.Write(ctx, func(tx *sqlite.Tx) error {
		for kind, id := range map[string]string{"validation_run": "r1", "pool_check": "c1"} {
			if err := tx.Enqueue(kind, id); err != nil {
				return err
			}
		}
		_, err := tx.Exec(`UPDATE river_job SET kind = queue`) // as they were written then
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	start(t, q)
	defer q.Stop()
	waitFor(t, "both", func() bool { return runs.count() == 1 && checks.count() == 1 })
	if runs.ids[0] != "r1" || checks.ids[0] != "c1" {
		t.Errorf("runs %v, checks %v", runs.ids, checks.ids)
	}
}

// jobs tells the state and the attempts of River's rows.
func jobs(t *testing.T, folder string) string {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(folder, sqlite.File))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	rows, err := db.QueryContext(ctx, "SELECT state || ' ' || attempt || ' ' FROM river_job ORDER BY id")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	text := ""
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			t.Fatal(err)
		}
		text += one
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return text
}

// Whoever looks for work and finds none leaves the writer to those who write: a look beside a long transaction has its answer.
func TestALookForWorkDoesNotWaitForTheWriter(t *testing.T) {
	db, _ := open(t, t.TempDir(), func(context.Context, string) error { return nil })
	look, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	if err := db.Write(ctx, func(*sqlite.Tx) error {
		n, err := work.Take(look, db, kind)
		if err == nil && n != 0 {
			t.Errorf("%d jobs of an empty queue", n)
		}
		return err
	}); err != nil {
		t.Error("a look beside a transaction:", err)
	}
	if err := enqueue(t, db, "waits", nil); err != nil {
		t.Fatal(err)
	}
	if n, err := work.Take(ctx, db, "another queue"); n != 0 || err != nil {
		t.Errorf("another queue gave %d jobs, %v", n, err)
	}
	if n, err := work.Take(ctx, db, kind); n != 1 || err != nil {
		t.Errorf("the queue gave %d jobs, %v", n, err)
	}
}
