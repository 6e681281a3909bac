package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"time"

	"purser.example/internal/secret"
)

// resealedProfiles are those whose passwords are sealed anew.
const resealedProfiles = 100_000

// rotate measures `purser key rotate` beside edits, sixteen at once, until only the new key opens the database.
func (b *bench) rotate(ctx context.Context) ([]row, error) {
	profiles, err := sized(resealedProfiles)
	if err != nil {
		return nil, err
	}
	h, stop, err := b.openHouseOf(ctx, profiles)
	if err != nil {
		return nil, err
	}
	defer stop()
	alone, err := h.measured(ctx, nil, h.edit)
	if err != nil {
		return nil, err
	}
	folder, next := b.seeded[profiles], secret.NewKey()
	cmd := exec.CommandContext(ctx, b.binary, "key", "rotate")
	cmd.Env = append(os.Environ(), "PURSER_DATA="+folder.Path, "PURSER_KEY="+folder.Key.Text(), "PURSER_KEY_NEW="+next.Text())
	begun := time.Now()
	beside, err := h.while(ctx, func() error {
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("key rotate: %w: %s", err, out)
		}
		return nil
	})
	took := time.Since(begun)
	if err != nil {
		return nil, err
	}
	folder.Key = next // for who opens the folder after this
	b.seeded[profiles] = folder
	if err := os.WriteFile(folder.Path+".key", []byte(next.Text()), 0o600); err != nil {
		return nil, err
	}
	return []row{{
		fmt.Sprintf("%d passwords sealed anew with another key, beside edits", profiles),
		fmt.Sprintf("%.1f s (%.0f edits a second meanwhile, %.0f alone)", took.Seconds(), beside, alone[0]), "60 s", took <= time.Minute,
	}}, nil
}
