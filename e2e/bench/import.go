package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"purser.example/e2e/programs"
)

const (
	imported   = 10_000
	importPath = listPath + "/import"
)

// imports measures how long a file of 10,000 profiles takes to be checked and then imported, through the pages, and the memory meanwhile.
func (b *bench) imports(ctx context.Context) ([]row, error) {
	folder := programs.NewFolder(filepath.Join(b.folder, "import"))
	if err := folder.Connect(ctx, connected, appID); err != nil {
		return nil, err
	}
	purser, err := programs.Serve(ctx, b.binary, folder, os.Stderr)
	if err != nil {
		return nil, err
	}
	defer purser.Stop()
	browser, err := programs.SignIn(ctx, purser.URL, programs.Email, programs.Password)
	if err != nil {
		return nil, err
	}
	var most float64
	stop := sample(ctx, purser, &most)
	checked, err := importOnce(ctx, browser, "check", "10,000 rows can be imported")
	if err != nil {
		return nil, errors.Join(err, stop())
	}
	stored, err := importOnce(ctx, browser, "import", "10,000 profiles created")
	if err := errors.Join(err, stop()); err != nil {
		return nil, err
	}
	took := checked + stored
	return []row{
		{"a file of 10,000 profiles, checked and imported", fmt.Sprintf("%.1f s (%.1f s to check, %.1f s to import)", took.Seconds(), checked.Seconds(), stored.Seconds()), "30 s", took <= 30*time.Second},
		{"resident meanwhile, at most", fmt.Sprintf("%.0f MB", most), "150 MB", most < 150},
	}, nil
}

// importOnce sends the file with a button, and waits until its page says what came of it.
func importOnce(ctx context.Context, browser *programs.Browser, button, says string) (time.Duration, error) {
	begin := time.Now()
	a, err := browser.Upload(ctx, importPath, "profiles.csv", importFile(), button)
	if err != nil || a.Status != http.StatusSeeOther {
		return 0, errors.Join(err, fmt.Errorf("%s: status %d", button, a.Status))
	}
	for time.Since(begin) < 2*time.Minute {
		page, err := browser.Get(ctx, a.Header.Get("Location"))
		if err != nil || strings.Contains(string(page.Body), says) {
			return time.Since(begin), err
		}
		time.Sleep(100 * time.Millisecond)
	}
	return 0, fmt.Errorf("%s: not over after two minutes", button)
}

// importFile has the profiles in rows as the classic UI's users have them.
func importFile() []byte {
	var file strings.Builder
	file.WriteString("name,description,tenant,services,username,password,type,admin_center_url\r\n")
	for n := range imported {
		fmt.Fprintf(&file, "Service account %05d,\"Nightly backup, region %d\",contoso.onmicrosoft.com,Fly;Cloud Governance,svc-%05d@contoso.onmicrosoft.com,Imported-%05d!,common,\r\n", n, n%7, n, n)
	}
	return []byte(file.String())
}

// sample looks at the memory of a process until it is told to stop, and keeps the most.
func sample(ctx context.Context, purser *programs.Served, most *float64) (stop func() error) {
	ended, done := make(chan struct{}), make(chan error, 1)
	go func() {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			mb, err := purser.Resident()
			if *most = max(*most, mb); err != nil || ctx.Err() != nil {
				done <- errors.Join(err, ctx.Err())
				return
			}
			select {
			case <-ended:
				done <- nil
				return
			case <-tick.C:
			}
		}
	}()
	return func() error { close(ended); return <-done }
}
