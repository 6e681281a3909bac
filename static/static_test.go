package static

import (
	"cmp"
	"compress/gzip"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
)

func get(t *testing.T, path string, header http.Header) *http.Response {
	t.Helper()
	request := httptest.NewRequest(http.MethodGet, path, nil)
	for name, values := range header {
		request.Header[name] = values
	}
	recorder := httptest.NewRecorder()
	Handler().ServeHTTP(recorder, request)
	return recorder.Result()
}

func text(t *testing.T, body io.Reader) string {
	t.Helper()
	all, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return string(all)
}

func TestEveryKindOfFileIsServedForAYear(t *testing.T) {
	for name, contentType := range map[string]string{
		"css/app.css":               "text/css; charset=utf-8",
		"js/app.js":                 "text/javascript; charset=utf-8",
		"js/pool.js":                "text/javascript; charset=utf-8",
		"icons/favicon.svg":         "image/svg+xml",
		"vendor/htmx.js":            "text/javascript; charset=utf-8",
		"vendor/htmx-LICENSE.txt":   "text/plain; charset=utf-8",
		"vendor/fluent-LICENSE.txt": "text/plain; charset=utf-8",
	} {
		t.Run(name, func(t *testing.T) {
			response := get(t, Path(name), nil)
			if response.StatusCode != http.StatusOK || text(t, response.Body) == "" {
				t.Fatalf("status %d or an empty body", response.StatusCode)
			}
			for header, want := range map[string]string{
				"Content-Type":           contentType,
				"Cache-Control":          "public, max-age=31536000, immutable",
				"X-Content-Type-Options": "nosniff",
				"Vary":                   "Accept-Encoding",
			} {
				if got := response.Header.Get(header); got != want {
					t.Errorf("%s is %q, want %q", header, got, want)
				}
			}
		})
	}
}

func TestAnythingElseIsNotFoundAndNotKept(t *testing.T) {
	for name, path := range map[string]string{
		"another version":      "/static/000000000000/css/app.css",
		"no version":           "/static/css/app.css",
		"an unknown name":      Path("css/other.css"),
		"a part of app.css":    Path("css/base.css"),
		"a part of app.js":     Path("js/session.js"),
		"a part of htmx.js":    Path("vendor/htmx.min.js"),
		"a folder":             Path("css/"),
		"the whole tree":       Path(""),
		"a way out":            Path("../static.go"),
		"the generator":        Path("generate/package.json"),
		"a name with no slash": "/static",
	} {
		t.Run(name, func(t *testing.T) {
			response := get(t, path, nil)
			if response.StatusCode != http.StatusNotFound {
				t.Errorf("status %d", response.StatusCode)
			}
			if got := response.Header.Get("Cache-Control"); got != "no-store" {
				t.Errorf("Cache-Control is %q", got)
			}
		})
	}
}

func TestPackedFilesHoldTheSameBytes(t *testing.T) {
	plain := text(t, get(t, Path("css/app.css"), nil).Body)
	for accepted, want := range map[string]string{"gzip, deflate, br, zstd": "br", "gzip, deflate": "gzip", "identity": ""} {
		response := get(t, Path("css/app.css"), http.Header{"Accept-Encoding": {accepted}})
		if got := response.Header.Get("Content-Encoding"); got != want {
			t.Errorf("%q is answered by %q, want %q", accepted, got, want)
		}
		if text(t, unpacked(t, want, response.Body)) != plain {
			t.Errorf("%q: the file differs", want)
		}
	}
}

func unpacked(t *testing.T, coding string, body io.Reader) io.Reader {
	t.Helper()
	switch coding {
	case "br":
		return brotli.NewReader(body)
	case "gzip":
		reader, err := gzip.NewReader(body)
		if err != nil {
			t.Fatal(err)
		}
		return reader
	default:
		return body
	}
}

// What everybody loads at the first visit stays small: the list has 60 KB in all, and eight requests.
func TestTheFilesOfAFirstVisitAreLight(t *testing.T) {
	sum := 0
	for _, name := range []string{"css/app.css", "js/app.js", "vendor/htmx.js", "icons/favicon.svg"} {
		packed := len(text(t, get(t, Path(name), http.Header{"Accept-Encoding": {"br"}}).Body))
		t.Logf("%s: %d of %d bytes", name, packed, len(assets[name].body))
		sum += packed
	}
	if sum > 50<<10 {
		t.Errorf("%d bytes", sum)
	}
}

func TestTheAddressChangesWithTheContent(t *testing.T) {
	before := hash(map[string]asset{"css/app.css": {body: []byte("a")}, "js/app.js": {body: []byte("b")}})
	for name, after := range map[string]map[string]asset{
		"a byte":  {"css/app.css": {body: []byte("c")}, "js/app.js": {body: []byte("b")}},
		"a name":  {"css/app.css": {body: []byte("a")}, "js/other.js": {body: []byte("b")}},
		"a place": {"css/app.css": {body: []byte("b")}, "js/app.js": {body: []byte("a")}},
	} {
		if hash(after) == before {
			t.Errorf("%s changed and the address did not", name)
		}
	}
}

// Each script keeps its own names, and what one exports those find that import it.
func TestScriptsAreJoinedInTheOrderOfTheirImports(t *testing.T) {
	source := map[string]string{
		"js/all.js":   "// Words.\nimport './uses.js';\nimport './gives.js';\n",
		"js/uses.js":  "import { asked } from './gives.js';\n\nconst own = 1;\nif (own) {\n  asked(own);\n}\n",
		"js/gives.js": "const own = 2;\n// asked is for others.\nexport function asked(n) { return n + own; }\n",
	}
	got := string(script("js/all.js", func(name string) []byte { return []byte(source[name]) }))
	want := "const { asked } = (() => {\nconst own = 2;\nfunction asked(n) { return n + own; }\nreturn { asked };\n})();\n" +
		"(() => {\nconst own = 1;\nif (own) {\nasked(own);\n}\n})();\n"
	if got != want {
		t.Errorf("joined:\n%s", got)
	}
}

