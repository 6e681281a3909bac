package profile

import (
	"errors"

	"purser.example/internal/problem"
	"purser.example/internal/verdict"
)

// Refused says that Microsoft 365 did not confirm the account, so that nothing was saved (R17).
type Refused struct{ Verdict verdict.Verdict }

func (r *Refused) Error() string {
	return "not saved: " + string(r.Verdict.Status) + " " + r.Verdict.Code
}

// Conflict says that somebody else saved or deleted the profile meanwhile (R19). Nothing was overwritten.
type Conflict struct {
	Current Profile // as it is now; zero when Gone
	Gone    bool
}

func (c *Conflict) Error() string { return "somebody else changed the profile" }

// Unwrap gives the sentence for where no page shows both versions.
func (c *Conflict) Unwrap() error {
	return problem.New(problem.Conflict, "Somebody else changed this profile meanwhile. Nothing was overwritten.")
}

var (
	errNoProfile = problem.New(problem.NotFound, "This profile does not exist, or not any more.")
	errBusy      = problem.New(problem.Conflict, "Somebody is validating this account right now. Wait for that result, then try again.")
	errClassic   = problem.New(problem.Invalid, "This is a classic MFA profile; it is edited in the classic UI.")
)

func nameTaken() error {
	return problem.Field(FieldName, "Another profile has this name. Enter a different one.")
}

// shown turns what a store returns into what a person may read.
func shown(err error) error {
	switch {
	case errors.Is(err, ErrGone):
		return errNoProfile
	case errors.Is(err, ErrNameTaken):
		return nameTaken()
	}
	return err
}
