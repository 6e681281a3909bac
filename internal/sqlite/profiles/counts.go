package profiles

import (
	"context"
	"fmt"
	"time"

	"purser.example/internal/profile"
	"purser.example/internal/sqlite"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

// counted is what the kept counters say of one view of the list: everything by status, and how many each of the view's
// filters alone lets through.
type counted struct {
	all      int
	statuses map[string]int
	expiring int
	tenant   int
	service  int
	classic  int
}

const countsQuery = `SELECT kind, value, n FROM profile_counts WHERE kind = 'status'
	UNION ALL SELECT 'expires', '', coalesce(sum(n), 0) FROM profile_counts WHERE kind = 'expires' AND value >= ? AND value < ?
	UNION ALL SELECT kind, value, n FROM profile_counts WHERE kind = 'tenant' AND value = ?
	UNION ALL SELECT kind, value, n FROM profile_counts WHERE kind = 'service' AND value = ?
	UNION ALL SELECT kind, value, n FROM profile_counts WHERE kind = 'kind' AND value = 'mfa'`

func (s *Store) counted(ctx context.Context, q profile.Query) (counted, error) {
	asked := counting{dayOf(q.Window.From), dayOf(q.Window.To), q.Tenant, q.Service}
	return s.counts.Ask(s.db, asked, func() (counted, error) { return s.count(ctx, asked) })
}

// counting is what of a view the counters are asked for.
type counting struct {
	from, to string // days
	tenant   tenant.ID
	service  string
}

func (s *Store) count(ctx context.Context, asked counting) (counted, error) {
	c := counted{statuses: map[string]int{}}
	rows := s.db.Query(ctx, countsQuery, asked.from, asked.to, asked.tenant, asked.service)
	err := rows.Each(func(row sqlite.Row) error {
		var kind, value string
		var n int
		if err := row.Scan(&kind, &value, &n); err != nil {
			return err
		}
		c.take(kind, value, n)
		return nil
	})
	return c, err
}

func (c *counted) take(kind, value string, n int) {
	switch kind {
	case "status":
		c.statuses[value] = n
		c.all += n
	case "expires":
		c.expiring = n
	case "tenant":
		c.tenant = n
	case "service":
		c.service = n
	case "kind":
		c.classic = n
	}
}

func (c *counted) ofKind(kind profile.Kind) int {
	if kind == profile.ClassicMFA {
		return c.classic
	}
	return c.all - c.classic
}

func (c *counted) attention() int {
	return c.all - c.statuses[string(verdict.Valid)] - c.statuses[string(verdict.NotValidated)]
}

// troubled lists the statuses that need attention, as far as any profile has them.
func (c *counted) troubled() []string {
	list := []string{}
	for status := range c.statuses {
		if s := verdict.Status(status); s != verdict.Valid && s != verdict.NotValidated {
			list = append(list, status)
		}
	}
	return list
}

// tiles are the counts that stand above the list.
func (c *counted) tiles() profile.Counts {
	return profile.Counts{
		All: c.all, Valid: c.statuses[string(verdict.Valid)], Attention: c.attention(), Expiring: c.expiring,
		NotValidated: c.statuses[string(verdict.NotValidated)],
	}
}

// dayOf spells a day as the counters do.
func dayOf(ms int64) string { return fmt.Sprintf("%06d", ms/(24*time.Hour).Milliseconds()) }

// Standing implements profile.Store. Of one tenant the counters stand together: the sign after the space ends them.
func (s *Store) Standing(ctx context.Context, t tenant.ID) (map[verdict.Status]int, error) {
	counts := map[verdict.Status]int{}
	query, args := `SELECT value, n FROM profile_counts WHERE kind = 'status' AND n > 0`, []any(nil)
	if t != "" {
		query, args = `SELECT substr(value, length(?1) + 2), n FROM profile_counts WHERE kind = 'tenant status' AND value > ?1 || ' ' AND value < ?1 || '!' AND n > 0`, []any{t}
	}
	return counts, s.db.Query(ctx, query, args...).Each(func(row sqlite.Row) error {
		var status verdict.Status
		var n int
		err := row.Scan(&status, &n)
		counts[status] = n
		return err
	})
}
