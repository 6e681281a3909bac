// Package pool keeps account pools: groups of Microsoft 365 whose members' accounts do the work of the cloud services, so that
// no single account is throttled (R40–R47).
//
// It owns the rules of a pool: which groups may be one, what each member needs, what Save checks and stores, what is in force
// until the next scan, and whether there are members enough. A pool is saved and in force in versions; nothing of a pool
// reaches a service before a scan brings the saved version into force (BringIntoForce). Members come in readings: what
// Microsoft said a group's members were at one moment. Passwords arrive as secret.Value, leave only for the Validator, and are
// stored sealed. How rows look is internal/sqlite's business, how Microsoft is asked internal/microsoft's.
package pool

import (
	"time"

	"purser.example/internal/audit"
	"purser.example/internal/profile"
	"purser.example/internal/secret"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
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
	InForce Version // its Number is 0 while no scan has brought any version into force
}

// Version is a pool as somebody saved it.
type Version struct {
	Number   int64     // grows with each Save
	Group    Group     // zero: none
	Reading  ReadingID // the members
	Members  int
	AdminURL string        // custom SharePoint admin center; empty: the default
	By       profile.Stamp // for the version in force: when it came into force, and what brought it
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

// ReadingID names a reading; ids sort in the order in which readings were begun.
type ReadingID string

// Reading is what Microsoft said the members of a group are. It grows while it goes on, and stays as it is afterwards.
type Reading struct {
	ID      ReadingID
	Key     Key
	Group   Group
	State   ReadingState
	Failure string // a sentence for the person, where State is ReadingFailed
	Actor   audit.Actor
	Origin  audit.Origin
	Begun   time.Time
	Ended   time.Time // zero while it goes on
	Counts  Counts
}

// ReadingState is how far a reading is.
type ReadingState string

// The states of a reading.
const (
	ReadingRuns   ReadingState = "reading"
	ReadingDone   ReadingState = "done"
	ReadingFailed ReadingState = "failed" // what was read so far is shown, and cannot be saved
)

// Counts are how many members a reading has by standing, and how many other objects the group holds.
type Counts struct {
	Members   int // users that can be members of the pool
	LeftOut   int // guests, devices, service principals, contacts, nested groups themselves
	MFA       int // members with Enable MFA on
	Standings map[Standing]int
}

// InOrder counts the members that can be used, those whose app password nobody can check among them.
func (c Counts) InOrder() int { return c.Standings[Ready] + c.Standings[Unverified] }

// Trouble counts the members that somebody has to do something about.
func (c Counts) Trouble() int { return c.Members - c.InOrder() - c.Standings[Checking] }

// UserID is a user's object id at Microsoft.
type UserID string

// Member is a user in a reading, together with what Purser keeps of the account for this pool.
type Member struct {
	User     UserID
	Name     string
	Username string
	Enabled  bool     // sign-in is allowed
	Nested   bool     // a member through a nested group only
	Products []string // licensed for, as far as it matters for the class
	Unread   bool     // Microsoft did not let the name and the licences be read

	MFA         bool // Enable MFA: the account signs in with an app password
	Password    bool // one is stored
	AppPassword bool
	Standing    Standing
	Verdict     *verdict.Verdict // of the stored password; nil: never checked
	Failed      *verdict.Verdict // of a later password that was not stored; nil: none
	Checked     time.Time        // when the verdict to be shown was given
	Set         profile.Stamp    // when what is stored was stored

	// Profile is the service account profile with this account: it is used for managing operations and for
	// application-level jobs too. Empty for none.
	Profile     profile.ID
	ProfileName string
}

// Standing is where a member stands, in one word.
type Standing string

// The standings. Ready and Unverified are in order, Checking will be decided soon, the others need attention.
const (
	Ready      Standing = "ready"       // Microsoft accepted the password, or the class needs none
	Unverified Standing = "unverified"  // an app password is stored; legacy authentication cannot be verified
	Checking   Standing = "checking"    // a new password waits for its check
	NoPassword Standing = "no-password" // none is stored, of the kind that Enable MFA asks for
	Refused    Standing = "refused"     // Microsoft refused the last password; what was stored before still is
	NotReached Standing = "not-reached" // nobody could tell, and the new password still waits
	Barred     Standing = "barred"      // MFA comes from conditional access, so the account cannot join the pool
	Disabled   Standing = "disabled"    // sign-in is blocked
)

// Standings lists them in the order of the page.
var Standings = []Standing{Ready, Unverified, Checking, NoPassword, Refused, NotReached, Barred, Disabled}

// InOrder reports whether such a member can be used.
func (s Standing) InOrder() bool { return s == Ready || s == Unverified }

// Filter narrows the members of a reading.
type Filter string

// The filters. Empty lists all.
const (
	NeedsAttention  Filter = "attention"
	WithoutPassword Filter = "no-password"
	WithMFA         Filter = "mfa"
	ServiceAccounts Filter = "service-account"
)

// PageSize is how many members a page holds.
const PageSize = 50

// Query is one page of the members of a reading.
type Query struct {
	Reading ReadingID
	Filter  Filter
	Text    string // looked for in name and username, in any case
	After   string
	Before  string // cursors of a Page; at most one of them
	Limit   int    // 0: PageSize
}

// Page is a part of the members, by name.
type Page struct {
	Rows     []Member
	Next     string // cursor for what follows; empty at the end
	Previous string
}

// Other is an object in the group that cannot be a member of the pool.
type Other struct {
	Kind OtherKind
	ID   string
	Name string // empty where Microsoft did not let it be read
}

// OtherKind is what sort of object it is.
type OtherKind string

// What else a group may hold.
const (
	Guest            OtherKind = "guest"
	Device           OtherKind = "device"
	ServicePrincipal OtherKind = "service-principal"
	Contact          OtherKind = "contact"
	NestedGroup      OtherKind = "group" // its members are listed, it is not
	Unknown          OtherKind = "unknown"
)

// Title is the kind as people see it.
func (k OtherKind) Title() string {
	switch k {
	case Guest:
		return "Guest"
	case Device:
		return "Device"
	case ServicePrincipal:
		return "Service principal"
	case Contact:
		return "Contact"
	case NestedGroup:
		return "Nested group"
	default:
		return "Other object"
	}
}

// Difference is what changed from one reading to a later one. The lists hold the first of each by name, at most Shown.
type Difference struct {
	Joined, Left, Disabled, Enabled     []Member
	JoinedN, LeftN, DisabledN, EnabledN int
}

// None reports whether nothing changed.
func (d Difference) None() bool { return d.JoinedN+d.LeftN+d.DisabledN+d.EnabledN == 0 }

// Shown is how many members each list of a Difference holds at most.
const Shown = 100

// Versions are the saved pool beside what is in force (R46).
type Versions struct {
	Pool     Pool
	Group    bool // the group is another one
	AdminURL bool
	Difference
}

// Same reports whether everything that is saved is in force. A Save that changes neither group nor members nor address, such as
// one of passwords, leaves nothing for a scan to bring.
func (v Versions) Same() bool {
	return !v.Group && !v.AdminURL && v.None()
}

// CheckID names a check of passwords; ids sort in the order in which checks were made.
type CheckID string

// Check is the check of the passwords that one Save brought (R43). It goes on behind the pages, has an address, survives a
// restart, and its result is kept. States and outcomes are those of a validation run.
type Check struct {
	ID     CheckID
	Key    Key
	Group  string // its name at that time
	Actor  audit.Actor
	Origin audit.Origin
	State  profile.RunState
	Begun  time.Time
	Ended  time.Time // zero while it goes on
	Total  int
	Counts map[profile.Outcome]int
}

// Done counts the passwords that have their outcome.
func (c Check) Done() int { return c.Total - c.Counts[profile.Waiting] - c.Counts[profile.Trying] }

// CheckItem is one password of a check. Its names are those of the time when the check was made.
type CheckItem struct {
	No       int
	User     UserID
	Name     string
	Username string
	Outcome  profile.Outcome
	Reason   profile.Reason   // set where there was no verdict
	Verdict  *verdict.Verdict // nil for none
	At       time.Time        // when the outcome was known; zero before
	Tries    int
	Kept     bool // the password still waits, so that Again can try it
}

// Replaced says that another password came for the member before this one had its turn.
const Replaced profile.Reason = "replaced"

// CheckQuery is one page of a check's items.
type CheckQuery struct {
	Check   CheckID
	Outcome profile.Outcome // empty: all
	After   int             // number of the item before the page; 0 for the first page
	Limit   int             // 0: PageSize
}

// Change is what somebody saves. Of the members only those that were touched need to be in it: the others stay as they are. AdminURL
// and Objects are as their fields show them, touched or not.
type Change struct {
	Key
	Seen     int64     // the version that the page showed
	Clear    bool      // remove the group, its members and all their passwords
	Reading  ReadingID // the members; empty: as saved
	AdminURL string
	Objects  int // 0: not known
	Members  []MemberChange
}

// MemberChange is a touched row of Group Users.
type MemberChange struct {
	User     UserID
	MFA      bool         // as the row shows it
	Password secret.Value // new: an app password where MFA is on; empty: as stored
	Forget   bool         // remove what is stored
}

// The names of a change's fields, as problems name them. A problem of a member's row is named FieldMember + "." + the user's id.
const (
	FieldGroup    = "group"
	FieldAdminURL = "admin_url"
	FieldObjects  = "objects"
	FieldMember   = "member"
)

// Saved is what a Save did.
type Saved struct {
	Pool         Pool
	GroupChanged bool    // recommend to rerun the scan (R46)
	Check        CheckID // of the new passwords; empty for none
	Checking     int     // how many
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
