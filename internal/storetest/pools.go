package storetest

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/event"
	"purser.example/internal/pool"
	"purser.example/internal/run"
	"purser.example/internal/verdict"
)

// Pools holds a pool.Store to its promises.
func Pools(t *testing.T, open Open) {
	hold(t, open, []promise{
		{"how a group differs from what is saved is kept from the first time on, told once, and void with the next Save (R93)", func(r *rig) {
			key := pool.Key{Tenant: contoso.ID, Class: pool.Sites}
			r.read("r1", key)
			p := r.save(key, "r1")
			c := pool.GroupChange{Key: key, Saved: p.Reading, Left: 1, First: monday, Last: monday}
			e := happened(1, event.Drifted, contoso.ID)
			r.must(r.Pools.GroupChanged(ctx, c, e))
			c.Left, c.Joined, c.First, c.Last = 2, 1, monday.Add(time.Hour), monday.Add(time.Hour)
			r.must(r.Pools.GroupChanged(ctx, c, e))
			c.First = monday
			r.same("changed", r.groupChanges(), []pool.GroupChange{c})
			page, err := r.Events.List(ctx, event.Query{})
			r.must(err)
			r.same("events", len(page.Rows), 1)
			r.must(r.Pools.GroupChanged(ctx, pool.GroupChange{Key: key, Saved: p.Reading}, e))
			r.same("as it was", r.groupChanges(), []pool.GroupChange(nil))
			r.must(r.Pools.GroupChanged(ctx, c, e))
			r.read("r2", key)
			r.save(key, "r2")
			r.same("saved anew", r.groupChanges(), []pool.GroupChange(nil))
		}},
		{"a pool that nobody saved has version 0, and what is saved comes back", poolComesBack},
		{"a Save needs the version that it began with", saveNeedsItsVersion},
		{"a Save needs a reading that came to its end", saveNeedsItsReading},
		{"a Save is made with its credentials, its check, its job and its entries, or not at all", saveIsWhole},
		{"a later Save replaces the passwords that wait for the same accounts", saveReplaces},
		{"the outcome of an item is stored with the credential and the entry, or not at all", concludedMember},
		{"an app password is kept apart from the account's own, each with its verdict (R34)", appPasswordsApart},
		{"of an item whose password was replaced meanwhile nothing is kept but the outcome", concludedReplaced},
		{"an account that was lent and refused has that verdict with its entry, or not at all", lentMember},
		{"a credential follows the items of its check that are settled without a verdict", credentialFollows},
		{"secrets of accounts go that neither the saved version has nor the one in force", secretsGo},
		{"the saved version comes into force with its entry or not at all, unless another one was saved meanwhile", comesIntoForce},
		{"of many who save at once each version has one winner, and each winner its entry", manySave},
		{"a reading begins with its job and its entry, and ends with its entry, or not at all", readingBeginsAndEnds},
		{"the counts of a reading are those of its members, whatever is done to them", countsOfTheMembers},
		{"members that are forgotten while others are added leave counts that hold", forgottenMeanwhile},
		{"readings go that are over, that nobody uses, that are old and not among the newest", readingsGo},
		{"members come by name, there and back, narrowed by filter and text, whatever the accents (R41, X35)", membersInOrder},
		{"what cannot be a member is listed apart", leftOut},
		{"members are found by id and by username", membersFound},
		{"an account is in the pools whose saved version or version in force has it (R20)", poolsOfAnAccount},
		{"two readings are compared by who joined, left, was disabled and enabled", compared},
		{"an entry may stand alone", func(r *rig) {
			r.must(r.Pools.Note(ctx, r.entry("noted")))
			r.same("entries", r.logged("noted"), 1)
		}},
	})
}

var sites = pool.Key{Tenant: contoso.ID, Class: pool.Sites}

// users makes objects that can be members.
func users(prefix string, n int) []pool.Object {
	list := make([]pool.Object, n)
	for i := range list {
		name := named(prefix, i+1)
		list[i] = pool.Object{ID: name, Name: "The " + name, Username: name + "@contoso.com", Enabled: true}
	}
	return list
}

