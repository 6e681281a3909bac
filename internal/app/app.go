// Package app joins the parts of Purser into one that runs. Commands, the demo and the tests start it the same way.
package app

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/activity"
	"purser.example/internal/appprofile"
	"purser.example/internal/audit"
	"purser.example/internal/backup"
	"purser.example/internal/breakglass"
	"purser.example/internal/certificate"
	"purser.example/internal/config"
	"purser.example/internal/drift"
	"purser.example/internal/event"
	"purser.example/internal/feed"
	"purser.example/internal/horizon"
	"purser.example/internal/keychange"
	"purser.example/internal/login"
	"purser.example/internal/metrics"
	"purser.example/internal/microsoft"
	"purser.example/internal/notify"
	"purser.example/internal/people"
	"purser.example/internal/pool"
	"purser.example/internal/problem"
	"purser.example/internal/profile"
	"purser.example/internal/retirement"
	"purser.example/internal/run"
	"purser.example/internal/scan"
	"purser.example/internal/secret"
	"purser.example/internal/session"
	"purser.example/internal/sheet"
	"purser.example/internal/sqlite"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
	"purser.example/internal/watch"
	"purser.example/internal/work"
	"purser.example/web"
	entries "purser.example/web/activity"
	"purser.example/web/appprofiles"
	"purser.example/web/auth"
	"purser.example/web/bell"
	drifted "purser.example/web/drift"
	checkups "purser.example/web/health"
	"purser.example/web/help"
	"purser.example/web/horizons"
	"purser.example/web/keys"
	"purser.example/web/notifications"
	screens "purser.example/web/people"
	"purser.example/web/pools"
	"purser.example/web/profiles"
	"purser.example/web/respond"
	"purser.example/web/runs"
	"purser.example/web/scans"
	"purser.example/web/security"
	"purser.example/web/tenants"
	"purser.example/web/verdicts"
)

// Options are the parts that callers may choose, beside the configuration.
type Options struct {
	Log *slog.Logger
	Now func() time.Time // nil: the real clock

	CallTimeout time.Duration // of one request to Microsoft 365; 0: the client's own

	LookAfter time.Duration // when a large database is looked through for damage; 0: a minute after the start

	KeyServiceEvery time.Duration // how often a key service is asked whether it still opens the keyring; 0: once a minute

	Version string // of the program, for the metrics

	New bool // the data folder is a new one on purpose, so that nobody need be warned of a new installation
}

// App is a Purser that is open. Close it after use.
type App struct {
	DB       *sqlite.DB
	Handler  http.Handler
	Tenants  *tenant.Service
	Apps     *appprofile.Service
	Accounts *account.Service
	Runs     *run.Service
	Profiles *profile.Service
	Pools    *pool.Service
	Scans    *scan.Service
	People   *people.Service
	Activity *activity.Service
	Keys     *keychange.Service
	Watch    *watch.Service
	Events   event.Store
	Notices  *notify.Service
	Drift    *drift.Service
	Horizon  *horizon.Service
	Feeds    *feed.Service

	Validations *profile.Validations
	Imports     *profile.Imports

	cfg      config.Config
	log      *slog.Logger
	now      func() time.Time
	sessions *session.Service
	links    *breakglass.Service
	health   health
	login    *login.Client

	certificate *certificate.Kept // nil: no TLS of our own
	metrics     *metrics.Metrics  // nil: nothing is counted

	backups *backup.Scheduled // nil: none are made
	senders map[notify.Way]notify.Sender

	tally    *audit.Tally
	logStore logStore
	queue    *work.Queue
	shifts   *run.Shifts
	index    func(context.Context) (more bool, err error)
	handBack func()          // stops the background work, once
	beside   context.Context // ends with Close
	stop     context.CancelFunc
	chores   sync.WaitGroup
}

