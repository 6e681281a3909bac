package run

import (
	"context"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/tenant"
)

// Query is one page of runs, newest first.
type Query struct {
	Kind   string
	Scope  string
	Before ID // the run after which the page begins; empty for the first page
	Limit  int
}

// ItemQuery is one page of a run's items.
type ItemQuery struct {
	Run     ID
	Outcome Outcome // empty: all
	After   int     // number of the item before the page; 0 for the first page
	Back    bool    // the items up to After instead, the last of them first
	Limit   int     // 0: PageSize
}

// Store keeps runs. Each change is written together with its entries in the activity log, all or nothing. What a kind stores
// beside the outcome of an item goes with it: the outcome of one that was tried is stored by the kind's own store (Task.Store),
// and where this store settles one, it keeps the kind's rows in step. Package storetest holds a store to what is promised here.
type Store interface {
	// Prepare stores a run that is not handed over yet, AddItems appends to it, and HandOver gives it to the background work in
	// the same transaction that makes it wait. Drop forgets one that is still being prepared.
	Prepare(ctx context.Context, r Run) error
	AddItems(ctx context.Context, id ID, items []Item) error
	HandOver(ctx context.Context, r Run, e audit.Entry) error
	Drop(ctx context.Context, id ID) error

	// Run returns ErrGone for one that is not there.
	Run(ctx context.Context, id ID) (Run, error)
	Runs(ctx context.Context, q Query) ([]Run, error)
	// Active lists those of a kind that are not over, newest first; with no kind all of them.
	Active(ctx context.Context, kind string) ([]Run, error)
	Items(ctx context.Context, q ItemQuery) ([]Item, error)

	// TakeUp makes a queued run a running one, while nothing of it is under way: what seems to be tried has an end that nobody
	// stored, and is interrupted, each with an entry.
	TakeUp(ctx context.Context, id ID, interrupted func(Item) audit.Entry) (Run, error)
	// Tenants lists those with waiting items, and Waiting the items of one, behind a number.
	Tenants(ctx context.Context, id ID) ([]tenant.ID, error)
	Waiting(ctx context.Context, id ID, t tenant.ID, after, limit int) ([]Held, error)
	// Try marks a waiting item as being tried, and counts the attempt as account.Store.Begin does. It returns ErrChanged for one
	// that is not waiting any more, or whose value was replaced.
	Try(ctx context.Context, r Run, no int, k account.Key, e audit.Entry) error
	// Settle stores the outcome of a waiting item, which it is given whole, without a verdict, and returns ErrChanged where it does
	// not wait. SettleAll does so for all that wait, of one tenant if it is set. It may go in steps; what the end of the process
	// leaves between two, the next call settles.
	Settle(ctx context.Context, r Run, i Item) error
	SettleAll(ctx context.Context, r Run, t tenant.ID, o Outcome, why account.Reason, at time.Time) error
	// Rebind gives each item of a kind that holds a value the one that rebind makes of it, all or nothing.
	Rebind(ctx context.Context, kind string, rebind func(r Run, i Held) ([]byte, error)) error
	// Cancel asks a run to stop. It returns ErrChanged for one that is over or asked already.
	Cancel(ctx context.Context, id ID, e audit.Entry) error
	// End stores that nothing more happens. It returns ErrChanged for one that is over.
	End(ctx context.Context, id ID, s State, e audit.Entry) error
	// Reopen makes a run that is over wait again with those of its items whose values are still kept, and tells how many there
	// are; with none it changes nothing. It returns ErrChanged for one that is not over. It may go in steps, the last of which makes
	// the run wait; what the end of the process leaves between two, the next call opens.
	Reopen(ctx context.Context, r Run, e audit.Entry) (int, error)
}
