package profile

import (
	"context"
	"time"

	"purser.example/internal/audit"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

// RunID names a validation run; ids sort in the order in which runs were made.
type RunID string

// Run is a validation of many profiles that goes on behind the pages (R11): it has an address, survives a restart, and its
// result is kept.
type Run struct {
	ID        RunID
	Attended  bool        // a person began it and may wait for it; otherwise Purser did, and keeps to its etiquette
	Selection string      // what somebody chose, in words: "Selected by hand"
	Actor     audit.Actor // who began it
	Origin    audit.Origin
	State     RunState
	Begun     time.Time
	Ended     time.Time // zero while it goes on
	Total     int
	Counts    map[Outcome]int
}

// RunState is how far a run is.
type RunState string

// The states of a run. One that is being prepared has not been handed to the background work yet.
const (
	RunPreparing  RunState = "preparing"
	RunWaiting    RunState = "waiting"
	RunRunning    RunState = "running"
	RunCancelling RunState = "cancelling"
	RunCancelled  RunState = "cancelled"
	RunFinished   RunState = "finished"
)

// Over reports whether nothing of the run happens any more.
func (s RunState) Over() bool { return s == RunFinished || s == RunCancelled }

// Done counts the profiles that have their outcome.
func (r Run) Done() int { return r.Total - r.Counts[Waiting] - r.Counts[Trying] }

// Item is one profile of a run. Its names are those of the time when the run was made, because the profile may be gone when
// somebody reads the result.
type Item struct {
	No       int
	Profile  ID
	Name     string
	Username string
	Tenant   tenant.ID
	Outcome  Outcome
	Reason   Reason         // set where there was no verdict
	Status   verdict.Status // of the verdict; empty for none
	Code     string
	At       time.Time // when the outcome was known; zero before
	Tries    int       // how often it was put off: Microsoft asked for it, somebody else had the account, or something failed
}

// Outcome is what became of one profile of a run.
type Outcome string

// The outcomes, from the beginning to the end of a profile's way through a run.
const (
	Waiting     Outcome = "waiting"     // its turn has not come
	Trying      Outcome = "trying"      // the password may be on its way to Microsoft
	Confirmed   Outcome = "confirmed"   // Microsoft accepted the account
	Rejected    Outcome = "rejected"    // Microsoft said what is wrong with the account
	NotReached  Outcome = "not-reached" // nobody could tell, so that the former status stands (R62)
	Skipped     Outcome = "skipped"     // not tried, for the Reason
	Interrupted Outcome = "interrupted" // its end is not known, mostly because Purser ended: it may have counted, and is not repeated
	Dropped     Outcome = "dropped"     // not tried, because somebody cancelled the run
)

// Outcomes lists them in the order of the page.
var Outcomes = []Outcome{Confirmed, Rejected, NotReached, Skipped, Interrupted, Dropped, Trying, Waiting}

// Reason says why a profile of a run was not tried.
type Reason string

// The reasons.
const (
	Parked   Reason = "parked"    // its password was refused before, and nobody has changed it since
	Locked   Reason = "locked"    // Microsoft locked the account a short while ago
	Shared   Reason = "shared"    // another profile has the same account, and its attempt in this run was not confirmed
	Busy     Reason = "busy"      // somebody else was validating the account all the time
	Gone     Reason = "gone"      // deleted meanwhile
	Classic  Reason = "classic"   // a classic MFA profile
	Already  Reason = "already"   // validated by somebody else since the run was made
	Outage   Reason = "outage"    // Microsoft answered nothing for this tenant for too long
	AppSetup Reason = "app-setup" // Microsoft refused the tenant's app registration again and again
	Often    Reason = "often"     // tried often enough in the last hour for what nobody waits for
	Budget   Reason = "budget"    // the tenant's share of what nobody waits for is used up for this hour
	Damaged  Reason = "damaged"   // something of ours failed; the log says what
)

// ItemQuery is one page of a run's items.
type ItemQuery struct {
	Run     RunID
	Outcome Outcome // empty: all
	After   int     // number of the item before the page; 0 for the first page
	Back    bool    // the items up to After instead, the last of them first
	Limit   int
}

// RunStore keeps validation runs. Each change is written together with its entries in the activity log, all or nothing.
type RunStore interface {
	// PrepareRun stores a run that is not handed over yet, AddItems appends to it, and HandOver gives it to the background
	// work in the same transaction that makes it wait.
	PrepareRun(ctx context.Context, r Run) error
	AddItems(ctx context.Context, id RunID, items []Item) error
	HandOver(ctx context.Context, id RunID, e audit.Entry) error

	// Run returns ErrGone for one that is not there.
	Run(ctx context.Context, id RunID) (Run, error)
	// Runs lists runs, newest first, those before the given one if it is set.
	Runs(ctx context.Context, before RunID, limit int) ([]Run, error)
	// ActiveRuns lists those that are not over, newest first.
	ActiveRuns(ctx context.Context) ([]Run, error)
	Items(ctx context.Context, q ItemQuery) ([]Item, error)

	// TakeUp makes a waiting run a running one, while nothing of it is under way: what seems to be tried has an end that nobody
	// stored, and is interrupted, each with an entry.
	TakeUp(ctx context.Context, id RunID, interrupted func(Item) audit.Entry) (Run, error)
	// Tenants lists those with waiting items, and WaitingItems the items of one, behind a number.
	Tenants(ctx context.Context, id RunID) ([]tenant.ID, error)
	WaitingItems(ctx context.Context, id RunID, t tenant.ID, after, limit int) ([]Item, error)
	// Try marks a waiting item as being tried, and counts the attempt as Store.Begin does. It returns ErrChanged for one that is
	// not waiting any more.
	Try(ctx context.Context, id RunID, no int, a AccountKey, e audit.Entry) error
	// Conclude stores the outcome of an item together with the verdict of its profile, as Store.Validated does.
	Conclude(ctx context.Context, id RunID, i Item, p Profile, v Validation, e audit.Entry) error
	// Settle stores the outcome of a waiting item without a verdict; SettleAll does so for all that wait, of one tenant if it
	// is set.
	Settle(ctx context.Context, id RunID, i Item) error
	SettleAll(ctx context.Context, id RunID, t tenant.ID, o Outcome, why Reason, at time.Time) error
	// CancelRun asks a run to stop. It returns ErrChanged for one that is over.
	CancelRun(ctx context.Context, id RunID, e audit.Entry) error
	// EndRun stores that nothing more happens. It returns ErrChanged for one that is over.
	EndRun(ctx context.Context, id RunID, state RunState, e audit.Entry) error
}
