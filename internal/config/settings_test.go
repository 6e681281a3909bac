package config

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func settingsFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "settings")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// R80: a file of settings is read as it is written on Windows and elsewhere.
func TestAFileOfSettingsIsRead(t *testing.T) {
	got, err := ReadSettings(settingsFile(t, "\ufeff# Purser\r\n\r\nPURSER_ADDR=:8080\r\n  HTTPS_PROXY=http://proxy:3128/?a=b \n\t#x\nPURSER_KEY_FILE=C:\\a b\\key"))
	want := []string{"PURSER_ADDR=:8080", "HTTPS_PROXY=http://proxy:3128/?a=b", `PURSER_KEY_FILE=C:\a b\key`}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%q %v", got, err)
	}
}

// R80: every mistake of a file of settings is listed with its line, and none shows a value.
func TestTheMistakesOfAFileOfSettingsAreListed(t *testing.T) {
	path := settingsFile(t, "PURSER_KEY pk1_secret\nA=1\nA=2\n=x\nexport B=1\n")
	_, err := ReadSettings(path)
	want := Mistakes{path + ", line 1: is no NAME=VALUE.", path + ", line 3: sets A a second time.", path + ", line 4: is no NAME=VALUE.", path + ", line 5: is no NAME=VALUE."}
	if got, ok := errors.AsType[Mistakes](err); !ok || !slices.Equal(got, want) {
		t.Errorf("%q", err)
	}
	if _, err := ReadSettings(path + ".not"); err == nil || err.Error() != "the file of settings "+path+".not cannot be read: no such file or directory." {
		t.Errorf("%v", err)
	}
}

// R80: where Purser listens can be known without what only Purser may read.
func TestTheDoorIsReadWithoutSecrets(t *testing.T) {
	for _, tc := range []struct {
		environ []string
		want    Door
	}{
		{nil, Door{Addr: "127.0.0.1:8080"}},
		{[]string{"PURSER_ADDR=:443", "PURSER_TLS_CERT_FILE=/no/such/file"}, Door{Addr: ":443", TLS: true}},
		{[]string{"PURSER_TLS_CERT=pem"}, Door{Addr: "127.0.0.1:8080", TLS: true}},
	} {
		if got, err := LoadDoor(tc.environ); err != nil || got != tc.want {
			t.Errorf("%q: %+v %v", tc.environ, got, err)
		}
	}
	if _, err := LoadDoor([]string{"PURSER_ADDR=here"}); err == nil || err.Error() != "PURSER_ADDR: must be an address such as 127.0.0.1:8080." {
		t.Errorf("%v", err)
	}
}
