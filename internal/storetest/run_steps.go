package storetest

import (
	"errors"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/pool"
	"purser.example/internal/run"
	"purser.example/internal/tenant"
)

// heldIn is the pool whose checks serve here as runs that hold values.
var heldIn = pool.Key{Tenant: contoso.ID, Class: pool.Sites}

// holding is a run under way whose items hold values: they are made by a Save of a pool, because values come with the change that
// they belong to.
func (r *rig) holding(kind string, id run.ID, list ...run.Item) run.Run {
	r.Helper()
	by := r.entry(done)
	of := run.Run{ID: id, Kind: kind, Scope: heldIn.Scope(), Title: "Pool", Attended: true, Holding: true, Actor: by.Actor, Origin: by.Origin, State: run.Queued, Begun: monday}
	held := make([]run.Held, len(list))
	for i := range list {
		held[i].Item, held[i].Sealed = list[i], []byte("sealed "+list[i].Subject)
		held[i].No, held[i].Outcome = i+1, run.Waiting
	}
	p, err := r.Pools.Pool(ctx, heldIn)
	r.must(err)
	was := p.Number
	p.Number++
	r.must(r.Pools.Save(ctx, p, was, nil, &of, held, r.entry(done)))
	of, err = r.Runs.TakeUp(ctx, id, r.interrupted)
	r.must(err)
	return of
}

// replace gives a subject of a run that holds values another value, by another Save.
func (r *rig) replace(of run.Run, subject string) {
	r.Helper()
	p, err := r.Pools.Pool(ctx, heldIn)
	r.must(err)
	was := p.Number
	p.Number++
	r.must(r.Pools.Save(ctx, p, was, []pool.Touch{{User: pool.UserID(subject), Forget: true, By: stamp(0)}}, nil, nil, r.entry(done)))
}

func valueIsKept(r *rig) {
	outcomes := []run.Outcome{run.Confirmed, run.Warned, run.Rejected, run.NotReached, run.Skipped, run.Interrupted, run.Dropped}
	of := r.holding(pool.CheckRun, "r1", items("a", len(outcomes)+1)...)
	if now := r.run("r1"); now.Kept {
		r.Error("values of a run that goes on are not left over while they wait")
	}
	for i, outcome := range outcomes {
		r.must(r.settle(of, i+1, outcome))
	}
	for _, i := range r.items("r1") {
		if want := !i.Outcome.Accepted() && i.Outcome != run.Rejected; i.Kept != want {
			r.Errorf("%s: kept %v", i.Outcome, i.Kept)
		}
	}
	if now := r.run("r1"); !now.Kept {
		r.Error("the run does not know what it keeps")
	}
	r.counted("r1")
}

func settleAll(r *rig) {
	list := items("a", 9)
	for i := range list {
		list[i].Tenant = []tenant.ID{contoso.ID, fabrikam.ID}[i%2]
	}
	of := r.begin(run.Run{ID: "r1", Kind: Followed}, list...)
	r.must(r.Runs.Try(ctx, of, 1, svc, r.entry(done)))
	r.must(r.settle(of, 2, run.Skipped))
	var followed atomic.Int64
	r.settled = func(run.Run, run.Item) error { followed.Add(1); return nil }
	r.must(r.Runs.SettleAll(ctx, of, fabrikam.ID, run.NotReached, account.Outage, monday.Add(time.Hour)))
	r.same("after one tenant", r.outcomes("r1"), map[run.Outcome]int{run.Trying: 1, run.Skipped: 1, run.NotReached: 3, run.Waiting: 4})
	r.must(r.Runs.SettleAll(ctx, of, "", run.Dropped, "", monday.Add(time.Hour)))
	r.same("after all", r.outcomes("r1"), map[run.Outcome]int{run.Trying: 1, run.Skipped: 1, run.NotReached: 3, run.Dropped: 4})
	i := r.items("r1")[3]
	r.same("one of them", []any{i.Outcome, i.Reason, i.At, followed.Load()}, []any{run.NotReached, account.Outage, monday.Add(time.Hour), int64(7)})
	r.counted("r1")
}