func (r *rig) beginReading(id pool.ReadingID, key pool.Key) pool.Reading {
	r.Helper()
	by := r.entry(done)
	read := pool.Reading{ID: id, Key: key, Group: pool.Group{ID: "g1", Name: "Pool"}, State: pool.ReadingRuns, Actor: by.Actor, Origin: by.Origin, Begun: r.now()}
	r.must(r.Pools.BeginReading(ctx, read, by))
	return read
}

// read is a reading that came to its end.
func (r *rig) read(id pool.ReadingID, key pool.Key, objects ...pool.Object) pool.Reading {
	r.Helper()
	read := r.beginReading(id, key)
	r.must(r.Pools.AddObjects(ctx, read, objects, false))
	r.must(r.Pools.EndReading(ctx, id, pool.ReadingDone, "", r.entry(done)))
	return r.reading(id)
}

func (r *rig) reading(id pool.ReadingID) pool.Reading {
	r.Helper()
	read, err := r.Pools.Reading(ctx, id)
	r.must(err)
	return read
}

func (r *rig) pool(key pool.Key) pool.Pool {
	r.Helper()
	p, err := r.Pools.Pool(ctx, key)
	r.must(err)
	return p
}

// next is the pool as it is, to be saved with another reading.
func (r *rig) next(key pool.Key, id pool.ReadingID) (p pool.Pool, was int64) {
	r.Helper()
	p = r.pool(key)
	was = p.Number
	p.Number, p.Reading, p.Group, p.By = was+1, id, pool.Group{ID: "g1", Name: "Pool"}, stamp(time.Duration(was+1)*time.Hour)
	return p, was
}

// save saves a reading, with touches and without a check.
func (r *rig) save(key pool.Key, id pool.ReadingID, touched ...pool.Touch) pool.Pool {
	r.Helper()
	p, was := r.next(key, id)
	r.must(r.Pools.Save(ctx, p, was, touched, nil, nil, r.entry(done)))
	return r.pool(key)
}

// check is a check of new passwords for users, as a Save takes it.
func check(id run.ID, users ...string) (*run.Run, []run.Held, []pool.Touch) {
	of := &run.Run{ID: id, Kind: pool.CheckRun, Scope: sites.Scope(), Title: "Pool", Attended: true, Holding: true, State: run.Queued, Begun: monday}
	var items []run.Held
	var touched []pool.Touch
	for n, user := range users {
		items = append(items, run.Held{
			Item:   run.Item{No: n + 1, Subject: user, Name: "The " + user, Username: user + "@contoso.com", Tenant: sites.Tenant, Outcome: run.Waiting},
			Sealed: []byte("sealed " + string(id) + " " + user),
		})
		touched = append(touched, pool.Touch{User: pool.UserID(user), Check: true, By: stamp(0)})
	}
	return of, items, touched
}

// checking saves the reading with a check of new passwords, and takes the check up.
func (r *rig) checking(id run.ID, reading pool.ReadingID, users ...string) run.Run {
	r.Helper()
	p, was := r.next(sites, reading)
	of, items, touched := check(id, users...)
	r.must(r.Pools.Save(ctx, p, was, touched, of, items, r.entry(done)))
	now, err := r.Runs.TakeUp(ctx, id, r.interrupted)
	r.must(err)
	return now
}

// keepApps lets a check store app passwords of members.
func (r *rig) keepApps(id run.ID, reading pool.ReadingID, users ...string) {
	r.Helper()
	p, was := r.next(sites, reading)
	of, items, touched := check(id, users...)
	for i := range touched {
		touched[i].MFA = true
	}
	r.must(r.Pools.Save(ctx, p, was, touched, of, items, r.entry(done)))
	now, err := r.Runs.TakeUp(ctx, id, r.interrupted)
	r.must(err)
	for no := range users {
		var kept bool
		r.must(r.Pools.Concluded(ctx, now, concluded(r.trying(now, no+1), run.Confirmed, validByApp), []byte("app"), stamp(0), nil, r.told(&kept)))
	}
}

// trying is an item of a check that is being tried.
func (r *rig) trying(of run.Run, no int) run.Item {
	r.Helper()
	r.must(r.Runs.Try(ctx, of, no, svc, r.entry(done)))
	return r.items(of.ID)[no-1]
}

func (r *rig) member(id pool.ReadingID, user pool.UserID) pool.Member {
	r.Helper()
	found, err := r.Pools.MembersByID(ctx, id, []pool.UserID{user})
	r.must(err)
	return found[user]
}

