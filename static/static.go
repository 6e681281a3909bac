// Package static holds the style sheets, scripts and icons that browsers load, and serves them under an address that
// changes with their content.
//
// Every address carries a hash of the whole tree, so a browser may keep what it has for ever and still never mixes the
// files of two versions. There is no directory listing and no way to a file that is not embedded here.
package static

import (
	"bytes"
	"compress/gzip"
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
)

//go:embed css/*.css js/*.js icons/*.svg vendor
var files embed.FS

// sheets are the parts of css/app.css in the order of the cascade. They are joined so that a page needs one request.
var sheets = []string{"tokens", "icons", "base", "shell", "controls", "content", "table", "overlay", "profiles", "classic", "pools", "print"}

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
	packed      func() []byte // the body, gzipped
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
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		w.Header().Set("Content-Encoding", "gzip")
		body = file.packed()
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

// load reads the embedded tree and joins the style sheets. It panics on a mistake of ours, such as a missing sheet.
func load() map[string]asset {
	loaded := map[string]asset{}
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Dir(name) == "css" {
			return err
		}
		loaded[name] = newAsset(name, read(name))
		return nil
	})
	if err != nil {
		panic("static: " + err.Error())
	}
	var css []byte
	for _, sheet := range sheets {
		css = append(css, read("css/"+sheet+".css")...)
	}
	loaded["css/app.css"] = newAsset("css/app.css", css)
	return loaded
}

func read(name string) []byte {
	body, err := files.ReadFile(name)
	if err != nil {
		panic("static: " + err.Error())
	}
	return body
}

func newAsset(name string, body []byte) asset {
	contentType, known := contentTypes[path.Ext(name)]
	if !known {
		panic("static: no content type for " + name)
	}
	return asset{contentType: contentType, body: body, packed: sync.OnceValue(func() []byte { return pack(body) })}
}

// pack compresses as well as it can, once an asset is asked for: doing it for all of them would be a third of the start.
func pack(body []byte) []byte {
	var packed bytes.Buffer
	writer, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		panic("static: " + err.Error())
	}
	// Writing to memory cannot fail, so neither can these two.
	_, _ = writer.Write(body)
	_ = writer.Close()
	return packed.Bytes()
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
