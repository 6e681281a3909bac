// Package forward hands the activity log on to other places as it is written (R63): to a file, and to a syslog receiver.
//
// Each receiver has a mark of its own in the database: the last entry that it took. It moves after the receiver has the entries, so each
// of them arrives at least once; after a crash or a broken connection some arrive twice, with the same number. A receiver that is away loses
// nothing: entries wait in the log, and it is asked again, less and less often up to a minute.
package forward

import (
	"context"
	"log/slog"
	"time"

	"purser.example/internal/audit"
	"purser.example/internal/problem"
)

// Receiver takes entries. When Send returns without an error it has all of them.
type Receiver interface {
	// Name is "file" or "syslog"; Address is where it is, without secrets.
	Name() string
	Address() string
	Send(ctx context.Context, entries []audit.Link) error
	Close() error
}

// Mark is how far a receiver has the log.
type Mark struct {
	Name, Address string
	Seq           int64     // the last entry that it took
	At            time.Time // when
	Failing       time.Time // since when it takes none; zero: it does
	Reason        string    // why, in a sentence of ours
}

// Behind is how long the receiver has been failing.
func (m Mark) Behind(now time.Time) time.Duration {
	if m.Failing.IsZero() {
		return 0
	}
	return now.Sub(m.Failing)
}

// Store has the log and the marks.
type Store interface {
	// Written changes with each write, so that an idle log isn't asked.
	Written() uint64
	// After gives entries behind a number, in order, at most so many.
	After(ctx context.Context, seq int64, limit int) ([]audit.Link, error)
	// Mark gives the one of a receiver; of one that is new, or at another address, one that begins where the log ends.
	Mark(ctx context.Context, name, address string) (Mark, error)
	SetMark(ctx context.Context, m Mark) error
}

const (
	// atOnce is how many entries a receiver gets at a time.
	atOnce = 500
	// slowest is how often a receiver that is away is asked.
	slowest = time.Minute
	pause   = 500 * time.Millisecond
)

// Forwarder hands the log on to one receiver.
type Forwarder struct {
	Store    Store
	Receiver Receiver
	Now      func() time.Time
	Log      *slog.Logger

	mark  *Mark
	seen  uint64 // what was written when nothing was left
	wait  time.Duration
	again time.Time // not before
}

// Run goes on until ctx ends.
func (f *Forwarder) Run(ctx context.Context) {
	defer func() { _ = f.Receiver.Close() }()
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		f.Step(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Step hands on what waits, unless the receiver is to be left alone for a while.
func (f *Forwarder) Step(ctx context.Context) {
	if f.Now().Before(f.again) {
		return
	}
	if err := problem.Guard(func() error { return f.all(ctx) }); err != nil && ctx.Err() == nil {
		f.failed(ctx, err)
	}
}

// all hands on everything that waits.
func (f *Forwarder) all(ctx context.Context) error {
	for {
		written := f.Store.Written()
		if f.mark != nil && written == f.seen {
			return nil
		}
		if f.mark == nil {
			m, err := f.Store.Mark(ctx, f.Receiver.Name(), f.Receiver.Address())
			if err != nil {
				return err
			}
			f.mark = &m
		}
		entries, err := f.Store.After(ctx, f.mark.Seq, atOnce)
		if err != nil {
			return err
		}
		if len(entries) == 0 {
			f.seen = written
			return f.recovered(ctx)
		}
		if err := f.Receiver.Send(ctx, entries); err != nil {
			return err
		}
		if err := f.took(ctx, entries[len(entries)-1].Seq); err != nil {
			return err
		}
	}
}

// took moves the mark.
func (f *Forwarder) took(ctx context.Context, seq int64) error {
	m := *f.mark
	back := !m.Failing.IsZero()
	m.Seq, m.At, m.Failing, m.Reason = seq, f.Now(), time.Time{}, ""
	if err := f.Store.SetMark(ctx, m); err != nil {
		return err
	}
	f.mark, f.wait = &m, 0
	if back {
		f.Log.InfoContext(ctx, "the receiver of the activity log takes entries again", "receiver", m.Name)
	}
	return nil
}

// recovered forgets a failure of which nothing is left to send.
func (f *Forwarder) recovered(ctx context.Context) error {
	if f.mark.Failing.IsZero() {
		return nil
	}
	return f.took(ctx, f.mark.Seq)
}

// failed asks again later, and keeps since when.
func (f *Forwarder) failed(ctx context.Context, err error) {
	f.wait = min(max(2*f.wait, time.Second), slowest)
	f.again = f.Now().Add(f.wait)
	f.seen = 0
	if f.mark == nil || !f.mark.Failing.IsZero() {
		return
	}
	f.mark.Failing, f.mark.Reason = f.Now(), problem.Message(err)
	f.Log.WarnContext(ctx, "the receiver of the activity log doesn't take entries; they wait", "receiver", f.mark.Name, "error", problem.Told(err))
	if err := f.Store.SetMark(ctx, *f.mark); err != nil {
		f.Log.WarnContext(ctx, "the failure of a receiver was not recorded", "receiver", f.mark.Name, "error", problem.Told(err))
	}
}
