package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"time"

	"purser.example/e2e/programs"
	"purser.example/internal/scan"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/sqlitetest"
)

// found are looked for among objects: the number of one of them, and what all addresses have.
var found = []struct{ kind, text string }{{"narrow", "000777"}, {"broad", "contoso"}}

// objects compares the first page of 1,000,000 objects with that of 1,000, and searched pages with the unsearched one.
func (b *bench) objects(ctx context.Context) ([]row, error) {
	pages, stop, err := b.serveObjects(ctx, 1_000, 1_000_000)
	if err != nil {
		return nil, err
	}
	defer stop()
	many := pages[1]
	for _, t := range found {
		pages = append(pages, page{address: many.address + "?q=" + t.text, cookie: many.cookie})
	}
	loads, err := alternate(ctx, 3, 3, pages...)
	if err != nil {
		return nil, err
	}
	longer := ratio(loads[0], loads[1], rate) // the time for a page is the inverse of its rate
	rows := []row{{
		"objects page at 1,000,000 objects ÷ at 1,000, time for a page", fmt.Sprintf("%.2f (%.0f and %.0f requests/s)", longer, middle(loads[1], rate), middle(loads[0], rate)),
		"at most 1.30", longer <= 1.3,
	}}
	for i, t := range found {
		rows = append(rows, searchRow("search of 1,000,000 objects", t.kind, t.text, loads[i+2], loads[1]))
	}
	return rows, nil
}

// serveObjects serves a folder with each number of objects at the same time.
func (b *bench) serveObjects(ctx context.Context, sizes ...int) (pages []page, stop func(), err error) {
	var stops []func()
	stop = func() {
		for _, stop := range stops {
			stop()
		}
	}
	for _, n := range sizes {
		s, p, err := b.serveFilled(ctx, n)
		if err != nil {
			stop()
			return nil, nil, err
		}
		stops, pages = append(stops, s.Stop), append(pages, p)
	}
	return pages, stop, nil
}

// serveFilled fills a folder with so many objects, and serves it.
func (b *bench) serveFilled(ctx context.Context, n int) (*programs.Served, page, error) {
	folder := programs.NewFolder(filepath.Join(b.folder, "objects"+strconv.Itoa(n)))
	err := scanTenant.prepare(ctx, folder, &scan.Profile{Method: scan.ByApp}, func(db *sqlite.DB, _ *secret.Keyring) error {
		return sqlitetest.FillObjects(ctx, db, sqlitetest.FillObjectsOptions{
			Objects: n, Tenant: scanTenant.ID, Types: []scan.Type{scan.Sites, scan.OneDrive, scan.Users}, Now: time.Now(),
		})
	})
	if err != nil {
		return nil, page{}, err
	}
	s, list, err := b.serveList(ctx, folder)
	if err != nil {
		return nil, page{}, err
	}
	return s, page{address: s.URL + "/objects", cookie: list.cookie}, nil
}
