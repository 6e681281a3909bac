package main_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"purser.example/e2e/programs"
	"purser.example/internal/certificate/certtest"
	"purser.example/internal/demo"
	"purser.example/internal/demo/demotest"
	"purser.example/internal/demo/idp/idptest"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite/sqlitetest"
)

var binary string

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "purser-test-")
	if err != nil {
		panic(err)
	}
	binary = filepath.Join(folder, "purser")
	if err := programs.Build(context.Background(), "purser", binary); err != nil {
		panic(err)
	}
	status := m.Run()
	_ = os.RemoveAll(folder)
	os.Exit(status)
}

// process is a Purser that runs.
type process struct {
	*exec.Cmd
	t      *testing.T
	url    string
	stderr *bytes.Buffer
}

// start runs the demo and waits for its ready line.
func start(t *testing.T, args ...string) *process {
	t.Helper()
	p := &process{Cmd: exec.Command(binary, append([]string{"demo", "--addr", "127.0.0.1:0"}, args...)...), t: t, stderr: &bytes.Buffer{}}
	p.Stderr = p.stderr
	out, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Process.Kill(); _ = p.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		_ = p.Wait()
		t.Fatalf("no ready line: %v\n%s", err, p.stderr)
	}
	words := strings.Fields(line)
	if len(words) != 4 || words[0] != "ready" || words[2] != "simulator" || !strings.HasPrefix(words[3], "http://127.0.0.1:") {
		t.Fatalf("ready line: %q", line)
	}
	p.url = words[1]
	return p
}

func (p *process) end(signal syscall.Signal) int {
	p.t.Helper()
	if err := p.Process.Signal(signal); err != nil {
		p.t.Fatal(err)
	}
	_ = p.Wait()
	return p.ProcessState.ExitCode()
}

// killedAfter kills Purser while it is asked something, or right after its answer where that comes first, and gives the status
// of the answer; 0 for none.
func (p *process) killedAfter(pause time.Duration, ask func() (status int)) int {
	p.t.Helper()
	kill := time.AfterFunc(pause, func() { _ = p.Process.Kill() })
	status := ask()
	kill.Stop()
	p.end(syscall.SIGKILL)
	return status
}

