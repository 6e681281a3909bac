package pool

import (
	"slices"
	"strings"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/run"
	"purser.example/internal/secret"
	"purser.example/internal/verdict"
)

// Credential is what Purser keeps of a member's account for one pool. Passwords are sealed.
type Credential struct {
	MFA         bool
	Password    []byte // one that Microsoft accepted; nil: none
	AppPassword []byte // nobody can check it
	Pending     Pending
	Verdict     *verdict.Verdict // of Password
	Failed      *verdict.Verdict // of a later password, which was not stored
	Checked     time.Time        // of the later of both
	Set         account.Stamp
}

// Pending says what became of a new password so far.
type Pending int

// The states of a new password.
const (
	NoPending Pending = iota
	Waits             // for its check
	Kept              // nobody could tell about it, and it waits for somebody to try again
)

// Standing is where a member with such a credential stands in a pool of the class, as long as sign-in is allowed.
func (c Credential) Standing(class Class) Standing {
	switch {
	case !class.NeedsPasswords():
		return Ready
	case c.Pending == Waits:
		return Checking
	case c.Failed != nil && ByConditionalAccess(*c.Failed):
		return Barred
	case c.MFA && c.AppPassword != nil:
		return Unverified
	case c.MFA:
		return NoPassword
	case c.Pending == Kept:
		return NotReached
	case c.Failed != nil:
		return Refused
	case c.Password != nil:
		return Ready
	}
	return NoPassword
}

// ByConditionalAccess reports whether a policy of the tenant asks the account for MFA. Such an account has no app password that
// would work, and cannot be in a pool (R42).
func ByConditionalAccess(v verdict.Verdict) bool {
	named := slices.ContainsFunc(v.Blame.Policies, func(p verdict.Policy) bool { return p.Kind == verdict.ConditionalAccess })
	return v.Status == verdict.MFARequired && (len(v.Policies) > 0 || named)
}

// Touch is what a Save does to a credential.
type Touch struct {
	User        UserID
	MFA         bool
	AppPassword []byte // sealed; nil: as it is
	Check       bool   // a new password waits for its check
	Forget      bool
	By          account.Stamp
}

// Renews reports whether the touch makes an earlier new password pointless.
func (t Touch) Renews() bool { return t.Check || t.Forget || t.AppPassword != nil }

// OnlyChecks reports whether the touch does nothing but give a new password to a check: then, whatever the credential is, only MFA
// and Pending change, and the member stands at Checking. A file may hold twenty thousand of these.
func (t Touch) OnlyChecks() bool { return t.Check && !t.Forget && t.AppPassword == nil }

// Touched is the credential after a Save.
func (c Credential) Touched(t Touch) Credential {
	if t.Renews() {
		c.Pending = NoPending
	}
	if t.Forget {
		c = c.forgotten()
	}
	c.MFA = t.MFA
	if t.AppPassword != nil {
		c.AppPassword, c.Set = t.AppPassword, t.By
		if c.Failed != nil && !ByConditionalAccess(*c.Failed) {
			c.Failed = nil // what was refused was another password, for another way to sign in
		}
	}
	if t.Check {
		c.Pending = Waits
	}
	return c
}

// forgotten is the credential without its passwords. That a policy bars the account stays known.
func (c Credential) forgotten() Credential {
	if c.Failed != nil && ByConditionalAccess(*c.Failed) {
		return Credential{Failed: c.Failed, Checked: c.Checked}
	}
	return Credential{}
}

// Concluded is the credential after a check came to its outcome. password is the sealed one of a verdict that is valid.
func (c Credential) Concluded(i run.Item, password []byte, by account.Stamp) Credential {
	c.Pending = NoPending
	switch i.Outcome {
	case run.Confirmed:
		c.Password, c.Verdict, c.Failed, c.Set = password, i.Verdict, nil, by
	case run.Rejected:
		c.Failed = i.Verdict
	case run.Waiting, run.Trying:
		c.Pending = Waits
	default:
		c.Pending = Kept
	}
	if i.Verdict != nil && i.Verdict.Status.AboutAccount() {
		c.Checked = i.Verdict.At
	}
	return c
}

// passwordRecord is what a password of a credential is bound to: the member, and the username that it belongs to (X43).
func passwordRecord(key Key, user UserID, username, field string) secret.Record {
	record := formerPasswordRecord(key, user, field)
	record.Facts = secret.FactsOf(strings.ToLower(username))
	return record
}

func formerPasswordRecord(key Key, user UserID, field string) secret.Record {
	return secret.Record{Table: "pool_credential", ID: key.Scope() + "/" + string(user), Field: field}
}

// The fields of a credential's record.
const (
	fieldPassword    = "password"
	fieldAppPassword = "app_password"
)
