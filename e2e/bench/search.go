package main

import (
	"context"
	"fmt"
	"net/url"
)

// terms are looked for: in the name of one profile, the usernames of all, the names of an eighth, of a ninth, of nobody.
var terms = []struct{ kind, text string }{
	{"narrow", "000777"}, {"broad", "contoso"}, {"two letters", "ba"}, {"one letter", "z"}, {"nothing", "nobody"},
}

// search compares searched pages of 100,000 profiles with the unsearched one.
func (b *bench) search(ctx context.Context) ([]row, error) {
	pages, stop, err := b.serveSizes(ctx, 100_000)
	if err != nil {
		return nil, err
	}
	defer stop()
	for _, t := range terms {
		pages = append(pages, page{address: pages[0].address + "?q=" + url.QueryEscape(t.text), cookie: pages[0].cookie})
	}
	loads, err := alternate(ctx, 3, 3, pages...)
	if err != nil {
		return nil, err
	}
	var rows []row
	for i, t := range terms {
		found := ratio(loads[i+1], loads[0], p99)
		rows = append(rows, row{
			fmt.Sprintf("search of 100,000, %s (%q) ÷ unsearched, p99", t.kind, t.text),
			fmt.Sprintf("%.1f (%.0f ÷ %.0f ms; %.0f requests/s)", found, middle(loads[i+1], p99), middle(loads[0], p99), middle(loads[i+1], rate)),
			"under 4", found < 4,
		})
	}
	return rows, nil
}
