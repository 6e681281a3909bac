// Package keychange changes the key on a working day (R64): another key closes the keyring from then on, and everything that is sealed is
// sealed anew with a fresh key of the keyring, beside those who work.
//
// A change begins with one transaction that keeps the keyring twice, with the keys of before and the new one in it: closed by the key of
// before, and closed by the next. While it goes on, either key opens the database; what is written is sealed by the new one. A shift of
// package run seals the rest anew, a few rows at a time, and goes on after a kill where it was. One transaction ends it: the key of before
// opens nothing from then on. The entries of the activity log are not touched, only the sealed keys of its chains.
//
// It is begun on a page, with the next key from the settings, or by a command beside Purser, which leaves a note in the data folder as a
// break-glass link does. The note holds the keyring as both keys closed it, and neither of them.
package keychange

import (
	"context"
	"errors"
	"time"

	"purser.example/internal/audit"
	"purser.example/internal/secret"
)

// Actions of the activity log.
const (
	Begun audit.Action = "key change begun"
	Ended audit.Action = "key change ended"
)

// Work is the name of changes in the queue.
const Work = "key_change"

// ID numbers changes.
type ID int64

// Change is a change of the key, which may be under way.
type Change struct {
	ID         ID
	Former     string // the ids of the keys
	Next       string
	Actor      audit.Actor
	Begun      time.Time
	Ended      time.Time // zero while it goes on
	Total      int       // how many values were sealed at its beginning
	Done       int       // how many have been sealed anew
	Unreadable int       // how many did not open and were left as they are, as counted at the end
}

// Over reports whether the key of before opens nothing any more.
func (c Change) Over() bool { return !c.Ended.IsZero() }

// target is what entries are about.
func (c Change) target() audit.Target { return audit.Target{Kind: "key", ID: c.Next} }

// Errors of stores.
var (
	ErrNone     = errors.New("keychange: none")
	ErrUnderWay = errors.New("keychange: one is under way, or the key is another one by now")
)

// Store keeps changes, and seals anew.
type Store interface {
	// Last gives the newest change, or ErrNone.
	Last(ctx context.Context) (Change, error)
	// Begin keeps a change with its entry and hands it to the background work, all or nothing. From then on the new key of both seals. It
	// returns ErrUnderWay where the keyring is not closed by the former key alone.
	Begin(ctx context.Context, c Change, sealed secret.Change, both *secret.Keyring, e audit.Entry) error
	// Reseal seals everything anew that former keys sealed, in many transactions, and calls told after each.
	Reseal(ctx context.Context, id ID, told func()) error
	// Finish ends the change with the entry that is made for it. It does nothing where it is over.
	Finish(ctx context.Context, id ID, entry func(Change) audit.Entry) error
}
