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

// Build builds a command of this module, such as "purser", into a file: without cgo and stripped, as it is delivered. Further flags of
// `go build` may follow.
func Build(ctx context.Context, command, file string, flags ...string) error {
	delivered, err := delivered(ctx)
	if err != nil {
		return err
	}
	build := exec.CommandContext(ctx, "go", slices.Concat([]string{"build", "-trimpath", "-o", file}, delivered, flags, []string{"purser.example/cmd/" + command})...)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", command, err, out)
	}
	return nil
}

// delivered are the flags of compiler and linker by which programs are delivered: what .ci/lean, .ci/link and .ci/tags say, and the
// libraries that .ci/lighter makes, as the Makefile has them.
func delivered(ctx context.Context) (flags []string, err error) {
	root, err := Root(ctx)
	if err != nil {
		return nil, err
	}
	folder := filepath.Join(root, ".ci")
	if said, err := exec.CommandContext(ctx, "go", "run", "-C", filepath.Join(folder, "lighter"), ".", "-source", root).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("prepare the libraries: %w\n%s", err, said)
	}
	link, err := os.ReadFile(filepath.Join(folder, "link"))
	if err != nil {
		return nil, err
	}
	tags, err := os.ReadFile(filepath.Join(folder, "tags"))
	if err != nil {
		return nil, err
	}
	flags = []string{"-modfile", filepath.Join(root, ".tools", "lighter", "go.mod"), "-ldflags", strings.TrimSpace(string(link)), "-tags", strings.TrimSpace(string(tags))}
	lean, err := os.ReadFile(filepath.Join(folder, "lean"))
	for _, name := range strings.Fields(string(lean)) {
		flags = append(flags, "-gcflags="+name+"/...=-l")
	}
	return flags, err
}

// Root is the folder of this module.
func Root(ctx context.Context) (string, error) {
	module, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("find the module: %w", err)
	}
	return filepath.Dir(strings.TrimSpace(string(module))), nil
}
