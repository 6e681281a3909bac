package shown

import (
	"strings"
	"unicode"
)

// Unprintable reports whether a character has no place in any text that people write: control characters, line and paragraph
// separators, what turns the direction of the text around it, what is private or stands for a mistake. It is the one answer to that
// question, for all rooms (X45).
func Unprintable(r rune) bool {
	switch {
	case r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069': // the other marks of direction turn nothing
		return true
	}
	return unicode.In(r, unicode.Cc, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp) || r == unicode.ReplacementChar
}

// Unseen reports whether a character leaves no trace on a screen by itself: format characters such as a zero-width space, joiners and
// soft hyphens, and what Unicode calls default-ignorable, such as variation selectors. Texts in some scripts and joined emoji need
// some of these, but no two texts may differ in them alone: they go before texts are compared (R14, X45).
func Unseen(r rune) bool {
	return r > unicode.MaxASCII && unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// Odd reports whether a character is Unprintable or Unseen, for texts that need neither: usernames, settings, words of a table.
func Odd(r rune) bool { return Unprintable(r) || Unseen(r) }

// Bare is the text without what is Unseen, as it is compared.
func Bare(text string) string {
	if strings.IndexFunc(text, Unseen) < 0 {
		return text
	}
	return strings.Map(func(r rune) rune {
		if Unseen(r) {
			return -1
		}
		return r
	}, text)
}
