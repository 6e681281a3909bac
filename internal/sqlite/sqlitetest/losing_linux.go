package sqlitetest

import (
	"os"
	"strconv"
	"testing"

	"golang.org/x/sys/unix"

	"purser.example/internal/sqlite"
)

// Losing gives a function that makes the next write fail with SQLITE_IOERR: what the process has open of the write-ahead log
// cannot be written any more. Reading goes on. A connection that is opened afterwards writes again.
func Losing(tb testing.TB, db *sqlite.DB) (lose func()) {
	tb.Helper()
	wal := file(tb, db) + "-wal"
	return func() {
		tb.Helper()
		unwritable, err := os.Open(wal)
		if err != nil {
			tb.Fatal(err)
		}
		defer func() { _ = unwritable.Close() }()
		if replaceOpen(tb, wal, int(unwritable.Fd())) == 0 {
			tb.Fatalf("nobody has %s open", wal)
		}
	}
}

// replaceOpen puts fd in the place of every other descriptor of the file, and counts them.
func replaceOpen(tb testing.TB, path string, fd int) (replaced int) {
	tb.Helper()
	open, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		tb.Fatal(err)
	}
	for _, entry := range open {
		old, err := strconv.Atoi(entry.Name())
		if target, _ := os.Readlink("/proc/self/fd/" + entry.Name()); err != nil || target != path || old == fd {
			continue
		}
		if err := unix.Dup3(fd, old, unix.O_CLOEXEC); err != nil {
			tb.Fatal(err)
		}
		replaced++
	}
	return replaced
}
