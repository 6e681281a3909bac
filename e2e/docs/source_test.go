package docs

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"purser.example/internal/activity"
	"purser.example/internal/audit"
)

// sources reads all Go files of the program, without tests and what they share (rooms whose names end in "test").
func sources(t *testing.T) (*token.FileSet, map[string]*ast.File) {
	t.Helper()
	set, files := token.NewFileSet(), map[string]*ast.File{}
	for _, folder := range []string{"cmd", "internal", "web"} {
		must(t, filepath.WalkDir(filepath.Join(root, folder), func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "_templ.go") || strings.Contains(path, "test/") {
				return err
			}
			files[path], err = parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
			return err
		}))
	}
	return set, files
}

// texts gives all strings that the program holds.
func texts(t *testing.T) []string {
	t.Helper()
	var all []string
	_, files := sources(t)
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			if text, ok := literal(n); ok {
				all = append(all, text)
			}
			return true
		})
	}
	return all
}

func literal(n ast.Node) (string, bool) {
	lit, ok := n.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

// actions gives every action of the activity log, by the constants of type audit.Action. An action that is no such constant is an
// error, because nothing would find it.
func actions(t *testing.T) map[string]string {
	t.Helper()
	set, files := sources(t)
	all := map[string]string{}
	for path, file := range files {
		ofAction := func(e ast.Expr) bool {
			switch e := e.(type) {
			case *ast.Ident:
				return file.Name.Name == "audit" && e.Name == "Action"
			case *ast.SelectorExpr:
				from, ok := e.X.(*ast.Ident)
				return ok && from.Name == "audit" && e.Sel.Name == "Action"
			}
			return false
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ValueSpec:
				for i, value := range n.Values {
					if text, ok := literal(value); ok && n.Type != nil && ofAction(n.Type) {
						all[text] = path + " " + n.Names[i].Name
					}
				}
			case *ast.CallExpr:
				if ofAction(n.Fun) && len(n.Args) == 1 && spelled(n.Args[0]) {
					t.Errorf("%s: an action that is no constant", set.Position(n.Pos()))
				}
			case *ast.KeyValueExpr:
				key, ok := n.Key.(*ast.Ident)
				if ok && key.Name == "Action" && spelled(n.Value) && slices.Contains(imports(file), `"purser.example/internal/audit"`) {
					t.Errorf("%s: an action that is no constant", set.Position(n.Pos()))
				}
			}
			return true
		})
	}
	return all
}

func spelled(e ast.Expr) bool {
	_, ok := literal(e)
	return ok
}

func imports(file *ast.File) []string {
	var paths []string
	for _, i := range file.Imports {
		paths = append(paths, i.Path.Value)
	}
	return paths
}

// X28: the table of docs/security.md has every action of the activity log, once, and no other.
func TestTheTableOfActionsIsTrue(t *testing.T) {
	inCode := actions(t)
	if len(inCode) < 25 {
		t.Fatalf("only %d actions were found", len(inCode))
	}
	inDocs := map[string]int{}
	for _, r := range named(t, "docs/security.md").table("entry", "is") {
		for _, action := range quoted(r.cells[0]) {
			inDocs[action]++
			if inCode[action] == "" {
				t.Errorf("docs/security.md:%d: nothing is called %q in the activity log", r.line, action)
			}
		}
	}
	for action, where := range inCode {
		if inDocs[action] != 1 {
			t.Errorf("docs/security.md names %q %d times, want once (%s)", action, inDocs[action], where)
		}
	}
}

// R63: every action of the activity log has its sentence, and no sentence is of an action that nobody writes.
func TestEveryActionIsTold(t *testing.T) {
	inCode := actions(t)
	for action, where := range inCode {
		if words := activity.Told[audit.Action(action)]; words.Title == "" || !strings.ContainsAny(words.Sentence, ".]") {
			t.Errorf("%q has no sentence in internal/activity (%s)", action, where)
		}
	}
	for action := range activity.Told {
		if inCode[string(action)] == "" {
			t.Errorf("internal/activity tells %q, which nothing is called", action)
		}
	}
}

