package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
)

// healthProfiles are how many profiles the page is measured with; PURSER_BENCH_HEALTH is another number, to try the row out.
const healthProfiles = 100_000

// health compares Health and expiry, as a list and as a calendar, with the list of profiles of the same folder.
func (b *bench) health(ctx context.Context) ([]row, error) {
	profiles := healthProfiles
	if text := os.Getenv("PURSER_BENCH_HEALTH"); text != "" {
		var err error
		if profiles, err = strconv.Atoi(text); err != nil {
			return nil, err
		}
	}
	folder, err := b.seed(ctx, profiles)
	if err != nil {
		return nil, err
	}
	s, list, err := b.serveList(ctx, folder)
	if err != nil {
		return nil, err
	}
	defer s.Stop()
	at := func(path string) page { return page{address: s.URL + path, cookie: list.cookie} }
	loads, err := alternate(ctx, 3, 3, list, at("/health"), at("/health?view=calendar"))
	if err != nil {
		return nil, err
	}
	var rows []row
	for i, name := range []string{"a list", "a calendar"} {
		longer := ratio(loads[0], loads[i+1], rate) // the time for a page is the inverse of its rate
		rows = append(rows, row{
			fmt.Sprintf("health and expiry as %s ÷ list of 50, of %d profiles, time for a page", name, profiles),
			fmt.Sprintf("%.2f (%.0f and %.0f requests/s)", longer, middle(loads[i+1], rate), middle(loads[0], rate)), "at most 2", longer <= 2,
		})
	}
	return rows, nil
}
