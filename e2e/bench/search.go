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
		rows = append(rows, searchRow("search of 100,000", t.kind, t.text, loads[i+1], loads[0]))
	}
	return rows, nil
}

// searchRow is the row of a searched page against the unsearched one.
func searchRow(what, kind, text string, searched, all []load) row {
	slower := ratio(searched, all, p99)
	return row{
		fmt.Sprintf("%s, %s (%q) ÷ unsearched, p99", what, kind, text),
		fmt.Sprintf("%.1f (%.0f ÷ %.0f ms; %.0f requests/s)", slower, middle(searched, p99), middle(all, p99), middle(searched, rate)),
		"under 4", slower < 4,
	}
}