// fails runs a command that is to end by itself, and gives its status and what it said.
func fails(t *testing.T, env []string, args ...string) (int, string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Env = append(os.Environ(), env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	_ = cmd.Run()
	return cmd.ProcessState.ExitCode(), stderr.String()
}

func newBrowser() *http.Client {
	jar, _ := cookiejar.New(nil)
	return &http.Client{Jar: jar, Timeout: 20 * time.Second}
}

func (p *process) signIn(client *http.Client) (callback string, err error) {
	return idptest.SignIn(p.t.Context(), client, p.url+"/auth/sign-in", "admin@purser.test", demo.Password)
}

func get(client *http.Client, address string) (int, string, error) {
	res, err := client.Get(address)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	return res.StatusCode, string(body), err
}

func TestTheDemoKeepsItsFolderAndStopsWell(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	client := newBrowser()
	for range 2 {
		p := start(t, "--data", data)
		callback, err := p.signIn(client)
		if err != nil {
			t.Fatal(err)
		}
		if status, body, err := get(client, callback); err != nil || status != http.StatusOK || !strings.Contains(body, "Service account") {
			t.Fatalf("after sign-in: %d %v\n%s", status, err, body)
		}
		if status := p.end(syscall.SIGTERM); status != 0 {
			t.Errorf("exit status %d\n%s", status, p.stderr)
		}
	}
	if _, err := os.Stat(data + ".key"); err != nil {
		t.Error("the key does not lie beside the folder")
	}
}

// A key that is gone is said, and none is made in its place.
func TestAMissingKeyIsSaid(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("data", 0o700); err != nil {
		t.Fatal(err)
	}
	t.Chdir("data")
	start(t, "--data", ".").end(syscall.SIGTERM)
	if _, err := os.Stat("../data.key"); err != nil {
		t.Fatalf("the key of --data . does not lie beside the folder: %v", err)
	}
	if err := os.Remove("../data.key"); err != nil {
		t.Fatal(err)
	}
	status, said := fails(t, nil, "demo", "--addr", "127.0.0.1:0", "--data", ".")
	if status != 2 || !strings.Contains(said, "is missing") {
		t.Errorf("status %d: %s", status, said)
	}
	if _, err := os.Stat("../data.key"); err == nil {
		t.Error("another key was made")
	}
}

func TestASecondProcessIsRefused(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	p := start(t, "--data", data)
	status, said := fails(t, nil, "demo", "--addr", "127.0.0.1:0", "--data", data)
	if status != 2 || !strings.Contains(said, fmt.Sprintf("process %d", p.Process.Pid)) {
		t.Errorf("status %d: %s", status, said)
	}
	if status := p.end(syscall.SIGINT); status != 0 {
		t.Errorf("the first one: exit status %d", status)
	}
}

func TestAWrongKeyIsSaidAndNothingIsOverwritten(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	client := newBrowser()
	p := start(t, "--data", data)
	callback, err := p.signIn(client)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := get(client, callback); err != nil {
		t.Fatal(err)
	}
	p.end(syscall.SIGTERM)

	right, err := os.ReadFile(data + ".key")
	if err != nil {
		t.Fatal(err)
	}
	other := secret.NewKey()
	for name, tc := range map[string]struct{ text, want string }{
		"another key": {other.Text(), "this is key " + other.ID()},
		"no key":      {"something else", "purser key new"},
	} {
		_ = os.Remove(data + ".key")
		if err := os.WriteFile(data+".key", []byte(tc.text), 0o600); err != nil {
			t.Fatal(err)
		}
		status, said := fails(t, nil, "demo", "--addr", "127.0.0.1:0", "--data", data)
		if status != 2 || strings.Count(said, "\n") != 1 || !strings.Contains(said, tc.want) || strings.Contains(said, tc.text) {
			t.Errorf("%s: status %d: %s", name, status, said)
		}
	}
	if err := os.WriteFile(data+".key", right, 0o600); err != nil {
		t.Fatal(err)
	}
	start(t, "--data", data).end(syscall.SIGTERM)
	verify(t, data)
}

// Killed between sign-in and answer: the log is whole, and the person can sign in again.
func TestKilledDuringSignIn(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	address := freeAddress(t)
	for round := range 12 {
		p := start(t, "--data", data, "--addr", address)
		client := newBrowser()
		client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		callback, err := p.signIn(client)
		if err != nil {
			t.Fatal(err)
		}
		status := p.killedAfter(time.Duration(rand.IntN(12_000))*time.Microsecond, func() int {
			status, _, _ := get(client, callback)
			return status
		})

		p = start(t, "--data", data, "--addr", address)
		// What was answered was on the disk: the cookie it gave still opens the page.
		if again, _, err := get(client, p.url+"/service-accounts"); status == http.StatusSeeOther && (err != nil || again != http.StatusOK) {
			t.Errorf("round %d: the answered sign-in is lost: %d %v", round, again, err)
		}
		fresh := newBrowser()
		callback, err = p.signIn(fresh)
		if err != nil {
			t.Fatal(err)
		}
		if status, body, err := get(fresh, callback); err != nil || status != http.StatusOK {
			t.Fatalf("round %d: signing in again: %d %v\n%s", round, status, err, body)
		}
		p.end(syscall.SIGTERM)
		verify(t, data)
	}
}

// Killed in the middle of a Save: the profile is there whole or not at all, and what was answered is there.
func TestKilledDuringASave(t *testing.T) {
	folder := t.TempDir()
	data, fixture, address := filepath.Join(folder, "data"), filepath.Join(folder, "fixture.json"), freeAddress(t)
	const tenant = "6f1c0000-0000-4000-8000-000000000001"
	if err := os.WriteFile(fixture, []byte(`{"tenants": [{"id": "`+tenant+`", "displayName": "Contoso", "initialDomain": "contoso.onmicrosoft.com", "connected": true,
		"apps": [{"appId": "a0000000-0000-4000-8000-000000000001"}], "users": [{"userPrincipalName": "svc@contoso.onmicrosoft.com", "password": "Contoso-2026!"}]}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	stored := 0
	for round := range 11 {
		p := start(t, "--data", data, "--addr", address, "--fixture", fixture)
		client := newBrowser()
		callback, err := p.signIn(client)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := get(client, callback); err != nil {
			t.Fatal(err)
		}
		client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		name := fmt.Sprintf("Round %d of ten", round)
		pause := time.Duration(rand.IntN(25_000)) * time.Microsecond
		if round == 0 {
			pause = time.Minute // the control: nobody interrupts this one
		}
		status := p.killedAfter(pause, func() int {
			form := url.Values{"name": {name}, "tenant": {tenant}, "services": {"fly"}, "username": {"svc@contoso.onmicrosoft.com"}, "password": {"Contoso-2026!"}}
			req, _ := http.NewRequest(http.MethodPost, p.url+"/service-accounts", strings.NewReader(form.Encode()))
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			req.Header.Set("Origin", p.url)
			res, err := client.Do(req)
			if err != nil {
				return 0
			}
			_ = res.Body.Close()
			return res.StatusCode
		})
		if round == 0 && status != http.StatusSeeOther {
			t.Fatalf("control: an undisturbed Save answers %d", status)
		}

		p = start(t, "--data", data, "--addr", address, "--fixture", fixture)
		_, page, err := get(client, p.url+"/service-accounts?q="+url.QueryEscape(name))
		there := strings.Contains(page, ">"+name+"<")
		if err != nil || status == http.StatusSeeOther && !there {
			t.Errorf("round %d: answered %d, there = %v, %v", round, status, there, err)
		}
		if there {
			stored++
		}
		p.end(syscall.SIGTERM)
		verify(t, data)
	}
	t.Logf("%d of 11 Saves were kept", stored)
}

func verify(t *testing.T, data string) {
	t.Helper()
	text, err := os.ReadFile(data + ".key")
	if err != nil {
		t.Fatal(err)
	}
	key, err := secret.ParseKey(string(text))
	if err != nil {
		t.Fatal(err)
	}
	db := sqlitetest.OpenIn(t, data, time.Now)
	defer func() { _ = db.Close() }()
	if _, err := db.Unlock(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	if err := db.VerifyActivity(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestServeListsEveryMistakeAtOnce(t *testing.T) {
	status, said := fails(t, []string{"PURSER_ADDR=x"}, "serve")
	if status != 2 || strings.Count(said, "\n") != 7 || !strings.Contains(said, "PURSER_KEY: is missing") {
		t.Errorf("status %d:\n%s", status, said)
	}
	for _, args := range [][]string{{"demo", "--addr", "0.0.0.0:0"}, {"demo", "--bogus"}, {"bogus"}, {}} {
		if status, said := fails(t, nil, args...); status != 2 || strings.Count(said, "\n") != 1 {
			t.Errorf("%v: status %d: %s", args, status, said)
		}
	}
}

// R17: an operator's own rows are checked with all other settings.
func TestServeListsMistakesInOwnRows(t *testing.T) {
	file := filepath.Join(t.TempDir(), "codes.tsv")
	if err := os.WriteFile(file, []byte("50126\tmfa_required\tvalid\t-\t-\tNo.\tUs\nx\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"serve", "demo"} {
		status, said := fails(t, []string{"PURSER_VERDICT_CODES=" + file}, command)
		if status != 2 || strings.Count(said, "purser: PURSER_VERDICT_CODES: "+file+", line ") != 2 {
			t.Errorf("%s: status %d:\n%s", command, status, said)
		}
	}
}

// X27: a demo whose database cannot be used says why, and does not panic.
func TestADemoThatCannotStartSaysWhy(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	start(t, "--data", data).end(syscall.SIGTERM)
	db, err := sql.Open("sqlite", filepath.Join(data, "purser.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`ALTER TABLE runs DROP COLUMN attended`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	status, said := fails(t, nil, "demo", "--addr", "127.0.0.1:0", "--data", data)
	if status != 2 || strings.Count(said, "purser: ") != 1 || !strings.Contains(said, "attended") || strings.Contains(said, "goroutine") {
		t.Errorf("status %d: %s", status, said)
	}
}

// X31: a successful sign-in is in the log, with who and from where, and with nothing that opens anything.
func TestASignInIsLogged(t *testing.T) {
	p := start(t)
	client := newBrowser()
	callback, err := p.signIn(client)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := get(client, callback); err != nil {
		t.Fatal(err)
	}
	address, err := url.Parse(p.url)
	if err != nil {
		t.Fatal(err)
	}
	p.end(syscall.SIGTERM)
	var line string
	for l := range strings.Lines(p.stderr.String()) {
		if strings.Contains(l, `msg="signed in"`) {
			line = l
		}
	}
	for _, want := range []string{"level=INFO", "sign_in=admin@purser.test", "subject=demo-admin", `role="Service Administrator"`, "address=127.0.0.1", "request_id="} {
		if !strings.Contains(line, want) {
			t.Errorf("the log lacks %s: %q", want, line)
		}
	}
	for _, cookie := range client.Jar.Cookies(address) {
		if strings.Contains(p.stderr.String(), cookie.Value) {
			t.Errorf("the log holds the cookie %s", cookie.Name)
		}
	}
	if strings.Contains(p.stderr.String(), "eyJ") { // what every JSON Web Token begins with
		t.Errorf("the log holds a token:\n%s", p.stderr)
	}
}

// production starts `purser serve` in a folder of its own, with an open file for the key, and waits until its log says that it is
// ready.
func production(t *testing.T, env ...string) (cmd *exec.Cmd, address string, log *bytes.Buffer) {
	t.Helper()
	folder, err := os.MkdirTemp("/tmp", "purser-serve-") // t.TempDir is closed to others already
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	keyFile := filepath.Join(folder, "key")
	if err := errors.Join(os.Chmod(folder, 0o755), os.WriteFile(keyFile, []byte(secret.NewKey().Text()+"\n"), 0o600), os.Chmod(keyFile, 0o644)); err != nil {
		t.Fatal(err)
	}
	address = freeAddress(t)
	cmd, log = serve(t, append(append(os.Environ(), "PURSER_ADDR="+address, "PURSER_BASE_URL=http://"+address, "PURSER_DATA="+filepath.Join(folder, "data"), "PURSER_KEY_FILE="+keyFile,
		"PURSER_OIDC_ISSUER=http://127.0.0.1:9/idp", "PURSER_OIDC_CLIENT_ID=purser", "PURSER_OIDC_CLIENT_SECRET=x"), env...))
	return cmd, address, log
}

// serve starts `purser serve` with an environment, and waits until its log says that it is ready.
func serve(t *testing.T, env []string) (cmd *exec.Cmd, log *bytes.Buffer) {
	t.Helper()
	cmd = exec.Command(binary, "serve")
	cmd.Env = env
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	log = &bytes.Buffer{}
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		fmt.Fprintln(log, lines.Text())
		if strings.Contains(lines.Text(), "msg=ready") {
			break
		}
	}
	go func() { _, _ = io.Copy(io.Discard, stderr) }()
	return cmd, log
}

// X31: what is allowed in production and likely not meant is warned of, a line each.
func TestServeWarnsOfWhatIsLikelyNotMeant(t *testing.T) {
	_, _, log := production(t, "PURSER_M365_SIMULATOR=http://127.0.0.1:9400", "PURSER_SESION_IDLE=5m")
	for _, want := range []string{
		`level=WARN msg="unknown setting ignored; is it misspelled?" name=PURSER_SESION_IDLE`,
		`level=WARN msg="the file of a secret is readable by every account on this machine; see docs/keys.md" name=PURSER_KEY_FILE`,
		`level=WARN msg="a simulator answers in place of Microsoft 365 and gets the passwords" address=http://127.0.0.1:9400`,
		`level=WARN msg="a new installation was made, because the data folder had none" folder=`,
	} {
		if strings.Count(log.String(), want) != 1 {
			t.Errorf("the log lacks %s:\n%s", want, log)
		}
	}
}

// X32: under systemd (Type=notify) a start has succeeded when the address is open, and a wrong setting is a start that failed.
func TestServeTellsSystemd(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "notify")
	systemd, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = systemd.Close() }()
	heard := func() string {
		message := make([]byte, 100)
		if err := systemd.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
			t.Fatal(err)
		}
		n, err := systemd.Read(message)
		if err != nil {
			t.Fatal(err)
		}
		return string(message[:n])
	}
	if status, said := fails(t, []string{"NOTIFY_SOCKET=" + socket}, "serve"); status != 2 || !strings.Contains(said, "PURSER_KEY: is missing") {
		t.Errorf("status %d: %s", status, said)
	}
	cmd, address, _ := production(t, "NOTIFY_SOCKET="+socket)
	if got := heard(); got != "READY=1" {
		t.Errorf("heard %q", got)
	}
	if status, body, err := get(newBrowser(), "http://"+address+"/healthz"); err != nil || status != http.StatusOK {
		t.Errorf("ready, and /healthz answers %d %v %s", status, err, body)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if got := heard(); got != "STOPPING=1" {
		t.Errorf("heard %q", got)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("exit: %v", err)
	}
}

