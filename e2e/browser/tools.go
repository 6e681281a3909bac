package browser

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// tools are the programs and files that the browser tests are made of.
type tools struct {
	chromium string // the browser's program
	node     string // runs the driver
	driver   string // folder whose "package" is playwright-core
	axe      string // axe-core's script
}

// headless is Chromium as Debian builds it for those who look at no window: the same engine for three quarters of the time that the
// whole browser takes for the same journeys.
const headless = "chromium-headless-shell"

// findTools looks for everything a browser test needs below root, the folder of go.mod. The variable CHROMIUM names
// another browser than Debian's. Each error is one sentence that says what to do.
func findTools(root string, getenv func(string) string, lookPath func(string) (string, error)) (tools, error) {
	modules := filepath.Join(root, "e2e", "node_modules")
	found := tools{driver: modules, axe: filepath.Join(modules, "axe-core", "axe.min.js")}
	var err error
	if found.chromium, err = lookPath(cmp.Or(getenv("CHROMIUM"), headless)); err != nil {
		return tools{}, missing("Chromium")
	}
	if found.node, err = lookPath(cmp.Or(getenv("PLAYWRIGHT_NODEJS_PATH"), "node")); err != nil {
		return tools{}, errors.New("the browser tests need Node.js (the program node) on the PATH")
	}
	for what, file := range map[string]string{
		"The driver playwright-core": filepath.Join(modules, "package", "cli.js"),
		"The script axe-core":        found.axe,
	} {
		if _, err := os.Stat(file); err != nil {
			return tools{}, missing(what)
		}
	}
	return found, nil
}

func missing(what string) error {
	return fmt.Errorf("%s is missing, so no browser test can run; `make test` installs it", what)
}

// findRoot gives the folder of go.mod at or above dir. Tests run in the folder of their package, also when paths were
// trimmed from the binary.
func findRoot(dir string) (string, error) {
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("the browser tests must run inside the repository: no go.mod above the working folder")
		}
		dir = parent
	}
}

// repository gives the folder of go.mod for the running test.
func repository() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find the repository: %w", err)
	}
	return findRoot(dir)
}
