package drill

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf16"

	"purser.example/e2e/programs"
	"purser.example/internal/demo/demotest"
	"purser.example/internal/sqlite"
	"purser.example/internal/tenant"
)

var linger = flag.Duration("linger", 0, "count what is left of a password in memory after so long; 0 leaves it out")

// R60: the passwords that were typed, stored and used are in no page, no export, no answer to an upload, no backup, no log, no file of the folder and no dump of a crash in
// the middle of a validation. With -linger it also counts how many copies are left in memory.
func TestPasswordsLeaveNoTrace(t *testing.T) {
	l := openLeak(t)
	l.t.Run("pages and exports", l.pages)
	l.t.Run("uploads", l.uploads)
	l.t.Run("a backup", l.backup)
	if *linger > 0 {
		l.t.Run("memory", l.memory)
	}
	l.t.Run("a crash", l.crash)
	l.t.Run("files", l.files)
}

// leak is a Purser whose passwords are known, and looked for everywhere.
type leak struct {
	*validation
	right, wrong word
	profile      string
	work         string // the folder in which a core file would come to lie
}

// word is a password that stands nowhere else: what is looked for is its random part.
type word string

func newWord() word { return word("Leak+" + rand.Text()) }

// forms are the word's random part as it is, in UTF-16, and in base64 at each of the three places where it can begin.
func (w word) forms() [][]byte {
	part := strings.TrimPrefix(string(w), "Leak+")
	wide := make([]byte, 0, 2*len(part))
	for _, unit := range utf16.Encode([]rune(part)) {
		wide = append(wide, byte(unit), byte(unit>>8))
	}
	all := [][]byte{[]byte(part), wide}
	for shift := range 3 {
		coded := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("x", shift) + part))
		all = append(all, []byte(coded[4:len(coded)-4]))
	}
	return all
}

func (w word) in(text []byte) (n int) {
	for _, form := range w.forms() {
		n += bytes.Count(text, form)
	}
	return n
}

func openLeak(t *testing.T) *leak {
	t.Helper()
	l := &leak{right: newWord(), wrong: newWord(), work: t.TempDir()}
	folder := t.TempDir()
	l.validation = &validation{t: t, folder: programs.NewFolder(filepath.Join(folder, "data")), said: &bytes.Buffer{}}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%v\n%s", err, l.said)
		}
	}
	fixture := filepath.Join(folder, "fixture.json")
	text, err := json.Marshal(map[string]any{"tenants": []any{map[string]any{
		"id": tenantID, "displayName": "Contoso", "initialDomain": "contoso.onmicrosoft.com", "apps": []any{map[string]any{"appId": appID, "displayName": "Purser"}},
		"users": []any{map[string]any{"userPrincipalName": "svc@contoso.onmicrosoft.com", "password": string(l.right)}},
	}}})
	must(err)
	must(os.WriteFile(fixture, text, 0o600))
	must(l.folder.Connect(t.Context(), []tenant.Tenant{{ID: tenantID, DisplayName: "Contoso", InitialDomain: "contoso.onmicrosoft.com", Cloud: tenant.Worldwide}}, appID))
	l.sim, err = programs.Simulator(t.Context(), simulator, io.Discard, fixture)
	must(err)
	t.Cleanup(func() { _ = l.sim.Kill() })
	t.Setenv("GOTRACEBACK", "crash")
	t.Chdir(l.work)
	must(letDump())
	l.purser, err = programs.Serve(t.Context(), binary, l.folder, l.said, "PURSER_M365_SIMULATOR="+l.sim.URL, "PURSER_LOG_LEVEL=debug")
	must(err)
	t.Cleanup(l.purser.Stop)
	l.browser, err = programs.SignIn(t.Context(), l.purser.URL, programs.Email, programs.Password)
	must(err)
	return l
}

// letDump allows core files as large as they get, so that none is missing for want of room. What Purser forbids itself counts.
func letDump() error {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_CORE, &limit); err != nil {
		return err
	}
	limit.Cur = limit.Max
	return syscall.Setrlimit(syscall.RLIMIT_CORE, &limit)
}

