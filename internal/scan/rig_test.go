package scan_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/appprofile"
	"purser.example/internal/audit"
	"purser.example/internal/pool"
	"purser.example/internal/profile"
	"purser.example/internal/run"
	"purser.example/internal/scan"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/accounts"
	"purser.example/internal/sqlite/appprofiles"
	"purser.example/internal/sqlite/pools"
	"purser.example/internal/sqlite/profiles"
	"purser.example/internal/sqlite/runs"
	"purser.example/internal/sqlite/scans"
	"purser.example/internal/sqlite/sqlitetest"
	"purser.example/internal/sqlite/tenants"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

const (
	contoso = "6f1c0000-0000-4000-8000-000000000001"
	marked  = "Marked-Secret-2026!"
	group   = "b0000000-0000-4000-8000-000000000001"
	claim   = "c:0t.c|tenant|" + group
)

var (
	ctx    = context.Background()
	adele  = access.Caller{Issuer: "https://idp.contoso.com", Subject: "s1", Name: "Adele Vance", SignIn: "adele@contoso.com", Roles: []access.Role{access.ServiceAdministrator}}
	nobody = access.Caller{Issuer: "https://idp.contoso.com", Subject: "s2", SignIn: "uma@contoso.com"}
	here   = audit.Origin{Request: "r1", Address: "127.0.0.1"}
	sites  = pool.Key{Tenant: contoso, Class: pool.Sites}
)

// rig is the real service on a real database. Microsoft is a fake that keeps to Microsoft's rules, as far as they matter here.
type rig struct {
	*scan.Service
	t         testing.TB
	db        *sqlite.DB
	ring      *secret.Keyring
	clock     *sqlitetest.Clock
	log       *safeBuffer
	microsoft *microsoft
	store     scan.Store
	between   func(scan.Store) scan.Store // stands before the real one; nil: nothing does
	limits    scan.Limits
	members   []pool.Object // of pools that are saved

	tenants  *tenant.Service
	apps     *appprofile.Service
	accounts *account.Service
	profiles *profile.Service
	pools    *pool.Service
	runs     *run.Service
	ran      run.Store
	kept     pool.Store
	shifts   *run.Shifts
	queue    *queue
}

// queue keeps what was handed to the background work: the tests say when it is done.
type queue struct{ jobs chan [2]string }

