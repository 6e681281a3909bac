package backup_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"purser.example/internal/audit"
	"purser.example/internal/backup"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
)

// nightly is a rig whose backups are scheduled, with a clock of the test's own.
type nightly struct {
	*rig
	now     time.Time
	entries []audit.Entry
	log     strings.Builder
	source  backup.Source
	*backup.Scheduled
}

const installation = "1c5f0000-0000-4000-8000-000000000001"

// newNightly schedules backups for half past two, UTC.
func newNightly(t *testing.T, now string, keep int) *nightly {
	t.Helper()
	n := &nightly{rig: newRig(t, 3), now: at(t, now)}
	n.source = n.Copy
	n.start(keep)
	return n
}

func at(t *testing.T, text string) time.Time {
	t.Helper()
	moment, err := time.Parse(time.RFC3339, text)
	must(t, err)
	return moment
}

// start is Purser that starts.
func (n *nightly) start(keep int) {
	n.Scheduled = backup.NewScheduled(backup.Parts{
		Shelf: backup.Shelf{Folder: n.to, Installation: installation}, Keep: keep,
		Next: func(after time.Time) time.Time {
			slot := time.Date(after.Year(), after.Month(), after.Day(), 2, 30, 0, 0, time.UTC)
			if !slot.After(after) {
				slot = slot.AddDate(0, 0, 1)
			}
			return slot
		},
		Source:  func(ctx context.Context, to string) (map[string]int64, error) { return n.source(ctx, to) },
		Record:  func(_ context.Context, e audit.Entry) error { n.entries = append(n.entries, e); return nil },
		Options: backup.Options{Keys: []secret.Keeper{n.key}, Program: "1.2.3", Now: func() time.Time { return n.now }},
		Log:     slog.New(slog.NewTextHandler(&n.log, nil)),
	})
}

// on moves the clock to a moment and looks whether a backup is due.
func (n *nightly) on(moment string) {
	n.t.Helper()
	parsed, err := time.Parse(time.RFC3339, moment)
	must(n.t, err)
	n.now = parsed
	n.BeginDue(ctx)
}

// there are the backups, by their moments.
func (n *nightly) there() (moments []string) {
	n.t.Helper()
	kept, err := n.Backups()
	must(n.t, err)
	for _, k := range kept {
		moments = append(moments, k.Made.Format("02 15:04"))
	}
	return moments
}

// R65: a backup is made once for each time, a time that was missed is made up for once, so many are kept, and each is told in the log and the
// activity log. What is not Purser's stays.
func TestScheduledBackupsR65(t *testing.T) {
	n := newNightly(t, "2026-11-30T00:00:00Z", 3)
	strangers := []string{"notes.txt", "purser-77777777-20260101T000000Z.db", "purser-1c5f0000-of-monday.db"}
	for _, name := range strangers {
		must(t, os.WriteFile(filepath.Join(n.to, name), []byte("mine"), 0o600))
	}
	n.on("2026-11-30T02:29:59Z")
	if got := n.there(); len(got) > 0 {
		t.Fatalf("too early: %q", got)
	}
	for _, moment := range []string{"2026-11-30T02:30:05Z", "2026-11-30T02:30:20Z", "2026-11-30T23:00:00Z"} {
		n.on(moment)
	}
	if got := n.there(); !slices.Equal(got, []string{"30 02:30"}) {
		t.Fatalf("once: %q", got)
	}
	n.start(3) // a restart knows of it
	n.on("2026-12-01T02:29:00Z")
	n.on("2026-12-01T02:31:00Z")
	n.start(3)
	n.on("2026-12-04T11:00:00Z") // three days off
	n.on("2026-12-04T11:00:15Z")
	n.on("2026-12-05T02:30:00Z")
	if got := n.there(); !slices.Equal(got, []string{"05 02:30", "04 11:00", "01 02:31"}) {
		t.Errorf("kept: %q", got)
	}
	for _, name := range strangers {
		if _, err := os.Stat(filepath.Join(n.to, name)); err != nil {
			t.Error(err)
		}
	}
	if len(n.entries) != 4 || n.entries[3].Action != backup.Made || n.entries[3].Actor != audit.Itself || n.entries[3].Details["removed"] != "1" || !strings.HasPrefix(n.entries[3].Target.ID, "purser-1c5f0000-20261205T023000Z") {
		t.Errorf("%+v", n.entries)
	}
	if strings.Count(n.log.String(), "a backup was made") != 4 || strings.Contains(n.log.String(), "pk1_") {
		t.Error(n.log.String())
	}
	newest, err := n.Newest(n.now)
	must(t, err)
	if _, err := backup.Verify(ctx, newest.Path, n.key); err != nil {
		t.Error(err)
	}
}