// Open opens the database with its key and joins everything. It talks to nobody outside: the identity provider may be down.
// A key that does not fit comes back as secret.ErrWrongKey, secret.ErrDamaged or sqlite.ErrKeyringMissing. With an error there is
// no App, and whatever was opened for it is closed again.
func Open(ctx context.Context, cfg config.Config, o Options) (*App, error) {
	forbidDumps()
	if o.Now == nil {
		o.Now = func() time.Time { return time.Now().UTC() }
	}
	keepers, err := Keepers(cfg)
	if err != nil {
		return nil, err
	}
	codes, err := codesOf(cfg)
	if err != nil {
		return nil, err
	}
	secured, err := certificateOf(cfg, o)
	if err != nil {
		return nil, err
	}
	counts := metricsOf(cfg, o)
	db, err := sqlite.Open(ctx, databaseOptions(cfg, o, counts))
	if err != nil {
		return nil, err
	}
	ring, err := unlock(ctx, db, keepers, cfg.Data, o)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	db.Recorded(putHappened)
	kept := storesOf(db)
	if err := kept.prepare(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("fold what is searched: %w", err), db.Close())
	}
	a := &App{DB: db, cfg: cfg, log: o.Log, now: o.Now, health: health{after: cmp.Or(o.LookAfter, time.Minute)}, certificate: secured, metrics: counts, senders: sendersOf(cfg)}
	a.cfg.Key, a.cfg.KeyNew, a.cfg.OIDC.ClientSecret, a.cfg.TLSKey, a.cfg.SMTP.Password = "", "", "", "", "" // wrapped by now, and not needed in the clear again
	a.cfg.KeyLogin, a.cfg.NewLogin = config.KeyLogin{}, config.KeyLogin{}
	a.index, a.logStore = kept.index, kept.entries
	a.login, a.tally = loginClient(cfg, codes, o.Now, nil), audit.NewTally(db, o.Now)
	a.furnish(kept, ring, codes, o)
	a.changeKeys(kept, ring, keepers, o)
	a.backups = a.scheduledBackups(keepers, o)
	if a.metrics != nil {
		a.metrics.Ask(a.sources(kept, o.Now))
	}
	if err := a.employ(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	a.Handler = a.pages(newReadiness(db, &a.health, o.Log).check, codes, o)
	a.beside, a.stop = context.WithCancel(context.WithoutCancel(ctx))
	a.forwardLog(a.beside, a.logStore, o.Now)
	if err := a.begin(ctx, a.beside, o); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// furnish makes the nouns, each of what stands to its left.
func (a *App) furnish(kept stores, ring *secret.Keyring, codes *verdict.Table, o Options) {
	cfg := a.cfg
	client := microsoft.New(microsoft.Config{Simulator: cfg.M365Simulator, Now: o.Now, Log: o.Log, Codes: codes, CallTimeout: o.CallTimeout, Throttled: a.throttled, AdminCenters: cfg.AdminCenterHosts})
	asker, directory := Microsoft(client)
	a.sessions = session.NewService(kept.sessions, ring, session.Limits{Idle: cfg.Session.Idle, Max: cfg.Session.Max}, o.Now, o.Log)
	a.sessions.RoledBy(a.roles)
	a.links = breakglass.NewService(breakglass.Parts{Store: kept.links, Ring: ring, Folder: cfg.Data, Activity: a.tally, Now: o.Now, Log: o.Log})
	a.Tenants = tenant.NewService(kept.tenants, ring, o.Now)
	a.Apps = appprofile.NewService(appprofile.Parts{Store: kept.apps, Tenants: a.Tenants, Directory: Apps(client), Ring: ring, Now: o.Now})
	a.shifts = run.NewShifts()
	a.Accounts = account.NewService(account.Parts{
		Store: kept.accounts, Tenants: a.Tenants, Apps: a.Apps, Validator: a.measured(asker, codes), Settings: account.Settings{StrictPasswords: cfg.StrictPasswords}, Limits: account.Usual, Now: o.Now,
	})
	a.Runs = run.NewService(run.Parts{Store: kept.runs, Accounts: a.Accounts, Shifts: a.shifts, Limits: run.Usual, Now: o.Now, Log: o.Log})
	a.Profiles = profile.NewService(kept.profiles, a.Tenants, a.Accounts, ring, profile.Settings{ServiceProvider: cfg.ServiceProvider, AdminCenterHosts: cfg.AdminCenterHosts}, o.Now)
	a.Validations = profile.NewValidations(a.Profiles, a.Runs)
	a.Imports = profile.NewImports(a.Profiles, a.Validations, a.shifts, o.Now, o.Log)
	a.sessions.TellOver(func(key session.Key) { a.Imports.Leave(string(key)) })
	a.People = people.NewService(people.Parts{
		Store: kept.people, Ring: ring, Tenants: a.Tenants, Apps: a.Apps, Profiles: a.Profiles, Directory: People(client), Issuer: cfg.OIDC.Issuer,
		Ended: func(key string) { a.sessions.Ended(session.Key(key)) }, Now: o.Now, Log: o.Log,
	})
	a.Pools = pool.NewService(pool.Parts{
		Store: kept.pools, Tenants: a.Tenants, Apps: a.Apps, Accounts: a.Accounts, Profiles: a.Profiles, Runs: a.Runs, Shifts: a.shifts, Ring: ring, Directory: directory,
		Settings: pool.Settings{AdminCenterHosts: cfg.AdminCenterHosts}, Codes: codes, Now: o.Now, Log: o.Log,
	})
	a.Scans = scan.NewService(scan.Parts{
		Store: kept.scans, Tenants: a.Tenants, Apps: a.Apps, Accounts: a.Accounts, Profiles: a.Profiles, Pools: a.Pools, Runs: a.Runs, Shifts: a.shifts, Directory: Scans(client),
		Now: o.Now, Log: o.Log,
	})
	a.Activity = activity.NewService(activity.Parts{Store: kept.entries, Verifications: kept.entries, Lines: kept.entries, Receivers: a.receivers, Shifts: a.shifts, Now: o.Now})
	a.Drift = drift.NewService(drift.Parts{Store: kept.drifts, Tenants: a.Tenants, Apps: a.Apps, Directory: &looker{client: client, now: o.Now}, Groups: a.groupsOf, Now: o.Now, Log: o.Log})
	a.Accounts.Tell(a.noticed)
	a.Events = kept.events
	a.Watch = watch.NewService(watch.Parts{
		Store: kept.watches, Tenants: a.Tenants, Accounts: a.Accounts, Events: a.Events, Probers: probers(a.Profiles, a.Pools), On: cfg.HealthChecks, Now: o.Now, Log: o.Log, After: a.looked, Night: a.revisit,
	})
	a.Horizon = &horizon.Service{Store: kept.horizon, Sources: a.expiries(), Retirements: retirement.All(), Now: o.Now}
	a.Notices = a.noticesOf(kept, ring, o)
	a.Feeds = &feed.Service{Store: kept.feeds, Ring: ring, Holder: a.People.Holder, Now: o.Now}
	a.Profiles.UsedBy(a.Pools, a.Scans)
	a.Pools.CountedBy(a.Scans)
	a.Accounts.KeptBy(a.Profiles, a.Pools)
	a.Apps.UsedBy(a.Profiles, a.Pools, a.Scans)
}

// employ opens the queue of the background work.
func (a *App) employ(ctx context.Context) (err error) {
	a.queue, err = work.Open(ctx, a.DB, a.log,
		work.Runs(profile.ValidationRun, a.Runs),
		work.Runs(pool.CheckRun, a.Runs),
		work.Runs(scan.GrantRun, a.Runs),
		work.Scans(scan.ObjectScan, func(ctx context.Context, id string) error { return a.Scans.Work(ctx, scan.ID(id)) }),
		work.Local(activity.Verifying, func(ctx context.Context, id string) error { return a.Activity.Work(ctx, activity.VerificationID(id)) }),
		work.KeyChange(keychange.Work, a.Keys.Carry),
		work.Net(pool.GroupRead, func(ctx context.Context, id string) error { return a.Pools.Read(ctx, pool.ReadingID(id)) }),
	)
	if err != nil {
		return err
	}
	a.DB.SetQueue(a.queue)
	// Both at once: nothing is begun once the first of them has been told.
	a.handBack = sync.OnceFunc(func() {
		var both sync.WaitGroup
		both.Go(a.shifts.HandBack)
		both.Go(a.queue.Stop)
		both.Wait()
	})
	return nil
}

// pages is Purser in a browser.
func (a *App) pages(ready func(context.Context) error, codes *verdict.Table, o Options) http.Handler {
	told := &verdicts.Words{Tenants: a.Tenants, Apps: a.Apps, Codes: codes, Now: o.Now}
	desk := new(sheet.Desk)
	checks := &checkups.Handlers{Watch: a.Watch, Drift: a.Drift, Notices: a.Notices, Profiles: a.Profiles, Pools: a.Pools, Tenants: a.Tenants, Apps: a.Apps, Now: o.Now}
	discovery := &scans.Handlers{Scans: a.Scans, Runs: a.Runs, Tenants: a.Tenants, Now: o.Now, Log: o.Log}
	return web.New(web.Options{
		BaseURL: a.cfg.BaseURL, TrustedProxies: a.cfg.TrustedProxies, Networks: a.cfg.TrustedNetworks, Now: o.Now, Log: o.Log,
		Sessions: a.sessions, Login: a.login, Arrivals: arrivals{a.People}, Links: a.links, Activity: a.tally, Ready: ready, Remark: a.remark, Simulated: a.cfg.Simulated(), Observe: a.observer(),
		Overview:    a.overview(o),
		Profiles:    &profiles.Handlers{Profiles: a.Profiles, Health: checks.Strip, Accounts: a.Accounts, Validations: a.Validations, Imports: a.Imports, Desk: desk, RunsOf: a.Runs, Tenants: a.Tenants, Apps: a.Apps, Now: o.Now, Log: o.Log, Verdicts: told},
		Pools:       &pools.Handlers{Pools: a.Pools, Scans: a.Scans, Runs: a.Runs, Tenants: a.Tenants, Now: o.Now, Log: o.Log, Verdicts: told, Desk: desk},
		Runs:        &runs.Handlers{Runs: a.Runs, Tenants: a.Tenants, Now: o.Now},
		Tenants:     &tenants.Handlers{Tenants: a.Tenants, Apps: a.Apps, Found: discovery.Found, Now: o.Now},
		AppProfiles: &appprofiles.Handlers{Apps: a.Apps, Tenants: a.Tenants, Now: o.Now, Log: o.Log, Verdicts: told},
		Scans:       discovery,
		People:      &screens.Handlers{People: a.People, Tenants: a.Tenants, Now: o.Now, Log: o.Log},
		Health:      checks,
		Horizon:     &horizons.Handlers{BaseURL: a.cfg.BaseURL.String(), Horizon: a.Horizon, Notices: a.Notices, Feeds: a.Feeds, Profiles: a.Profiles, Apps: a.Apps, Tenants: a.Tenants, Codes: codes, Checked: a.cfg.HealthChecks, Now: o.Now},
		Drift:       &drifted.Handlers{Drift: a.Drift, Tenants: a.Tenants, Pools: a.Pools, Now: o.Now},
		Security:    &security.Handlers{Sessions: a.sessions, InForce: a.inForce, Now: o.Now},
		Entries:     &entries.Handlers{Activity: a.Activity, Tenants: a.Tenants, Now: o.Now, Log: o.Log},
		Keys:        &keys.Handlers{Keys: a.Keys, Now: o.Now},
		Notices:     &notifications.Handlers{Notices: a.Notices, Tenants: a.Tenants, Now: o.Now},
		Bell:        &bell.Handlers{Feed: event.Feed{Store: a.Events}, Tenants: a.Tenants, Now: o.Now, Log: o.Log},
		Help:        &help.Handlers{Provider: a.cfg.ServiceProvider, StrictPasswords: a.cfg.StrictPasswords, Codes: codes, Now: o.Now},
	})
}

// unlock opens the keyring. It tells where it made a new one, because an installation that comes into being where nobody wanted
// one, such as by a wrong PURSER_DATA, looks as ready as the one that is missed (X31).
func unlock(ctx context.Context, db *sqlite.DB, keepers []secret.Keeper, folder string, o Options) (*secret.Keyring, error) {
	none := db.New(ctx) // asks no key service, as trying the key would
	ring, err := db.Unlock(ctx, keepers...)
	if err == nil && none && !o.New {
		o.Log.Warn("a new installation was made, because the data folder had none", "folder", folder, "key", keepers[0].ID())
	}
	return ring, err
}

func loginClient(cfg config.Config, codes *verdict.Table, now func() time.Time, way http.RoundTripper) *login.Client {
	base := cfg.BaseURL.String()
	return login.New(login.Config{
		Issuer: cfg.OIDC.Issuer, ClientID: cfg.OIDC.ClientID, ClientSecret: secret.FromString(cfg.OIDC.ClientSecret),
		RedirectURL: base + auth.CallbackPath, PostLogoutURL: base + auth.SignedOutPath,
		RoleClaim: cfg.OIDC.RoleClaim,
		RoleValues: map[string]access.Role{
			cfg.OIDC.TenantOwner: access.TenantOwner, cfg.OIDC.ServiceAdministrator: access.ServiceAdministrator,
		},
		Codes: codes.Whose,
		Now:   now, Transport: way,
	})
}

// begin starts what goes on beside requests, until beside ends.
func (a *App) begin(ctx, beside context.Context, o Options) error {
	if err := a.takeOver(ctx); err != nil {
		return err
	}
	if a.DB.Large() {
		a.chores.Go(func() { a.health.look(beside, a) })
	}
	if err := a.Runs.Recover(ctx); err != nil {
		return fmt.Errorf("take up the work of before: %w", err)
	}
	if err := a.Watch.Recover(ctx); err != nil {
		return fmt.Errorf("take up the health checks of before: %w", err)
	}
	if err := a.Notices.Recover(ctx); err != nil {
		return fmt.Errorf("take up the notifications of before: %w", err)
	}
	if err := a.queue.Start(ctx); err != nil {
		return err
	}
	a.takeUpLinks(ctx)
	a.takeUpKeys(ctx)
	a.chores.Go(func() { a.every(beside, 2*time.Second, a.indexSome) })
	a.chores.Go(func() { a.every(beside, 2*time.Second, a.takeUpKeys) })
	a.chores.Go(func() { a.every(beside, 2*time.Second, a.takeUpLinks) })
	a.chores.Go(func() { a.every(beside, cmp.Or(o.KeyServiceEvery, keyServiceEvery), a.lookAtKeyService) })
	a.chores.Go(func() { a.every(beside, time.Minute, a.tidy) })
	a.chores.Go(func() { a.every(beside, time.Minute, a.tidyThrottles) })
	a.chores.Go(func() { a.every(beside, dueEvery, a.beginDue) })
	if a.backups != nil {
		a.chores.Go(func() { a.every(beside, backupEvery, a.backups.BeginDue) })
	}
	if a.cfg.ActivityLog.Keep > 0 {
		a.chores.Go(func() { a.every(beside, shortenEvery, a.shortenLog) })
	}
	a.chores.Go(func() { a.every(beside, time.Second, a.checkHealth) })
	a.chores.Go(func() { a.every(beside, askEvery, a.askAgain) })
	a.chores.Go(func() { a.every(beside, time.Hour, a.thinChecks) })
	a.chores.Go(func() { a.every(beside, time.Hour, a.forgetEvents) })
	a.chores.Go(func() { a.every(beside, time.Second, a.notify) })
	a.chores.Go(func() { a.every(beside, aheadEvery, a.lookAhead) })
	if a.certificate != nil && a.certificate.Renewable() {
		a.chores.Go(func() { a.every(beside, renewEvery, func(context.Context) { a.RenewCertificate() }) })
	}
	return nil
}

// MeetProvider asks for the identity provider once, behind the pages, so that the log says after the start what would otherwise be found
// out by the first person who wants to sign in (X6). It is called where the address is open.
func (a *App) MeetProvider() {
	a.chores.Go(func() {
		err := problem.Guard(func() error { return a.login.Discover(a.beside) })
		switch {
		case err == nil || a.beside.Err() != nil:
		case login.SetUpWrongly(err):
			a.log.Warn("no one can sign in: sign-in isn't set up correctly", "fault", string(login.Whose(err)), "error", err)
		default:
			a.log.Warn("no one can sign in yet: the identity provider could not be asked", "fault", string(login.Whose(err)), "error", err)
		}
	})
}

// HandBack tells the background work to stop and waits for it, ten seconds at most. It is called as soon as Purser is to stop,
// beside the requests that come to their end, because a run begins no more then. Close does it where nobody has.
func (a *App) HandBack() { a.handBack() }

// Close ends what goes on and closes the database.
func (a *App) Close() error {
	a.stop()
	a.handBack()
	a.chores.Wait()
	a.Watch.Wait()
	a.Notices.Wait()
	a.sessions.Close()
	a.Imports.Close()
	return errors.Join(a.tally.Close(context.Background()), a.DB.Close())
}

// grace is how long requests in flight may take to end after the signal to stop.
const grace = 10 * time.Second

// Serve answers requests on ln until ctx ends, then waits for those in flight, at most ten seconds.
func Serve(ctx context.Context, ln net.Listener, handler http.Handler, log *slog.Logger) error {
	server := newServer(handler, log)
	// Streams have no end of their own; they look here for it.
	server.BaseContext = func(net.Listener) context.Context {
		return respond.WithEnding(context.WithoutCancel(ctx), ctx.Done())
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(ln) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if err := server.Shutdown(ending); err != nil {
		log.Warn("requests in flight were cut off", "error", err)
		return server.Close()
	}
	return nil
}

// Listen opens the address of the configuration, with TLS where it has a certificate, and those beside it.
func (a *App) Listen(ctx context.Context) (net.Listener, error) {
	ln, err := a.listen(ctx, "PURSER_ADDR", a.cfg.Addr)
	if err != nil {
		return nil, err
	}
	if err := a.ListenBeside(ctx); err != nil {
		return nil, errors.Join(err, ln.Close())
	}
	if a.certificate == nil {
		return ln, nil
	}
	return tls.NewListener(ln, a.certificate.Config()), nil
}

// listen opens one address, which a setting names.
func (a *App) listen(ctx context.Context, setting, address string) (net.Listener, error) {
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", setting, err)
	}
	return bounded(ln, usualCrowd, a.cfg.TrustedProxies), nil
}
