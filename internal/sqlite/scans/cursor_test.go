package scans

import (
	"encoding/base64"
	"testing"

	"purser.example/internal/scan"
)

// R50: a place among the objects that somebody made up is the beginning of the list, and one that is taken stays what it is.
func FuzzCursor(f *testing.F) {
	sorts := []scan.Column{scan.ByType}
	for sort := range inOrder {
		sorts = append(sorts, sort)
	}
	for n, made := range []string{`{"s":"name","k":"finance","r":7}`, `{"s":"type","t":"sites","k":"a","r":7}`, `{"s":"seen","k":1e400,"r":7}`, `{"s":"type","t":"x","r":1}`, `[`, ``} {
		f.Add(base64.RawURLEncoding.EncodeToString([]byte(made)), n)
	}
	f.Fuzz(func(t *testing.T, text string, n int) {
		sort := sorts[int(uint(n)%uint(len(sorts)))]
		c, ok := decodeCursor(text, sort)
		if !ok {
			return
		}
		if again, ok := decodeCursor(c.encode(), sort); !ok || again != c || c.Sort != sort || c.Row == 0 {
			t.Errorf("%q is %+v, and then %+v", text, c, again)
		}
	})
}
