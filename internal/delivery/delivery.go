// Package delivery says what became of something that was sent to somebody outside (R92): mail, and webhooks.
//
// A failure is either for good, so that trying again is of no use, or it passes. Its sentence is ours: what a receiver says of itself is
// foreign text, and is neither logged nor shown.
package delivery

import (
	"errors"
	"time"

	"purser.example/internal/problem"
)

// Failure is a delivery that did not succeed.
type Failure struct {
	Says  string        // a sentence for a person, without secrets and without foreign text
	Final bool          // trying again is of no use until somebody changes something
	After time.Duration // the receiver asks to be left alone for so long; 0: it says nothing
	ID    string        // of the request, by which the receiver's log can be searched; empty: none was sent

	cause error
}

// Fails makes a failure that passes; the cause is for the log.
func Fails(cause error, says string) *Failure { return &Failure{Says: says, cause: cause} }

// Refused makes a failure that is for good.
func Refused(cause error, says string) *Failure { return &Failure{Says: says, Final: true, cause: cause} }

// Error implements error. It holds no foreign text.
func (f *Failure) Error() string {
	if f.ID == "" {
		return f.Says
	}
	return f.Says + " (request " + f.ID + ")"
}

// Unwrap gives what a person may read to package problem, and the cause to who asks for it.
func (f *Failure) Unwrap() []error {
	said := problem.New(problem.Upstream, f.Says)
	if f.cause == nil {
		return []error{said}
	}
	return []error{said, f.cause}
}

// Final reports whether it is of no use to try again.
func Final(err error) bool {
	f, ok := errors.AsType[*Failure](err)
	return ok && f.Final
}

// After is for how long the receiver asks to be left alone.
func After(err error) time.Duration {
	if f, ok := errors.AsType[*Failure](err); ok {
		return f.After
	}
	return 0
}
