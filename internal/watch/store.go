package watch

import (
	"context"
	"errors"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/event"
	"purser.example/internal/tenant"
)

// ErrChanged is what a Store returns where a check is not due any more.
var ErrChanged = errors.New("watch: changed meanwhile")

// ErrGone is what a Store returns for a place that is not watched.
var ErrGone = errors.New("watch: not there, or no longer")

// Turn is the moment of a place in a night; the zero Due is none.
type Turn struct {
	No  int64
	Due time.Time
}

// Store keeps when accounts are checked, and what each check came to. What somebody decides is written together with its entry in the
// activity log, all or nothing. Package storetest holds a store to what is promised here.
type Store interface {
	// Plans gives the plan of every tenant with an app profile, by tenant; one that nobody chose has no Zone.
	Plans(ctx context.Context) ([]Plan, error)
	// Plan gives that of one tenant; the plan of a tenant that nobody chose one for has no Zone.
	Plan(ctx context.Context, t tenant.ID) (Plan, error)
	// SetPlan stores a plan. An empty entry is not written.
	SetPlan(ctx context.Context, p Plan, e *audit.Entry) error
	// Freeze turns checks off, and Resume on again.
	Freeze(ctx context.Context, s Scope, f Freeze, e audit.Entry) error
	Resume(ctx context.Context, s Scope, e audit.Entry) error
	// Frozen gives the freezes of these scopes that were stored, whether they hold or not.
	Frozen(ctx context.Context, scopes ...Scope) (map[Scope]Freeze, error)

	// Gather brings what is watched of a tenant in step with what is kept, some at a time, and reports whether there may be more to do.
	Gather(ctx context.Context, t tenant.ID, limit int) (more bool, err error)
	// Order lists the numbers of what is watched of a tenant, those first that were not checked for the longest time.
	Order(ctx context.Context, t tenant.ID) ([]int64, error)
	// Assign gives places their turns in a night, all or none.
	Assign(ctx context.Context, night time.Time, turns []Turn) error

	// Due gives the first place of each tenant whose turn has come.
	Due(ctx context.Context, now time.Time) ([]Watched, error)
	// Earliest is the first turn of all, whether it has come or not; zero: there is none.
	Earliest(ctx context.Context) (time.Time, error)
	// Take marks a place as being checked, so that a check whose end nobody sees is not repeated. It returns ErrChanged where the place is
	// not due as it was.
	Take(ctx context.Context, w Watched, at time.Time) error
	// Settle stores what a check came to, nil for nothing worth keeping, and when the place is asked again in the same night; zero: not.
	// The events that it tells of are stored with it, all or nothing. Of a place that is gone nothing is stored.
	Settle(ctx context.Context, no int64, c *Check, again time.Time, events ...event.Event) error
	// Forget removes a place that is gone, with its checks.
	Forget(ctx context.Context, no int64) error
	// Spent reports whether the account was tried at another place since the night began, and not confirmed.
	Spent(ctx context.Context, w Watched) (bool, error)
	// Unreached counts the places of a tenant that were checked since a time without that anybody could tell how their accounts are, and gives
	// what most of them came to. It counts none where a single account could be told of.
	Unreached(ctx context.Context, t tenant.ID, since time.Time) (n int, mostly Check, err error)
	// Interrupted settles the checks that were under way when a former process ended, each with the check given.
	Interrupted(ctx context.Context, c Check) (n int, err error)

	// Watched gives what is watched at a place; ErrGone.
	Watched(ctx context.Context, p account.Place) (Watched, error)
	// Checks gives those of a place from a time on, oldest first.
	Checks(ctx context.Context, no int64, since time.Time) ([]Check, error)
	// Compact removes checks before a time that say what the check before them said, some at a time, and reports whether there may be more.
	Compact(ctx context.Context, before time.Time, limit int) (more bool, err error)
	// Tally counts what is watched of a tenant by its last outcome, and PassedOver what was passed over by the reason of its last check. An
	// empty tenant is all of them. Both read what is kept, and count nothing at the time.
	Tally(ctx context.Context, t tenant.ID) (map[Outcome]int, error)
	PassedOver(ctx context.Context, t tenant.ID) (map[account.Reason]int, error)
	// Nights gives the nights that began on this day and later, those of a day as one, the oldest first; of a tenant, or of all of them.
	Nights(ctx context.Context, t tenant.ID, since time.Time) ([]Night, error)
	// FrozenTenants gives the freezes of whole tenants that were stored, whether they hold or not.
	FrozenTenants(ctx context.Context) (map[tenant.ID]Freeze, error)
}
