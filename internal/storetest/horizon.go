package storetest

import (
	"slices"
	"testing"
	"time"

	"purser.example/internal/appprofile"
	"purser.example/internal/horizon"
	"purser.example/internal/pool"
	"purser.example/internal/profile"
	"purser.example/internal/run"
	"purser.example/internal/verdict"
)

// Horizon holds a horizon.Store to its promises.
func Horizon(t *testing.T, open Open) {
	hold(t, open, []promise{
		{"a password ends as its profile's last verdict says, until the profile is gone (R91)", passwordOfAProfile},
		{"a profile is broken since the first verdict that says so, whatever the later ones say, until one is valid", brokenProfile},
		{"what can't be told of an account breaks nothing", func(r *rig) {
			p := r.create(r.sketch("p1", contoso.ID))
			r.must(r.Profiles.Validated(ctx, p, profile.Validation{At: unreachable.At, Verdict: unreachable}, r.entry(done)))
			r.same("breaks", r.breaks(horizon.Query{}), []horizon.Break(nil))
		}},
		{"a password of a pool member ends as its verdict says, and is broken as long as the member stands refused, until the pool forgets it", passwordOfAMember},
		{"an app profile is broken while Microsoft refuses it", brokenApp},
		{"what ends comes in the order of time, page by page, of one tenant or all, of some kinds or all, between two moments", endingsInOrder},
		{"what is broken comes in the order of time, the last one first, page by page", breaksInOrder},
		{"counts are those of the lists, by kind and tenant, and those of days too", countsOfTheHorizon},
	})
}

func (r *rig) endings(q horizon.Query) []horizon.Ending {
	r.Helper()
	list, err := r.Horizon.Endings(ctx, q)
	r.must(err)
	return list
}

func (r *rig) breaks(q horizon.Query) []horizon.Break {
	r.Helper()
	list, err := r.Horizon.Breaks(ctx, q)
	r.must(err)
	return list
}

// ending is a valid verdict of a password that ends so much later than monday.
func ending(after time.Duration) verdict.Verdict {
	v := valid
	v.Expiry = verdict.Expiry{Kind: verdict.ExpiresOn, At: monday.Add(after)}
	return v
}

func (r *rig) judge(p profile.Profile, v verdict.Verdict) {
	r.Helper()
	r.must(r.Profiles.Validated(ctx, p, profile.Validation{At: v.At, Verdict: v}, r.entry(done)))
}

func passwordOfAProfile(r *rig) {
	p := r.create(r.sketch("p1", contoso.ID))
	r.same("no end is known", r.endings(horizon.Query{}), []horizon.Ending(nil))
	r.judge(p, ending(time.Hour))
	want := horizon.Ending{Kind: horizon.ProfilePassword, Object: "p1", Tenant: contoso.ID, At: monday.Add(time.Hour), What: p.Name, Account: p.Username}
	r.same("an end", r.endings(horizon.Query{}), []horizon.Ending{want})
	r.judge(p, ending(2*time.Hour))
	want.At = monday.Add(2 * time.Hour)
	r.same("another end", r.endings(horizon.Query{}), []horizon.Ending{want})

	p = r.profile("p1")
	p.Tenant, p.Name, p.Version = fabrikam.ID, "Moved", 2
	r.must(r.Profiles.Update(ctx, p, 1, nil, nil, nil, r.entry(done)))
	want.Tenant, want.What = fabrikam.ID, "Moved"
	r.same("in another tenant", r.endings(horizon.Query{}), []horizon.Ending{want})
	r.same("not in the former one", r.endings(horizon.Query{Tenant: contoso.ID}), []horizon.Ending(nil))
	never := valid
	never.Expiry.Kind = verdict.ExpiresNever
	r.judge(p, never)
	r.same("it never ends", r.endings(horizon.Query{}), []horizon.Ending(nil))
	r.judge(p, ending(time.Hour))
	r.must(r.Profiles.Delete(ctx, []profile.Profile{r.profile("p1")}, r.entry(done)))
	r.same("it is gone", r.endings(horizon.Query{}), []horizon.Ending(nil))
}

func brokenProfile(r *rig) {
	p := r.create(r.sketch("p1", contoso.ID))
	r.judge(p, refused)
	want := horizon.Break{Kind: horizon.Profile, Object: "p1", Tenant: contoso.ID, Since: refused.At, Status: string(refused.Status), Code: refused.Code, What: p.Name, Account: p.Username, Verdict: &refused}
	r.same("refused", r.breaks(horizon.Query{}), []horizon.Break{want})
	locked := verdict.Verdict{Status: verdict.AccountLocked, Code: "AADSTS50053", At: refused.At.Add(time.Hour)}
	r.judge(p, locked)
	want.Status, want.Code, want.Verdict = string(locked.Status), locked.Code, &locked
	r.same("refused in another way", r.breaks(horizon.Query{}), []horizon.Break{want})
	again := valid
	again.At = locked.At.Add(time.Hour)
	r.judge(p, again)
	r.same("valid", r.breaks(horizon.Query{}), []horizon.Break(nil))
	r.judge(p, locked)
	r.must(r.Profiles.Delete(ctx, []profile.Profile{r.profile("p1")}, r.entry(done)))
	r.same("gone", r.breaks(horizon.Query{}), []horizon.Break(nil))
}

