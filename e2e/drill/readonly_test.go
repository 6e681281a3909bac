package drill

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"purser.example/e2e/programs"
)

// F4: in a folder that can only be read, a start ends with a sentence that names the folder, and changes nothing; what only reads still works.
func TestAFolderThatCanOnlyBeReadIsToldF4(t *testing.T) {
	mount := filepath.Join(t.TempDir(), "disk")
	protect := ownDisk(t, mount)
	folder := programs.NewFolder(filepath.Join(mount, "data"))
	if err := folder.Connect(t.Context(), nil, appID); err != nil {
		t.Fatal(err)
	}
	protect(folder.Path)
	before := listing(t, folder.Path)
	run := func(args ...string) (status int, said string) {
		command := exec.CommandContext(t.Context(), binary, args...)
		command.Env = append(os.Environ(), "PURSER_DATA="+folder.Path, "PURSER_KEY="+folder.Key.Text(), "PURSER_ADDR=127.0.0.1:0", "PURSER_BASE_URL=http://127.0.0.1:1",
			"PURSER_OIDC_ISSUER=http://127.0.0.1:1", "PURSER_OIDC_CLIENT_ID=purser", "PURSER_OIDC_CLIENT_SECRET=purser")
		var out bytes.Buffer
		command.Stdout, command.Stderr = &out, &out
		_ = command.Run() // its status is what counts
		return command.ProcessState.ExitCode(), out.String()
	}
	status, said := run("serve")
	if last := lastLine(said); status <= 0 || !strings.Contains(last, folder.Path) || strings.Contains(said, "goroutine") {
		t.Errorf("serve: status %d\n%s", status, said)
	}
	if status, said := run("doctor"); status != 1 || !strings.Contains(said, "data-folder") {
		t.Errorf("doctor: status %d\n%s", status, said)
	}
	for _, args := range [][]string{{"audit", "verify"}, {"backup", filepath.Join(t.TempDir(), "backup.db")}} {
		if status, said := run(args...); status != 0 {
			t.Errorf("%s: status %d\n%s", args, status, said)
		}
	}
	if after := listing(t, folder.Path); after != before {
		t.Errorf("there was %s, and is %s", before, after)
	}
}

// ownDisk gives a way to make a folder below a path one that can only be read. Rights do not hold root back, who can have a file system.
func ownDisk(t *testing.T, path string) (protect func(folder string)) {
	t.Helper()
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() != 0 {
		t.Cleanup(func() { _ = os.Chmod(filepath.Join(path, "data"), 0o700) })
		return func(folder string) {
			if err := os.Chmod(folder, 0o500); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := syscall.Mount("tmpfs", path, "tmpfs", 0, "mode=0700"); err != nil {
		t.Fatalf("root cannot mount a file system: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(path, 0); err != nil {
			t.Error(err)
		}
	})
	return func(string) {
		if err := syscall.Mount("tmpfs", path, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
			t.Fatal(err)
		}
	}
}

func listing(t *testing.T, folder string) string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, info.Name()+" "+info.ModTime().String())
	}
	return strings.Join(lines, ", ")
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}
