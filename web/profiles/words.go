package profiles

import (
	"strings"

	"github.com/a-h/templ"
)

// either is text, or fallback where there is none.
func either(text, fallback string) string {
	if text == "" {
		return fallback
	}
	return text
}

// sentence joins names as a sentence would: "Fly, Opus and Cense".
func sentence(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// sorts keeps the focus on the head whose link was followed: htmx finds it again by its id.
func sorts(head headView) templ.Attributes {
	return withID("sort-"+strings.ReplaceAll(strings.ToLower(head.Label), " ", "-"), lists(head.Href))
}
