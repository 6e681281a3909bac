// Package activity reads the activity log for people (R63): it finds entries, tells each in a sentence, and shows what a change changed.
//
// Package audit owns entries and their chain; this package changes neither. An entry of an action that it doesn't know, such as one that a newer
// Purser wrote, is told as it stands.
package activity

import (
	"context"
	"sync"
	"time"

	"github.com/google/uuid"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/run"
)

// PageSize is how many entries a page has.
const PageSize = 50

// Result is what came of what an entry tells.
type Result string

// The results, in the order in which people choose one.
const (
	Done    Result = "done"
	Begun   Result = "begun"
	Failed  Result = "failed"
	Refused Result = "refused"
)

// Results are all of them.
var Results = []Result{Done, Begun, Failed, Refused}

// Title is the result as people see it.
func (r Result) Title() string {
	switch r {
	case Begun:
		return "Started"
	case Failed:
		return "Failed"
	case Refused:
		return "Refused"
	default:
		return "Done"
	}
}

// Known reports whether it is one of Results.
func (r Result) Known() bool {
	for _, known := range Results {
		if r == known {
			return true
		}
	}
	return false
}

// Entry is an entry in its place, with what is worked out of it.
type Entry struct {
	audit.Link
	Result Result
	Tenant string // the id; empty where it is about none
}

// Query is a view of the log, the newest entries first. What is empty filters nothing.
type Query struct {
	From, To time.Time // To is not part of it
	Person   string    // part of a name or sign-in
	Action   string
	Object   string // the beginning of a name, or a whole id
	Result   Result
	Tenant   string

	After, Before string // a place that a Page gave
	Limit         int    // PageSize unless set
}

// Page is a part of a view.
type Page struct {
	Entries        []Entry
	Previous, Next string    // places; empty at an end
	LookedBackTo   time.Time // where nothing more was found so far, and older entries are yet to be looked at; zero: the page is full, or the end
	TooMany        string    // the filter, "person" or "object", that fits more names than can be looked for at once; only the first of them are shown
}

// Day is how many entries each hour of a day has, in UTC.
type Day struct {
	Date  time.Time
	Hours [24]Hour
}

// Hour is a part of a Day.
type Hour struct{ Entries, Failed int }

// Total adds the hours up.
func (d Day) Total() (total Hour) {
	for _, h := range d.Hours {
		total.Entries, total.Failed = total.Entries+h.Entries, total.Failed+h.Failed
	}
	return total
}

// Store finds entries.
type Store interface {
	Find(ctx context.Context, q Query) (Page, error)
	// Entry gives one by its number, or a problem of kind NotFound.
	Entry(ctx context.Context, seq int64) (Entry, error)
	Day(ctx context.Context, date time.Time) (Day, error)
	// Actions are those that the log has.
	Actions(ctx context.Context) ([]audit.Action, error)
	// Extent is how many entries there are, and when the newest was written; zero for none.
	Extent(ctx context.Context) (entries int, newest time.Time, err error)
}

// Service reads the log for those who may (R3).
type Service struct {
	store         Store
	verifications Verifications
	lines         Lines
	receivers     func(context.Context) ([]Receiver, error)
	shifts        *run.Shifts
	now           func() time.Time

	mu       sync.Mutex
	progress map[VerificationID]progress
}

// Parts are what a Service is made of.
type Parts struct {
	Store         Store
	Verifications Verifications
	Lines         Lines
	Receivers     func(context.Context) ([]Receiver, error) // where the log is shipped to
	Shifts        *run.Shifts
	Now           func() time.Time
}

// NewService reads from a store.
func NewService(p Parts) *Service {
	return &Service{store: p.Store, verifications: p.Verifications, lines: p.Lines, receivers: p.Receivers, shifts: p.Shifts, now: p.Now, progress: map[VerificationID]progress{}}
}

// Receiver is where the log is shipped to as it is written.
type Receiver struct {
	Name    string
	Seq     int64     // the last entry that it took
	Failing time.Time // since when it takes none; zero: it does
	Reason  string
}

// Receivers are where the log is shipped to.
func (s *Service) Receivers(ctx context.Context, caller access.Caller) ([]Receiver, error) {
	if err := access.Require(caller, access.ReadActivity); err != nil {
		return nil, err
	}
	return s.receivers(ctx)
}

func (s *Service) newID() string { return uuid.Must(uuid.NewV7()).String() }

// Find gives a page of a view.
func (s *Service) Find(ctx context.Context, caller access.Caller, q Query) (Page, error) {
	if err := access.Require(caller, access.ReadActivity); err != nil {
		return Page{}, err
	}
	if q.Limit <= 0 {
		q.Limit = PageSize
	}
	return s.store.Find(ctx, q)
}

// Entry gives one entry by its number.
func (s *Service) Entry(ctx context.Context, caller access.Caller, seq int64) (Entry, error) {
	if err := access.Require(caller, access.ReadActivity); err != nil {
		return Entry{}, err
	}
	return s.store.Entry(ctx, seq)
}

// Day counts the entries of a day.
func (s *Service) Day(ctx context.Context, caller access.Caller, date time.Time) (Day, error) {
	if err := access.Require(caller, access.ReadActivity); err != nil {
		return Day{}, err
	}
	return s.store.Day(ctx, date)
}

// Extent says how many entries the log has, and when the newest was written.
func (s *Service) Extent(ctx context.Context, caller access.Caller) (int, time.Time, error) {
	if err := access.Require(caller, access.ReadActivity); err != nil {
		return 0, time.Time{}, err
	}
	return s.store.Extent(ctx)
}

// Actions are those that the log has, to choose one.
func (s *Service) Actions(ctx context.Context, caller access.Caller) ([]audit.Action, error) {
	if err := access.Require(caller, access.ReadActivity); err != nil {
		return nil, err
	}
	return s.store.Actions(ctx)
}
