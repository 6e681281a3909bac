// Package event is what happened that people want to be told of (R92): an account broke, a password is about to end, a scan failed.
//
// It owns what an event is, and what it is called. Who is told of one, how and when is for package notify; pages such as the bell and the
// Overview read events as they are. An event is not an entry of the activity log, which says who did what and is kept for ever: most events
// have nobody who did them, and they are kept for ninety days.
//
// # How to tell of one
//
// Whoever finds out that something happened makes an Event and has it stored:
//
//   - together with what happened, in the same transaction, all or nothing. The noun hands the event to its store beside the change, as it
//     does with an entry of the activity log, and the store calls Put of sqlite/events in its transaction;
//   - or by Book.Put, where there is nothing else to store, such as after a backup that failed.
//
// An event is told once, because its ID follows from what happened: the same ID is the same event, and storing it again does nothing. IDOf
// makes the ID of what tells this one from every other of its kind, such as the account and since when it is broken. A check that is
// repeated, by a restart or a clock that was put back, therefore tells nothing twice. Where the same thing may truly happen again, such as a
// scan that fails, its run belongs to the ID.
//
// Cause is what many events of one kind have in common when one thing brought them about; they become one message. It is read by people, and
// names neither an account nor a time. Account is the username where there is one: it stands there and in no other field, because not
// everybody who is told may see it. An event never holds a secret.
package event

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"time"

	"purser.example/internal/tenant"
)

// ID names an event. It follows from what happened.
type ID string

// Kind is what sort of thing happened.
type Kind string

// The kinds.
const (
	Broken        Kind = "account-broken"       // a health check found that an account no longer signs in
	Recovered     Kind = "account-recovered"    // an account that was broken signs in again
	StillBroken   Kind = "account-still-broken" // an account is broken for another week, and nobody said that they know
	Unreachable   Kind = "tenant-unreachable"   // for a whole night nobody could tell how the accounts of a tenant are
	Ending        Kind = "ending"               // a password, a credential or a certificate ends in 30, 14, 7 or 1 days
	Drifted       Kind = "drift"                // something about an account is not as it was
	RoleRequested Kind = "role-requested"       // somebody without a role asks for one
	ScanFailed    Kind = "scan-failed"          // a scan did not come to its end
	BackupFailed  Kind = "backup-failed"        // a scheduled backup was not made
	LogBroken     Kind = "log-broken"           // a verification found that the activity log was changed
	Retirement    Kind = "retirement"           // Microsoft is about to retire what Purser or an account uses
)

var titles = []struct {
	kind  Kind
	title string
}{
	{Broken, "Account stopped working"},
	{Recovered, "Account works again"},
	{StillBroken, "Account still doesn't work, told every week"},
	{Unreachable, "Tenant couldn't be checked"},
	{Ending, "Password, credential, or certificate ends soon"},
	{Drifted, "Account changed in Microsoft 365"},
	{RoleRequested, "Role requested"},
	{ScanFailed, "Scan failed"},
	{BackupFailed, "Backup failed"},
	{LogBroken, "Activity log altered"},
	{Retirement, "Microsoft retires a feature"},
}

// Kinds lists them all, in the order in which people are shown them.
func Kinds() []Kind {
	list := make([]Kind, len(titles))
	for i, row := range titles {
		list[i] = row.kind
	}
	return list
}

// Known reports whether the kind is one of those above.
func (k Kind) Known() bool { return slices.Contains(Kinds(), k) }

// Title is what people call the kind. One of a newer Purser stands as it is.
func (k Kind) Title() string {
	for _, row := range titles {
		if row.kind == k {
			return row.title
		}
	}
	return string(k)
}

// Object is what something happened to, as people call it at that time: it may be gone when that is read.
type Object struct {
	Kind string // "profile", "pool member", "app profile", "tenant", as in the activity log
	ID   string
	Name string // never a username
}

// Fact is something more that is known, in words.
type Fact struct {
	Name  string `json:"name"` // "Since"
	Value string `json:"value"`
}

// Event is something that happened.
type Event struct {
	ID      ID
	Kind    Kind
	Tenant  tenant.ID // empty: it concerns no tenant
	Object  Object
	Account string // the username; empty: none is concerned
	Cause   string // "Policy blocked (AADSTS53003)"
	At      time.Time
	Facts   []Fact
}

// Keep is how long events are kept. One that is older is not taken any more, so that none comes again that was removed.
const Keep = 90 * 24 * time.Hour

// IDOf is the ID of an event of a kind by what tells it from every other of that kind.
func IDOf(k Kind, parts ...string) ID {
	var text []byte
	for _, part := range append([]string{string(k)}, parts...) {
		text = append(binary.AppendUvarint(text, uint64(len(part))), part...)
	}
	sum := sha256.Sum256(text)
	return ID(hex.EncodeToString(sum[:16]))
}

// Book takes events that belong to no other change.
type Book interface {
	// Put stores events, all or none. Those that are stored already stay as they are.
	Put(ctx context.Context, events ...Event) error
}

// Stored is an event in its place.
type Stored struct {
	No int64 // in the order in which they were stored
	Event
}

// Query asks for events. The zero Query asks for the newest ones.
type Query struct {
	Since  time.Time // those that happened from then on
	Behind int64     // those that were stored after this number, such as the last one that somebody saw
	Tenant tenant.ID // empty: of all
	Kinds  []Kind    // none: all
	After  string    // a cursor of a Page
	Limit  int       // at most 200; 0: 50
}

// Page is some of the events that a Query asks for, newest first.
type Page struct {
	Rows []Stored
	Next string // the cursor of what follows; empty: nothing
}

// Store keeps events for those who read them. Package storetest holds a store to what is promised here.
type Store interface {
	Book
	// List gives a page of events, the newest first.
	List(ctx context.Context, q Query) (Page, error)
	// Count counts events up to a limit.
	Count(ctx context.Context, q Query, limit int) (int, error)
	// Newest is the number of the event that was stored last; 0: there was none.
	Newest(ctx context.Context) (int64, error)
	// Seen is up to which event somebody has seen what happened; 0: they never said. See says so, and never goes back.
	Seen(ctx context.Context, issuer, subject string) (no int64, err error)
	See(ctx context.Context, issuer, subject string, no int64) error
	// Forget removes events that happened before a time, some at a time, and reports whether there may be more.
	Forget(ctx context.Context, before time.Time, limit int) (more bool, err error)
}
