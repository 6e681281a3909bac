package storetest

import (
	"errors"
	"testing"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/pool"
	"purser.example/internal/run"
	"purser.example/internal/tenant"
)

// Runs holds a run.Store to its promises.
func Runs(t *testing.T, open Open) {
	hold(t, open, []promise{
		{"a run that is prepared is nobody's work yet, and may be dropped", preparedRun},
		{"a run is handed over with its job and its entry, or not at all, and once", handOver},
		{"a run comes back as it was stored, and one that is not there is gone", runComesBack},
		{"runs are listed newest first, by kind and scope, and those that go on apart", runsNewestFirst},
		{"items come in their order, there and back, of all outcomes or of one", itemsInOrder},
		{"of each tenant those items are given that wait, with their values", waitingOfATenant},
		{"an item is tried with its entry and its count, or not at all", func(r *rig) {
			of := r.begin(run.Run{ID: "r1", Kind: Followed}, items("a", 2)...)
			r.allOrNothing("begun", func() any { return []any{r.whole("r1")(), r.attempts(svc, time.Time{})} }, func() error {
				return r.Runs.Try(ctx, of, 1, svc, r.entry("begun"))
			})
			r.same("items that are tried", r.run("r1").Counts[run.Trying], 1)
		}},
		{"nothing is tried that does not wait any more, or whose value was replaced", tryOnlyWhatWaits},
		{"of many who try an item at once, one does", func(r *rig) {
			of := r.begin(run.Run{ID: "r1", Kind: Followed}, items("a", 1)...)
			won, lost := atOnce(16, func(int) error { return r.Runs.Try(ctx, of, 1, svc, r.entry("begun")) })
			r.oneWon(won, lost, run.ErrChanged)
			r.same("attempts and entries", []int{r.attempts(svc, time.Time{}), r.logged("begun")}, []int{1, 1})
		}},
		{"an item is settled while it waits, together with what follows it, or not at all", settleOne},
		{"taking a run up makes it run, and interrupts what nobody saw the end of, each with an entry", takeUp},
		{"a run is cancelled with its entry or not at all, once, and only while it goes on", cancel},
		{"a run ends with its entry or not at all, and once", end},
		{"a value is kept until it is accepted or rejected", valueIsKept},
		{"all that wait are settled, of one tenant or of every one, and what is being tried is not", settleAll},
		{"settling that is cut off between two steps is finished by the next", settleAllInSteps},
		{"a run that is over goes on with what kept its value, with its job and its entry or not at all", reopen},
		{"opening again that is cut off between two steps is finished by the next", reopenInSteps},
		{"nothing is opened again that is not over, or has nothing to go on with", reopenNothing},
		{"of many who open a run again at once, one does", reopenAtOnce},
		{"the counts are those of the items, whatever is done to them", countsOfTheItems},
	})
}

var svc = account.KeyOf(contoso.ID, "svc@contoso.com")

// items makes so many items of contoso.
func items(prefix string, n int) []run.Item {
	list := make([]run.Item, n)
	for i := range list {
		name := named(prefix, i+1)
		list[i] = run.Item{Subject: name, Name: "The " + name, Username: name + "@contoso.com", Tenant: contoso.ID}
	}
	return list
}

// begin hands a run with its items over, and makes it run. Items of one that holds values are stored by its kind, so they are not
// made here.
func (r *rig) begin(of run.Run, list ...run.Item) run.Run {
	r.Helper()
	of = r.prepare(of, list...)
	r.must(r.Runs.HandOver(ctx, of, r.entry(done)))
	of, err := r.Runs.TakeUp(ctx, of.ID, r.interrupted)
	r.must(err)
	return of
}

func (r *rig) prepare(of run.Run, list ...run.Item) run.Run {
	r.Helper()
	by := r.entry(done)
	of.Title, of.Attended, of.Actor, of.Origin, of.State, of.Begun = "Selected profiles", true, by.Actor, by.Origin, run.Preparing, monday
	r.must(r.Runs.Prepare(ctx, of))
	for i := range list {
		list[i].No, list[i].Outcome = i+1, run.Waiting
	}
	r.must(r.Runs.AddItems(ctx, of.ID, list))
	return of
}

func (r *rig) interrupted(i run.Item) audit.Entry {
	return r.entry("interrupted").With("subject", i.Subject)
}

func (r *rig) run(id run.ID) run.Run {
	r.Helper()
	of, err := r.Runs.Run(ctx, id)
	r.must(err)
	return of
}

func (r *rig) items(id run.ID) []run.Item {
	r.Helper()
	list, err := r.Runs.Items(ctx, run.ItemQuery{Run: id, Limit: 100_000})
	r.must(err)
	return list
}

