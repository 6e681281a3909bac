package watches

import (
	"context"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/sqlite"
	"purser.example/internal/tenant"
	"purser.example/internal/watch"
)

// Tally implements watch.Store.
func (s *Store) Tally(ctx context.Context, t tenant.ID) (map[watch.Outcome]int, error) {
	return counted[watch.Outcome](s.db.Query(ctx, `SELECT outcome, sum(n) FROM watch_tallies WHERE n > 0 AND (?1 = '' OR tenant_id = ?1) GROUP BY outcome`, t))
}

// PassedOver implements watch.Store.
func (s *Store) PassedOver(ctx context.Context, t tenant.ID) (map[account.Reason]int, error) {
	return counted[account.Reason](s.db.Query(ctx, `SELECT reason, sum(n) FROM watch_tallies WHERE n > 0 AND outcome = 'skipped' AND (?1 = '' OR tenant_id = ?1) GROUP BY reason`, t))
}

// counted reads rows of a word and how many there are of it.
func counted[W ~string](rows sqlite.Rows) (map[W]int, error) {
	counts := map[W]int{}
	return counts, rows.Each(func(row sqlite.Row) error {
		var word W
		var n int
		err := row.Scan(&word, &n)
		counts[word] = n
		return err
	})
}

const day = 24 * time.Hour

// Nights implements watch.Store.
func (s *Store) Nights(ctx context.Context, t tenant.ID, since time.Time) (nights []watch.Night, err error) {
	query := `SELECT day, outcome, sum(n) FROM watch_nights WHERE day >= ?1 AND n > 0 GROUP BY day, outcome ORDER BY day`
	args := []any{since.UnixMilli() / day.Milliseconds()}
	if t != "" {
		query = `SELECT day, outcome, n FROM watch_nights WHERE tenant_id = ?2 AND day >= ?1 AND n > 0 ORDER BY day`
		args = append(args, t)
	}
	err = s.db.Query(ctx, query, args...).Each(func(row sqlite.Row) error {
		var began int64
		var outcome watch.Outcome
		var n int
		err := row.Scan(&began, &outcome, &n)
		at := time.UnixMilli(began * day.Milliseconds()).UTC()
		if len(nights) == 0 || !nights[len(nights)-1].Day.Equal(at) {
			nights = append(nights, watch.Night{Day: at, Counts: map[watch.Outcome]int{}})
		}
		nights[len(nights)-1].Counts[outcome] += n
		return err
	})
	return nights, err
}

// FrozenTenants implements watch.Store.
func (s *Store) FrozenTenants(ctx context.Context) (map[tenant.ID]watch.Freeze, error) {
	frozen := map[tenant.ID]watch.Freeze{}
	return frozen, s.db.Query(ctx, `SELECT id, until_at, because, at, by_name FROM watch_freezes WHERE kind = 'tenant'`).Each(func(row sqlite.Row) error {
		var id tenant.ID
		var f watch.Freeze
		var until, at int64
		err := row.Scan(&id, &until, &f.Because, &at, &f.By.By)
		f.Until, f.By.At = sqlite.Moment(until), sqlite.Moment(at)
		frozen[id] = f
		return err
	})
}
