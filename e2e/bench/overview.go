package main

import (
	"context"
	"fmt"
)

// overviewPath is where people begin.
const overviewPath = "/overview"

// overview compares Overview of 100,000 profiles with the first page of their list, in turn.
func (b *bench) overview(ctx context.Context) ([]row, error) {
	return b.overviewOf(ctx, 100_000)
}

func (b *bench) overviewOf(ctx context.Context, profiles int) ([]row, error) {
	pages, stop, err := b.serveSizes(ctx, profiles)
	if err != nil {
		return nil, err
	}
	defer stop()
	list := pages[0]
	begin := page{address: list.address[:len(list.address)-len(listPath)] + overviewPath, cookie: list.cookie}
	loads, err := alternate(ctx, 5, 4, list, begin)
	if err != nil {
		return nil, err
	}
	longer := ratio(loads[0], loads[1], rate) // the time for a page is the inverse of its rate
	return []row{{
		"Overview ÷ list of 50, both of 100,000, time for a page", fmt.Sprintf("%.2f (%.0f and %.0f requests/s)", longer, middle(loads[1], rate), middle(loads[0], rate)),
		"at most 2", longer <= 2,
	}}, nil
}
