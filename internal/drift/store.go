package drift

import (
	"context"
	"errors"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/event"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

// ErrGone is what a Store returns for a drift or an account that is not there.
var ErrGone = errors.New("drift: not there, or no longer")

// ErrChanged is what a Store returns where an account is not as it was read.
var ErrChanged = errors.New("drift: changed meanwhile")

// Change is what a reading changes of an account. The zero At of a Snapshot keeps none.
type Change struct {
	Account  Account // as it is to be, but for its drifts; its Version is the one that it was read with
	Snapshot Snapshot
	New      []Drift
	Seen     time.Time // of the drifts that are still open
	Over     []ID      // drifts that are as expected again
	Events   []event.Event
}

// Query asks for a page of drifts, those that were first seen last before the others.
type Query struct {
	Tenant tenant.ID // empty: of all
	Topic  Topic     // empty: of all
	After  string    // a cursor of a Page
	Limit  int
}

// Page is a part of the drifts.
type Page struct {
	Rows []Drift
	Next string // cursor for what follows; empty at the end
}

// Store keeps what is expected and what was read of accounts. Package storetest holds a store to what is promised here.
type Store interface {
	// Account gives what is known of an account, with its open drifts; one with No 0 where nothing is.
	Account(ctx context.Context, k account.Key) (Account, error)
	// Keep stores a change with its events, all or nothing. It returns ErrChanged where the account has another version by now.
	Keep(ctx context.Context, c Change) error
	// Looked notes that an account was looked at, and nothing of it has changed.
	Looked(ctx context.Context, no int64, at time.Time, lacks []string) error
	// Snapshots gives what was known of an account at a time, and from then on until another, oldest first.
	Snapshots(ctx context.Context, k account.Key, from, to time.Time) ([]Snapshot, error)
	// Drift gives one; ErrGone.
	Drift(ctx context.Context, id ID) (Drift, error)
	// List gives a page of the drifts of accounts that Purser still keeps.
	List(ctx context.Context, q Query) (Page, error)
	// Count counts them by tenant and topic.
	Count(ctx context.Context, t tenant.ID) (map[Topic]int, error)
	// Alike gives the drifts of the same item in the same way in a tenant, at most limit.
	Alike(ctx context.Context, d Drift, limit int) ([]Drift, error)
	// Accept makes what is expected of an account what expected makes of it, and removes the drift, with its entry, all or nothing. It returns
	// ErrGone for a drift that is not there any more.
	Accept(ctx context.Context, id ID, expected func(Facts) Facts, e audit.Entry) error
	// Ask keeps a question, in the place of one about the same sign-in.
	Ask(ctx context.Context, q Question) error
	// Questions gives those whose time has come, the oldest first.
	Questions(ctx context.Context, now time.Time, limit int) ([]Question, error)
	// Answer removes a question. With an answer, the verdicts of that sign-in say what is to blame, wherever they are kept.
	Answer(ctx context.Context, q Question, b *verdict.Blame) error
	// Prune removes what is kept of accounts that are kept nowhere and were not looked at since a time, some at a time.
	Prune(ctx context.Context, before time.Time, limit int) (more bool, err error)
}