// X32: a command tells which key a file holds, by the id that messages name, and never shows the key.
func TestTheIDOfAKeyIsPrinted(t *testing.T) {
	key := secret.NewKey()
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, []byte(key.Text()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, env := range []string{"PURSER_KEY=" + key.Text(), "PURSER_KEY_FILE=" + file} {
		cmd := exec.Command(binary, "key", "id")
		cmd.Env = append(os.Environ(), env)
		if out, err := cmd.CombinedOutput(); err != nil || string(out) != key.ID()+"\n" {
			t.Errorf("%v: %s", err, out)
		}
	}
	for env, want := range map[string]string{
		"PURSER_KEY=":                               "purser: PURSER_KEY: is missing; set it to the key that `purser key new` prints.\n",
		"PURSER_KEY=" + file:                        "purser: PURSER_KEY: looks like the path of a file; to read the value from a file, set PURSER_KEY_FILE instead.\n",
		"PURSER_KEY=" + key.Text()[:40]:             "purser: PURSER_KEY: is not a key; a key is pk1_ and 43 characters, as `purser key new` prints it. Check whether it was cut off.\n",
		"PURSER_KEY_FILE=" + key.Text():             "purser: PURSER_KEY_FILE: contains the value itself, but must be the path of a file; set PURSER_KEY instead.\n",
		"PURSER_KEY=pk1_" + strings.Repeat("_", 43): "purser: PURSER_KEY: not a Purser key, which is one line as `purser key new` printed it\n",
	} {
		if status, said := fails(t, []string{env}, "key", "id"); status != 2 || said != want {
			t.Errorf("status %d: %s", status, said)
		}
	}
}

// Purser starts while the identity provider is down, and says so to whoever wants to sign in.
func TestServeStartsWithoutItsIdentityProvider(t *testing.T) {
	folder := t.TempDir()
	keyFile := filepath.Join(folder, "key")
	if err := os.WriteFile(keyFile, []byte(secret.NewKey().Text()+"\n"), 0o400); err != nil {
		t.Fatal(err)
	}
	address := freeAddress(t)
	cmd := exec.Command(binary, "serve")
	cmd.Env = append(os.Environ(), "PURSER_ADDR="+address, "PURSER_BASE_URL=http://"+address, "PURSER_DATA="+filepath.Join(folder, "data"), "PURSER_KEY_FILE="+keyFile,
		"PURSER_OIDC_ISSUER=http://127.0.0.1:9/idp", "PURSER_OIDC_CLIENT_ID=purser", "PURSER_OIDC_CLIENT_SECRET=x", "PURSER_LOG_FORMAT=json")
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	lines := bufio.NewScanner(stderr)
	for lines.Scan() && !strings.Contains(lines.Text(), `"msg":"ready"`) {
	}
	go func() { _, _ = io.Copy(io.Discard, stderr) }()
	client := newBrowser()
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/": http.StatusBadGateway} {
		if status, body, err := get(client, "http://"+address+path); err != nil || status != want {
			t.Errorf("%s: %d %v\n%s", path, status, err, body)
		}
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("exit: %v", err)
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ln.Close() }()
	return ln.Addr().String()
}

