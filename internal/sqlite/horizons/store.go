// Package horizons tells what is broken and what ends when: horizon.Store on SQLite. Nothing is written here: triggers keep the tables in
// step with profiles, pool members and app profiles, so that no change of theirs can forget to.
package horizons

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"purser.example/internal/horizon"
	"purser.example/internal/sqlite"
	"purser.example/internal/verdict"
)

// Store implements horizon.Store.
type Store struct{ db *sqlite.DB }

// New gives the store of a database.
func New(db *sqlite.DB) *Store { return &Store{db: db} }

// Endings implements horizon.Store.
func (s *Store) Endings(ctx context.Context, q horizon.Query) ([]horizon.Ending, error) {
	query, args := ask(q, endings)
	if query == "" {
		return nil, nil
	}
	list, err := sqlite.All(s.db.Query(ctx, query, args...), func(row sqlite.Row) (horizon.Ending, error) {
		var e horizon.Ending
		var at int64
		err := row.Scan(&at, &e.Kind, &e.Object, &e.Tenant, &e.What, &e.Account)
		e.At = time.UnixMilli(at).UTC()
		return e, err
	})
	for i := range list {
		if e := &list[i]; err == nil && e.Kind == horizon.MemberPassword {
			_, err = s.member(ctx, e.Object, &e.What, &e.Account)
		}
	}
	return inOrder(list, q), err
}

// Breaks implements horizon.Store.
func (s *Store) Breaks(ctx context.Context, q horizon.Query) ([]horizon.Break, error) {
	query, args := ask(q, breaks)
	if query == "" {
		return nil, nil
	}
	list, err := sqlite.All(s.db.Query(ctx, query, args...), func(row sqlite.Row) (b horizon.Break, err error) {
		var since int64
		var more sql.NullString
		if err := row.Scan(&since, &b.Kind, &b.Object, &b.Tenant, &b.What, &b.Account, &b.Status, &b.Code, &more); err != nil {
			return b, err
		}
		b.Since = sqlite.Moment(since)
		if b.Kind == horizon.App {
			b.Cause = more.String
			return b, nil
		}
		b.Verdict, err = sqlite.FromJSON[verdict.Verdict](more)
		return b, err
	})
	for i := range list {
		if b := &list[i]; err == nil && b.Kind == horizon.Member {
			if b.Verdict, err = s.member(ctx, b.Object, &b.What, &b.Account); b.Verdict != nil {
				b.Code = b.Verdict.Code
			}
		}
	}
	return inOrder(list, q), err
}

// inOrder turns a list round that was read backwards.
func inOrder[T any](list []T, q horizon.Query) []T {
	if (q.Before != horizon.Place{}) {
		slices.Reverse(list)
	}
	return list
}

// member gives what a member is called, as the pool's last reading has it, and what is wrong with it. One whom no reading has any more keeps
// no name.
func (s *Store) member(ctx context.Context, object string, name, username *string) (wrong *verdict.Verdict, err error) {
	var text sql.NullString
	tenant, rest, _ := strings.Cut(object, "/")
	class, user, _ := strings.Cut(rest, "/")
	err = s.db.QueryRow(ctx, `SELECT m.name, m.username, coalesce(c.failed, c.verdict)
		FROM pools p JOIN pool_credentials c ON c.tenant_id = p.tenant_id AND c.class = p.class AND c.user_id = ?3
		JOIN pool_members m ON m.reading_id IN (p.reading_id, p.force_reading) AND m.user_id = c.user_id
		WHERE p.tenant_id = ?1 AND p.class = ?2 ORDER BY m.reading_id = p.reading_id DESC LIMIT 1`, tenant, class, user).Scan(name, username, &text)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return sqlite.FromJSON[verdict.Verdict](text)
}

// Counts implements horizon.Store.
func (s *Store) Counts(ctx context.Context, now time.Time) ([]horizon.Count, error) {
	day := horizon.DayOf(now).UnixMilli()
	today := day / dayLength
	w := horizon.Windows
	counts, err := sqlite.All(s.db.Query(ctx, `SELECT kind, tenant_id, sum(CASE WHEN day < ?1 THEN n ELSE 0 END), sum(CASE WHEN day BETWEEN ?1 AND ?2 THEN n ELSE 0 END),
		sum(CASE WHEN day BETWEEN ?1 AND ?3 THEN n ELSE 0 END), sum(CASE WHEN day BETWEEN ?1 AND ?4 THEN n ELSE 0 END), sum(CASE WHEN day BETWEEN ?1 AND ?5 THEN n ELSE 0 END)
		FROM ending_days WHERE day <= ?5 GROUP BY kind, tenant_id ORDER BY kind, tenant_id`,
		today, today+int64(w[0]), today+int64(w[1]), today+int64(w[2]), today+int64(w[3])), func(row sqlite.Row) (horizon.Count, error) {
		var c horizon.Count
		err := row.Scan(&c.Kind, &c.Tenant, &c.Ended, &c.Within[0], &c.Within[1], &c.Within[2], &c.Within[3])
		return c, err
	})
	if err != nil {
		return nil, err
	}
	return counts, s.endedToday(ctx, counts, day, now)
}

// endedToday takes what has ended today from what ends today.
func (s *Store) endedToday(ctx context.Context, counts []horizon.Count, day int64, now time.Time) error {
	for _, of := range endings {
		err := s.db.Query(ctx, `SELECT tenant_id, count(*) FROM endings INDEXED BY endings_by_time WHERE kind = ? AND at >= ? AND at <= ? GROUP BY tenant_id`, of.kind, day, now.UnixMilli()).Each(func(row sqlite.Row) error {
			var tenant string
			var n int
			err := row.Scan(&tenant, &n)
			for i := range counts {
				if c := &counts[i]; string(c.Kind) == of.kind && string(c.Tenant) == tenant {
					c.Ended += n
					for j := range c.Within {
						c.Within[j] -= n
					}
				}
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Failing implements horizon.Store.
func (s *Store) Failing(ctx context.Context) ([]horizon.Failing, error) {
	return sqlite.All(s.db.Query(ctx, `SELECT kind, tenant_id, status, n FROM break_counts ORDER BY kind, tenant_id, status`), func(row sqlite.Row) (horizon.Failing, error) {
		var f horizon.Failing
		err := row.Scan(&f.Kind, &f.Tenant, &f.Status, &f.N)
		return f, err
	})
}

// Days implements horizon.Store.
func (s *Store) Days(ctx context.Context, q horizon.Query) ([]horizon.OnDay, error) {
	kinds, err := sqlite.List(q.Kinds)
	if err != nil {
		return nil, err
	}
	from, to := bounds(q)
	return sqlite.All(s.db.Query(ctx, `SELECT day, kind, sum(n) FROM ending_days WHERE day >= ?1 AND day < ?2 AND (?3 = '' OR tenant_id = ?3)
		AND (?4 = '[]' OR ?4 = 'null' OR kind IN (SELECT value FROM json_each(?4))) GROUP BY day, kind ORDER BY day, kind`, from/dayLength, (to-1)/dayLength+1, q.Tenant, kinds), func(row sqlite.Row) (horizon.OnDay, error) {
		var d horizon.OnDay
		var day int64
		err := row.Scan(&day, &d.Kind, &d.N)
		d.Day = time.UnixMilli(day * dayLength).UTC()
		return d, err
	})
}
