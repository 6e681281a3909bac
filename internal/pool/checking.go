package pool

import (
	"time"

	"purser.example/internal/audit"
	"purser.example/internal/profile"
	"purser.example/internal/verdict"
)

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
	Kept   bool // passwords wait for Again; not known in a list of checks
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
