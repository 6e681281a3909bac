package runs

import (
	"context"
	"time"

	"purser.example/internal/sqlite"
)

// Unfinished counts the runs that are not over, and says when the oldest of them began.
func (s *Store) Unfinished(ctx context.Context) (n int, oldest time.Time, err error) {
	return counted(s.db.QueryRow(ctx, `SELECT count(*), coalesce(min(begun_at), 0) FROM runs WHERE state NOT IN ('finished', 'cancelled')`))
}

// UnfinishedItems counts the items of those runs that wait for their turn, and says when the oldest run with such items began.
func (s *Store) UnfinishedItems(ctx context.Context) (n int, oldest time.Time, err error) {
	return counted(s.db.QueryRow(ctx, `SELECT coalesce(sum(c.n), 0), coalesce(min(r.begun_at), 0) FROM runs r
		JOIN run_counts c ON c.run_id = r.id AND c.outcome = 'waiting' AND c.n > 0 WHERE r.state NOT IN ('finished', 'cancelled')`))
}

func counted(row sqlite.Row) (n int, oldest time.Time, err error) {
	var since int64
	err = row.Scan(&n, &since)
	return n, sqlite.Moment(since), err
}
