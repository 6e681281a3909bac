package people

import (
	"context"
	"time"

	"purser.example/internal/audit"
	"purser.example/internal/tenant"
)

// Whom says by what a person is known.
type Whom struct {
	Issuer, Subject string
	Tenant          tenant.ID
	Object          string
	Addresses       []string // folded: by which somebody who was given a role may be waited for
}

// Arriving is what a sign-in is decided by.
type Arriving struct {
	Found     []Person // whom it may be of, those known by issuer and subject first, those by tenant and object then
	Namesakes []Person // others who were given a role and have an address of theirs
	Primary   bool     // there is a primary owner
}

// Standing is what a change is decided by. It is read in the transaction of the change.
type Standing struct {
	Actor   *Person  // who asks; nil where they are not known
	Rows    []Person // whom it is about, in the order in which they were asked for
	Enter   bool     // a Tenant Owner beside Rows has signed in here and is active
	Own     bool     // somebody beside Rows is a Tenant Owner, or will be as soon as they come
	Entered bool     // any Tenant Owner, of Rows or not, has signed in here and is active
	Primary *Person  // the primary owner; nil for none
}

// Outcome is what a change makes of it.
type Outcome struct {
	Kept    []Person // as they are from now on
	Removed []ID
	Shut    []ID // whose sessions end
	Told    []Notice
	Entries []audit.Entry
}

// Store keeps people.
type Store interface {
	// Known gives a person by issuer and subject, with their groups, or ErrNone. Every request asks.
	Known(ctx context.Context, issuer, subject string) (Person, error)
	// Find gives a person or group, with their groups, or ErrNone.
	Find(ctx context.Context, id ID) (Person, error)
	// List gives a page.
	List(ctx context.Context, q Query) (Page, error)
	// Arrive finds whom a sign-in may be of, and stores what decide makes of them, all or nothing. Nobody waits for who has come. The sessions
	// of those who are known by another subject from now on end; it gives their keys.
	Arrive(ctx context.Context, who Whom, decide func(Arriving) (Arrived, error)) (ended []string, err error)
	// Add is Change of those of some objects of a tenant who are listed, for adding the others.
	Add(ctx context.Context, actor Whom, t tenant.ID, objects []string, decide func(Standing) (Outcome, error)) error
	// Groups gives the groups of a tenant with a role, those that are deactivated too.
	Groups(ctx context.Context, t tenant.ID) ([]Person, error)
	// Waiting gives a few of those who wait for an answer, those who have waited longest first.
	Waiting(ctx context.Context) ([]Waiting, error)
	// Primary gives the primary owner, or ErrNone.
	Primary(ctx context.Context) (Person, error)
	// Notices gives what somebody has not put away, the newest first.
	Notices(ctx context.Context, id ID) ([]Notice, error)
	// Dismiss puts away what somebody was told up to a moment.
	Dismiss(ctx context.Context, id ID, through time.Time) error
	// Note writes an entry that stands alone.
	Note(ctx context.Context, e audit.Entry) error
	// Change reads what the change of some is decided by, and stores what decide makes of it, all or nothing. One that is gone is ErrNone.
	// It gives the keys of the sessions that ended.
	Change(ctx context.Context, actor Whom, issuer string, ids []ID, decide func(Standing) (Outcome, error)) (ended []string, err error)
}

// Arrived is what is stored of a sign-in.
type Arrived struct {
	Person  Person
	Gone    []ID // others that the person was found as
	Groups  []Membership
	Read    bool // Groups were read; otherwise those of before stay
	Entries []audit.Entry
}

// Notice is what somebody is to read of a hand-over until they put it away.
type Notice struct {
	For      ID
	At       time.Time
	From, To string // From is empty where there was no owner before
	By       string
}
