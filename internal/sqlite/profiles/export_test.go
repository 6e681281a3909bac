package profiles

import (
	"context"
	"strings"

	"purser.example/internal/profile"
	"purser.example/internal/sqlite"
)

// Closer gives the store with limits that a small database reaches.
func (s *Store) Closer(narrow, looked int) *Store {
	return &Store{db: s.db, limits: limits{narrow, looked, looked}}
}

// Explain gives SQLite's plan for the page that List would read, and for its count where it makes one.
func (s *Store) Explain(ctx context.Context, q profile.Query) (page, count string, err error) {
	c, err := s.counted(ctx, q)
	if err != nil {
		return "", "", err
	}
	p, err := s.planOf(ctx, q, c)
	if err != nil {
		return "", "", err
	}
	var from *cursor
	if at, placed := decodeCursor(q.After, q.Sort); placed {
		from = &at
	}
	for _, of := range p.order.parts(q.Down, false) {
		if page == "" && p.order.holds(of, from) {
			page, err = s.explain(ctx, p.page(listColumns, of, q.Down, from, q.Limit+1))
		}
	}
	if err != nil || len(p.filters) < 2 {
		return page, "", err
	}
	statement, _ := p.count(s.limits)
	count, err = s.explain(ctx, statement)
	return page, count, err
}

func (s *Store) explain(ctx context.Context, query *statement) (string, error) {
	lines, err := sqlite.All(s.db.Query(ctx, "EXPLAIN QUERY PLAN "+query.String(), query.args...), func(row sqlite.Row) (string, error) {
		var id, parent, unused int
		var detail string
		err := row.Scan(&id, &parent, &unused, &detail)
		return detail, err
	})
	return strings.Join(lines, "\n"), err
}

// Counter gives what the kept counters say of one kind.
func (s *Store) Counter(ctx context.Context, kind string) (map[string]int, error) {
	return s.tallied(ctx, `SELECT value, n FROM profile_counts WHERE kind = ? AND n <> 0`, kind)
}

// Lacking names the profiles that have a letter of what they are found by not among their letters, so that a search might pass them by.
func (s *Store) Lacking(ctx context.Context) (names []string, err error) {
	err = s.db.Query(ctx, `SELECT name, search_key || code, letters FROM profiles`).Each(func(row sqlite.Row) error {
		var name, text string
		var letters int64
		err := row.Scan(&name, &text, &letters)
		if sqlite.LettersOf(text)&^letters != 0 {
			names = append(names, name)
		}
		return err
	})
	return names, err
}

// Counted counts anew what a query groups.
func (s *Store) Counted(ctx context.Context, query string) (map[string]int, error) {
	return s.tallied(ctx, query)
}

func (s *Store) tallied(ctx context.Context, query string, args ...any) (map[string]int, error) {
	found := map[string]int{}
	err := s.db.Query(ctx, query, args...).Each(func(row sqlite.Row) error {
		var value string
		var n int
		err := row.Scan(&value, &n)
		found[value] = n
		return err
	})
	return found, err
}
