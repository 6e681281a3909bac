package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"purser.example/e2e/programs"
)

// list compares the first page of the list with the bare handler, and folders of all sizes with each other.
func (b *bench) list(ctx context.Context) ([]row, error) {
	pages, stop, err := b.serveSizes(ctx, 1_000, 100_000, 1_000_000)
	if err != nil {
		return nil, err
	}
	defer stop()
	bare, stopBare, err := startBare(ctx)
	if err != nil {
		return nil, err
	}
	defer stopBare()
	loads, err := alternate(ctx, 5, 4, append(pages, page{address: bare + bareFull}, pages[1].packed())...)
	if err != nil {
		return nil, err
	}
	few, middling, many, limit, packed := loads[0], loads[1], loads[2], loads[3], loads[4]
	longer := ratio(few, many, rate) // the time for a page is the inverse of its rate
	return []row{
		againstBare("list of 50 of 100,000 ÷ bare handler with 50 rows, 32 connections", middling, limit, 0.60),
		againstBare("the same, packed for the browser ÷ the bare handler's as it is", packed, limit, 0.60),
		{
			"list at 1,000,000 profiles ÷ at 1,000, time for a page", fmt.Sprintf("%.2f (%.0f and %.0f requests/s)", longer, middle(many, rate), middle(few, rate)),
			"at most 1.30", longer <= 1.3,
		},
	}, nil
}

// serveSizes serves a folder of each size at the same time; only the one under load costs anything.
func (b *bench) serveSizes(ctx context.Context, sizes ...int) (pages []page, stop func(), err error) {
	var stops []func()
	stop = func() {
		for _, stop := range stops {
			stop()
		}
	}
	for _, n := range sizes {
		folder, err := b.seed(ctx, n)
		if err != nil {
			stop()
			return nil, nil, err
		}
		s, p, err := b.serveList(ctx, folder)
		if err != nil {
			stop()
			return nil, nil, err
		}
		stops, pages = append(stops, s.Stop), append(pages, p)
	}
	return pages, stop, nil
}

// idle measures the memory of a Purser with 100,000 profiles that has shown the list once and now waits.
func (b *bench) idle(ctx context.Context) ([]row, error) {
	folder, err := b.seed(ctx, 100_000)
	if err != nil {
		return nil, err
	}
	s, err := programs.Serve(ctx, b.binary, folder, os.Stderr)
	if err != nil {
		return nil, err
	}
	defer s.Stop()
	browser, err := programs.SignIn(ctx, s.URL, programs.Email, programs.Password)
	if err != nil {
		return nil, err
	}
	if _, err := browser.Get(ctx, listPath); err != nil {
		return nil, err
	}
	time.Sleep(2 * time.Second)
	mb, err := s.Resident()
	return []row{{"resident idle with 100,000 profiles", fmt.Sprintf("%.0f MB", mb), "40 MB", mb <= 40}}, err
}
