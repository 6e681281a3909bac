// Package pool keeps account pools: groups of Microsoft 365 whose members' accounts do the work of the cloud services, so that
// no single account is throttled (R40–R47).
//
// It owns the rules of a pool: which groups may be one, what each member needs, what Save checks and stores, what is in force
// until the next scan, and whether there are members enough. A pool is saved and in force in versions; nothing of a pool
// reaches a service before a scan brings the saved version into force (BringIntoForce). Members come in readings: what
// Microsoft said a group's members were at one moment. Passwords arrive as secret.Value, leave only for an attempt
// (internal/account), and are
// stored sealed. How rows look is internal/sqlite's business, how Microsoft is asked internal/microsoft's.
package pool

import (
	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/tenant"
)

// Class is an object class: a tab of the page, and a pool of its own in each tenant (R40).
type Class string

// The classes, by their value in addresses.
const (
	Sites         Class = "sites"
	Project       Class = "project"
	PublicFolders Class = "public-folders"
)

// Classes lists them in the order of the tabs.
var Classes = []Class{Sites, Project, PublicFolders}

// Known reports whether there is such a class.
func (c Class) Known() bool { return c == Sites || c == Project || c == PublicFolders }

// Title is the class as people see it.
func (c Class) Title() string {
	switch c {
	case Project:
		return "Project Sites"
	case PublicFolders:
		return "Exchange Public Folders"
	default:
		return "Sites, Mailboxes, Groups, and Teams"
	}
}

// NeedsPasswords reports whether members need a stored password. Public folders are reached by impersonation.
func (c Class) NeedsPasswords() bool { return c != PublicFolders }

// Products lists the products whose licences matter for the class, as package verdict names them.
func (c Class) Products() []string {
	switch c {
	case Project:
		return []string{"Project Online"}
	case PublicFolders:
		return []string{"Exchange Online"}
	default:
		return []string{"SharePoint Online", "Exchange Online", "Microsoft Teams", "Microsoft Entra ID P1", "Microsoft Entra ID P2"}
	}
}

// Key names a pool.
type Key struct {
	Tenant tenant.ID
	Class  Class
}

// Pool is what is saved of a pool, and what is in force of it. One that nobody has saved yet has version 0.
type Pool struct {
	Key
	Version         // as saved
	Objects int     // how many objects there are, as somebody typed it; 0: not known (R45)
	Counted Counted // how many the last scans found
	InForce Version // its Number is 0 while no scan has brought any version into force
}

// Version is a pool as somebody saved it.
type Version struct {
	Number   int64     // grows with each Save
	Group    Group     // zero: none
	Reading  ReadingID // the members
	Members  int
	AdminURL string        // custom SharePoint admin center; empty: the default
	By       account.Stamp // for the version in force: when it came into force, and what brought it
}

// Group is a group of Microsoft 365.
type Group struct {
	ID      string
	Name    string
	Mail    string // empty for security groups
	Kind    GroupKind
	Dynamic bool   // its members follow a rule, so that nobody can add one by hand
	Rule    string // of a dynamic group
	Team    bool
	Hidden  bool `json:",omitempty"` // Microsoft shows its members to those only who may see hidden membership
}

// GroupKind is what sort of group it is.
type GroupKind string

// The kinds of groups. A distribution list cannot be a pool.
const (
	Microsoft365        GroupKind = "microsoft365"
	MailEnabledSecurity GroupKind = "mail-enabled-security"
	Security            GroupKind = "security"
	Distribution        GroupKind = "distribution"
)

// Title is the kind as people see it.
func (k GroupKind) Title() string {
	switch k {
	case Microsoft365:
		return "Microsoft 365 Group"
	case MailEnabledSecurity:
		return "Mail-enabled security group"
	case Security:
		return "Security group"
	default:
		return "Distribution list"
	}
}

// Usable reports whether such a group can be a pool.
func (k GroupKind) Usable() bool {
	return k == Microsoft365 || k == MailEnabledSecurity || k == Security
}

// The actions of this package in the activity log.
const (
	SecretUsed     audit.Action = "app profile used to read the tenant"
	ReadingBegun   audit.Action = "pool members reading begun"
	ReadingEnded   audit.Action = "pool members reading ended"
	Changed        audit.Action = "pool changed"
	Cleared        audit.Action = "pool cleared"
	CheckBegun     audit.Action = "pool password check begun"
	CheckCancelled audit.Action = "pool password check cancelled"
	CheckEnded     audit.Action = "pool password check ended"
	PasswordBegun  audit.Action = "pool password validation begun"
	PasswordEnded  audit.Action = "pool password validation ended"
	MemberChanged  audit.Action = "pool member changed"
	CutOff         audit.Action = "pool password validation interrupted"
	CameIntoForce  audit.Action = "pool came into force"
)
