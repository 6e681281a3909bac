package profiles_test

import (
	"strings"
	"testing"
	"time"

	"purser.example/internal/profile"
	"purser.example/internal/sqlite/profiles"
	"purser.example/internal/sqlite/sqlitetest"
	"purser.example/internal/tenant"
)

// What is filled for tests is as true as what people make: passwords open, counters and search agree with the rows.
func TestFilledProfilesAreReal(t *testing.T) {
	db, ring := sqlitetest.Open(t, time.Now)
	connect(t, db, ring, contoso, fabrikam)
	for _, first := range []int{1, 101} {
		if err := sqlitetest.Fill(ctx, db, ring, sqlitetest.FillOptions{Profiles: 100, First: first, Tenants: []tenant.Tenant{contoso}}); err != nil {
			t.Fatal(err)
		}
	}
	for text, want := range map[string]int{"u00042@": 1, "000142": 1, "contoso": 200, "Records": 0} {
		page, err := profiles.New(db).List(ctx, profile.Query{Text: text, Limit: 300})
		if err != nil || len(page.Rows) != want && text != "Records" || len(page.Rows) != page.Total || page.Counts.All != page.Total {
			t.Errorf("%q: %d rows of %d, %+v, %v", text, len(page.Rows), page.Total, page.Counts, err)
		}
		for _, row := range page.Rows {
			sealed, err := profiles.New(db).Password(ctx, row.ID)
			if err != nil {
				t.Fatal(err)
			}
			password, err := ring.Open(sealed, profile.PasswordRecord(row.Profile))
			if err != nil || "u"+strings.Trim(string(password.Reveal()), "Gen-!")+"@contoso.com" != row.Username {
				t.Errorf("%s: %v", row.Username, err)
			}
		}
	}
	var filled, ends, days, broken, breaks int
	if err := db.QueryRow(ctx, `SELECT sum(expires_at < 9223372036854775807), (SELECT count(*) FROM endings), (SELECT sum(n) FROM ending_days),
		sum(status NOT IN ('valid', 'not-validated')), (SELECT sum(n) FROM break_counts) FROM profiles`).Scan(&filled, &ends, &days, &broken, &breaks); err != nil || filled == 0 || broken == 0 || filled != ends || ends != days || broken != breaks {
		t.Errorf("%d end, of which %d are known and %d counted; %d are broken, of which %d are counted: %v", filled, ends, days, broken, breaks, err)
	}
	if found, err := db.Activity(ctx, 10); err != nil || len(found) != 2 {
		t.Errorf("the activity log holds %d entries, want those of the tenants: %v", len(found), err)
	}
}