// members gives all members of a reading, page by page.
func (r *rig) members(id pool.ReadingID) []pool.Member {
	r.Helper()
	var all []pool.Member
	for q := (pool.Query{Reading: id, Limit: 7}); ; {
		page, err := r.Pools.Members(ctx, q)
		r.must(err)
		all = append(all, page.Rows...)
		if q.After = page.Next; q.After == "" {
			return all
		}
	}
}

// standings gives where the members of a reading stand.
func (r *rig) standings(id pool.ReadingID) map[pool.UserID]pool.Standing {
	r.Helper()
	found := map[pool.UserID]pool.Standing{}
	for _, m := range r.members(id) {
		found[m.User] = m.Standing
	}
	return found
}

// poolState gives all that is stored of a pool.
func (r *rig) poolState(id pool.ReadingID, checks ...run.ID) func() any {
	return func() any {
		state := []any{r.pool(sites), r.members(id)}
		for _, check := range checks {
			state = append(state, r.whole(check)())
		}
		return state
	}
}

func poolComesBack(r *rig) {
	project := pool.Key{Tenant: fabrikam.ID, Class: pool.Project}
	r.same("nothing yet", r.pool(project), pool.Pool{Key: project})
	r.read("p1", project, users("a", 3)...)
	want := pool.Pool{Key: project, Objects: 12_000, Version: pool.Version{
		Number: 1, Group: pool.Group{ID: "g1", Name: "Größe", Mail: "pool@fabrikam.com", Kind: pool.Microsoft365, Dynamic: true, Rule: "user.x -eq 1", Team: true},
		Reading: "p1", Members: 3, AdminURL: "https://fabrikam-admin.sharepoint.us", By: stamp(time.Hour),
	}}
	r.must(r.Pools.Save(ctx, want, 0, nil, nil, nil, r.entry(done)))
	r.same("the pool", r.pool(project), want)
	r.same("that of another class", r.pool(sites), pool.Pool{Key: sites})
}

func saveNeedsItsVersion(r *rig) {
	r.read("p1", sites, users("a", 3)...)
	r.save(sites, "p1")
	r.save(sites, "p1")
	state := r.poolState("p1", "c1")
	before, jobs := state(), r.jobs()
	for _, was := range []int64{0, 1, 3} {
		p, _ := r.next(sites, "p1")
		p.Number, p.AdminURL = was+1, "https://late-admin.sharepoint.com"
		of, items, touched := check("c1", "a-0001")
		if err := r.Pools.Save(ctx, p, was, touched, of, items, r.entry("late")); !errors.Is(err, pool.ErrChanged) {
			r.Errorf("a Save of version %d: %v", was, err)
		}
	}
	r.same("what is stored", state(), before)
	r.same("jobs and entries", []any{r.jobs(), r.logged("late")}, []any{jobs, 0})
}

func saveNeedsItsReading(r *rig) {
	r.beginReading("p1", sites)
	r.read("p2", sites)
	r.must(r.Pools.EndReading(ctx, "p2", pool.ReadingFailed, "Microsoft 365 did not answer.", r.entry(done)))
	for _, id := range []pool.ReadingID{"p1", "p2", "nobody's"} {
		p, was := r.next(sites, id)
		if err := r.Pools.Save(ctx, p, was, nil, nil, nil, r.entry("late")); !errors.Is(err, pool.ErrGone) {
			r.Errorf("%s: %v", id, err)
		}
	}
	r.same("what is stored", []any{r.pool(sites), r.logged("late")}, []any{pool.Pool{Key: sites}, 0})
	r.save(sites, "") // no members at all need no reading
}

func saveIsWhole(r *rig) {
	r.read("p1", sites, users("a", 4)...)
	p, was := r.next(sites, "p1")
	of, items, touched := check("c1", "a-0001", "a-0002")
	touched = append(touched, pool.Touch{User: "a-0003", MFA: true, By: stamp(0)})
	save := func() error {
		return r.Pools.Save(ctx, p, was, touched, of, items, r.entry(done), r.entry("saved"))
	}
	state := r.poolState("p1", "c1")
	r.nothing("nobody takes the work", r.RefuseJobs, state, save)
	r.allOrNothing("saved", state, save)
	r.same("jobs", r.jobs()[1:], []Job{{pool.CheckRun, "c1"}})
	r.same("the members", r.standings("p1"), map[pool.UserID]pool.Standing{"a-0001": pool.Checking, "a-0002": pool.Checking, "a-0003": pool.NoPassword, "a-0004": pool.NoPassword})
	waiting, err := r.Runs.Waiting(ctx, "c1", sites.Tenant, 0, 10)
	r.must(err)
	for i := range items {
		items[i].Kept = true
	}
	r.same("the items with their passwords", waiting, items)
	r.same("Enable MFA", r.member("p1", "a-0003").MFA, true)
	r.counted("c1")
}

