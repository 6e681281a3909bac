package scan

import (
	"context"
	"log/slog"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/appprofile"
	"purser.example/internal/audit"
	"purser.example/internal/pool"
	"purser.example/internal/profile"
	"purser.example/internal/run"
	"purser.example/internal/tenant"
)

// Parts are what a Service is joined of.
type Parts struct {
	Store     Store
	Tenants   *tenant.Service
	Apps      *appprofile.Service
	Accounts  *account.Service
	Profiles  *profile.Service
	Pools     *pool.Service
	Runs      *run.Service // the service makes its kind known to them
	Shifts    *run.Shifts
	Directory Directory
	Now       func() time.Time
	Log       *slog.Logger
}

// Service keeps the rules of auto discovery.
type Service struct {
	store     Store
	tenants   *tenant.Service
	apps      *appprofile.Service
	accounts  *account.Service
	profiles  *profile.Service
	pools     *pool.Service
	runs      *run.Service
	shifts    *run.Shifts
	directory Directory
	now       func() time.Time
	log       *slog.Logger
}

// NewService joins the parts.
func NewService(p Parts) *Service {
	s := &Service{
		store: p.Store, tenants: p.Tenants, apps: p.Apps, accounts: p.Accounts, profiles: p.Profiles, pools: p.Pools, runs: p.Runs, shifts: p.Shifts,
		directory: p.Directory, now: p.Now, log: p.Log,
	}
	return s
}

// require asks for the right to everything here.
func require(caller access.Caller) error { return access.Require(caller, access.ManageServiceAccounts) }

// ListColumn is what the list of scan profiles is sorted by.
type ListColumn string

// The columns of the list that sort, by their value in addresses.
const (
	ListByName     ListColumn = "name"
	ListByTenant   ListColumn = "tenant"
	ListByMethod   ListColumn = "method"
	ListBySchedule ListColumn = "schedule"
	ListByLast     ListColumn = "last"
	ListByNext     ListColumn = "next"
)

// ListColumns lists them.
var ListColumns = []ListColumn{ListByName, ListByTenant, ListByMethod, ListBySchedule, ListByLast, ListByNext}

// ListQuery is a page of the list of scan profiles.
type ListQuery struct {
	Text   string // looked for in names, without regard to case
	Tenant tenant.ID
	Sort   ListColumn // ListByName unless set
	Down   bool
	After  string
	Before string // cursors of a ListPage; at most one of them
	Limit  int
}

// ListPage is a part of the list.
type ListPage struct {
	Rows     []Listed
	Total    int
	Previous string // cursors; empty where there is nothing that way
	Next     string
}

// Conflict says that somebody else has changed a scan profile since the page was shown.
type Conflict struct{ Now Profile }

func (c *Conflict) Error() string { return "scan: the profile was changed by someone else" }

// Seen is a scan profile as a page showed it.
type Seen struct {
	ID      ProfileID
	Version int64
}

// Doomed is a scan profile that somebody means to delete, with what goes with it.
type Doomed struct {
	Profile
	Scans int // of its history
}

// Chain is how far a pool's way into force is, for its picture: profile, pool, scan, in force.
type Chain struct {
	Pool     pool.Pool
	Accounts []profile.Profile // of the scan profiles that would register it
	Profiles []Listed          // that scan types of the class by a service account
	Last     *Scan             // the newest of their scans
	Counts   []Count           // of the tenant
	Sites    int               // that are there and to be registered
	Granted  int               // of them, for the saved group
	Refused  int
	Left     int // locked or archived
}

// The rules of what is asked of the Service. Every method asks for the right to manage service accounts first.
//
//	List, Find, Create, Edit, BeforeDelete, Delete   scan profiles
//	Choices                                          profiles whose accounts a scan profile may take
//	Run, Rerun, Stop, Scan, Scans, Warnings, Active  scans
//	Grants, GrantsAgain                              the runs that register sites
//	Objects, Counts, Export                          what was found
//	ChainOf, TermStore, ConfirmTermStore             what follows for pools
//	BeginDue, Work, Watch                            the background work
var _ = (*Service)(nil)

// List gives a page of the scan profiles.
func (s *Service) List(ctx context.Context, caller access.Caller, q ListQuery) (ListPage, error) {
	return ListPage{}, nil
}

// Find gives one scan profile, or problem.NotFound.
func (s *Service) Find(ctx context.Context, caller access.Caller, id ProfileID) (Profile, error) {
	return Profile{}, nil
}

// Choices lists the common profiles of a tenant whose account may be taken for scans, by name.
func (s *Service) Choices(ctx context.Context, caller access.Caller, t tenant.ID) ([]profile.Profile, error) {
	return nil, nil
}

// Create stores a new scan profile. It returns problem.Invalid with the fields that are wrong, also for a name or type that is taken.
func (s *Service) Create(ctx context.Context, caller access.Caller, origin audit.Origin, p Profile) (Profile, error) {
	return Profile{}, nil
}

