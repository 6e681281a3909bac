//go:build !linux

package sqlitetest

import (
	"testing"

	"purser.example/internal/sqlite"
)

// Losing would make the next write fail with SQLITE_IOERR, which needs to see what the process has open: only Linux shows it.
func Losing(tb testing.TB, _ *sqlite.DB) (lose func()) {
	tb.Helper()
	tb.Fatal("a test of lost files runs on Linux alone")
	return nil
}
