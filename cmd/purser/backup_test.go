package main_test

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"purser.example/internal/secret"
)

// command runs a command with a key that ends by itself, and gives its status and what it said, both streams in one.
func command(t *testing.T, key string, args ...string) (int, string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Env = append(os.Environ(), "PURSER_KEY_FILE="+key)
	said, _ := cmd.CombinedOutput()
	return cmd.ProcessState.ExitCode(), string(said)
}

// killed runs a command and kills it after a while, if it has not ended before.
func killed(t *testing.T, after time.Duration, key string, args ...string) {
	t.Helper()
	cmd := exec.Command(binary, args...)
	cmd.Env = append(os.Environ(), "PURSER_KEY_FILE="+key)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kill := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
	_ = cmd.Wait()
	kill.Stop()
}

// R65: a backup is made beside a Purser that runs and restored by one command each, and what was restored works; what is refused is told in
// one line, with status 2 for what can be named better, and 1 for a backup that is no good.
func TestBackupAndRestoreR65(t *testing.T) {
	folder := t.TempDir()
	data, key, file, restored := filepath.Join(folder, "data"), filepath.Join(folder, "data.key"), filepath.Join(folder, "purser.backup"), filepath.Join(folder, "restored")
	p := start(t, "--data", data)
	if status, said := command(t, key, "backup", file, "--data", data); status != 0 || !strings.Contains(said, "backed up to "+file) || !strings.Contains(said, " profiles: 4") || !strings.Contains(said, "is intact") {
		t.Fatalf("%d: %s", status, said)
	}
	if status, said := command(t, key, "audit", "verify", "--data", file); status != 0 {
		t.Errorf("the log of the backup: %d: %s", status, said)
	}
	other := filepath.Join(folder, "other.key")
	if err := os.WriteFile(other, []byte(secret.NewKey().Text()), 0o600); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	damaged := filepath.Join(folder, "damaged")
	whole[len(whole)/2] ^= 4
	if err := os.WriteFile(damaged, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	for what, tc := range map[string]struct {
		key    string
		args   []string
		status int
		says   string
	}{
		"the file is there":        {key, []string{"backup", file, "--data", data}, 2, "is there already"},
		"inside the data folder":   {key, []string{"backup", filepath.Join(data, "x.db"), "--data", data}, 2, "must not be inside the data folder"},
		"no folder":                {key, []string{"backup", filepath.Join(folder, "none", "x.db"), "--data", data}, 2, "no such file"},
		"another key":              {other, []string{"backup", filepath.Join(folder, "x.db"), "--data", data}, 2, "does not open this keyring"},
		"a folder that is in use":  {key, []string{"restore", file, "--data", data}, 2, "another Purser works"},
		"a folder with something":  {key, []string{"restore", file, "--data", folder}, 2, "is not empty"},
		"restored by another key":  {other, []string{"restore", file, "--data", restored}, 2, "does not open this keyring"},
		"a backup that is damaged": {key, []string{"restore", damaged, "--data", restored}, 1, "damaged or was altered"},
		"no backup":                {key, []string{"restore", filepath.Join(folder, "none"), "--data", restored}, 1, "cannot be read"},
	} {
		status, said := command(t, tc.key, tc.args...)
		if status != tc.status || !strings.Contains(said, tc.says) || strings.Count(said, "\n") != 1 {
			t.Errorf("%s: %d: %s", what, status, said)
		}
	}
	if _, err := os.Stat(restored); err == nil {
		t.Error("what was refused left a folder")
	}
	p.end(syscall.SIGTERM)
	if status, said := command(t, key, "restore", file, "--data", restored); status != 0 || !strings.Contains(said, "restored from "+file) {
		t.Fatalf("%d: %s", status, said)
	}
	text, err := os.ReadFile(key)
	if err == nil {
		err = os.WriteFile(restored+".key", text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	start(t, "--data", restored).end(syscall.SIGTERM)
	verify(t, restored)
}

// R65: however a backup or a restore is killed, there is a whole one or none, no installation comes into being where one was to be restored,
// and the same command again does what it should.
func TestBackupsAndRestoresAreKilledR65(t *testing.T) {
	folder := t.TempDir()
	data, key, to := filepath.Join(folder, "data"), filepath.Join(folder, "data.key"), filepath.Join(folder, "backups")
	if err := os.Mkdir(to, 0o700); err != nil {
		t.Fatal(err)
	}
	start(t, "--data", data).end(syscall.SIGTERM)
	file := filepath.Join(to, "purser.db")
	var whole int
	for round := range 10 {
		killed(t, time.Duration(rand.IntN(120))*time.Millisecond, key, "backup", file, "--data", data)
		if _, err := os.Stat(file); err == nil {
			whole++
			if status, said := command(t, key, "restore", file, "--data", filepath.Join(folder, "check")); status != 0 {
				t.Errorf("round %d: a backup that is not whole: %d: %s", round, status, said)
			}
			if err := errors.Join(os.RemoveAll(filepath.Join(folder, "check")), os.Remove(file)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if status, said := command(t, key, "backup", file, "--data", data); status != 0 {
		t.Fatalf("%d: %s", status, said)
	}
	if left, err := os.ReadDir(to); err != nil || len(left) != 1 {
		t.Errorf("%v is left (%v)", left, err)
	}
	var done int
	for round := range 10 {
		restored := filepath.Join(folder, "restored")
		killed(t, time.Duration(rand.IntN(120))*time.Millisecond, key, "restore", file, "--data", restored)
		if _, err := os.Stat(filepath.Join(restored, "purser.db")); err == nil {
			done++
		} else if status, said := command(t, key, "restore", file, "--data", restored); status != 0 {
			t.Fatalf("round %d: again: %d: %s", round, status, said)
		}
		if status, said := command(t, key, "audit", "verify", "--data", restored); status != 0 {
			t.Errorf("round %d: %d: %s", round, status, said)
		}
		if err := os.RemoveAll(restored); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d backups and %d restores of 10 were whole", whole, done)
	before, err := os.ReadFile(file)
	if err != nil || bytes.Contains(before, []byte("pk1_")) {
		t.Errorf("the backup holds a key (%v)", err)
	}
}
