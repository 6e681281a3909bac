package storetest

import (
	"errors"
	"testing"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/profile"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
	"purser.example/internal/watch"
)

// Watches holds a watch.Store to its promises.
func Watches(t *testing.T, open Open) {
	hold(t, open, []promise{
		{"a tenant has a plan, chosen or not, and a change is stored with its entry or not at all", func(r *rig) {
			plans, err := r.Watches.Plans(ctx)
			r.must(err)
			r.same("nobody chose", plans, []watch.Plan{{Tenant: contoso.ID}, {Tenant: fabrikam.ID}})
			p := watch.Plan{Tenant: contoso.ID, Minute: 90, Zone: "Europe/Berlin", Next: monday, Night: monday.Add(-time.Hour), Pace: time.Minute, Total: 7, Left: 2}
			e := r.entry(done)
			r.allOrNothing(done, func() any { got, err := r.Watches.Plan(ctx, contoso.ID); r.must(err); return got }, func() error { return r.Watches.SetPlan(ctx, p, &e) })
			got, err := r.Watches.Plan(ctx, contoso.ID)
			r.must(err)
			r.same("chosen", got, p)
		}},
		{"a freeze is stored with its entry or not at all, and so is its end", func(r *rig) {
			scope := watch.TenantScope(contoso.ID)
			f := watch.Freeze{Until: monday.Add(time.Hour), Because: "Moving", By: account.Stamp{At: monday, By: "Adele Vance"}}
			state := func() any { got, err := r.Watches.Frozen(ctx, scope); r.must(err); return got }
			r.allOrNothing(done, state, func() error { return r.Watches.Freeze(ctx, scope, f, r.entry(done)) })
			r.same("frozen", state(), any(map[watch.Scope]watch.Freeze{scope: f}))
			r.allOrNothing(done, state, func() error { return r.Watches.Resume(ctx, scope, r.entry(done)) })
			r.same("resumed", state(), any(map[watch.Scope]watch.Freeze{}))
		}},
		{"what is kept is gathered, what is gone is dropped, and another account begins anew", func(r *rig) {
			p := r.create(r.sketch("p1", contoso.ID))
			r.create(r.sketch("p2", fabrikam.ID))
			w := r.gathered("p1")
			r.same("the place", w, watch.Watched{No: w.No, Place: w.Place, Tenant: contoso.ID, Account: account.Fold(p.Username)})
			r.must(r.Watches.Settle(ctx, w.No, &watch.Check{At: monday, Outcome: watch.Good, Status: verdict.Valid}, time.Time{}))
			r.same("again", r.gathered("p1").Good, monday)
			r.must(r.Profiles.Delete(ctx, []profile.Profile{p}, r.entry(done)))
			r.gather()
			if _, err := r.Watches.Watched(ctx, w.Place); !errors.Is(err, watch.ErrGone) {
				r.Errorf("a profile that is gone: %v", err)
			}
		}},
		{"each tenant has one place due at a time, which one takes, and none takes twice", func(r *rig) {
			var turns []watch.Turn
			for i, id := range []profile.ID{"p1", "p2", "p3"} {
				r.create(r.sketch(id, contoso.ID))
				turns = append(turns, watch.Turn{No: r.gathered(id).No, Due: monday.Add(time.Duration(i) * time.Minute)})
			}
			r.must(r.Watches.Assign(ctx, monday, turns))
			earliest, err := r.Watches.Earliest(ctx)
			r.must(err)
			r.same("earliest", earliest, monday)
			due, err := r.Watches.Due(ctx, monday.Add(time.Minute))
			r.must(err)
			if len(due) != 1 || due[0].No != turns[0].No || due[0].Night != monday {
				r.Fatalf("due: %+v", due)
			}
			won, lost := atOnce(8, func(int) error { return r.Watches.Take(ctx, due[0], monday) })
			r.oneWon(won, lost, watch.ErrChanged)
			n, err := r.Watches.Interrupted(ctx, watch.Check{At: monday, Outcome: watch.Unknown, Reason: watch.Interrupted})
			r.must(err)
			r.same("cut off", n, 1)
			r.must(r.Watches.Settle(ctx, turns[1].No, nil, monday.Add(time.Hour)))
			later, err := r.Watches.Watched(ctx, account.Place{Kind: profile.PlaceKind, ID: "p2"})
			r.must(err)
			r.same("asked again", []any{later.Due, later.Tries, later.Last}, []any{monday.Add(time.Hour), 1, watch.Check{}})
		}},
		{"what a place was found to be since when is kept, with every check", func(r *rig) {
			r.create(r.sketch("p1", contoso.ID))
			no := r.gathered("p1").No
			at := func(i int) time.Time { return monday.Add(time.Duration(i) * time.Hour) }
			all := []watch.Check{
				{At: at(0), Outcome: watch.Good, Status: verdict.Valid},
				{At: at(1), Outcome: watch.Bad, Status: verdict.WrongPassword, Code: "AADSTS50126"},
				{At: at(2), Outcome: watch.Skipped, Reason: account.Parked},
				{At: at(3), Outcome: watch.Unknown, Status: verdict.Unreachable, Code: "TIMEOUT"},
			}
			for _, c := range all {
				r.must(r.Watches.Settle(ctx, no, &c, time.Time{}))
			}
			w := r.gathered("p1")
			r.same("since", []any{w.Good, w.Bad, w.Last}, []any{at(0), at(1), all[3]})
			got, err := r.Watches.Checks(ctx, no, at(1))
			r.must(err)
			r.same("checks", got, all[1:])
			spent, err := r.Watches.Spent(ctx, watch.Watched{No: no + 1, Tenant: contoso.ID, Account: w.Account, Night: at(2)})
			r.must(err)
			r.same("spent", spent, true)
			tally, err := r.Watches.Tally(ctx, contoso.ID)
			r.must(err)
			r.same("tally", tally, map[watch.Outcome]int{watch.Unknown: 1})
		}},
		{"old checks are thinned out to those at which something changed", func(r *rig) {
			r.create(r.sketch("p1", contoso.ID))
			no := r.gathered("p1").No
			for i, o := range []watch.Outcome{watch.Good, watch.Good, watch.Good, watch.Bad, watch.Good, watch.Good, watch.Good} {
				r.must(r.Watches.Settle(ctx, no, &watch.Check{At: monday.Add(time.Duration(i) * time.Hour), Outcome: o}, time.Time{}))
			}
			for more := true; more; {
				var err error
				more, err = r.Watches.Compact(ctx, monday.Add(6*time.Hour), 1)
				r.must(err)
			}
			left, err := r.Watches.Checks(ctx, no, monday)
			r.must(err)
			var hours []int
			for _, c := range left {
				hours = append(hours, int(c.At.Sub(monday)/time.Hour))
			}
			r.same("left", hours, []int{0, 2, 3, 4, 6})
		}},
		{"what the last checks came to is counted by tenant, and so is each night, by the last check of each place in it", func(r *rig) {
			for _, id := range []profile.ID{"p1", "p2", "p3"} {
				r.create(r.sketch(id, contoso.ID))
				r.gather()
			}
			night := func(n int) time.Time { return monday.AddDate(0, 0, n) }
			settle := func(id profile.ID, at time.Time, o watch.Outcome, why account.Reason) {
				r.must(r.Watches.Settle(ctx, r.gathered(id).No, &watch.Check{At: at, Outcome: o, Reason: why}, time.Time{}))
			}
			assign := func(n int) {
				r.must(r.Watches.Assign(ctx, night(n), []watch.Turn{{No: r.gathered("p1").No}, {No: r.gathered("p2").No}, {No: r.gathered("p3").No}}))
			}
			assign(0)
			settle("p1", night(0).Add(time.Minute), watch.Unknown, account.Outage)
			settle("p1", night(0).Add(time.Hour), watch.Good, "")
			settle("p2", night(0).Add(time.Hour), watch.Bad, "")
			assign(1)
			settle("p1", night(1).Add(time.Hour), watch.Good, "")
			settle("p2", night(1).Add(time.Hour), watch.Skipped, account.Parked)
			settle("p3", night(1).Add(-time.Hour), watch.Good, "") // of no night: the clock was put back
			tallies := func(t tenant.ID) []any {
				tally, err := r.Watches.Tally(ctx, t)
				r.must(err)
				passed, err := r.Watches.PassedOver(ctx, t)
				r.must(err)
				nights, err := r.Watches.Nights(ctx, t, night(0).Truncate(24*time.Hour))
				r.must(err)
				return []any{tally, passed, nights}
			}
			day := func(n int) time.Time { return night(n).Truncate(24 * time.Hour) }
			want := []any{
				map[watch.Outcome]int{watch.Good: 2, watch.Skipped: 1},
				map[account.Reason]int{account.Parked: 1},
				[]watch.Night{{Day: day(0), Counts: map[watch.Outcome]int{watch.Good: 1, watch.Bad: 1}}, {Day: day(1), Counts: map[watch.Outcome]int{watch.Good: 1, watch.Skipped: 1}}},
			}
			r.same("of the tenant", tallies(contoso.ID), want)
			r.same("of all", tallies(""), want)
			r.same("of another", tallies(fabrikam.ID), []any{map[watch.Outcome]int{}, map[account.Reason]int{}, []watch.Night(nil)})
			p, err := r.Profiles.Profile(ctx, "p1")
			r.must(err)
			r.must(r.Profiles.Delete(ctx, []profile.Profile{p}, r.entry(done)))
			r.gather()
			want[0] = map[watch.Outcome]int{watch.Good: 1, watch.Skipped: 1}
			r.same("a place is gone, and what the nights were stays", tallies(contoso.ID), want)
		}},
		{"the tenants that are frozen are told without those of profiles", func(r *rig) {
			f := watch.Freeze{Until: monday.Add(time.Hour), Because: "Moving", By: account.Stamp{At: monday, By: "Adele Vance"}}
			r.must(r.Watches.Freeze(ctx, watch.TenantScope(fabrikam.ID), f, r.entry(done)))
			r.must(r.Watches.Freeze(ctx, watch.Scope{Kind: profile.PlaceKind, ID: "p1"}, f, r.entry(done)))
			frozen, err := r.Watches.FrozenTenants(ctx)
			r.must(err)
			r.same("frozen", frozen, map[tenant.ID]watch.Freeze{fabrikam.ID: f})
		}},
	})
}

func (r *rig) gather() {
	for more := true; more; {
		var err error
		more, err = r.Watches.Gather(ctx, contoso.ID, 1)
		r.must(err)
	}
}

// gathered is what is watched of a profile, after gathering.
func (r *rig) gathered(id profile.ID) watch.Watched {
	r.Helper()
	r.gather()
	w, err := r.Watches.Watched(ctx, r.placeOf(id))
	r.must(err)
	return w
}

func (r *rig) placeOf(id profile.ID) account.Place {
	return account.Place{Kind: profile.PlaceKind, ID: string(id)}
}
