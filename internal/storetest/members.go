package storetest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/pool"
	"purser.example/internal/profile"
)

func readingBeginsAndEnds(r *rig) {
	by := r.entry("begun")
	read := pool.Reading{
		ID: "p1", Key: sites, Group: pool.Group{ID: "g1", Name: "Größe", Kind: pool.Security, Dynamic: true, Rule: "x"}, State: pool.ReadingRuns, Actor: by.Actor, Origin: by.Origin,
		Begun: monday, Counts: pool.Counts{Standings: map[pool.Standing]int{}}, Unasked: true,
	}
	state := func() any {
		found, err := r.Pools.Reading(ctx, "p1")
		if errors.Is(err, pool.ErrGone) {
			return "gone"
		}
		r.must(err)
		return found
	}
	begin := func() error { return r.Pools.BeginReading(ctx, read, by) }
	r.nothing("nobody takes the work", r.RefuseJobs, state, begin)
	r.allOrNothing("begun", state, begin)
	r.same("the reading", state(), any(read))
	r.same("jobs", r.jobs(), []Job{{pool.GroupRead, "p1"}})
	r.advance(time.Hour)
	r.allOrNothing("ended", state, func() error {
		return r.Pools.EndReading(ctx, "p1", pool.ReadingFailed, "A sentence.", r.entry("ended"))
	})
	read.State, read.Failure, read.Ended = pool.ReadingFailed, "A sentence.", monday.Add(time.Hour)
	r.same("the reading", state(), any(read))
}

// countedMembers fails where the counts of a reading are not those of its members.
func (r *rig) countedMembers(id pool.ReadingID) {
	r.Helper()
	want := pool.Counts{Standings: map[pool.Standing]int{}}
	for _, m := range r.members(id) {
		want.Members++
		want.Standings[m.Standing]++
		if m.MFA {
			want.MFA++
		}
	}
	others, err := r.Pools.LeftOut(ctx, id, 100_000)
	r.must(err)
	want.LeftOut = len(others)
	r.same("the counts of "+string(id), r.reading(id).Counts, want)
}

func countsOfTheMembers(r *rig) {
	dice := rand.New(rand.NewPCG(29, 1))
	going := r.beginReading("p2", sites)
	objects := users("a", 20)
	for i := range objects {
		objects[i].Enabled = i%5 > 0
		if i%7 == 0 {
			objects[i].Kind = pool.Device
		}
	}
	r.read("p1", sites, objects[:15]...)
	for n := range 40 {
		user := pool.UserID(objects[dice.IntN(20)].ID)
		touch := pool.Touch{User: user, MFA: dice.IntN(2) == 0, By: stamp(0)}
		switch dice.IntN(6) {
		case 0, 1: // a page that comes again adds nothing
			at := dice.IntN(16)
			r.must(r.Pools.AddObjects(ctx, going, objects[at:at+5], dice.IntN(2) == 0))
		case 2:
			touch.MFA, touch.Check = true, true
			r.save(sites, "p1", touch)
		case 3:
			touch.Forget = true
			r.save(sites, "p1", touch)
		case 4:
			touch.Check = true
			r.save(sites, "p1", touch)
		case 5:
			if n%4 == 0 {
				r.must(r.Pools.ForgetMembers(ctx, "p2"))
				r.same("left of it", len(r.members("p2")), 0)
			}
		}
		r.countedMembers("p1")
		r.countedMembers("p2")
	}
}

func forgottenMeanwhile(r *rig) {
	read := r.beginReading("p1", sites)
	objects := append(users("a", 20), pool.Object{Kind: pool.Guest, ID: "guest"})
	for range 40 {
		_, failed := atOnce(2, func(i int) error {
			if i == 0 {
				return r.Pools.ForgetMembers(ctx, "p1")
			}
			for page := range slices.Chunk(objects, 7) {
				if err := r.Pools.AddObjects(ctx, read, page, false); err != nil {
					return err
				}
			}
			return nil
		})
		if len(failed) > 0 {
			r.Error(failed)
		}
		r.countedMembers("p1")
		r.must(r.Pools.ForgetMembers(ctx, "p1"))
	}
	r.must(r.Pools.AddObjects(ctx, read, objects, false))
	r.countedMembers("p1")
	r.same("members", r.reading("p1").Counts.Members, 20)
}

