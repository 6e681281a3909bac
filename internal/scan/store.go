package scan

import (
	"context"
	"errors"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/pool"
	"purser.example/internal/run"
	"purser.example/internal/tenant"
)

// The names under which work is handed to the background.
const (
	ObjectScan = "object_scan" // the job that a scan is in the queue
	GrantRun   = "site_grant"  // the Name of registrations of sites as a kind of run; the Scope of such a run is the scan's ID
)

// KeptWarnings is how many warnings a scan keeps; Section.Failed counts on.
const KeptWarnings = maxWarnings

// What a Store returns when a rule of the rows themselves is broken.
var (
	ErrNameTaken = errors.New("scan: the name is taken")
	ErrChanged   = errors.New("scan: changed by someone else")
	ErrGone      = errors.New("scan: not there, or no longer")
	ErrBusy      = errors.New("scan: a scan of the profile is not over")
)

// TypeTaken says that another scan profile of the tenant has an object type already (R52).
type TypeTaken struct {
	Type Type
	By   Profile // with its ID and Name
}

func (t *TypeTaken) Error() string { return "scan: the object type is taken: " + string(t.Type) }

// Store keeps scan profiles, scans and the objects found. Each change is written together with its entries in the activity log and the work
// that it hands over, all or nothing. Package storetest holds a store to what is promised here.
type Store interface {
	// Note writes an entry that stands alone.
	Note(ctx context.Context, e audit.Entry) error

	// Profile returns ErrGone for one that is not there.
	Profile(ctx context.Context, id ProfileID) (Profile, error)
	// Profiles lists all of a tenant, or all where it is empty, by name, each with its last scan (with its sections, without cursors).
	Profiles(ctx context.Context, t tenant.ID) ([]Listed, error)
	// Create stores a new profile. It returns ErrNameTaken and *TypeTaken.
	Create(ctx context.Context, p Profile, e audit.Entry) error
	// Update stores p where the version is still was. It returns ErrChanged, ErrGone, ErrNameTaken and *TypeTaken. The tenant stays.
	Update(ctx context.Context, p Profile, was int64, e audit.Entry) error
	// Delete removes profiles with their scans and those scans' runs, where each has still its version, and no scan and no run of a scan
	// that is not over. The objects stay: they are the tenant's. It returns ErrChanged, ErrGone or ErrBusy.
	Delete(ctx context.Context, profiles []Profile, entries ...audit.Entry) error
	// Due gives the profiles whose next time has come, the one that waits longest first, at most limit.
	Due(ctx context.Context, now time.Time, limit int) ([]Profile, error)
	// Schedule sets when the profile's next scan begins by itself, where its version is still that of p. It writes no entry.
	Schedule(ctx context.Context, p Profile, next time.Time) error

	// Begin stores a scan that waits, with its sections, hands it to the background work, and sets the profile's next time. It returns
	// ErrBusy where a scan of the profile is not over yet, and ErrGone where the profile is not there any more.
	Begin(ctx context.Context, s Scan, next time.Time, e audit.Entry) error
	// Skip stores a scan that did not begin, and sets the profile's next time.
	Skip(ctx context.Context, s Scan, next time.Time, e audit.Entry) error
	// Scan gives a scan with its sections and their cursors, or ErrGone.
	Scan(ctx context.Context, id ID) (Scan, error)
	// Scans lists the scans of a profile, or of a tenant, or all, newest first, with their sections.
	Scans(ctx context.Context, q ScanQuery) ([]Scan, error)
	// Active lists the scans that are not over, of a tenant if it is set.
	Active(ctx context.Context, t tenant.ID) ([]Scan, error)
	// Progress stores the scan's state, By and Grants, where it is not over. A scan that somebody asked to stop stays stopping; the
	// State that is kept comes back. It returns ErrGone.
	Progress(ctx context.Context, s Scan) (State, error)
	// Stop asks a scan to stop. It returns ErrChanged for one that is over or asked already.
	Stop(ctx context.Context, id ID, e audit.Entry) error
	// Warnings lists what a scan could not settle, in the order in which it came, after so many of them.
	Warnings(ctx context.Context, id ID, after, limit int) ([]Warning, error)

	// BeginSection stores that a type is being read, at this time, unless it is already. What is done to sections returns ErrGone for one
	// that is not there, and ErrChanged for one that is over; only EndSection may be called again.
	BeginSection(ctx context.Context, id ID, t Type, at time.Time) error
	// AddPage stores a page of objects and where the next one begins, and counts. What is there already is renewed; an object that the scan
	// has seen before counts once. Names and addresses are searched with the next Index. The section has the
	// code of a page that is Lacking, from then on. It gives the section as it is then.
	AddPage(ctx context.Context, id ID, t Type, p Page, at time.Time) (Section, error)
	// Restart forgets the cursor of a type, its counts, code and warnings, so that it is read from its beginning and counted anew; what the scan
	// has seen is not gone, and what it saw first is new.
	Restart(ctx context.Context, id ID, t Type) error
	// EndSection stores how reading a type ended. Of one that was read to its end it marks gone what this scan has not seen, in steps;
	// what the end of the process leaves between two, the next call marks. Only then is the section over.
	EndSection(ctx context.Context, id ID, s Section) error
	// End stores that nothing more of the scan happens: its state, code and end, the sections that are not over as stopped, and, where
	// force is not nil, that a saved pool is in force. It returns ErrChanged for a scan that is over, and pool.ErrChanged where another
	// version of the pool is saved by now; then nothing is stored.
	End(ctx context.Context, s Scan, force []Force, entries ...audit.Entry) error
	// Prune removes the scans of a profile that are over, are not among the newest and ended before a time, with their warnings and runs.
	// One of whose runs goes on stays.
	Prune(ctx context.Context, id ProfileID, keep int, before time.Time) error

	// ToGrant gives sites of the types that the group is to be registered on, after an object, by ID: those that are there, and whose
	// grant is not of this group and confirmed since the time.
	ToGrant(ctx context.Context, t tenant.ID, types []Type, group string, since time.Time, after ObjectID, limit int) ([]Object, error)
	// Concluded stores the outcome of an item of a run of grants together with the grant of its object, whose ID is the item's Subject. The
	// zero Grant says nothing: the object's stays.
	Concluded(ctx context.Context, r run.Run, i run.Item, g Grant, e *audit.Entry) error

	// Object returns ErrGone for one that was never found.
	Object(ctx context.Context, id ObjectID) (Object, error)
	// Objects gives one page of a view. A cursor that is none is the beginning.
	Objects(ctx context.Context, q ObjectQuery) (ObjectPage, error)
	// Counts gives how many objects of each type a tenant has, by kept counters; those of types that no scan has read are not in it.
	Counts(ctx context.Context, t tenant.ID) ([]Count, error)
	// Index renews what the search looks up, a step at a time, and tells whether there is more to do.
	Index(ctx context.Context) (more bool, err error)

	// There counts the objects of a type that are there and have one of the keys.
	There(ctx context.Context, t tenant.ID, of Type, keys []string) (int, error)
	// SetPlanner stores what a scan learned of the members of its tenant's pool, with its warnings; accounts that are not in the list are
	// forgotten. Of one that has a Code, the numbers of an earlier scan stay. Where the scan has stored it before, nothing happens. It returns
	// ErrGone.
	SetPlanner(ctx context.Context, id ID, c PlannerCheck, list []Planner, warnings []Warning) error
	// PlannerOf gives the check of a scan; the zero value for none.
	PlannerOf(ctx context.Context, id ID) (PlannerCheck, error)
	// Planner gives what is known of accounts, by folded username.
	Planner(ctx context.Context, t tenant.ID, usernames []string) (map[string]Planner, error)

	// TermStore gives who was made term store administrator of a tenant, and how; the zero value for nobody.
	TermStore(ctx context.Context, t tenant.ID, username string) (TermStoreEntry, error)
	// SetTermStore stores it.
	SetTermStore(ctx context.Context, t tenant.ID, entry TermStoreEntry, e audit.Entry) error
}

