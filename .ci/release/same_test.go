package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)

// R80: an archive tells nothing of the machine and the hour that it was made in.
func TestArchivesAreTheSameEveryTime(t *testing.T) {
	for name, write := range map[string]func(io.Writer, time.Time, []entry) error{"tar.gz": writeTarGz, "zip": writeZip} {
		var made [2]bytes.Buffer
		for i := range made {
			path := filepath.Join(t.TempDir(), "program")
			if err := os.WriteFile(path, []byte("program"), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(path, noon, noon.Add(time.Duration(i)*time.Hour)); err != nil {
				t.Fatal(err)
			}
			if err := write(&made[i], noon, []entry{{name: "purser/", mode: 0o755}, {name: "purser/program", mode: 0o755, path: path}}); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(made[0].Bytes(), made[1].Bytes()) {
			t.Errorf("two archives differ: %s", name)
		}
	}
}

// R80: so does the list of what is inside, which has the release's version wherever it speaks of Purser.
func TestTheListIsOfTheRelease(t *testing.T) {
	r := &release{version: "1.2.3", time: noon}
	text, err := r.settled([]byte(`{"bomFormat": "CycloneDX",
		"metadata": {"timestamp": "now", "tools": [{"name": "a tool", "hashes": ["of this machine"]}], "component": {"bom-ref": "pkg:golang/purser.example@v0?x", "name": "purser.example", "version": "v0"}},
		"dependencies": [{"ref": "pkg:golang/purser.example@v0?x", "dependsOn": ["pkg:golang/other@v1"]}, {"ref": "pkg:golang/other@v1"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if said := string(text); strings.Contains(said, "@v0") || strings.Contains(said, "hashes") || !strings.Contains(said, "a tool") || strings.Count(said, "pkg:golang/purser.example@1.2.3") != 3 ||
		!strings.Contains(said, `"timestamp": "2026-11-29T12:00:00Z"`) || !json.Valid(text) {
		t.Errorf("%s", text)
	}
	for _, bad := range []string{"", "{}", `{"metadata": {}}`} {
		if _, err := r.settled([]byte(bad)); err == nil {
			t.Errorf("%q is taken for a list", bad)
		}
	}
}

// R80: the image trusts whom Mozilla trusts, by what go.mod names.
func TestTheImageTrustsSomebody(t *testing.T) {
	if n := bytes.Count(roots(), []byte("-----BEGIN CERTIFICATE-----")); n < 80 {
		t.Errorf("only %d roots", n)
	}
}

// R80: no platform is made that nobody asked for, and none that Purser does not run on.
func TestPlatforms(t *testing.T) {
	all, err := platformsOf(strings.Join(everywhere, ","))
	if err != nil || len(all) != 6 {
		t.Errorf("%v %v", all, err)
	}
	if got := (&release{platforms: all}).linux(); len(got) != 2 || got[0].String() != "linux-amd64" {
		t.Errorf("%v", got)
	}
	if _, err := platformsOf("linux/amd64,plan9/386"); err == nil {
		t.Error("a platform that Purser does not run on")
	}
}