// settle gives an item of a run an outcome without a verdict.
func (r *rig) settle(of run.Run, no int, o run.Outcome) error {
	r.Helper()
	i := r.items(of.ID)[no-1]
	i.Outcome, i.Reason, i.At = o, account.Busy, monday
	return r.Runs.Settle(ctx, of, i)
}

// whole gives all that is stored of a run.
func (r *rig) whole(id run.ID) func() any {
	return func() any {
		of, err := r.Runs.Run(ctx, id)
		if errors.Is(err, run.ErrGone) {
			return "gone"
		}
		r.must(err)
		return []any{of, r.items(id)}
	}
}

// outcomes gives how many items have which outcome, counted anew.
func (r *rig) outcomes(id run.ID) map[run.Outcome]int {
	counts := map[run.Outcome]int{}
	for _, i := range r.items(id) {
		counts[i.Outcome]++
	}
	return counts
}

// counted fails where the counts of a run are not those of its items.
func (r *rig) counted(id run.ID) {
	r.Helper()
	of := r.run(id)
	r.same("the counts", of.Counts, r.outcomes(id))
	r.same("how many there are", of.Total, len(r.items(id)))
}

func preparedRun(r *rig) {
	for _, id := range []run.ID{"r1", "r2"} {
		r.prepare(run.Run{ID: id, Kind: Followed}, items("a", 3)...)
		r.same("jobs", len(r.jobs()), 0)
		r.same("the state", r.run(id).State, run.Preparing)
		r.counted(id)
	}
	r.must(r.Runs.Drop(ctx, "r1"))
	r.same("what was dropped", []any{r.whole("r1")(), r.items("r1")}, []any{"gone", []run.Item{}})
	r.must(r.Runs.HandOver(ctx, r.run("r2"), r.entry(done)))
	before := r.whole("r2")()
	r.must(r.Runs.Drop(ctx, "r2"))
	r.must(r.Runs.Drop(ctx, "nobody's"))
	r.same("what was handed over", r.whole("r2")(), before)
}

func handOver(r *rig) {
	of := r.prepare(run.Run{ID: "r1", Kind: Followed}, items("a", 3)...)
	handOver := func() error { return r.Runs.HandOver(ctx, of, r.entry("begun")) }
	r.nothing("nobody takes the work", r.RefuseJobs, r.whole("r1"), handOver)
	r.allOrNothing("begun", r.whole("r1"), handOver)
	r.same("the state", r.run("r1").State, run.Queued)
	r.same("jobs", r.jobs(), []Job{{Followed, "r1"}})
	if err := handOver(); !errors.Is(err, run.ErrChanged) || len(r.jobs()) != 1 || r.logged("begun") != 1 {
		r.Errorf("again: %v, %v, %d entries", err, r.jobs(), r.logged("begun"))
	}
}

func runComesBack(r *rig) {
	of := r.prepare(run.Run{ID: "r1", Kind: Followed, Scope: "here/there", Holding: true}, items("a", 2)...)
	of.Total, of.Counts = 2, map[run.Outcome]int{run.Waiting: 2}
	list := items("a", 2)
	for i := range list {
		list[i].No, list[i].Outcome = i+1, run.Waiting
	}
	r.same("the run and its items", r.whole("r1")(), any([]any{of, list}))
	if _, err := r.Runs.Run(ctx, "r2"); !errors.Is(err, run.ErrGone) {
		r.Errorf("not there: %v", err)
	}
	if _, err := r.Runs.TakeUp(ctx, "r2", r.interrupted); !errors.Is(err, run.ErrGone) {
		r.Errorf("not there to be taken up: %v", err)
	}
}

func runsNewestFirst(r *rig) {
	for i := range 6 {
		of := r.begin(run.Run{ID: run.ID(named("r", i)), Kind: Followed, Scope: []string{"", "here"}[i%2]}, items("a", i)...)
		if i < 3 {
			r.must(r.Runs.End(ctx, of.ID, run.Finished, r.entry(done)))
		}
	}
	r.prepare(run.Run{ID: "r-0009", Kind: "another"})
	list := func(q run.Query) []run.ID {
		runs, err := r.Runs.Runs(ctx, q)
		r.must(err)
		return runIDs(runs)
	}
	r.same("of a kind", list(run.Query{Kind: Followed, Limit: 10}), []run.ID{"r-0004", "r-0002", "r-0000"})
	r.same("of a scope", list(run.Query{Kind: Followed, Scope: "here", Limit: 2}), []run.ID{"r-0005", "r-0003"})
	r.same("before one of them", list(run.Query{Kind: Followed, Scope: "here", Before: "r-0005", Limit: 2}), []run.ID{"r-0003", "r-0001"})
	for kind, want := range map[string][]run.ID{Followed: {"r-0005", "r-0004", "r-0003"}, "another": {"r-0009"}, "": {"r-0009", "r-0005", "r-0004", "r-0003"}, "unheard of": nil} {
		active, err := r.Runs.Active(ctx, kind)
		r.must(err)
		r.same("going on, "+kind, runIDs(active), want)
		for _, of := range active {
			r.same("with its counts", of.Total, len(r.items(of.ID)))
		}
	}
}

