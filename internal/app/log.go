package app

import (
	"context"
	"math"
	"strconv"
	"time"

	"purser.example/internal/activity"
	"purser.example/internal/audit"
	"purser.example/internal/config"
	"purser.example/internal/forward"
	"purser.example/internal/metrics"
	"purser.example/internal/problem"
	"purser.example/internal/sqlite"
)

// receiversOf are where the settings want the activity log to go.
func receiversOf(cfg config.Log) (list []forward.Receiver) {
	if cfg.File != "" {
		list = append(list, forward.NewFile(cfg.File))
	}
	if cfg.Syslog != nil {
		list = append(list, forward.NewSyslog(cfg.Syslog, cfg.SyslogCA))
	}
	return list
}

// forwardLog hands the activity log on until beside ends, to each receiver by itself.
func (a *App) forwardLog(beside context.Context, store forward.Store, now func() time.Time) {
	for _, r := range receiversOf(a.cfg.ActivityLog) {
		f := &forward.Forwarder{Store: store, Receiver: r, Now: now, Log: a.log}
		a.chores.Go(func() { f.Run(beside) })
	}
}

// receiving are the marks of those receivers that the settings name.
func receiving(marks []forward.Mark, cfg config.Log) (list []forward.Mark) {
	for _, r := range receiversOf(cfg) {
		for _, m := range marks {
			if m.Name == r.Name() {
				list = append(list, m)
			}
		}
	}
	return list
}

// receivers tells the page how the receivers fare.
func (a *App) receivers(ctx context.Context) (list []activity.Receiver, err error) {
	marks, err := a.logStore.Marks(ctx)
	for _, m := range receiving(marks, a.cfg.ActivityLog) {
		list = append(list, activity.Receiver{Name: m.Name, Seq: m.Seq, Failing: m.Failing, Reason: m.Reason})
	}
	return list, err
}

const (
	// shortenFor is how long the log is shortened at a time.
	shortenFor   = 200 * time.Millisecond
	shortenEvery = time.Minute
)

// shortenLog removes what is older than the settings keep, some at a time. What a receiver has yet to get stays.
func (a *App) shortenLog(ctx context.Context) {
	err := problem.Guard(func() error {
		marks, err := a.logStore.Marks(ctx)
		if err != nil {
			return err
		}
		up := int64(math.MaxInt64)
		named := receiving(marks, a.cfg.ActivityLog)
		if len(named) < len(receiversOf(a.cfg.ActivityLog)) {
			return nil // one of them has no mark yet
		}
		for _, m := range named {
			up = min(up, m.Seq)
		}
		k := sqlite.Keeping{For: a.cfg.ActivityLog.Keep, Up: up, Entry: shortened}
		for begin := time.Now(); time.Since(begin) < shortenFor; {
			if more, err := a.DB.Shorten(ctx, k); err != nil || !more {
				return err
			}
		}
		return nil
	})
	if err != nil && ctx.Err() == nil {
		a.log.Error("the activity log was not shortened", "error", problem.Told(err))
	}
}

// shortened is the entry of a chain that was closed.
func shortened(chain audit.ChainID, entries int64, until time.Time) audit.Entry {
	return audit.Entry{Actor: audit.Itself, Action: activity.Shortened, Target: audit.Target{Kind: "activity log", Name: "Activity log"}}.
		With("chain", strconv.FormatInt(int64(chain), 10)).With("entries", strconv.FormatInt(entries, 10)).With("until", until.UTC().Format(time.RFC3339))
}

// logQueues are what waits for the receivers of the log.
func (a *App) logQueues() (list []metrics.Queue) {
	for _, r := range receiversOf(a.cfg.ActivityLog) {
		list = append(list, metrics.Queue{Name: "log_" + r.Name(), Depth: func(ctx context.Context) (int, time.Time, error) {
			return a.logStore.Waiting(ctx, r.Name())
		}})
	}
	return list
}