func readingsGo(r *rig) {
	project := pool.Key{Tenant: contoso.ID, Class: pool.Project}
	for i, id := range []pool.ReadingID{"p1 forced", "p2 saved", "p3 old", "p4 under way", "p5 young", "p6 failed", "p7 among the newest", "p8 newest"} {
		switch id {
		case "p4 under way":
			r.must(r.Pools.AddObjects(ctx, r.beginReading(id, sites), users("a", 3), false))
		case "p5 young":
			r.advance(time.Hour)
			r.read(id, sites, users("a", 3)...)
			r.advance(-time.Hour)
		default:
			r.read(id, sites, append(users("a", 3+i), pool.Object{Kind: pool.Guest, ID: "guest"})...)
		}
	}
	r.read("p0 of another pool", project, users("a", 3)...)
	r.must(r.Pools.EndReading(ctx, "p6 failed", pool.ReadingFailed, "Why.", r.entry(done)))
	r.must(r.Pools.BringIntoForce(ctx, r.save(sites, "p1 forced"), stamp(0), r.entry(done)))
	r.save(sites, "p2 saved")
	r.must(r.Pools.PruneReadings(ctx, sites, 2, monday.Add(time.Minute)))
	var left, gone []pool.ReadingID
	for _, id := range []pool.ReadingID{"p0 of another pool", "p1 forced", "p2 saved", "p3 old", "p4 under way", "p5 young", "p6 failed", "p7 among the newest", "p8 newest"} {
		switch _, err := r.Pools.Reading(ctx, id); {
		case errors.Is(err, pool.ErrGone):
			gone = append(gone, id)
			others, err := r.Pools.LeftOut(ctx, id, 10)
			r.must(err)
			r.same("left of "+string(id), len(r.members(id))+len(others), 0)
		default:
			r.must(err)
			left = append(left, id)
			r.countedMembers(id)
		}
	}
	r.same("gone", gone, []pool.ReadingID{"p3 old", "p6 failed"})
	r.same("left", left, []pool.ReadingID{"p0 of another pool", "p1 forced", "p2 saved", "p4 under way", "p5 young", "p7 among the newest", "p8 newest"})
}

// memberNames are names that differ in case and script, and some that are the same.
var memberNames = []string{"ÄPFEL", "äpfel", "Zoe", "adam", "Adam", "Straße", "STRASSE", "東京", "x", "", "Adam"}