func saveReplaces(r *rig) {
	r.read("p1", sites, users("a", 5)...)
	first := r.checking("c1", "p1", "a-0001", "a-0002", "a-0003", "a-0004", "a-0005")
	r.trying(first, 2)
	r.must(r.settle(first, 3, run.NotReached))
	r.advance(time.Hour)
	p, was := r.next(sites, "p1")
	second, items, touched := check("c2", "a-0001", "a-0002", "a-0003")
	touched = append(touched, pool.Touch{User: "a-0004", Forget: true})
	r.must(r.Pools.Save(ctx, p, was, touched, second, items, r.entry(done)))
	type left struct {
		Outcome run.Outcome
		Reason  account.Reason
		Kept    bool
	}
	var found []left
	for _, i := range r.items("c1") {
		found = append(found, left{i.Outcome, i.Reason, i.Kept})
	}
	r.same("the first check", found, []left{
		{run.Skipped, run.Replaced, false}, {run.Trying, "", false}, {run.NotReached, account.Busy, false}, {run.Skipped, run.Replaced, false}, {run.Waiting, "", true},
	})
	r.same("when", r.items("c1")[0].At, monday.Add(time.Hour))
	r.same("the second", r.outcomes("c2"), map[run.Outcome]int{run.Waiting: 3})
	r.same("the members", r.standings("p1"), map[pool.UserID]pool.Standing{"a-0001": pool.Checking, "a-0002": pool.Checking, "a-0003": pool.Checking, "a-0004": pool.NoPassword, "a-0005": pool.Checking})
	r.counted("c1")
}

// concluded is an item with the outcome of a verdict.
func concluded(i run.Item, o run.Outcome, v verdict.Verdict) run.Item {
	i.Outcome, i.Status, i.Code, i.Verdict, i.At = o, v.Status, v.Code, &v, v.At
	return i
}

func (r *rig) told(kept *bool) func(bool) audit.Entry {
	return func(was bool) audit.Entry {
		*kept = was
		return r.entry("concluded")
	}
}

func concludedMember(r *rig) {
	r.read("p1", sites, users("a", 3)...)
	of := r.checking("c1", "p1", "a-0001", "a-0002", "a-0003")
	good, bad, lost := concluded(r.trying(of, 1), run.Confirmed, valid), concluded(r.trying(of, 2), run.Rejected, refused), concluded(r.trying(of, 3), run.NotReached, unreachable)
	state := r.poolState("p1", "c1")
	var kept bool
	for _, c := range []struct {
		item     run.Item
		password []byte
		want     pool.Member
	}{
		{good, []byte("new"), pool.Member{Standing: pool.Ready, Password: true, Verdict: &valid, Checked: valid.At, Set: stamp(time.Hour)}},
		{bad, nil, pool.Member{Standing: pool.Refused, Failed: &refused, Checked: refused.At}},
		{lost, nil, pool.Member{Standing: pool.NotReached}},
	} {
		kept = false
		r.allOrNothing("concluded", state, func() error {
			return r.Pools.Concluded(ctx, of, c.item, c.password, stamp(time.Hour), nil, r.told(&kept))
		})
		m := r.member("p1", pool.UserID(c.item.Subject))
		c.want.User, c.want.Name, c.want.Username, c.want.Enabled = m.User, m.Name, m.Username, true
		c.item.Kept = c.item.Outcome == run.NotReached
		r.same("the member, its item, what the entry was told", []any{m, r.items("c1")[c.item.No-1], kept}, []any{c.want, c.item, true})
	}
	r.counted("c1")
}

