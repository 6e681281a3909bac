package pool

import (
	"context"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/event"
	"purser.example/internal/run"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

// Store keeps pools, their readings and their credentials. Each change is written together with its entries in the activity log and
// the work that it hands over, all or nothing. Package storetest holds a store to what is promised here.
type Store interface {
	// Pool gives one pool, with version 0 where nobody has saved it.
	Pool(ctx context.Context, key Key) (Pool, error)
	// ClassesWith gives the classes whose pool has the account as a member, as saved or in force.
	ClassesWith(ctx context.Context, a account.Key) ([]Class, error)
	// Sharing gives what is kept of these accounts, by folded username, in the pools that have them as members, as saved or in force,
	// by class.
	Sharing(ctx context.Context, t tenant.ID, usernames []string) ([]Sharer, error)
	// Note writes an entry that stands alone.
	Note(ctx context.Context, e audit.Entry) error

	// BeginReading stores a reading and hands it to the background work.
	BeginReading(ctx context.Context, r Reading, e audit.Entry) error
	// Reading returns ErrGone for one that is not there.
	Reading(ctx context.Context, id ReadingID) (Reading, error)
	// ForgetMembers empties a reading, so that it can be begun anew. Its counts hold though others add to it meanwhile.
	ForgetMembers(ctx context.Context, id ReadingID) error
	// AddObjects adds a page of what the group holds to a reading; what is there already stays as it is.
	AddObjects(ctx context.Context, r Reading, objects []Object, nested bool) error
	// EndReading stores that nothing more is added.
	EndReading(ctx context.Context, id ReadingID, state ReadingState, failure string, e audit.Entry) error
	// PruneReadings removes the pool's readings that are over, neither saved nor in force, not among the newest, and begun before
	// a time.
	PruneReadings(ctx context.Context, key Key, keep int, before time.Time) error

	// Members gives one page by name, without regard to case. A cursor that is none is the beginning.
	Members(ctx context.Context, q Query) (Page, error)
	// LeftOut gives what cannot be a member, by kind and name.
	LeftOut(ctx context.Context, id ReadingID, limit int) ([]Other, error)
	// MembersByID gives those of the users that are in the reading.
	MembersByID(ctx context.Context, id ReadingID, users []UserID) (map[UserID]Member, error)
	// Roster gives every member of a reading by folded username, with no more of each than MFA and what is stored.
	Roster(ctx context.Context, id ReadingID) (map[string]Member, error)
	// Compare tells what changed from one reading to another, with at most limit members in each list.
	Compare(ctx context.Context, old, now ReadingID, limit int) (Difference, error)

	// GroupChanged keeps how a pool's group differs from what is saved, with the event of a first time; nothing is kept of one that does not.
	GroupChanged(ctx context.Context, c GroupChange, e event.Event) error
	// GroupChanges lists the pools whose groups differ from what is saved now.
	GroupChanges(ctx context.Context) ([]GroupChange, error)

	// Save stores the pool where its version is still was, touches the credentials, and hands the check over, if there is one, with
	// its items and their sealed new passwords. It replaces new passwords of former Saves that wait for the same accounts, and
	// removes the secrets of accounts that are neither in the saved version nor in the one in force. It returns ErrChanged, and
	// ErrGone where the pool's reading is not there any more.
	Save(ctx context.Context, p Pool, was int64, touched []Touch, check *run.Run, items []run.Held, entries ...audit.Entry) error
	// BringIntoForce makes the saved version the one in force, and removes secrets as Save does. It returns ErrChanged where another
	// version is saved by now.
	BringIntoForce(ctx context.Context, p Pool, by account.Stamp, e audit.Entry) error
	// Rebind gives each credential the sealed passwords that rebind makes of those it has, all or nothing. Username is that of the member
	// in the reading that is saved, or in the one in force; empty where it is in neither.
	Rebind(ctx context.Context, rebind func(key Key, user UserID, username string, c Credential) (Credential, error)) error
	// Concluded stores the outcome of an item of a check that was tried, and its credential's, unless the password was replaced
	// meanwhile: then nothing is stored of it but the outcome. password is the sealed one that is to be kept; nil: none. One that is
	// kept is stored at the account's other places too. The entry is told whether it was kept.
	Concluded(ctx context.Context, r run.Run, i run.Item, password []byte, by account.Stamp, elsewhere []account.Renewal, entry func(kept bool) audit.Entry) error
	// CheckedUp stores what a health check found about the stored password of a member: one that Microsoft accepted again takes the place of
	// a refusal, and a refusal that is about the account stands beside what is stored. A member whose password is another one than was, or
	// waits for a check, is left alone; the entry is written all the same, because the attempt was made.
	CheckedUp(ctx context.Context, key Key, user UserID, was []byte, v verdict.Verdict, e audit.Entry) error
	// Lent stores a verdict that is not valid as the failed one of a member's credential, where it is about the account. A member that has
	// no credential any more is left alone; the entry is written all the same, because the attempt was made.
	Lent(ctx context.Context, key Key, user UserID, v verdict.Verdict, e audit.Entry) error
}

// Sharer is what a pool keeps of an account that other places may have too.
type Sharer struct {
	Key
	User     UserID
	Username string
	Credential
}
