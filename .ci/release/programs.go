package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// everywhere is where Purser runs.
var everywhere = []string{"linux/amd64", "linux/arm64", "windows/amd64", "windows/arm64", "darwin/amd64", "darwin/arm64"}

// platform is a system and a processor, by Go's names.
type platform struct{ os, arch string }

func (p platform) String() string { return p.os + "-" + p.arch }

func (p platform) program() string {
	if p.os == "windows" {
		return "purser.exe"
	}
	return "purser"
}

func platformsOf(names string) ([]platform, error) {
	var all []platform
	for name := range strings.SplitSeq(names, ",") {
		if !slices.Contains(everywhere, name) {
			return nil, fmt.Errorf("%q is none of %s", name, strings.Join(everywhere, ", "))
		}
		system, arch, _ := strings.Cut(name, "/")
		all = append(all, platform{system, arch})
	}
	return all, nil
}

// linux are the platforms that packages and the image are for.
func (r *release) linux() []platform {
	return slices.DeleteFunc(slices.Clone(r.platforms), func(p platform) bool { return p.os != "linux" })
}

// largest is what a program may weigh, 32 MB. Above it something came along that nobody noticed.
const largest = 32_000_000

func (r *release) programs() error {
	if err := r.lighter(); err != nil {
		return err
	}
	for _, p := range r.platforms {
		if err := r.build(p); err != nil {
			return fmt.Errorf("%s: %w", p, err)
		}
		info, err := os.Stat(r.program(p))
		if err != nil {
			return err
		}
		fmt.Printf("release: %-14s %5.1f MB\n", p, float64(info.Size())/1e6)
		if info.Size() >= largest {
			return fmt.Errorf("%s: %d bytes, above %d", p, info.Size(), largest)
		}
	}
	return nil
}

// lighter prepares the libraries that are delivered with less in them.
func (r *release) lighter() error {
	prepare := exec.Command("go", "run", "-C", filepath.Join(r.source, ".ci", "lighter"), ".", "-source", r.source)
	prepare.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off")
	if said, err := prepare.CombinedOutput(); err != nil {
		return errors.Join(err, errors.New(string(said)))
	}
	return nil
}

// program is the path of the program for a platform.
func (r *release) program(p platform) string {
	return filepath.Join(r.work, p.String(), p.program())
}

// build compiles as `make build` does, and without what tells builds apart: the folder, git's state, the id of the build, and what a
// machine's own settings of Go would change.
func (r *release) build(p platform) error {
	link, err := os.ReadFile(filepath.Join(r.source, ".ci", "link"))
	if err != nil {
		return err
	}
	lean, err := os.ReadFile(filepath.Join(r.source, ".ci", "lean"))
	if err != nil {
		return err
	}
	tags, err := os.ReadFile(filepath.Join(r.source, ".ci", "tags"))
	if err != nil {
		return err
	}
	args := []string{"build", "-modfile", filepath.Join(r.source, ".tools", "lighter", "go.mod"), "-trimpath", "-buildvcs=false", "-tags", strings.TrimSpace(string(tags)), "-ldflags", strings.TrimSpace(string(link)) + " -buildid= -X main.version=" + r.version, "-o", r.program(p)}
	for _, module := range strings.Fields(string(lean)) {
		args = append(args, "-gcflags="+module+"/...=-l")
	}
	build := exec.Command("go", append(args, "./cmd/purser")...)
	build.Dir = r.source
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+p.os, "GOARCH="+p.arch, "GOAMD64=v1", "GOARM64=v8.0", "GOFLAGS=", "GOEXPERIMENT=", "GOWORK=off")
	if said, err := build.CombinedOutput(); err != nil {
		return errors.Join(err, errors.New(string(said)))
	}
	return nil
}
