package account

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// SearchKey folds a text for looking something up and for sorting: as Fold does, and without regard to accents, so that "munchen"
// finds "München" and "strasse" finds "Straße". What is looked for and what is looked through go through it alike. Names are unique
// by Fold: two that differ in an accent are two names.
func SearchKey(text string) string {
	key := Fold(text)
	if ascii(key) {
		return key
	}
	bare := strings.Map(func(r rune) rune {
		if accent(r) {
			return -1
		}
		return r
	}, norm.NFD.String(key))
	return norm.NFC.String(undivided.Replace(bare))
}

// accent reports whether a sign stands on or below a letter of the European scripts. Those of other scripts are letters of their own.
func accent(r rune) bool { return r >= 0x0300 && r <= 0x036f }

// undivided are letters that Unicode does not take apart, by what people type for them.
var undivided = strings.NewReplacer("ł", "l", "ø", "o", "đ", "d", "ħ", "h", "ı", "i", "æ", "ae", "œ", "oe", "ð", "d", "þ", "th")

func ascii(text string) bool {
	for i := range len(text) {
		if text[i] >= 0x80 {
			return false
		}
	}
	return true
}
