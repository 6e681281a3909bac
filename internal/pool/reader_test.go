package pool_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"purser.example/internal/appprofile"
	"purser.example/internal/m365sim"
	"purser.example/internal/pool"
	"purser.example/internal/problem"
	"purser.example/internal/profile"
	"purser.example/internal/run"
	"purser.example/internal/sqlite/appprofiles"
	"purser.example/internal/tenant"
)

// slowDirectory is a directory that opens when the test says so, and counts who asked.
type slowDirectory struct {
	pool.Directory
	asked atomic.Int32
	open  chan struct{}
}

func (d *slowDirectory) AsApp(ctx context.Context, t tenant.Tenant, app appprofile.App) (pool.Session, error) {
	d.asked.Add(1)
	<-d.open
	return d.Directory.AsApp(ctx, t, app)
}

func newSlowDirectory(t *testing.T) (*rig, *slowDirectory) {
	t.Helper()
	r := newRig(t, fixture("", ""))
	directory := &slowDirectory{open: make(chan struct{})}
	r.between = func(real pool.Directory) pool.Directory {
		directory.Directory = real
		return directory
	}
	r.start()
	return r, directory
}

// R62: who types a name waits for one opening of the directory together, and no longer than they have patience for: what the
// browser withdraws ends at once.
func TestOneOpeningServesAll(t *testing.T) {
	r, directory := newSlowDirectory(t)
	suggest := func(ctx context.Context, failed chan<- error) {
		_, err := r.Suggest(ctx, adele, here, contoso, "Po")
		failed <- err
	}
	withdrawn, withdraw := context.WithCancel(ctx)
	gone, served := make(chan error, 28), make(chan error, 5)
	for range 28 {
		go suggest(withdrawn, gone)
	}
	for range 5 {
		go suggest(ctx, served)
	}
	waitFor(t, func() bool { return directory.asked.Load() > 0 })
	withdraw()
	for range 28 {
		if err := <-gone; !errors.Is(err, context.Canceled) {
			t.Errorf("withdrawn: %v", err)
		}
	}
	close(directory.open)
	for range 5 {
		if err := <-served; err != nil {
			t.Error(err)
		}
	}
	if n := directory.asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

// R62: a failure to open the directory holds for a moment, so that typing on does not ask with each letter.
func TestAFailedOpeningHoldsForAMoment(t *testing.T) {
	r, directory := newSlowDirectory(t)
	close(directory.open)
	must(t, r.sim.SetFaults([]m365sim.Fault{{PathPrefix: "/" + contoso + "/oauth2", Reset: true}}))
	for range 12 {
		if _, err := r.Suggest(ctx, adele, here, contoso, "Po"); problem.KindOf(err) != problem.Upstream {
			t.Fatalf("%v", err)
		}
	}
	if n := directory.asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
	must(t, r.sim.SetFaults(nil))
	r.clock.Advance(10 * time.Second)
	if _, err := r.Suggest(ctx, adele, here, contoso, "Po"); problem.KindOf(err) != problem.Upstream || directory.asked.Load() != 1 {
		t.Errorf("typing asked again soon: %v", err)
	}
	r.clock.Advance(time.Minute)
	if found, err := r.Suggest(ctx, adele, here, contoso, "Po"); err != nil || len(found) == 0 {
		t.Errorf("a while later: %v %v", found, err)
	}
}

// X39: somebody who asks to be let in is not kept waiting for as long as typing is, and typing has its suggestions again then.
func TestWhoeverAsksIsLetInSooner(t *testing.T) {
	r := newRig(t, fixture("", ""))
	must(t, r.sim.SetFaults([]m365sim.Fault{{PathPrefix: "/" + contoso + "/oauth2", Reset: true, Times: new(1)}}))
	if _, err := r.Suggest(ctx, adele, here, contoso, "Po"); problem.KindOf(err) != problem.Upstream {
		t.Fatalf("%v", err)
	}
	r.clock.Advance(10 * time.Second)
	r.validated(t, sites, "Pool")
	if found, err := r.Suggest(ctx, adele, here, contoso, "Po"); err != nil || len(found) == 0 {
		t.Errorf("%v %v", found, err)
	}
}

// X39, R62: typing never signs in with an account, whatever becomes of it. What somebody asked for has let Purser in, or has failed,
// once.
func TestTypingNeverSignsIn(t *testing.T) {
	r := accountsOnly(t)
	typed := func(want int) {
		t.Helper()
		for range 12 {
			if found, err := r.Suggest(ctx, adele, here, contoso, "Po"); len(found) != want || err != nil && problem.KindOf(err) != problem.Upstream {
				t.Fatalf("%v %v", found, err)
			}
		}
	}
	typed(0)
	if n := r.tried()[reader]; n != 0 || r.acted(t, profile.Lent) != 0 {
		t.Errorf("%d sign-ins by typing", n)
	}
	must(t, r.sim.SetFaults([]m365sim.Fault{{PathPrefix: "/" + contoso + "/oauth2", Reset: true}}))
	if _, err := r.Validate(ctx, adele, here, sites, "Pool"); problem.KindOf(err) != problem.Upstream {
		t.Errorf("a lost answer: %v", err)
	}
	typed(0)
	if n := r.acted(t, profile.Lent); n != 1 {
		t.Errorf("%d sign-ins after a lost answer", n)
	}
	must(t, r.sim.SetFaults(nil))
	r.clock.Advance(time.Hour)
	typed(0)
	r.validated(t, sites, "Pool")
	typed(1)
	if n := r.acted(t, profile.Lent); n != 2 {
		t.Errorf("%d sign-ins after Validate", n)
	}
	// A token that Microsoft does not take any more is no reason either.
	must(t, r.sim.SetFaults([]m365sim.Fault{{PathPrefix: "/v1.0/groups", Status: 401, Body: `{"error":{"code":"InvalidAuthenticationToken","message":"No"}}`}}))
	typed(0)
	must(t, r.sim.SetFaults(nil))
	typed(0)
	if n := r.acted(t, profile.Lent); n != 2 {
		t.Errorf("%d sign-ins after the token was refused", n)
	}
}

// X39: what a page or a Save looks at beside what somebody asked for does not sign in with an account either; asked for, it does.
func TestNothingUnaskedSignsIn(t *testing.T) {
	r := accountsOnly(t)
	reading := r.validated(t, sites, "Pool")
	r.clock.Advance(time.Hour)
	r.save(t, r.change(t, reading.ID, nil))
	if _, err := r.Glance(ctx, adele, here, sites); !errors.Is(err, pool.ErrShut) {
		t.Errorf("a page compares by itself: %v", err)
	}
	if n := r.acted(t, profile.Lent); n != 1 {
		t.Errorf("%d sign-ins, want that of Validate", n)
	}
	drift, err := r.Drift(ctx, adele, here, sites)
	must(t, err)
	if got := r.whole(t, drift.ID); got.State != pool.ReadingDone || r.acted(t, profile.Lent) != 2 {
		t.Errorf("asked for: %+v, %d sign-ins", got, r.acted(t, profile.Lent))
	}
	must(t, r.sim.SetFaults([]m365sim.Fault{{PathPrefix: "/v1.0/groups/", DelayMs: 700}}))
	glance, err := r.Glance(ctx, adele, here, sites)
	if err != nil {
		t.Fatalf("the door is open: %v", err)
	}
	r.shifts.HandBack()
	must(t, r.sim.SetFaults(nil))
	r.start() // and then it is shut
	must(t, r.Read(ctx, glance.ID))
	if got := r.whole(t, glance.ID); got.State != pool.ReadingFailed || r.acted(t, profile.Lent) != 2 {
		t.Errorf("read anew after a restart: %+v, %d sign-ins", got, r.acted(t, profile.Lent))
	}
}

// X2, X39: a web filter's 401 says nothing of the token, so that no account is signed in with anew; Microsoft's own does.
func TestAStrangersRefusalCostsNoSignIn(t *testing.T) {
	r := accountsOnly(t)
	r.validated(t, sites, "Pool")
	must(t, r.sim.SetFaults([]m365sim.Fault{{PathPrefix: "/v1.0/groups", Status: 401, Body: "<html>Sign in to the network</html>"}}))
	if _, err := r.Validate(ctx, adele, here, sites, "Pool"); problem.KindOf(err) != problem.Upstream || r.acted(t, profile.Lent) != 1 {
		t.Errorf("a stranger's: %v, %d sign-ins", err, r.acted(t, profile.Lent))
	}
	must(t, r.sim.SetFaults([]m365sim.Fault{{PathPrefix: "/v1.0/groups", Status: 401, Times: new(1), Body: `{"error":{"code":"InvalidAuthenticationToken","message":"No"}}`}}))
	if _, err := r.Validate(ctx, adele, here, sites, "Pool"); err != nil || r.acted(t, profile.Lent) != 2 {
		t.Errorf("Microsoft's: %v, %d sign-ins", err, r.acted(t, profile.Lent))
	}
}

const reader = "svc-reader@contoso.com"

// accountsOnly is a rig whose app has no secret, so that an account has to read, an hour after its profile was made.
func accountsOnly(t *testing.T) *rig {
	t.Helper()
	r := newRig(t, fixture("", ""))
	r.profile(t, "Reader", reader)
	r.connect(t, "")
	r.clock.Advance(time.Hour)
	r.sim.ResetRequests()
	return r
}

// mistaken is a directory with a mistake in it.
type mistaken struct{ pool.Directory }

type mistakenSession struct{ pool.Session }

func (d mistaken) AsApp(ctx context.Context, t tenant.Tenant, app appprofile.App) (pool.Session, error) {
	session, err := d.Directory.AsApp(ctx, t, app)
	return mistakenSession{session}, err
}

func (mistakenSession) Members(context.Context, string, bool, func([]pool.Object) error) error {
	panic("a mistake of ours")
}

// R41: a mistake of ours over one group ends neither Purser nor goes on for ever: the reading fails, and the log says why.
func TestAMistakeFailsTheReading(t *testing.T) {
	r := newRig(t, fixture("", ""))
	r.between = func(real pool.Directory) pool.Directory { return mistaken{real} }
	r.start()
	reading := r.validated(t, sites, "Pool")
	if reading.State != pool.ReadingFailed || strings.Contains(reading.Failure, "panic") || reading.Failure == "" {
		t.Errorf("%+v", reading)
	}
	if !strings.Contains(r.log.String(), "a mistake of ours") {
		t.Error("the log does not tell of it")
	}
	must(t, r.Read(ctx, reading.ID)) // the job in the queue finds nothing to do
}

// fullDisk is a store of app profiles that cannot be read for a while.
type fullDisk struct {
	appprofile.Store
	left atomic.Int32
}

func (d *fullDisk) Of(ctx context.Context, id tenant.ID) ([]appprofile.Kept, error) {
	if d.left.Add(-1) >= 0 {
		return nil, problem.New(problem.Unavailable, "Purser cannot use its database right now.")
	}
	return d.Store.Of(ctx, id)
}

// R43, R62: while the database cannot be used, a check loses neither a try nor a password: it waits, as a validation run does.
func TestACheckWaitsForTheDatabase(t *testing.T) {
	r := newRig(t, fixture("", ""))
	reading := r.validated(t, sites, "Pool")
	saved := r.save(t, r.change(t, reading.ID, map[string]string{"pool01@contoso.com": marked}))
	disk := &fullDisk{Store: appprofiles.New(r.db)}
	r.apps = appprofile.NewService(appprofile.Parts{Store: disk, Tenants: r.tenants, Ring: r.ring, Now: r.clock.Now})
	r.start()
	disk.left.Store(10)
	if c := r.work(t, saved.Check); c.Counts[run.Confirmed] != 1 {
		t.Errorf("%+v", c.Counts)
	}
	items, _, err := r.runs.Items(ctx, adele, run.ItemQuery{Run: saved.Check})
	if err != nil || items[0].Tries != 0 {
		t.Errorf("%+v %v", items, err)
	}
}

// R43: a check of which nothing had to be put off ends with its last answer, and not a pause later.
func TestACheckEndsWithItsLastAnswer(t *testing.T) {
	r := newRig(t, fixture("", ""))
	slow := soon
	slow.Again = time.Hour
	r.limits(quick, slow)
	reading := r.validated(t, sites, "Pool")
	saved := r.save(t, r.change(t, reading.ID, map[string]string{"pool01@contoso.com": marked, "pool02@contoso.com": marked}))
	if c := r.work(t, saved.Check); !c.State.Over() {
		t.Errorf("%+v", c)
	}
}