func TestSmallCommands(t *testing.T) {
	for _, args := range [][]string{{"key", "new"}, {"version"}, {"help"}} {
		out, err := exec.Command(binary, args...).Output()
		if err != nil || len(out) == 0 {
			t.Errorf("%v: %v %q", args, err, out)
		}
		if args[0] != "key" {
			continue
		}
		if _, err := secret.ParseKey(string(out)); err != nil || bytes.Count(out, []byte("\n")) != 1 {
			t.Errorf("key new prints no key, one line: %v", err)
		}
	}
}

// X42: the log is proved beside a running Purser and after its stop, by the operator's settings or by a flag; a broken one has status 1.
func TestAuditVerify(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	p := start(t, "--data", data)
	env := []string{"PURSER_KEY_FILE=" + data + ".key"}
	out := func(env []string, args ...string) (int, string) {
		cmd := exec.CommandContext(t.Context(), binary, append([]string{"audit", "verify"}, args...)...)
		cmd.Env = append(os.Environ(), env...)
		said, _ := cmd.CombinedOutput()
		return cmd.ProcessState.ExitCode(), string(said)
	}
	holds := func(status int, said string) {
		t.Helper()
		if status != 0 || strings.Count(said, "\n") != 1 || !strings.Contains(said, "the activity log is intact: ") {
			t.Errorf("status %d: %s", status, said)
		}
	}
	holds(out(env, "--data", data))
	holds(out(append(env, "PURSER_DATA="+data)))
	p.end(syscall.SIGTERM)
	holds(out(env, "--data", data))
	for name, want := range map[string][]string{
		"no folder":   {"PURSER_DATA: is missing"},
		"another key": {"this is key"},
	} {
		settings, args := env, []string{"--data", data}
		if name == "no folder" {
			args = nil
		} else {
			settings = []string{"PURSER_KEY=" + secret.NewKey().Text()}
		}
		if status, said := out(settings, args...); status != 2 || strings.Count(said, "\n") != 1 || !strings.Contains(said, want[0]) {
			t.Errorf("%s: status %d: %s", name, status, said)
		}
	}
	db, err := sql.Open("sqlite", filepath.Join(data, "purser.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`UPDATE activity SET name = 'Mallory' WHERE seq = 1`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if status, said := out(env, "--data", data); status != 1 || said != "purser: activity log: entry 1: altered, or not the one that was written here\n" {
		t.Errorf("an altered log: status %d: %s", status, said)
	}
}

// R83: a link is made beside a Purser that works, and before one that starts; where something is wrong, none is printed.
func TestBreakGlassR83(t *testing.T) {
	cmd, address, _ := production(t)
	link := func(env ...string) (status int, out, said string) {
		made := exec.CommandContext(t.Context(), binary, "break-glass")
		made.Env = append(cmd.Env[:len(cmd.Env):len(cmd.Env)], env...)
		var stdout, stderr bytes.Buffer
		made.Stdout, made.Stderr = &stdout, &stderr
		_ = made.Run()
		return made.ProcessState.ExitCode(), stdout.String(), stderr.String()
	}
	letsIn := func(out string) {
		t.Helper()
		code, found := strings.CutPrefix(strings.TrimSuffix(out, "\n"), "http://"+address+"/auth/break-glass#")
		if !found || strings.ContainsAny(code, " \n") {
			t.Fatalf("printed %q", out)
		}
		for _, want := range []int{http.StatusOK, http.StatusBadRequest} { // where it leads, and a second time
			res, err := newBrowser().PostForm("http://"+address+"/auth/break-glass", url.Values{"code": {code}})
			if err != nil {
				t.Fatal(err)
			}
			page, _ := io.ReadAll(res.Body)
			_ = res.Body.Close()
			if res.StatusCode != want || (want == http.StatusOK) != strings.Contains(string(page), "Break-glass") {
				t.Errorf("status %d, want %d\n%s", res.StatusCode, want, page)
			}
		}
	}
	status, out, said := link()
	if status != 0 || said != "" {
		t.Fatalf("status %d: %s", status, said)
	}
	letsIn(out)
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	if status, out, said = link(); status != 0 || said != "" {
		t.Fatalf("status %d: %s", status, said)
	}
	started, log := serve(t, cmd.Env)
	defer func() { _ = started.Process.Kill() }()
	if !strings.Contains(log.String(), "A BREAK-GLASS LINK WAS MADE") {
		t.Errorf("at the start the log says\n%s", log)
	}
	letsIn(out)

	for name, tc := range map[string]struct {
		env  []string
		told string
	}{
		"another key":   {[]string{"PURSER_KEY_FILE=", "PURSER_KEY=" + secret.NewKey().Text()}, "this is key"},
		"no settings":   {[]string{"PURSER_DATA=", "PURSER_BASE_URL=", "PURSER_KEY_FILE="}, "PURSER_KEY: is missing"},
		"no such place": {[]string{"PURSER_DATA=" + t.TempDir()}, "look for the database"},
	} {
		status, out, said := link(tc.env...)
		if status == 0 || out != "" || !strings.Contains(said, tc.told) || strings.Contains(said, "goroutine") {
			t.Errorf("%s: status %d, %q, %s", name, status, out, said)
		}
	}
}

// R82: at SIGHUP the files of the certificate are looked at, at once, and the process goes on.
func TestHangingUpRenewsTheCertificateR82(t *testing.T) {
	folder := t.TempDir()
	files := map[string]string{"cert": filepath.Join(folder, "cert.pem"), "key": filepath.Join(folder, "key.pem")}
	place := func(serial int64) {
		cert, key := certtest.Issue(t, certtest.Spec{Serial: serial})
		if err := errors.Join(os.WriteFile(files["cert"], []byte(cert), 0o600), os.WriteFile(files["key"], []byte(key), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	place(1)
	cmd, address, _ := production(t, "PURSER_TLS_CERT_FILE="+files["cert"], "PURSER_TLS_KEY_FILE="+files["key"])
	place(2)
	if err := cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	demotest.Until(t, "the new certificate", func() bool {
		conn, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true}) // it vouches for itself
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		return conn.ConnectionState().PeerCertificates[0].SerialNumber.Int64() == 2
	})
}
