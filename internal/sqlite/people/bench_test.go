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
	err := db.Write(context.Background(), func(tx *sqlite.Tx) error {
		_, err := tx.Exec(`INSERT INTO people (id, kind, name, name_order, sign_in, sign_in_key, mail_key, searched, issuer, subject, tenant_id, object_id, claim, given, given_at, given_by,
				grouped, grouped_by, deactivated, primary_owner, added_at, seen_at, waits_for, asked_at, answered_at)
			WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
			SELECT printf('%08d', i), 'person', printf('Person %06d', i), printf('person %06d', i), printf('p%06d@contoso.com', i), printf('p%06d@contoso.com', i), '',
				printf('person %06d', i) || char(1, 1) || printf('p%06d@contoso.com', i) || char(1, 1), 'https://idp.contoso.com', printf('s%d', i), '', '', i % 3, 0, 0, '', 0, '', i % 50 = 0, 0, 1, i, '', 0, 0 FROM n`)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	s := store.New(db)
	queries := map[string]people.Query{"search for one": {Text: "p054321", Sort: people.ByName}, "search for nobody": {Text: "nobody", Sort: people.ByName}}
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
