package service

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"purser.example/internal/config"
)

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// R80: an installation gets a key and settings once; a second one leaves both as they are.
func TestAnInstallationIsFurnishedOnce(t *testing.T) {
	folder := t.TempDir()
	settings := filepath.Join(folder, "settings")
	for _, key := range []string{"first", "second"} {
		if err := furnish(folder, settings, key); err != nil {
			t.Fatal(err)
		}
	}
	if got := read(t, filepath.Join(folder, "key")); got != "first\r\n" {
		t.Errorf("the key is %q", got)
	}
	if err := os.WriteFile(settings, []byte("PURSER_ADDR=:1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := furnish(folder, settings, "third"); err != nil || read(t, settings) != "PURSER_ADDR=:1\n" {
		t.Errorf("the settings are overwritten, %v", err)
	}
}

// R80: a lost key is not replaced beside a database, which it would not open.
func TestNoKeyIsMadeBesideADatabase(t *testing.T) {
	folder := t.TempDir()
	if err := os.MkdirAll(filepath.Join(folder, "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "data", "purser.db"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := furnish(folder, filepath.Join(folder, "settings"), "another"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(folder, "key")); err == nil {
		t.Error("a key was made")
	}
}

// R80: a folder that others use is not closed to them.
func TestAnInstallationHasAFolderForItself(t *testing.T) {
	folder := t.TempDir()
	settings := filepath.Join(folder, "purser.txt")
	for _, absent := range []string{folder, filepath.Join(folder, "not-there")} {
		if err := forPurserAlone(absent, settings); err != nil {
			t.Error(err)
		}
	}
	if err := furnish(folder, settings, "key"); err != nil {
		t.Fatal(err)
	}
	if err := forPurserAlone(folder, settings); err != nil {
		t.Errorf("a second installation: %v", err)
	}
	if err := os.WriteFile(filepath.Join(folder, "letters.doc"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := forPurserAlone(folder, settings); err == nil || !strings.Contains(err.Error(), "letters.doc") {
		t.Errorf("a folder of others: %v", err)
	}
}

// R80: the settings that an installation begins with can be read, and every line that is proposed in them as well.
func TestTheFirstSettingsCanBeRead(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "settings")
	if err := furnish(folder, path, "key"); err != nil {
		t.Fatal(err)
	}
	settings, err := config.ReadSettings(path)
	if err != nil || !slices.Contains(settings, `PURSER_DATA=`+folder+`\data`) {
		t.Errorf("%q %v", settings, err)
	}
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(read(t, path), "#PURSER_", "PURSER_")), 0o600); err != nil {
		t.Fatal(err)
	}
	if settings, err = config.ReadSettings(path); err != nil || len(settings) < 9 {
		t.Errorf("%q %v", settings, err)
	}
}

// R80: the service runs what serve runs, as an account that has nothing but its folder, and is given up after a few failures.
func TestWhatAServiceIsMadeOf(t *testing.T) {
	as := settingUpFor(`C:\ProgramData\Purser\settings`)
	if want := []string{"serve", "--settings", `C:\ProgramData\Purser\settings`}; !slices.Equal(as.arguments, want) {
		t.Errorf("it runs %q", as.arguments)
	}
	if as.account != `NT SERVICE\purser` || len(as.restarts) != 3 || !slices.IsSorted(as.restarts) {
		t.Errorf("%+v", as)
	}
}
