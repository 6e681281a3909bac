package words

import "strings"

// Either is text, or fallback where there is none.
func Either(text, fallback string) string {
	if text == "" {
		return fallback
	}
	return text
}

// Capital is text as a line begins with it: "profile Backup" as "Profile Backup".
func Capital(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// Sentence joins names as a sentence would: "Fly, Opus and Cense".
func Sentence(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}
