package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"purser.example/e2e/programs"
	"purser.example/internal/backup"
	"purser.example/internal/sqlite"
)

// backedUpProfiles make a database of a gigabyte, about.
const backedUpProfiles = 1_000_000

// backup measures edits, sixteen at once, beside `purser backup` of a gigabyte, and beside Litestream, against the same edits alone.
func (b *bench) backup(ctx context.Context) ([]row, error) {
	profiles, err := sized(backedUpProfiles)
	if err != nil {
		return nil, err
	}
	h, stop, err := b.openHouseOf(ctx, profiles)
	if err != nil {
		return nil, err
	}
	defer stop()
	rows, err := b.besideBackup(ctx, h, b.seeded[profiles])
	if err != nil {
		return nil, err
	}
	copied, err := b.besideLitestream(ctx, h, b.seeded[profiles])
	return append(rows, copied...), err
}

func (b *bench) besideBackup(ctx context.Context, h *house, folder programs.Folder) ([]row, error) {
	var alone, beside, took []float64
	var bytes int64
	for n := range editRounds {
		var err error
		if alone, err = h.measured(ctx, alone, h.edit); err != nil {
			return nil, err
		}
		file := filepath.Join(b.folder, fmt.Sprintf("backup-%d.db", n))
		cmd := exec.CommandContext(ctx, b.binary, "backup", file, "--data", folder.Path)
		cmd.Env = append(os.Environ(), "PURSER_KEY="+folder.Key.Text())
		begun := time.Now()
		perSecond, err := h.while(ctx, func() error {
			out, err := cmd.CombinedOutput()
			if err != nil {
				return fmt.Errorf("backup: %w: %s", err, out)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		beside, took = append(beside, perSecond), append(took, time.Since(begun).Seconds())
		info, err := os.Stat(file)
		if err = errors.Join(err, os.Remove(file)); err != nil {
			return nil, err
		}
		bytes = info.Size()
	}
	share := median(beside) / median(alone)
	return []row{{
		"edits a second beside `purser backup` ÷ alone",
		fmt.Sprintf("%.2f (%.0f ÷ %.0f; %d MB in %.0f s, verified)", share, median(beside), median(alone), bytes/1_000_000, median(took)),
		"at least 0.50", share >= 0.5,
	}}, nil
}

// while counts the edits a second for as long as something takes.
func (h *house) while(ctx context.Context, work func() error) (float64, error) {
	var over atomic.Bool
	var done atomic.Int64
	var all sync.WaitGroup
	failed := make([]error, editors)
	begin := time.Now()
	for e := range editors {
		all.Go(func() {
			for n := 0; !over.Load() && failed[e] == nil; n++ {
				if failed[e] = h.edit(ctx, e, n); failed[e] == nil {
					done.Add(1)
				}
			}
		})
	}
	err := work()
	over.Store(true)
	took := time.Since(begin).Seconds()
	all.Wait()
	return float64(done.Load()) / took, errors.Join(append(failed, err)...)
}

// besideLitestream has Litestream copy the database to a folder with the configuration of the packages, once it has copied all that there is.
// It is stopped for the edits alone, which take turns with those beside it.
func (b *bench) besideLitestream(ctx context.Context, h *house, folder programs.Folder) ([]row, error) {
	l, err := b.makeLitestream(ctx, folder.Path)
	if err != nil {
		return nil, err
	}
	var beside, alone []float64
	var behind time.Duration
	for range editRounds {
		stop, err := l.start(ctx)
		if err != nil {
			return nil, err
		}
		until, end := context.WithCancel(ctx)
		var watched sync.WaitGroup
		watched.Go(func() { behind = max(behind, mostBehind(until, l.replica)) })
		beside, err = h.measured(ctx, beside, h.edit)
		end()
		watched.Wait()
		if err := errors.Join(err, stop()); err != nil {
			return nil, err
		}
		if alone, err = h.measured(ctx, alone, h.edit); err != nil {
			return nil, err
		}
	}
	share := median(beside) / median(alone)
	return []row{
		{
			"edits a second beside Litestream ÷ alone", fmt.Sprintf("%.2f (%.0f ÷ %.0f)", share, median(beside), median(alone)),
			"at least 0.85", share >= 0.85,
		},
		{
			"the copy is behind these edits, at most", fmt.Sprintf("%.1f s", behind.Seconds()), "5 s", behind <= 5*time.Second,
		},
	}, nil
}

// litestream is the program with a configuration for one database.
type litestream struct {
	program, configuration string
	replica                backup.Replica
}

// makeLitestream makes the program from its module.
func (b *bench) makeLitestream(ctx context.Context, data string) (litestream, error) {
	l := litestream{
		program: filepath.Join(b.folder, "litestream"), configuration: filepath.Join(b.folder, "litestream.yml"),
		replica: backup.Replica{Folder: filepath.Join(b.folder, "replica"), Database: filepath.Join(data, sqlite.File)},
	}
	build := exec.CommandContext(ctx, "go", "build", "-C", "e2e/litestream", "-o", l.program, "github.com/benbjohnson/litestream/cmd/litestream")
	if out, err := build.CombinedOutput(); err != nil {
		return l, fmt.Errorf("make litestream: %w: %s", err, out)
	}
	text, err := os.ReadFile(".ci/release/files/litestream.yml")
	if err != nil {
		return l, err
	}
	here := strings.NewReplacer("/var/lib/purser/purser.db", l.replica.Database, "/srv/purser-replica", l.replica.Folder).Replace(string(text))
	return l, os.WriteFile(l.configuration, []byte(here), 0o600)
}

// start starts it, and waits until all that there is is copied.
func (l litestream) start(ctx context.Context) (stop func() error, err error) {
	running := exec.CommandContext(ctx, l.program, "replicate", "-config", l.configuration)
	if err := running.Start(); err != nil {
		return nil, err
	}
	stop = func() error {
		err := running.Process.Signal(os.Interrupt)
		_ = running.Wait()
		return err
	}
	look := time.NewTicker(100 * time.Millisecond)
	defer look.Stop()
	for {
		now := time.Now()
		if through, err := l.replica.Through(now); err == nil && through.Equal(now) {
			return stop, nil
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), stop())
		}
	}
}

// mostBehind is how far a copy was behind at most, until somebody ends it.
func mostBehind(ctx context.Context, replica backup.Replica) (most time.Duration) {
	look := time.NewTicker(100 * time.Millisecond)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return most
		case now := <-look.C:
			if through, err := replica.Through(now); err == nil {
				most = max(most, now.Sub(through))
			}
		}
	}
}
