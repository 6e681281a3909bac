package pool

import (
	"errors"

	"purser.example/internal/problem"
)

// What a Store returns when a rule of the rows themselves is broken.
var (
	ErrGone    = errors.New("pool: it does not exist, or no longer does")
	ErrChanged = errors.New("pool: changed by someone else")
)

// ErrShut says that a tenant could be read only by signing in with one of its accounts, which nobody has asked for.
var ErrShut = errors.New("pool: no one has asked to sign in")

// Ambiguous says that several groups have the name. The person chooses one; its id finds it.
type Ambiguous struct {
	Text    string
	Choices []Group // those that cannot be a pool too
}

func (a *Ambiguous) Error() string { return "several groups have the name" }

// Unwrap gives the sentence for where no page shows the choices.
func (a *Ambiguous) Unwrap() error {
	return problem.Field(FieldGroup, "Several groups have this name. Select one of them, or enter the group's email address.")
}

// Unusable says that the group was found and cannot be a pool.
type Unusable struct{ Group Group }

func (u *Unusable) Error() string { return "the group cannot be a pool: " + string(u.Group.Kind) }

// Unwrap gives the sentence.
func (u *Unusable) Unwrap() error {
	return problem.Field(FieldGroup, "This is a distribution list, which can't be given rights in SharePoint. Use a Microsoft 365 Group, a mail-enabled security group, or a security group.")
}

// Conflict says that somebody else saved the pool meanwhile. Nothing was overwritten.
type Conflict struct{ Current Pool }

func (c *Conflict) Error() string { return "someone else changed the pool" }

// Unwrap gives the sentence for where no page shows both versions.
func (c *Conflict) Unwrap() error {
	return problem.New(problem.Conflict, "Someone else changed this account pool. Nothing was overwritten.")
}

// NoReader says that nobody can read the tenant's groups. Its sentence says what is needed.
type NoReader struct{}

func (*NoReader) Error() string { return "no one can read the tenant's groups" }

// Unwrap gives the sentence.
func (*NoReader) Unwrap() error {
	return problem.New(problem.Invalid, "Purser can't read this tenant's groups yet. Give its app profile a client secret or certificate and the application permissions GroupMember.Read.All and User.Read.All, or add a valid service account profile for this tenant.")
}

var errNoReading = problem.New(problem.NotFound, "This list of members no longer exists. Validate the group again.")
