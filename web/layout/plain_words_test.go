package layout

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// unwanted are words that no English-speaking administrator would say, or that Microsoft spells otherwise, each with what to say.
var unwanted = []struct {
	words *regexp.Regexp
	say   string
}{
	{regexp.MustCompile(`(?i)\b(any|some|every)body\b`), "anyone, someone, everyone"},
	{regexp.MustCompile(`(?i)\bnobody\b`), "no one"},
	{regexp.MustCompile(`(?i)\bblanks?\b`), "space"},
	{regexp.MustCompile(`(?i)\bin order\b`), "ready, or what works"},
	{regexp.MustCompile(`(?i)\bin trouble\b`), "need attention"},
	{regexp.MustCompile(`(?i)\bbegun\b`), "started"},
	{regexp.MustCompile(`(?i)\bany more\b`), "no longer"},
	{regexp.MustCompile(`(?i)\b(whilst|amongst|towards|afresh)\b`), "while, among, toward, again"},
	{regexp.MustCompile(`(?i)\b(for ever|in vain|of late)\b`), "always, without success, recently"},
	{regexp.MustCompile(`(?i)\bstays so\b`), "if this keeps happening"},
	{regexp.MustCompile(`(?i)\bwhoever\b`), "the person who, your server administrator"},
	{regexp.MustCompile(`(?i)\bin the place of\b`), "instead of"},
	{regexp.MustCompile(`(?i)\bwith which\b`), "that … with"},
	{regexp.MustCompile(`(?i)\bswitch(ed)? (on|off)\b`), "turn on, turn off"},
	{regexp.MustCompile(`(?i)\b(licences?|licenced)\b`), "license"},
	{regexp.MustCompile(`(?i)\b(organis|recognis|synchronis|authoris|customis)\w*`), "-ize"},
	{regexp.MustCompile(`(?i)\b(colour|behaviour|favour)\w*`), "-or"},
	{regexp.MustCompile(`\b[Cc]ancell(ed|ing)\b`), "canceled, canceling"}, // CANCELLED is a code
	{regexp.MustCompile(`(?i)\b(enrol|fulfil|misspelt|set-up)\b`), "enroll, fulfill, misspelled, setup"},
	{regexp.MustCompile(`(?i)\bplease\b`), "nothing in its place"},
	{regexp.MustCompile(`(?i)\bclick\b`), "select"},
}

// key is the name of a value in a JSON file.
var key = regexp.MustCompile(`"\w+":`)

// elsewhere are the rooms whose texts are not read by an administrator of Purser's: SQL, what imitates Microsoft, and aids of tests.
var elsewhere = []string{"internal/sqlite", "internal/m365sim", "internal/storetest", "internal/demo/demotest", "internal/demo/idp/idptest"}

// A page, a message, a log and a command's help say one thing in one plain word, spelled as Microsoft spells it.
func TestNoTextSaysWhatNoEnglishSpeakerWould(t *testing.T) { // item 10 of issue 12
	root := filepath.Join("..", "..")
	seen := 0
	for _, room := range []string{"web", "internal", "cmd"} {
		err := filepath.WalkDir(filepath.Join(root, room), func(path string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			name, _ := filepath.Rel(root, path)
			if entry.IsDir() {
				if slices.Contains(elsewhere, filepath.ToSlash(name)) || entry.Name() == "testdata" {
					return fs.SkipDir
				}
				return nil
			}
			for _, text := range textsOf(t, path) {
				seen++
				for _, u := range unwanted {
					if found := u.words.FindString(text); found != "" {
						t.Errorf("%s says %q, and should say: %s\n\t%s", name, found, u.say, text)
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if seen < 2000 {
		t.Errorf("only %d texts were found", seen)
	}
}

// notWords are what stands in a document and is not its words: names of the program in backticks, targets of links, and tags. Where an
// anchor was renamed, the former one is such a tag.
var notWords = regexp.MustCompile("`[^`]*`|\\]\\([^)]*\\)|<[^>]*>")

// The documents for administrators speak as the program does. That of the benchmark is left out, because the benchmark writes it.
func TestNoDocumentSaysWhatNoEnglishSpeakerWould(t *testing.T) { // issue 13
	paths, err := filepath.Glob(filepath.Join("..", "..", "docs", "*.md"))
	if err != nil || len(paths) < 9 {
		t.Fatalf("pages of docs: %q %v", paths, err)
	}
	for _, path := range append(paths, filepath.Join("..", "..", "README.md")) {
		if filepath.Base(path) == "performance.md" {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		fenced := false
		for i, line := range strings.Split(string(text), "\n") {
			if strings.HasPrefix(strings.TrimSpace(line), "```") {
				fenced = !fenced
			}
			if fenced {
				continue
			}
			said := notWords.ReplaceAllString(line, "")
			for _, u := range unwanted {
				if found := u.words.FindString(said); found != "" {
					t.Errorf("%s:%d says %q, and should say: %s", filepath.Base(path), i+1, found, u.say)
				}
			}
		}
	}
}

// textsOf are the texts in a file that somebody may read: those of Go files, which templates become, and whole files of words.
func textsOf(t *testing.T, path string) []string {
	t.Helper()
	switch filepath.Ext(path) {
	case ".go":
		if strings.HasSuffix(path, "_test.go") {
			return nil
		}
		return literals(t, path)
	case ".tsv", ".json", ".html":
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return slices.DeleteFunc(strings.Split(key.ReplaceAllString(string(file), ""), "\n"), func(line string) bool { return strings.HasPrefix(line, "#") })
	default:
		return nil
	}
}

// literals are the texts in a Go file. A word alone in small letters is a name for the program, and so is what an action of the activity
// log is called: entries that are written already have it.
func literals(t *testing.T, path string) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	var look func(n ast.Node) bool
	look = func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.CompositeLit:
			if of, ok := n.Type.(*ast.MapType); ok && isAction(of.Key) {
				for _, e := range n.Elts {
					ast.Inspect(e.(*ast.KeyValueExpr).Value, look)
				}
				return false
			}
		case *ast.ValueSpec:
			return !isAction(n.Type)
		case *ast.BasicLit:
			if text, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING && (strings.Contains(text, " ") || text != strings.ToLower(text)) {
				list = append(list, text)
			}
		}
		return true
	}
	ast.Inspect(file, look)
	return list
}

func isAction(of ast.Expr) bool {
	switch of := of.(type) {
	case *ast.SelectorExpr:
		return of.Sel.Name == "Action"
	case *ast.Ident:
		return of.Name == "Action"
	default:
		return false
	}
}