// Force is a pool that a scan brings into force.
type Force struct {
	Pool  pool.Pool
	By    account.Stamp
	Entry audit.Entry
}

// TermStoreEntry is whether an account was made term store administrator (R51).
type TermStoreEntry struct {
	Username string
	State    string // "added", by Purser; "by-hand", ticked off by a person; "open", it is for a person to do
	Code     string // why Purser could not
	By       account.Stamp
}

// Listed is a scan profile as the list has it.
type Listed struct {
	Profile
	Last *Scan // nil: none yet
}

// ScanQuery is one page of scans.
type ScanQuery struct {
	Profile ProfileID
	Tenant  tenant.ID
	Before  ID // the scan after which the page begins; empty for the first page
	Limit   int
}

// Presence is which objects a view shows.
type Presence string

// The presences, by their value in addresses.
const (
	Present Presence = "present" // those that are there
	Away    Presence = "gone"
	Any     Presence = "all"
)

// Column is what objects are sorted by.
type Column string

// The columns that sort, by their value in addresses.
const (
	ByName  Column = "name"
	ByType  Column = "type"
	ByFirst Column = "first"
	ByLast  Column = "last"
)

// ObjectQuery is one view of the objects found (R53).
type ObjectQuery struct {
	Text   string // looked for in name and address, without regard to case and accents
	Tenant tenant.ID
	Type   Type         // empty: all
	State  Presence     // empty: Present
	Grant  []GrantState // nil: whatever it is
	Sort   Column       // empty: ByName
	Down   bool
	After  string
	Before string // cursors of an ObjectPage; at most one of them
	Limit  int
}

// ObjectPage is a part of a view.
type ObjectPage struct {
	Rows     []Object
	Next     string
	Previous string
	Total    int
	AtLeast  bool // there are more than Total: counting on would cost
}