func (l *leak) save(t *testing.T, password word) programs.Answer {
	t.Helper()
	answer, err := l.browser.Post(t.Context(), "/service-accounts", url.Values{
		"name": {"Backup"}, "tenant": {tenantID}, "services": {"fly"}, "username": {"svc@contoso.onmicrosoft.com"}, "password": {string(password)},
	}, false)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// pages uses both passwords: one is refused, the other stored, validated and exported.
func (l *leak) pages(t *testing.T) {
	look := func(where string, answer programs.Answer, want int) {
		t.Helper()
		if answer.Status != want || l.right.in(answer.Body)+l.wrong.in(answer.Body) > 0 {
			t.Errorf("%s: status %d, %d copies of the passwords", where, answer.Status, l.right.in(answer.Body)+l.wrong.in(answer.Body))
		}
	}
	look("a refused Save", l.save(t, l.wrong), http.StatusUnprocessableEntity)
	look("Save", l.save(t, l.right), http.StatusSeeOther)
	list, err := l.browser.Get(t.Context(), "/service-accounts")
	if err != nil {
		t.Fatal(err)
	}
	look("the list", list, http.StatusOK)
	rows, _, err := readRows(list)
	if err != nil || len(rows) != 1 {
		t.Fatalf("%d profiles, %v", len(rows), err)
	}
	l.profile = "/service-accounts/" + string(rows[0].id)
	validated, err := l.browser.Post(t.Context(), l.profile+"/validate", url.Values{}, false)
	if err != nil {
		t.Fatal(err)
	}
	look("Validate", validated, http.StatusSeeOther)
	for _, path := range []string{l.profile, l.profile + "/edit", "/service-accounts/export", "/tenants/" + tenantID} {
		answer, err := l.browser.Get(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		look(path, answer, http.StatusOK)
	}
	if control := append([]byte("password="), url.QueryEscape(string(l.right))...); l.right.in(control) != 1 {
		t.Error("what is looked for would not be found")
	}
}

// uploads sends both passwords in files: one that is checked and reported, and some that break off or cannot be read.
func (l *leak) uploads(t *testing.T) {
	look := func(what string, answer programs.Answer, err error, want int) {
		t.Helper()
		if n := l.right.in(answer.Body) + l.wrong.in(answer.Body); err != nil || answer.Status != want || n > 0 || l.right.in([]byte(answer.Header.Get("Location"))) > 0 {
			t.Errorf("%s: status %d, %d copies of the passwords, %v", what, answer.Status, n, err)
		}
	}
	const head = "name,tenant,services,username,password\r\n"
	row := func(name string, password word) string {
		return name + ",contoso.onmicrosoft.com,Fly,svc@contoso.onmicrosoft.com," + string(password) + "\r\n"
	}
	const place = "/service-accounts/import"
	checked, err := l.browser.Upload(t.Context(), place, "profiles.csv", []byte(head+row("Backup", l.wrong)+row("Second", l.right)+"Third,nowhere,Fly,x,"+string(l.wrong)+"\r\n"), "check")
	look("a file that is checked", checked, err, http.StatusSeeOther)
	report := checked.Header.Get("Location")
	var page programs.Answer
	demotest.Until(t, "the report of the check", func() bool {
		page, err = l.browser.Get(t.Context(), report)
		return err != nil || strings.Contains(string(page.Body), "Second") && !strings.Contains(string(page.Body), `role="progressbar"`)
	})
	look("its page", page, err, http.StatusOK)
	page, err = l.browser.Get(t.Context(), report+"/report")
	look("its report", page, err, http.StatusOK)
	unread, err := l.browser.Upload(t.Context(), place, string(l.right)+".csv", []byte(string(l.right)+","+string(l.wrong)+"\r\n"), "check")
	look("a file whose columns are passwords", unread, err, http.StatusUnprocessableEntity)
	for what, body := range map[string]string{
		"a part that breaks off":      "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n" + head + row("Backup", l.right),
		"a header that is a password": "--x\r\n" + string(l.right) + "\r\n\r\n" + head + "--x--\r\n",
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, l.purser.URL+place, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header = http.Header{"Content-Type": {"multipart/form-data; boundary=x"}, "Sec-Fetch-Site": {"same-origin"}}
		res, err := l.browser.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(res.Body)
		look(what, programs.Answer{Status: res.StatusCode, Header: res.Header, Body: text}, errors.Join(err, res.Body.Close()), http.StatusBadRequest)
	}
}

// backup makes one beside Purser, as the command and the schedule do, and restores it.
func (l *leak) backup(t *testing.T) {
	folder := t.TempDir()
	file, restored := filepath.Join(folder, "backup.db"), filepath.Join(folder, "restored")
	l.command(t, l.folder.Path, "backup", file)
	l.command(t, restored, "restore", file)
	for _, path := range []string{file, filepath.Join(restored, sqlite.File)} {
		text, err := os.ReadFile(path)
		if err != nil || !bytes.Contains(text, []byte("svc@contoso.onmicrosoft.com")) {
			t.Errorf("%s is not what is meant: %v", path, err)
		}
		if n := l.right.in(text) + l.wrong.in(text) + bytes.Count(text, []byte(l.folder.Key.Text())); n > 0 {
			t.Errorf("%s holds %d copies of the passwords and the key", path, n)
		}
	}
}

// command runs one of Purser's, and looks at what it says.
func (l *leak) command(t *testing.T, data string, args ...string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), binary, args...)
	command.Env = append(os.Environ(), "PURSER_DATA="+data, "PURSER_KEY="+l.folder.Key.Text())
	said, err := command.CombinedOutput()
	if n := l.right.in(said) + l.wrong.in(said); err != nil || n > 0 {
		t.Fatalf("%s: %v, %d copies of the passwords\n%s", args, err, n, said)
	}
}

