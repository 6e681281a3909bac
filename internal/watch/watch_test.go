package watch_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/event"
	"purser.example/internal/m365sim"
	"purser.example/internal/pool"
	"purser.example/internal/problem"
	"purser.example/internal/profile"
	"purser.example/internal/verdict"
	"purser.example/internal/watch"
)

const day = 24 * time.Hour

// R90: a month of nights. What was good is asked once a night, a refused password once and never again, an account of a night in which
// Microsoft does not answer a few times, and nobody more often than the etiquette allows; all by the simulator's own journal.
func TestAMonthOfNightsR90(t *testing.T) {
	r := newRig(t)
	good, changed, off, frozen := r.profile(t, "Good", "svc01@contoso.com"), r.profile(t, "Changed", "svc02@contoso.com"), r.profile(t, "Off", "svc03@contoso.com"), r.profile(t, "Frozen", "svc04@contoso.com")
	r.pool(t)
	scope := watch.Scope{Kind: profile.PlaceKind, ID: string(frozen.ID)}
	r.sim.ResetRequests()
	begin := r.clock.Now()
	for night := range 30 {
		switch night {
		case 3:
			r.patch(t, "svc02@contoso.com", `{"password": "Another-Secret-2026!"}`)
		case 5:
			must(t, r.Freeze(ctx, adele, here, scope, audit.Target{Kind: "profile", ID: scope.ID}, r.clock.Now().Add(3*day), "The network is being moved"))
		case 10:
			must(t, r.sim.SetFaults([]m365sim.Fault{{PathPrefix: "/", Status: 503}}))
		case 11:
			r.sim.ResetFaults()
		case 12:
			r.patch(t, "svc03@contoso.com", `{"accountEnabled": false}`)
		case 15:
			r.patch(t, "svc03@contoso.com", `{"accountEnabled": true}`)
		}
		r.pass(t, day, 10*time.Minute)
	}
	tried := r.tried()
	for user, at := range tried {
		for i := range at {
			if n := within(at[i:], time.Hour); n > account.Usual.Etiquette.PerAccount*3 { // the client repeats a 503, which can't have counted, twice
				t.Errorf("%s: %d sign-ins in an hour", user, n)
			}
		}
	}
	if n := len(after(tried["svc02@contoso.com"], begin.Add(3*day))); n != 1 {
		t.Errorf("a password that was changed in Microsoft 365 was tried %d times", n)
	}
	answered := func(user string) int { return len(outside(tried[user], begin.Add(10*day), begin.Add(11*day))) }
	for _, user := range []string{"svc01@contoso.com", "svc03@contoso.com", "pool01@contoso.com", "pool02@contoso.com"} {
		if answered(user) != 29 {
			t.Errorf("%s was tried in %d of 29 nights in which Microsoft answered", user, answered(user))
		}
	}
	if n := answered("svc04@contoso.com"); n != 26 {
		t.Errorf("a profile that was frozen for three nights was tried %d times", n)
	}
	if h := r.health(t, good); len(h.Checks) < 30 || h.Watched.Last.Outcome != watch.Good || !h.Watched.Bad.IsZero() || strings.Count(said(h.Checks), "unknown") < 1 {
		t.Errorf("good: %s", said(h.Checks))
	}
	if h := r.health(t, changed); h.Watched.Last.Reason != account.Parked || h.Watched.Good.After(begin.Add(4*day)) || h.Watched.Bad.Before(begin.Add(3*day)) || strings.Count(said(h.Checks), "bad") != 1 {
		t.Errorf("changed: %s", said(h.Checks))
	}
	if h := r.health(t, off); strings.Count(said(h.Checks), "bad") != 3 || h.Watched.Last.Outcome != watch.Good {
		t.Errorf("off: %s", said(h.Checks))
	}
	if h := r.health(t, frozen); strings.Count(said(h.Checks), "frozen") != 3 {
		t.Errorf("frozen: %s", said(h.Checks))
	}
	p, err := r.profiles.Details(ctx, adele, changed.ID)
	must(t, err)
	if p.Status != verdict.WrongPassword || !p.Parked() || len(p.History) != 2 {
		t.Errorf("the profile is %s with %d lines of history", p.Status, len(p.History))
	}
	told := []string{
		"account-broken Changed svc02@contoso.com: Wrong password (AADSTS50126)", "tenant-unreachable Contoso : Unreachable (HTTP 503)",
		"account-broken Off svc03@contoso.com: Account blocked (AADSTS50057)", "account-recovered Off svc03@contoso.com: Valid",
	}
	if got := r.events(t); !slices.Equal(got, told) {
		t.Errorf("R92: told\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(told, "\n"))
	}
	must(t, r.db.VerifyActivity(ctx))
	if strings.Contains(r.log.b.String(), marked) {
		t.Error("R60: the log holds a password")
	}
}

// events are what people are to be told, the oldest first.
func (r *rig) events(t *testing.T) (told []string) {
	t.Helper()
	page, err := r.Events.(event.Store).List(ctx, event.Query{Limit: 200})
	must(t, err)
	for _, e := range slices.Backward(page.Rows) {
		told = append(told, fmt.Sprintf("%s %s %s: %s", e.Kind, e.Object.Name, e.Account, e.Cause))
	}
	return told
}

// R92: a member that stops working is told of with its pool, and a password that somebody's validation had refused before the night, too; a
// process that begins anew, and a clock that is put back by a day, tell nothing twice.
func TestABreakIsToldOnceR92(t *testing.T) {
	r := newRig(t)
	r.pool(t)
	r.profile(t, "Backup", "svc01@contoso.com")
	p := r.profile(t, "Validated by day", "svc02@contoso.com")
	r.pass(t, day, 10*time.Minute)
	r.patch(t, "pool01@contoso.com", `{"accountEnabled": false}`)
	r.patch(t, "svc02@contoso.com", `{"password": "Another-Secret-2026!"}`)
	if v, err := r.profiles.Validate(ctx, adele, here, p.ID); err != nil || v.Status != verdict.WrongPassword {
		t.Fatalf("%+v, %v", v, err)
	}
	r.pass(t, day, 10*time.Minute)
	r.start()
	r.pass(t, day, 10*time.Minute)
	r.clock.Advance(-day)
	r.pass(t, 2*day, 10*time.Minute)
	got := r.events(t)
	slices.Sort(got)
	told := []string{"account-broken Contoso: Sites, Mailboxes, Groups, and Teams pool01@contoso.com: Account blocked (AADSTS50057)", "account-broken Validated by day svc02@contoso.com: Wrong password"}
	if !slices.Equal(got, told) {
		t.Errorf("told\n%s", strings.Join(got, "\n"))
	}
}

func within(at []time.Time, d time.Duration) (n int) {
	for _, each := range at {
		if each.Sub(at[0]) < d {
			n++
		}
	}
	return n
}

func after(at []time.Time, from time.Time) []time.Time {
	return slices.DeleteFunc(slices.Clone(at), func(a time.Time) bool { return a.Before(from) })
}

func outside(at []time.Time, from, to time.Time) []time.Time {
	return slices.DeleteFunc(slices.Clone(at), func(a time.Time) bool { return !a.Before(from) && a.Before(to) })
}

// R90: what is overdue comes one account a second, and a clock that jumps by a day makes neither a storm nor a night for nothing.
func TestOverdueAccountsComeOneASecond(t *testing.T) {
	r := newRig(t)
	for i := range 4 {
		r.profile(t, fmt.Sprintf("Profile %d", i), fmt.Sprintf("svc0%d@contoso.com", i+1))
	}
	r.pass(t, day+2*time.Hour, time.Hour) // the first night, wherever in the day this begins
	must(t, r.begun(t))
	r.sim.ResetRequests()
	r.clock.Advance(day + 12*time.Hour)
	r.pass(t, time.Second, time.Second) // a night that was missed begins
	r.clock.Advance(8 * time.Hour)      // and all its moments go by
	r.pass(t, 20*time.Second, time.Second)
	var all []time.Time
	for user, at := range r.tried() {
		if len(at) != 1 {
			t.Errorf("%s was tried %d times", user, len(at))
		}
		all = append(all, at...)
	}
	slices.SortFunc(all, time.Time.Compare)
	for i := 1; i < len(all); i++ {
		if all[i].Sub(all[i-1]) < time.Second {
			t.Errorf("two accounts within %s", all[i].Sub(all[i-1]))
		}
	}
	if len(all) != 4 {
		t.Errorf("%d sign-ins", len(all))
	}
	r.sim.ResetRequests()
	r.clock.Advance(-day)
	r.pass(t, 6*time.Hour, time.Minute)
	for user, at := range r.tried() {
		if len(at) > 1 {
			t.Errorf("the clock went back: %s was tried %d times", user, len(at))
		}
	}
}

// begun fails where no night began.
func (r *rig) begun(t *testing.T) error {
	t.Helper()
	p, _, err := r.Plan(ctx, adele, contoso)
	if err == nil && p.Night.IsZero() {
		t.Fatal("no night began")
	}
	return err
}

// R90: a check whose end nobody saw is not repeated by itself, and is told.
func TestACheckThatWasCutOffIsNotRepeated(t *testing.T) {
	r := newRig(t)
	p := r.profile(t, "Cut off", "svc01@contoso.com")
	for due := []watch.Watched(nil); ; r.clock.Advance(15 * time.Minute) {
		must(t, r.nightOnly(t))
		var err error
		if due, err = r.store.Due(ctx, r.clock.Now()); len(due) == 1 || err != nil {
			must(t, err)
			must(t, r.store.Take(ctx, due[0], r.clock.Now()))
			break
		}
	}
	r.sim.ResetRequests()
	r.start()
	must(t, r.Recover(ctx))
	r.pass(t, 10*time.Hour, 5*time.Minute)
	if n := len(r.tried()["svc01@contoso.com"]); n != 0 {
		t.Errorf("it was tried %d times more that night", n)
	}
	if h := r.health(t, p); said(h.Checks) != "unknown interrupted" {
		t.Errorf("checks: %s", said(h.Checks))
	}
}

// nightOnly begins nights that have come without making a check: nothing is due in the moment in which a night begins but its very first.
func (r *rig) nightOnly(t *testing.T) error {
	t.Helper()
	due, err := r.store.Due(ctx, r.clock.Now())
	if err != nil || len(due) > 0 {
		return err
	}
	return r.Tick(ctx)
}

// R90: of two places of one account the second is left alone where the first was not confirmed, and a member that is refused is not in
// order any more until it is good again.
func TestMembersAndSharedAccounts(t *testing.T) {
	r := newRig(t)
	r.pool(t)
	shared := r.profile(t, "Shared", "pool01@contoso.com")
	r.patch(t, "pool01@contoso.com", `{"accountEnabled": false}`)
	r.sim.ResetRequests()
	r.pass(t, 2*day, 5*time.Minute)
	if n := len(r.tried()["pool01@contoso.com"]); n < 1 || n > 2 {
		t.Errorf("an account at two places, refused: %d sign-ins in two nights", n)
	}
	member := func() pool.Member {
		p, err := r.pools.Pool(ctx, adele, sites)
		must(t, err)
		page, err := r.pools.Members(ctx, adele, pool.Query{Reading: p.Reading, Text: "pool02"})
		must(t, err)
		return page.Rows[0]
	}
	r.patch(t, "pool02@contoso.com", `{"accountEnabled": false}`)
	r.pass(t, day, 5*time.Minute)
	if m := member(); m.Standing != pool.Refused || m.Failed == nil || m.Failed.Status != verdict.AccountBlocked {
		t.Errorf("refused: %+v", m)
	}
	r.patch(t, "pool02@contoso.com", `{"accountEnabled": true}`)
	r.pass(t, day, 5*time.Minute)
	if m := member(); m.Standing != pool.Ready || m.Failed != nil {
		t.Errorf("good again: %+v", m)
	}
	h := r.health(t, shared)
	if text := said(h.Checks); !strings.Contains(text, "bad") && !strings.Contains(text, "shared") {
		t.Errorf("shared: %s", text)
	}
	if _, err := r.profiles.Delete(ctx, adele, here, []profile.Seen{{ID: shared.ID, Version: shared.Version}}); err != nil {
		t.Fatal(err)
	}
	r.pass(t, day, 5*time.Minute)
	if h := r.health(t, shared); h.Watched.No != 0 {
		t.Error("a profile that was deleted is still watched")
	}
}

// R90: what somebody decides about checks needs a right, a reason and a zone that exists, and is in the activity log.
func TestWhatSomebodyDecides(t *testing.T) {
	r := newRig(t)
	if err := r.Schedule(ctx, adele, here, contoso, 23*60+30, "Europe/Berlin"); err != nil {
		t.Fatal(err)
	}
	p, f, err := r.Plan(ctx, adele, contoso)
	must(t, err)
	if p.Clock() != "23:30" || p.Zone != "Europe/Berlin" || !p.Next.After(r.clock.Now()) || p.Next.Sub(r.clock.Now()) > day || f != nil {
		t.Errorf("%+v", p)
	}
	if err := r.Schedule(ctx, adele, here, contoso, -1, "Nowhere"); len(fields(err)) != 2 {
		t.Errorf("a bad schedule: %v", err)
	}
	scope, target := watch.TenantScope(contoso), audit.Target{Kind: "tenant", ID: contoso, Name: "Contoso"}
	if err := r.Freeze(ctx, adele, here, scope, target, r.clock.Now().Add(-day), " "); len(fields(err)) != 2 {
		t.Errorf("a bad freeze: %v", err)
	}
	must(t, r.Freeze(ctx, adele, here, scope, target, time.Time{}, "Moving"))
	r.profile(t, "Profile", "svc01@contoso.com")
	r.sim.ResetRequests()
	r.pass(t, 2*day, 5*time.Minute)
	if n := len(r.tried()); n != 0 {
		t.Errorf("a frozen tenant was asked for %d accounts", n)
	}
	must(t, r.Resume(ctx, adele, here, scope, target))
	r.pass(t, day, 5*time.Minute)
	if n := len(r.tried()); n != 1 {
		t.Errorf("afterwards %d accounts", n)
	}
}

func fields(err error) []problem.FieldError { return problem.Fields(err) }
