package notify

import (
	"context"
	"errors"
	"time"

	"purser.example/internal/audit"
	"purser.example/internal/event"
	"purser.example/internal/tenant"
)

// Errors of stores.
var (
	ErrGone    = errors.New("notify: not there, or no longer")
	ErrChanged = errors.New("notify: changed meanwhile")
	ErrTaken   = errors.New("notify: another one has the name")
)

// Topic is what belongs together for one contact, and becomes one message: events of one kind, tenant and cause; or whatever the digest of
// the morning has.
type Topic struct {
	Kind    event.Kind
	Tenant  tenant.ID
	Cause   string
	Morning bool
	Minute  int    // of the digest; it may change
	Zone    string // of the digest; it may change
}

// Bundle is a topic with what waits to be told of it.
type Bundle struct {
	No      int64
	Contact ContactID
	Topic
	Began    time.Time // of the storm: when the first of its events came
	Waiting  time.Time // since when something waits
	Last     time.Time // when the last event came
	Due      time.Time // when what waits is told; zero: nothing waits
	Sent     time.Time // when something was told last; zero: never
	Told     int       // events of the storm that were told
	Messages int       // in so many messages
}

// Parcel is an event on its way to a contact.
type Parcel struct {
	Event   int64
	Contact ContactID
	Topic   Topic
}

// Routing is what becomes of some events.
type Routing struct {
	Events    []int64 // all of them: they are not looked at again
	Parcels   []Parcel
	Recovered []event.Object // what was acknowledged of these holds no longer
}

// Heap is how many events of a bundle are alike, with the first of them.
type Heap struct {
	Kind   event.Kind
	Tenant tenant.ID
	Cause  string
	N      int
	First  []event.Event
}

// State is where a letter stands.
type State string

// The states.
const (
	Waiting State = "waiting"
	Sending State = "sending"
	Sent    State = "sent"
	Dead    State = "dead" // it was given up; somebody may send it again
)

// LetterID is the same at each attempt.
type LetterID string

// Letter is a message on its way to one address.
type Letter struct {
	ID      LetterID
	Contact ContactID
	Called  string // the contact's name at that time
	Way     Way    // Mail, also where the contact is a role
	Mail    string // the address of a mail
	Message Message
	State   State
	Tries   int
	Unsure  bool // an attempt may have arrived
	Made    time.Time
	Next    time.Time // of one that waits
	Ended   time.Time // of one that is sent or dead
	Reason  string    // why the last attempt failed, a sentence; empty: it didn't
}

// Attempted is what came of an attempt.
type Attempted struct {
	State  State     // Sent, Dead, or Waiting for another one
	At     time.Time // when it ended
	Next   time.Time
	Unsure bool
	Cut    bool // Purser was stopped meanwhile: it doesn't count
	Reason string
}

// LetterQuery asks for letters, the newest first.
type LetterQuery struct {
	State State // empty: all
	After string
	Limit int
}

// LetterPage is some of the letters.
type LetterPage struct {
	Rows []Letter
	Next string
}

// Mark says that somebody knows that something is broken.
type Mark struct {
	Object       event.Object
	Acknowledged bool      // until it works again
	Until        time.Time // snoozed until then; zero: it isn't
	Because      string
	By           string
	At           time.Time
}

// Figures are how many letters there are.
type Figures struct {
	Waiting int
	Oldest  time.Time // of those that wait; zero: none
	Dead    int
}

// Store keeps whom people want told of what, and what is on its way to them. What somebody decides is written together with its entry in the
// activity log, all or nothing. Package storetest holds a store to what is promised here.
type Store interface {
	// Written changes with each write, so that nobody looks while nothing happens.
	Written() uint64

	// Rules and Contacts give all, by name; there are few.
	Rules(ctx context.Context) ([]Rule, error)
	Contacts(ctx context.Context) ([]Contact, error)
	// Contact gives one with what is sealed; ErrGone.
	Contact(ctx context.Context, id ContactID) (KeptContact, error)
	// SaveRule and SaveContact store one over the version given, 0 for a new one. They return ErrChanged, ErrGone or ErrTaken. What is nil of a
	// contact's sealed values stays.
	SaveRule(ctx context.Context, r Rule, over int64, e audit.Entry) error
	SaveContact(ctx context.Context, c KeptContact, over int64, e audit.Entry) error
	RemoveRule(ctx context.Context, id RuleID, version int64, e audit.Entry) error
	// RemoveContact also drops what waits for it; letters stay.
	RemoveContact(ctx context.Context, id ContactID, version int64, e audit.Entry) error
	// DropFormer removes former keys that hold no longer.
	DropFormer(ctx context.Context, now time.Time) error

	// Untold gives events that nobody has looked at, the oldest first.
	Untold(ctx context.Context, limit int) ([]event.Stored, error)
	// Route stores what becomes of events, all or nothing. hold says of each bundle that gets something when it is told.
	Route(ctx context.Context, r Routing, hold func(Bundle) Bundle) error
	// DueBundles gives bundles that are due at a time, or after another one, for those of the morning a third: no bundle is put off so far.
	DueBundles(ctx context.Context, now, beyond, morning time.Time, limit int) ([]Bundle, error)
	// Postpone says when a bundle is told instead.
	Postpone(ctx context.Context, no int64, due time.Time) error
	// Heaps gives what waits in a bundle, the largest heap first, how much that is in all, and the number of the last event of it.
	Heaps(ctx context.Context, no int64, heaps, things int) (list []Heap, n int, through int64, err error)
	// Post takes from a bundle what waits up to an event, stores the bundle as it is now, and its letters, all or nothing. What came
	// meanwhile waits on.
	Post(ctx context.Context, b Bundle, through int64, letters []Letter) error
	// Next is when the first bundle or letter is due; zero: nothing waits.
	Next(ctx context.Context) (time.Time, error)

	// Ready gives letters whose next attempt is due at a time, or after another one, which is further off than any attempt is put off.
	Ready(ctx context.Context, now, beyond time.Time, limit int) ([]Letter, error)
	// Take begins an attempt, and counts it. It returns ErrChanged where the letter does not wait.
	Take(ctx context.Context, id LetterID) error
	// Attempted stores what came of it, also of the contact.
	Attempted(ctx context.Context, l Letter, a Attempted) error
	// Recover makes wait again what was being sent when a former process ended. It may have arrived.
	Recover(ctx context.Context, now time.Time) (n int, err error)
	// Letters gives a page; Letter one, or ErrGone.
	Letters(ctx context.Context, q LetterQuery) (LetterPage, error)
	Letter(ctx context.Context, id LetterID) (Letter, error)
	// Again makes a dead letter wait; ErrChanged where it isn't dead.
	Again(ctx context.Context, id LetterID, now time.Time, e audit.Entry) error
	// ForgetLetters removes letters that ended before a time, some at a time, and reports whether there may be more.
	ForgetLetters(ctx context.Context, s State, before time.Time, limit int) (more bool, err error)
	Figures(ctx context.Context) (Figures, error)
	// Note writes an entry that stands alone.
	Note(ctx context.Context, e audit.Entry) error

	// Marks gives those of some objects, by kind and id.
	Marks(ctx context.Context, objects []event.Object) ([]Mark, error)
	SetMark(ctx context.Context, m Mark, e audit.Entry) error
	RemoveMark(ctx context.Context, o event.Object, e audit.Entry) error
}
