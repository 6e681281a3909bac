package pool_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/app"
	"purser.example/internal/appprofile"
	"purser.example/internal/audit"
	"purser.example/internal/m365sim"
	"purser.example/internal/microsoft"
	"purser.example/internal/pool"
	"purser.example/internal/problem"
	"purser.example/internal/profile"
	"purser.example/internal/run"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/accounts"
	"purser.example/internal/sqlite/appprofiles"
	"purser.example/internal/sqlite/pools"
	"purser.example/internal/sqlite/profiles"
	"purser.example/internal/sqlite/runs"
	"purser.example/internal/sqlite/sqlitetest"
	"purser.example/internal/sqlite/tenants"
	"purser.example/internal/tenant"
)

const (
	contoso = "6f1c0000-0000-4000-8000-000000000001"
	appID   = "a0000000-0000-4000-8000-000000000001"
	marked  = "Marked-Secret-2026!"
	appWord = "abcdefghijklmnop"
	poolURL = "https://contoso-admin.sharepoint.com"
)

var (
	ctx    = context.Background()
	adele  = access.Caller{Issuer: "https://idp.contoso.com", Subject: "s1", Name: "Adele Vance", SignIn: "adele@contoso.com", Roles: []access.Role{access.ServiceAdministrator}}
	alex   = access.Caller{Issuer: "https://idp.contoso.com", Subject: "s3", Name: "Alex Wilber", SignIn: "alex@contoso.com", Roles: []access.Role{access.TenantOwner}}
	nobody = access.Caller{Issuer: "https://idp.contoso.com", Subject: "s2", SignIn: "uma@contoso.com"}
	here   = audit.Origin{Request: "r1", Address: "127.0.0.1"}
	sites  = pool.Key{Tenant: contoso, Class: pool.Sites}

	// quick are limits for tests: nothing waits for long.
	quick = account.Limits{
		PerTenant: 8, AtOnce: 8, Failures: 3, Rest: 20 * time.Millisecond, LongestRest: 50 * time.Millisecond, GiveUp: 300 * time.Millisecond,
	}
	soon = run.Limits{Tries: 3, Again: 10 * time.Millisecond}
)

// fixture is a tenant with a group of every sort. More users and groups may be put in.
func fixture(users, groups string) string {
	return `{"tenants": [{
  "id": "` + contoso + `", "displayName": "Contoso", "initialDomain": "contoso.onmicrosoft.com", "domains": [{"id": "contoso.com"}],
  "apps": [{"appId": "` + appID + `", "displayName": "Purser", "secrets": [{"value": "App-Secret-2026!", "expires": "+180d"}]}],
  "policies": [{"id": "7f6f0000-0000-4000-8000-000000000001", "displayName": "Require MFA", "state": "enabled"}],
  "users": [
    {"userPrincipalName": "pool01@contoso.com", "displayName": "Pool 01", "password": "` + marked + `", "servicePlans": ["SHAREPOINTENTERPRISE"]},
    {"userPrincipalName": "pool02@contoso.com", "displayName": "Pool 02", "password": "` + marked + `"},
    {"userPrincipalName": "pool03@contoso.com", "displayName": "Pool 03", "password": "` + marked + `"},
    {"userPrincipalName": "off@contoso.com", "displayName": "Off", "password": "` + marked + `", "accountEnabled": false},
    {"userPrincipalName": "mfa@contoso.com", "displayName": "Mfa", "password": "` + marked + `", "mfa": "perUser", "appPassword": "` + appWord + `"},
    {"userPrincipalName": "ca@contoso.com", "displayName": "Ca", "password": "` + marked + `", "mfa": "conditionalAccess"},
    {"userPrincipalName": "fault@contoso.com", "displayName": "Fault", "password": "` + marked + `", "signInError": {"code": 90033, "status": 503}},
    {"userPrincipalName": "guest@contoso.com", "displayName": "Guest", "password": "` + marked + `", "userType": "Guest"},
    {"userPrincipalName": "svc-reader@contoso.com", "displayName": "Reader", "password": "` + marked + `", "roles": ["SharePoint Administrator"]}` + users + `],
  "groups": [
    {"displayName": "Pool", "mail": "pool@contoso.com", "members": ["pool01@contoso.com", "pool02@contoso.com", "off@contoso.com", "mfa@contoso.com", "ca@contoso.com", "fault@contoso.com", "guest@contoso.com"],
      "memberGroups": ["Inner"], "otherMembers": [{"type": "device", "displayName": "PC 7"}, {"type": "servicePrincipal", "displayName": "App"}, {"type": "orgContact", "displayName": "Partner"}]},
    {"displayName": "Inner", "members": ["pool01@contoso.com", "pool03@contoso.com"]},
    {"displayName": "O'Brien & Co", "kind": "microsoft365", "mail": "obrien@contoso.com", "members": ["pool01@contoso.com"]},
    {"displayName": "Twice", "mail": "twice@contoso.com", "members": ["pool01@contoso.com"]},
    {"displayName": "Twice", "kind": "distribution", "mail": "twice-list@contoso.com"},
    {"displayName": "List", "kind": "distribution", "mail": "list@contoso.com", "members": ["pool01@contoso.com"]},
    {"displayName": "Nobody"},
    {"displayName": "By rule", "dynamicRule": "user.department -eq \"Pool\"", "members": ["pool02@contoso.com"]}` + groups + `]
}]}`
}

