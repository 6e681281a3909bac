// Package problem holds the errors that a person may read.
//
// An error has three readers with three texts: the person gets a sentence, the operator the cause, the program a kind.
// Whatever is not a problem is a surprise: its text stays in the log, and the person sees only that something went wrong
// on our side, with a reference. This package knows neither HTTP nor storage; web/respond turns kinds into statuses.
package problem

import (
	"errors"
	"fmt"
)

// Kind says what sort of trouble an error is, for the program to decide by.
type Kind int

// The kinds, from "nobody planned for it" to the ones that have an answer of their own.
const (
	Internal        Kind = iota // a surprise of ours; never shown
	Invalid                     // the person's input; names a field where it can
	NotFound                    // what was asked for is not there, or not any more
	Conflict                    // somebody else changed it first
	Unauthenticated             // nobody is signed in
	Forbidden                   // signed in, but not allowed (R2, R3)
	BadRequest                  // the request itself is wrong, such as a forged callback
	CrossSite                   // another site made the browser send it
	TooLarge                    // more bytes than we read
	Upstream                    // somebody else failed: Microsoft, the identity provider (R62)
	Unavailable                 // we cannot do it now: the disk is full, too much work waits
	Outside                     // it comes from a network from which Purser is not open (R66)
	TooOften                    // more often than one may ask (R66)
	Altered                     // what is stored was changed outside of Purser, so that it is not used (X43); waiting mends nothing
)

var kindNames = map[Kind]string{
	Internal: "internal", Invalid: "invalid", NotFound: "not found", Conflict: "conflict", Unauthenticated: "unauthenticated",
	Forbidden: "forbidden", BadRequest: "bad request", CrossSite: "cross-site", TooLarge: "too large", Outside: "outside", TooOften: "too often", Upstream: "upstream", Unavailable: "unavailable", Altered: "altered",
}

// String names the kind for logs.
func (k Kind) String() string { return kindNames[k] }

// FieldError is one message that belongs beside one field of a form.
type FieldError struct {
	Field   string // the field's name in the form, such as "username"
	Message string // a sentence that says what to enter
}

// Error is an error with a sentence for the person. The cause, if there is one, is for the log only.
type Error struct {
	kind    Kind
	message string
	fields  []FieldError
	cause   error
}

// New makes a problem with a sentence for the person and no cause.
func New(kind Kind, message string) *Error { return &Error{kind: kind, message: message} }

// Wrap makes a problem of a cause: message is for the person, err for the log.
func Wrap(err error, kind Kind, message string) *Error {
	return &Error{kind: kind, message: message, cause: err}
}

// Field makes an Invalid problem whose sentence belongs beside the named field.
func Field(name, message string) *Error {
	return &Error{kind: Invalid, message: message, fields: []FieldError{{Field: name, Message: message}}}
}

// Join gathers several field messages into one Invalid problem, so that a form shows all its mistakes at once.
// It returns nil when there are none.
func Join(fields ...FieldError) error {
	if len(fields) == 0 {
		return nil
	}
	return &Error{kind: Invalid, message: fields[0].Message, fields: fields}
}

// Error is the text for the log: the sentence and the cause. It never reaches a page; Message does.
func (e *Error) Error() string {
	if e.cause == nil {
		return e.message
	}
	return fmt.Sprintf("%s (%v)", e.message, e.cause)
}

// Unwrap gives the cause to errors.Is and errors.AsType.
func (e *Error) Unwrap() error { return e.cause }

// KindOf says what kind of trouble err is: Internal for everything that is not a problem.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.kind
	}
	return Internal
}

// Message is the sentence a person may read. A surprise has none of its own and gets the same one always.
func Message(err error) string {
	if e, ok := errors.AsType[*Error](err); ok && e.kind != Internal {
		return e.message
	}
	return "Something went wrong on our side."
}

// Fields lists the messages that belong beside fields; empty when err names none.
func Fields(err error) []FieldError {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.fields
	}
	return nil
}
