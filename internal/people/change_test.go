package people_test

import (
	"strings"
	"sync"
	"testing"

	"purser.example/internal/access"
	"purser.example/internal/people"
	"purser.example/internal/problem"
)

// change is a command on one person.
type change func(r *rig, by access.Caller, who people.ID) error

var changes = map[string]change{
	"give owner": func(r *rig, by access.Caller, who people.ID) error {
		return r.ChangeRole(ctx, by, here, []people.ID{who}, owner)
	},
	"give admin": func(r *rig, by access.Caller, who people.ID) error {
		return r.ChangeRole(ctx, by, here, []people.ID{who}, admin)
	},
	"give none": func(r *rig, by access.Caller, who people.ID) error {
		return r.ChangeRole(ctx, by, here, []people.ID{who}, none)
	},
	"deactivate": func(r *rig, by access.Caller, who people.ID) error {
		return r.Deactivate(ctx, by, here, []people.ID{who})
	},
	"activate": func(r *rig, by access.Caller, who people.ID) error {
		return r.Activate(ctx, by, here, []people.ID{who})
	},
	"remove": func(r *rig, by access.Caller, who people.ID) error { return r.Remove(ctx, by, here, []people.ID{who}) },
}

// R6: who may do what to whom. Nobody below Tenant Owner changes one or makes one, nobody takes their own access away, and the primary
// owner is handed over first.
func TestWhoMayChangeWhom(t *testing.T) {
	for _, tc := range []struct{ by, who, allowed string }{
		{"owner", "admin", "give owner, give admin, give none, deactivate, activate, remove"},
		{"owner", "other owner", "give owner, give admin, give none, deactivate, activate, remove"},
		{"owner", "nobody", "give owner, give admin, give none, deactivate, activate, remove"},
		{"owner", "primary", "give owner, give admin, give none, activate"},
		{"owner", "owner", "give none, activate"}, // nothing changes
		{"admin", "nobody", "give admin, give none, deactivate, activate, remove"},
		{"admin", "other admin", "give admin, give none, deactivate, activate, remove"},
		{"admin", "owner", "give none, activate"}, // nothing changes
		{"admin", "primary", "give none, activate"},
		{"nobody", "other admin", ""},
		{"glass", "other owner", "give owner, give admin, give none, deactivate, activate, remove"},
	} {
		for name, do := range changes {
			r := newRig(t)
			of := map[string]access.Caller{
				"primary": caller("primary", owner), "owner": caller("owner", owner), "other owner": caller("other", owner), "admin": caller("admin", admin), "other admin": caller("assistant", admin),
				"nobody": caller("nobody", none),
			}
			for _, who := range []string{"primary", "owner", "other owner", "admin", "other admin", "nobody"} {
				r.arrive(of[who])
			}
			by := glass
			if tc.by != "glass" {
				by = r.now(of[tc.by])
			}
			err := do(r, by, r.id(of[tc.who]))
			if want := strings.Contains(tc.allowed, name); (err == nil) != want {
				t.Errorf("%s, to %s: %s: %v", tc.by, tc.who, name, err)
			}
			if kind := problem.KindOf(err); err != nil && kind != problem.Forbidden && kind != problem.Conflict {
				t.Errorf("%s, to %s: %s: kind %v", tc.by, tc.who, name, kind)
			}
		}
	}
}

// R6: each change is in the log, with before and after, and one that changes nothing is not.
func TestAChangeIsInTheLog(t *testing.T) {
	r := newRig(t)
	r.arrive(caller("first", owner))
	megan := caller("megan", admin)
	r.arrive(megan)
	before := len(r.newest(100))
	r.must(r.ChangeRole(ctx, glass, here, []people.ID{r.id(megan)}, owner))
	r.must(r.ChangeRole(ctx, glass, here, []people.ID{r.id(megan)}, owner))
	entries := r.newest(100)
	if len(entries) != before+1 {
		t.Fatalf("%d entries more", len(entries)-before)
	}
	e := entries[0]
	if e.Action != people.RoleChanged || e.Target.Name != "megan" || e.Details["before"] != "Service Administrator, given here: No role, Active" ||
		e.Details["after"] != "Tenant Owner, given here: Tenant Owner, Active" || e.Details["claim"] != "Service Administrator" {
		t.Errorf("%+v", e.Entry)
	}
	r.must(r.db.VerifyActivity(ctx))
}