// Edit stores a scan profile where its version is still that of p. Its tenant stays. It returns what Create returns, and *Conflict.
func (s *Service) Edit(ctx context.Context, caller access.Caller, origin audit.Origin, p Profile) (Profile, error) {
	return Profile{}, nil
}

// BeforeDelete gives those of the profiles that are still there, each with what goes with it.
func (s *Service) BeforeDelete(ctx context.Context, caller access.Caller, ids []ProfileID) ([]Doomed, error) {
	return nil, nil
}

// Delete removes profiles with their history, all or none. It returns problem.Conflict where one was changed or is being scanned.
func (s *Service) Delete(ctx context.Context, caller access.Caller, origin audit.Origin, seen []Seen) error {
	return nil
}

// Run begins a scan of the profile. Where the former one still runs the scan that comes back is Skipped (R52).
func (s *Service) Run(ctx context.Context, caller access.Caller, origin audit.Origin, id ProfileID) (Scan, error) {
	return Scan{}, nil
}

// Rerun begins a scan of every scan profile of the tenant (R46). It returns problem.Invalid where there is none.
func (s *Service) Rerun(ctx context.Context, caller access.Caller, origin audit.Origin, t tenant.ID) ([]Scan, error) {
	return nil, nil
}

// Stop asks a scan to stop: what was found stays. It returns problem.Conflict for one that is over.
func (s *Service) Stop(ctx context.Context, caller access.Caller, origin audit.Origin, id ID) error {
	return nil
}

// Scan gives one scan, or problem.NotFound.
func (s *Service) Scan(ctx context.Context, caller access.Caller, id ID) (Scan, error) {
	return Scan{}, nil
}

// Scans lists scans, newest first, and whether more follow.
func (s *Service) Scans(ctx context.Context, caller access.Caller, q ScanQuery) (scans []Scan, more bool, err error) {
	return nil, false, nil
}

// Warnings lists what a scan could not settle, after a number, and whether more follow.
func (s *Service) Warnings(ctx context.Context, caller access.Caller, id ID, after int) (list []Warning, more bool, err error) {
	return nil, false, nil
}

// Active lists the scans that are not over, of a tenant if it is set.
func (s *Service) Active(ctx context.Context, caller access.Caller, t tenant.ID) ([]Scan, error) {
	return nil, nil
}

// Watch gives a channel that has something to read after each change of the scan, until stop is called.
func (s *Service) Watch(id ID) (changes <-chan struct{}, stop func()) {
	return s.shifts.Watch(string(id))
}

// Grants is the registration of sites as a kind of run. Its runs' Scope is the scan's ID.
func (s *Service) Grants() run.Kind { return nil }

// GrantsAgain begins a run of those sites of an earlier one that were not registered.
func (s *Service) GrantsAgain(ctx context.Context, caller access.Caller, origin audit.Origin, id run.ID) (run.Run, error) {
	return run.Run{}, nil
}

// Objects gives a page of what was found.
func (s *Service) Objects(ctx context.Context, caller access.Caller, q ObjectQuery) (ObjectPage, error) {
	return ObjectPage{}, nil
}

// Counts gives how many objects of each type a tenant has.
func (s *Service) Counts(ctx context.Context, caller access.Caller, t tenant.ID) ([]Count, error) {
	return nil, nil
}

// Export gives all objects of a view, some at a time, in the order of the view. The activity log names the view before the first is given.
func (s *Service) Export(ctx context.Context, caller access.Caller, origin audit.Origin, q ObjectQuery, write func([]Object) error) error {
	return nil
}

// ChainOf tells how far a pool's way into force is.
func (s *Service) ChainOf(ctx context.Context, caller access.Caller, key pool.Key) (Chain, error) {
	return Chain{}, nil
}

// TermStore tells whether the account of a scan profile is term store administrator (R51); the zero value where nobody has tried.
func (s *Service) TermStore(ctx context.Context, caller access.Caller, t tenant.ID, username string) (TermStoreEntry, error) {
	return TermStoreEntry{}, nil
}

// ConfirmTermStore notes that a person has added the account by hand.
func (s *Service) ConfirmTermStore(ctx context.Context, caller access.Caller, origin audit.Origin, t tenant.ID, username string) error {
	return nil
}

// BeginDue begins the scans whose daily time has come. It is called now and then.
func (s *Service) BeginDue(ctx context.Context) error { return nil }

// Work carries a scan out, or on: it may be called again after whatever ended it before. It returns nil when the scan is over and
// run.ErrHandedBack when ctx ended first.
func (s *Service) Work(ctx context.Context, id ID) error { return nil }

// Explain gives the meaning of a code.
func Explain(c Code) Explanation { return Explanation{} }

// Explanation is what a code means, in sentences.
type Explanation struct {
	Code   Code
	Title  string // in a few words
	Cause  string
	Remedy string
}

// Explanations lists all of them in the order of the help page.
func Explanations() []Explanation { return nil }
