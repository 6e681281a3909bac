//go:build dist

package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// R80: all is there, for all platforms, and the checksums are right.
func TestTheReleaseIsWhole(t *testing.T) {
	for _, name := range everywhere {
		system, arch, _ := strings.Cut(name, "/")
		suffix := "tar.gz"
		if system == "windows" {
			suffix = "zip"
		}
		made(t, "purser-*-"+system+"-"+arch+"."+suffix)
	}
	for _, pattern := range []string{"purser_*_amd64.deb", "purser_*_arm64.deb", "purser-*.x86_64.rpm", "purser-*.aarch64.rpm", "purser-*-image.tar", "purser-*.cdx.json"} {
		made(t, pattern)
	}
	check := exec.Command("sha256sum", "--check", "--strict", "SHA256SUMS")
	check.Dir = *dist
	out, err := check.CombinedOutput()
	if files, _ := os.ReadDir(*dist); err != nil || bytes.Count(out, []byte(": OK\n")) != len(files)-1 {
		t.Errorf("%v\n%s", err, out)
	}
}

// R80: whoever makes the release again, in another folder and at another time, gets the same files, byte for byte. Linux stands for the
// other platforms here, whose programs are made by the same lines.
func TestTwoReleasesAreEqual(t *testing.T) {
	again := this(t)
	again.source = copied(t)
	var err error
	again.platforms, err = platformsOf("linux/amd64,linux/arm64")
	must(t, err)
	out := filepath.Join(t.TempDir(), "dist")
	must(t, again.makeAnew(out))
	files, err := os.ReadDir(out)
	must(t, err)
	for _, file := range files {
		if file.Name() == "SHA256SUMS" {
			continue // of fewer files
		}
		if sum(t, filepath.Join(out, file.Name())) != sum(t, filepath.Join(*dist, file.Name())) {
			t.Errorf("%s differs", file.Name())
		}
	}
	if len(files) != 9 {
		t.Errorf("%d files were compared", len(files)-1)
	}
}

func sum(t *testing.T, path string) [sha256.Size]byte {
	t.Helper()
	content, err := os.ReadFile(path)
	must(t, err)
	return sha256.Sum256(content)
}

// copied is the source somewhere else: what git knows of, and what it would add.
func copied(t *testing.T) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "elsewhere")
	out, err := exec.Command("git", "-C", *source, "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard").Output()
	must(t, err)
	for name := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		content, err := os.ReadFile(filepath.Join(*source, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue // removed, and not yet in a commit
		}
		must(t, err)
		must(t, os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o755))
		must(t, os.WriteFile(filepath.Join(folder, name), content, 0o644))
	}
	for _, args := range [][]string{{"init", "-q"}, {"add", "-A"}, {"-c", "user.name=x", "-c", "user.email=x@purser.example", "commit", "-qm", "x"}} {
		said, err := exec.Command("git", append([]string{"-C", folder}, args...)...).CombinedOutput()
		if err != nil {
			t.Fatalf("git %q: %v\n%s", args, err, said)
		}
	}
	return folder
}

// R80, R65: the units leave Purser, and who copies its database, little that they could do beyond their work.
func TestTheUnitsAreHardened(t *testing.T) {
	for _, name := range []string{"purser.service", "purser-litestream.service"} {
		unit := filepath.Join(*source, ".ci/release/files", name)
		out, err := exec.Command("systemd-analyze", "security", "--no-pager", "--offline=yes", "--threshold=15", unit).CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
		t.Logf("%s: %s", name, out[bytes.LastIndexByte(bytes.TrimSpace(out), '\n')+1:])
	}
}