func (q *queue) Enqueue(_ context.Context, _ *sql.Tx, kind, id string) error {
	q.jobs <- [2]string{kind, id}
	return nil
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newRig(t testing.TB) *rig {
	t.Helper()
	r := &rig{t: t, clock: sqlitetest.StartingNow(), log: &safeBuffer{}, limits: scan.Limits{Patience: 20 * time.Second, Again: time.Millisecond}}
	r.db, r.ring = sqlitetest.Open(t, r.clock.Now)
	r.microsoft = newMicrosoft(r.clock.Now)
	r.tenants = tenant.NewService(tenants.New(r.db), r.ring, r.clock.Now)
	r.apps = appprofile.NewService(appprofile.Parts{Store: appprofiles.New(r.db), Tenants: r.tenants, Ring: r.ring, Now: r.clock.Now})
	r.start()
	must(t, r.apps.Connect(ctx, adele, here, tenant.Tenant{ID: contoso, DisplayName: "Contoso", InitialDomain: "contoso.onmicrosoft.com", Cloud: tenant.Worldwide},
		appprofile.App{ApplicationID: "a0000000-0000-4000-8000-000000000001", Secret: secret.FromString("App-Secret-2026!")}))
	return r
}

// start joins the parts anew, as a new process does.
func (r *rig) start() {
	log := slog.New(slog.NewTextHandler(r.log, nil))
	r.queue = &queue{make(chan [2]string, 1000)}
	r.db.SetQueue(r.queue)
	r.shifts = run.NewShifts()
	limits := account.Limits{PerTenant: 8, AtOnce: 8, Failures: 3, Rest: 5 * time.Millisecond, LongestRest: 20 * time.Millisecond, GiveUp: 100 * time.Millisecond, Etiquette: account.Etiquette{PerAccount: 5, PerTenant: 100}}
	r.accounts = account.NewService(account.Parts{Store: accounts.New(r.db), Tenants: r.tenants, Apps: r.apps, Validator: r.microsoft, Limits: limits, Now: r.clock.Now})
	r.ran = runs.New(r.db, runs.Effects{pool.CheckRun: pools.Settled})
	r.runs = run.NewService(run.Parts{Store: r.ran, Accounts: r.accounts, Shifts: r.shifts, Limits: run.Limits{Tries: 3, Again: time.Millisecond}, Now: r.clock.Now, Log: log})
	r.profiles = profile.NewService(profiles.New(r.db), r.tenants, r.accounts, r.ring, profile.Settings{}, r.clock.Now)
	r.kept = pools.New(r.db)
	r.pools = pool.NewService(pool.Parts{
		Store: r.kept, Tenants: r.tenants, Apps: r.apps, Accounts: r.accounts, Profiles: r.profiles, Runs: r.runs, Shifts: r.shifts, Ring: r.ring, Now: r.clock.Now, Log: log,
	})
	r.store = scans.New(r.db)
	if r.between != nil {
		r.store = r.between(r.store)
	}
	r.Service = scan.NewService(scan.Parts{
		Store: r.store, Tenants: r.tenants, Apps: r.apps, Accounts: r.accounts, Profiles: r.profiles, Pools: r.pools, Runs: r.runs, Shifts: r.shifts, Directory: r.microsoft,
		Limits: r.limits, Now: r.clock.Now, Log: log,
	})
	r.profiles.UsedBy(r.Service)
	r.pools.CountedBy(r.Service)
}

// account stores a valid service account profile.
func (r *rig) account(name, user string) profile.Profile {
	r.t.Helper()
	p, err := r.profiles.Create(ctx, adele, here, profile.Draft{Name: name, Tenant: contoso, Services: []string{"fly"}, Username: user, Password: secret.FromString(marked)})
	must(r.t, err)
	return p
}

// byAccount stores a scan profile that scans types with an account of its own.
func (r *rig) byAccount(types ...scan.Type) scan.Profile {
	r.t.Helper()
	p, err := r.Create(ctx, adele, here, scan.Profile{Name: "Nightly", Tenant: contoso, Types: types, Method: scan.ByAccount, Account: r.account("Scanner", "scanner@contoso.com").ID})
	must(r.t, err)
	return p
}

// pool saves a pool with a group and the rig's members, which are none unless a test says so.
func (r *rig) pool(class pool.Class, id string, kind pool.GroupKind) pool.Pool {
	r.t.Helper()
	p := r.save(pool.Key{Tenant: contoso, Class: class}, id, kind)
	<-r.queue.jobs // its reading is over
	return p
}

// poolWhile saves the pool of sites with another group while a scan goes on.
func (r *rig) poolWhile(id string) { r.save(sites, id, pool.Security) }

func (r *rig) save(key pool.Key, id string, kind pool.GroupKind) pool.Pool {
	r.t.Helper()
	was, err := r.kept.Pool(ctx, key)
	must(r.t, err)
	r.clock.Advance(time.Second)
	by := account.StampOf(adele, r.clock.Now())
	e := audit.By(adele, here, "pool changed", audit.Target{Kind: "account pool"})
	reading := pool.Reading{ID: pool.ReadingID(fmt.Sprintf("reading-%s-%d", key.Class, was.Number)), Key: key, Group: pool.Group{ID: id, Name: "Pool", Kind: kind}, State: pool.ReadingRuns, Begun: r.clock.Now()}
	must(r.t, r.kept.BeginReading(ctx, reading, e))
	must(r.t, r.kept.AddObjects(ctx, reading, r.members, false))
	must(r.t, r.kept.EndReading(ctx, reading.ID, pool.ReadingDone, "", e))
	p := pool.Pool{Key: key, Version: pool.Version{Number: was.Number + 1, Group: reading.Group, Reading: reading.ID, Members: len(r.members), By: by}, InForce: was.InForce}
	must(r.t, r.kept.Save(ctx, p, was.Number, nil, nil, nil, e))
	return p
}

// begin begins a scan by hand.
func (r *rig) begin(p scan.Profile) scan.Scan {
	r.t.Helper()
	s, err := r.Run(ctx, adele, here, p.ID)
	must(r.t, err)
	return s
}

// scanned carries a scan out to its end, together with the work that it hands over.
func (r *rig) scanned(p scan.Profile) scan.Scan {
	r.t.Helper()
	s := r.begin(p)
	must(r.t, r.work())
	return r.scan(s.ID)
}

func (r *rig) scan(id scan.ID) scan.Scan {
	r.t.Helper()
	s, err := r.Scan(ctx, adele, id)
	must(r.t, err)
	return s
}

// work does what was handed over until nothing is left, as the background work does, and gives the first error.
func (r *rig) work() error {
	var under sync.WaitGroup
	var mu sync.Mutex
	var first error
	idle := make(chan struct{}, 1000)
	going := 0
	do := func(job [2]string) {
		going++
		under.Go(func() {
			err := r.job(job)
			mu.Lock()
			defer mu.Unlock()
			if first == nil {
				first = err
			}
			idle <- struct{}{}
		})
	}
	for {
		select {
		case job := <-r.queue.jobs:
			do(job)
			continue
		default:
		}
		if going == 0 {
			break
		}
		select {
		case job := <-r.queue.jobs:
			do(job)
		case <-idle:
			going--
		}
	}
	under.Wait()
	return first
}

// job does one piece of work. It is enqueued in the transaction that stores what it is of, so that it is waited for.
func (r *rig) job(job [2]string) error {
	switch job[0] {
	case scan.ObjectScan:
		r.wait("the scan is stored", func() bool { _, err := r.store.Scan(ctx, scan.ID(job[1])); return err == nil })
		return r.Work(ctx, scan.ID(job[1]))
	case scan.GrantRun:
		r.wait("the run is handed over", func() bool {
			of, err := r.ran.Run(ctx, run.ID(job[1]))
			return err == nil && of.State != run.Preparing
		})
		return r.runs.Work(ctx, run.ID(job[1]))
	}
	return nil
}

func (r *rig) wait(what string, reached func() bool) {
	r.t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); <-tick.C {
		if reached() {
			return
		}
	}
	r.t.Error("did not happen: " + what)
}

