package profiles_test

import (
	"testing"

	"purser.example/internal/profile"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/profiles"
)

// X35: profiles of before get their letters beside the work, some at a time, and are found by one letter before, meanwhile and afterwards;
// what is edited and deleted meanwhile is found as it is.
func TestProfilesOfBeforeGetTheirLetters(t *testing.T) {
	const made = 1300
	db, _, _ := filled(t, made)
	store := profiles.New(db)
	if err := db.Write(ctx, func(tx *sqlite.Tx) error {
		_, err := tx.Exec(`UPDATE profiles SET letters = -1`)
		if err == nil {
			_, err = tx.Exec(`INSERT INTO to_fold VALUES ('letters')`)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	count := func(query string) (n int) {
		t.Helper()
		if err := db.QueryRow(ctx, query).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	check := func() {
		t.Helper()
		for _, text := range []string{"z", "x", "zu", "東"} {
			found := 0
			for q := (profile.Query{Text: text, Limit: 200}); ; {
				page, err := store.List(ctx, q)
				if err != nil {
					t.Fatal(err)
				}
				if found += len(page.Rows); page.Next == "" {
					break
				}
				q.After = page.Next
			}
			if want := count(`SELECT count(*) FROM profiles WHERE instr(search_key || lower(code), '` + text + `')`); found != want {
				t.Errorf("%q: %d profiles, want %d", text, found, want)
			}
		}
		if lacking, err := store.Lacking(ctx); err != nil || len(lacking) > 0 {
			t.Errorf("%d profiles lack letters, %v", len(lacking), err)
		}
	}
	check()
	page, err := store.List(ctx, profile.Query{Limit: made})
	if err != nil {
		t.Fatal(err)
	}
	steps := 0
	for more := true; more; steps++ {
		p, gone := page.Rows[2*steps].Profile, page.Rows[2*steps+1].Profile
		seen := p.Version
		p.Version, p.Description = p.Version+1, "xzx"
		if err := store.Update(ctx, p, seen, nil, nil, nil); err != nil {
			t.Fatal(err)
		}
		if err := store.Delete(ctx, []profile.Profile{gone}); err != nil {
			t.Fatal(err)
		}
		check()
		if more, err = store.Index(ctx); err != nil {
			t.Fatal(err)
		}
		check()
	}
	if steps < 3 || count(`SELECT count(*) FROM profiles WHERE letters < 0`) != 0 || count(`SELECT count(*) FROM to_fold`) != 0 {
		t.Errorf("after %d steps %d profiles are without letters", steps, count(`SELECT count(*) FROM profiles WHERE letters < 0`))
	}
}
