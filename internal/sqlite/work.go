package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Queue takes work on in the transaction of the change that it belongs to: either both are kept, or neither.
type Queue interface {
	Enqueue(ctx context.Context, tx *sql.Tx, kind, id string) error
}

// SetQueue says who takes on work. It is called once, before anything writes.
func (db *DB) SetQueue(q Queue) { db.queue = q }

var errNoQueue = errors.New("sqlite: work is enqueued before SetQueue")

// Writer is the one writing connection, for River: sharing it, neither it nor we ever find the database locked by the other.
// Nothing may be asked of it inside Write.
func (db *DB) Writer() *sql.DB { return db.writer.db }

// RescueWork makes work that a former process had begun available again, at once. It must run before anybody works: this
// process has the database to itself, so whatever is marked as running runs nowhere. River itself would wait for an hour, to
// be sure. An attempt that was cut off does not count. It asks River's own tables, which its version is pinned for.
func (db *DB) RescueWork(ctx context.Context) error {
	return db.Write(ctx, func(tx *Tx) error {
		if _, err := tx.Exec(`UPDATE river_job SET state = 'available', attempt = max(attempt - 1, 0) WHERE state = 'running'`); err != nil {
			return err
		}
		_, err := tx.Exec(`DELETE FROM river_leader`)
		return err
	})
}

// WorkWaits says whether a job of this queue could be begun now, by a prepared search of River's own index and without the writer. It is
// asked several times a second.
func (db *DB) WorkWaits(ctx context.Context, queue string) (waits bool, err error) {
	err = db.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM river_job WHERE state = 'available' AND queue = ?)`, queue).Scan(&waits)
	return waits, err
}

// WorkWaiting counts the jobs that wait or are under way, and says since when the oldest of those that wait does. It asks River's own
// tables too.
func (db *DB) WorkWaiting(ctx context.Context) (n int, oldest time.Time, err error) {
	var since int64
	err = db.QueryRow(ctx, `SELECT count(*), coalesce(min(CASE WHEN state <> 'running' THEN CAST(unixepoch(created_at, 'subsec') * 1000 AS INTEGER) END), 0)
		FROM river_job WHERE state IN ('available', 'pending', 'retryable', 'scheduled', 'running')`).Scan(&n, &since)
	return n, Moment(since), err
}
