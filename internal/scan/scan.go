package scan

import (
	"time"

	"purser.example/internal/audit"
	"purser.example/internal/run"
	"purser.example/internal/tenant"
)

// ID names a scan; ids sort in the order in which scans were made.
type ID string

// Scan is one scan of a profile. What it was made of is kept, because the profile may be another one when somebody reads of it.
type Scan struct {
	ID       ID
	Profile  ProfileID
	Name     string // of the profile
	Tenant   tenant.ID
	Method   Method
	By       string // the username or the app profile by which it reads; empty before anything was opened
	Attended bool   // a person began it; otherwise its daily time came
	Actor    audit.Actor
	Origin   audit.Origin
	State    State
	Code     Code // why it failed, was skipped or has an exception; empty for nothing
	Detail   string
	Begun    time.Time
	Ended    time.Time // zero while it goes on
	Rests    time.Time // until when Microsoft asked it to wait, of one that goes on in this process; zero: it did not
	Grants   run.ID    // the run that registers the sites; empty for none
	Sections []Section // by type, in the order of Types
}

// Who is who began the scan, as they were called then.
func (s Scan) Who() string { return s.Actor.Caller().Called() }

// Section is what a scan has of one type.
type Section struct {
	Type   Type
	State  SectionState
	Found  int    // objects that are there
	New    int    // of them, never seen before
	Gone   int    // that were there before, and are not any more
	Failed int    // that could not be read, or have a warning
	Code   Code   // why it could not be read
	Detail string // what Microsoft said to that: a code such as "HTTP 403"
	Begun  time.Time
	Ended  time.Time
	From   Cursor // where the next page begins; not told in lists
}

// Cursor is where a list goes on, as its Source writes it. Empty is the beginning.
type Cursor string

// SectionState is how far a scan is with one type.
type SectionState string

// The states of sections.
const (
	SectionWaiting    SectionState = "waiting"
	SectionReading    SectionState = "reading"
	SectionRead       SectionState = "read"       // to its end
	SectionUnreadable SectionState = "unreadable" // the method cannot read this type
	SectionFailed     SectionState = "failed"     // for the Code; what was found before stands
	SectionStopped    SectionState = "stopped"
)

// Over reports whether nothing more happens to the section.
func (s SectionState) Over() bool { return s != SectionWaiting && s != SectionReading }

// State is how far a scan is.
type State string

// The states of scans (R50).
const (
	Waiting     State = "waiting"
	Running     State = "running"
	Registering State = "registering" // everything is read; the pool's group is being made administrator
	Stopping    State = "stopping"
	Finished    State = "finished"
	Exception   State = "exception"
	Failed      State = "failed"
	Stopped     State = "stopped"
	Skipped     State = "skipped"
)

// Over reports whether nothing of the scan happens any more.
func (s State) Over() bool {
	return s == Finished || s == Exception || s == Failed || s == Stopped || s == Skipped
}

// Title is the state as people see it.
func (s State) Title() string {
	switch s {
	case Waiting:
		return "Waiting"
	case Running, Registering:
		return "Running"
	case Stopping:
		return "Stopping"
	case Finished:
		return "Finished"
	case Exception:
		return "Finished with exception"
	case Failed:
		return "Failed"
	case Stopped:
		return "Stopped"
	default:
		return "Skipped"
	}
}

// Warning is something about one object that a scan could not settle.
type Warning struct {
	Type    Type
	Key     string
	Name    string
	Address string
	Code    Code
	Detail  string
}

// maxWarnings is how many of them a scan keeps; Section.Failed counts on.
const maxWarnings = 1000
