// Package shown makes names that come from outside fit to be shown: those of groups, members, policies, roles and tenants. It also says,
// for all rooms, which characters are not fit to be seen.
//
// A name is kept to the letter wherever it is stored, compared or asked for, because it finds what it names again (X17). Only what
// people read goes through Name. It is for display alone: whoever looks something up by what Name gave may find nothing.
package shown

import (
	"strings"
	"unicode"
)

// longest is what is shown of a name, in characters: all that Microsoft lets a name have.
const longest = 256

// Name is a name without what could disturb a page, a log or a line: control characters go, those that turn the direction of
// writing or hide among others go, line and paragraph separators become blanks. What joins an emoji or the letters of a script
// stays, and so do a no-break space and the blank of Braille. What is longer than any name is cut, and says so.
func Name(text string) string {
	if strings.IndexFunc(text, changed) >= 0 {
		text = strings.Map(safe, text)
	}
	if runes := []rune(text); len(runes) > longest {
		return string(runes[:longest]) + "…"
	}
	return text
}

func changed(r rune) bool { return safe(r) != r }

// safe is what is shown of a character; below 0 for nothing.
func safe(r rune) rune {
	switch {
	case r == '\t', r == '\n', r == '\r', unicode.In(r, unicode.Zl, unicode.Zp):
		return ' '
	case shapes(r), r == blankPattern: // scripts and emoji need them to look as they should
		return r
	case Odd(r):
		return -1
	}
	return r
}