// objects gives all objects of a type, by key.
func (r *rig) objects(of scan.Type, state scan.Presence) map[string]scan.Object {
	r.t.Helper()
	found := map[string]scan.Object{}
	q := scan.ObjectQuery{Tenant: contoso, Type: of, State: state}
	for {
		page, err := r.Objects(ctx, adele, q)
		must(r.t, err)
		for _, o := range page.Rows {
			if _, twice := found[o.Key]; twice {
				r.t.Errorf("the object %s is there twice", o.Key)
			}
			found[o.Key] = o
		}
		if q.After = page.Next; q.After == "" {
			return found
		}
	}
}

// logged counts the entries of an action in the activity log.
func (r *rig) logged(action audit.Action) int {
	r.t.Helper()
	links, err := r.db.Activity(ctx, 100_000)
	must(r.t, err)
	n := 0
	for _, l := range links {
		if l.Action == action {
			n++
		}
	}
	return n
}

// microsoft is a tenant.
type microsoft struct {
	now func() time.Time

	mu        sync.Mutex
	found     map[scan.Type][]scan.Found
	admins    map[string][]string // by id of the site
	closed    map[string]scan.Code
	refusing  map[string]error
	password  string
	status    verdict.Status // of accounts; empty: valid
	signIns   int
	writes    int
	resting   time.Time
	page      int
	unsupport bool
	terms     []string
	refused   map[string]bool // usernames
	tried     map[string]int  // sign-ins by username
	wrote     map[string]int  // sites by username
	unnamed   int             // pages to come that have an object without an id
	dropped   string          // of this username Microsoft takes no token any more
	roleless  string          // this username may look at no site
	both      map[pool.UserID][]string
	looked    map[pool.UserID]int // how often each was asked for

	reading func(ctx context.Context, t scan.Type, from scan.Cursor) error // before a page; nil: nothing happens
	looking func(ctx context.Context, user pool.UserID) error              // before a member is asked for
	setting func(site string)                                              // before an administrator is added
	set     func(site string)                                              // after
}

func newMicrosoft(now func() time.Time) *microsoft {
	return &microsoft{now: now, found: map[scan.Type][]scan.Found{}, admins: map[string][]string{}, closed: map[string]scan.Code{}, refusing: map[string]error{}, refused: map[string]bool{}, tried: map[string]int{}, wrote: map[string]int{}, both: map[pool.UserID][]string{}, looked: map[pool.UserID]int{}, password: marked, page: 3}
}

// fill makes so many sites, each with an administrator.
func (m *microsoft) fill(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range n {
		id := fmt.Sprintf("site-%04d", i+1)
		m.found[scan.Sites] = append(m.found[scan.Sites], scan.Found{Key: id, Name: "Site " + id, Address: "https://contoso.sharepoint.com/sites/" + id, Site: scan.Site{ID: id}})
		m.admins[id] = []string{"i:0#.f|membership|adele@contoso.com"}
	}
}

func (m *microsoft) add(t scan.Type, keys ...string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, key := range keys {
		m.found[t] = append(m.found[t], scan.Found{Key: key, Name: "The " + key, Address: key + "@contoso.com"})
	}
}

func (m *microsoft) remove(t scan.Type, key string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.found[t] = slices.DeleteFunc(m.found[t], func(f scan.Found) bool { return f.Key == key })
	delete(m.admins, key)
}

func (m *microsoft) adminsOf(site string) []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.admins[site])
}

