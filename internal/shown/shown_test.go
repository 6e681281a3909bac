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
		"\u0601\u0662\u0660":  "\u0601\u0662\u0660",
		"\u2801\u2800\u2803":  "\u2801\u2800\u2803",
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

// X45: one answer for all rooms. No character is both, none that people see is either, and what is compared has none that is Unseen
// but the blank of Braille, which names have as a blank.
func TestWhichCharactersAreSeen(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		unprintable, unseen := shown.Unprintable(r), shown.Unseen(r)
		if unseen && strings.ContainsRune(shown.Bare("a"+string(r)+"b"), r) && shown.Line("a"+string(r)+"b") != "a b" {
			t.Errorf("%U is unseen, and compared", r)
		}
		if (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsPunct(r)) && (unprintable || unseen) && !unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) {
			t.Errorf("%U is seen: unprintable %v, unseen %v", r, unprintable, unseen)
		}
		if (unprintable || unseen) != shown.Odd(r) {
			t.Errorf("%U: odd %v", r, shown.Odd(r))
		}
		if blank := shown.Trim(string(r)) == ""; blank != shown.Blank(r) || blank != (unseen || unicode.IsSpace(r)) {
			t.Errorf("%U: blank %v", r, shown.Blank(r))
		}
	}
	for _, r := range "\x00\t\n\r\x1b\x7f\u0085\u202a\u202e\u2066\u2069\u2028\u2029\ufffd\ue000" {
		if !shown.Unprintable(r) {
			t.Errorf("%U is printable", r)
		}
	}
	for _, r := range "\u200b\u200f\u00ad\u034f\ufe0f\u200c\u200d\ufeff\u3164\U000e0041\U000e0100\u2800" {
		if !shown.Unseen(r) || shown.Unprintable(r) {
			t.Errorf("%U is seen", r)
		}
	}
}

// marks are the prepended concatenation marks of Unicode 15: format characters that a reader sees.
const marks = "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"

// X45: marks before numbers are seen, in every place where a name is; keys that are stored pass over them as they always did, and do
// not pass over the blank of Braille, so that no database has to be folded anew.
func TestMarksBeforeNumbersAreSeen(t *testing.T) {
	for _, r := range marks {
		text := string(r) + "\u0661\u0662"
		if shown.Unseen(r) || shown.Odd(r) || shown.Blank(r) || shown.Name(text) != text || shown.Trim(text) != text || shown.Line(text) != text {
			t.Errorf("%U is taken for unseen", r)
		}
		if shown.Bare(text) != "\u0661\u0662" {
			t.Errorf("%U: the keys that are stored changed", r)
		}
	}
	if got := shown.Bare("a\u2800b"); got != "a\u2800b" {
		t.Errorf("the keys that are stored changed: %+q", got)
	}
}

// X17, X45: blanks of all kinds around a text go, and nothing that gives it its look.
func TestBlanksAroundATextGo(t *testing.T) {
	for text, want := range map[string][2]string{
		"\u00a0\u3000AOS Pool\u202f\u2007":     {"AOS Pool", "AOS Pool"},
		"\u200b\ufeffAOS Pool\u2060\u200e":     {"AOS Pool", "AOS Pool"},
		"\u2800AOS\u2800Pool\u2800":            {"AOS\u2800Pool", "AOS Pool"},
		" \t\r\nAOS \u00a0\u3000 Pool \u200b ": {"AOS \u00a0\u3000 Pool", "AOS Pool"},
		"svc@contoso.com\u200d\ufe0f\u200c":    {"svc@contoso.com", "svc@contoso.com"},
		"Desk ☎\ufe0f\u00a0":                   {"Desk ☎\ufe0f", "Desk ☎\ufe0f"},
		"\u0647\u200d \u200b":                  {"\u0647\u200d", "\u0647\u200d"},
		"\u2800\u200b\u00a0\u3164 ":            {"", ""},
		"":                                     {"", ""},
		"AOS \u200b\u00a0\u200d Pool":          {"AOS \u200b\u00a0\u200d Pool", "AOS Pool"},
	} {
		if got := [2]string{shown.Trim(text), shown.Line(text)}; got != want {
			t.Errorf("%+q is trimmed to %+q, want %+q", text, got, want)
		}
	}
}
