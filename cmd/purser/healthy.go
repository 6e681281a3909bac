package main

import (
	"context"
	"fmt"
	"os"

	"purser.example/internal/app"
	"purser.example/internal/config"
)

type healthyCommand struct{}

func (healthyCommand) Run(ctx context.Context, s streams) error {
	at, err := config.LoadDoor(os.Environ())
	if err != nil {
		return err
	}
	if err := app.Healthy(ctx, at); err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.out, "ready")
	return err
}
