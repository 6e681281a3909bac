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
	AppPassword []byte // one that Microsoft accepted, if only to refuse its protocol, or that a Purser stored which could not check it; nil: none
	Pending     Pending
	Verdict     *verdict.Verdict // of Password or AppPassword, as it says itself
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
	case c.Pending == Kept:
		return NotReached
	case c.Refusal() != nil, c.retired():
		return Refused
	case c.MFA && c.AppPassword != nil && c.Acceptance() == nil:
		return Unchecked
	case c.MFA && c.AppPassword != nil, !c.MFA && c.Password != nil:
		return Ready
	}
	return NoPassword
}

// retired reports whether the stored password of the kind that Enable MFA asks for was accepted, and does not work because its protocol is
// turned off.
func (c Credential) retired() bool {
	v := c.Acceptance()
	return v != nil && !v.Valid()
}

// Acceptance is the verdict of the stored password of the kind that Enable MFA asks for; nil: none.
func (c Credential) Acceptance() *verdict.Verdict { return c.ofKind(c.Verdict) }

// Refusal is the verdict of a later password that was not stored, of the kind that Enable MFA asks for; nil: none. That a policy asks for MFA
// counts for both: it stands in the way of an app password too.
func (c Credential) Refusal() *verdict.Verdict {
	if c.Failed != nil && ByConditionalAccess(*c.Failed) {
		return c.Failed
	}
	return c.ofKind(c.Failed)
}

func (c Credential) ofKind(v *verdict.Verdict) *verdict.Verdict {
	if v == nil || v.AppPassword != c.MFA {
		return nil
	}
	return v
}

// ByConditionalAccess reports whether a policy of the tenant asks the account for MFA. Such an account has no app password that
// would work, and cannot be in a pool (R42).
func ByConditionalAccess(v verdict.Verdict) bool {
	named := slices.ContainsFunc(v.Blame.Policies, func(p verdict.Policy) bool { return p.Kind == verdict.ConditionalAccess })
	return v.Status == verdict.MFARequired && (len(v.Policies) > 0 || named)
}

// Touch is what a Save does to a credential.
type Touch struct {
	User   UserID
	MFA    bool
	Check  bool // a new password, or an app password that was never checked, waits for its check
	Forget bool
	By     account.Stamp
}

// Renews reports whether the touch makes an earlier new password pointless.
func (t Touch) Renews() bool { return t.Check || t.Forget }

// OnlyChecks reports whether the touch does nothing but give a new password to a check: then, whatever the credential is, only MFA
// and Pending change, and the member stands at Checking. A file may hold twenty thousand of these.
func (t Touch) OnlyChecks() bool { return t.Check && !t.Forget }

// Touched is the credential after a Save.
func (c Credential) Touched(t Touch) Credential {
	if t.Renews() {
		c.Pending = NoPending
	}
	if t.Forget {
		c = c.forgotten()
	}
	c.MFA = t.MFA
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

// Concluded is the credential after a check came to its outcome. password is the sealed one where it was accepted: an app password
// where the verdict says so.
func (c Credential) Concluded(i run.Item, password []byte, by account.Stamp) Credential {
	c.Pending = NoPending
	switch i.Outcome {
	case run.Confirmed, run.Warned:
		if ofApp(i.Verdict) {
			c.AppPassword = password
		} else {
			c.Password = password
		}
		c.Verdict, c.Failed, c.Set = i.Verdict, nil, by
	case run.Rejected:
		if !ofApp(i.Verdict) || c.Failed == nil || !ByConditionalAccess(*c.Failed) { // an app password's refusal does not unbar the account
			c.Failed = i.Verdict
		}
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

// ofApp reports whether a verdict is of an app password.
func ofApp(v *verdict.Verdict) bool { return v != nil && v.AppPassword }

// PasswordRecord is what a password of a credential is bound to: the member, and the username that it belongs to (X43).
func PasswordRecord(key Key, user UserID, username, field string) secret.Record {
	record := formerPasswordRecord(key, user, field)
	record.Facts = secret.FactsOf(strings.ToLower(username))
	return record
}

func formerPasswordRecord(key Key, user UserID, field string) secret.Record {
	return secret.Record{Table: "pool_credential", ID: key.Scope() + "/" + string(user), Field: field}
}

// The fields of a credential's record.
const (
	FieldPassword    = "password"
	FieldAppPassword = "app_password"
)
