package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"

	"purser.example/e2e/programs"
	"purser.example/internal/sqlite/sqlitetest"
)

// names are looked for among people: one of them, all of them, and nobody.
var names = []struct{ kind, text string }{{"narrow", "000777"}, {"broad", "contoso"}, {"two letters", "07"}, {"nothing", "nobody"}}

// people compares the first page of 100,000 people with that of 1,000, and searched pages with the unsearched one.
func (b *bench) people(ctx context.Context) ([]row, error) {
	var pages []page
	for _, n := range []int{1_000, 100_000} {
		s, p, err := b.servePeople(ctx, n)
		if err != nil {
			return nil, err
		}
		defer s.Stop()
		pages = append(pages, p)
	}
	many := pages[1]
	for _, t := range names {
		pages = append(pages, page{address: many.address + "?q=" + url.QueryEscape(t.text), cookie: many.cookie})
	}
	loads, err := alternate(ctx, 3, 3, pages...)
	if err != nil {
		return nil, err
	}
	longer := ratio(loads[0], loads[1], rate) // the time for a page is the inverse of its rate
	rows := []row{{
		"people at 100,000 ÷ at 1,000, time for a page", fmt.Sprintf("%.2f (%.0f and %.0f requests/s)", longer, middle(loads[1], rate), middle(loads[0], rate)),
		"at most 1.30", longer <= 1.3,
	}}
	for i, t := range names {
		rows = append(rows, searchRow("search of 100,000 people", t.kind, t.text, loads[i+2], loads[1]))
	}
	return rows, nil
}

// servePeople lists so many people in a folder, and serves it.
func (b *bench) servePeople(ctx context.Context, n int) (*programs.Served, page, error) {
	folder := programs.NewFolder(filepath.Join(b.folder, "people"+strconv.Itoa(n)))
	if err := os.WriteFile(folder.Path+".key", []byte(folder.Key.Text()), 0o600); err != nil {
		return nil, page{}, err
	}
	if err := folder.Connect(ctx, connected, appID); err != nil {
		return nil, page{}, err
	}
	db, _, err := folder.Open(ctx)
	if err != nil {
		return nil, page{}, err
	}
	if err := errors.Join(sqlitetest.FillPeople(ctx, db, n), db.Close()); err != nil {
		return nil, page{}, err
	}
	s, list, err := b.serveList(ctx, folder)
	if err != nil {
		return nil, page{}, err
	}
	return s, page{address: s.URL + "/people", cookie: list.cookie}, nil
}
