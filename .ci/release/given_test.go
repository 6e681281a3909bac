//go:build dist || root

package main

import (
	"flag"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What `make release` made, and from what.
var (
	source    = flag.String("source", "", "folder of Purser's source")
	dist      = flag.String("dist", "", "folder of the release")
	inventory = flag.String("inventory", "", "the program cyclonedx-gomod")
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// made is the one file of the release that fits a pattern.
func made(t *testing.T, pattern string) string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(*dist, pattern))
	if err != nil || len(paths) != 1 {
		t.Fatalf("%s: %q %v", pattern, paths, err)
	}
	return paths[0]
}

// this is the release as it was made: its version and time.
func this(t *testing.T) *release {
	t.Helper()
	archive := made(t, "purser-*-linux-amd64.tar.gz")
	version := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(archive), "purser-"), "-linux-amd64.tar.gz")
	out, err := exec.Command("git", "-C", *source, "-c", "safe.directory=*", "log", "-1", "--format=%ct").Output()
	must(t, err)
	var seconds int64
	_, err = fmt.Sscan(string(out), &seconds)
	must(t, err)
	return &release{version: version, time: time.Unix(seconds, 0).UTC(), source: *source, inventory: *inventory}
}
