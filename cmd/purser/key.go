package main

import (
	"context"
	"fmt"
	"os"

	"purser.example/internal/app"
	"purser.example/internal/keychange"
)

type keyRotateCommand struct{}

func (keyRotateCommand) Run(ctx context.Context, s streams) error {
	cfg, err := app.Checks().LoadKeyChange(os.Environ())
	if err != nil {
		return err
	}
	told := -1
	over, err := app.RotateKey(ctx, cfg, app.Options{Log: logger(cfg, s), Version: version}, operator(os.Getenv), func(c keychange.Change) {
		if share := c.Done * 10 / max(c.Total, 1); share != told {
			told = share
			_, _ = fmt.Fprintf(s.err, "sealed anew: %d of %d\n", c.Done, c.Total)
		}
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "the key was changed from %s to %s: %d values were sealed anew, %d could not be opened\nset PURSER_KEY to the new key before Purser is started again: the former one no longer opens the database\n",
		over.Former, over.Next, over.Done, over.Unreadable)
	return err
}
