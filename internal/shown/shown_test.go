package shown_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"purser.example/internal/shown"
)

// X17: what is shown is safe, and as near to the letter as that allows.
func TestName(t *testing.T) {
	for text, want := range map[string]string{
		"AOS Pool":            "AOS Pool",
		"Équipe\u00a0Zürich":  "Équipe\u00a0Zürich",
		"👩\u200d💻 Admins":     "👩\u200d💻 Admins",
		"می\u200cخواهم":       "می\u200cخواهم",
		"A\x00B\x1b[31mC":     "AB[31mC",
		"one\r\ntwo":          "one  two",
		"left\u202eright":     "leftright",
		"a\u2066b\u2069":      "ab",
		"soft\u00adly\ufeff":  "softly",
		"☎\ufe0f Desk":        "☎\ufe0f Desk",
		"\u3164\u115f":        "",
		"tag\U000e0041\u2060": "tag",
		"line\u2028end":       "line end",
		"":                    "",
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

// X45: one answer for all rooms. No character is both, none that people see is either, and what is compared has none that is Unseen.
func TestWhichCharactersAreSeen(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		unprintable, unseen := shown.Unprintable(r), shown.Unseen(r)
		if unseen && strings.ContainsRune(shown.Bare("a"+string(r)+"b"), r) {
			t.Errorf("%U is unseen, and compared", r)
		}
		if (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsPunct(r)) && (unprintable || unseen) && !unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) {
			t.Errorf("%U is seen: unprintable %v, unseen %v", r, unprintable, unseen)
		}
		if (unprintable || unseen) != shown.Odd(r) {
			t.Errorf("%U: odd %v", r, shown.Odd(r))
		}
	}
	for _, r := range "\x00\t\n\r\x1b\x7f\u0085\u202a\u202e\u2066\u2069\u2028\u2029\ufffd\ue000" {
		if !shown.Unprintable(r) {
			t.Errorf("%U is printable", r)
		}
	}
	for _, r := range "\u200b\u200f\u00ad\u034f\ufe0f\u200c\u200d\ufeff\u3164\U000e0041\U000e0100" {
		if !shown.Unseen(r) || shown.Unprintable(r) {
			t.Errorf("%U is seen", r)
		}
	}
}
