package browser

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// policy is as strict as the application's own.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// pages are the inside of the test site's documents, by path.
var pages = map[string]string{
	"/good": `<h1>Service account</h1>
		<form method="post" action="/save"><label for="n">Profile name</label><input id="n" name="name">
		<label for="t">Select tenant</label><select id="t"><option>Contoso<option>Fabrikam</select>
		<input type="checkbox" id="f"><label for="f">Fly</label>
		<label for="file">File</label><input type="file" id="file"><button>Save</button></form>
		<p><a href="/classic" target="_blank">classic UI</a></p> <p id="script">Script is off.</p>`,
	"/classic":    `<h1>Manage Account Pool</h1><a href="/good">Back</a>`,
	"/twins":      `<h1>Twins</h1><label>Username <input></label><label>Username <input></label>`,
	"/nameless":   `<h1>Nameless</h1><input class="nameless">`,
	"/small":      `<h1>Small</h1><ul class="small"><li><a href="/good">One</a></li><li><a href="/classic">Two</a></li></ul>`,
	"/pale":       `<h1>Pale</h1><p class="pale">Pale in the dark.</p><input aria-label="Search">`,
	"/cramped":    `<h1>Cramped</h1><div class="cramped"><a href="/good">One</a><br><a href="/classic">Two</a></div>`,
	"/wide":       `<h1>Wide</h1><div class="wide">Too wide.</div>`,
	"/narrow":     `<h1>Narrow</h1><div class="narrow"><p>1 second</p></div>`,
	"/inline":     `<h1>Inline</h1><p style="color:red">Red.</p>`,
	"/noisy":      `<h1>Noisy</h1><script src="/noisy.js"></script>`,
	"/throwing":   `<h1>Throwing</h1><script src="/throwing.js"></script>`,
	"/incomplete": `<h1>Incomplete</h1><script src="/gone.js"></script>`,
	"/dropped":    `<h1>Dropped</h1><script src="/drop"></script>`,
	"/outside":    `<h1>Outside</h1><script src="/outside.js"></script>`,
}

// parts are what the documents load.
var parts = map[string]string{
	"/site.css": `body { font: 16px sans-serif; margin: 16px; color: #222; background: #fff } a { color: #00c }
		.wide { width: 3000px } .narrow { width: 10px; overflow-wrap: anywhere } .small a { display: block; line-height: 16px } .cramped a { line-height: 40px }
		@media (max-width: 600px) { .cramped a { display: inline-block; font-size: 10px; line-height: 10px } .cramped { line-height: 10px } }
		@media (prefers-color-scheme: dark) { body { background: #111; color: #eee } a { color: #9cf } .pale { color: #444 } }`,
	"/site.js":     `const p = document.getElementById("script"); if (p) p.textContent = "Script is on.";`,
	"/outside.js":  `fetch("http://contoso.example/").catch(() => {});`,
	"/noisy.js":    `console.error("the pool is empty"); console.warn("only a warning");`,
	"/throwing.js": `throw new Error("nobody catches me");`,
}

// site starts the test site, with pages that are fine and pages that have to be caught, and gives its address.
func site(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	for path, inside := range pages {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) { writePage(w, http.StatusOK, inside) })
	}
	for path, content := range parts {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
			http.ServeContent(w, r, path, time.Time{}, strings.NewReader(content))
		})
	}
	mux.HandleFunc("POST /save", func(w http.ResponseWriter, r *http.Request) {
		writePage(w, http.StatusUnprocessableEntity, `<h1>Refused</h1><p role="alert">Enter another name.</p>`)
	})
	mux.HandleFunc("GET /cookie", func(w http.ResponseWriter, r *http.Request) {
		writePage(w, http.StatusOK, "<h1>Cookie</h1><p>"+r.Header.Get("Cookie")+"</p>")
	})
	mux.HandleFunc("GET /denied", func(w http.ResponseWriter, _ *http.Request) {
		writePage(w, http.StatusForbidden, `<h1>Denied</h1>`)
	})
	mux.HandleFunc("GET /drop", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

func writePage(w http.ResponseWriter, status int, inside string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", policy)
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Test</title>
		<link rel="stylesheet" href="/site.css"><script src="/site.js" type="module"></script></head>
		<body><main>%s</main></body></html>`, inside)
}
