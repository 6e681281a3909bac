package backup_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"purser.example/internal/backup"
)

// asRoot runs a test where file systems can be mounted: as it is where root runs it, and otherwise once more in a namespace in which who runs
// it is root. It reports whether the test is to go on here.
func asRoot(t *testing.T) bool {
	t.Helper()
	if os.Geteuid() == 0 {
		return true
	}
	again := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	again.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}, GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	if said, err := again.CombinedOutput(); err != nil || !strings.Contains(string(said), "--- PASS: "+t.Name()) {
		t.Fatalf("in a namespace of its own: %v\n%s", err, said)
	}
	return false
}

// small is a disk of so many bytes.
func small(t *testing.T, bytes string) (folder string) {
	t.Helper()
	folder = t.TempDir()
	must(t, syscall.Mount("tmpfs", folder, "tmpfs", 0, "mode=0700,size="+bytes))
	t.Cleanup(func() { must(t, syscall.Unmount(folder, 0)) })
	return folder
}

// F3, R65: a disk that is full is told as such, by a backup and by a restore; the backups of before stay, and nothing is left of what was begun.
func TestAFullDiskIsToldF3(t *testing.T) {
	if !asRoot(t) {
		return
	}
	r := newRig(t, 20)
	report := r.write("purser.db")
	disk := small(t, strconv.FormatInt(report.Bytes*8/5, 10)) // for one and a half
	former := filepath.Join(disk, "former.db")
	_, err := backup.Write(ctx, r.Copy, former, r.options())
	must(t, err)
	must(t, os.Mkdir(filepath.Join(disk, "data"), 0o700))
	before := names(t, disk)
	if _, err := backup.Write(ctx, r.Copy, filepath.Join(disk, "second.db"), r.options()); !errors.Is(err, backup.ErrSpace) {
		t.Errorf("a backup of %d bytes: %v", report.Bytes, err)
	}
	if _, err := backup.Restore(ctx, r.path("purser.db"), filepath.Join(disk, "data"), r.key); !errors.Is(err, backup.ErrSpace) {
		t.Errorf("a restore: %v", err)
	}
	if after := names(t, disk); !slices.Equal(before, after) || len(names(t, filepath.Join(disk, "data"))) > 0 {
		t.Errorf("%q %q, before %q", after, names(t, filepath.Join(disk, "data")), before)
	}
	if _, err := backup.Verify(ctx, former, r.key); err != nil {
		t.Errorf("the backup of before: %v", err)
	}
	// Room for the copy, and none for its seal.
	source := func(ctx context.Context, to string) (map[string]int64, error) {
		rows, err := r.Copy(ctx, to)
		filler, failed := os.Create(filepath.Join(disk, "filler"))
		for block := make([]byte, 4096); failed == nil; {
			_, failed = filler.Write(block)
		}
		must(t, filler.Close())
		return rows, err
	}
	must(t, os.Remove(former))
	if _, err := backup.Write(ctx, source, filepath.Join(disk, "third.db"), r.options()); !errors.Is(err, backup.ErrSpace) {
		t.Errorf("no room for the seal: %v", err)
	}
}
