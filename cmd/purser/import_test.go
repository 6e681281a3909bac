package main_test

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"purser.example/e2e/programs"
	"purser.example/internal/demo"
	"purser.example/internal/demo/demotest"
)

const (
	importHead   = "name,description,tenant,services,username,password,type,admin_center_url\n"
	importTenant = "contoso.onmicrosoft.com"
	importSecret = "Marked-Secret-2026!"
)

// importRows are so many rows that are good.
func importRows(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "Imported %05d,,%s,Fly,svc-%05d@contoso.onmicrosoft.com,%s,,\n", i, importTenant, i, importSecret)
	}
	return b.String()
}

// demoWith starts a demo that keeps everything in a folder, and signs an administrator in.
func demoWith(t *testing.T, data string) (*programs.Process, *programs.Browser) {
	t.Helper()
	p, err := programs.Demo(t.Context(), binary, t.Output(), "--addr", "127.0.0.1:0", "--data", data, "--fixture", fixtureFile(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Kill() })
	b, err := programs.SignIn(t.Context(), p.URL, "admin@purser.test", demo.Password)
	if err != nil {
		t.Fatal(err)
	}
	return p, b
}

func fixtureFile(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "fixture.json")
	text := `{"tenants": [{"id": "6f1c0000-0000-4000-8000-000000000001", "displayName": "Contoso", "initialDomain": "` + importTenant + `", "connected": true, "apps": [{"appId": "a0000000-0000-4000-8000-000000000001", "displayName": "Purser"}]}]}`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// R30: the command prints what became of each row, as the page reports it, and ends with 1 where rows were refused. It works alone in the
// folder: with 2 and one line it refuses a folder that a Purser works in, one without a database, and a file that is not there.
func TestTheCommandImports(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	p, _ := demoWith(t, data)
	file := filepath.Join(t.TempDir(), "profiles.csv")
	rows := importHead + importRows(3) + "Wrong,,fabrikam.com,Fly,svc@contoso.onmicrosoft.com," + importSecret + ",,\n"
	if err := os.WriteFile(file, []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(data string, args ...string) (int, string) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), binary, append([]string{"import"}, args...)...)
		cmd.Env = append(os.Environ(), "PURSER_DATA="+data, "PURSER_KEY_FILE="+filepath.Dir(data)+"/data.key")
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		_ = cmd.Run()
		if strings.Contains(out.String(), importSecret) {
			t.Errorf("%q shows a password", args)
		}
		return cmd.ProcessState.ExitCode(), out.String()
	}
	if status, said := run(data, file); status != 2 || strings.Count(said, "\n") != 1 || !strings.Contains(said, "another Purser works in this data folder") || !strings.Contains(said, "import the file on its page, Service account > Import, or stop that Purser") {
		t.Errorf("while a Purser works there: %d %s", status, said)
	}
	if err := p.Kill(); err != nil {
		t.Fatal(err)
	}
	if status, said := run(data, file+".no"); status != 2 || strings.Count(said, "\n") != 1 || !strings.Contains(said, "cannot be read") {
		t.Errorf("a file that is not there: %d %s", status, said)
	}
	if status, said := run(data, t.TempDir()); status != 2 || strings.Count(said, "\n") != 1 || !strings.Contains(said, "cannot be read") {
		t.Errorf("a folder instead of a file: %d %s", status, said)
	}
	empty := filepath.Join(filepath.Dir(data), "empty")
	if status, said := run(empty, file); status != 2 || !strings.Contains(said, "there is no database") {
		t.Errorf("an empty folder: %d %s", status, said)
	}
	if _, err := os.Stat(empty); err == nil {
		t.Error("it made a folder")
	}
	for _, step := range []struct {
		args   []string
		status int
		says   []string
	}{
		{[]string{file, "--dry-run"}, 1, []string{"line 2  new      Imported 00000  svc-00000@contoso.onmicrosoft.com", "line 5  refused  Wrong", "This tenant is not connected.", "nothing was stored: 3 new, 0 changed, 0 unchanged, 1 refused"}},
		{[]string{file}, 1, []string{"line 4  new      Imported 00002", "imported: 3 new, 0 changed, 0 unchanged, 1 refused"}},
		{[]string{file, "--dry-run"}, 1, []string{"line 2  unchanged  Imported 00000", "nothing was stored: 0 new, 0 changed, 3 unchanged, 1 refused"}},
	} {
		if status, said := run(data, step.args...); status != step.status {
			t.Errorf("%v: %d\n%s", step.args, status, said)
		} else {
			for _, says := range step.says {
				if !strings.Contains(said, says) {
					t.Errorf("%v does not say %q:\n%s", step.args, says, said)
				}
			}
		}
	}
	long := importHead + strings.Repeat("Service account of the backup ", 4) + ",," + importTenant + ",Fly," + strings.Repeat("long", 16) + "@contoso.onmicrosoft.com," + importSecret + ",,\n" +
		"Ünïcödé " + strings.Repeat("é", 100) + ",,nowhere.example,Flies,svc,x,,\nShort,," + importTenant + ",Fly,svc@contoso.onmicrosoft.com," + importSecret + ",,\n"
	if err := os.WriteFile(file, []byte(long), 0o600); err != nil {
		t.Fatal(err)
	}
	_, said := run(data, file, "--dry-run")
	for _, line := range strings.Split(said, "\n") {
		if utf8.RuneCountInString(line) > 100 {
			t.Errorf("%d signs: %s", utf8.RuneCountInString(line), line)
		}
	}
	for _, says := range []string{"line 2  new      Service account of the backup…  longlong", "line 3  refused  Ünïcödé éé", "\n    This tenant is not connected. Enter", "line 4  new      Short                           svc@contoso.onmicrosoft.com\n"} {
		if !strings.Contains(said, says) {
			t.Errorf("it does not say %q:\n%s", says, said)
		}
	}
	if err := os.WriteFile(file, []byte(importHead+importRows(4)), 0o600); err != nil {
		t.Fatal(err)
	}
	if status, said := run(data, file); status != 0 || !strings.Contains(said, "imported: 1 new, 0 changed, 3 unchanged, 0 refused") {
		t.Errorf("a file without mistakes: %d\n%s", status, said)
	}
	if status, said := run(data, "--dry-run", fixtureFile(t)); status != 1 || !strings.Contains(said, "must be a list of entries") {
		t.Errorf("no file of profiles: %d\n%s", status, said)
	}
	_, b := demoWith(t, data)
	if a, err := b.Get(t.Context(), "/service-accounts"); err != nil || !strings.Contains(string(a.Body), "Imported 00003") {
		t.Errorf("the list does not have them: %d %v", a.Status, err)
	}
}