func appPasswordsApart(r *rig) {
	r.read("p1", sites, users("a", 2)...)
	r.keepApps("k1", "p1", "a-0001")
	app := r.member("p1", "a-0001")
	r.same("with the app password", []any{app.MFA, app.AppPassword, app.Password, app.Standing, app.Verdict, app.Set}, []any{true, true, false, pool.Ready, &validByApp, stamp(0)})
	r.save(sites, "p1", pool.Touch{User: "a-0001", By: stamp(0)})
	own := r.member("p1", "a-0001")
	r.same("without Enable MFA", []any{own.MFA, own.AppPassword, own.Standing, own.Verdict}, []any{false, true, pool.NoPassword, (*verdict.Verdict)(nil)})
	of := r.checking("c1", "p1", "a-0001")
	var kept bool
	r.must(r.Pools.Concluded(ctx, of, concluded(r.trying(of, 1), run.Rejected, refused), nil, stamp(0), nil, r.told(&kept)))
	r.same("a refused password of its own", []any{r.member("p1", "a-0001").Standing, r.member("p1", "a-0001").Failed}, []any{pool.Refused, &refused})
	r.save(sites, "p1", pool.Touch{User: "a-0001", MFA: true, By: stamp(0)})
	r.same("which says nothing of the app password", []any{r.member("p1", "a-0001").Standing, r.member("p1", "a-0001").Failed}, []any{pool.Ready, (*verdict.Verdict)(nil)})
}

func concludedReplaced(r *rig) {
	r.read("p1", sites, users("a", 2)...)
	of := r.checking("c1", "p1", "a-0001", "a-0002")
	good, bad := concluded(r.trying(of, 1), run.Confirmed, valid), concluded(r.trying(of, 2), run.Rejected, refused)
	r.checking("c2", "p1", "a-0001", "a-0002")
	before := r.members("p1")
	for _, i := range []run.Item{good, bad} {
		kept := true
		r.must(r.Pools.Concluded(ctx, of, i, []byte("old"), stamp(0), nil, r.told(&kept)))
		r.same("what the entry was told", kept, false)
	}
	r.same("the members", r.members("p1"), before)
	now := r.items("c1")
	r.same("the outcomes", []any{now[0].Outcome, now[0].Reason, now[1].Outcome, now[1].Kept}, []any{run.Skipped, run.Replaced, run.Rejected, false})
	r.same("entries", r.logged("concluded"), 2)
	r.counted("c1")
}

func lentMember(r *rig) {
	r.read("p1", sites, users("a", 2)...)
	of := r.checking("c1", "p1", "a-0001")
	var kept bool
	r.must(r.Pools.Concluded(ctx, of, concluded(r.trying(of, 1), run.Confirmed, valid), []byte("new"), stamp(0), nil, r.told(&kept)))
	r.allOrNothing("lent", r.poolState("p1", "c1"), func() error { return r.Pools.Lent(ctx, sites, "a-0001", refused, r.entry("lent")) })
	r.must(r.Pools.Lent(ctx, sites, "a-0001", unreachable, r.entry("lent")))
	r.must(r.Pools.Lent(ctx, sites, "a-0002", refused, r.entry("lent")))
	r.same("the members", r.standings("p1"), map[pool.UserID]pool.Standing{"a-0001": pool.Refused, "a-0002": pool.NoPassword})
	r.same("entries", r.logged("lent"), 3)
}

func credentialFollows(r *rig) {
	r.read("p1", sites, users("a", 4)...)
	of := r.checking("c1", "p1", "a-0001", "a-0002", "a-0003")
	r.must(r.settle(of, 1, run.Skipped))
	r.trying(of, 2)
	if _, err := r.Runs.TakeUp(ctx, "c1", r.interrupted); err != nil {
		r.Fatal(err)
	}
	r.must(r.Runs.SettleAll(ctx, of, "", run.Dropped, "", monday))
	kept := map[pool.UserID]pool.Standing{"a-0001": pool.NotReached, "a-0002": pool.NotReached, "a-0003": pool.NotReached, "a-0004": pool.NoPassword}
	r.same("skipped, interrupted, dropped", r.standings("p1"), kept)
	r.must(r.Runs.End(ctx, "c1", run.Cancelled, r.entry(done)))
	n, err := r.Runs.Reopen(ctx, of, r.entry(done))
	r.must(err)
	for user := range kept {
		if user != "a-0004" {
			kept[user] = pool.Checking
		}
	}
	r.same("again", []any{n, r.standings("p1")}, []any{3, kept})
}

