package shown

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
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

// blankPattern is the pattern of Braille without a dot, which is the blank of texts in Braille. Unicode calls it a symbol.
const blankPattern = '\u2800'

// Unseen reports whether a character leaves no trace on a screen by itself: format characters such as a zero-width space, joiners and
// soft hyphens, what Unicode calls default-ignorable, such as variation selectors, and the blank of Braille. Texts in some scripts and
// joined emoji need some of these. The marks that Unicode has before numbers of Arabic, Syriac and Kaithi are format characters too, and
// are seen (X45).
func Unseen(r rune) bool {
	return passedOver(r) && !unicode.Is(unicode.Prepended_Concatenation_Mark, r) || r == blankPattern
}

// Blank reports whether a character shows nothing: it is white space of any kind, or Unseen.
func Blank(r rune) bool { return unicode.IsSpace(r) || Unseen(r) }

// Odd reports whether a character is Unprintable or Unseen, for texts that need neither: usernames, settings, words of a table.
func Odd(r rune) bool { return Unprintable(r) || Unseen(r) }

// Trim takes away what is Blank around a text, all that comes along when somebody copies it out of a page or a document. What gives the
// last letter of a script or the last emoji its look stays.
func Trim(text string) string {
	text = strings.TrimLeftFunc(text, Blank)
	bare := strings.TrimRightFunc(text, Blank)
	if last, _ := utf8.DecodeLastRuneInString(bare); last > unicode.MaxASCII {
		rest := text[len(bare):]
		bare += rest[:len(rest)-len(strings.TrimLeftFunc(rest, shapes))]
	}
	return bare
}

// Line is a text as a name of one line: without what is Blank around it, and with one blank where any number of any kind stands between
// words, because two names that differ in their blanks alone look the same (R14).
func Line(text string) string {
	words := strings.FieldsFunc(Trim(text), func(r rune) bool { return unicode.IsSpace(r) || r == blankPattern })
	return strings.Join(slices.DeleteFunc(words, func(word string) bool { return Trim(word) == "" }), " ")
}

// shapes reports whether a character gives the letter or emoji before it, or those on both sides of it, the look that they should have.
func shapes(r rune) bool {
	return r == '\u200c' || r == '\u200d' || unicode.Is(unicode.Variation_Selector, r)
}

// passedOver reports whether a character does not count where texts are compared (R14, X45). Keys that are stored are made by it, so that
// it stays as it is, the marks included that are seen: what it did not pass over once would be found no more, or be there twice. Names
// that come in go through Line.
func passedOver(r rune) bool {
	return r > unicode.MaxASCII && unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// Bare is the text as it is compared and stored for comparing: without the characters that no two texts may differ in alone.
func Bare(text string) string {
	if strings.IndexFunc(text, passedOver) < 0 {
		return text
	}
	return strings.Map(func(r rune) rune {
		if passedOver(r) {
			return -1
		}
		return r
	}, text)
}
