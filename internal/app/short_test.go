package app_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// X53: how long all tests take on a machine says as much about the machine as about the tests, so that a test of it would fail by chance.
// What made them short is kept instead: the race detector passes over what was translated from C, journeys wait for what they wait for
// and never for a time, and there is no journey less.
func TestWhatKeepsAllTestsShortX53(t *testing.T) {
	text, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	race := regexp.MustCompile(`(?m)^RACE +:= -race \$\(foreach room,(.+),-gcflags=\$\(room\)=-race=false\)$`).FindSubmatch(text)
	recipe := regexp.MustCompile(`(?m)^test: .*\n(\t.*\n)+`).Find(text)
	if race == nil || !strings.Contains(string(recipe), "$(GO) test $(RACE) ") || strings.Contains(string(recipe), "-short") {
		t.Fatalf("the race detector looks at SQLite's C again:\n%s", recipe)
	}
	translated, uses := strings.Fields(string(race[1])), listRooms(t, ".Deps")["internal/sqlite"]
	if len(translated) != 3 {
		t.Errorf("the race detector passes over %q", translated)
	}
	for _, room := range translated {
		if !slices.Contains(uses, strings.TrimSuffix(room, "/...")) {
			t.Errorf("the race detector passes over %s, which is not there", room)
		}
	}
	journeys := 0
	waits := regexp.MustCompile(`\b(time\.Sleep|WaitForTimeout|testing\.Short)\(`)
	journey := regexp.MustCompile(`(?m)^func Test[A-Z]\w*\(t \*testing\.T\)`)
	for _, pattern := range []string{"../../e2e/*.go", "../../e2e/browser/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v %v", pattern, files, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if found := waits.Find(text); found != nil {
				t.Errorf("%s waits for a time: %s", file, found)
			}
			if strings.HasPrefix(pattern, "../../e2e/*") {
				journeys += len(journey.FindAll(text, -1))
			}
		}
	}
	if journeys < 42 {
		t.Errorf("%d journeys", journeys)
	}
}
