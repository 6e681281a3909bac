package words

import "strings"

// Either is text, or fallback where there is none.
func Either(text, fallback string) string {
	if text == "" {
		return fallback
	}
	return text
}

// Sentence joins names as a sentence would: "Fly, Opus and Cense".
func Sentence(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}
