package pool

import (
	"time"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/profile"
	"purser.example/internal/verdict"
)

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
	Unasked bool // a page began it by itself, so that no account is signed in with for it (X39)
}

// ReadHidden is the permission that shows the members of groups with hidden membership, for apps as for accounts.
const ReadHidden = "Member.Read.Hidden"

// Remark says what is remarkable about a list of members that was read, a few sentences; empty for nothing. An empty list is: where
// Microsoft hides members it lists none, and says nothing of it (X9).
func (r Reading) Remark() string {
	switch {
	case r.State == ReadingRuns || r.Counts.Members > 0:
		return ""
	case r.Group.Hidden:
		return "Microsoft 365 listed no members, because the membership of this group is hidden. To see them, grant Purser's app registration the permission " + ReadHidden + " with admin consent, then select Validate again."
	case r.Counts.LeftOut > 0:
		return "Nothing in this group can be a member of the pool."
	}
	return "Microsoft 365 listed no members. The group is empty, its members are hidden from Purser, or the list is late. Check the group in Microsoft 365, then select Validate again. To see hidden members, Purser needs the permission " + ReadHidden + "."
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

// InOrder counts the members that can be used, those whose app password waits for the next Save to be checked among them.
func (c Counts) InOrder() int { return c.Standings[Ready] + c.Standings[Unchecked] }

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
	Set         account.Stamp    // when what is stored was stored

	// Profile is the service account profile with this account: it is used for managing operations and for
	// application-level jobs too. Empty for none.
	Profile     profile.ID
	ProfileName string
}

// Standing is where a member stands, in one word.
type Standing string

// The standings. Ready and Unchecked are in order, Checking will be decided soon, the others need attention.
const (
	Ready      Standing = "ready"       // Microsoft accepted the password, or the class needs none
	Unchecked  Standing = "unverified"  // an app password is stored that no Purser has checked yet; the next Save does
	Checking   Standing = "checking"    // a new password waits for its check
	NoPassword Standing = "no-password" // none is stored, of the kind that Enable MFA asks for
	Refused    Standing = "refused"     // Microsoft refused the last password, and what was stored before still is; or the protocol of the stored one
	NotReached Standing = "not-reached" // nobody could tell, and the new password still waits
	Barred     Standing = "barred"      // MFA comes from conditional access, so the account cannot join the pool
	Disabled   Standing = "disabled"    // sign-in is blocked
)

// Standings lists them in the order of the page.
var Standings = []Standing{Ready, Unchecked, Checking, NoPassword, Refused, NotReached, Barred, Disabled}

// InOrder reports whether such a member can be used.
func (s Standing) InOrder() bool { return s == Ready || s == Unchecked }

// Filter narrows the members of a reading.
type Filter string

// The filters. Empty lists all.
const (
	NeedsAttention  Filter = "attention"
	WithoutPassword Filter = "no-password"
	WithMFA         Filter = "mfa"
	ServiceAccounts Filter = "service-account"
	WithUnchecked   Filter = "unchecked" // for a Save alone: no page offers it
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
	OddUsername      OtherKind = "odd-username" // an account whose username no sign-in can be made with
	Device           OtherKind = "device"
	ServicePrincipal OtherKind = "service-principal"
	Contact          OtherKind = "contact"
	NestedGroup      OtherKind = "group"        // its members are listed, it is not
	HiddenGroup      OtherKind = "hidden-group" // a nested group whose members Microsoft shows to those only who may see them
	Unknown          OtherKind = "unknown"
)

// Title is the kind as people see it.
func (k OtherKind) Title() string {
	switch k {
	case Guest:
		return "Guest"
	case OddUsername:
		return "Account with a username that can't be used"
	case Device:
		return "Device"
	case ServicePrincipal:
		return "Service principal"
	case Contact:
		return "Contact"
	case NestedGroup:
		return "Nested group"
	case HiddenGroup:
		return "Nested group with hidden membership"
	default:
		return "Other object"
	}
}