func membersInOrder(r *rig) {
	var objects []pool.Object
	for i, name := range memberNames {
		objects = append(objects, pool.Object{ID: named("u", i), Name: name, Username: fmt.Sprintf("U%d@contoso.com", i), Enabled: i%4 > 0, Products: []string{"Exchange Online", "Microsoft Teams"}[:i%3]})
	}
	r.read("p1", sites, objects...)
	r.keepApps("k1", "p1", "u-0001")
	r.save(sites, "p1", pool.Touch{User: "u-0002", MFA: true, By: stamp(0)})
	r.create(profile.Profile{ID: "s1", Kind: profile.Common, Name: "Backup", Tenant: contoso.ID, Username: "u3@CONTOSO.com", Version: 1, Created: stamp(0), Modified: stamp(0)})
	r.create(profile.Profile{ID: "s2", Kind: profile.Common, Name: "Elsewhere", Tenant: fabrikam.ID, Username: "u5@contoso.com", Version: 1, Created: stamp(0), Modified: stamp(0)})
	key := func(m pool.Member) string { return account.SearchKey(m.Name) + "\x00" + string(m.User) }
	var all []pool.Member
	for _, o := range objects {
		m := r.member("p1", pool.UserID(o.ID))
		if o.Name == "" {
			r.same("one without a name", m.Name, o.Username)
		}
		if !slices.Equal(m.Products, o.Products) {
			r.Errorf("%s has %v, want %v", o.Name, m.Products, o.Products)
		}
		all = append(all, m)
	}
	slices.SortFunc(all, func(a, b pool.Member) int { return slices.Compare([]byte(key(a)), []byte(key(b))) })
	for _, c := range []struct {
		query pool.Query
		lets  func(pool.Member) bool
	}{
		{pool.Query{}, func(pool.Member) bool { return true }},
		{pool.Query{Text: " STRASS "}, func(m pool.Member) bool { return account.Fold(m.Name) == "strasse" }},
		{pool.Query{Text: "u1"}, func(m pool.Member) bool { return m.User == "u-0001" || m.User == "u-0010" }},
		{pool.Query{Text: "%"}, func(pool.Member) bool { return false }},
		{pool.Query{Filter: pool.NeedsAttention}, func(m pool.Member) bool { return !m.Standing.InOrder() && m.Standing != pool.Checking }},
		{pool.Query{Filter: pool.WithoutPassword}, func(m pool.Member) bool { return m.Standing == pool.NoPassword }},
		{pool.Query{Filter: pool.WithMFA}, func(m pool.Member) bool { return m.MFA }},
		{pool.Query{Filter: pool.WithMFA, Text: "Apfel"}, func(m pool.Member) bool { return m.User == "u-0001" }},
		{pool.Query{Filter: pool.ServiceAccounts}, func(m pool.Member) bool { return m.Profile == "s1" && m.ProfileName == "Backup" }},
	} {
		c.query.Reading = "p1"
		r.paged(c.query, slices.DeleteFunc(slices.Clone(all), func(m pool.Member) bool { return !c.lets(m) }))
	}
}

// paged pages through members to the end and back.
func (r *rig) paged(q pool.Query, want []pool.Member) {
	r.Helper()
	q.Limit = 3
	page := func() pool.Page {
		page, err := r.Pools.Members(ctx, q)
		r.must(err)
		if len(page.Rows) == 0 && len(want) > 0 {
			r.Fatalf("%+v: a cursor leads to an empty page", q)
		}
		return page
	}
	first := page()
	r.same("before the first page", first.Previous, "")
	seen, last := first.Rows, first
	for q.After = first.Next; q.After != ""; q.After = last.Next {
		last = page()
		seen = append(seen, last.Rows...)
	}
	r.same(fmt.Sprintf("%+v", q), append([]pool.Member{}, seen...), want)
	seen = last.Rows
	for q.Before = last.Previous; q.Before != ""; q.Before = last.Previous {
		last = page()
		seen = append(slices.Clone(last.Rows), seen...)
	}
	r.same(fmt.Sprintf("%+v, back", q), append([]pool.Member{}, seen...), want)
	for _, q.After = range []string{"garbage", "%%%", "e30"} {
		r.same("after a cursor that somebody made up", page(), first)
	}
}

func leftOut(r *rig) {
	read := r.beginReading("p1", sites)
	r.must(r.Pools.AddObjects(ctx, read, []pool.Object{
		{Kind: pool.NestedGroup, ID: "4", Name: "Inner"},
		{Kind: pool.Device, ID: "3", Name: "PC 7"},
		{ID: "5", Name: "Pool", Username: "pool@contoso.com", Enabled: true},
		{Kind: pool.Device, ID: "2", Name: "PC 6"},
		{Kind: pool.Device, ID: "1", Name: "PC 7"},
		{Kind: pool.Device, ID: "3", Name: "PC 7 again"},
	}, false))
	want := []pool.Other{{Kind: pool.Device, ID: "2", Name: "PC 6"}, {Kind: pool.Device, ID: "1", Name: "PC 7"}, {Kind: pool.Device, ID: "3", Name: "PC 7"}, {Kind: pool.NestedGroup, ID: "4", Name: "Inner"}}
	for _, limit := range []int{2, 10} {
		others, err := r.Pools.LeftOut(ctx, "p1", limit)
		r.must(err)
		r.same("the others", others, want[:min(limit, len(want))])
	}
	r.countedMembers("p1")
}

