package people_test

import (
	"context"
	"testing"
	"time"

	"purser.example/internal/people"
	"purser.example/internal/sqlite"
	store "purser.example/internal/sqlite/people"
	"purser.example/internal/sqlite/sqlitetest"
)

// BenchmarkList reads a page of 100,000 people, by each column, and searches for one and for nobody.
func BenchmarkList(b *testing.B) {
	db, _ := sqlitetest.Open(b, time.Now)
	fill(b, db, 100_000)
	s := store.New(db)
	queries := map[string]people.Query{
		"search for one": {Text: "p054321", Sort: people.ByName}, "search for nobody": {Text: "nobody", Sort: people.ByName}, "search for all": {Text: "contoso", Sort: people.BySeen},
		"search for two letters": {Text: "07", Sort: people.BySeen}, "search for two letters that nobody has": {Text: "qq", Sort: people.ByName},
	}
	for _, sort := range people.Columns {
		queries["by "+string(sort)] = people.Query{Sort: sort, Down: true}
	}
	for name, q := range queries {
		b.Run(name, func(b *testing.B) {
			q.Limit = people.PageSize
			for b.Loop() {
				if _, err := s.List(context.Background(), q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// fill lists so many people.
func fill(tb testing.TB, db *sqlite.DB, n int) {
	tb.Helper()
	if err := sqlitetest.FillPeople(context.Background(), db, n); err != nil {
		tb.Fatal(err)
	}
}
