package scans_test

import (
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"purser.example/internal/scan"
)

// pageSize is how many sites a page of Microsoft's has.
const pageSize = 200

// BenchmarkAddPage stores pages of new objects. It is to be held against BenchmarkBarePage: -benchtime=500x makes 100,000 objects.
func BenchmarkAddPage(b *testing.B) {
	_, store := scanning(b, scan.Sites)
	pages := made(b.N)
	b.ResetTimer()
	for _, p := range pages {
		if _, err := store.AddPage(ctx, "c1", scan.Sites, p, time.Now()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*pageSize/b.Elapsed().Seconds(), "objects/s")
}

// BenchmarkAddPageAgain stores pages whose objects are all known, as every scan but the first does.
func BenchmarkAddPageAgain(b *testing.B) {
	_, store := scanning(b, scan.Sites)
	pages := made(b.N)
	for again := range 2 {
		if again == 1 {
			must(b, store.Restart(ctx, "c1", scan.Sites))
			b.ResetTimer()
		}
		for _, p := range pages {
			if _, err := store.AddPage(ctx, "c1", scan.Sites, p, time.Now()); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.N)*pageSize/b.Elapsed().Seconds(), "objects/s")
}

// BenchmarkBarePage is what a bare client does with the same pages: one row after the other into a table with nothing but its key, one
// transaction a page.
func BenchmarkBarePage(b *testing.B) {
	query := url.Values{"_txlock": {"immediate"}, "_pragma": {"journal_mode(WAL)", "synchronous(FULL)"}}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", OmitHost: true, Path: filepath.Join(b.TempDir(), "bare.db"), RawQuery: query.Encode()}).String())
	must(b, err)
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)
	_, err = db.Exec(`CREATE TABLE objects (key TEXT PRIMARY KEY, name TEXT NOT NULL, address TEXT NOT NULL, seen INTEGER NOT NULL)`)
	must(b, err)
	insert, err := db.Prepare(`INSERT INTO objects VALUES (?, ?, ?, ?)`)
	must(b, err)
	pages := made(b.N)
	b.ResetTimer()
	for _, p := range pages {
		tx, err := db.Begin()
		must(b, err)
		each := tx.Stmt(insert)
		for _, o := range p.Objects {
			if _, err := each.Exec(o.Key, o.Name, o.Address, time.Now().UnixMilli()); err != nil {
				b.Fatal(err)
			}
		}
		must(b, tx.Commit())
	}
	b.ReportMetric(float64(b.N)*pageSize/b.Elapsed().Seconds(), "objects/s")
}

func made(n int) []scan.Page {
	pages := make([]scan.Page, n)
	for no := range pages {
		pages[no] = page(no, pageSize)
	}
	return pages
}

// BenchmarkObjects reads pages of 50 of BENCH_OBJECTS objects in every order, from their beginning and from their middle.
func BenchmarkObjects(b *testing.B) {
	n, err := strconv.Atoi(os.Getenv("BENCH_OBJECTS"))
	if err != nil {
		n = 20_000
	}
	types := []scan.Type{scan.Sites, scan.OneDrive, scan.Users}
	db, store := scanning(b, types...)
	fill(b, db, store, n, types...)
	views := map[string]scan.ObjectQuery{
		"everything": {}, "a type": {Type: scan.OneDrive}, "all, gone too": {State: scan.Any}, "narrow search": {Text: "000123"}, "broad search": {Text: "contoso"}, "a name": {Text: "elan"},
		"one letter": {Text: "z"}, "two letters": {Text: "99"},
	}
	for name, q := range views {
		for _, q.Sort = range []scan.Column{scan.ByName, scan.ByType, scan.ByFirst, scan.ByLast} {
			q.Limit, q.After = 50, ""
			middle := q
			for range 5 {
				page, err := store.Objects(ctx, middle)
				must(b, err)
				middle.After = page.Next
			}
			for where, q := range map[string]scan.ObjectQuery{"beginning": q, "middle": middle} {
				b.Run(fmt.Sprintf("%s by %s/%s", name, q.Sort, where), func(b *testing.B) {
					for b.Loop() {
						if _, err := store.Objects(ctx, q); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		}
	}
}
