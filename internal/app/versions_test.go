package app_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"purser.example/internal/app"
	"purser.example/internal/appprofile"
	"purser.example/internal/backup"
	"purser.example/internal/profile"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
	"purser.example/internal/work"
)

// The databases of testdata/versions were made by the program of a commit at which the steps up to that version had landed, with the
// command `purser demo --data`, and the key beside each opens nothing else. Where the steps were edited afterwards, the name says so.
const versions = "testdata/versions"

// storedVersion unpacks the database of a version, and gives its key.
func storedVersion(t *testing.T, name string) (folder, key string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(versions, name+".key"))
	must(t, err)
	return unpacked(t, filepath.Join(versions, name+".db.gz")), strings.TrimSpace(string(text))
}

// X26: a database of every version that ever was is brought up to date with all that it holds: profiles with their passwords, and a log
// that is proved; and a copy of what it was is kept.
func TestEveryVersionIsBroughtUpToDate(t *testing.T) {
	for name, profiles := range map[string]int{"1": 0, "2": 42, "5": 42, "6": 42, "7": 42, "8": 42, "13": 42, "16": 42} {
		t.Run("version "+name, func(t *testing.T) {
			folder, key := storedVersion(t, name)
			_, address := formerTenant(t)
			former := folder
			atRest := func(ctx context.Context, to string) (map[string]int64, error) {
				return sqlite.CopyFile(ctx, former, to)
			}
			folder = backedUp(t, atRest, key) // of the version that it is
			a := open(t, folder, key, address)
			defer func() { must(t, a.Close()) }()
			page, _, err := a.Profiles.List(ctx, adele, profile.Query{Limit: 50})
			must(t, err)
			if len(page.Rows) != profiles {
				t.Errorf("%d profiles, want %d", len(page.Rows), profiles)
			}
			for _, row := range page.Rows[:min(3, len(page.Rows))] {
				if _, err := a.Profiles.Validate(ctx, adele, adeleHere, row.ID); err != nil {
					t.Errorf("the password of %s: %v", row.Name, err)
				}
			}
			hasAppProfiles(t, a, profiles > 0)
			must(t, a.DB.VerifyActivity(ctx))
			if _, err := os.Stat(filepath.Join(folder, "purser-version-"+name+".db")); err != nil {
				t.Error(err)
			}
			again := open(t, backedUp(t, a.DB.Copy, key), key, address) // beside the Purser that works in it, of this version
			defer func() { must(t, again.Close()) }()
			restored, _, err := again.Profiles.List(ctx, adele, profile.Query{Limit: 50})
			must(t, err)
			if len(restored.Rows) != profiles {
				t.Errorf("%d profiles after a restore, want %d", len(restored.Rows), profiles)
			}
			must(t, again.DB.VerifyActivity(ctx))
		})
	}
}

// backedUp backs a database up, restores it elsewhere (R65), and gives that folder.
func backedUp(t *testing.T, source backup.Source, text string) string {
	t.Helper()
	key, err := secret.ParseKey(text)
	must(t, err)
	file, restored := filepath.Join(t.TempDir(), "backup.db"), filepath.Join(t.TempDir(), "data")
	written, err := backup.Write(ctx, source, file, backup.Options{Keys: []secret.Keeper{key}, Program: "test", Now: time.Now})
	must(t, err)
	found, err := backup.Restore(ctx, file, restored, key)
	must(t, err)
	if found.String() != written.String() {
		t.Errorf("restored:\n%s\nbacked up:\n%s", found, written)
	}
	return restored
}

// hasAppProfiles looks whether what the demo's tenants were connected with became an app profile each, whose secret opens (R73).
func hasAppProfiles(t *testing.T, a *app.App, any bool) {
	t.Helper()
	apps, err := a.Apps.List(ctx, adele, appprofile.Query{})
	must(t, err)
	if any != (apps.Total == 2) {
		t.Errorf("%d app profiles", apps.Total)
	}
	for _, p := range apps.Rows {
		app, err := a.Apps.Credentials(ctx, p.Tenant)
		if err != nil || app.Kind != appprofile.Secret || app.Secret.Empty() || !p.Preferred || p.Status != appprofile.NotChecked || p.Name == "" {
			t.Errorf("%+v %v", p, err)
		}
	}
}

// X26: a database that a program of between left, with steps that were edited later, is refused with what it lacks, and stays as it was.
func TestAVersionOfBetweenIsRefused(t *testing.T) {
	for name, lacks := range map[string]string{"4-before-an-edit": "attended", "5-before-an-edit": "attempts_by_time"} {
		t.Run(name, func(t *testing.T) {
			folder, key := storedVersion(t, name)
			path := filepath.Join(folder, sqlite.File)
			before, err := os.ReadFile(path)
			must(t, err)
			for range 2 {
				a, _, err := openLogged(t, settings(folder, key))
				if a != nil || !errors.Is(err, sqlite.ErrForeign) || !strings.Contains(err.Error(), lacks) {
					t.Fatalf("err = %v", err)
				}
			}
			if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
				t.Errorf("it was changed (%v)", err)
			}
		})
	}
}

// X26: a first start that was cut off when only the queue had its tables leaves nothing that the next one could not go on from.
func TestAFirstStartThatWasCutOffAfterTheQueue(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "data")
	cut := errors.New("cut off")
	_, err := sqlite.Open(ctx, sqlite.Options{Folder: folder, Now: time.Now, Log: slog.New(slog.DiscardHandler), Queue: func(ctx context.Context, db *sql.DB) error {
		must(t, work.Prepare(ctx, db, slog.New(slog.DiscardHandler)))
		return cut
	}})
	if !errors.Is(err, cut) {
		t.Fatalf("the first start: %v", err)
	}
	_, address := formerTenant(t)
	a := open(t, folder, secret.NewKey().Text(), address)
	defer func() { must(t, a.Close()) }()
	must(t, a.DB.VerifyActivity(ctx))
}
