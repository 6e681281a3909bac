// Command release makes what Purser is delivered as, from its source: programs for six platforms, packages for Debian and RPM systems, an
// image for containers, a list of what is inside, and checksums. `make release` runs it.
//
// The same source, version, time and Go make the same files, byte for byte: nothing in them is of the machine or of the hour.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	flags := flag.NewFlagSet("release", flag.ContinueOnError)
	source := flags.String("source", "", "folder of Purser's source")
	out := flags.String("out", "", "folder that the files go to; what was in it is replaced")
	described := flags.String("version", "", "what `git describe --tags --always --dirty` says")
	seconds := flags.Int64("time", 0, "time of the commit, in seconds since 1970")
	inventory := flags.String("inventory", "", "the program cyclonedx-gomod; without it there is no list of what is inside")
	names := flags.String("platforms", strings.Join(everywhere, ","), "for which systems and processors")
	if err := flags.Parse(args); err != nil {
		return err
	}
	r := &release{source: *source, inventory: *inventory, time: time.Unix(*seconds, 0).UTC()}
	var err error
	if r.version, err = versionOf(*described, r.time); err != nil {
		return err
	}
	if r.platforms, err = platformsOf(*names); err != nil {
		return err
	}
	return r.makeAnew(*out)
}

// release is one release in the making.
type release struct {
	source    string
	inventory string
	version   string
	time      time.Time // of every file in every archive
	platforms []platform

	work string // what is needed on the way, the programs among it
	out  string
}

// makeAnew makes everything beside the folder that it is for, which it replaces at the end: there is never half a release in it.
func (r *release) makeAnew(out string) error {
	out, err := filepath.Abs(out)
	if err != nil {
		return err
	}
	fresh := out + ".new"
	for _, folder := range []string{fresh, fresh + ".work"} {
		if err := os.RemoveAll(folder); err != nil {
			return err
		}
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return err
		}
	}
	r.out, r.work = fresh, fresh+".work"
	defer func() { _ = os.RemoveAll(r.work) }()
	for _, step := range []struct {
		name string
		make func() error
	}{
		{"programs", r.programs},
		{"archives", r.archives},
		{"packages", r.packages},
		{"image", r.image},
		{"list of what is inside", r.list},
		{"checksums", r.sums},
	} {
		fmt.Println("release: " + step.name)
		if err := step.make(); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
	}
	if err := os.RemoveAll(out); err != nil {
		return err
	}
	return os.Rename(fresh, out)
}

// from is the path of a file of the source.
func (r *release) from(name ...string) string {
	return filepath.Join(append([]string{r.source}, name...)...)
}

// file is the path of a packaged file that lies beside this program.
func (r *release) file(name string) string { return r.from(".ci", "release", "files", name) }

// to is the path of a file of the release.
func (r *release) to(name string) string { return filepath.Join(r.out, name) }
