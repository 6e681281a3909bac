package watch_test

import (
	"bytes"
	"context"
	"database/sql"
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
	"purser.example/internal/profile"
	"purser.example/internal/run"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/accounts"
	"purser.example/internal/sqlite/appprofiles"
	"purser.example/internal/sqlite/events"
	"purser.example/internal/sqlite/pools"
	"purser.example/internal/sqlite/profiles"
	"purser.example/internal/sqlite/runs"
	"purser.example/internal/sqlite/sqlitetest"
	"purser.example/internal/sqlite/tenants"
	"purser.example/internal/sqlite/watches"
	"purser.example/internal/tenant"
	"purser.example/internal/watch"
)

const (
	contoso = "6f1c0000-0000-4000-8000-000000000001"
	marked  = "Marked-Secret-2026!"
)

var (
	ctx   = context.Background()
	adele = access.Caller{Issuer: "https://idp.contoso.com", Subject: "s1", Name: "Adele Vance", SignIn: "adele@contoso.com", Roles: []access.Role{access.ServiceAdministrator}}
	here  = audit.Origin{Request: "r1", Address: "127.0.0.1"}
	sites = pool.Key{Tenant: contoso, Class: pool.Sites}
)

const fixture = `{"tenants": [{
  "id": "6f1c0000-0000-4000-8000-000000000001", "displayName": "Contoso", "initialDomain": "contoso.onmicrosoft.com", "domains": [{"id": "contoso.com"}],
  "apps": [{"appId": "a0000000-0000-4000-8000-000000000001", "displayName": "Purser", "secrets": [{"value": "App-Secret-2026!", "expires": "+180d"}]}],
  "users": [
    {"userPrincipalName": "svc01@contoso.com", "password": "Marked-Secret-2026!"},
    {"userPrincipalName": "svc02@contoso.com", "password": "Marked-Secret-2026!"},
    {"userPrincipalName": "svc03@contoso.com", "password": "Marked-Secret-2026!"},
    {"userPrincipalName": "svc04@contoso.com", "password": "Marked-Secret-2026!"},
    {"userPrincipalName": "pool01@contoso.com", "displayName": "Pool 01", "password": "Marked-Secret-2026!"},
    {"userPrincipalName": "pool02@contoso.com", "displayName": "Pool 02", "password": "Marked-Secret-2026!"}],
  "groups": [{"displayName": "Pool", "mail": "pool@contoso.com", "members": ["pool01@contoso.com", "pool02@contoso.com"]}]}]}`

// rig is the real service over real nouns on a real database, with the real client asking the simulator over HTTP, all by one clock.
type rig struct {
	*watch.Service
	db       *sqlite.DB
	store    *watches.Store
	sim      *m365sim.Simulator
	clock    *sqlitetest.Clock
	log      *logBook
	tenants  *tenant.Service
	apps     *appprofile.Service
	accounts *account.Service
	profiles *profile.Service
	pools    *pool.Service
	runs     *run.Service
	ring     *secret.Keyring
}

type logBook struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// nowhere is a queue that takes work and forgets it: the tests say when it is done.
type nowhere struct{}

func (nowhere) Enqueue(context.Context, *sql.Tx, string, string) error { return nil }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newRig(t *testing.T) *rig { return newRigOf(t, fixture) }

func newRigOf(t *testing.T, text string) *rig {
	t.Helper()
	r := &rig{clock: sqlitetest.NewClock(), log: &logBook{}}
	r.clock.Advance(3 * time.Hour) // noon: what happens at the beginning of a day of a test is far from any night
	read, err := m365sim.Read(strings.NewReader(text))
	must(t, err)
	r.sim, err = m365sim.New(read, m365sim.Options{Now: r.clock.Now})
	must(t, err)
	server := httptest.NewServer(r.sim)
	t.Cleanup(server.Close)
	address, err := url.Parse(server.URL)
	must(t, err)
	r.db, r.ring = sqlitetest.Open(t, r.clock.Now)
	r.db.SetQueue(nowhere{})
	r.store = watches.New(r.db)
	logger := slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	r.tenants = tenant.NewService(tenants.New(r.db), r.ring, r.clock.Now)
	r.apps = appprofile.NewService(appprofile.Parts{Store: appprofiles.New(r.db), Tenants: r.tenants, Ring: r.ring, Now: r.clock.Now})
	must(t, r.apps.Connect(ctx, adele, here, tenant.Tenant{ID: contoso, DisplayName: "Contoso", InitialDomain: "contoso.onmicrosoft.com", Cloud: tenant.Worldwide},
		appprofile.App{ApplicationID: "a0000000-0000-4000-8000-000000000001", Secret: secret.FromString("App-Secret-2026!")}))
	client := microsoft.New(microsoft.Config{Simulator: address, Now: r.clock.Now, Log: logger, CallTimeout: 3 * time.Second, Patience: 10 * time.Millisecond})
	validator, directory := app.Microsoft(client)
	limits := account.Usual
	limits.Rest, limits.LongestRest, limits.Etiquette.Jitter = time.Millisecond, 2*time.Millisecond, 0
	r.accounts = account.NewService(account.Parts{Store: accounts.New(r.db), Tenants: r.tenants, Apps: r.apps, Validator: validator, Limits: limits, Now: r.clock.Now})
	shifts := run.NewShifts()
	r.runs = run.NewService(run.Parts{Store: runs.New(r.db, runs.Effects{pool.CheckRun: pools.Settled}), Accounts: r.accounts, Shifts: shifts, Limits: run.Limits{Tries: 2, Again: time.Millisecond}, Now: r.clock.Now, Log: logger})
	r.profiles = profile.NewService(profiles.New(r.db), r.tenants, r.accounts, r.ring, profile.Settings{}, r.clock.Now)
	r.pools = pool.NewService(pool.Parts{Store: pools.New(r.db), Tenants: r.tenants, Apps: r.apps, Accounts: r.accounts, Profiles: r.profiles, Runs: r.runs, Shifts: shifts, Ring: r.ring, Directory: directory, Now: r.clock.Now, Log: logger})
	r.start()
	return r
}

