package storetest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/appprofile"
	"purser.example/internal/audit"
	"purser.example/internal/run"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

var (
	ctx      = context.Background()
	contoso  = tenant.Tenant{ID: "6f1c0000-0000-4000-8000-000000000001", DisplayName: "Contoso", InitialDomain: "contoso.onmicrosoft.com", Cloud: tenant.Worldwide, Connected: monday, Apps: 1}
	fabrikam = tenant.Tenant{ID: "6f1c0000-0000-4000-8000-000000000002", DisplayName: "Fabrikam", InitialDomain: "fabrikam.onmicrosoft.com", Cloud: tenant.GCC, Connected: monday, Apps: 1}
	adele    = access.Caller{Issuer: "https://idp.contoso.com", Subject: "s1", Name: "Adele Vance", SignIn: "adele@contoso.com", Roles: []access.Role{access.ServiceAdministrator}}
	here     = audit.Origin{Request: "r1", Address: "127.0.0.1"}

	monday = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

	valid       = verdict.Verdict{Status: verdict.Valid, At: monday.Add(time.Minute), Attempted: true}
	validByApp  = verdict.Verdict{Status: verdict.Valid, At: monday.Add(time.Minute), Attempted: true, AppPassword: true}
	refused     = verdict.Verdict{Status: verdict.WrongPassword, Code: "AADSTS50126", Rule: "50126", At: monday.Add(2 * time.Minute), Attempted: true}
	unreachable = verdict.Verdict{Status: verdict.Unreachable, Code: "TIMEOUT", At: monday.Add(3 * time.Minute)}
)

// done is the action of most entries here.
const done audit.Action = "done by the test"

// rig is an engine with two tenants, and a clock that stands until it is moved.
type rig struct {
	testing.TB
	Engine

	mu      sync.Mutex
	at      time.Time
	settled func(run.Run, run.Item) error
}

func newRig(tb testing.TB, open Open) *rig {
	tb.Helper()
	r := &rig{TB: tb, at: monday, settled: func(run.Run, run.Item) error { return nil }}
	r.Engine = open(tb, Hooks{Now: r.now, Settled: func(of run.Run, i run.Item) error { return r.settled(of, i) }})
	tb.Cleanup(func() {
		if err := r.Verify(ctx); err != nil && !tb.Failed() {
			tb.Errorf("the activity log does not hold: %v", err)
		}
	})
	for _, t := range []tenant.Tenant{contoso, fabrikam} {
		r.must(r.connect(t, "a0000000-0000-4000-8000-000000000001", nil, done))
	}
	return r
}

// connect connects a tenant with the app profile that has its id.
func (r *rig) connect(t tenant.Tenant, application string, sealed []byte, action audit.Action) error {
	p := appprofile.Profile{
		ID: appprofile.ID(t.ID), Name: t.DisplayName, Tenant: t.ID, ApplicationID: application, Status: appprofile.NotChecked, Version: 1,
		Created: appprofile.Stamp{At: monday, By: "Adele Vance"}, Modified: appprofile.Stamp{At: monday, By: "Adele Vance"},
	}
	c := appprofile.Credential{ID: appprofile.Former, Kind: appprofile.Secret, Standing: appprofile.Waiting, Added: p.Created}
	return r.Apps.Connect(ctx, t, p, []appprofile.Sealed{{Credential: c, Secret: sealed}}, r.entry(action))
}

func (r *rig) now() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.at
}

func (r *rig) advance(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.at = r.at.Add(d)
}

func (r *rig) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

// same compares what is there with what was promised.
func (r *rig) same(what string, got, want any) {
	r.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		r.Errorf("%s (-promised +found):\n%s", what, diff)
	}
}

func (r *rig) entry(action audit.Action) audit.Entry {
	return audit.By(adele, here, action, audit.Target{Kind: "test", ID: "t1", Name: "Test"})
}

// logged counts the entries of an action.
func (r *rig) logged(action audit.Action) int {
	r.Helper()
	links, err := r.Activity(ctx, 1_000_000)
	r.must(err)
	n := 0
	for _, l := range links {
		if l.Action == action {
			n++
		}
	}
	return n
}

func (r *rig) jobs() []Job {
	r.Helper()
	jobs, err := r.Jobs(ctx)
	r.must(err)
	return jobs
}

// allOrNothing makes a change that the activity log refuses: everything is as it was. Then the log takes the entries, one of the
// action, and the change is made. state is what the change is about.
func (r *rig) allOrNothing(action audit.Action, state func() any, change func() error) {
	r.Helper()
	r.nothing("the log refuses it", func() func() { return r.RefuseEntry(action) }, state, change)
	entries, before := r.logged(action), state()
	r.must(change())
	if cmp.Equal(before, state()) {
		r.Error("control: the change changes nothing")
	}
	if n := r.logged(action) - entries; n != 1 {
		r.Errorf("%d entries were written, want one", n)
	}
}

// nothing makes a change that is refused, and finds everything as it was.
func (r *rig) nothing(why string, refuse func() (allow func()), state func() any, change func() error) {
	r.Helper()
	before, links, jobs := state(), r.links(), r.jobs()
	allow := refuse()
	err := change()
	allow()
	if err == nil {
		r.Errorf("though %s, the change says that it was made", why)
	}
	r.same(why+": the rows", state(), before)
	r.same(why+": the jobs", r.jobs(), jobs)
	r.same(why+": the number of entries", r.links(), links)
}

func (r *rig) links() int {
	r.Helper()
	links, err := r.Activity(ctx, 1_000_000)
	r.must(err)
	return len(links)
}

// atOnce runs n at the same time, and gives the errors of those that failed and how many did not.
func atOnce(n int, do func(i int) error) (won int, lost []error) {
	errs := make([]error, n)
	var all sync.WaitGroup
	begin := make(chan struct{})
	for i := range n {
		all.Go(func() {
			<-begin
			errs[i] = do(i)
		})
	}
	close(begin)
	all.Wait()
	for _, err := range errs {
		if err == nil {
			won++
		} else {
			lost = append(lost, err)
		}
	}
	return won, lost
}

func stamp(after time.Duration) account.Stamp {
	return account.Stamp{At: monday.Add(after), By: "Adele Vance"}
}

func named(prefix string, n int) string { return fmt.Sprintf("%s-%04d", prefix, n) }
