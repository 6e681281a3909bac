//go:build root

package main

import (
	"archive/tar"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
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
