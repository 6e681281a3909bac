package pool

import (
	"context"
	"time"

	"purser.example/internal/audit"
	"purser.example/internal/profile"
)

// Store keeps pools, readings and checks. Each change is written together with its entries in the activity log, all or nothing.
type Store interface {
	// Pool gives one pool, with version 0 where nobody has saved it.
	Pool(ctx context.Context, key Key) (Pool, error)
	// ClassesWith gives the classes whose pool has the account as a member, as saved or in force.
	ClassesWith(ctx context.Context, a profile.AccountKey) ([]Class, error)
	// Note writes an entry that stands alone.
	Note(ctx context.Context, e audit.Entry) error

	// BeginReading stores a reading and hands it to the background work.
	BeginReading(ctx context.Context, r Reading, e audit.Entry) error
	// Reading returns ErrGone for one that is not there.
	Reading(ctx context.Context, id ReadingID) (Reading, error)
	// ForgetMembers empties a reading, so that it can be begun anew.
	ForgetMembers(ctx context.Context, id ReadingID) error
	// AddObjects adds a page of what the group holds to a reading; what is there already stays as it is.
	AddObjects(ctx context.Context, r Reading, objects []Object, nested bool) error
	EndReading(ctx context.Context, id ReadingID, state ReadingState, failure string, e audit.Entry) error
	// PruneReadings removes the pool's readings that are over, neither saved nor in force, not among the newest, and begun before
	// a time.
	PruneReadings(ctx context.Context, key Key, keep int, before time.Time) error

	Members(ctx context.Context, q Query) (Page, error)
	LeftOut(ctx context.Context, id ReadingID, limit int) ([]Other, error)
	// MembersByID gives those of the users that are in the reading.
	MembersByID(ctx context.Context, id ReadingID, users []UserID) (map[UserID]Member, error)
	// Roster gives every member of a reading by folded username, with no more of each than MFA and what is stored.
	Roster(ctx context.Context, id ReadingID) (map[string]Member, error)
	Compare(ctx context.Context, old, now ReadingID, limit int) (Difference, error)

	// Save stores the pool where its version is still was, touches the credentials, and hands the check over, if there is one, with
	// the sealed new passwords of its items. Credentials of whom neither saved nor force version has go. It returns ErrChanged, and
	// ErrGone where the pool's reading is not there any more.
	Save(ctx context.Context, p Pool, was int64, touched []Touch, check *Check, items []NewPassword, entries ...audit.Entry) error
	// BringIntoForce makes the saved version the one in force, unless it is already; it returns ErrChanged where another version is
	// saved by now.
	BringIntoForce(ctx context.Context, p Pool, by profile.Stamp, e audit.Entry) error

	// Check returns ErrGone for one that is not there.
	Check(ctx context.Context, id CheckID) (Check, error)
	Checks(ctx context.Context, key Key, limit int) ([]Check, error)
	CheckItems(ctx context.Context, q CheckQuery) ([]CheckItem, error)
	// TakeUp makes a waiting check a running one. What was being tried when Purser ended is interrupted, each with an entry.
	TakeUp(ctx context.Context, id CheckID, interrupted func(CheckItem) audit.Entry) (Check, error)
	// WaitingPasswords lists items whose turn has not come, behind a number, with their sealed passwords.
	WaitingPasswords(ctx context.Context, id CheckID, after, limit int) ([]NewPassword, error)
	// Try marks a waiting item as being tried, and counts the attempt as profile.Store.Begin does. It returns ErrChanged for one that is
	// not waiting any more.
	Try(ctx context.Context, id CheckID, no int, a profile.AccountKey, e audit.Entry) error
	// Conclude stores the outcome of an item that was tried, and its credential's, unless the password was replaced meanwhile: then
	// nothing is stored of it but the outcome. password is the sealed one that is to be kept; nil: none. It reports whether it was kept.
	Conclude(ctx context.Context, c Check, i CheckItem, password []byte, by profile.Stamp, entry func(kept bool) audit.Entry) error
	// Settle stores the outcome of a waiting item without a verdict; SettleAll does so for all that wait.
	Settle(ctx context.Context, c Check, i CheckItem) error
	SettleAll(ctx context.Context, c Check, o profile.Outcome, why profile.Reason) error
	// CancelCheck asks a check to stop. It returns ErrChanged for one that is over.
	CancelCheck(ctx context.Context, id CheckID, e audit.Entry) error
	// EndCheck stores that nothing more happens. It returns ErrChanged for one that is over.
	EndCheck(ctx context.Context, id CheckID, state profile.RunState, e audit.Entry) error
	// Reopen makes a check that is over wait again with those of its passwords that are still kept, and tells how many there are;
	// with none it changes nothing. It returns ErrChanged for one that is not over.
	Reopen(ctx context.Context, c Check, e audit.Entry) (int, error)
}

// NewPassword is an item of a check with its password, sealed for that item.
type NewPassword struct {
	CheckItem
	Sealed []byte
}
