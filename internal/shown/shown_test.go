package shown_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"purser.example/internal/shown"
)

// X17: what is shown is safe, and as near to the letter as that allows.
func TestName(t *testing.T) {
	for text, want := range map[string]string{
		"AOS Pool":           "AOS Pool",
		"Équipe\u00a0Zürich": "Équipe\u00a0Zürich",
		"👩\u200d💻 Admins":    "👩\u200d💻 Admins",
		"می\u200cخواهم":      "می\u200cخواهم",
		"A\x00B\x1b[31mC":    "AB[31mC",
		"one\r\ntwo":         "one  two",
		"left\u202eright":    "leftright",
		"a\u2066b\u2069":     "ab",
		"soft\u00adly\ufeff": "softly",
		"line\u2028end":      "line end",
		"":                   "",
	} {
		if got := shown.Name(text); got != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
	}
	if long := strings.Repeat("ü", 122); shown.Name(long) != long {
		t.Error("a name of 122 characters is cut")
	}
	if got := shown.Name(strings.Repeat("ü", 1000)); utf8.RuneCountInString(got) != 257 || !strings.HasSuffix(got, "…") {
		t.Errorf("%d characters", utf8.RuneCountInString(got))
	}
}
