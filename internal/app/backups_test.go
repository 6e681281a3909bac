package app_test

import (
	"io"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"purser.example/internal/app"
	"purser.example/internal/backup"
	"purser.example/internal/config"
	"purser.example/internal/secret"
)

// R65, F9: Purser makes a backup a day by the clocks of a zone, through both of their changes, keeps so many, records each, tells its age in
// the metrics, and what it made can be restored.
func TestPurserMakesBackupsByItselfR65(t *testing.T) {
	now := time.Date(2026, 10, 24, 12, 0, 0, 0, time.UTC)
	cfg := settings(filepath.Join(t.TempDir(), "data"), secret.NewKey().Text())
	cfg.MetricsAddr = "127.0.0.1:0"
	cfg.Backup = config.Backup{Dir: t.TempDir(), Minute: 150, Zone: "Europe/Berlin", Keep: 3}
	a, err := app.Open(ctx, cfg, app.Options{Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return now }, Version: "1.2.3"})
	must(t, err)
	defer func() { must(t, a.Close()) }()
	for _, moment := range []string{
		"2026-10-24T23:59:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-26T01:29:45Z", "2026-10-26T01:30:00Z", // the clocks have 02:30 twice
		"2027-03-27T01:30:00Z", "2027-03-28T00:59:00Z", "2027-03-28T01:00:00Z", "2027-03-28T01:30:00Z", "2027-03-29T00:30:00Z", // and leave it out
	} {
		now, err = time.Parse(time.RFC3339, moment)
		must(t, err)
		a.BackUpIfDue(ctx)
	}
	kept, err := app.ShelfOf(cfg).Backups()
	must(t, err)
	var made []string
	for _, k := range kept {
		made = append(made, k.Made.Format(time.RFC3339))
	}
	if want := []string{"2027-03-29T00:30:00Z", "2027-03-28T01:00:00Z", "2027-03-27T01:30:00Z"}; !slices.Equal(made, want) {
		t.Errorf("kept %q", made)
	}
	found, err := a.DB.Activity(ctx, 100)
	must(t, err)
	var entries int
	for _, link := range found {
		if link.Action == backup.Made {
			entries++
		}
	}
	if entries != 5 {
		t.Errorf("%d entries", entries)
	}
	now = now.Add(90 * time.Second)
	if text := measuredBy(t, a); !strings.Contains(text, "\npurser_copy_age_seconds{kind=\"backup\"} 90\n") || !strings.Contains(text, "\npurser_backup_failures_total 0\n") {
		t.Errorf("the metrics say:\n%s", text)
	}
	key, err := secret.ParseKey(cfg.Key)
	must(t, err)
	if r, err := backup.Restore(ctx, kept[0].Path, filepath.Join(t.TempDir(), "restored"), key); err != nil || !r.Sealed || r.Program != "1.2.3" {
		t.Errorf("%+v %v", r, err)
	}
}

func measuredBy(t *testing.T, a *app.App) string {
	t.Helper()
	answer := httptest.NewRecorder()
	a.Measured(slog.New(slog.DiscardHandler)).ServeHTTP(answer, httptest.NewRequest("GET", "/metrics", nil))
	text, err := io.ReadAll(answer.Body)
	must(t, err)
	return string(text)
}
