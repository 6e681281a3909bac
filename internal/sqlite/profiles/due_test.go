package profiles_test

import (
	"fmt"
	"testing"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/profile"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/profiles"
)

// X35: what was changed is found by what it says now, and no more by what it said, before its entry in the search index is renewed and
// afterwards, and each once.
func TestAChangedProfileIsFoundAtOnce(t *testing.T) {
	db, ring, tenants := filled(t, 300)
	store := profiles.New(db)
	service := profile.NewService(store, tenants, account.NewService(account.Parts{}), ring, profile.Settings{}, func() time.Time { return time.Now().UTC() })
	page, _, err := service.List(ctx, adele, profile.Query{})
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range page.Rows[:40] {
		p := row.Profile
		draft := profile.Draft{Name: p.Name, Description: fmt.Sprintf("Zyxw by Quentin %d", i), Tenant: p.Tenant, Services: p.Services, Username: p.Username}
		if i%2 == 0 {
			draft.Name = "Jkq " + p.Name
		}
		if _, err := service.Update(ctx, adele, audit.Origin{Request: "r1"}, p.ID, p.Version, draft); err != nil {
			t.Fatal(err)
		}
	}
	found := func(text string) int {
		page, _, err := service.List(ctx, adele, profile.Query{Text: text, Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		return len(page.Rows)
	}
	due := func() (n int) {
		if err := db.QueryRow(ctx, `SELECT count(*) FROM profile_search_due`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	check := func(when string) {
		t.Helper()
		for text, want := range map[string]int{"zyxw": 40, "quentin 39": 1, "jkq": 20, "jk": 20, "kq": 20, "xw": 40, page.Rows[1].Username: 1, "nobody at all": 0} {
			if n := found(text); n != want {
				t.Errorf("%s, %q: %d profiles, want %d", when, text, n, want)
			}
		}
	}
	if due() != 40 {
		t.Errorf("%d are due", due())
	}
	check("before")
	for more := true; more; {
		if more, err = store.Index(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if due() != 0 {
		t.Errorf("%d are due afterwards", due())
	}
	check("afterwards")
	if err := db.Write(ctx, func(tx *sqlite.Tx) error {
		_, err := tx.Exec(`INSERT INTO profile_search (profile_search, rank) VALUES ('integrity-check', 0)`)
		return err
	}); err != nil {
		t.Error(err)
	}
}