// many is more than any store may write in one step.
const many = 1200

// cutOff ends what follows the items of a run after so many of them, as a process does that is killed.
func (r *rig) cutOff(after int) error {
	killed := errors.New("the process has ended")
	n := 0
	r.settled = func(run.Run, run.Item) error {
		if n++; n > after {
			return killed
		}
		return nil
	}
	return killed
}

func (r *rig) goOn() { r.settled = func(run.Run, run.Item) error { return nil } }

func settleAllInSteps(r *rig) {
	of := r.begin(run.Run{ID: "r1", Kind: Followed}, items("a", many)...)
	killed := r.cutOff(many - 100)
	if err := r.Runs.SettleAll(ctx, of, "", run.Dropped, "", monday); !errors.Is(err, killed) {
		r.Errorf("err = %v", err)
	}
	r.counted("r1")
	if now := r.run("r1"); now.Counts[run.Dropped] == 0 || now.Counts[run.Waiting] == 0 {
		r.Errorf("it was not cut off in the middle: %v", now.Counts)
	}
	r.goOn()
	r.must(r.Runs.SettleAll(ctx, of, "", run.Dropped, "", monday))
	r.same("the outcomes", r.run("r1").Counts, map[run.Outcome]int{run.Dropped: many})
	r.counted("r1")
}

// overWithValues is a run of the kind Followed that is over, and holds so many values.
func (r *rig) overWithValues(id run.ID, n int) run.Run {
	r.Helper()
	of := r.holding(Followed, id, items("a", n)...)
	r.must(r.Runs.SettleAll(ctx, of, "", run.NotReached, account.Outage, monday))
	r.must(r.Runs.End(ctx, id, run.Finished, r.entry(done)))
	return r.run(id)
}

func reopen(r *rig) {
	of := r.holding(pool.CheckRun, "r1", items("a", 5)...)
	for no, outcome := range []run.Outcome{run.Confirmed, run.Rejected, run.NotReached, run.Dropped} {
		i := concluded(r.items("r1")[no], outcome, unreachable)
		i.Reason, i.Tries = account.Outage, 2
		r.must(r.Runs.Settle(ctx, of, i))
	}
	r.must(r.Runs.End(ctx, "r1", run.Cancelled, r.entry(done))) // the fifth was not settled any more
	jobs := len(r.jobs())
	n := 0
	again := func() (err error) {
		n, err = r.Runs.Reopen(ctx, of, r.entry("again"))
		return err
	}
	state := func() any { now := r.run("r1"); return []any{now.State, now.Ended} }
	r.nothing("nobody takes the work", r.RefuseJobs, state, again)
	r.allOrNothing("again", state, again)
	now := r.run("r1")
	r.same("how many, the state, the end", []any{n, now.State, now.Ended}, []any{3, run.Queued, time.Time{}})
	r.same("the outcomes", now.Counts, map[run.Outcome]int{run.Confirmed: 1, run.Rejected: 1, run.Waiting: 3})
	r.same("jobs", r.jobs()[jobs:], []Job{{pool.CheckRun, "r1"}})
	fresh := items("a", 3)[2]
	fresh.No, fresh.Outcome, fresh.Kept = 3, run.Waiting, true
	r.same("an item that waits again", r.items("r1")[2], fresh)
	r.counted("r1")
}

func reopenInSteps(r *rig) {
	of := r.overWithValues("r1", many)
	again := func() (int, error) { return r.Runs.Reopen(ctx, of, r.entry("again")) }
	stillOver := func(waiting int) {
		r.Helper()
		now := r.run("r1")
		if now.State != run.Finished || now.Ended.IsZero() || !now.Kept || now.Counts[run.Waiting] < 1 || now.Counts[run.Waiting] > waiting {
			r.Errorf("cut off, it is %+v", now)
		}
		r.counted("r1")
	}
	killed := r.cutOff(many - 100)
	if _, err := again(); !errors.Is(err, killed) {
		r.Errorf("cut off in the middle: %v", err)
	}
	stillOver(many - 100)
	r.goOn()
	allow := r.RefuseEntry("again") // which is written when all items wait
	if _, err := again(); err == nil {
		r.Error("it was opened though the log refuses it")
	}
	stillOver(many)
	allow()
	n, err := again()
	r.must(err)
	r.same("how many wait", []any{n, r.run("r1").Counts}, []any{many, map[run.Outcome]int{run.Waiting: many}})
	r.same("the state, entries", []any{r.run("r1").State, r.logged("again")}, []any{run.Queued, 1})
	r.counted("r1")
}

