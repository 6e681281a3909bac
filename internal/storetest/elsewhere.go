package storetest

import (
	"time"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/pool"
	"purser.example/internal/profile"
	"purser.example/internal/run"
)

// passwordGoesEverywhere renews the password of an account that stands in two profiles and in a pool where another password waits for
// its check. A profile that was given another account meanwhile is left alone.
func passwordGoesEverywhere(r *rig) {
	const username = "a-0001@contoso.com"
	sketch := func(id profile.ID, username string) profile.Profile {
		p := r.sketch(id, contoso.ID)
		p.Username = username
		return r.create(p)
	}
	p := sketch("p1", username)
	sketch("p2", "A-0001@contoso.com")
	sketch("p3", "another@contoso.com")
	r.read("r1", sites, users("a", 2)...)
	r.checking("c1", "r1", "a-0001", "a-0002")

	key := account.KeyOf(contoso.ID, username)
	renewal := func(kind, id string, action audit.Action) account.Renewal {
		return account.Renewal{
			Where: account.Where{Place: account.Place{Kind: kind, ID: id}}, Key: key, Sealed: []byte("new for " + id), Verdict: valid, By: stamp(time.Hour), Entry: r.entry(action),
		}
	}
	list := []account.Renewal{
		renewal(profile.PlaceKind, "p2", "renewed"), renewal(pool.PlaceKind, sites.Scope()+"/a-0001", done), renewal(profile.PlaceKind, "p3", "late"),
	}
	state := func() any {
		return []any{r.kept("p1")(), r.kept("p2")(), r.kept("p3")(), r.members("r1"), r.items("c1")}
	}
	p.Version, p.Verdict = 2, valid
	r.allOrNothing("renewed", state, func() error {
		return r.Profiles.Update(ctx, p, 1, []byte("new"), &profile.Validation{At: valid.At, By: "Adele", Verdict: valid}, list, r.entry(done))
	})
	r.same("where it was stored", []bool{list[0].Stored, list[1].Stored, list[2].Stored}, []bool{true, true, false})
	r.same("entries of the profile that has another account", r.logged("late"), 0)

	second := r.profile("p2")
	r.same("the second profile", []any{second.Version, second.Modified, second.Status, second.Validated}, []any{int64(2), stamp(time.Hour), valid.Status, valid.At})
	sealed, err := r.Profiles.Password(ctx, "p2")
	r.must(err)
	r.same("its password", string(sealed), "new for p2")
	m := r.member("r1", "a-0001")
	r.same("the member", []any{m.Standing, m.Password, m.Set}, []any{pool.Ready, true, stamp(time.Hour)})
	waited := r.items("c1")[0]
	r.same("the password that waited", []any{waited.Outcome, waited.Reason, waited.Kept}, []any{run.Skipped, run.Replaced, false})

	sharers, err := r.Profiles.Sharing(ctx, contoso.ID, []string{key.Username})
	r.must(err)
	var ids []profile.ID
	for _, s := range sharers {
		ids = append(ids, s.ID)
	}
	r.same("who shares the account", ids, []profile.ID{"p1", "p2"})
	members, err := r.Pools.Sharing(ctx, contoso.ID, []string{key.Username, "a-0002@contoso.com"})
	r.must(err)
	r.same("members that share accounts", len(members), 2)
	r.same("what is kept of the first", []any{members[0].Key, members[0].User, string(members[0].Password)}, []any{sites, pool.UserID("a-0001"), "new for " + sites.Scope() + "/a-0001"})
}
