package respond

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"github.com/andybalholm/brotli"
	"github.com/labstack/echo/v4"

	"purser.example/web/layout"
)

var long = strings.Repeat("<div>svc-backup@contoso.com</div>", 100)

func body(text string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	})
}

// answered is what a browser gets that asks for an address.
func answered(t *testing.T, address string, header http.Header, answer func(echo.Context) error) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, address, nil)
	r.Header = header
	recorder := httptest.NewRecorder()
	if err := answer(echo.New().NewContext(r, recorder)); err != nil {
		t.Fatal(err)
	}
	return recorder.Result()
}

func unpacked(t *testing.T, res *http.Response) string {
	t.Helper()
	packed, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if got := res.Header.Get("Content-Length"); got != strconv.Itoa(len(packed)) {
		t.Errorf("%s bytes are announced and %d come", got, len(packed))
	}
	var reader io.Reader = bytes.NewReader(packed)
	switch res.Header.Get("Content-Encoding") {
	case "br":
		reader = brotli.NewReader(reader)
	case "gzip":
		if reader, err = gzip.NewReader(reader); err != nil {
			t.Fatal(err)
		}
	}
	text, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestPagesArePackedAsTheBrowserTakesThem(t *testing.T) {
	for accepted, want := range map[string]string{"gzip, deflate, br, zstd": "br", "gzip, deflate": "gzip", "identity": "", "": ""} {
		res := answered(t, "/service-accounts", http.Header{"Accept-Encoding": {accepted}}, func(c echo.Context) error {
			return Page(c, http.StatusUnprocessableEntity, body(long))
		})
		if got := res.Header.Get("Content-Encoding"); got != want || res.StatusCode != http.StatusUnprocessableEntity || res.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%q is answered %d by %q, Vary %q", accepted, res.StatusCode, got, res.Header.Get("Vary"))
		}
		if unpacked(t, res) != long {
			t.Errorf("%q: the page differs", accepted)
		}
	}
	small := answered(t, "/service-accounts", http.Header{"Accept-Encoding": {"br"}}, func(c echo.Context) error { return Page(c, http.StatusOK, body("<p>Small</p>")) })
	if small.Header.Get("Content-Encoding") != "" || unpacked(t, small) != "<p>Small</p>" {
		t.Error("a page is packed that fits into one packet anyway")
	}
}

// Another site can make the browser ask with words of its choice, and see how long the answer is. Such an answer is as long as it is
// (BREACH, docs/decisions/0016).
func TestAPageThatAnotherSiteSteersIsNotPacked(t *testing.T) {
	for name, test := range map[string]struct {
		address, site string
		packed        bool
	}{
		"a search here":                 {"/service-accounts?q=backup", "same-origin", true},
		"a search by its bookmark":      {"/service-accounts?q=backup", "none", true},
		"a search from elsewhere":       {"/service-accounts?q=backup", "cross-site", false},
		"a search from a sister site":   {"/service-accounts?q=backup", "same-site", false},
		"a search from nobody knows":    {"/service-accounts?q=backup", "", false},
		"a link from elsewhere":         {"/service-accounts", "cross-site", true},
		"the way back from signing in":  {"/service-accounts", "", true},
		"words that mean nothing there": {"/help/password-rules?q=backup", "cross-site", false},
	} {
		header := http.Header{"Accept-Encoding": {"br"}}
		if test.site != "" {
			header.Set("Sec-Fetch-Site", test.site)
		}
		res := answered(t, test.address, header, func(c echo.Context) error { return Page(c, http.StatusOK, body(long)) })
		if packed := res.Header.Get("Content-Encoding") != ""; packed != test.packed || unpacked(t, res) != long {
			t.Errorf("%s: packed %v", name, packed)
		}
	}
}

func TestAPageThatIsKeptIsSentOnce(t *testing.T) {
	text := long
	ask := func(header http.Header) *http.Response {
		return answered(t, "/help", header, func(c echo.Context) error {
			return Kept(c, layout.Shell{Session: layout.Session{IdleSeconds: 900, MaxSeconds: 4000}}, func(s layout.Shell) templ.Component {
				if s.Session != (layout.Session{Ask: true}) {
					t.Errorf("the page says %+v, which changes", s.Session)
				}
				return body(text)
			})
		})
	}
	first := ask(http.Header{"Accept-Encoding": {"br"}})
	tag := first.Header.Get("ETag")
	if first.StatusCode != http.StatusOK || !strings.HasPrefix(tag, `W/"`) || first.Header.Get("Cache-Control") != "private, no-cache" || unpacked(t, first) != long {
		t.Fatalf("%d, tag %s, %s", first.StatusCode, tag, first.Header.Get("Cache-Control"))
	}
	for _, known := range []string{tag, strings.TrimPrefix(tag, "W/"), `W/"other", ` + tag} {
		again := ask(http.Header{"If-None-Match": {known}})
		if sent, err := io.ReadAll(again.Body); again.StatusCode != http.StatusNotModified || len(sent) != 0 || err != nil || again.Header.Get("ETag") != tag || again.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s: %d with %d bytes", known, again.StatusCode, len(sent))
		}
	}
	text += "<p>New</p>"
	if changed := ask(http.Header{"If-None-Match": {tag}}); changed.StatusCode != http.StatusOK || unpacked(t, changed) != text {
		t.Error("a page that changed is taken for the one of before")
	}
}
