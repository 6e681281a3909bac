package profiles

import (
	"encoding/base64"
	"testing"

	"purser.example/internal/profile"
)

// R70: a place in the list that somebody made up is the beginning of it, and one that is taken stays what it is.
func FuzzCursor(f *testing.F) {
	for n, made := range []string{`{"s":"name","k":"backup","r":7}`, `{"s":"expires","k":1764460800000,"r":7}`, `{"s":"expires","k":1e400,"r":7}`, `{"s":"name","k":{"a":[]},"r":-1}`, `{"s":"name"`, ``} {
		f.Add(base64.RawURLEncoding.EncodeToString([]byte(made)), n)
	}
	f.Fuzz(func(t *testing.T, text string, n int) {
		sort := profile.Columns[int(uint(n)%uint(len(profile.Columns)))]
		c, ok := decodeCursor(text, sort)
		if !ok {
			return
		}
		if again, ok := decodeCursor(c.encode(), sort); !ok || again != c || c.Sort != sort || c.Row == 0 {
			t.Errorf("%q is %+v, and then %+v", text, c, again)
		}
	})
}