func reopenNothing(r *rig) {
	of := r.holding(pool.CheckRun, "r1", items("a", 3)...)
	r.must(r.settle(of, 1, run.NotReached))
	refused := func(what string) {
		r.Helper()
		before, jobs := r.whole("r1")(), len(r.jobs())
		n, err := r.Runs.Reopen(ctx, of, r.entry("again"))
		if !errors.Is(err, run.ErrChanged) {
			r.Errorf("%s: %d, %v", what, n, err)
		}
		r.same(what, []any{r.whole("r1")(), len(r.jobs()), r.logged("again")}, []any{before, jobs, 0})
	}
	refused("one that runs")
	r.must(r.Runs.Cancel(ctx, "r1", r.entry(done)))
	refused("one that is being cancelled")
	of = r.holding(pool.CheckRun, "r2", items("b", 2)...)
	for no := range 2 {
		r.must(r.settle(of, no+1, run.Confirmed))
	}
	r.must(r.Runs.End(ctx, "r2", run.Finished, r.entry(done)))
	before, jobs := r.whole("r2")(), len(r.jobs())
	n, err := r.Runs.Reopen(ctx, of, r.entry("again"))
	r.same("one without values", []any{n, err, r.whole("r2")(), len(r.jobs()), r.logged("again")}, []any{0, nil, before, jobs, 0})
}

func reopenAtOnce(r *rig) {
	const some = many / 2
	of := r.overWithValues("r1", some)
	jobs := len(r.jobs())
	won, lost := atOnce(4, func(int) error {
		n, err := r.Runs.Reopen(ctx, of, r.entry("again"))
		if err == nil && n != some {
			r.Errorf("%d wait", n)
		}
		return err
	})
	r.oneWon(won, lost, run.ErrChanged)
	r.same("entries and jobs", []int{r.logged("again"), len(r.jobs()) - jobs}, []int{1, 1})
	r.counted("r1")
}

// countsOfTheItems does all that may be done to the items of runs, in some order, and counts after each.
func countsOfTheItems(r *rig) {
	dice := rand.New(rand.NewPCG(23, 1))
	of := r.holding(pool.CheckRun, "r1", items("a", 30)...)
	for range 120 {
		no := 1 + dice.IntN(30)
		switch dice.IntN(9) {
		case 0, 1, 2:
			r.maybe(r.Runs.Try(ctx, of, no, svc, r.entry(done)))
		case 3, 4:
			outcome := []run.Outcome{run.Skipped, run.NotReached, run.Waiting, run.Rejected}[dice.IntN(4)]
			r.maybe(r.settle(of, no, outcome))
		case 5:
			_, err := r.Runs.TakeUp(ctx, "r1", r.interrupted)
			r.must(err)
		case 6:
			r.replace(of, named("a", no))
		case 7:
			if dice.IntN(4) == 0 {
				r.must(r.Runs.SettleAll(ctx, of, "", run.Dropped, "", monday))
			}
		case 8:
			r.maybe(r.Runs.End(ctx, "r1", run.Finished, r.entry(done)))
			_, err := r.Runs.Reopen(ctx, of, r.entry(done))
			r.maybe(err)
		}
		r.counted("r1")
	}
}

// maybe is must for what another change may have come before.
func (r *rig) maybe(err error) {
	r.Helper()
	if err != nil && !errors.Is(err, run.ErrChanged) {
		r.Fatal(err)
	}
}
