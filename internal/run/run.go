package run

import (
	"time"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

// ID names a run; ids sort in the order in which runs were made.
type ID string

// Run is work on many accounts that goes on behind the pages: it has an address, survives a restart, and its result is kept.
type Run struct {
	ID       ID
	Kind     string      // the Name of its Kind
	Scope    string      // what it belongs to, as its kind names it, such as a pool; empty for nothing
	Title    string      // what it is about, in words: "Selected profiles"
	Attended bool        // a person began it and may wait for it; otherwise Purser did, and keeps to its etiquette
	Holding  bool        // its items hold values that wait for their outcome
	Actor    audit.Actor // who began it
	Origin   audit.Origin
	State    State
	Begun    time.Time
	Ended    time.Time // zero while it goes on
	Total    int
	Counts   map[Outcome]int
	Kept     bool // values of items that are over still wait, so that Reopen can try them; not known in a list of runs
}

// State is how far a run is.
type State string

// The states of a run. One that is being prepared has not been handed to the background work yet.
const (
	Preparing  State = "preparing"
	Queued     State = "waiting"
	Running    State = "running"
	Cancelling State = "cancelling"
	Cancelled  State = "cancelled"
	Finished   State = "finished"
)

// Over reports whether nothing of the run happens any more.
func (s State) Over() bool { return s == Finished || s == Cancelled }

// Done counts the items that have their outcome.
func (r Run) Done() int { return r.Total - r.Counts[Waiting] - r.Counts[Trying] }

// By is who began the run, as they were called then.
func (r Run) By() string { return r.Actor.Caller().Called() }

// Item is one account of a run. Its names are those of the time when the run was made, because what it is about may be gone
// when somebody reads the result.
type Item struct {
	No       int
	Subject  string // the id of what it is about, as the kind has it
	Name     string
	Username string
	Tenant   tenant.ID
	Outcome  Outcome
	Reason   account.Reason   // set where there was no verdict
	Status   verdict.Status   // of the verdict; empty for none
	Code     string           // of the verdict
	Verdict  *verdict.Verdict // as far as the kind keeps it with the item; nil for none
	At       time.Time        // when the outcome was known; zero before
	Tries    int              // how often it was put off: Microsoft asked for it, somebody else had the account, or something failed
	Kept     bool             // its value still waits
}

// account is the key of the account that was in the item when the run was made.
func (i Item) account() account.Key { return account.KeyOf(i.Tenant, i.Username) }

// Held is an item together with its value, sealed for it.
type Held struct {
	Item
	Sealed []byte // nil where it holds none
	Note   string // what the kind wrote down for itself when the item was made; empty for nothing
}

// Outcome is what became of one item.
type Outcome string

// The outcomes, from the beginning to the end of an item's way through a run.
const (
	Waiting     Outcome = "waiting"     // its turn has not come
	Trying      Outcome = "trying"      // the password may be on its way to Microsoft
	Confirmed   Outcome = "confirmed"   // Microsoft accepted the account
	Warned      Outcome = "warned"      // Microsoft accepted the account, and something is short about it: a role, the time that is left, or a protocol
	Rejected    Outcome = "rejected"    // Microsoft said what is wrong with the account
	NotReached  Outcome = "not-reached" // nobody could tell, so that the former status stands (R62)
	Skipped     Outcome = "skipped"     // not tried, for the Reason
	Interrupted Outcome = "interrupted" // its end is not known, mostly because Purser ended: it may have counted, and is not repeated
	Dropped     Outcome = "dropped"     // not tried, because somebody cancelled the run
)

// Accepted reports whether Microsoft accepted what the item is about, be it with something to say.
func (o Outcome) Accepted() bool { return o == Confirmed || o == Warned }

// Outcomes lists them in the order of the page.
var Outcomes = []Outcome{Confirmed, Warned, Rejected, NotReached, Skipped, Interrupted, Dropped, Trying, Waiting}

// The reasons that lie with an item.
const (
	Gone     account.Reason = "gone"     // what it is about was removed meanwhile
	Shared   account.Reason = "shared"   // another item has the same account, and its attempt was not confirmed
	Replaced account.Reason = "replaced" // another value came before this one had its turn
	Damaged  account.Reason = "damaged"  // something of ours failed; the log says what
)

// Judge gives the outcome that a verdict usually means. Waiting: Microsoft asked to come back, and nothing was counted.
func Judge(v verdict.Verdict) Outcome {
	switch {
	case v.Valid():
		return Confirmed
	case v.Status.AboutAccount():
		return Rejected
	case v.MayRepeat():
		return Waiting
	default:
		return NotReached
	}
}
