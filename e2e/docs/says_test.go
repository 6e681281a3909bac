package docs

import (
	"compress/gzip"
	"database/sql"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"purser.example/internal/app"
)

var (
	settingName   = regexp.MustCompile(`^PURSER_[A-Z0-9_]+[A-Z0-9]$`)
	settingInText = regexp.MustCompile(`\bPURSER_[A-Z0-9_]*`)
	ownVersion    = regexp.MustCompile(`program \d+\)`) // grows with each migration; the document shows one for all
)

// serve runs `purser serve` with good settings but for those given, waits for its end, and gives what it said.
func (m *machine) serve(env ...string) (status int, said string) {
	key := filepath.Join(m.folder, "key")
	if _, err := os.Stat(key); err != nil {
		out, err := exec.Command(purser(m.t), "key", "new").Output()
		must(m.t, err)
		must(m.t, os.WriteFile(key, out, 0o600))
	}
	cmd := exec.CommandContext(m.t.Context(), purser(m.t), "serve")
	cmd.Env = append(m.env(), "PURSER_ADDR="+m.addr, "PURSER_BASE_URL=http://"+m.addr, "PURSER_DATA="+filepath.Join(m.folder, "data"), "PURSER_KEY_FILE="+key,
		"PURSER_OIDC_ISSUER=https://login.contoso.com", "PURSER_OIDC_CLIENT_ID=purser", "PURSER_OIDC_CLIENT_SECRET=hidden")
	cmd.Env = append(cmd.Env, env...)
	out, _ := cmd.CombinedOutput()
	return cmd.ProcessState.ExitCode(), strings.ReplaceAll(string(out), m.folder, "")
}

// What Purser says in the blocks of the documents, it says, and ends with status 2.
func TestPurserSaysWhatTheDocumentsSay(t *testing.T) {
	says := map[string]func(t *testing.T, m *machine) (int, string){
		"docs/settings.md": func(_ *testing.T, m *machine) (int, string) {
			return m.serve("PURSER_BASE_URL=", "PURSER_SESSION_IDLE=soon")
		},
		"docs/production.md the data folder cannot be used": func(t *testing.T, m *machine) (int, string) {
			must(t, os.MkdirAll(filepath.Join(m.folder, "srv", "www"), 0o755))
			return m.serve("PURSER_DATA=" + filepath.Join(m.folder, "srv"))
		},
		"docs/production.md PURSER_VERDICT_CODES": func(t *testing.T, m *machine) (int, string) {
			must(t, os.MkdirAll(filepath.Join(m.folder, "etc/purser"), 0o755))
			codes := filepath.Join(m.folder, "etc/purser/codes.tsv")
			must(t, os.WriteFile(codes, []byte("# ours\n53003\tmfa_required\twrong-password\t-\t-\tNo.\tUs\n"), 0o600))
			return m.serve("PURSER_VERDICT_CODES=" + codes)
		},
		"docs/upgrade.md was not made by a released version": func(t *testing.T, m *machine) (int, string) {
			m.ofBetween(t)
			return m.serve()
		},
		"docs/backup.md the database of this data folder is gone": func(t *testing.T, m *machine) (int, string) {
			data := filepath.Join(m.folder, "var/lib/purser")
			must(t, os.MkdirAll(data, 0o700))
			must(t, os.WriteFile(filepath.Join(data, "purser.lock"), []byte("4711\n1c5f…\n"), 0o600))
			return m.serve("PURSER_DATA=" + data)
		},
		"docs/upgrade.md was written by a newer version": func(t *testing.T, m *machine) (int, string) {
			m.newer(t)
			status, said := m.serve()
			return status, ownVersion.ReplaceAllString(said, "program 1)")
		},
	}
	used := map[string]bool{}
	for _, d := range documents(t) {
		for _, b := range d.blocks {
			if b.language != "text" {
				continue
			}
			for key, say := range says {
				doc, about, _ := strings.Cut(key, " ")
				if doc != d.name || !strings.Contains(b.text(), about) {
					continue
				}
				used[key] = true
				status, said := say(t, newMachine(t))
				for _, line := range b.lines {
					if status != 2 || !strings.Contains(said, line+"\n") {
						t.Errorf("%s:%d: %s\nbut it says, with status %d:\n%s", d.name, b.line, line, status, said)
					}
				}
			}
		}
	}
	for key := range says {
		if !used[key] {
			t.Errorf("no document shows what is said of %s", key)
		}
	}
}

