package profiles

import (
	"strings"

	"github.com/a-h/templ"

	"purser.example/web/ui"
)

// sorts keeps the focus on the head whose link was followed: htmx finds it again by its id.
func sorts(head ui.Column) templ.Attributes {
	return withID("sort-"+strings.ReplaceAll(strings.ToLower(head.Label), " ", "-"), templ.Attributes{})
}
