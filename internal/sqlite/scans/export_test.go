package scans

import (
	"context"
	"strings"

	"purser.example/internal/scan"
	"purser.example/internal/sqlite"
)

// Closer gives the store with limits that a small database reaches.
func (s *Store) Closer(narrow, merged, marked int) *Store {
	return &Store{db: s.db, limits: limits{narrow, merged, marked}}
}

// Explain gives SQLite's plans for the statements that Objects would read a page by.
func (s *Store) Explain(ctx context.Context, q scan.ObjectQuery) (plans []string, err error) {
	v, err := s.viewOf(ctx, q)
	if err != nil {
		return nil, err
	}
	var at *cursor
	if from, placed := decodeCursor(q.After, q.Sort); placed {
		at = &from
	}
	for _, p := range v.parts {
		if at != nil && p.kind != at.Type {
			continue
		}
		statements, err := s.statements(v, p, q.Down, at, q.Limit+1)
		if err != nil {
			return nil, err
		}
		for _, each := range statements {
			text, err := plan(ctx, s.db, each.text, each.args...)
			if plans = append(plans, text); err != nil {
				return nil, err
			}
		}
	}
	return plans, nil
}

// Recounted gives the shelves whose kept counters are not what counting says.
func (s *Store) Recounted(ctx context.Context) ([]string, error) {
	return sqlite.All(s.db.Query(ctx, `SELECT shelf || ': kept ' || coalesce(k, 0) || ', counted ' || coalesce(c, 0) FROM (SELECT shelf, max(k) AS k, max(c) AS c FROM (
		SELECT shelf, n AS k, NULL AS c FROM scan_counts UNION ALL SELECT shelf, NULL, count(*) FROM scan_objects GROUP BY shelf) GROUP BY shelf)
		WHERE coalesce(k, 0) <> coalesce(c, 0)`), sqlite.Only[string])
}

func plan(ctx context.Context, db *sqlite.DB, query string, args ...any) (string, error) {
	lines, err := sqlite.All(db.Query(ctx, "EXPLAIN QUERY PLAN "+query, args...), func(row sqlite.Row) (string, error) {
		var id, parent, unused int
		var detail string
		err := row.Scan(&id, &parent, &unused, &detail)
		return detail, err
	})
	return strings.Join(lines, "\n"), err
}
