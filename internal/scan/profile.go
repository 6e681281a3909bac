package scan

import (
	"time"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/profile"
	"purser.example/internal/tenant"
)

// ProfileID names a scan profile; ids sort in the order in which they were made.
type ProfileID string

// Method is by what a scan gets into a tenant.
type Method string

// The methods (R50).
const (
	ByApp     Method = "app"     // the tenant's app profile; it reads, and registers nothing
	ByAccount Method = "account" // a service account profile; it reads, and registers the pool on sites (R51)
)

// Title is the method as people see it.
func (m Method) Title() string {
	if m == ByApp {
		return "App profile"
	}
	return "Service account"
}

// Profile is a scan profile: what of a tenant is looked for, by what, and when.
type Profile struct {
	ID          ProfileID
	Name        string // unique without regard to case
	Description string
	Tenant      tenant.ID // does not change (R52)
	Types       []Type    // in the order of Types; at least one. No other profile of the tenant has one of them
	Method      Method
	Account     profile.ID // of a service account profile, where the method is by account
	Schedule    Schedule
	Next        time.Time // when a scan begins by itself; zero: by hand only
	Version     int64
	Created     account.Stamp
	Modified    account.Stamp
}

func (p Profile) target() audit.Target {
	return audit.Target{Kind: "scan profile", ID: string(p.ID), Name: p.Name}
}

// The names of a profile's fields, as problems name them.
const (
	FieldName        = "name"
	FieldDescription = "description"
	FieldTenant      = "tenant"
	FieldTypes       = "types"
	FieldMethod      = "method"
	FieldAccount     = "account"
	FieldSchedule    = "schedule"
	FieldTime        = "time"
	FieldZone        = "zone"
)

// The actions of scan profiles and scans in the activity log.
const (
	Created       audit.Action = "scan profile created"
	Edited        audit.Action = "scan profile edited"
	Deleted       audit.Action = "scan profile deleted"
	Begun         audit.Action = "scan begun"
	SkippedEntry  audit.Action = "scan skipped"
	StopAsked     audit.Action = "scan stop requested"
	Ended         audit.Action = "scan ended"
	Exported      audit.Action = "objects exported"
	GrantsBegun   audit.Action = "site registration begun"
	GrantsStopped audit.Action = "site registration stopped"
	GrantsEnded   audit.Action = "site registration ended"
	GrantCut      audit.Action = "site registration interrupted"
	TermStore     audit.Action = "term store administrator added"
	TermStoreDone audit.Action = "term store administrator confirmed by hand"
)
