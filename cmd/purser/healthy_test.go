package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// R80: `purser healthy` has status 0 while Purser is ready, and 1 with a reason where nobody answers.
func TestHealthyIsAStatus(t *testing.T) {
	p := start(t)
	env := append(os.Environ(), "PURSER_ADDR="+strings.TrimPrefix(p.url, "http://"))
	cmd := exec.CommandContext(t.Context(), binary, "healthy")
	cmd.Env = env
	if out, err := cmd.CombinedOutput(); err != nil || string(out) != "ready\n" {
		t.Errorf("%v: %s", err, out)
	}
	if status, said := fails(t, []string{"PURSER_ADDR=127.0.0.1:9"}, "healthy"); status != 1 || strings.Count(said, "\n") != 1 {
		t.Errorf("status %d: %s", status, said)
	}
}

// R80: settings may come from a file; what the environment says goes before it, and its mistakes are listed with their lines.
func TestSettingsComeFromAFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "settings")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("# Purser\nPURSER_ADDR=nowhere\nPURSER_BASE_URL=nowhere\n")
	status, said := fails(t, []string{"PURSER_BASE_URL=http://127.0.0.1:1"}, "serve", "--settings", file)
	if status != 2 || !strings.Contains(said, "PURSER_ADDR: must be") || strings.Contains(said, "PURSER_BASE_URL") {
		t.Errorf("status %d: %s", status, said)
	}
	write("PURSER_ADDR\n")
	if status, said := fails(t, nil, "serve", "--settings", file); status != 2 || said != "purser: "+file+", line 1: is no NAME=VALUE.\n" {
		t.Errorf("status %d: %s", status, said)
	}
}

// R80: a Windows service is to be had on Windows, which is said elsewhere.
func TestAServiceOfWindowsIsNotHere(t *testing.T) {
	for _, verb := range []string{"install", "remove", "start", "stop"} {
		if status, said := fails(t, nil, "service", verb); status != 1 || !strings.Contains(said, "on Windows only") {
			t.Errorf("%s: status %d: %s", verb, status, said)
		}
	}
}
