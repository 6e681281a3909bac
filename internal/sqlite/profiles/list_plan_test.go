package profiles_test

import (
	"regexp"
	"strings"
	"testing"

	"purser.example/internal/profile"
	"purser.example/internal/sqlite/profiles"
	"purser.example/internal/sqlite/sqlitetest"
)

// indexes are those that the plans of the list must name, by sort.
var indexes = map[profile.Column]string{
	profile.ByName: "profiles_in_name_order", profile.ByTenant: "profiles_by_tenant", profile.ByUsername: "profiles_by_username", profile.ByStatus: "profiles_by_status",
	profile.ByExpires: "profiles_by_expiry", profile.ByValidated: "profiles_by_validation", profile.ByModified: "profiles_by_change",
}

// scansTable finds a plan's step that reads profiles without an index.
var scansTable = regexp.MustCompile(`(?m)^SCAN p(rofiles)?$`)

// R10: no view of the list, in whatever order, reads the whole table, and a walk of an order sorts nothing.
func TestEveryViewOfTheListHasItsPlan(t *testing.T) {
	db, ring, _ := filled(t, 2000)
	if err := sqlitetest.Fill(ctx, db, ring, sqlitetest.FillOptions{Profiles: 5, First: 5001, Username: "q%05d@contoso.com"}); err != nil {
		t.Fatal(err)
	}
	if err := sqlitetest.Fill(ctx, db, ring, sqlitetest.FillOptions{Profiles: 200, First: 6001, Kind: profile.ClassicMFA}); err != nil {
		t.Fatal(err)
	}
	store := profiles.New(db)
	const walked, gathered = false, true
	for name, view := range map[string]struct {
		query  profile.Query
		index  string // read besides the page's own rows; empty: that of the sort
		gather bool
	}{
		"everything":         {profile.Query{}, "", walked},
		"a tenant":           {profile.Query{Tenant: contoso.ID}, "", walked},
		"a common service":   {profile.Query{Service: "fly"}, "", walked},
		"a rare service":     {profile.Query{Service: "common"}, "SEARCH f USING PRIMARY KEY", gathered},
		"valid":              {profile.Query{Status: "valid"}, "", walked},
		"locked":             {profile.Query{Status: "account-locked"}, "profiles_by_status", gathered},
		"attention":          {profile.Query{Status: profile.Attention}, "", walked},
		"nothing expires":    {profile.Query{Status: profile.Expiring}, "profiles_by_expiry", gathered},
		"a narrow term":      {profile.Query{Text: "001234"}, "SCAN f VIRTUAL TABLE", gathered},
		"a broad term":       {profile.Query{Text: "contoso"}, "", walked},
		"one letter, broad":  {profile.Query{Text: "o"}, "", walked},
		"one letter, narrow": {profile.Query{Text: "q"}, "SCAN f VIRTUAL TABLE", gathered},
		"two letters":        {profile.Query{Text: "99"}, "SCAN f VIRTUAL TABLE", gathered},
		"classic":            {profile.Query{Kind: profile.ClassicMFA}, "", walked},
		"common":             {profile.Query{Kind: profile.Common}, "", walked},
		"classic and locked": {profile.Query{Kind: profile.ClassicMFA, Status: "account-locked"}, "profiles_by_status", gathered},
		"three filters":      {profile.Query{Text: "contoso", Tenant: contoso.ID, Service: "fly"}, "", walked},
		"rare and common":    {profile.Query{Text: "001234", Tenant: contoso.ID, Status: "valid"}, "SCAN f VIRTUAL TABLE", gathered},
	} {
		for _, sort := range profile.Columns {
			for _, down := range []bool{false, true} {
				q := view.query
				q.Sort, q.Down, q.Limit = sort, down, profile.PageSize
				first, err := store.List(ctx, q)
				if err != nil {
					t.Fatal(err)
				}
				for _, after := range []string{"", first.Next} {
					q.After = after
					page, count, err := store.Explain(ctx, q)
					if err != nil {
						t.Fatal(err)
					}
					index := view.index
					if index == "" {
						index = indexes[sort]
						if q.Tenant != "" && sort == profile.ByName {
							index = "profiles_of_tenant"
						}
					}
					if scansTable.MatchString(page) || scansTable.MatchString(count) {
						t.Errorf("%s by %s reads the whole table:\n%s\n%s", name, sort, page, count)
					}
					if after != "" && !view.gather && !strings.Contains(page, ",place)") && !strings.Contains(page, "AND place") {
						t.Errorf("%s by %s does not begin where the last page ended:\n%s", name, sort, page)
					}
					if !strings.Contains(page, index) || strings.Contains(page, "TEMP B-TREE") != view.gather {
						t.Errorf("%s by %s, down %v, after %q: want %s, sorted afterwards: %v\n%s", name, sort, down, after, index, view.gather, page)
					}
				}
			}
		}
	}
}
