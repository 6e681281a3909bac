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
	{"Management", "Validation runs", "/service-accounts/validations", "validate", access.ManageServiceAccounts},
	{"Help", "Passing the validation", "/help/validation-notes", "help", access.ManageServiceAccounts},
	{"Help", "Works in the browser", "/help/works-in-browser", "lock", access.ManageServiceAccounts},
	{"Help", "Validation codes", "/help/validation-codes", "document", access.ManageServiceAccounts},
	{"Help", "Required permissions", "/help/required-permissions", "people", access.ManageServiceAccounts},
	{"Help", "Password rules", "/help/password-rules", "password", access.ManageServiceAccounts},
	{"Help", "Account pools", "/help/account-pools", "pool", access.ManageServiceAccounts},
}

func navigation(caller access.Caller, path string) []layout.NavGroup {
	var groups []layout.NavGroup
	here := entryOf(path)
	for _, e := range entries {
		if !caller.May(e.right) {
			continue
		}
		if len(groups) == 0 || groups[len(groups)-1].Title != e.group {
			groups = append(groups, layout.NavGroup{Title: e.group})
		}
		last := &groups[len(groups)-1]
		current := e.href == here
		last.Items = append(last.Items, layout.NavItem{Label: e.label, Href: e.href, Icon: e.icon, Current: current})
	}
	return groups
}

// entryOf gives the entry that a page belongs to: the one with the longest address that the page's begins with.
func entryOf(path string) string {
	here := ""
	for _, e := range entries {
		if (path == e.href || strings.HasPrefix(path, e.href+"/")) && len(e.href) > len(here) {
			here = e.href
		}
	}
	return here
}
