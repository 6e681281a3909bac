package profile

import (
	"context"
	"errors"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/run"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

// What a Store returns when a rule of the rows themselves is broken.
var (
	ErrNameTaken = errors.New("profile: the name is taken")
	ErrChanged   = errors.New("profile: changed by someone else")
	ErrGone      = errors.New("profile: not there, or no longer")
)

// Store keeps profiles. Each change is written together with its entries in the activity log, all or nothing. Package storetest
// holds a store to what is promised here.
type Store interface {
	Profile(ctx context.Context, id ID) (Profile, error) // ErrGone
	List(ctx context.Context, q Query) (Page, error)
	// HasClassic reports whether there are classic MFA profiles.
	HasClassic(ctx context.Context) (bool, error)
	// Standing counts the profiles of a tenant by status, or all where it is empty. It counts nothing at the time: it reads what is kept.
	Standing(ctx context.Context, t tenant.ID) (map[verdict.Status]int, error)
	// NameTaken reports whether another profile than except has the folded name.
	NameTaken(ctx context.Context, folded string, except ID) (bool, error)
	// Password gives the sealed password.
	Password(ctx context.Context, id ID) ([]byte, error)
	// Sharing gives the profiles of every kind with one of these accounts, by folded username, each with its sealed password, by name.
	Sharing(ctx context.Context, t tenant.ID, usernames []string) ([]Sharer, error)
	// Called gives the profiles with these folded names, each with its sealed password and its verdict.
	Called(ctx context.Context, names []string) ([]Sharer, error)
	// History lists validations, newest first.
	History(ctx context.Context, id ID, limit int) ([]Validation, error)
	// Changes lists what the activity log says of the profile, newest first.
	Changes(ctx context.Context, id ID, limit int) ([]audit.Link, error)

	// Note writes an entry that stands alone.
	Note(ctx context.Context, e audit.Entry) error
	// Create stores a new profile with its first validation, of which a zero one was not made, and the password at the account's other
	// places. It returns ErrNameTaken.
	Create(ctx context.Context, p Profile, password []byte, v Validation, elsewhere []account.Renewal, entries ...audit.Entry) error
	// Update stores p where the version is still was, and the password at the account's other places. A nil password stays as it
	// is, a nil validation was not made. It returns ErrChanged, ErrGone or ErrNameTaken.
	Update(ctx context.Context, p Profile, was int64, password []byte, v *Validation, elsewhere []account.Renewal, entries ...audit.Entry) error
	// Validated stores a verdict, and the status where the verdict is about the account. A profile that is gone or has another
	// account by now (tenant and username other than p's) is left alone; then it writes the entry, because the attempt was made,
	// and returns ErrGone or ErrChanged.
	Validated(ctx context.Context, p Profile, v Validation, e audit.Entry) error
	// Repeated is Validated of a verdict that says what the one before it said: the history gets no line of it.
	Repeated(ctx context.Context, p Profile, v Validation, e audit.Entry) error
	// Concluded stores the outcome of an item of a run together with the verdict, as Validated does. A profile that is gone or has
	// another account by now has its item's outcome all the same: the attempt was made.
	Concluded(ctx context.Context, r run.Run, i run.Item, p Profile, v Validation, e audit.Entry) error
	// Bring stores profiles of an import in one transaction, each whole or not at all: failed has for each, in their order, ErrNameTaken,
	// ErrNoTenant, ErrChanged or ErrGone, or nil where it is stored together with its entry. told makes the last entry of the transaction
	// of that; nil: there is none. Any other error is one of all of them, and nothing is stored.
	Bring(ctx context.Context, list []Brought, told func(failed []error) audit.Entry) (failed []error, err error)
	// ImportLog lists what the activity log says of an import, newest first.
	ImportLog(ctx context.Context, id ImportID, limit int) ([]audit.Link, error)
	// Rebind gives each profile the sealed password that rebind makes of the one it has, and the key that its name has by now where no
	// other profile has it. It goes in steps; what the end of the process leaves, the next call does.
	Rebind(ctx context.Context, rebind func(p Profile, sealed []byte) ([]byte, error)) error
	// Delete removes all of them where each has still its version, or none. It returns ErrChanged or ErrGone.
	Delete(ctx context.Context, profiles []Profile, entries ...audit.Entry) error
}

// Sharer is a profile that has an account, perhaps with others.
type Sharer struct {
	Profile
	Sealed []byte
}

// Query is one view of the list (R10).
type Query struct {
	Text    string // looked for in name and username, in any case
	Tenant  tenant.ID
	Service string
	Status  string // a status of the catalogue, or Attention or Expiring
	Kind    Kind   // empty: both
	Sort    Column
	Down    bool // descending
	After   string
	Before  string // cursors of a Page; at most one of them
	Limit   int
	Window  Window // what Expiring means
}

// Filtered reports whether anything narrows the list.
func (q Query) Filtered() bool {
	return q.Text != "" || q.Tenant != "" || q.Service != "" || q.Status != "" || q.Kind != ""
}

// Attention and Expiring are views beside the statuses: everything that is neither valid nor untried, and passwords that
// end soon.
const (
	Attention = "attention"
	Expiring  = "expiring"
)

// Column is what the list sorts by.
type Column string

// The columns that sort, by their value in addresses.
const (
	ByName      Column = "name"
	ByTenant    Column = "tenant"
	ByUsername  Column = "username"
	ByStatus    Column = "status"
	ByExpires   Column = "expires"
	ByValidated Column = "validated"
	ByModified  Column = "modified"
)

// Columns lists them.
var Columns = []Column{ByName, ByTenant, ByUsername, ByStatus, ByExpires, ByValidated, ByModified}

// Window is a span of whole days, in UTC milliseconds: from inclusive, to exclusive.
type Window struct{ From, To int64 }

// Page is a part of the list.
type Page struct {
	Rows     []Row
	Next     string // cursor for what follows; empty at the end
	Previous string
	Total    int  // how many match
	AtLeast  bool // there are more than Total: counting on would cost
	Counts   Counts
}

// Row is a profile as the list has it: without who made it and who changed it last, and of its verdicts only what a row shows
// and Warnings need, which is the code, the expiry without its reason, the roles by template id and the kinds of warnings; of
// the failed attempt status and time.
type Row struct{ Profile }

// Counts stand above the list, and count what its search and filters let through, whatever its status (X34).
type Counts struct {
	All          int
	Valid        int
	Attention    int
	Expiring     int
	NotValidated int

	AtLeast    bool // the numbers by status are what was found among the first: counting on would cost
	AllAtLeast bool // and so is All
}
