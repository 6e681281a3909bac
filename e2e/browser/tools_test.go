package browser

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// What is missing is said in one sentence that names the remedy; the tests are never skipped.
func TestMissingToolsAreNamed(t *testing.T) {
	for _, c := range []struct {
		name    string
		missing string // a program or file that is not there
		want    string
	}{
		{"nothing", "", ""},
		{"Chromium", headless, "Chromium is missing, so no browser test can run; `make test` installs it"},
		{"the driver", "package/cli.js", "playwright-core is missing, so no browser test can run; `make test` installs it"},
		{"axe-core", "axe-core/axe.min.js", "axe-core is missing, so no browser test can run; `make test` installs it"},
		{"Node.js", "node", "need Node.js"},
	} {
		t.Run(c.name+" is missing", func(t *testing.T) {
			root := installed(t, c.missing)
			_, err := findTools(root, func(string) string { return "" }, func(program string) (string, error) {
				if program == c.missing {
					return "", errors.New("not found")
				}
				return "/usr/bin/" + program, nil
			})
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// installed makes a repository in which everything but one file is installed.
func installed(t *testing.T, missing string) string {
	t.Helper()
	root := t.TempDir()
	for _, file := range []string{"package/cli.js", "axe-core/axe.min.js"} {
		if file == missing {
			continue
		}
		path := filepath.Join(root, "e2e", "node_modules", filepath.FromSlash(file))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// Another browser and another node can be named.
func TestToolsCanBeNamed(t *testing.T) {
	settings := map[string]string{"CHROMIUM": "/opt/chromium", "PLAYWRIGHT_NODEJS_PATH": "/opt/node"}
	found, err := findTools(installed(t, ""), func(name string) string { return settings[name] },
		func(program string) (string, error) { return program, nil })
	if err != nil || found.chromium != "/opt/chromium" || found.node != "/opt/node" {
		t.Errorf("found %+v, %v", found, err)
	}
}

// Chromium heeds the last list of features to do without, which is ours: it has all that the driver's own has.
func TestWhatTheDriverSwitchesOffStaysOff(t *testing.T) {
	root, err := repository()
	if err != nil {
		t.Fatal(err)
	}
	switches, err := os.ReadFile(filepath.Join(root, "e2e", "node_modules", "package", "lib", "server", "chromium", "chromiumSwitches.js"))
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(string(switches), "const disabledFeatures = [")
	list, _, _ = strings.Cut(list, "];")
	var want []string
	for _, quoted := range regexp.MustCompile(`(?m)^ *"(\w+)"`).FindAllStringSubmatch(list, -1) {
		want = append(want, quoted[1])
	}
	if diff := cmp.Diff(want, driverWithout); diff != "" {
		t.Errorf("what the driver switches off (-driver's +ours):\n%s", diff)
	}
}

// Outside of the repository there is nothing to find.
func TestTheRepositoryIsFoundFromBelow(t *testing.T) {
	if _, err := findRoot(t.TempDir()); err == nil {
		t.Error("a folder without go.mod above it passed for the repository")
	}
}

// Two tests have a seat at a time; a test that has one gets another page at once, and so do its subtests.
func TestSeats(t *testing.T) {
	s := newSeats(2)
	first, second := s.take("A"), s.take("B/one")
	if again, sub := s.take("A"), s.take("A/two"); again != first || sub != first {
		t.Errorf("a test with a seat got another: %s, %s", again, sub)
	}
	third := make(chan string)
	go func() { third <- s.take("AB") }()
	s.leave(first)
	s.leave(first)
	select {
	case name := <-third:
		t.Fatalf("%s sat down while both seats were taken", name)
	case <-time.After(50 * time.Millisecond):
	}
	s.leave(second)
	if name := <-third; name != "AB" {
		t.Errorf("the seat was given to %s", name)
	}
}

// Names of tests become names of files, each its own.
func TestArtifactNames(t *testing.T) {
	var n names
	for _, c := range []struct{ test, want string }{
		{"TestA/opens the pane", "TestA-opens-the-pane"},
		{"TestA/opens the pane", "TestA-opens-the-pane-2"},
		{"TestB/../x", "TestB-..-x"},
	} {
		if got := n.file(c.test); got != c.want {
			t.Errorf("%s became %s, want %s", c.test, got, c.want)
		}
	}
}
