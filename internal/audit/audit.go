// Package audit is the activity log: who did what, when, with what outcome (R61).
//
// An entry is written in the same transaction as what it records, so that neither exists without the other; the stores of
// the nouns therefore take an Entry beside each change. Entries are numbered without gaps and chained: each carries an HMAC
// over itself and its predecessor's in its chain, with a key that the database holds sealed only. A chain that follows another
// vouches for the end of it, so that a log with several is one proof. Verify finds what was edited, removed, reordered or cut
// off. This package owns entries and chains; internal/sqlite stores them and seals their keys.
package audit

import (
	"time"

	"purser.example/internal/access"
)

// Action names what was done, as the log shows it.
type Action string

// The actions known so far; each noun adds its own.
const (
	SignIn        Action = "sign-in"
	SignInRefused Action = "sign-in refused"
	SignOut       Action = "sign-out"
	Denied        Action = "access denied"
	Outside       Action = "network refused" // a request from where Purser is not open (R66)
)

// Actor is who did it, as they were called at that time. The zero Actor is Purser itself.
type Actor struct {
	Issuer  string
	Subject string
	Name    string
	SignIn  string
}

// Itself is Purser as somebody who does something.
var Itself = Actor{Name: "Purser"}

// Caller is the actor as a caller, for what goes on of their work behind the pages. It carries no roles: they were asked for when
// it began.
func (a Actor) Caller() access.Caller {
	return access.Caller{Issuer: a.Issuer, Subject: a.Subject, Name: a.Name, SignIn: a.SignIn}
}

// Target is what it was done to. Name is kept because the thing itself may be gone when the log is read.
type Target struct {
	Kind string // "session", "profile"
	ID   string
	Name string
}

// Origin is where a request came from.
type Origin struct {
	Request string // request id, the reference that error pages show
	Address string // network address of the client
}

// Entry is one line of the log before it has a place in it. It never holds a secret.
type Entry struct {
	At      time.Time // UTC, milliseconds
	Actor   Actor
	Action  Action
	Target  Target
	Origin  Origin
	Details map[string]string // further facts by name
}

// By makes the entry of an action by a caller. The store sets its time and place.
func By(c access.Caller, origin Origin, action Action, target Target) Entry {
	return Entry{
		Actor:  Actor{Issuer: c.Issuer, Subject: c.Subject, Name: c.Name, SignIn: c.SignIn},
		Action: action, Target: target, Origin: origin,
	}
}

// With adds a fact to the entry.
func (e Entry) With(name, value string) Entry {
	details := map[string]string{name: value}
	for k, v := range e.Details {
		if k != name {
			details[k] = v
		}
	}
	e.Details = details
	return e
}

// Former stands before the name of a fact for what it was before.
const Former = "former "

// Changed adds what a fact is now and what it was before, where the two differ. Neither is ever a secret.
func (e Entry) Changed(name, before, now string) Entry {
	if before == now {
		return e
	}
	return e.With(name, now).With(Former+name, before)
}
