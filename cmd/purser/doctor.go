package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"

	"purser.example/internal/doctor"
)

type doctorCommand struct {
	JSON bool `name:"json" help:"Print the findings as JSON."`
}

// errFound says that something is wrong, which the findings have told already.
var errFound = errors.New("something is wrong; see the findings")

func (c doctorCommand) Run(ctx context.Context, s streams) error {
	report := doctor.Examination{Environ: os.Environ()}.Run(ctx)
	if err := c.print(s, report); err != nil {
		return err
	}
	if report.Status == doctor.Wrong {
		return errFound
	}
	return nil
}

func (c doctorCommand) print(s streams, report doctor.Report) error {
	if !c.JSON {
		return report.Write(s.out)
	}
	out := json.NewEncoder(s.out)
	out.SetIndent("", "  ")
	out.SetEscapeHTML(false)
	return out.Encode(report)
}