// R6: nobody takes the last way in away. While a claim gives somebody else the role, the last one that does not come from it may go; one who
// has not signed in yet is no way in for sure.
func TestTheLastWayInStays(t *testing.T) {
	for name, tc := range map[string]struct {
		prepare func(r *rig)
		allowed bool
	}{
		"nobody else":              {func(*rig) {}, false},
		"another by the claim":     {func(r *rig) { r.arrive(caller("claimed", owner)) }, true},
		"another who was given it": {func(r *rig) { r.give("other", owner) }, true},
		"another administrator":    {func(r *rig) { r.give("other", admin) }, false},
		"another who is deactivated": {func(r *rig) {
			c := r.give("other", owner)
			r.must(r.Deactivate(ctx, glass, here, []people.ID{r.id(c)}))
		}, false},
		"another who has not come yet": {func(r *rig) {
			c := r.give("other", owner)
			r.exec(`UPDATE people SET seen_at = 0, subject = '' WHERE subject = ?`, c.Subject)
		}, false},
		"another of a former provider": {func(r *rig) {
			c := r.give("other", owner)
			r.exec(`UPDATE people SET issuer = 'https://idp.former.com' WHERE subject = ?`, c.Subject)
		}, false},
	} {
		for _, command := range []string{"give admin", "give none", "deactivate", "remove"} {
			r := newRig(t)
			megan := r.give("megan", owner)
			tc.prepare(r)
			err := changes[command](r, glass, r.id(megan))
			if (err == nil) != tc.allowed {
				t.Errorf("%s, %s: %v", name, command, err)
			}
			if err != nil && problem.KindOf(err) != problem.Conflict {
				t.Errorf("%s, %s: kind %v", name, command, problem.KindOf(err))
			}
		}
	}
}

// give makes somebody come, unless they have, who is given a role here.
func (r *rig) give(name string, role access.Role) access.Caller {
	r.Helper()
	c := caller(name, none)
	if _, err := r.Self(ctx, c); err != nil {
		r.arrive(c)
	}
	r.must(r.ChangeRole(ctx, glass, here, []people.ID{r.id(c)}, role))
	return c
}

// R6: of two owners who take each other out at once, one succeeds, a thousand times, by each way in turn.
func TestOfTwoOwnersWhoRemoveEachOtherOneStays(t *testing.T) {
	r := newRig(t)
	r.must(r.db.Pragma(ctx, "PRAGMA synchronous = OFF")) // who comes first does not hang on the disk
	names := []string{"deactivate", "give none", "remove"}
	for n := range 1000 {
		adele, megan := r.give("adele", owner), r.give("megan", owner)
		ids := map[string]people.ID{"adele": r.id(megan), "megan": r.id(adele)} // whom each is after
		do, byAdele, byMegan := changes[names[n%3]], r.now(adele), r.now(megan)
		var both sync.WaitGroup
		var first, second error
		both.Go(func() { first = do(r, byAdele, ids["adele"]) })
		both.Go(func() { second = do(r, byMegan, ids["megan"]) })
		both.Wait()
		if (first == nil) == (second == nil) {
			t.Fatalf("contest %d, %s: %v and %v", n, names[n%3], first, second)
		}
		for _, err := range []error{first, second} {
			if kind := problem.KindOf(err); err != nil && kind != problem.Forbidden && kind != problem.Conflict && kind != problem.NotFound {
				t.Fatalf("contest %d: %v", n, err)
			}
		}
		for _, c := range []access.Caller{adele, megan} {
			if p, err := r.Self(ctx, c); err == nil && p.Deactivated {
				r.must(r.Activate(ctx, glass, here, []people.ID{p.ID}))
			}
		}
	}
}
