package sessions_test

import (
	"strings"
	"testing"

	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/sqlitetest"
)

// R66: who is signed in is found without a look at the sessions of nobody, of which anybody can make as many as they like.
func TestWhoIsSignedInIsFoundByIndex(t *testing.T) {
	db, _ := sqlitetest.Open(t, sqlitetest.NewClock().Now)
	for query, want := range map[string]string{
		`SELECT key FROM sessions WHERE subject <> '' ORDER BY created_at DESC, key DESC LIMIT 51`:                                   "SCAN sessions USING INDEX sessions_signed_in",
		`SELECT name FROM sessions WHERE subject <> '' AND (created_at, key) < (5, 'k') ORDER BY created_at DESC, key DESC LIMIT 51`: "SEARCH sessions USING INDEX sessions_signed_in ((created_at,key)<(?,?))",
		`SELECT name FROM sessions WHERE subject = 's' AND issuer = 'i' AND subject <> '' ORDER BY created_at DESC, key DESC`:        "SEARCH sessions USING INDEX sessions_by_person (subject=? AND issuer=?)",
	} {
		plan, err := sqlite.All(db.Query(t.Context(), "EXPLAIN QUERY PLAN "+query), func(row sqlite.Row) (string, error) {
			var id, parent, unused int
			var detail string
			err := row.Scan(&id, &parent, &unused, &detail)
			return detail, err
		})
		if err != nil || len(plan) == 0 || !strings.Contains(plan[0], want) {
			t.Errorf("%s\n%q, want %q (%v)", query, plan, want, err)
		}
	}
}
