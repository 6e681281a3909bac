//go:build dist

package main

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// What `make release` made, and from what.
var (
	source    = flag.String("source", "", "folder of Purser's source")
	dist      = flag.String("dist", "", "folder of the release")
	inventory = flag.String("inventory", "", "the program cyclonedx-gomod")
)

// TestMain has mounts of its own, which nobody else sees and which go with the process.
func TestMain(m *testing.M) {
	flag.Parse()
	if os.Getenv("PURSER_OWN_MOUNTS") == "" {
		again(os.Args)
	}
	os.Exit(m.Run())
}

func again(args []string) {
	words := append([]string{"unshare", "--mount", "--propagation", "private", "--"}, args...)
	if os.Getuid() != 0 {
		words = append([]string{"sudo", "--preserve-env", "env", "PATH=" + os.Getenv("PATH")}, words...)
	}
	program, err := exec.LookPath(words[0])
	if err == nil {
		err = syscall.Exec(program, words, append(os.Environ(), "PURSER_OWN_MOUNTS=yes"))
	}
	fmt.Fprintln(os.Stderr, "a clean root takes mounts of its own:", err)
	os.Exit(1)
}

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

// R80: the unit leaves Purser little that it could do beyond its work.
func TestTheUnitIsHardened(t *testing.T) {
	unit := filepath.Join(*source, ".ci/release/files/purser.service")
	out, err := exec.Command("systemd-analyze", "security", "--no-pager", "--offline=yes", "--threshold=15", unit).CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	t.Logf("%s", out[bytes.LastIndexByte(bytes.TrimSpace(out), '\n')+1:])
}

// R80: the image runs as nobody, in a root that cannot be written to, and says by itself whether it is healthy. No engine is asked: what the
// image holds is unpacked, and started as its configuration says.
func TestTheImageRuns(t *testing.T) {
	m := bare(t)
	config := m.unpack(t, made(t, "purser-*-image.tar"), "amd64")
	if config.User != "65532:65532" || config.Healthcheck.Test[0] != "CMD" {
		t.Fatalf("%+v", config)
	}
	must(t, os.MkdirAll(filepath.Join(m.root, "keys"), 0o755))
	key, err := m.as(imageUser, nil, "/usr/bin/purser", "key", "new").Output()
	must(t, err)
	must(t, os.WriteFile(filepath.Join(m.root, "keys/key"), key, 0o444))
	must(t, os.MkdirAll(filepath.Join(m.root, "run"), 0o777))
	m.keepWritable(t, "var/lib/purser", "run")
	must(t, syscall.Mount("", m.root, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""))
	if err := os.WriteFile(filepath.Join(m.root, "x"), nil, 0o600); err == nil {
		t.Fatal("the root can be written to")
	}
	address := freeAddress(t)
	env := append(config.Env, "PURSER_ADDR="+address, "PURSER_BASE_URL=http://"+address, "PURSER_KEY_FILE=/keys/key",
		"PURSER_OIDC_ISSUER=http://127.0.0.1:9/idp", "PURSER_OIDC_CLIENT_ID=purser", "PURSER_OIDC_CLIENT_SECRET=x")
	healthy := func() error { return m.as(imageUser, env, config.Healthcheck.Test[1:]...).Run() }
	if err := healthy(); err == nil {
		t.Error("healthy before it runs")
	}
	s := m.start(t, m.as(imageUser, env, append(config.Entrypoint, config.Cmd...)...))
	if err := healthy(); err != nil {
		t.Errorf("not healthy: %v", err)
	}
	s.answers(t, address)
	s.stop(t)
}

// contents reads a tar file into memory.
func contents(t *testing.T, r io.Reader) map[string][]byte {
	t.Helper()
	files, archive := map[string][]byte{}, tar.NewReader(r)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		must(t, err)
		files[header.Name], err = io.ReadAll(archive)
		must(t, err)
	}
}
