package sqlite

import "strings"

// What the searches of all stores have in common: an index of the runs of three letters that folded texts have, and the letters of each
// row (docs/decisions/0011-list.md).

// FieldEnd follows each field that is searched: two signs that no text holds, so that its last letters begin a run of three too, and
// no term reaches from one field into the next.
const FieldEnd = "\x01\x01"

const endSign = '\x01'

// LettersOf tells which letters a text has, without regard to the case of ASCII: a bit for each of a to z and of the digits, while all
// others share the 27 bits that are left. A text that has another in it has all of its letters, which is what a search makes use of.
func LettersOf(text string) (bits int64) {
	for _, r := range text {
		switch {
		case r >= 'a' && r <= 'z':
			bits |= 1 << (r - 'a')
		case r >= 'A' && r <= 'Z':
			bits |= 1 << (r - 'A')
		case r >= '0' && r <= '9':
			bits |= 1 << (26 + r - '0')
		case r != endSign:
			bits |= 1 << (36 + r%27)
		}
	}
	return bits
}

// Phrase is a folded term as an index of runs of letters is asked for it.
func Phrase(term string) string { return `"` + strings.ReplaceAll(term, `"`, `""`) + `"` }

// AfterAll is the first text after all that begin with the term: no letter has this byte.
func AfterAll(term string) string { return term + "\xff" }
