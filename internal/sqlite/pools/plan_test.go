package pools_test

import (
	"strings"
	"testing"

	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/pools"
	"purser.example/internal/sqlite/sqlitetest"
)

// R20: which pools an account is in is found by the index of usernames, not by reading the members.
func TestThePoolsOfAnAccountHaveTheirPlan(t *testing.T) {
	db, _ := sqlitetest.Open(t, sqlitetest.NewClock().Now)
	plan, err := sqlite.All(db.Query(t.Context(), "EXPLAIN QUERY PLAN "+pools.ClassesWith, "6f1c0000-0000-4000-8000-000000000001", "svc-backup@contoso.com"),
		func(row sqlite.Row) (string, error) {
			var id, parent, unused int
			var step string
			err := row.Scan(&id, &parent, &unused, &step)
			return step, err
		})
	if err != nil {
		t.Fatal(err)
	}
	if steps := strings.Join(plan, "\n"); !strings.Contains(steps, "INDEX pool_members_by_username (reading_id=? AND username_key=?)") || strings.Contains(steps, "SCAN") {
		t.Errorf("the plan is\n%s", steps)
	}
}
