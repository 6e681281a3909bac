package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"purser.example/internal/app"
	"purser.example/internal/profile"
)

type importCommand struct {
	File   string `arg:"" type:"path" help:"A CSV or JSON file with the columns name, description, tenant, services, username, password, type, admin_center_url."`
	DryRun bool   `name:"dry-run" help:"Say what would happen to each row, and store nothing."`
}

// errRefused says that rows were refused, which the report has told already.
var errRefused = errors.New("some rows were refused; see the report")

func (c importCommand) Run(ctx context.Context, s streams) error {
	cfg, err := app.Checks().LoadWork(os.Environ())
	if err != nil {
		return err
	}
	found, rows, err := app.ImportFile(ctx, cfg, app.Options{Log: logger(cfg, s), Version: version}, operator(os.Getenv), c.File, c.DryRun)
	if err != nil {
		return err
	}
	if err := report(s.out, found, rows); err != nil {
		return err
	}
	switch {
	case found.State == profile.Stopped:
		return fmt.Errorf("the import stopped after %d of %d rows. %s Every profile that was imported is stored whole, and it is safe to import the same file again", found.Done, found.Total, found.Failure)
	case found.Counts[profile.RowRefused] > 0:
		return errRefused
	}
	return nil
}

// report prints what became of each row, and a line about all of them.
func report(out io.Writer, found profile.Import, rows []profile.ImportRow) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		if _, err := fmt.Fprintln(table, strings.TrimRight(strings.Join([]string{row.Where, string(row.Outcome), row.Name, row.Username, row.Notes}, "\t"), "\t")); err != nil {
			return err
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	begin := "imported"
	if found.State == profile.Checked {
		begin = "nothing was stored"
	}
	_, err := fmt.Fprintf(out, "%s: %d new, %d changed, %d unchanged, %d refused\n", begin, found.Counts[profile.RowNew], found.Counts[profile.RowChanged], found.Counts[profile.RowUnchanged], found.Counts[profile.RowRefused])
	return err
}
