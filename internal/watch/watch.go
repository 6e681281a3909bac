// Package watch asks by itself, every night, whether the accounts that Purser keeps still sign in (R90): every service account profile, and
// every pool member with a stored password.
//
// It owns when that is: the night of a tenant, the moment of each account in it, what is asked again and when, who is left out and why, and
// what is kept of each check. How an account is tried, and what its verdict changes, is for the nouns that keep it; that nobody locks an
// account out is for package account, whose etiquette every check goes through.
package watch

import (
	"time"

	"purser.example/internal/account"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

// Outcome is what one check came to.
type Outcome string

// The outcomes.
const (
	Good    Outcome = "good"    // Microsoft accepted the account
	Bad     Outcome = "bad"     // Microsoft said what is wrong with the account
	Unknown Outcome = "unknown" // nobody could tell: Microsoft, the network, or the tenant's app profile
	Skipped Outcome = "skipped" // it wasn't tried, for the Reason
)

// Check is one check that was made, or passed over.
type Check struct {
	At      time.Time
	Outcome Outcome
	Reason  account.Reason // why there is no verdict; empty where there is one
	Status  verdict.Status // of the verdict; empty for none
	Code    string
}

// Interrupted is the reason of a check whose end nobody saw, because Purser ended. It isn't repeated by itself: the attempt may have counted.
const Interrupted account.Reason = "interrupted"

// Frozen is the reason of a check that somebody turned off.
const Frozen account.Reason = "frozen"

// Shared is the reason of a check that isn't made because the account was tried in the same night at another place, and not confirmed.
const Shared account.Reason = "shared"

// Watched is a place whose account is checked.
type Watched struct {
	No      int64 // its number among all that are watched
	Place   account.Place
	Tenant  tenant.ID
	Account string    // the folded username
	Night   time.Time // the night that it was last planned for
	Due     time.Time // its next check in that night; zero: none
	Tries   int       // checks of that night after which it is asked again
	Last    Check     // the zero Check: there was none
	Good    time.Time // the last check that found it good; zero: none
	Bad     time.Time // the first that found it bad after that, or passed it over because its password had been refused; zero: it is not bad
}

// Plan is when the accounts of a tenant are checked, and how tonight stands.
type Plan struct {
	Tenant tenant.ID
	Minute int    // of the day on which the night begins, by the clocks of the zone
	Zone   string // a name of the IANA time zone database
	Next   time.Time
	Night  time.Time     // when the last night began; zero: there was none
	Pace   time.Duration // between two accounts of that night
	Total  int           // accounts of that night
	Left   int           // of them, those that did not fit, and come first the next night
}

// Freeze says that nothing is checked.
type Freeze struct {
	Until   time.Time // zero: until somebody resumes the checks
	Because string
	By      account.Stamp
}

// Holds reports whether the freeze still holds.
func (f Freeze) Holds(now time.Time) bool { return f.Until.IsZero() || now.Before(f.Until) }

// Scope is what a freeze is of: a whole tenant, or one profile.
type Scope struct{ Kind, ID string }

// TenantScope is all of a tenant.
func TenantScope(t tenant.ID) Scope { return Scope{"tenant", string(t)} }
