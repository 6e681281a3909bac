package scan

import (
	"slices"
	"time"

	"purser.example/internal/pool"
	"purser.example/internal/tenant"
)

// Type is an object type: a sort of things that a tenant has many of.
type Type string

// The types, by their value in addresses and rows.
const (
	Sites         Type = "sites"
	OneDrive      Type = "onedrive"
	Groups        Type = "groups"
	Teams         Type = "teams"
	Mailboxes     Type = "mailboxes"
	Users         Type = "users"
	ProjectSites  Type = "project-sites"
	PublicFolders Type = "public-folders"
)

// Types lists them in the order of the form.
var Types = []Type{Sites, OneDrive, Groups, Teams, Mailboxes, Users, ProjectSites, PublicFolders}

// Known reports whether there is such a type.
func (t Type) Known() bool { return slices.Contains(Types, t) }

// Title is the type as people see it.
func (t Type) Title() string {
	switch t {
	case Sites:
		return "SharePoint sites"
	case OneDrive:
		return "OneDrive"
	case Groups:
		return "Microsoft 365 Groups"
	case Teams:
		return "Microsoft Teams"
	case Mailboxes:
		return "Exchange mailboxes"
	case Users:
		return "Microsoft 365 users"
	case ProjectSites:
		return "Project sites"
	default:
		return "Exchange public folders"
	}
}

// One is a single object of the type, in a word or two.
func (t Type) One() string {
	switch t {
	case Sites:
		return "Site"
	case OneDrive:
		return "OneDrive"
	case Groups:
		return "Group"
	case Teams:
		return "Team"
	case Mailboxes:
		return "Mailbox"
	case Users:
		return "User"
	case ProjectSites:
		return "Project site"
	default:
		return "Public folder"
	}
}

// Class is the object class that objects of the type count for (R45), and whose pool is registered on them. Users count for none: what is
// done for them is done at their mailboxes and OneDrives.
func (t Type) Class() (pool.Class, bool) {
	switch t {
	case Sites, OneDrive, Groups, Teams, Mailboxes:
		return pool.Sites, true
	case ProjectSites:
		return pool.Project, true
	case PublicFolders:
		return pool.PublicFolders, true
	default:
		return "", false
	}
}

// Registered reports whether objects of the type are sites, of which the pool's group becomes site collection administrator (R51).
func (t Type) Registered() bool { return t == Sites || t == OneDrive || t == ProjectSites }

// Limit says what cannot be read of a type by a method, a sentence for beside the choice; empty where all of it can.
func (t Type) Limit(m Method) string {
	switch {
	case t == PublicFolders:
		return "Microsoft offers no interface that lists public folders to apps, so they are not counted. Enter their number on the account pool page."
	case t == ProjectSites && m == ByApp:
		return "An app profile can't tell Project sites from other sites. Use a service account, or let them be found as SharePoint sites."
	case t == ProjectSites:
		return "Microsoft retired Project Online on September 30, 2026. Sites that are still there are found."
	case t == Sites && m == ByAccount, t == OneDrive && m == ByAccount:
		return "The account needs the SharePoint Administrator role."
	}
	return ""
}

// Readable reports whether objects of the type can be found by the method at all.
func (t Type) Readable(m Method) bool {
	return t != PublicFolders && (t != ProjectSites || m == ByAccount)
}

// ObjectID names an object that was found, of any tenant. Ids sort in the order in which objects were first seen.
type ObjectID int64

// Object is something of a tenant that a scan found (R53).
type Object struct {
	ID      ObjectID
	Tenant  tenant.ID
	Type    Type
	Key     string // its id at Microsoft, which stays when it is renamed
	Name    string
	Address string // a URL, or a mail address; empty where it has none
	First   time.Time
	Last    time.Time // seen, in the last scan that read it
	Gone    time.Time // when a scan did not find it any more; zero: it is there
	Site    Site      // of a site: what registration needs; zero otherwise
	Grant   Grant     // of a site: whether the pool's group is its administrator
}

// Found is an object as a page brings it.
type Found struct {
	Key     string
	Name    string
	Address string
	Site    Site
}

// Site is what is known of a site collection beside its name.
type Site struct {
	ID       string // of the site collection, by which its administrators are asked for; the Key of a site is this
	Locked   string // "NoAccess", "ReadOnly"; empty: it is not
	Archived bool
}

// Open reports whether administrators can be set.
func (s Site) Open() bool { return s.Locked == "" && !s.Archived }

// Grant is what is known of the pool's group at a site.
type Grant struct {
	State  GrantState
	Group  string // its id
	Reason string // the Code of what stood in the way
	At     time.Time
}

// GrantState is whether a group is administrator of a site.
type GrantState string

// The states of grants.
const (
	NotGranted GrantState = ""        // nobody has tried
	Granted    GrantState = "granted" // and read back
	Refused    GrantState = "refused" // tried, for the next scan to try again
	Left       GrantState = "left"    // not tried, because the site is locked or archived
)

// Count is how many objects of a type there are now.
type Count struct {
	Type Type
	N    int
	At   time.Time // when a scan last read the type to its end
}

// Objects adds up those of a class (R45); at is the oldest moment of a reading among them, zero where no type of the class was read.
func Objects(counts []Count, class pool.Class) (n int, at time.Time) {
	for _, c := range counts {
		if of, counted := c.Type.Class(); !counted || of != class || c.At.IsZero() {
			continue
		}
		n += c.N
		if at.IsZero() || c.At.Before(at) {
			at = c.At
		}
	}
	return n, at
}