// ofBetween makes the database one of a program between two releases.
func (m *machine) ofBetween(t *testing.T) {
	t.Helper()
	packed, err := os.Open("../../internal/app/testdata/versions/4-before-an-edit.db.gz")
	must(t, err)
	defer func() { _ = packed.Close() }()
	unpacked, err := gzip.NewReader(packed)
	must(t, err)
	whole, err := io.ReadAll(unpacked)
	must(t, err)
	folder := filepath.Join(m.folder, "data")
	must(t, os.Mkdir(folder, 0o700))
	must(t, os.WriteFile(filepath.Join(folder, "purser.db"), whole, 0o600))
}

// newer makes the database one of a version to come.
func (m *machine) newer(t *testing.T) {
	t.Helper()
	folder := filepath.Join(m.folder, "data")
	must(t, os.Mkdir(folder, 0o700))
	db, err := sql.Open("sqlite", filepath.Join(folder, "purser.db"))
	must(t, err)
	defer func() { _ = db.Close() }()
	for _, statement := range []string{
		`CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT NULL, is_applied INTEGER NOT NULL, tstamp TIMESTAMP DEFAULT (datetime('now')))`,
		`INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, 1), (99, 1)`,
	} {
		_, err := db.Exec(statement)
		must(t, err)
	}
}

// The rows that docs/production.md shows are good ones, with some for each kind of answer: a code of Microsoft's, and a status without one.
func TestTheRowsOfCodesAreGood(t *testing.T) {
	shown := ""
	for _, b := range named(t, "docs/production.md").blocks {
		if b.language != "tsv" {
			continue
		}
		if mistakes := app.Checks().VerdictCodes(b.text()); len(mistakes) > 0 {
			t.Errorf("docs/production.md:%d: %q", b.line, mistakes)
		}
		shown += "\n" + b.text()
	}
	for _, key := range []string{"53003", "HTTP 403", "HTTP 5xx"} {
		if !strings.Contains(shown, "\n"+key+"\t") {
			t.Errorf("docs/production.md shows no row of %s", key)
		}
	}
}

// X32: where the provider's certificate comes from an unknown authority, the log says what docs/entra-id.md has a row for.
func TestAnUnknownAuthorityIsSaidAsTheDocumentSays(t *testing.T) {
	const words = "certificate signed by unknown authority"
	row := false
	for _, r := range named(t, "docs/entra-id.md").table("you see", "do") {
		row = row || strings.Contains(r.cells[0], words)
	}
	if !row {
		t.Error("docs/entra-id.md has no row for it")
	}
	provider := httptest.NewUnstartedServer(http.NotFoundHandler())
	provider.Config.ErrorLog = log.New(io.Discard, "", 0)
	provider.StartTLS()
	defer provider.Close()
	m := newMachine(t)
	m.unit = []string{"Type=notify", "WatchdogSec=60", "ExecStart=" + purser(t) + " serve"}
	_, said := m.serve("PURSER_ADDR=nowhere") // makes the key
	if !strings.Contains(said, "PURSER_ADDR") {
		t.Fatal(said)
	}
	for _, setting := range []string{
		"PURSER_BASE_URL=http://" + m.addr, "PURSER_DATA=" + filepath.Join(m.folder, "data"), "PURSER_KEY_FILE=" + filepath.Join(m.folder, "key"),
		"PURSER_OIDC_ISSUER=" + provider.URL, "PURSER_OIDC_CLIENT_ID=purser", "PURSER_OIDC_CLIENT_SECRET=hidden",
	} {
		m.unit = append(m.unit, "Environment="+setting)
	}
	must(t, m.start())
	if err := m.answers("/auth/sign-in"); err == nil {
		t.Error("signing in works")
	}
	must(t, m.stop())
	if !strings.Contains(m.log(), "identity provider failed") || !strings.Contains(m.log(), words) {
		t.Errorf("the log says:\n%s", m.log())
	}
}
