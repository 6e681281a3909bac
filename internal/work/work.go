// Package work runs what outlives a request, on River over the same SQLite file: work is taken on in the transaction of the
// change it belongs to, survives the process, and is handed back at a graceful stop.
//
// Whoever does the work is asked by id; this package knows when, how much at once, and what a restart does (kinds.go).
// Jobs run at least once, so whatever a noun does for one must be fit to be done again.
package work

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"

	"purser.example/internal/run"
)

// Database is what River's tables live in. internal/sqlite has it.
type Database interface {
	Writer() *sql.DB
	RescueWork(ctx context.Context) error
	WorkWaits(ctx context.Context, queue string) (bool, error)
}

// Queue is River with what it may do. Start begins; Stop hands back.
type Queue struct {
	client *river.Client[*sql.Tx]
	doers  map[string]Do
	log    *slog.Logger
}

// Prepare brings River's tables to this binary's shape.
func Prepare(ctx context.Context, db *sql.DB, log *slog.Logger) error {
	migrator, err := rivermigrate.New(riversqlite.New(db), &rivermigrate.Config{Logger: quiet(log)})
	if err != nil {
		return fmt.Errorf("read River's migrations: %w", err)
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("bring River's tables up to date: %w", err)
	}
	return nil
}

// quiet is for River, which tells a lot at level info that nobody asks for.
func quiet(log *slog.Logger) *slog.Logger { return slog.New(atLeast{log.Handler(), slog.LevelWarn}) }

// Open prepares River's tables and frees what a former process was working on.
func Open(ctx context.Context, db Database, log *slog.Logger, kinds ...Kind) (*Queue, error) {
	if err := Prepare(ctx, db.Writer(), log); err != nil {
		return nil, err
	}
	if err := db.RescueWork(ctx); err != nil {
		return nil, fmt.Errorf("free what was being worked on: %w", err)
	}
	doers, queues := map[string]Do{}, map[string]river.QueueConfig{}
	for _, k := range kinds {
		doers[k.Name], queues[k.Name] = k.Do, river.QueueConfig{MaxWorkers: k.AtOnce}
	}
	workers := river.NewWorkers()
	if err := river.AddWorkerSafely(workers, &worker{doers: doers}); err != nil {
		return nil, err
	}
	client, err := river.NewClient(newThrifty(db), &river.Config{
		Logger: quiet(log), Workers: workers, MaxAttempts: retries, RetryPolicy: retry{},
		Queues:   queues,
		PollOnly: true, FetchPollInterval: poll, FetchCooldown: poll, JobTimeout: -1,
		// Nothing is rescued while it runs: one process has the database to itself, and Open has freed the rest.
		RescueStuckJobsAfter: 30 * 24 * time.Hour,
	})
	if err != nil {
		return nil, fmt.Errorf("make River's client: %w", err)
	}
	return &Queue{client: client, doers: doers, log: log}, nil
}

// Start begins to work.
func (q *Queue) Start(ctx context.Context) error {
	if err := q.client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("start the background work: %w", err)
	}
	return nil
}

// Stop tells what is under way to stop, and waits for it, but not for ever: what does not come to an end is found by the
// next start.
func (q *Queue) Stop() {
	ctx, cancel := context.WithTimeout(context.Background(), stopWithin)
	defer cancel()
	if err := q.client.StopAndCancel(ctx); err != nil && !errors.Is(err, context.Canceled) {
		q.log.Warn("background work was cut off", "error", err)
	}
}

// Enqueue takes on a job in tx (sqlite.Queue).
func (q *Queue) Enqueue(ctx context.Context, tx *sql.Tx, kind, id string) error {
	if q.doers[kind] == nil {
		return fmt.Errorf("work: unknown kind %q", kind)
	}
	_, err := q.client.InsertTx(ctx, tx, args{id}, &river.InsertOpts{Queue: kind})
	return err
}

// args are the arguments of every kind: an id. Each kind has a queue of its own, which tells what it is.
type args struct {
	ID string `json:"id"`
}

// Kind implements river.JobArgs.
func (args) Kind() string { return "work" }

// KindAliases implements river.JobArgsWithKindAliases: jobs of databases in which River told the kinds apart.
func (args) KindAliases() []string { return []string{"validation_run", "pool_check", "group_read"} }

type worker struct {
	river.WorkerDefaults[args]
	doers map[string]Do
}

// Work implements river.Worker. A job that is handed back is free at once and loses no attempt.
func (w *worker) Work(ctx context.Context, job *river.Job[args]) error {
	do := w.doers[job.Queue]
	if do == nil {
		return fmt.Errorf("work: unknown kind %q", job.Queue)
	}
	err := do(ctx, job.Args.ID)
	if errors.Is(err, run.ErrHandedBack) {
		return river.JobSnooze(0)
	}
	return err
}

// retry waits longer after each failure, up to a minute.
type retry struct{}

// NextRetry implements river.ClientRetryPolicy.
func (retry) NextRetry(job *rivertype.JobRow) time.Time {
	return time.Now().UTC().Add(min(time.Second<<min(len(job.Errors), 6), slowest))
}

// atLeast is a slog.Handler that leaves out what is below its level.
type atLeast struct {
	slog.Handler
	level slog.Level
}

// Enabled implements slog.Handler.
func (h atLeast) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= h.level && h.Handler.Enabled(ctx, level)
}

// WithAttrs implements slog.Handler.
func (h atLeast) WithAttrs(attrs []slog.Attr) slog.Handler {
	return atLeast{h.Handler.WithAttrs(attrs), h.level}
}

// WithGroup implements slog.Handler.
func (h atLeast) WithGroup(name string) slog.Handler {
	return atLeast{h.Handler.WithGroup(name), h.level}
}
