// Package profile keeps service account profiles, validated with Microsoft 365 and kept safe (R10–R20).
//
// It owns the rules of a profile: what may be typed, when Microsoft is asked, what a verdict changes, and who wins when two
// people edit. A password arrives as a secret.Value, leaves only for an attempt
// (internal/account), and is stored sealed. How rows look is
// internal/sqlite's business, how Microsoft is asked internal/microsoft's.
package profile

import (
	"time"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/secret"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

// ID names a profile; ids sort in the order in which profiles were made.
type ID string

// Kind tells common profiles from classic MFA profiles, which come from an import only (R30).
type Kind string

// The two kinds.
const (
	Common     Kind = "common"
	ClassicMFA Kind = "mfa"
)

// Kinds lists them.
var Kinds = []Kind{Common, ClassicMFA}

// Title is the kind as people see it.
func (k Kind) Title() string { return k.Brief() + " profile" }

// Brief is the kind where it is said already that profiles are meant.
func (k Kind) Brief() string {
	if k == ClassicMFA {
		return "Classic MFA"
	}
	return "Common"
}

// Profile is a service account profile without its password.
type Profile struct {
	ID          ID
	Kind        Kind
	Name        string
	Description string
	Tenant      tenant.ID
	Services    []string // ids of the catalogue, in its order
	Username    string
	// AdminCenterURL is the SharePoint Online admin center, in the form of tenant.CheckAdminURL; empty: the one that the tenant's name
	// gives it, which a classic MFA profile cannot go by (R32).
	AdminCenterURL string
	Version        int64 // grows with each edit; validations leave it alone
	Created        account.Stamp
	Modified       account.Stamp

	Status    verdict.Status
	Verdict   verdict.Verdict  // the last one that says something about the account
	Validated time.Time        // when that was; zero for never
	Failed    *verdict.Verdict // a later attempt that could not tell (R62); nil for none

	// Renewed are the account's other places that got its new password too. Only what Create and Update give has them.
	Renewed []account.Where
}

// Draft is a profile as somebody typed it.
type Draft struct {
	Name        string
	Description string
	Tenant      tenant.ID
	Services    []string
	Username    string
	Password    secret.Value
	Elsewhere   account.Choice // which other places of the account get the new password

	AdminCenterURL string // empty: the one that the tenant's name gives it
}

// Validation is one verdict in a profile's history.
type Validation struct {
	At      time.Time
	By      string
	Verdict verdict.Verdict
}

// PlaceKind is what a profile is among the places where passwords are kept.
const PlaceKind = "profile"

// The actions of this package in the activity log.
const (
	Created         audit.Action = "profile created"
	Changed         audit.Action = "profile changed"
	Deleted         audit.Action = "profile deleted"
	ValidationBegun audit.Action = "validation begun"
	ValidationEnded audit.Action = "validation ended"
)
