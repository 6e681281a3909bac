// Package programs runs the real programs for the bench and the drills: built as `make build` builds them, each in a process
// of its own, and driven over HTTP as browsers do.
//
// A process that a caller starts is its own to stop; nothing here outlives the context.
package programs

import (
	"context"
	"fmt"
	"os"
	"os/exec"
)

// Build builds a command of this module, such as "purser", into a file: without cgo and stripped, as it is delivered.
func Build(ctx context.Context, command, file string) error {
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", file, "purser.example/cmd/"+command)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", command, err, out)
	}
	return nil
}
