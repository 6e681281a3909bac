package backup_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"purser.example/internal/backup"
)

// R65: how far a continuous copy is behind is told by when the database was written to and by the newest piece of the copy, whatever stands
// beside the pieces; what was only moved into the database from its write-ahead log is no change.
func TestHowFarAContinuousCopyIsBehindR65(t *testing.T) {
	now := at(t, "2026-11-30T12:00:00Z")
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	for name, tc := range map[string]struct {
		files map[string]time.Time // of the data folder and of the copy
		want  time.Time
		err   error
	}{
		"nothing was written since": {map[string]time.Time{"purser.db": ago(time.Hour), "purser.db-wal": ago(5 * time.Second), "copy/ltx/0/0000000000000001-0000000000000002.ltx": ago(4 * time.Second), "copy/ltx/0/0000000000000001-0000000000000001.ltx": ago(time.Hour)}, now, nil},
		"something waits":           {map[string]time.Time{"purser.db-wal": ago(time.Second), "copy/ltx/0/0000000000000001-0000000000000002.ltx": ago(9 * time.Second), "copy/ltx/0/0000000000000001-0000000000000001.ltx": ago(time.Hour)}, ago(9 * time.Second), nil},
		"a checkpoint":              {map[string]time.Time{"purser.db": ago(time.Second), "purser.db-wal": ago(time.Hour), "copy/ltx/9/0000000000000001-0000000000000001.ltx": ago(time.Minute)}, now, nil},
		"Purser is stopped":         {map[string]time.Time{"purser.db": ago(time.Hour), "copy/ltx/9/0000000000000001-0000000000000001.ltx": ago(time.Minute)}, now, nil},
		"a moment ago":              {map[string]time.Time{"purser.db-wal": ago(2 * time.Second), "copy/ltx/0/0000000000000001-0000000000000002.ltx": ago(time.Second)}, ago(2 * time.Second), nil},
		"a whole copy of before":    {map[string]time.Time{"purser.db-wal": ago(10 * time.Second), "copy/ltx/0/0000000000000005-000000000000000a.ltx": ago(11 * time.Second), "copy/ltx/9/0000000000000001-000000000000000a.ltx": ago(9 * time.Second)}, ago(11 * time.Second), nil},
		"only strangers":            {map[string]time.Time{"purser.db": ago(time.Hour), "copy/notes.txt": now}, time.Time{}, backup.ErrNoReplica},
		"no folder":                 {map[string]time.Time{"purser.db": ago(time.Hour)}, time.Time{}, fs.ErrNotExist},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			for file, written := range tc.files {
				path := filepath.Join(folder, file)
				must(t, os.MkdirAll(filepath.Dir(path), 0o700))
				must(t, os.WriteFile(path, []byte("x"), 0o600))
				must(t, os.Chtimes(path, written, written))
			}
			got, err := backup.Replica{Folder: filepath.Join(folder, "copy"), Database: filepath.Join(folder, "purser.db")}.Through(now)
			if !got.Equal(tc.want) || !errors.Is(err, tc.err) {
				t.Errorf("%s %v, want %s %v", got, err, tc.want, tc.err)
			}
		})
	}
}
