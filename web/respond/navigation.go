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
	newTab                   bool
}

// entries appear with the page they lead to.
var entries = []entry{
	{"", "Overview", "/overview", "home", access.ManageServiceAccounts, false},
	{"Management", "App management", "/app-profiles", "app", access.ManageServiceAccounts, false},
	{"Management", "Service account", "/service-accounts", "key", access.ManageServiceAccounts, false},
	{"Management", "Account pools", "/classic/account-pool", "pool", access.ManageServiceAccounts, true},
	{"Management", "Auto discovery", "/scan-profiles", "discovery", access.ManageServiceAccounts, false},
	{"Monitoring", "Health and expiry", "/health", "health", access.ManageServiceAccounts, false},
	{"Monitoring", "Validation runs", "/service-accounts/validations", "validate", access.ManageServiceAccounts, false},
	{"Administration", "People", "/people", "people", access.ManagePeople, false},
	{"Administration", "Notifications", "/settings/notifications", "bell", access.ChangeSecurity, false},
	{"Administration", "Security", "/settings/security", "security", access.ChangeSecurity, false},
	{"Administration", "Activity log", "/activity", "log", access.ReadActivity, false},
	{"Administration", "Encryption key", "/settings/keys", "lock", access.ChangeSecurity, false},
}

// elsewhere are addresses that belong to an entry and do not stand under its own.
var elsewhere = map[string]string{"/scans": "/scan-profiles", "/objects": "/scan-profiles"}

const helpPath = "/help"

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
		last.Items = append(last.Items, layout.NavItem{Label: e.label, Href: e.href, Icon: e.icon, Current: e.href == here, NewTab: e.newTab})
	}
	return groups
}

// helpItem leads to the help, for whoever may do what it explains.
func helpItem(caller access.Caller, path string) *layout.NavItem {
	if !caller.May(access.ManageServiceAccounts) {
		return nil
	}
	return &layout.NavItem{Label: "Help", Href: helpPath, Icon: "help", Current: below(path, helpPath)}
}

// entryOf gives the entry that a page belongs to: the one with the longest address that the page's begins with.
func entryOf(path string) string {
	for address, of := range elsewhere {
		if below(path, address) {
			return of
		}
	}
	here := ""
	for _, e := range entries {
		if below(path, e.href) && len(e.href) > len(here) {
			here = e.href
		}
	}
	return here
}

// below reports whether a page is the one at an address or stands under it.
func below(path, address string) bool { return path == address || strings.HasPrefix(path, address+"/") }
