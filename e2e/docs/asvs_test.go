package docs

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// asked gives the requirements that docs/asvs.md has to answer, each with its level: all of levels 1 and 2, and those of level 3 for
// sessions, cryptography, secrets and data.
func asked(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "asvs-5.0.0.txt"))
	must(t, err)
	levels := map[string]string{}
	for line := range strings.Lines(string(text)) {
		number, level, _ := strings.Cut(strings.TrimSpace(line), " ")
		levels[number] = level
	}
	return levels
}

var testFunction = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)

// testsOf gives the names of all tests below a folder of the repository.
func testsOf(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	for _, folder := range []string{"cmd", "internal", "web", "e2e", "migrations", "static", ".ci"} {
		must(t, filepath.WalkDir(filepath.Join(root, folder), func(path string, e fs.DirEntry, err error) error {
			if err == nil && e.IsDir() && e.Name() == "node_modules" {
				return fs.SkipDir
			}
			if err != nil || !strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := os.ReadFile(path)
			for _, name := range testFunction.FindAllSubmatch(text, -1) {
				names[string(name[1])] = true
			}
			return err
		}))
	}
	return names
}

// needsNoTest are the beginnings of answers that no test can hold.
var needsNoTest = regexp.MustCompile(`^(Doesn't apply|Left to you|By tool|Document|Not met): ?`)

// ASVS: every requirement of the level has one row, none is empty, and every test that a row names exists (R60, R61).
func TestEveryRequirementHasItsAnswer(t *testing.T) {
	levels, tests := asked(t), testsOf(t)
	if len(levels) != 271 || len(tests) < 500 {
		t.Fatalf("%d requirements and %d tests were found", len(levels), len(tests))
	}
	rows := named(t, "docs/asvs.md").table("number", "level", "asks for", "Purser", "tests")
	for _, wrong := range wrongRows(rows, levels, tests) {
		t.Error(wrong)
	}
	// What it looks for, it finds: one planted mistake of each kind.
	first := rows[0]
	for what, planted := range map[string][]string{
		"an empty answer":     {first.cells[0], first.cells[1], first.cells[2], "", first.cells[4]},
		"no test":             {first.cells[0], first.cells[1], first.cells[2], "It is so", "–"},
		"a test that is gone": {first.cells[0], first.cells[1], first.cells[2], "It is so", "`TestThatNobodyWrote`"},
		"another level":       {first.cells[0], "3", first.cells[2], "It is so", first.cells[4]},
		"an unknown number":   {"99.1.1", "1", "x", "It is so", first.cells[4]},
	} {
		mistaken := slices.Clone(rows)
		mistaken[0].cells = planted
		if len(wrongRows(mistaken, levels, tests)) == 0 {
			t.Errorf("%s is not found", what)
		}
	}
}

// wrongRows says what is wrong with the rows of the table.
func wrongRows(rows []row, levels map[string]string, tests map[string]bool) (wrong []string) {
	missing := maps.Clone(levels)
	for _, r := range rows {
		number, answer := r.cells[0], r.cells[3]
		if missing[number] != r.cells[1] {
			wrong = append(wrong, number+" is not asked for, is there twice, or has another level")
		}
		delete(missing, number)
		if r.cells[2] == "" || strings.TrimSpace(needsNoTest.ReplaceAllString(answer, "")) == "" {
			wrong = append(wrong, number+" has no answer")
		}
		named := quoted(r.cells[4])
		if len(named) == 0 && !needsNoTest.MatchString(answer) {
			wrong = append(wrong, number+" names no test")
		}
		for _, test := range named {
			if !tests[test] {
				wrong = append(wrong, number+" names "+test+", which is no test")
			}
		}
	}
	for number := range missing {
		wrong = append(wrong, number+" has no row")
	}
	return wrong
}

// ASVS 11.1.2: the inventory has every package that uses cryptography, and no other.
func TestTheInventoryOfCryptographyIsTrue(t *testing.T) {
	inCode := map[string]bool{}
	_, files := sources(t)
	for path, file := range files {
		room := filepath.ToSlash(strings.TrimPrefix(filepath.Dir(path), filepath.Clean(root)+string(filepath.Separator)))
		if strings.HasPrefix(room, "internal/m365sim") || room == "cmd/m365sim" || strings.HasPrefix(room, "internal/demo") {
			continue // which run in no production
		}
		for _, path := range imports(file) {
			if strings.HasPrefix(path, `"crypto/`) || strings.Contains(path, "tink-go") || strings.Contains(path, "pkcs12") {
				inCode[room] = true
			}
		}
	}
	inDocs := map[string]bool{}
	for _, r := range named(t, "docs/asvs.md").table("package", "for", "with") {
		inDocs[quoted(r.cells[0])[0]] = true
	}
	if len(inCode) < 10 {
		t.Fatalf("only %d packages were found", len(inCode))
	}
	for room := range inCode {
		if !inDocs[room] {
			t.Errorf("docs/asvs.md doesn't say what %s uses cryptography for", room)
		}
	}
	for room := range inDocs {
		if !inCode[room] && room != "static" {
			t.Errorf("docs/asvs.md says that %s uses cryptography, and it doesn't", room)
		}
	}
}
