package pool

import (
	"context"
	"io"

	"purser.example/internal/access"
	"purser.example/internal/audit"
	"purser.example/internal/profile"
	"purser.example/internal/tenant"
)

// Service keeps the rules of pools.
type Service struct{}

// Pools gives the tenant's pools in the order of Classes, those that nobody has saved yet among them.
func (s *Service) Pools(ctx context.Context, caller access.Caller, t tenant.ID) ([]Pool, error) {
	return nil, nil
}

// Pool gives one pool; version 0 where nobody has saved it yet. It returns problem.NotFound for a tenant or class that is not
// there.
func (s *Service) Pool(ctx context.Context, caller access.Caller, key Key) (Pool, error) {
	return Pool{}, nil
}

// Suggest lists at most ten groups whose name or address begins with the text. It returns *NoReader and problem.Upstream.
func (s *Service) Suggest(ctx context.Context, caller access.Caller, origin audit.Origin, t tenant.ID, text string) ([]Group, error) {
	return nil, nil
}

// Validate finds the group by name, address or id and begins to read its members (R41). The reading goes on behind the pages
// when it returns; its first rows are there soon. It returns *Ambiguous, *Unusable, *NoReader, problem.Invalid with FieldGroup,
// and problem.Upstream.
func (s *Service) Validate(ctx context.Context, caller access.Caller, origin audit.Origin, key Key, text string) (Reading, error) {
	return Reading{}, nil
}

// Reading gives a reading with its counts, as far as it is.
func (s *Service) Reading(ctx context.Context, caller access.Caller, id ReadingID) (Reading, error) {
	return Reading{}, nil
}

// WatchReading gives a channel that has something to read after each page of the reading, until stop is called.
func (s *Service) WatchReading(id ReadingID) (changes <-chan struct{}, stop func()) {
	return nil, func() {}
}

// Members gives one page of a reading's members, by name.
func (s *Service) Members(ctx context.Context, caller access.Caller, q Query) (Page, error) {
	return Page{}, nil
}

// LeftOut lists what the group holds that cannot be a member of the pool, at most Shown; Counts has how many there are.
func (s *Service) LeftOut(ctx context.Context, caller access.Caller, id ReadingID) ([]Other, error) {
	return nil, nil
}

// Save stores a change of the version that the editor saw, and hands its new passwords to a check (R43). App passwords are
// stored as they are: nothing can check them. It returns *Conflict where somebody else was faster, and problem.Invalid with the
// fields that are wrong; then nothing is stored.
func (s *Service) Save(ctx context.Context, caller access.Caller, origin audit.Origin, c Change) (Saved, error) {
	return Saved{}, nil
}

// Check gives a check with its counts.
func (s *Service) Check(ctx context.Context, caller access.Caller, id CheckID) (Check, error) {
	return Check{}, nil
}

// Checks lists the pool's checks, newest first, at most limit.
func (s *Service) Checks(ctx context.Context, caller access.Caller, key Key, limit int) ([]Check, error) {
	return nil, nil
}

// CheckItems gives one page of a check's items, and whether more follow.
func (s *Service) CheckItems(ctx context.Context, caller access.Caller, q CheckQuery) (items []CheckItem, more bool, err error) {
	return nil, false, nil
}

// WatchCheck gives a channel that has something to read after each change of the check, until stop is called.
func (s *Service) WatchCheck(id CheckID) (changes <-chan struct{}, stop func()) {
	return nil, func() {}
}

// CancelCheck asks a check to stop: nothing more is begun, and what is under way is waited for. Passwords whose turn had not
// come are kept for Again.
func (s *Service) CancelCheck(ctx context.Context, caller access.Caller, origin audit.Origin, id CheckID) error {
	return nil
}

// Again makes a check of the passwords of an earlier one that are still kept because nobody could tell about them.
func (s *Service) Again(ctx context.Context, caller access.Caller, origin audit.Origin, id CheckID) (Check, error) {
	return Check{}, nil
}

// Versions compares what is saved with what is in force (R46).
func (s *Service) Versions(ctx context.Context, caller access.Caller, key Key) (Versions, error) {
	return Versions{}, nil
}

// Drift begins to read the members that the saved group has now; Compare then tells what changed. Nothing of the pool changes
// before somebody saves the new reading.
func (s *Service) Drift(ctx context.Context, caller access.Caller, origin audit.Origin, key Key) (Reading, error) {
	return Reading{}, nil
}

// Compare tells what changed from an old reading to a new one of the same pool. It returns problem.Conflict for a reading that
// still goes on.
func (s *Service) Compare(ctx context.Context, caller access.Caller, old, now ReadingID) (Difference, error) {
	return Difference{}, nil
}

// BringIntoForce is what a scan calls when it begins to use what is saved (R46, R51): from then on that version is in force. It
// gives the version, and does nothing where it is in force already.
func (s *Service) BringIntoForce(ctx context.Context, key Key, by profile.Stamp, scan audit.Target) (Version, error) {
	return Version{}, nil
}

// ReadPasswords reads a file of passwords and says for each row what an Import would do with it, for the members of the reading
// (R47). Nothing is stored and nothing is sent. It returns problem.Invalid for a file that cannot be read as a whole.
func (s *Service) ReadPasswords(ctx context.Context, caller access.Caller, id ReadingID, file io.Reader) (Import, error) {
	return Import{}, nil
}
