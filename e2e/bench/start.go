package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"purser.example/e2e/programs"
)

// size weighs the binary, built as `make build` does.
func (b *bench) size(context.Context) ([]row, error) {
	info, err := os.Stat(b.binary)
	if err != nil {
		return nil, err
	}
	mb := float64(info.Size()) / 1e6
	return []row{{"stripped binary", fmt.Sprintf("%.1f MB", mb), "32 MB", mb < 32}}, nil
}

// start measures a start on an empty folder, the median of seven, and the memory afterwards.
func (b *bench) start(ctx context.Context) ([]row, error) {
	var times []time.Duration
	var memory float64
	for i := range 7 {
		s, err := programs.Serve(ctx, b.binary, programs.NewFolder(filepath.Join(b.folder, fmt.Sprint("start", i))), os.Stderr)
		if err != nil {
			return nil, err
		}
		times = append(times, s.Ready)
		mb, err := s.Resident()
		s.Stop()
		if err != nil {
			return nil, err
		}
		memory = max(memory, mb)
	}
	ready := median(times)
	return []row{
		{"`purser serve` ready on an empty folder", fmt.Sprintf("%d ms", ready.Milliseconds()), "150 ms", ready <= 150*time.Millisecond},
		{"resident after start", fmt.Sprintf("%.0f MB", memory), "60 MB", memory <= 60},
	}, nil
}

// startFull measures starts on a folder with many profiles, which has to be as quick as on few.
func (b *bench) startFull(ctx context.Context) ([]row, error) {
	folder, err := b.seed(ctx, 1_000_000)
	if err != nil {
		return nil, err
	}
	var times []time.Duration
	for range 7 {
		s, err := programs.Serve(ctx, b.binary, folder, os.Stderr)
		if err != nil {
			return nil, err
		}
		times = append(times, s.Ready)
		s.Stop()
	}
	ready := median(times)
	return []row{{"ready with 1,000,000 profiles", fmt.Sprintf("%d ms", ready.Milliseconds()), "300 ms", ready <= 300*time.Millisecond}}, nil
}