func (m *microsoft) appoint(site string, logins ...string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.admins[site] = append(m.admins[site], logins...)
}

// Validate implements account.Validator.
func (m *microsoft) Validate(_ context.Context, a account.Account) verdict.Verdict {
	m.mu.Lock()
	defer m.mu.Unlock()
	v := verdict.Verdict{Status: verdict.Valid, At: m.now(), Attempted: true}
	m.tried[a.Username]++
	if m.signIns++; string(a.Password.Reveal()) != m.password || m.refused[a.Username] {
		v.Status, v.Code = verdict.WrongPassword, "AADSTS50126"
	} else if m.status != "" {
		v.Status = m.status
	}
	return v
}

// AsApp implements scan.Directory.
func (m *microsoft) AsApp(context.Context, tenant.Tenant, appprofile.App) (scan.Source, error) {
	return &session{m, "app"}, nil
}

// AsAccount implements scan.Directory.
func (m *microsoft) AsAccount(ctx context.Context, a account.Account, _ string) (scan.Source, verdict.Verdict) {
	if v := m.Validate(ctx, a); !v.Valid() {
		return nil, v
	}
	return &session{m, a.Username}, verdict.Verdict{Status: verdict.Valid, At: m.now(), Attempted: true}
}

// session implements scan.Source.
type session struct {
	*microsoft
	who string
}

func (s *session) Read(ctx context.Context, t scan.Type, from scan.Cursor, use func(scan.Page) error) error {
	for {
		s.mu.Lock()
		hook := s.reading
		s.mu.Unlock()
		if hook != nil {
			if err := hook(ctx, t, from); err != nil {
				return err
			}
		}
		if ctx.Err() != nil {
			return &scan.Unread{Code: "CANCELLED", Whose: "purser"}
		}
		s.mu.Lock()
		begin := 0
		_, _ = fmt.Sscanf(string(from), "%d", &begin)
		all := s.found[t]
		end := min(begin+s.page, len(all))
		p := scan.Page{Objects: slices.Clone(all[min(begin, end):end])}
		if end < len(all) {
			p.Next = scan.Cursor(fmt.Sprint(end))
		}
		if s.unnamed > 0 {
			s.unnamed--
			p.Warnings = append(p.Warnings, scan.Warning{Type: t, Name: "Unnamed", Code: scan.NoID})
		}
		s.mu.Unlock()
		if err := use(p); err != nil || p.Next == "" {
			return err
		}
		from = p.Next
	}
}

func (s *session) site(ctx context.Context, id string) error {
	switch {
	case ctx.Err() != nil:
		return &scan.Unread{Code: "CANCELLED", Whose: "purser"}
	case s.dropped == s.who:
		return &scan.Unread{Code: "AADSTS50057", Whose: "account"}
	case s.roleless == s.who:
		return &scan.Unread{Code: "HTTP 403", Whose: "account", Denied: true}
	case s.refusing[id] != nil:
		return s.refusing[id]
	case s.closed[id] != "":
		return &scan.Closed{Why: s.closed[id]}
	case s.admins[id] == nil:
		return scan.ErrNoSite
	}
	return nil
}

func (s *session) Administrators(ctx context.Context, of scan.Site, _ string) ([]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.admins[of.ID]), s.site(ctx, of.ID)
}

func (s *session) AddAdministrator(ctx context.Context, of scan.Site, _, login string) error {
	s.mu.Lock()
	before, after := s.setting, s.set
	s.mu.Unlock()
	if before != nil {
		before(of.ID)
	}
	s.mu.Lock()
	err := s.site(ctx, of.ID)
	if s.writes++; err == nil {
		s.wrote[s.who]++
		if !slices.Contains(s.admins[of.ID], login) {
			s.admins[of.ID] = append(slices.Clone(s.admins[of.ID]), login)
		}
	}
	s.mu.Unlock()
	if after != nil {
		after(of.ID)
	}
	return err
}

func (s *session) AddTermStoreAdministrator(_ context.Context, username string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unsupport {
		return scan.ErrUnsupported
	}
	s.terms = append(s.terms, strings.ToLower(username))
	return nil
}

func (s *session) OwnerAndMember(ctx context.Context, user pool.UserID) ([]string, error) {
	s.mu.Lock()
	s.looked[user]++
	hook, keys := s.looking, slices.Clone(s.both[user])
	s.mu.Unlock()
	if hook != nil {
		if err := hook(ctx, user); err != nil {
			return nil, err
		}
	}
	if ctx.Err() != nil {
		return nil, &scan.Unread{Code: "CANCELLED", Whose: "purser"}
	}
	return keys, nil
}

func (s *session) Resting() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.resting
}

func (s *session) Close() {}
