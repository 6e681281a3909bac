package help

import (
	"strconv"

	"purser.example/internal/profile"
	"purser.example/web/words"
)

// importColumn is a column of a file of profiles. The template that the page of imports offers has the same ones.
type importColumn struct{ Name, Needed, Holds string }

// importColumns are in the order of the template.
var importColumns = []importColumn{
	{"name", "Yes", "The name of the profile. An import recognizes profiles by it, in any case."},
	{"description", "No", "Any text, in several lines if it is in quotes."},
	{"tenant", "Yes", "The ID or a domain of a connected tenant. To make its custom domains known, select Check in App management."},
	{"services", "Yes", "Names such as Fly, or AvePoint's codes such as FLYOnline, separated by semicolons. In JSON also a list."},
	{"username", "Yes", "The full username, such as svc-backup@contoso.onmicrosoft.com."},
	{"password", "For new profiles", "The account's password; for a classic MFA profile, the app password. Empty, it keeps the stored one."},
	{"type", "No", "common or mfa. Empty, it is common for a new profile, and stays as it is for others."},
	{"admin_center_url", "For new mfa profiles", "The SharePoint admin center, such as https://contoso-admin.sharepoint.com. For common, only if it isn't the tenant's usual one."},
}

// importResults are the outcomes of a row as the report calls them.
var importResults = []struct{ Name, Means string }{
	{"New", "A profile with this name doesn't exist yet. Import creates it."},
	{"Changed", "A profile with this name exists, and the row is different. Import makes the profile what the row says. The notes name what changes."},
	{"Unchanged", "The profile already is what the row says, with its password. Import leaves it as it is."},
	{"Refused", "The row has a mistake, which the notes explain. Import leaves it out. The other rows aren't affected."},
}

// importLimits says how large a file may be.
func importLimits() string {
	return "A file can have up to " + strconv.Itoa(profile.MaxImport>>20) + " MB and " + words.Number(profile.MaxImportRows) + " rows. Excel, PowerShell, and most other programs write such files."
}