// memory counts the copies right after the use, and after a while in which others worked.
func (l *leak) memory(t *testing.T) {
	right, wrong := l.copies(t)
	t.Logf("right after their use: %d copies of the stored password, %d of the refused one", right, wrong)
	for end := time.Now().Add(*linger); time.Now().Before(end); {
		if _, err := l.browser.Get(t.Context(), "/service-accounts"); err != nil {
			t.Fatal(err)
		}
	}
	right, wrong = l.copies(t)
	t.Logf("%s later: %d copies of the stored password, %d of the refused one", *linger, right, wrong)
}

// copies reads the whole memory of the process that may be written to.
func (l *leak) copies(t *testing.T) (right, wrong int) {
	t.Helper()
	process := fmt.Sprintf("/proc/%d", l.purser.Pid())
	maps, err := os.ReadFile(process + "/maps")
	if err != nil {
		t.Fatal(err)
	}
	memory, err := os.Open(process + "/mem")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = memory.Close() }()
	for line := range strings.Lines(string(maps)) {
		var from, to int64
		var rights string
		if _, err := fmt.Sscanf(line, "%x-%x %s", &from, &to, &rights); err != nil || !strings.HasPrefix(rights, "rw") {
			continue
		}
		region := make([]byte, to-from)
		n, _ := memory.ReadAt(region, from) // what the kernel keeps to itself is left out
		right, wrong = right+l.right.in(region[:n]), wrong+l.wrong.in(region[:n])
	}
	return right, wrong
}

// crash aborts Purser while Microsoft does not answer a validation. Its last words are in what it said, and a core file, where the
// machine lets one come, in the folder that it works in.
func (l *leak) crash(t *testing.T) {
	if err := l.sim.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		_, _ = l.browser.Post(t.Context(), "/service-accounts/"+filepath.Base(l.profile), url.Values{
			"name": {"Backup"}, "tenant": {tenantID}, "services": {"fly"}, "username": {"svc@contoso.onmicrosoft.com"}, "password": {string(l.wrong)}, "version": {"1"},
		}, false)
	}()
	demotest.Until(t, "the password in memory", func() bool { // the positive control: what is looked for is found
		_, wrong := l.copies(t)
		return wrong > 0
	})
	how, err := l.purser.Abort()
	if err != nil {
		t.Fatal(err)
	}
	<-answered
	cores := 0 // that hold anything: Purser forbids them
	err = filepath.WalkDir(l.work, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		cores++
		text, err := os.ReadFile(path)
		if n := l.right.in(text) + l.wrong.in(text); n > 0 {
			t.Errorf("%s holds %d copies of the passwords", e.Name(), n)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s; %d core files", how, cores)
	if cores > 0 {
		t.Error("a crash writes memory to the disk")
	}
	if said := l.said.String(); !strings.Contains(said, "goroutine ") {
		t.Errorf("the crash left no last words:\n%.2000s", said)
	}
}

// files reads the log and everything in the folder of the data, as the crash left it.
func (l *leak) files(t *testing.T) {
	if n := l.right.in(l.said.Bytes()) + l.wrong.in(l.said.Bytes()); n > 0 {
		t.Errorf("the log holds %d copies of the passwords", n)
	}
	seen := int64(0)
	err := filepath.WalkDir(l.folder.Path, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		seen += int64(len(text))
		if n := l.right.in(text) + l.wrong.in(text); n > 0 {
			t.Errorf("%s holds %d copies of the passwords", e.Name(), n)
		}
		return err
	})
	if err != nil || seen < 1<<16 {
		t.Errorf("%d bytes were read, %v", seen, err)
	}
}