// The messages of the log that docs/production.md lists, and those about the key in docs/keys.md, are messages of the program.
func TestTheMessagesAreThoseOfTheProgram(t *testing.T) {
	all := strings.Join(texts(t), "\n")
	checked := 0
	for doc, head := range map[string][]string{"docs/production.md": {"message", "level", "means"}, "docs/keys.md": {"message, in short", "status", "do"}} {
		for _, r := range named(t, doc).table(head...) {
			for _, message := range quoted(r.cells[0]) {
				if name, sentence, ok := strings.Cut(message, ": "); ok && strings.HasPrefix(name, "PURSER_") {
					message = sentence
				}
				for part := range strings.SplitSeq(strings.TrimSuffix(message, "…"), ": ") {
					part, _, _ = strings.Cut(part, " 5461792d") // an id in an example
					checked++
					if !strings.Contains(all, part) {
						t.Errorf("%s:%d: the program does not say %q", doc, r.line, part)
					}
				}
			}
		}
	}
	if checked < 30 {
		t.Errorf("only %d messages were looked at", checked)
	}
}

// The tables of docs/settings.md have every setting that the program reads, and the documents name no other.
func TestTheDocumentsNameSettingsThatExist(t *testing.T) {
	var known []string
	for _, text := range texts(t) {
		prefix := text == "PURSER_PORT"                                            // of variables that Kubernetes sets
		another := strings.HasSuffix(text, "_FILE") && text != "PURSER_AUDIT_FILE" // where the value of a setting stands
		if settingName.MatchString(text) && !another && !prefix {
			known = append(known, text)
		}
	}
	slices.Sort(known)
	known = slices.Compact(known)
	if len(known) < 20 {
		t.Fatalf("only %d settings were found: %q", len(known), known)
	}
	var listed []string
	for _, r := range named(t, "docs/settings.md").table("variable", "meaning", "default") {
		listed = append(listed, quoted(r.cells[0])...)
	}
	slices.Sort(listed)
	if !slices.Equal(listed, known) {
		t.Errorf("docs/settings.md lists\n%q, the program reads\n%q", listed, known)
	}
	for _, d := range documents(t) {
		words := strings.Builder{}
		for _, s := range d.spans {
			fmt.Fprintln(&words, s.text)
		}
		for _, b := range d.blocks {
			words.WriteString(b.text())
		}
		for _, name := range settingInText.FindAllString(words.String(), -1) {
			prefix := name == "PURSER_" || name == "PURSER_SERVICE_" || name == "PURSER_PORT" // of which docs/settings.md speaks
			if !prefix && !slices.Contains(known, name) && !slices.Contains(known, strings.TrimSuffix(name, "_FILE")) {
				t.Errorf("%s names %s, which is no setting", d.name, name)
			}
		}
	}
}

var metricName = regexp.MustCompile(`^purser_[a-z_]+$`)

// R84: the table of docs/production.md has every metric that the program tells, once, and no other.
func TestTheTableOfMetricsIsTrueR84(t *testing.T) {
	var told, listed []string
	_, files := sources(t)
	for path, file := range files {
		if filepath.Base(filepath.Dir(path)) != "metrics" {
			continue
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if text, ok := literal(n); ok && metricName.MatchString(text) {
				told = append(told, text)
			}
			return true
		})
	}
	for _, r := range named(t, "docs/production.md").table("metric", "labels", "tells") {
		listed = append(listed, quoted(r.cells[0])...)
	}
	slices.Sort(told)
	slices.Sort(listed)
	if len(told) < 10 || !slices.Equal(told, listed) {
		t.Errorf("docs/production.md lists\n%q, the program tells\n%q", listed, told)
	}
}
