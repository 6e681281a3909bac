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
	"path/filepath"
	"slices"
	"strings"
)

// Build builds a command of this module, such as "purser", into a file: without cgo and stripped, as it is delivered.
func Build(ctx context.Context, command, file string) error {
	lean, err := lean(ctx)
	if err != nil {
		return err
	}
	build := exec.CommandContext(ctx, "go", slices.Concat([]string{"build", "-trimpath", "-ldflags", "-s -w -funcalign=8", "-o", file}, lean, []string{"purser.example/cmd/" + command})...)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", command, err, out)
	}
	return nil
}

// lean are the flags by which what .ci/lean lists is compiled, as the Makefile has them.
func lean(ctx context.Context) (flags []string, err error) {
	module, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return nil, fmt.Errorf("find the module: %w", err)
	}
	list, err := os.ReadFile(filepath.Join(filepath.Dir(strings.TrimSpace(string(module))), ".ci", "lean"))
	for _, name := range strings.Fields(string(list)) {
		flags = append(flags, "-gcflags="+name+"/...=-l")
	}
	return flags, err
}
