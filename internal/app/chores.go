package app

import (
	"context"
	"time"

	"purser.example/internal/event"
	"purser.example/internal/problem"
)

// every does something now and then, until beside ends.
func (a *App) every(beside context.Context, pause time.Duration, do func(context.Context)) {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		select {
		case <-beside.Done():
			return
		case <-tick.C:
			do(beside)
		}
	}
}

// tidy removes sessions that have ended and files that nobody imported, and records what was tallied in the last minute.
func (a *App) tidy(ctx context.Context) {
	a.Imports.Tidy()
	if err := problem.Guard(func() error { return a.sessions.Sweep(ctx) }); err != nil && ctx.Err() == nil {
		a.log.Warn("ended sessions not removed", "error", err)
	}
	if err := problem.Guard(func() error { return a.tally.Flush(ctx) }); err != nil && ctx.Err() == nil {
		a.log.Error("denials of the last minute not recorded", "error", err)
	}
}

// tidyThrottles keeps what was throttled in the last minute.
func (a *App) tidyThrottles(ctx context.Context) {
	if err := problem.Guard(func() error { return a.Tenants.FlushThrottles(ctx) }); err != nil && ctx.Err() == nil {
		a.log.Warn("throttling of the last minute not recorded", "error", problem.Told(err))
	}
}

// forgetEvents removes what happened longer ago than events are kept, some hundred in a transaction.
func (a *App) forgetEvents(ctx context.Context) {
	err := problem.Guard(func() error {
		for {
			if more, err := a.Events.Forget(ctx, a.now().Add(-event.Keep), 500); err != nil || !more {
				return err
			}
		}
	})
	if err != nil && ctx.Err() == nil {
		a.log.Warn("old events not removed", "error", problem.Told(err))
	}
}

// dueEvery is how often scans are looked for whose daily time has come: those are by the minute.
const dueEvery = 15 * time.Second

func (a *App) beginDue(ctx context.Context) {
	if err := problem.Guard(func() error { return a.Scans.BeginDue(ctx) }); err != nil && ctx.Err() == nil {
		a.log.Error("daily scans not started", "error", problem.Told(err))
	}
}

// takeUpLinks takes up the links that were made meanwhile for whoever cannot sign in (R83).
func (a *App) takeUpLinks(ctx context.Context) {
	if err := problem.Guard(func() error { a.links.TakeUp(ctx); return nil }); err != nil {
		a.log.Error("break-glass links not taken up", "error", err)
	}
}

// keyServiceEvery is how often a key service is asked whether it still opens the keyring, so that somebody hears of it before the next start.
const keyServiceEvery = time.Minute

func (a *App) lookAtKeyService(ctx context.Context) {
	if err := problem.Guard(func() error { a.Keys.Look(ctx); return nil }); err != nil {
		a.log.Error("the key service was not asked", "error", problem.Told(err))
	}
}

// remark is what /readyz says beside that all is well: while a key service is away, what was opened goes on, and a load balancer that sent
// nobody here any more would make an outage of it (R64).
func (a *App) remark() string {
	if t := a.Keys.Trouble(); t != nil {
		return "the key service has not opened the keyring since " + t.Since.Format(time.RFC3339) + "; what is open goes on, but Purser cannot be started again until it does"
	}
	return ""
}

// takeUpKeys takes up a change of the key that a command asked for meanwhile (R64).
func (a *App) takeUpKeys(ctx context.Context) {
	if err := problem.Guard(func() error { a.Keys.TakeUp(ctx); return nil }); err != nil {
		a.log.Error("a change of the key was not taken up", "error", problem.Told(err))
	}
}

// The search index is renewed in so many steps at a time, one after the other, so that changes wait for none of them for long; and no more
// of them are begun after a while. A step that waits behind changes takes longer, so that the more is changed the less is renewed beside it:
// renewing an entry costs several times what a change does, and an entry that is changed again meanwhile is renewed once.
const (
	steps    = 8
	indexFor = 100 * time.Millisecond
)

func (a *App) indexSome(ctx context.Context) {
	err := problem.Guard(func() error {
		begin := time.Now()
		for range steps {
			if more, err := a.index(ctx); err != nil || !more || time.Since(begin) > indexFor {
				return err
			}
		}
		return nil
	})
	if err != nil && ctx.Err() == nil {
		a.log.Warn("the search index was not renewed; the search goes on without", "error", err)
	}
}