// rig is the real service on a real database, with the real client asking the simulator over HTTP.
type rig struct {
	*pool.Service
	db        *sqlite.DB
	sim       *m365sim.Simulator
	clock     *sqlitetest.Clock
	log       *safeBuffer
	tenants   *tenant.Service
	apps      *appprofile.Service
	microsoft microsoft.Config
	accounts  *account.Service
	profiles  *profile.Service
	runs      *run.Service
	shifts    *run.Shifts
	ring      *secret.Keyring
	client    *microsoft.Client
	between   func(pool.Directory) pool.Directory // stands before the real one; nil: nothing does
	taken     *taken
}

// taken keeps what was handed to the background work, instead of working on it: the tests say when.
type taken struct {
	mu   sync.Mutex
	kind map[string]string
}

func (t *taken) Enqueue(_ context.Context, _ *sql.Tx, kind, id string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kind[id] = kind
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

// legacy says whether the tenant allows the legacy sign-in that app passwords belong to, and whether Microsoft has retired it.
func (r *rig) legacy(t testing.TB, allowed, retired bool) {
	t.Helper()
	must(t, r.sim.PatchTenant(contoso, fmt.Appendf(nil, `{"sharePoint": {"legacyAuthEnabled": %v, "legacyRetired": %v}}`, allowed, retired)))
}

// asked counts the requests to an address.
func (r *rig) asked(path string) (n int) {
	for _, of := range r.sim.Requests() {
		if of.Path == path {
			n++
		}
	}
	return n
}

func newRig(t testing.TB, json string) *rig {
	t.Helper()
	r := &rig{clock: sqlitetest.StartingNow(), log: &safeBuffer{}, taken: &taken{kind: map[string]string{}}}
	read, err := m365sim.Read(strings.NewReader(json))
	must(t, err)
	r.sim, err = m365sim.New(read, m365sim.Options{})
	must(t, err)
	server := httptest.NewServer(r.sim)
	t.Cleanup(server.Close)
	address, err := url.Parse(server.URL)
	must(t, err)
	r.db, r.ring = sqlitetest.Open(t, r.clock.Now)
	r.db.SetQueue(r.taken)
	r.tenants = tenant.NewService(tenants.New(r.db), r.ring, r.clock.Now)
	r.apps = appprofile.NewService(appprofile.Parts{Store: appprofiles.New(r.db), Tenants: r.tenants, Ring: r.ring, Now: r.clock.Now})
	r.microsoft = microsoft.Config{Simulator: address, Now: r.clock.Now, Log: r.logger(), CallTimeout: 3 * time.Second, Patience: 100 * time.Millisecond}
	r.start()
	r.connect(t, "App-Secret-2026!")
	return r
}

func (r *rig) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// start joins the parts anew, as a new process does.
func (r *rig) start() { r.limits(quick, soon) }

// limits is start with other limits.
func (r *rig) limits(limits account.Limits, tries run.Limits) {
	r.client = microsoft.New(r.microsoft)
	validator, directory := app.Microsoft(r.client)
	if r.between != nil {
		directory = r.between(directory)
	}
	r.shifts = run.NewShifts()
	r.accounts = account.NewService(account.Parts{Store: accounts.New(r.db), Tenants: r.tenants, Apps: r.apps, Validator: validator, Limits: limits, Now: r.clock.Now})
	r.runs = run.NewService(run.Parts{Store: runs.New(r.db, runs.Effects{pool.CheckRun: pools.Settled}), Accounts: r.accounts, Shifts: r.shifts, Limits: tries, Now: r.clock.Now, Log: r.logger()})
	r.profiles = profile.NewService(profiles.New(r.db), r.tenants, r.accounts, r.ring, profile.Settings{}, r.clock.Now)
	r.Service = pool.NewService(pool.Parts{
		Store: pools.New(r.db), Tenants: r.tenants, Apps: r.apps, Accounts: r.accounts, Profiles: r.profiles, Runs: r.runs, Shifts: r.shifts, Ring: r.ring, Directory: directory,
		Settings: pool.Settings{AdminCenterHosts: []string{"teams-admin.contoso.com"}}, Now: r.clock.Now, Log: r.logger(),
	})
	r.profiles.UsedBy(r.Service)
}

// connect gives the tenant's app profile a secret, or none.
func (r *rig) connect(t testing.TB, word string) {
	t.Helper()
	must(t, r.apps.Connect(ctx, adele, here, tenant.Tenant{ID: contoso, DisplayName: "Contoso", InitialDomain: "contoso.onmicrosoft.com", Cloud: tenant.Worldwide},
		appprofile.App{ApplicationID: appID, Secret: secret.FromString(word)}))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// profile stores a valid service account profile.
func (r *rig) profile(t testing.TB, name, user string) profile.Profile {
	t.Helper()
	p, err := r.profiles.Create(ctx, adele, here, profile.Draft{Name: name, Tenant: contoso, Services: []string{"fly"}, Username: user, Password: secret.FromString(marked)})
	must(t, err)
	return p
}

// validated validates a group and waits for the end of the reading.
func (r *rig) validated(t testing.TB, key pool.Key, text string) pool.Reading {
	t.Helper()
	reading, err := r.Validate(ctx, adele, here, key, text)
	must(t, err)
	return r.whole(t, reading.ID)
}

func (r *rig) whole(t testing.TB, id pool.ReadingID) pool.Reading {
	t.Helper()
	changes, stop := r.WatchReading(id)
	defer stop()
	for {
		reading, err := r.Reading(ctx, adele, id)
		must(t, err)
		if reading.State != pool.ReadingRuns {
			return reading
		}
		select {
		case <-changes:
		case <-time.After(20 * time.Second):
			t.Fatal("the reading does not end")
		}
	}
}

// rows gives all members that a query finds, by username.
func (r *rig) rows(t testing.TB, q pool.Query) map[string]pool.Member {
	t.Helper()
	found := map[string]pool.Member{}
	for {
		page, err := r.Members(ctx, adele, q)
		must(t, err)
		for _, m := range page.Rows {
			found[m.Username] = m
		}
		if q.After = page.Next; q.After == "" {
			return found
		}
	}
}

func (r *rig) standings(t testing.TB, id pool.ReadingID) map[string]pool.Standing {
	t.Helper()
	out := map[string]pool.Standing{}
	for name, m := range r.rows(t, pool.Query{Reading: id}) {
		out[name] = m.Standing
	}
	return out
}

// change is a Save of the pool as it is, with passwords for some of the members.
func (r *rig) change(t testing.TB, id pool.ReadingID, passwords map[string]string) pool.Change {
	t.Helper()
	p, err := r.Pool(ctx, adele, sites)
	must(t, err)
	c := pool.Change{Key: sites, Seen: p.Number, Reading: id, AdminURL: p.AdminURL, Objects: p.Objects}
	members := r.rows(t, pool.Query{Reading: id})
	for name, word := range passwords {
		m, there := members[name]
		if !there {
			t.Fatalf("%s is not in the reading", name)
		}
		c.Members = append(c.Members, pool.MemberChange{User: m.User, MFA: m.MFA, Password: secret.FromString(word)})
	}
	return c
}

func (r *rig) save(t testing.TB, c pool.Change) pool.Saved {
	t.Helper()
	saved, err := r.Save(ctx, adele, here, c)
	must(t, err)
	return saved
}

// work works on a check until it is over.
func (r *rig) work(t testing.TB, id run.ID) run.Run {
	t.Helper()
	must(t, r.runs.Work(ctx, id))
	return r.check(t, id)
}

func (r *rig) check(t testing.TB, id run.ID) run.Run {
	t.Helper()
	c, err := r.runs.Find(ctx, adele, r.Checks(), id)
	must(t, err)
	return c
}

// again goes on with a check that is over.
func (r *rig) again(id run.ID) (run.Run, error) {
	return r.runs.Reopen(ctx, adele, here, r.Checks(), id)
}

// cancelCheck asks a check to stop.
func (r *rig) cancelCheck(id run.ID) error {
	return r.runs.Cancel(ctx, adele, here, r.Checks(), id)
}

// tried counts the sign-ins of each user.
func (r *rig) tried() map[string]int {
	counted := map[string]int{}
	for _, q := range r.sim.Requests() {
		if q.GrantType == "password" {
			counted[q.Username]++
		}
	}
	return counted
}

// clean fails where the log or the activity log is not in order at the end.
func (r *rig) clean(t testing.TB) {
	t.Helper()
	must(t, r.db.VerifyActivity(ctx))
	for _, word := range []string{marked, appWord, "App-Secret-2026!"} {
		if strings.Contains(r.log.String(), word) {
			t.Errorf("R60: the log holds %q", word)
		}
	}
	links, err := r.db.Activity(ctx, 100_000)
	must(t, err)
	for _, l := range links {
		if text := fmt.Sprint(l); strings.Contains(text, marked) || strings.Contains(text, appWord) {
			t.Errorf("R60: the activity log holds a password: %v", l.Action)
		}
	}
}

// acted counts the entries of an action in the activity log.
func (r *rig) acted(t testing.TB, action audit.Action) int {
	t.Helper()
	links, err := r.db.Activity(ctx, 100_000)
	must(t, err)
	n := 0
	for _, l := range links {
		if l.Action == action {
			n++
		}
	}
	return n
}

func fieldOf(err error, field string) string {
	for _, f := range problem.Fields(err) {
		if f.Field == field {
			return f.Message
		}
	}
	return ""
}

func waitFor(t testing.TB, reached func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		if reached() {
			return
		}
	}
	t.Fatal("it does not come to that")
}

func contextWithCancel() (context.Context, context.CancelFunc) { return context.WithCancel(ctx) }
