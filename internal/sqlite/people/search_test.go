package people_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"purser.example/internal/people"
	store "purser.example/internal/sqlite/people"
	"purser.example/internal/sqlite/sqlitetest"
)

// R6: a search finds the same by each order, page for page, whether few fit or more than are counted, and whether the term is long enough for
// the index or not.
func TestASearchFindsTheSameHoweverItIsRead(t *testing.T) {
	db, _ := sqlitetest.Open(t, time.Now)
	fill(t, db, 1_200)
	s := store.New(db)
	for term, want := range map[string]int{"000777": 1, "son 0007": 100, "07": 131, "p": 1_200, "contoso": 1_200, "PERSÓN": 1_200, `"000`: 0, "qq": 0, "q": 0, "nobody": 0, "\x00": 0, "\xff": 0} {
		for _, sort := range people.Columns {
			q, rows := people.Query{Text: term, Sort: sort, Limit: 400}, 0
			for {
				page, err := s.List(context.Background(), q)
				if err != nil {
					t.Fatal(err)
				}
				for _, p := range page.Rows {
					if !strings.Contains(strings.ToLower(p.Name+" "+p.SignIn), strings.ReplaceAll(strings.ToLower(term), "ó", "o")) {
						t.Errorf("%q finds %s", term, p.Name)
					}
				}
				if rows += len(page.Rows); page.AtLeast != (want > 1_000) || page.Total != min(want, 1_000) {
					t.Errorf("%q counts %d, more: %v", term, page.Total, page.AtLeast)
				}
				if q.After = page.Next; q.After == "" {
					break
				}
			}
			if rows != want {
				t.Errorf("%q by %s: %d rows, want %d", term, sort, rows, want)
			}
		}
	}
}

// R6: who is called otherwise is found by the new name alone, and who is gone by none.
func TestASearchFollowsNames(t *testing.T) {
	db, _ := sqlitetest.Open(t, time.Now)
	fill(t, db, 3)
	s := store.New(db)
	ctx := context.Background()
	finds := func() string {
		var found []string
		for _, term := range []string{"person 000002", "zoe", "000003"} {
			page, err := s.List(ctx, people.Query{Text: term, Sort: people.ByName, Limit: 10})
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, fmt.Sprintf("%s: %d", term, page.Total))
		}
		return strings.Join(found, ", ")
	}
	if got := finds(); got != "person 000002: 1, zoe: 0, 000003: 1" {
		t.Error(got)
	}
	_, err := s.Arrive(ctx, people.Whom{Issuer: "https://idp.contoso.com", Subject: "s2"}, func(now people.Arriving) (people.Arrived, error) {
		p := now.Found[0]
		p.Name, p.SignIn = "Zoë Ångström", "zoe@contoso.com"
		return people.Arrived{Person: p, Gone: []people.ID{"00000003"}}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := finds(); got != "person 000002: 0, zoe: 1, 000003: 0" {
		t.Error(got)
	}
	left := 0
	if err := db.QueryRow(ctx, `SELECT count(*) FROM people_rows`).Scan(&left); err != nil || left != 2 {
		t.Errorf("%d numbers are left, %v", left, err)
	}
}
