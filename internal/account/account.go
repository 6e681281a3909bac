// Package account is one Microsoft 365 account as such, whoever keeps it: a profile, a pool, later a lease.
//
// It owns what is true of an account wherever it stands: under which key it is one and the same, whose turn it is, how much
// may be asked of its tenant at once, what Purser does to it by itself, which passwords are worth sending, and how one attempt
// is made so that it is on the disk before the password leaves. Who may ask, what a verdict changes and where passwords are
// kept is for the nouns that use it.
package account

import (
	"context"
	"errors"
	"strings"
	"time"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"purser.example/internal/access"
	"purser.example/internal/appprofile"
	"purser.example/internal/problem"
	"purser.example/internal/secret"
	"purser.example/internal/shown"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

// Account is what somebody signs in with.
type Account struct {
	Tenant   tenant.Tenant
	App      appprofile.App
	Username string
	Password secret.Value

	AppPassword bool   // Password is an app password, which goes over the legacy protocol only (R34)
	AdminCenter string // host of the SharePoint Online admin center that an app password is tried at, and of a custom one for scans
}

// Validator signs in to Microsoft 365 with the account, in the way that the password's kind goes, sending it at most once, and tells what came of it. It
// always gives a verdict: a failure of the network is one too (R62).
type Validator interface {
	Validate(ctx context.Context, a Account) verdict.Verdict
}

// Key names an account of a tenant without regard to case, as Microsoft does.
type Key struct {
	Tenant   tenant.ID
	Username string // folded
}

// KeyOf names an account.
func KeyOf(t tenant.ID, username string) Key { return Key{t, Fold(username)} }

// Fold gives the key under which a text counts as the same without regard to case, in every script, and to what nobody sees (R14, X45).
func Fold(text string) string {
	if ascii(text) {
		return strings.ToLower(text) // what the rest comes to
	}
	return norm.NFKC.String(cases.Fold().String(norm.NFKC.String(shown.Bare(text))))
}

// SameUsername compares as Microsoft does, without regard to case.
func SameUsername(a, b string) bool { return strings.EqualFold(a, b) }

// Stamp says when something was done, and by whom as they were called then.
type Stamp struct {
	At time.Time
	By string
}

// StampOf is a moment of a caller, to the millisecond that is stored.
func StampOf(caller access.Caller, at time.Time) Stamp {
	return Stamp{At: at.UTC().Truncate(time.Millisecond), By: caller.Called()}
}

// Reason says in one word why an account is not tried. Those who keep accounts add their own.
type Reason string

// The reasons that lie with the account or its tenant.
const (
	Parked   Reason = "parked"    // its password was refused before, and nobody has changed it since
	Locked   Reason = "locked"    // Microsoft locked the account a short while ago
	Busy     Reason = "busy"      // somebody else was validating the account all the time
	Outage   Reason = "outage"    // Microsoft answered nothing for this tenant for too long
	AppSetup Reason = "app-setup" // Microsoft refused the tenant's app registration again and again
	Often    Reason = "often"     // tried often enough in the last hour for what nobody waits for
	Budget   Reason = "budget"    // the tenant's share of what nobody waits for is used up for this hour

	NoApp      Reason = "no-app"      // its tenant has no app profile
	AppAltered Reason = "app-altered" // its tenant's app profile was changed outside of Purser
	Altered    Reason = "altered"     // what is kept of it was changed outside of Purser
)

// Hindrance is the Reason of an attempt that failed before anything was sent and would fail so again, whoever tries it: somebody has to
// mend something first. It is empty for every other error.
func Hindrance(err error) Reason {
	switch {
	case errors.Is(err, appprofile.ErrNone):
		return NoApp
	case errors.Is(err, appprofile.ErrAltered):
		return AppAltered
	case problem.KindOf(err) == problem.Altered:
		return Altered
	}
	return ""
}

// Refused reports whether a verdict, or one before it, found the password wrong. Nothing tries such a password by itself.
func Refused(v verdict.Verdict) bool { return v.Status == verdict.WrongPassword || v.StillRefused }

// lockout is how long a locked account is left alone: Microsoft's first lockout takes a minute, the next ones longer.
const lockout = 15 * time.Minute

// JustLocked reports whether Microsoft locked the account so short a while before now that another attempt would prolong it.
func JustLocked(v verdict.Verdict, now time.Time) bool {
	return v.Status == verdict.AccountLocked && now.Sub(v.At).Abs() < lockout // one from the future: the clock was ahead (X44)
}
