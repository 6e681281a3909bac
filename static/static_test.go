package static

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
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
		"css/app.css":             "text/css; charset=utf-8",
		"js/app.js":               "text/javascript; charset=utf-8",
		"js/session.js":           "text/javascript; charset=utf-8",
		"icons/favicon.svg":       "image/svg+xml",
		"vendor/htmx.min.js":      "text/javascript; charset=utf-8",
		"vendor/hx-sse.min.js":    "text/javascript; charset=utf-8",
		"vendor/htmx-LICENSE.txt": "text/plain; charset=utf-8",
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

func TestGzipHoldsTheSameBytes(t *testing.T) {
	plain := text(t, get(t, Path("css/app.css"), nil).Body)
	response := get(t, Path("css/app.css"), http.Header{"Accept-Encoding": {"gzip, br"}})
	if response.Header.Get("Content-Encoding") != "gzip" {
		t.Fatal("not packed")
	}
	unpacked, err := gzip.NewReader(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if text(t, unpacked) != plain {
		t.Error("the packed file differs")
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

func TestEveryImportedScriptIsServed(t *testing.T) {
	imports := regexp.MustCompile(`import '\./([a-z-]+\.js)'`).FindAllStringSubmatch(string(assets["js/app.js"].body), -1)
	if len(imports) == 0 {
		t.Fatal("app.js imports nothing")
	}
	for _, found := range imports {
		if _, known := assets["js/"+found[1]]; !known {
			t.Errorf("js/%s is missing", found[1])
		}
	}
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