func runIDs(runs []run.Run) (ids []run.ID) {
	for _, of := range runs {
		ids = append(ids, of.ID)
	}
	return ids
}

func itemsInOrder(r *rig) {
	of := r.begin(run.Run{ID: "r1", Kind: Followed}, items("a", 10)...)
	for no := 2; no <= 10; no += 2 {
		r.must(r.settle(of, no, run.Skipped))
	}
	for _, c := range []struct {
		query run.ItemQuery
		want  []int
	}{
		{run.ItemQuery{Limit: 3}, []int{1, 2, 3}},
		{run.ItemQuery{After: 3, Limit: 3}, []int{4, 5, 6}},
		{run.ItemQuery{After: 9, Limit: 3}, []int{10}},
		{run.ItemQuery{After: 10, Limit: 3}, []int{}},
		{run.ItemQuery{After: 6, Back: true, Limit: 3}, []int{6, 5, 4}},
		{run.ItemQuery{Outcome: run.Skipped, Limit: 3}, []int{2, 4, 6}},
		{run.ItemQuery{Outcome: run.Skipped, After: 6, Limit: 3}, []int{8, 10}},
		{run.ItemQuery{Outcome: run.Skipped, After: 7, Back: true, Limit: 2}, []int{6, 4}},
		{run.ItemQuery{Outcome: run.Dropped, Limit: 3}, []int{}},
	} {
		c.query.Run = "r1"
		list, err := r.Runs.Items(ctx, c.query)
		r.must(err)
		numbers := []int{}
		for _, i := range list {
			numbers = append(numbers, i.No)
		}
		if r.same("the items", numbers, c.want); r.Failed() {
			r.Fatalf("of %+v", c.query)
		}
	}
}

func waitingOfATenant(r *rig) {
	list := items("a", 8)
	for i := range list {
		list[i].Tenant = []tenant.ID{contoso.ID, fabrikam.ID}[i%2]
	}
	of := r.holding(pool.CheckRun, "r1", list...)
	r.must(r.settle(of, 3, run.Skipped))
	r.must(r.Runs.Try(ctx, of, 5, svc, r.entry(done)))
	waiting, err := r.Runs.Waiting(ctx, "r1", contoso.ID, 0, 10)
	r.must(err)
	var found []string
	for _, i := range waiting {
		found = append(found, i.Subject+" "+string(i.Sealed))
	}
	r.same("those that wait", found, []string{"a-0001 sealed a-0001", "a-0007 sealed a-0007"})
	if waiting, err = r.Runs.Waiting(ctx, "r1", fabrikam.ID, 2, 2); err != nil || len(waiting) != 2 || waiting[0].No != 4 || waiting[1].No != 6 {
		r.Errorf("behind the second: %v, %v", waiting, err)
	}
	tenants := func() int {
		list, err := r.Runs.Tenants(ctx, "r1")
		r.must(err)
		return len(list)
	}
	r.same("tenants with items that wait", tenants(), 2)
	r.must(r.Runs.SettleAll(ctx, of, fabrikam.ID, run.NotReached, account.Outage, monday))
	r.same("tenants with items that wait", tenants(), 1)
}

func tryOnlyWhatWaits(r *rig) {
	of := r.holding(pool.CheckRun, "r1", items("a", 4)...)
	r.must(r.Runs.Try(ctx, of, 1, svc, r.entry(done)))
	r.must(r.settle(of, 2, run.Skipped))
	r.replace(of, "a-0003")
	before := r.whole("r1")()
	for _, no := range []int{1, 2, 3, 9} {
		if err := r.Runs.Try(ctx, of, no, svc, r.entry("late")); !errors.Is(err, run.ErrChanged) {
			r.Errorf("item %d: %v", no, err)
		}
	}
	r.same("what is stored", []any{r.whole("r1")(), r.logged("late"), r.attempts(svc, time.Time{})}, []any{before, 0, 1})
}