// F3, R65: a backup that fails is told loudly, tried again after a while and not before, and takes no backup of before away.
func TestAScheduledBackupThatFailsF3(t *testing.T) {
	n := newNightly(t, "2026-11-30T00:00:00Z", 1)
	n.on("2026-11-30T02:30:00Z")
	tries := 0
	n.source = func(context.Context, string) (map[string]int64, error) {
		tries++
		return nil, fmt.Errorf("copy: %w", sqlite.ErrFull)
	}
	for _, moment := range []string{"2026-12-01T02:30:00Z", "2026-12-01T02:30:15Z", "2026-12-01T02:39:59Z", "2026-12-01T02:40:00Z"} {
		n.on(moment)
	}
	if got := n.there(); tries != 2 || n.Failures() != 2 || !slices.Equal(got, []string{"30 02:30"}) {
		t.Errorf("%d tries, %d failures, %q", tries, n.Failures(), got)
	}
	if missing := n.Missing(); !missing.IsZero() {
		t.Errorf("missing after ten minutes, since %s", missing)
	}
	n.on("2026-12-01T03:30:00Z")
	if missing := n.Missing(); !missing.Equal(at(t, "2026-12-01T02:30:00Z")) {
		t.Errorf("missing after an hour, since %s", missing)
	}
	last := n.entries[len(n.entries)-1]
	if last.Action != backup.Failed || last.Details["reason"] != "the disk is full" || !strings.Contains(n.log.String(), "THE BACKUP FAILED") {
		t.Errorf("%+v\n%s", last, n.log.String())
	}
	if left := names(t, n.to); len(left) != 1 {
		t.Errorf("%q is left", left)
	}
	n.source = n.Copy
	n.on("2026-12-01T03:40:00Z")
	if got := n.there(); !slices.Equal(got, []string{"01 03:40"}) || !n.Missing().IsZero() {
		t.Errorf("then: %q, missing since %s", got, n.Missing())
	}
	must(t, os.RemoveAll(n.to))
	n.on("2026-12-02T02:30:00Z")
	if last := n.entries[len(n.entries)-1]; last.Action != backup.Failed || last.Details["reason"] != "the folder can't be written to" {
		t.Errorf("a folder that is gone: %+v", last)
	}
}

// F9, R65: a clock that jumps makes no storm of backups, and does not keep the next one from being made.
func TestScheduledBackupsAndAClockThatJumpsF9(t *testing.T) {
	n := newNightly(t, "2026-11-30T00:00:00Z", 10)
	n.on("2026-11-30T02:30:00Z")
	n.on("2028-01-01T12:00:00Z") // a year ahead: one backup, of then
	n.on("2028-01-01T12:00:15Z")
	n.on("2026-11-30T12:00:00Z") // and back
	if got := n.there(); !slices.Equal(got, []string{"01 12:00", "30 02:30"}) {
		t.Fatalf("%q", got)
	}
	n.on("2026-12-01T02:30:00Z")
	n.on("2026-12-01T02:30:15Z")
	if got := n.there(); !slices.Equal(got, []string{"01 12:00", "01 02:30", "30 02:30"}) {
		t.Errorf("%q", got)
	}
	n.source = func(context.Context, string) (map[string]int64, error) { return nil, errors.New("fails") }
	n.on("2029-01-01T12:00:00Z") // a failure in the future
	n.source = n.Copy
	n.on("2026-12-02T02:30:00Z")
	if got := n.there(); len(got) != 4 {
		t.Errorf("%q", got)
	}
}

// R65: an end that comes in the middle is no failure.
func TestAScheduledBackupEndsWithPurserR65(t *testing.T) {
	n := newNightly(t, "2026-11-30T00:00:00Z", 1)
	ended, end := context.WithCancel(ctx)
	n.source = func(ctx context.Context, to string) (map[string]int64, error) { end(); return n.Copy(ctx, to) }
	n.now = at(t, "2026-11-30T02:30:00Z")
	n.BeginDue(ended)
	if n.Failures() != 0 || len(n.entries) != 0 || len(names(t, n.to)) != 0 {
		t.Errorf("%d failures, %+v, %q", n.Failures(), n.entries, names(t, n.to))
	}
	n.source = n.Copy
	n.on("2026-11-30T02:31:00Z")
	if got := n.there(); !slices.Equal(got, []string{"30 02:31"}) {
		t.Errorf("%q", got)
	}
}
