package coding

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/andybalholm/brotli"
)

func TestTheBestCodingThatABrowserTakesIsChosen(t *testing.T) {
	for header, want := range map[string]Coding{
		"":                                   None,
		"gzip, deflate, br, zstd":            Brotli,
		"gzip, deflate":                      Gzip,
		"br;q=0.5, gzip":                     Gzip,
		"br;q=0, gzip;q=0":                   None,
		"BR":                                 Brotli,
		"*":                                  Brotli,
		"*;q=0":                              None,
		"br;q=0, *":                          Gzip,
		"identity":                           None,
		"deflate, zstd":                      None,
		"gzip;q=x":                           None,
		"brotli, x-gzip, gzipped, \xff, ;,;": None,
	} {
		if got := Accepted(header); got != want {
			t.Errorf("%q gets %q, want %q", header, got, want)
		}
	}
}

func unpacked(t *testing.T, c Coding, packed []byte) string {
	t.Helper()
	var reader io.Reader = brotli.NewReader(bytes.NewReader(packed))
	if c == Gzip {
		var err error
		if reader, err = gzip.NewReader(bytes.NewReader(packed)); err != nil {
			t.Error(err)
			return ""
		}
	}
	body, err := io.ReadAll(reader)
	if err != nil {
		t.Error(err)
	}
	return string(body)
}

// The writers are used again and by many at once, and nothing of one answer may come into another.
func TestWhatIsPackedIsUnpackedTheSame(t *testing.T) {
	for _, c := range []Coding{Brotli, Gzip} {
		var all sync.WaitGroup
		for n := range 8 {
			all.Go(func() {
				for length := range 40 {
					body := strings.Repeat(string(rune('a'+n))+"<td>svc@contoso.com</td>", length*n*50)
					var packed bytes.Buffer
					c.Pack(&packed, []byte(body))
					if unpacked(t, c, packed.Bytes()) != body {
						t.Errorf("%s: %d bytes come back as others", c, len(body))
					}
				}
			})
		}
		all.Wait()
		if body := strings.Repeat("a{color:red}", 1000); unpacked(t, c, c.Best([]byte(body))) != body {
			t.Errorf("%s: what is packed best comes back as other", c)
		}
	}
	if string(None.Best([]byte("as it is"))) != "as it is" {
		t.Error("no coding changes the body")
	}
}
