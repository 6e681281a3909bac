package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"purser.example/e2e/programs"
	"purser.example/internal/scan"
)

// besideFor is for how many seconds the list is loaded: shorter than a scan takes beside it.
const besideFor = 3

// besideScan measures the list of 100,000 profiles beside a first scan of 100,000 sites against the same list alone. Each round has a
// copy of the folder of its own, in which nothing was scanned and nothing is left to do.
func (b *bench) besideScan(ctx context.Context) ([]row, error) {
	seeded, err := b.seed(ctx, 100_000)
	if err != nil {
		return nil, err
	}
	sim, err := b.simulateSites(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = sim.Kill() }()
	var alone, beside []load
	for n := range scanRounds {
		folder := programs.Folder{Path: filepath.Join(b.folder, "beside"+strconv.Itoa(n)), Key: seeded.Key}
		if err := os.CopyFS(folder.Path, os.DirFS(seeded.Path)); err != nil {
			return nil, err
		}
		if err := scanTenant.prepare(ctx, folder, &scan.Profile{Method: scan.ByApp}, nil); err != nil {
			return nil, err
		}
		quiet, busy, err := b.besideOnce(ctx, folder, sim.URL)
		if err = errors.Join(err, os.RemoveAll(folder.Path)); err != nil {
			return nil, err
		}
		alone, beside = append(alone, quiet), append(beside, busy)
	}
	slower := ratio(beside, alone, p99)
	return []row{{
		"list of 50 of 100,000 beside a scan of 100,000 sites ÷ alone, p99",
		fmt.Sprintf("%.1f (%.0f ÷ %.0f ms; %.0f and %.0f pages a second)", slower, middle(beside, p99), middle(alone, p99), middle(beside, rate), middle(alone, rate)),
		"at most 3", slower <= 3,
	}}, nil
}

func (b *bench) besideOnce(ctx context.Context, folder programs.Folder, sim string) (alone, beside load, err error) {
	purser, err := programs.Serve(ctx, b.binary, folder, os.Stderr, "PURSER_M365_SIMULATOR="+sim)
	if err != nil {
		return alone, beside, err
	}
	defer purser.Stop()
	browser, err := programs.SignIn(ctx, purser.URL, programs.Email, programs.Password)
	if err != nil {
		return alone, beside, err
	}
	cookie, err := browser.Cookie()
	if err != nil {
		return alone, beside, err
	}
	list := page{address: purser.URL + listPath, cookie: cookie}
	if alone, err = wrk(ctx, list, besideFor); err != nil {
		return alone, beside, err
	}
	scanning, err := beginScan(ctx, browser)
	if err != nil {
		return alone, beside, err
	}
	if beside, err = wrk(ctx, list, besideFor); err != nil {
		return alone, beside, err
	}
	over, err := isOver(ctx, browser, scanning)
	if over {
		err = errors.New("the scan was over before the list was measured")
	}
	return alone, beside, err
}
