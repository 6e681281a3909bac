// Package drift notices what changed about the accounts that Purser keeps, where Microsoft 365 keeps them (R93): roles, licenses, a blocked
// sign-in, multi-factor registration, the groups that pools depend on, and the policies that cover an account.
//
// At each check and each validation, what was read of an account is compared with what is expected of it. What differs is a Drift: it is
// kept with the day on which it was first seen, until somebody accepts it or it is as it was again. What could not be read is not known,
// which is neither lost nor changed. What was read is kept whenever it differs from before, so that people can see what changed between the
// last check that found an account good and the first that found it bad (R90). Nothing secret is among it.
package drift

import (
	"time"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/tenant"
)

// Way says how something differs from what is expected.
type Way string

// The ways.
const (
	Won  Way = "won"  // it is there, and was not expected
	Lost Way = "lost" // it was expected, and is not there
)

// ID names a drift.
type ID int64

// Drift is one thing about an account that is not as expected.
type Drift struct {
	ID       ID
	Tenant   tenant.ID
	Username string
	Topic    Topic
	Item     Item
	Way      Way
	First    time.Time // when it was first seen
	Last     time.Time // when it was last seen
	Places   []account.Place
}

// Account is what is known of an account.
type Account struct {
	No       int64 // 0: nothing is kept yet
	Key      account.Key
	Username string // as it was last written
	Version  int64  // grows with each change
	Looked   time.Time
	Expected Facts
	Read     Facts
	Lacks    []string // the permissions that would have told more, when it was last looked at
	Open     []Drift
}

// Snapshot is what was known of an account from a moment on.
type Snapshot struct {
	At    time.Time
	Facts Facts
}

// The actions of this package in the activity log.
const Accepted audit.Action = "drift accepted"