func secretsGo(r *rig) {
	r.read("p1", sites, users("a", 2)...)
	r.read("p2", sites, users("a", 1)...)
	r.read("p3", sites, users("b", 1)...)
	stored := func() map[pool.UserID]bool {
		found := map[pool.UserID]bool{}
		roster, err := r.Pools.Roster(ctx, "p1")
		r.must(err)
		for _, m := range roster {
			found[m.User] = m.AppPassword
		}
		return found
	}
	r.keepApps("k1", "p1", "a-0001", "a-0002")
	p := r.pool(sites)
	r.must(r.Pools.BringIntoForce(ctx, p, stamp(time.Hour), r.entry(done)))
	r.save(sites, "p3")
	r.same("while the first version is in force", stored(), map[pool.UserID]bool{"a-0001": true, "a-0002": true})
	p = r.save(sites, "p2")
	r.must(r.Pools.BringIntoForce(ctx, p, stamp(time.Hour), r.entry(done)))
	r.same("when only one of them is in any version", stored(), map[pool.UserID]bool{"a-0001": true, "a-0002": false})
	r.same("and stands so in every reading", r.standings("p1"), map[pool.UserID]pool.Standing{"a-0001": pool.Ready, "a-0002": pool.NoPassword})
	// A password that waits for somebody who is no member any more is dropped with the rest.
	r.checking("c1", "p1", "a-0002")
	r.save(sites, "p2")
	i := r.items("c1")[0]
	r.same("the item", []any{i.Outcome, i.Reason, i.Kept}, []any{run.Skipped, run.Gone, false})
}

func comesIntoForce(r *rig) {
	r.read("p1", sites, users("a", 2)...)
	first := r.save(sites, "p1")
	second := r.save(sites, "")
	if err := r.Pools.BringIntoForce(ctx, first, stamp(time.Hour), r.entry("forced")); !errors.Is(err, pool.ErrChanged) {
		r.Errorf("a version that is saved no more: %v", err)
	}
	r.same("what is stored", []any{r.pool(sites), r.logged("forced")}, []any{second, 0})
	third := r.save(sites, "p1")
	r.allOrNothing("forced", func() any { return r.pool(sites) }, func() error { return r.Pools.BringIntoForce(ctx, third, stamp(2*time.Hour), r.entry("forced")) })
	want := third
	want.InForce, want.InForce.By = third.Version, stamp(2*time.Hour)
	r.same("the pool", r.pool(sites), want)
}

func manySave(r *rig) {
	r.read("p1", sites, users("a", 3)...)
	var won atomic.Int64
	_, failed := atOnce(8, func(writer int) error {
		for n := range 6 {
			p, err := r.Pools.Pool(ctx, sites)
			if err != nil {
				return err
			}
			was := p.Number
			p.Number, p.Reading, p.AdminURL = was+1, "p1", fmt.Sprint("https://", was+1)
			of, items, touched := check(run.ID(fmt.Sprintf("c-%d-%d", writer, n)), "a-0001")
			switch err := r.Pools.Save(ctx, p, was, touched, of, items, r.entry("saved")); {
			case err == nil:
				won.Add(1)
			case !errors.Is(err, pool.ErrChanged):
				return err
			}
		}
		return nil
	})
	if len(failed) > 0 {
		r.Errorf("some Saves failed: %v", failed)
	}
	n, now := int(won.Load()), r.pool(sites)
	checks, err := r.Runs.Active(ctx, pool.CheckRun)
	r.must(err)
	if n == 0 || now.Number != int64(n) || now.AdminURL != fmt.Sprint("https://", n) || r.logged("saved") != n || len(checks) != n || len(r.jobs()) != 1+n {
		r.Errorf("%d Saves, %d entries, %d checks, %d jobs, and the pool is %+v", n, r.logged("saved"), len(checks), len(r.jobs())-1, now)
	}
	waiting := 0
	for _, of := range checks {
		waiting += of.Counts[run.Waiting]
	}
	r.same("new passwords that wait", waiting, 1)
}

func (r *rig) groupChanges() []pool.GroupChange {
	r.Helper()
	list, err := r.Pools.GroupChanges(ctx)
	r.must(err)
	return list
}
