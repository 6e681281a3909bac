package docs

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// machine stands in for the one that the documents speak of: a folder in which /etc, /var, /srv and /usr/local are, with programs in
// the place of those that change a real machine. It has one account.
type machine struct {
	t      *testing.T
	folder string
	home   string
	addr   string // of Purser, in the place of 127.0.0.1:8080 and :443
	sim    string // in the place of 127.0.0.1:9400

	unit    []string   // the lines of the units that systemd knows of
	drafts  [][]string // those that the document shows, and that the next daemon-reload makes known
	service *service   // nil: stopped
	journal *os.File
	running *exec.Cmd // what stays in the foreground until the next command like it
}

var built = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "purser-docs-")
	if err != nil {
		return "", err
	}
	binary := filepath.Join(folder, "purser")
	cmd := exec.Command("make", "-C", root, "--no-print-directory", "build", "BIN="+binary)
	cmd.Env = environment()
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("make build: %w\n%s", err, out)
	}
	return binary, nil
})

func TestMain(m *testing.M) {
	status := m.Run()
	if binary, err := built(); err == nil {
		_ = os.RemoveAll(filepath.Dir(binary))
	}
	os.Exit(status)
}

// purser is the program as `make build` makes it.
func purser(t *testing.T) string {
	t.Helper()
	binary, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return binary
}

// environment is that of the test without what a make around it, or a Purser of its own, would have there.
func environment(more ...string) []string {
	return append(slices.DeleteFunc(os.Environ(), func(line string) bool {
		name, _, _ := strings.Cut(line, "=")
		return strings.HasPrefix(name, "PURSER_") || strings.HasPrefix(name, "MAKE") || slices.Contains([]string{"MFLAGS", "ADDR", "BIN", "PACKAGES", "NOTIFY_SOCKET", "WATCHDOG_USEC"}, name)
	}), more...)
}

func newMachine(t *testing.T) *machine {
	t.Helper()
	folder, err := os.MkdirTemp("", "docs-") // shorter than t.TempDir: a socket's path may not be long
	if err != nil {
		t.Fatal(err)
	}
	m := &machine{t: t, folder: folder, home: filepath.Join(folder, "home"), addr: freeAddress(t), sim: freeAddress(t)}
	t.Cleanup(func() {
		m.leave()
		if m.service != nil {
			_ = m.stop()
		}
		_ = os.RemoveAll(folder)
	})
	for _, name := range []string{"home/bin", "shims", "etc/systemd/system", "var/lib", "srv", "usr/local/bin", "run"} {
		must(t, os.MkdirAll(filepath.Join(folder, name), 0o755))
	}
	// What fails at the server fails here.
	must(t, os.WriteFile(filepath.Join(m.home, ".curlrc"), []byte("fail-with-body\nsilent\nshow-error\n"), 0o600))
	m.shim("sudo", `[ "$1" = -u ] && shift 2
exec "$@"`)
	install, err := exec.LookPath("install")
	must(t, err)
	m.shim("install", `left=$#
while [ $left -gt 0 ]; do
	word=$1; shift; left=$((left - 1))
	case $word in
	-o | -g) shift; left=$((left - 1)) ;;
	*) set -- "$@" "$word" ;;
	esac
done
exec `+install+` "$@"`)
	m.journal, err = os.OpenFile(filepath.Join(folder, "journal"), os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	must(t, err)
	return m
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer func() { _ = ln.Close() }()
	return ln.Addr().String()
}

// shim puts a program in the place of one that needs an account of its own, or root.
func (m *machine) shim(name, script string) {
	must(m.t, os.WriteFile(filepath.Join(m.folder, "shims", name), []byte("#!/bin/sh\n"+script+"\n"), 0o755))
}

var ofTheMachine = regexp.MustCompile(`(^|[\s"'=:>])(/etc/|/var/lib/|/usr/local/|/srv)`)

// here is a text with its paths and addresses as they are on this machine.
func (m *machine) here(text string) string {
	text = ofTheMachine.ReplaceAllString(text, "${1}"+m.folder+"${2}")
	return strings.ReplaceAll(text, "127.0.0.1:9400", m.sim)
}

func (m *machine) env() []string {
	path := strings.Join([]string{m.folder + "/shims", m.folder + "/usr/local/bin", os.Getenv("PATH")}, ":")
	return environment("PATH="+path, "CURL_HOME="+m.home)
}

// run runs a command in the machine's home, and gives what it printed.
func (m *machine) run(text, in string) (string, error) {
	cmd := exec.CommandContext(m.t.Context(), "sh", "-euc", m.here(text))
	cmd.Dir, cmd.Env, cmd.Stdin = m.home, m.env(), strings.NewReader(in)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// enter starts a command that stays, and waits for the line that says that it is ready. What stayed before ends.
func (m *machine) enter(text string) (string, error) {
	m.leave()
	cmd := exec.Command("sh", "-euc", m.here(text))
	cmd.Dir, cmd.Env, cmd.Stderr = m.home, m.env(), m.journal
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", err
	}
	m.running = cmd
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return "", fmt.Errorf("ended without a ready line: %w\n%s", err, m.log())
		}
		if strings.HasPrefix(line, "ready http") {
			go func() { _, _ = io.Copy(io.Discard, lines) }()
			return line, nil
		}
	}
}

func (m *machine) leave() {
	if m.running != nil {
		_ = syscall.Kill(-m.running.Process.Pid, syscall.SIGTERM)
		_ = m.running.Wait()
		m.running = nil
	}
}

func (m *machine) log() string {
	text, err := os.ReadFile(m.journal.Name())
	must(m.t, err)
	return string(text)
}
