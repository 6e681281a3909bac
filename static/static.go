// Package static holds the style sheets, scripts and icons that browsers load, and serves them under an address that
// changes with their content.
//
// Every address carries a hash of the whole tree, so a browser may keep what it has for ever and still never mixes the
// files of two versions. There is no directory listing and no way to a file that is not embedded here. What people write in
// many files goes out in few, without comments and blanks (join.go), and packed.
package static

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"purser.example/internal/coding"
)

//go:embed css/*.css js/*.js icons/*.svg vendor
var files embed.FS

// sheets are the parts of css/app.css in the order of the cascade.
var sheets = []string{"tokens", "icons", "base", "shell", "controls", "content", "help", "table", "overlay", "profiles", "scans", "charts", "overview", "activity", "horizon", "classic", "pools", "print"}

// scripts are those that pages name. Whatever they import goes with them.
var scripts = []string{"js/app.js", "js/pool.js", "js/glass.js", "js/zone.js"}

// libraries are the parts of vendor/htmx.js: scripts of others, as they are.
var libraries = []string{"vendor/htmx.min.js", "vendor/hx-sse.min.js"}

// contentTypes are the only kinds of file that are served. Listing them keeps the answer independent of what the
// machine's own table of types says.
var contentTypes = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
	".txt": "text/plain; charset=utf-8",
}

// asset is one file as it is sent.
type asset struct {
	contentType string
	body        []byte
	packed      map[coding.Coding]func() []byte
}

var (
	assets = load()
	prefix = "/static/" + hash(assets) + "/"
)

// Path is the address of a file of this package, such as "css/app.css". It holds only for the running version.
func Path(name string) string { return prefix + name }

// Handler serves every Path, for a year and without asking again, and answers 404 to anything else under /static/.
func Handler() http.Handler { return http.HandlerFunc(serve) }

func serve(w http.ResponseWriter, r *http.Request) {
	name, current := strings.CutPrefix(r.URL.Path, prefix)
	file, known := assets[name]
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if !current || !known {
		// A page of the version before may still ask; the answer must not be kept, or it would outlive a rollback.
		w.Header().Set("Cache-Control", "no-store")
		http.Error(w, "Not found.", http.StatusNotFound)
		return
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	w.Header().Set("Content-Type", file.contentType)
	w.Header().Set("Vary", "Accept-Encoding")
	body := file.body
	if as := coding.Accepted(r.Header.Get("Accept-Encoding")); as != coding.None {
		w.Header().Set("Content-Encoding", string(as))
		body = file.packed[as]()
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

// load reads the embedded tree and joins what goes out together. It panics on a mistake of ours, such as a missing sheet.
func load() map[string]asset {
	loaded := map[string]asset{"css/app.css": newAsset("css/app.css", style()), "vendor/htmx.js": newAsset("vendor/htmx.js", library())}
	for _, name := range scripts {
		loaded[name] = newAsset(name, script(name, read))
	}
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(name) == ".css" || path.Ext(name) == ".js" {
			return err
		}
		loaded[name] = newAsset(name, read(name))
		return nil
	})
	if err != nil {
		panic("static: " + err.Error())
	}
	return loaded
}

func read(name string) []byte {
	body, err := files.ReadFile(name)
	if err != nil {
		panic("static: " + err.Error())
	}
	return body
}

// newAsset packs once the asset is asked for: doing it for all of them would be half of the start.
func newAsset(name string, body []byte) asset {
	contentType, known := contentTypes[path.Ext(name)]
	if !known {
		panic("static: no content type for " + name)
	}
	packed := map[coding.Coding]func() []byte{}
	for _, as := range []coding.Coding{coding.Brotli, coding.Gzip} {
		packed[as] = sync.OnceValue(func() []byte { return as.Best(body) })
	}
	return asset{contentType: contentType, body: body, packed: packed}
}

// hash names the content of all files together. Twelve digits tell versions apart; nothing secret hangs on them.
func hash(of map[string]asset) string {
	names := make([]string, 0, len(of))
	for name := range of {
		names = append(names, name)
	}
	slices.Sort(names)
	sum := sha256.New()
	for _, name := range names {
		body := sha256.Sum256(of[name].body)
		sum.Write([]byte(name + "\x00"))
		sum.Write(body[:])
	}
	return hex.EncodeToString(sum.Sum(nil))[:12]
}
