package profile

import (
	"errors"

	"purser.example/internal/problem"
	"purser.example/internal/verdict"
)

// Refused says that Microsoft 365 did not confirm the account, so that nothing was saved (R17).
type Refused struct {
	Verdict    verdict.Verdict
	Unrecorded error // why the attempt's end is not in the activity log; nil where it is
}

func (r *Refused) Error() string {
	return "not saved: " + string(r.Verdict.Status) + " " + r.Verdict.Code
}

// Conflict says that somebody else saved or deleted the profile meanwhile (R19). Nothing was overwritten.
type Conflict struct {
	Current Profile // as it is now; zero when Gone
	Gone    bool
}

func (c *Conflict) Error() string { return "someone else changed the profile" }

// Unwrap gives the sentence for where no page shows both versions.
func (c *Conflict) Unwrap() error {
	if c.Gone {
		return problem.New(problem.Conflict, "Someone else deleted this profile in the meantime. Nothing was stored.")
	}
	return problem.New(problem.Conflict, "Someone else changed this profile in the meantime. Nothing was overwritten.")
}

// Unstored says that a validation was made, and what came of it, but that it could not be stored.
type Unstored struct {
	Verdict verdict.Verdict
	Cause   error
}

func (u *Unstored) Error() string { return "the result is not stored: " + u.Cause.Error() }

// Unwrap gives the sentence for where no page shows the verdict.
func (u *Unstored) Unwrap() error {
	return problem.Wrap(u.Cause, problem.Unavailable, "Microsoft 365 responded, but Purser couldn't store the result: "+u.Verdict.Status.Title()+". The profile shows its earlier status.")
}

const confirmedNotStored = "Microsoft 365 confirmed the account, but Purser can't use its database right now, so nothing was saved. Save again in a moment. If this keeps happening, ask your server administrator to check the disk."

var (
	errNoProfile = problem.New(problem.NotFound, "This profile doesn't exist. It may have been deleted.")
	errClassic   = problem.New(problem.Invalid, "This is a classic MFA profile. Edit it in the classic UI.")
)

func nameTaken() error {
	return problem.Field(FieldName, "Another profile has this name. Enter a different one.")
}

// forPeople turns what a store returns into what a person may read.
func forPeople(err error) error {
	switch {
	case errors.Is(err, ErrGone):
		return errNoProfile
	case errors.Is(err, ErrNameTaken):
		return nameTaken()
	}
	return err
}