func membersFound(r *rig) {
	objects := users("a", 30)
	objects[2].Username = "SVC-Straße@contoso.com"
	r.read("p1", sites, objects...)
	r.keepApps("k1", "p1", "a-0003")
	asked := []pool.UserID{"a-0003", "nobody", "a-0030"}
	found, err := r.Pools.MembersByID(ctx, "p1", asked)
	r.must(err)
	if len(found) != 2 || found["a-0003"].Username != "SVC-Straße@contoso.com" || found["a-0030"].User != "a-0030" {
		r.Errorf("by id: %v", found)
	}
	if found, err = r.Pools.MembersByID(ctx, "p1", nil); err != nil || len(found) != 0 {
		r.Errorf("of nobody: %v, %v", found, err)
	}
	roster, err := r.Pools.Roster(ctx, "p1")
	r.must(err)
	r.same("by username", []any{len(roster), roster["svc-strasse@contoso.com"], roster["a-0001@contoso.com"]}, []any{
		30, pool.Member{User: "a-0003", Username: "SVC-Straße@contoso.com", MFA: true, AppPassword: true}, pool.Member{User: "a-0001", Username: "a-0001@contoso.com"},
	})
}

func poolsOfAnAccount(r *rig) {
	project, public := pool.Key{Tenant: contoso.ID, Class: pool.Project}, pool.Key{Tenant: contoso.ID, Class: pool.PublicFolders}
	objects := users("a", 3)
	objects[0].Username = "SVC-Straße@contoso.com"
	r.read("p1", sites, objects...)
	r.read("p2", project, objects...)
	r.read("p3", public, objects...)
	r.read("p4", pool.Key{Tenant: fabrikam.ID, Class: pool.Sites}, objects[1:]...)
	r.save(pool.Key{Tenant: fabrikam.ID, Class: pool.Sites}, "p4")
	r.save(sites, "p1")
	r.must(r.Pools.BringIntoForce(ctx, r.save(project, "p2"), stamp(0), r.entry(done)))
	r.save(project, "") // in force only; that of public folders is neither
	for key, want := range map[account.Key][]pool.Class{
		account.KeyOf(contoso.ID, "svc-STRASSE@contoso.com"):  {pool.Project, pool.Sites},
		account.KeyOf(fabrikam.ID, "svc-STRASSE@contoso.com"): nil,
		account.KeyOf(fabrikam.ID, "a-0002@contoso.com"):      {pool.Sites},
		account.KeyOf(contoso.ID, "nobody@contoso.com"):       nil,
	} {
		found, err := r.Pools.ClassesWith(ctx, key)
		r.must(err)
		slices.Sort(found)
		r.same(key.Username, found, want)
	}
}

func compared(r *rig) {
	old, now := users("a", 8), users("a", 8)
	now = append(now[2:], users("b", 5)...)              // two left, five joined
	now[0].Enabled, now[1].Enabled = false, false        // the third and the fourth
	old[4].Enabled, old[5].Enabled = false, false        // the fifth is enabled now, the sixth is not
	now[3].Enabled = false                               // the sixth
	now[4].Name, now[4].Username = "Renamed", "x@y.test" // which is no difference
	r.read("p1", sites, old...)
	r.read("p2", sites, now...)
	ids := func(members []pool.Member) (list []pool.UserID) {
		for _, m := range members {
			list = append(list, m.User)
		}
		return list
	}
	d, err := r.Pools.Compare(ctx, "p1", "p2", 3)
	r.must(err)
	r.same("joined, left, disabled, enabled", [][]pool.UserID{ids(d.Joined), ids(d.Left), ids(d.Disabled), ids(d.Enabled)},
		[][]pool.UserID{{"b-0001", "b-0002", "b-0003"}, {"a-0001", "a-0002"}, {"a-0003", "a-0004"}, {"a-0005"}})
	r.same("how many", []int{d.JoinedN, d.LeftN, d.DisabledN, d.EnabledN}, []int{5, 2, 2, 1})
	if d, err = r.Pools.Compare(ctx, "p1", "p1", 3); err != nil || !d.None() {
		r.Errorf("with itself: %+v, %v", d, err)
	}
}
