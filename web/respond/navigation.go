package respond

import (
	"strings"

	"purser.example/internal/access"
	"purser.example/web/layout"
)

// entry is one line of the navigation and the right that opens it.
type entry struct {
	group, label, href, icon string
	right                    access.Right
}

// entries appear with the page they lead to.
var entries = []entry{
	{"Management", "Service account", "/service-accounts", "key", access.ManageServiceAccounts},
	{"Help", "Passing the validation", "/help/validation-notes", "help", access.ManageServiceAccounts},
	{"Help", "Works in the browser", "/help/works-in-browser", "lock", access.ManageServiceAccounts},
	{"Help", "Validation codes", "/help/validation-codes", "document", access.ManageServiceAccounts},
	{"Help", "Required permissions", "/help/required-permissions", "people", access.ManageServiceAccounts},
	{"Help", "Password rules", "/help/password-rules", "password", access.ManageServiceAccounts},
}

func navigation(caller access.Caller, path string) []layout.NavGroup {
	var groups []layout.NavGroup
	for _, e := range entries {
		if !caller.May(e.right) {
			continue
		}
		if len(groups) == 0 || groups[len(groups)-1].Title != e.group {
			groups = append(groups, layout.NavGroup{Title: e.group})
		}
		last := &groups[len(groups)-1]
		current := path == e.href || strings.HasPrefix(path, e.href+"/")
		last.Items = append(last.Items, layout.NavItem{Label: e.label, Href: e.href, Icon: e.icon, Current: current})
	}
	return groups
}
