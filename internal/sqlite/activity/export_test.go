package activity

import (
	"testing"

	"purser.example/internal/activity"
	"purser.example/internal/sqlite"
)

// LookingAt is the store with another limit of how many entries one request looks at.
func (s *Store) LookingAt(far int) *Store { return &Store{db: s.db, far: far} }

// Plans are how the database would answer each part of a view.
func (s *Store) Plans(t *testing.T, q activity.Query) (plans []string) {
	t.Helper()
	v, err := s.viewOf(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	for _, lead := range v.leads {
		text, args := v.statement(lead, q.Limit, s.far)
		plan := ""
		err := s.db.Query(t.Context(), "EXPLAIN QUERY PLAN "+text, args...).Each(func(row sqlite.Row) error {
			var id, parent, unused int
			var step string
			err := row.Scan(&id, &parent, &unused, &step)
			plan += step + "\n"
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		plans = append(plans, plan)
	}
	return plans
}
