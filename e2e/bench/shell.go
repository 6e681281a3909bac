package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"purser.example/e2e/programs"
)

const listPath = "/service-accounts"

// shellPage compares the signed-in page without profiles with the bare handler.
func (b *bench) shellPage(ctx context.Context) ([]row, error) {
	s, list, err := b.serveList(ctx, programs.NewFolder(filepath.Join(b.folder, "shell")))
	if err != nil {
		return nil, err
	}
	defer s.Stop()
	bare, stop, err := startBare(ctx)
	if err != nil {
		return nil, err
	}
	defer stop()
	loads, err := alternate(ctx, 3, 5, list, page{address: bare + bareEmpty}, list.packed())
	if err != nil {
		return nil, err
	}
	memory, err := s.Resident()
	if err != nil {
		return nil, err
	}
	return []row{
		againstBare("signed-in shell page ÷ bare handler, 32 connections", loads[0], loads[1], 0.50),
		againstBare("the same, packed for the browser ÷ the bare handler's as it is", loads[2], loads[1], 0.40),
		{"resident after that load", fmt.Sprintf("%.0f MB", memory), "–", true},
	}, nil
}

// serveList starts the binary on the folder and signs in.
func (b *bench) serveList(ctx context.Context, folder programs.Folder) (*programs.Served, page, error) {
	s, err := programs.Serve(ctx, b.binary, folder, os.Stderr)
	if err != nil {
		return nil, page{}, err
	}
	cookie, err := cookieOf(ctx, s.URL)
	if err != nil {
		s.Stop()
		return nil, page{}, err
	}
	return s, page{address: s.URL + listPath, cookie: cookie}, nil
}

func cookieOf(ctx context.Context, base string) (string, error) {
	browser, err := programs.SignIn(ctx, base, programs.Email, programs.Password)
	if err != nil {
		return "", err
	}
	return browser.Cookie()
}

// againstBare is the row of a page's rate against the bare handler's.
func againstBare(what string, ours, bare []load, atLeast float64) row {
	found := ratio(ours, bare, rate)
	return row{
		what, fmt.Sprintf("%.2f (%.0f ÷ %.0f requests/s, p99 %.1f ÷ %.1f ms)", found, middle(ours, rate), middle(bare, rate), middle(ours, p99), middle(bare, p99)),
		fmt.Sprintf("at least %.2f", atLeast), found >= atLeast,
	}
}