func settleOne(r *rig) {
	of := r.begin(run.Run{ID: "r1", Kind: Followed}, items("a", 2)...)
	skipped := r.items("r1")[0]
	skipped.Outcome, skipped.Reason, skipped.Status, skipped.Code, skipped.At, skipped.Tries = run.Skipped, account.Parked, refused.Status, refused.Code, monday.Add(time.Hour), 2
	var followed []run.Item
	broken := errors.New("refused by the test")
	r.settled = func(from run.Run, i run.Item) error {
		if from.ID != "r1" {
			r.Errorf("an item of %s", from.ID)
		}
		if followed = append(followed, i); len(followed) == 1 {
			return broken
		}
		return nil
	}
	before := r.whole("r1")()
	if err := r.Runs.Settle(ctx, of, skipped); !errors.Is(err, broken) {
		r.Errorf("what follows it failed: %v", err)
	}
	r.same("what is stored", r.whole("r1")(), before)
	r.must(r.Runs.Settle(ctx, of, skipped))
	r.same("the item", r.items("r1")[0], skipped)
	r.same("what followed it", followed, []run.Item{skipped, skipped})
	r.must(r.Runs.Try(ctx, of, 2, svc, r.entry(done)))
	for _, no := range []int{1, 2} {
		if err := r.settle(of, no, run.Dropped); !errors.Is(err, run.ErrChanged) {
			r.Errorf("item %d: %v", no, err)
		}
	}
	r.same("how often anything followed", len(followed), 2)
}

func takeUp(r *rig) {
	of := r.prepare(run.Run{ID: "r1", Kind: Followed}, items("a", 4)...)
	r.must(r.Runs.HandOver(ctx, of, r.entry(done)))
	for _, no := range []int{2, 3} {
		r.must(r.Runs.Try(ctx, of, no, svc, r.entry(done)))
	}
	var followed []string
	r.settled = func(_ run.Run, i run.Item) error {
		followed = append(followed, i.Subject+" "+string(i.Outcome))
		return nil
	}
	take := func() error {
		_, err := r.Runs.TakeUp(ctx, "r1", r.interrupted)
		return err
	}
	r.nothing("the log refuses it", func() func() { return r.RefuseEntry("interrupted") }, r.whole("r1"), take)
	followed = nil
	r.advance(time.Hour)
	r.must(take())
	now := r.run("r1")
	r.same("state, outcomes, entries", []any{now.State, now.Counts, r.logged("interrupted")}, []any{run.Running, map[run.Outcome]int{run.Waiting: 2, run.Interrupted: 2}, 2})
	r.same("what followed", followed, []string{"a-0002 interrupted", "a-0003 interrupted"})
	r.same("when", r.items("r1")[1].At, monday.Add(time.Hour))
	before := r.whole("r1")()
	r.must(take())
	r.same("taken up again", []any{r.whole("r1")(), r.logged("interrupted")}, []any{before, 2})
	for _, state := range []run.State{run.Cancelling, run.Cancelled} {
		if state == run.Cancelling {
			r.must(r.Runs.Cancel(ctx, "r1", r.entry(done)))
		} else {
			r.must(r.Runs.End(ctx, "r1", run.Cancelled, r.entry(done)))
		}
		r.must(take())
		r.same("the state of one that does not wait", r.run("r1").State, state)
	}
}

func cancel(r *rig) {
	cancel := func(id run.ID) func() error {
		return func() error { return r.Runs.Cancel(ctx, id, r.entry("cancelled")) }
	}
	never := func(id run.ID) {
		r.Helper()
		before, entries := r.whole(id)(), r.logged("cancelled")
		if err := cancel(id)(); !errors.Is(err, run.ErrChanged) {
			r.Errorf("one that is %s: %v", r.run(id).State, err)
		}
		r.same("what is stored", []any{r.whole(id)(), r.logged("cancelled")}, []any{before, entries})
	}
	of := r.prepare(run.Run{ID: "r1", Kind: Followed}, items("a", 2)...)
	never("r1")
	r.must(r.Runs.HandOver(ctx, of, r.entry(done)))
	r.allOrNothing("cancelled", r.whole("r1"), cancel("r1"))
	never("r1")
	r.begin(run.Run{ID: "r2", Kind: Followed}, items("a", 2)...)
	r.allOrNothing("cancelled", r.whole("r2"), cancel("r2"))
	r.must(r.Runs.End(ctx, "r2", run.Cancelled, r.entry(done)))
	never("r2")
	r.begin(run.Run{ID: "r3", Kind: Followed})
	r.must(r.Runs.End(ctx, "r3", run.Finished, r.entry(done)))
	never("r3")
}

func end(r *rig) {
	r.begin(run.Run{ID: "r1", Kind: Followed}, items("a", 2)...)
	r.advance(time.Hour)
	end := func() error { return r.Runs.End(ctx, "r1", run.Finished, r.entry("ended")) }
	r.allOrNothing("ended", r.whole("r1"), end)
	now := r.run("r1")
	r.same("state and time", []any{now.State, now.Ended}, []any{run.Finished, monday.Add(time.Hour)})
	if err := end(); !errors.Is(err, run.ErrChanged) || r.logged("ended") != 1 {
		r.Errorf("again: %v, %d entries", err, r.logged("ended"))
	}
}