func passwordOfAMember(r *rig) {
	r.read("g1", sites, users("a", 2)...)
	r.read("g2", sites, users("b", 1)...)
	of := r.checking("c1", "g1", "a-0001", "a-0002")
	var kept bool
	r.must(r.Pools.Concluded(ctx, of, concluded(r.trying(of, 1), run.Confirmed, ending(time.Hour)), []byte("one"), stamp(0), nil, r.told(&kept)))
	r.must(r.Pools.Concluded(ctx, of, concluded(r.trying(of, 2), run.Rejected, refused), nil, stamp(0), nil, r.told(&kept)))
	object := string(contoso.ID) + "/sites/a-0001"
	r.same("an end", r.endings(horizon.Query{}), []horizon.Ending{{Kind: horizon.MemberPassword, Object: object, Tenant: contoso.ID, At: monday.Add(time.Hour), What: "The a-0001", Account: "a-0001@contoso.com"}})
	r.same("a password that never was in order breaks nothing", r.breaks(horizon.Query{}), []horizon.Break(nil))

	r.must(r.Pools.CheckedUp(ctx, sites, "a-0001", []byte("one"), refused, r.entry(done)))
	want := horizon.Break{Kind: horizon.Member, Object: object, Tenant: contoso.ID, Since: refused.At, Status: string(refused.Status), Code: refused.Code, What: "The a-0001", Account: "a-0001@contoso.com", Verdict: &refused}
	r.same("refused", r.breaks(horizon.Query{}), []horizon.Break{want})
	r.must(r.Pools.CheckedUp(ctx, sites, "a-0001", []byte("one"), ending(2*time.Hour), r.entry(done)))
	r.same("valid again", r.breaks(horizon.Query{}), []horizon.Break(nil))
	r.same("another end", r.endings(horizon.Query{})[0].At, monday.Add(2*time.Hour))
	r.must(r.Pools.CheckedUp(ctx, sites, "a-0001", []byte("one"), refused, r.entry(done)))
	r.save(sites, "g2")
	r.same("it left: what ends", r.endings(horizon.Query{}), []horizon.Ending(nil))
	r.same("it left: what is broken", r.breaks(horizon.Query{}), []horizon.Break(nil))
}

func brokenApp(r *rig) {
	p, sealed := r.app1("a1", contoso.ID, "Second")
	r.must(r.Apps.Create(ctx, contoso, p, sealed, r.entry(done)))
	p = r.oneApp("a1")
	check := func(s appprofile.Status, f appprofile.Finding) {
		p.Status, p.Finding, p.Checked = s, f, monday.Add(time.Hour)
		r.must(r.Apps.Checked(ctx, p, nil, r.entry(done)))
	}
	check(appprofile.Invalid, appprofile.Finding{Code: "AADSTS7000222", Cause: "The client secret has expired."})
	r.same("refused", r.breaks(horizon.Query{}), []horizon.Break{{
		Kind: horizon.App, Object: "a1", Tenant: contoso.ID, Since: monday.Add(time.Hour), Status: "invalid", Code: "AADSTS7000222", What: "Second", Cause: "The client secret has expired.",
	}})
	check(appprofile.PermissionsMissing, appprofile.Finding{})
	r.same("in order", r.breaks(horizon.Query{}), []horizon.Break(nil))
	check(appprofile.Invalid, appprofile.Finding{})
	r.must(r.Apps.Delete(ctx, "a1", false, r.entry(done)))
	r.same("gone", r.breaks(horizon.Query{}), []horizon.Break(nil))
}

// manyEndings stores profiles and members of two tenants, several of which end at the same moment, and some of which are broken.
func (r *rig) manyEndings() {
	r.Helper()
	r.read("g1", sites, users("a", 6)...)
	of := r.checking("c1", "g1", "a-0001", "a-0002", "a-0003", "a-0004", "a-0005", "a-0006")
	for i := range 6 {
		var kept bool
		r.must(r.Pools.Concluded(ctx, of, concluded(r.trying(of, i+1), run.Confirmed, ending(time.Duration(i/2)*12*time.Hour)), []byte("one"), stamp(0), nil, r.told(&kept)))
		if i < 3 {
			r.must(r.Pools.CheckedUp(ctx, sites, pool.UserID(named("a", i+1)), []byte("one"), refused, r.entry(done)))
		}
	}
	for i := range 12 {
		tenant := contoso.ID
		if i%3 == 0 {
			tenant = fabrikam.ID
		}
		p := r.create(r.sketch(profile.ID(named("p", i)), tenant))
		r.judge(p, ending(time.Duration(i/2)*12*time.Hour))
		if i%4 == 0 {
			bad := refused
			bad.At = refused.At.Add(time.Duration(i/8) * time.Hour)
			bad.Expiry = ending(time.Duration(i) * time.Hour).Expiry
			r.judge(p, bad)
		}
	}
}

