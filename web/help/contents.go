package help

import "slices"

// leaf is one of the help pages, as the others lead to it: by its title, and nowhere by another name.
type leaf struct{ Path, Title string }

var (
	startLeaf       = leaf{Path, "Help"}
	notesLeaf       = leaf{NotesPath, "Helpful notes for passing the validation test"}
	browserLeaf     = leaf{BrowserPath, "Why is a password that works in the browser refused here?"}
	codesLeaf       = leaf{CodesPath, "Validation test troubleshooting"}
	appsLeaf        = leaf{AppPasswordsPath, "Validation test with an app password"}
	permissionsLeaf = leaf{PermissionsPath, "Required permissions of cloud services"}
	passwordsLeaf   = leaf{PasswordsPath, "Password limitations and requirements"}
	poolsLeaf       = leaf{PoolsPath, "Account pools"}
	importLeaf      = leaf{ImportPath, "Importing profiles"}
	connectLeaf     = leaf{ConnectPath, "Connecting a tenant"}
	scansLeaf       = leaf{ScansPath, "Codes of scans"}

	leaves = []leaf{startLeaf, notesLeaf, browserLeaf, codesLeaf, appsLeaf, permissionsLeaf, passwordsLeaf, importLeaf, poolsLeaf, scansLeaf, connectLeaf}
)

// abouts say on the first page what each of the others is for.
var abouts = []struct {
	leaf
	About string
}{
	{notesLeaf, "What in a tenant blocks sign-in with a username and password, and how to allow it for one account: security defaults, per-user MFA, conditional access, and more."},
	{browserLeaf, "The reasons, most likely first, and what to do about each."},
	{codesLeaf, "Every code that a validation can show: its cause, what it proves, and what to do."},
	{appsLeaf, "What Microsoft has turned off and when, what each message of a classic MFA profile or a pool member with an app password means, and how to convert."},
	{permissionsLeaf, "What a service account needs for each service, and which services use account pools."},
	{passwordsLeaf, "Which passwords Microsoft 365 accepts, when they expire, and when an account is locked."},
	{importLeaf, "Which files can be imported, what their columns hold, and what new, changed, unchanged, and refused mean."},
	{poolsLeaf, "How to build a pool, what its members need, and how many are enough."},
	{scansLeaf, "Every code that a scan or the registration of sites can show: its cause and what to do. And how a pool comes into force."},
	{connectLeaf, "How a tenant is connected, and what an app registration in it needs, so that Purser can sign in and read."},
}

// place is where something is found on a page: a section of it, or a code.
type place struct{ ID, Title string }

// The places of the pages whose sections stand in their templates.
var (
	notePlaces       = []place{{"powershell", "Commands for Microsoft Graph PowerShell"}, {"dates", "Dates to know"}, {"app-profile", "A safer way: an app profile"}}
	nonePlace        = place{"none", "None of these apply"}
	permissionPlaces = []place{{"reading", "How to read the table"}, {"account", "Choosing the account"}, {"sources", "Where this comes from"}}
	passwordPlaces   = []place{{"purser", "What Purser checks"}, {"expiry", "Change when passwords expire"}, {"lockout", "Wrong passwords and lockout"}}
	appPlaces        = []place{{"about", "What app passwords are"}, {"retired", "What Microsoft has turned off"}, {"other", "Other messages"}, {"convert", "Convert to a sign-in without an app password"}, {"limits", "What classic MFA profiles can't do"}}
	importPlaces     = []place{{"file", "The file"}, {"columns", "Columns"}, {"results", "What the results mean"}, {"afterward", "After an import"}}
	poolPlaces       = []place{
		{"build", "Build a pool"},
		{"mfa", "Members with multi-factor authentication"},
		{"needs", "What each object type needs"},
		{"size", "How many members are enough"},
		{"force", "When a pool takes effect"},
	}
	connectPlaces = []place{{"connect", "Connect the tenant"}, {"register", "Create the registration by hand"}, {"powershell", "Create the registration with PowerShell"}, {"permissions", "Permissions"}}
)

func placesOf(sections []section) []place {
	list := make([]place, 0, len(sections)+len(notePlaces))
	for _, s := range sections {
		list = append(list, place{s.ID, s.Title})
	}
	return list
}

// appCodePlaces are the sections of the page of app passwords, with its messages in their midst.
func appCodePlaces(list []group) []place {
	places := slices.Clone(appPlaces[:2])
	for _, of := range list {
		places = append(places, place{of.ID, of.Title})
	}
	return append(places, appPlaces[2:]...)
}

// codePlaces are the statuses by which the codes are sorted.
func codePlaces(list []group) []place {
	places := make([]place, 0, len(list)+1)
	for _, of := range list {
		places = append(places, place{of.ID, of.Title})
	}
	return append(places, place{"not-listed", "A code that isn't listed"})
}
