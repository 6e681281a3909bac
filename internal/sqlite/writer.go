package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync/atomic"
	"time"

	"purser.example/internal/problem"
)

// batch is how many writes share a commit at most: more would make the first of them wait too long.
const batch = 64

// Pragma runs a statement on the writing connection, between transactions.
func (db *DB) Pragma(ctx context.Context, statement string) error {
	_, err := db.writer.db.ExecContext(ctx, statement)
	return translate(err)
}

// change is one write on its way to the writer. claimed decides between the writer taking it and its caller giving up.
type change struct {
	ctx     context.Context
	fn      func(*Tx) error
	claimed atomic.Bool
	asked   time.Time // zero where nobody wants to know
	err     error
	done    chan struct{}
}

func (j *change) finish(err error) {
	j.err = err
	close(j.done)
}

type writer struct {
	db      *sql.DB
	log     *slog.Logger
	writing *statements
	changes chan *change
	quit    chan struct{}
	gone    chan struct{}
	written atomic.Uint64 // transactions that are on the disk
	waited  func(time.Duration)
}

func startWriter(db *sql.DB, o Options) *writer {
	w := &writer{db: db, log: o.Log, waited: o.Waited, writing: newStatements(db), changes: make(chan *change, 1024), quit: make(chan struct{}), gone: make(chan struct{})}
	go w.run()
	return w
}

var errClosed = problem.New(problem.Unavailable, "Purser is shutting down. Nothing was changed.")

func (w *writer) do(ctx context.Context, fn func(*Tx) error) error {
	j := &change{ctx: ctx, fn: fn, done: make(chan struct{})}
	if w.waited != nil {
		j.asked = time.Now()
	}
	select {
	case w.changes <- j:
	case <-ctx.Done():
		return ctx.Err()
	case <-w.gone:
		return errClosed
	}
	select {
	case <-j.done:
		return j.err
	case <-w.gone:
		return w.afterwards(j)
	case <-ctx.Done():
		if j.claimed.CompareAndSwap(false, true) {
			return ctx.Err()
		}
		<-j.done // it has begun, and its outcome is what counts
		return j.err
	}
}

// afterwards answers a change that was on its way when the writer ended: done if it was taken, refused otherwise.
func (w *writer) afterwards(j *change) error {
	select {
	case <-j.done:
		return j.err
	default:
		return errClosed
	}
}

func (w *writer) close() error {
	close(w.quit)
	<-w.gone
	return w.db.Close()
}

func (w *writer) run() {
	defer close(w.gone)
	for {
		select {
		case j := <-w.changes:
			w.commit(w.collect(j))
		case <-w.quit:
			for { // what was accepted before the end is still done
				select {
				case j := <-w.changes:
					w.commit(w.collect(j))
				default:
					return
				}
			}
		}
	}
}

// collect takes what waits behind the first change, without waiting for more.
func (w *writer) collect(first *change) []*change {
	changes := make([]*change, 0, batch)
	for j := first; ; {
		if j.claimed.CompareAndSwap(false, true) {
			changes = append(changes, j)
			if w.waited != nil {
				w.waited(time.Since(j.asked))
			}
		}
		if len(changes) == batch {
			return changes
		}
		select {
		case j = <-w.changes:
		default:
			return changes
		}
	}
}

// commit runs the changes in one transaction, each with a savepoint of its own, and answers them when it is on the disk.
func (w *writer) commit(changes []*change) {
	if len(changes) == 0 {
		return
	}
	failed, err := w.transaction(changes)
	if err != nil && breaksConnection(err) {
		w.reopen()
	}
	for i, j := range changes {
		j.finish(cmp.Or(failed[i], err)) // its own error first, then the one that took the whole batch down
	}
}

func (w *writer) transaction(changes []*change) (failed []error, err error) {
	failed = make([]error, len(changes))
	ctx := context.Background()
	tx, err := w.db.BeginTx(ctx, nil)
	if err != nil {
		return failed, fmt.Errorf("begin: %w", err)
	}
	defer func() {
		if err != nil {
			_ = tx.Rollback()
		}
	}()
	made, log := &prepared{tx: tx, from: w.writing, bound: map[string]*sql.Stmt{}}, &logEnd{}
	for i, j := range changes {
		t := &Tx{ctx: context.WithoutCancel(j.ctx), tx: tx, prepared: made, log: log}
		failed[i] = w.attempt(t, j.fn, len(changes) > 1)
		if failed[i] != nil && (len(changes) == 1 || breaksTransaction(failed[i])) {
			return failed, failed[i]
		}
	}
	if err = log.store(&Tx{ctx: ctx, tx: tx, prepared: made, log: log}); err != nil {
		return failed, fmt.Errorf("store the end of the activity log: %w", err)
	}
	if err = tx.Commit(); err != nil {
		return failed, fmt.Errorf("commit: %w", err)
	}
	w.written.Add(1)
	made.keep(ctx)
	return failed, nil
}

// attempt runs one change so that its failure takes back nothing of another.
func (w *writer) attempt(t *Tx, fn func(*Tx) error, shared bool) error {
	if !shared {
		return guarded(t, fn)
	}
	if _, err := t.exec("SAVEPOINT change", nil); err != nil {
		return err
	}
	before := *t.log
	err := guarded(t, fn)
	if err == nil {
		_, err = t.exec("RELEASE change", nil)
		return err
	}
	if breaksTransaction(err) {
		return err
	}
	*t.log = before
	if _, undo := t.tx.ExecContext(t.ctx, "ROLLBACK TO change; RELEASE change"); undo != nil {
		return errors.Join(err, undo)
	}
	return err
}

// guarded keeps a panic of one change from ending the writer and with it everything else.
func guarded(t *Tx, fn func(*Tx) error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic in a write: %v\n%s", v, debug.Stack())
		}
	}()
	return fn(t)
}

// reopen throws the writing connection away; the pool opens a new one for the next write.
func (w *writer) reopen() {
	ctx := context.Background()
	conn, err := w.db.Conn(ctx)
	if err != nil {
		w.log.Error("writing connection not reopened", "error", err)
		return
	}
	_ = conn.Raw(func(any) error { return driver.ErrBadConn })
	_ = conn.Close()
	w.log.Warn("writing connection reopened after an error of the disk")
}
