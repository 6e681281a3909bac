package pool_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"purser.example/internal/m365sim"
	"purser.example/internal/pool"
	"purser.example/internal/problem"
	"purser.example/internal/profile"
	"purser.example/internal/run"
	"purser.example/internal/sqlite/tenants"
	"purser.example/internal/tenant"
)

// slowDirectory is a directory that opens when the test says so, and counts who asked.
type slowDirectory struct {
	pool.Directory
	asked atomic.Int32
	open  chan struct{}
}

func (d *slowDirectory) AsApp(ctx context.Context, t tenant.Tenant, app tenant.App) (pool.Session, error) {
	d.asked.Add(1)
	<-d.open
	return d.Directory.AsApp(ctx, t, app)
}

func newSlowDoor(t *testing.T) (*rig, *slowDirectory) {
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
	r, directory := newSlowDoor(t)
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
	r, directory := newSlowDoor(t)
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
	if found, err := r.Suggest(ctx, adele, here, contoso, "Po"); err != nil || len(found) == 0 {
		t.Errorf("afterwards: %v %v", found, err)
	}
}

// R62: an account whose answer is lost is not signed in with again by each letter that somebody types.
func TestALostAnswerIsNotAskedForAgainByTyping(t *testing.T) {
	r := newRig(t, fixture("", ""))
	r.profile(t, "Reader", "svc-reader@contoso.com")
	r.connect(t, "")
	r.clock.Advance(time.Hour)
	r.sim.ResetRequests()
	must(t, r.sim.SetFaults([]m365sim.Fault{{PathPrefix: "/" + contoso + "/oauth2", Reset: true}}))
	for range 12 {
		if _, err := r.Suggest(ctx, adele, here, contoso, "Po"); problem.KindOf(err) != problem.Upstream {
			t.Fatalf("%v", err)
		}
	}
	if n := r.acted(t, profile.Lent); n != 1 {
		t.Errorf("%d sign-ins", n)
	}
}

// mistaken is a directory with a mistake in it.
type mistaken struct{ pool.Directory }

type mistakenSession struct{ pool.Session }

func (d mistaken) AsApp(ctx context.Context, t tenant.Tenant, app tenant.App) (pool.Session, error) {
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

// fullDisk is a tenant store that cannot be read for a while.
type fullDisk struct {
	tenant.Store
	left atomic.Int32
}

func (d *fullDisk) App(ctx context.Context, id tenant.ID) (string, []byte, error) {
	if d.left.Add(-1) >= 0 {
		return "", nil, problem.New(problem.Unavailable, "Purser cannot use its database right now.")
	}
	return d.Store.App(ctx, id)
}

// R43, R62: while the database cannot be used, a check loses neither a try nor a password: it waits, as a validation run does.
func TestACheckWaitsForTheDatabase(t *testing.T) {
	r := newRig(t, fixture("", ""))
	reading := r.validated(t, sites, "Pool")
	saved := r.save(t, r.change(t, reading.ID, map[string]string{"pool01@contoso.com": marked}))
	disk := &fullDisk{Store: tenants.New(r.db)}
	r.tenants = tenant.NewService(disk, r.ring, r.clock.Now)
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