func TestEveryScriptGoesOut(t *testing.T) {
	entries, err := files.ReadDir("js")
	if err != nil {
		t.Fatal(err)
	}
	parts := 0
	for _, name := range scripts {
		if regexp.MustCompile(`(?m)^(import|export|//|\s)`).Match(assets[name].body) {
			t.Errorf("%s has imports, exports, comments or blanks left", name)
		}
		parts += strings.Count(string(assets[name].body), "})();\n")
	}
	if want := len(entries) - 1; parts != want { // js/app.js does no more than to import others
		t.Errorf("%d scripts of %d go out", parts, want)
	}
}

// What is left out of a sheet means nothing: a browser reads the same rules.
func TestSheetsAreMinified(t *testing.T) {
	for css, want := range map[string]string{
		"/* a */\na { color: red; }\n\n b:hover >c,\n d{}":            "a{color: red}b:hover >c,d{}",
		"a{content:\"/* } \\201C ; \";}":                              "a{content:\"/* } \\201C ; \"}",
		"@media (min-width:801px) and (x){\n  .a .b{\nc:d e;\n  }\n}": "@media (min-width:801px) and (x){.a .b{c:d e}}",
		"/*! kept */a{b:url(\"data:x;{ }\")}":                         "/*! kept */a{b:url(\"data:x;{ }\")}",
		".a :is(b, c){d:calc(1px + 2px)}":                             ".a :is(b,c){d:calc(1px + 2px)}",
	} {
		if got := string(minified([]byte(css))); got != want {
			t.Errorf("%q becomes %q, want %q", css, got, want)
		}
	}
	got := string(usedTokens([]byte(":root{a:b;\n--used:1;\n--usedToo:2;\n--unused:3;\n}\n"), []byte("a{b:var(--used) var(--usedToo,1px)}")))
	if got != ":root{a:b;\n--used:1;\n--usedToo:2;\n}\n" {
		t.Errorf("left of the tokens: %q", got)
	}
}

// Everybody loads every icon, so each is shown somewhere, and has one picture; and what is shown has one.
func TestIconsAreThoseThatPagesShow(t *testing.T) {
	pictures, beside := map[string]int{}, map[string]bool{} // beside: what has it without an element for it, such as a link that sorts
	for _, found := range regexp.MustCompile(`\.icon-([a-z-]+)(,[^{}]+)?\{--icon:`).FindAllStringSubmatch(string(assets["css/app.css"].body), -1) {
		pictures[found[1]]++
		beside[found[1]] = found[2] != ""
	}
	source := sources(t)
	for name, n := range pictures {
		if n != 1 || !beside[name] && !regexp.MustCompile("[\"'.-]"+name+"[\"'{,:]").MatchString(source) {
			t.Errorf("%s has %d pictures, and perhaps no page shows it", name, n)
		}
	}
	for _, found := range regexp.MustCompile(`\bIcon(?:: |\()"([a-z-]+)"`).FindAllStringSubmatch(source, -1) {
		if pictures[found[1]] == 0 {
			t.Errorf("a page shows %s, which has no picture", found[1])
		}
	}
}

// sources are the templates, the code and the scripts by which pages are made.
func sources(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	err := fs.WalkDir(os.DirFS(".."), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() && name != "." && name != "static" && name != "static/js" && name != "web" && !strings.HasPrefix(name, "web/") {
			return cmp.Or(err, fs.SkipDir)
		}
		made := strings.HasSuffix(name, "_templ.go") || strings.HasSuffix(name, "_test.go")
		if entry.IsDir() || made || !slices.Contains([]string{".go", ".templ", ".js"}, path.Ext(name)) {
			return nil
		}
		text, err := os.ReadFile("../" + name)
		all.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

// The scripts must run under script-src 'self' and leave styles to the sheets, or the policy stops them in the browser.
func TestOurScriptsKeepTheContentSecurityPolicy(t *testing.T) {
	for name, file := range assets {
		if !strings.HasPrefix(name, "js/") {
			continue
		}
		for _, forbidden := range []string{"eval(", "new Function", "innerHTML", "insertAdjacentHTML", "document.write", ".style.", "cssText", "http:", "https:"} {
			if strings.Contains(string(file.body), forbidden) {
				t.Errorf("%s holds %s", name, forbidden)
			}
		}
	}
}

func TestStyleSheetsUseOnlyKnownTokens(t *testing.T) {
	all := string(assets["css/app.css"].body)
	for _, used := range regexp.MustCompile(`var\((--[\w-]+)`).FindAllStringSubmatch(all, -1) {
		if !strings.Contains(all, used[1]+":") {
			t.Errorf("%s is used and never set", used[1])
		}
	}
}

// Colours come from Fluent's tokens, so that light, dark and a later version of Fluent agree. Paper has no scheme, and
// a picture in a url() cannot read a token.
func TestStyleSheetsNameNoColours(t *testing.T) {
	pictures := regexp.MustCompile(`url\("[^"]*"\)`)
	raw := regexp.MustCompile(`#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(`)
	for _, sheet := range sheets {
		if sheet == "tokens" || sheet == "print" {
			continue
		}
		rules := pictures.ReplaceAllString(string(read("css/"+sheet+".css")), "")
		for _, found := range raw.FindAllString(rules, -1) {
			// An id such as #flash or #pane is no colour.
			if !regexp.MustCompile(`^#(flash|pane)`).MatchString(found) {
				t.Errorf("%s.css names the colour %s", sheet, found)
			}
		}
	}
}