// start joins the checks anew, as a new process does.
func (r *rig) start() {
	r.Service = watch.NewService(watch.Parts{
		Store: r.store, Tenants: r.tenants, Accounts: r.accounts, Events: events.New(r.db), On: true, Now: r.clock.Now, Log: slog.New(slog.NewTextHandler(r.log, nil)),
		Probers: map[string]watch.Prober{
			profile.PlaceKind: func(ctx context.Context, w watch.Watched) (account.Checkup, error) {
				return r.profiles.CheckUp(ctx, profile.ID(w.Place.ID))
			},
			pool.PlaceKind: func(ctx context.Context, w watch.Watched) (account.Checkup, error) {
				key, user := pool.MemberAt(w.Place)
				return r.pools.CheckUp(ctx, key, user, w.Account)
			},
		},
	})
}

// profile stores a valid profile.
func (r *rig) profile(t *testing.T, name, user string) profile.Profile {
	t.Helper()
	p, err := r.profiles.Create(ctx, adele, here, profile.Draft{Name: name, Tenant: contoso, Services: []string{"fly"}, Username: user, Password: secret.FromString(marked)})
	must(t, err)
	return p
}

// pool saves the pool with a password for each member.
func (r *rig) pool(t *testing.T) {
	t.Helper()
	reading, err := r.pools.Validate(ctx, adele, here, sites, "pool@contoso.com")
	must(t, err)
	changes, stop := r.pools.WatchReading(reading.ID)
	defer stop()
	for reading.State == pool.ReadingRuns {
		<-changes
		reading, err = r.pools.Reading(ctx, adele, reading.ID)
		must(t, err)
	}
	page, err := r.pools.Members(ctx, adele, pool.Query{Reading: reading.ID})
	must(t, err)
	change := pool.Change{Key: sites, Reading: reading.ID}
	for _, m := range page.Rows {
		change.Members = append(change.Members, pool.MemberChange{User: m.User, Password: secret.FromString(marked)})
	}
	saved, err := r.pools.Save(ctx, adele, here, change)
	must(t, err)
	must(t, r.runs.Work(ctx, saved.Check))
}

// pass lets time pass, a step at a time, with a Tick at each.
func (r *rig) pass(t *testing.T, d, step time.Duration) {
	t.Helper()
	for end := r.clock.Now().Add(d); r.clock.Now().Before(end); {
		r.clock.Advance(step)
		must(t, r.Tick(ctx))
		r.Wait()
	}
}

// tried are the moments of the sign-ins of each user, by the simulator's journal.
func (r *rig) tried() map[string][]time.Time {
	at := map[string][]time.Time{}
	for _, q := range r.sim.Requests() {
		if q.GrantType == "password" {
			at[q.Username] = append(at[q.Username], q.Time)
		}
	}
	return at
}

// health is what is known of a profile's checks.
func (r *rig) health(t *testing.T, p profile.Profile) watch.Health {
	t.Helper()
	h, err := r.Health(ctx, adele, account.Place{Kind: profile.PlaceKind, ID: string(p.ID)}, contoso)
	must(t, err)
	return h
}

func said(checks []watch.Check) string {
	var list []string
	for _, c := range checks {
		text := string(c.Outcome)
		if c.Reason != "" {
			text += " " + string(c.Reason)
		}
		list = append(list, text)
	}
	return strings.Join(list, ", ")
}

func (r *rig) patch(t *testing.T, user, change string) {
	t.Helper()
	must(t, r.sim.PatchUser(user, []byte(change)))
}