// queries ask for parts of the same list.
var queries = []horizon.Query{
	{},
	{Tenant: contoso.ID},
	{Tenant: fabrikam.ID},
	{Kinds: []horizon.Kind{horizon.MemberPassword, horizon.Member}},
	{Kinds: []horizon.Kind{horizon.ProfilePassword, horizon.Profile}, Tenant: contoso.ID},
	{From: monday.Add(12 * time.Hour)},
	{To: monday.Add(24 * time.Hour)},
	{From: monday.Add(time.Minute), To: monday.Add(24 * time.Hour), Tenant: contoso.ID},
	{Kinds: []horizon.Kind{horizon.Retirement}},
}

func endingsInOrder(r *rig) {
	r.manyEndings()
	all := r.endings(horizon.Query{})
	if len(all) != 18 || !slices.IsSortedFunc(all, func(a, b horizon.Ending) int { return a.Place().Compare(b.Place()) }) {
		r.Fatalf("%d endings: %+v", len(all), all)
	}
	for _, q := range queries {
		var want, got []horizon.Ending
		for _, e := range all {
			if asked(q, e.Kind, string(e.Tenant), e.At) {
				want = append(want, e)
			}
		}
		for q.Limit = 3; ; {
			page := r.endings(q)
			if got = append(got, page...); len(page) < q.Limit {
				break
			}
			q.After = got[len(got)-1].Place()
		}
		r.same("pages", got, want)
		if q.After = (horizon.Place{}); len(want) > 4 {
			q.Before = want[4].Place()
			r.same("the page before", r.endings(q), want[1:4])
		}
	}
}

func asked(q horizon.Query, k horizon.Kind, tenant string, at time.Time) bool {
	return (len(q.Kinds) == 0 || slices.Contains(q.Kinds, k)) && (q.Tenant == "" || string(q.Tenant) == tenant) && !at.Before(q.From) && (q.To.IsZero() || at.Before(q.To))
}

func breaksInOrder(r *rig) {
	r.manyEndings()
	all := r.breaks(horizon.Query{})
	if len(all) != 6 || !slices.IsSortedFunc(all, func(a, b horizon.Break) int { return b.Place().Compare(a.Place()) }) {
		r.Fatalf("%d breaks: %+v", len(all), all)
	}
	for _, q := range queries {
		var want, got []horizon.Break
		for _, b := range all {
			if asked(q, b.Kind, string(b.Tenant), b.Since) {
				want = append(want, b)
			}
		}
		for q.Limit = 2; ; {
			page := r.breaks(q)
			if got = append(got, page...); len(page) < q.Limit {
				break
			}
			q.After = got[len(got)-1].Place()
		}
		r.same("pages", got, want)
		if q.After = (horizon.Place{}); len(want) > 3 {
			q.Before = want[3].Place()
			r.same("the page before", r.breaks(q), want[1:3])
		}
	}
}

func countsOfTheHorizon(r *rig) {
	r.manyEndings()
	for _, now := range []time.Time{monday, monday.Add(-40 * 24 * time.Hour), monday.Add(18 * time.Hour), monday.Add(24 * time.Hour), monday.AddDate(1, 0, 0), monday.AddDate(-1, 0, 0)} {
		want := map[horizon.Count]horizon.Count{}
		for _, e := range r.endings(horizon.Query{To: horizon.Until(now, 90)}) {
			key := horizon.Count{Kind: e.Kind, Tenant: e.Tenant}
			c, there := want[key]
			if !there {
				c = key
			}
			if !e.At.After(now) {
				c.Ended++
			}
			for i, days := range horizon.Windows {
				if e.At.After(now) && e.At.Before(horizon.Until(now, days)) {
					c.Within[i]++
				}
			}
			want[key] = c
		}
		counts, err := r.Horizon.Counts(ctx, now)
		r.must(err)
		got := map[horizon.Count]horizon.Count{}
		for _, c := range counts {
			got[horizon.Count{Kind: c.Kind, Tenant: c.Tenant}] = c
		}
		r.same("counts at "+now.String(), got, want)
	}
	failing, err := r.Horizon.Failing(ctx)
	r.must(err)
	n := 0
	for _, f := range failing {
		n += f.N
	}
	r.same("broken", n, len(r.breaks(horizon.Query{})))
	for _, q := range queries {
		q.From, q.To = q.From.Truncate(24*time.Hour), q.To.Truncate(24*time.Hour) // days are counted whole
		want := map[horizon.OnDay]int{}
		for _, e := range r.endings(q) {
			want[horizon.OnDay{Day: horizon.DayOf(e.At), Kind: e.Kind}]++
		}
		days, err := r.Horizon.Days(ctx, q)
		r.must(err)
		got := map[horizon.OnDay]int{}
		for _, d := range days {
			got[horizon.OnDay{Day: d.Day, Kind: d.Kind}] = d.N
		}
		r.same("days", got, want)
	}
}