// R30: after a kill in the middle of an import its page says how far it came and that the file can be imported again; then nothing is there
// twice, and nothing is missing.
func TestAKilledImportCanBeImportedAgain(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	const rows = 4000
	file := []byte(importHead + importRows(rows))
	p, b := demoWith(t, data)
	a, err := b.Upload(t.Context(), "/service-accounts/import", "profiles.csv", file, "import")
	if err != nil || a.Status != http.StatusSeeOther {
		t.Fatalf("%d %v", a.Status, err)
	}
	address := a.Header.Get("Location")
	done := func(text string) bool {
		page, err := b.Get(t.Context(), "/service-accounts/export?q=imported")
		if err != nil {
			t.Fatal(err)
		}
		return strings.Contains(string(page.Body), text)
	}
	demotest.Until(t, "some profiles are stored", func() bool { return done("Imported 00300") })
	if err := p.Kill(); err != nil {
		t.Fatal(err)
	}
	b.Forget()
	_, b = demoWith(t, data)
	page, err := b.Get(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	text := string(page.Body)
	if page.Status != http.StatusOK || !strings.Contains(text, "The import stopped after ") || !strings.Contains(text, " of 4,000 rows") || !strings.Contains(text, "Purser ended during the import.") || !strings.Contains(text, "It is safe to import the same file again") {
		t.Fatalf("%d\n%.10000s", page.Status, text)
	}
	a, err = b.Upload(t.Context(), "/service-accounts/import", "profiles.csv", file, "import")
	if err != nil || a.Status != http.StatusSeeOther {
		t.Fatalf("%d %v", a.Status, err)
	}
	address = a.Header.Get("Location")
	end := time.Now().Add(time.Minute)
	for text = ""; !strings.Contains(text, " unchanged.") && time.Now().Before(end); {
		if page, err = b.Get(t.Context(), address); err != nil {
			t.Fatal(err)
		}
		text = string(page.Body)
	}
	if strings.Contains(text, ", 0 unchanged.") || !strings.Contains(text, " profiles created, 0 changed, ") || strings.Contains(text, "4,000 profiles created") {
		t.Errorf("%.10000s", text)
	}
	all, err := b.Get(t.Context(), "/service-accounts/export?q=imported")
	if err != nil || strings.Count(string(all.Body), "\r\n") != rows+1 {
		t.Errorf("%d rows, %v", strings.Count(string(all.Body), "\r\n")-1, err)
	}
}
