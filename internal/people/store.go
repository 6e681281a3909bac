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
	// Arrive finds whom a sign-in may be of, by issuer and subject first and by tenant and object then, and stores what decide makes of
	// them: those that it no longer gives go, and their id is that of the first. All or nothing.
	Arrive(ctx context.Context, who Whom, decide func(found []Person, primary bool) (Arrived, error)) error
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
