package people_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/people"
	"purser.example/internal/problem"
)

// X43: what somebody wrote into the database is not believed by a sign-in, and no change of anybody's makes Purser's own of it.
func TestNothingMakesAForgedRoleTrue(t *testing.T) {
	for _, forged := range []string{
		`UPDATE people SET proof = NULL, given = 2 WHERE sign_in = ?`,
		`UPDATE people SET proof = NULL, claim = 2 WHERE sign_in = ?`,
		`UPDATE people SET given = 2 WHERE sign_in = ?`,
		`UPDATE people SET claim = 2 WHERE sign_in = ?`,
		`UPDATE people SET proof = NULL, primary_owner = 1, given = 2 WHERE sign_in = ?`,
	} {
		r := newRig(t)
		if !strings.Contains(forged, "primary_owner") {
			r.arrive(caller("first", owner))
		}
		for name, change := range map[string]func(eve people.ID) error{
			"signs in": func(people.ID) error { return nil },
			"is deactivated and activated": func(eve people.ID) error {
				return errors.Join(r.Deactivate(ctx, glass, here, []people.ID{eve}), r.Activate(ctx, glass, here, []people.ID{eve}))
			},
			"is given less": func(eve people.ID) error { return r.ChangeRole(ctx, glass, here, []people.ID{eve}, admin) },
			"asks":          func(people.ID) error { return r.Ask(ctx, caller("eve who asks", none), here) },
		} {
			eve := caller("eve who "+name, none)
			r.arrive(eve)
			r.exec(forged, eve.SignIn)
			if err := change(r.id(eve)); err != nil && problem.KindOf(err) != problem.Conflict {
				t.Fatal(err)
			}
			before := r.role(eve)
			if after := r.arrive(eve).Role(); before == owner || after == owner {
				t.Errorf("%s; %s: %q, and %q after a sign-in", forged, eve.Name, before, after)
			}
			if p, err := r.Find(ctx, glass, r.id(eve)); err != nil || p.Primary || p.Role() == owner {
				t.Errorf("%s; %s is listed as %q, primary: %v, %v", forged, eve.Name, p.Role(), p.Primary, err)
			}
		}
	}
}

// R7, X43: a forged role of somebody who is accepted, or of the former primary owner, does not become true either.
func TestNothingIsInheritedOfAForgedRow(t *testing.T) {
	r, d := lookingUp(t)
	r.Service = r.withIssuer("https://idp.contoso.com", d)
	d.found = []people.Candidate{userNamed("megan", 1)}
	r.added(r.Add(ctx, glass, here, byApp, refsOf(d.found...), admin))
	megan := caller("megan", none)
	megan.Issuer = r.Issuer
	r.arrive(megan)
	r.exec(`UPDATE people SET given = 2 WHERE subject = ?`, megan.Subject)
	r.must(r.Accept(ctx, glass, here, r.id(megan)))
	if got := r.role(megan); got != admin {
		t.Errorf("accepted, with a forged role of their own: %q", got)
	}

	r = newRig(t)
	adele, alex := caller("adele", owner), caller("alex", admin)
	r.arrive(adele)
	r.arrive(alex)
	r.arrive(caller("adele", admin))
	r.exec(`UPDATE people SET given = 2 WHERE subject = ?`, adele.Subject)
	r.must(r.SetOwner(ctx, glass, here, r.id(alex)))
	if got := r.role(adele); got == owner {
		t.Errorf("who was the primary owner: %q", got)
	}
}

// R7: a request to be who was given a role is worth nothing once the right one has come: accepted late, it would take the role from them.
func TestWhoWasWaitedForHasComeInTheMeantime(t *testing.T) {
	r, d := lookingUp(t)
	r.Service = r.withIssuer("https://idp.former.com", d)
	d.found = []people.Candidate{userNamed("megan", 1)}
	r.added(r.Add(ctx, glass, here, byApp, refsOf(d.found...), admin))
	eve := caller("megan", none)
	eve.Issuer, eve.Subject = r.Issuer, "another who has the address"
	if come, err := r.Arrive(ctx, people.Arrival{Caller: eve}, here); err != nil || !come.Waits {
		t.Fatalf("%+v, %v", come, err)
	}
	r.Service = r.withIssuer(issuer, d)
	megan := caller("megan", none)
	r.came(r.Arrive(ctx, people.Arrival{Caller: megan, Tenant: contoso, Object: object(1)}, here))
	waiting, err := r.Waiting(ctx, glass)
	if err != nil || len(waiting) != 0 {
		t.Errorf("still waiting: %+v, %v", waiting, err)
	}
	eves := r.idOf(eve)
	if err := r.Accept(ctx, glass, here, eves); problem.KindOf(err) != problem.Conflict {
		t.Errorf("accepted: %v", err)
	}
	if got := r.role(megan); got != admin {
		t.Errorf("megan has %q", got)
	}
}

// idOf is id for somebody of any issuer.
func (r *rig) idOf(c access.Caller) people.ID {
	r.Helper()
	p, err := r.Store.Known(ctx, c.Issuer, c.Subject)
	r.must(err)
	return p.ID
}

// R6: the list is there for owners though somebody was waiting for a row that two sign-ins have made one of.
func TestNobodyWaitsForWhoIsNoLongerThere(t *testing.T) {
	r, d := lookingUp(t)
	r.Service = r.withIssuer("https://idp.former.com", d)
	d.found = []people.Candidate{userNamed("megan", 1)}
	r.added(r.Add(ctx, glass, here, byApp, refsOf(d.found...), admin))
	eve := caller("megan", none)
	eve.Issuer, eve.Subject = r.Issuer, "another who has the address"
	r.came(r.Arrive(ctx, people.Arrival{Caller: eve}, here))

	r.Service = r.withIssuer(issuer, d)
	megan := caller("megan", none)
	r.came(r.Arrive(ctx, people.Arrival{Caller: megan}, here)) // without an object, as an older Purser kept them
	r.came(r.Arrive(ctx, people.Arrival{Caller: megan, Tenant: contoso, Object: object(1)}, here))
	if waiting, err := r.Waiting(ctx, glass); err != nil || len(waiting) != 0 {
		t.Errorf("%+v, %v", waiting, err)
	}
	if got := r.role(megan); got != admin {
		t.Errorf("megan has %q", got)
	}
}

// R9: when the provider is another one since, the primary owner who is accepted is it still: there is exactly one, and no other becomes it by
// coming first.
func TestThePrimaryOwnerMovesWithWhoIsAccepted(t *testing.T) {
	r, d := lookingUp(t)
	r.Service = r.withIssuer("https://idp.former.com", d)
	adele := caller("adele", none)
	adele.Issuer = r.Issuer
	r.arrive(adele)
	r.must(r.ChangeRole(ctx, glass, here, []people.ID{r.id(adele)}, owner))
	r.arrive(adele)
	r.Service = r.withIssuer("https://idp.new.com", d)
	again := adele
	again.Issuer = r.Issuer
	r.arrive(again)
	r.must(r.Accept(ctx, glass, here, r.id(again)))
	if p, err := r.Primary(ctx, glass); err != nil || p.Issuer != again.Issuer || p.Name != "adele" {
		t.Errorf("%+v, %v", p, err)
	}
	if got := r.role(again); got != owner {
		t.Errorf("adele has %q", got)
	}
}

// R8: whoever is recognized under another subject has no session left under the one of before, which nobody could end for them.
func TestTheSessionsOfTheSubjectOfBeforeEnd(t *testing.T) {
	r := newRig(t)
	megan := caller("megan", admin)
	r.came(r.Arrive(ctx, people.Arrival{Caller: megan, Tenant: contoso, Object: object(1)}, here))
	r.session("k1", megan)
	r.session("k2", caller("alex", admin))
	renamed := megan
	renamed.Subject = "another app's subject"
	r.came(r.Arrive(ctx, people.Arrival{Caller: renamed, Tenant: contoso, Object: object(1)}, here))
	if len(r.ended) != 1 || r.ended[0] != "k1" {
		t.Errorf("the sessions %q ended", r.ended)
	}
}

// session begins one of somebody's.
func (r *rig) session(key string, c access.Caller) {
	r.Helper()
	r.exec(`INSERT INTO sessions (key, issuer, subject, name, sign_in, roles, created_at, seen_at, provider) VALUES (?, ?, ?, '', '', '', 1, 1, '')`, key, c.Issuer, c.Subject)
}

// R8: a session of a provider that is no longer the one of the settings gives nothing: nobody signs in by it any more, and nobody could tell
// whether the person still may.
func TestASessionOfAFormerProviderGivesNothing(t *testing.T) {
	r := newRig(t)
	megan := caller("megan", owner)
	r.arrive(megan)
	r.Service = r.joined("https://idp.new.com")
	if _, err := r.Roles(ctx, megan); !errors.Is(err, people.ErrOut) {
		t.Errorf("by the former provider: %v", err)
	}
	if _, err := r.Roles(ctx, glass); err != nil {
		t.Errorf("by a break-glass link: %v", err)
	}
}

// R6: of a group and of whom it alone makes a Tenant Owner, changed together, not both lose the role that nobody else has.
func TestTheLastWayInIsNotTakenTogetherWithItsGroup(t *testing.T) {
	for name, do := range map[string]func(r *rig, ids []people.ID) error{
		"given less":  func(r *rig, ids []people.ID) error { return r.ChangeRole(ctx, glass, here, ids, admin) },
		"deactivated": func(r *rig, ids []people.ID) error { return r.Deactivate(ctx, glass, here, ids) },
		"removed":     func(r *rig, ids []people.ID) error { return r.Remove(ctx, glass, here, ids) },
	} {
		r, d := lookingUp(t)
		r.Service = r.withIssuer("https://idp.former.com", d)
		primary := caller("primary", owner)
		primary.Issuer = r.Issuer
		r.arrive(primary)
		r.Service = r.withIssuer(issuer, d)
		owners := groupNamed("Owners", 3)
		d.found = []people.Candidate{owners}
		added, err := r.Add(ctx, glass, here, byApp, refsOf(owners), owner)
		r.must(err)
		megan := caller("megan", none)
		r.came(r.Arrive(ctx, people.Arrival{Caller: megan, Tenant: contoso, Object: object(1), Groups: []string{owners.Object}, GroupsTold: true}, here))
		for _, ids := range [][]people.ID{{r.id(megan), added[0].ID}, {added[0].ID, r.id(megan)}} {
			if err := do(r, ids); problem.KindOf(err) != problem.Conflict {
				t.Errorf("%s, %v: %v", name, ids, err)
			}
		}
		if got := r.role(megan); got != owner {
			t.Errorf("%s: megan has %q", name, got)
		}
	}
}

// R6: whoever lost the role of a Tenant Owner while Microsoft 365 was asked makes no Tenant Owner any more.
func TestAnOwnerOfBeforeAddsNoOwner(t *testing.T) {
	r, d := lookingUp(t)
	r.arrive(caller("first", owner))
	adele := r.give("adele", owner)
	asOwner := r.now(adele)
	d.found = []people.Candidate{userNamed("megan", 1)}
	r.must(r.ChangeRole(ctx, glass, here, []people.ID{r.id(adele)}, admin))
	if _, err := r.Add(ctx, asOwner, here, byApp, refsOf(d.found...), owner); problem.KindOf(err) != problem.Forbidden {
		t.Errorf("%v", err)
	}
	if page, err := r.List(ctx, glass, people.Query{}); err != nil || page.Total != 2 {
		t.Errorf("%d are listed, %v", page.Total, err)
	}
}

// R5: somebody who is selected twice, or whose id is written in another way, is added once.
func TestSomebodySelectedTwiceIsAddedOnce(t *testing.T) {
	r, d := lookingUp(t)
	r.arrive(caller("first", owner))
	megan := userNamed("megan", 1)
	d.found = []people.Candidate{megan}
	shouted := people.Ref{Kind: people.OnePerson, Object: strings.ToUpper(megan.Object)}
	for range 2 {
		if added, err := r.Add(ctx, glass, here, byApp, []people.Ref{megan.Ref, megan.Ref, shouted}, admin); err != nil || len(added) != 1 {
			t.Fatalf("%d, %v", len(added), err)
		}
	}
	r.must(r.ChangeRole(ctx, glass, here, []people.ID{r.idOfObject(megan.Object), r.idOfObject(megan.Object)}, owner))
	if e := r.newest(2); e[0].Action != people.RoleChanged || e[1].Action == people.RoleChanged {
		t.Errorf("selected twice, the log says %q and %q", e[0].Action, e[1].Action)
	}
}

func (r *rig) idOfObject(object string) people.ID {
	r.Helper()
	page, err := r.List(ctx, glass, people.Query{})
	r.must(err)
	for _, p := range page.Rows {
		if p.Object == object {
			return p.ID
		}
	}
	r.Fatalf("nobody is %s", object)
	return ""
}

// R7: a claim that names groups by anything but their object ids tells nothing of them, so that the tenant is asked.
func TestAClaimOfNamesIsNoNo(t *testing.T) {
	for name, tc := range map[string]struct {
		claim []string
		asked bool
	}{
		"names": {[]string{"CONTOSO\\Operators", "All staff"}, true}, "a name among ids": {[]string{object(8), "Operators"}, true}, "ids": {[]string{object(8)}, false},
		"none": {nil, false},
	} {
		r, d := lookingUp(t)
		operators := groupNamed("Operators", 3)
		d.found, d.groups[object(1)] = []people.Candidate{operators}, []string{operators.Object}
		r.added(r.Add(ctx, glass, here, byApp, refsOf(operators), admin))
		come, err := r.Arrive(ctx, people.Arrival{Caller: caller("megan", none), Tenant: contoso, Object: object(1), Groups: tc.claim, GroupsTold: true}, here)
		r.must(err)
		if got := come.Caller.Role() == admin; got != tc.asked || len(d.asked) > 0 != tc.asked {
			t.Errorf("%s: %q, the tenant was asked %q", name, come.Caller.Role(), d.asked)
		}
	}
}

// R9: the first Tenant Owner to sign in is the primary owner, though a group makes them one.
func TestTheFirstOwnerByAGroupIsThePrimaryOne(t *testing.T) {
	r, d := lookingUp(t)
	owners := groupNamed("Owners", 3)
	d.found = []people.Candidate{owners}
	r.added(r.Add(ctx, glass, here, byApp, refsOf(owners), owner))
	r.came(r.Arrive(ctx, people.Arrival{Caller: caller("megan", none), Tenant: contoso, Object: object(1), Groups: []string{owners.Object}, GroupsTold: true}, here))
	if p, err := r.Primary(ctx, glass); err != nil || p.Name != "megan" {
		t.Errorf("%q, %v", p.Name, err)
	}
}

// R6: a group that is activated gives back what it gave, to those too who signed in meanwhile.
func TestAGroupThatIsActivatedGivesItsRoleAgain(t *testing.T) {
	r, d := lookingUp(t)
	r.arrive(caller("first", owner))
	operators := groupNamed("Operators", 3)
	d.found = []people.Candidate{operators}
	added, err := r.Add(ctx, glass, here, byApp, refsOf(operators), admin)
	r.must(err)
	megan := people.Arrival{Caller: caller("megan", none), Tenant: contoso, Object: object(1), Groups: []string{operators.Object}, GroupsTold: true}
	r.must(r.Deactivate(ctx, glass, here, []people.ID{added[0].ID}))
	come, err := r.Arrive(ctx, megan, here)
	if err != nil || come.Caller.Role() != none {
		t.Errorf("while it is deactivated: %q, %v", come.Caller.Role(), err)
	}
	r.must(r.Activate(ctx, glass, here, []people.ID{added[0].ID}))
	if got := r.role(megan.Caller); got != admin {
		t.Errorf("activated: %q", got)
	}
}

// R7: whoever was declined does not wait again at their next sign-in: an owner who answers the same question each day accepts some day.
func TestDeclinedIsDeclinedForADay(t *testing.T) {
	r, d := lookingUp(t)
	r.Service = r.withIssuer("https://idp.contoso.com", d)
	d.found = []people.Candidate{userNamed("megan", 1)}
	r.added(r.Add(ctx, glass, here, byApp, refsOf(d.found...), admin))
	eve := caller("megan", none)
	eve.Issuer = r.Issuer
	r.arrive(eve)
	r.must(r.Decline(ctx, glass, here, r.id(eve)))
	if come, err := r.Arrive(ctx, people.Arrival{Caller: eve}, here); err != nil || come.Waits {
		t.Errorf("at once: %+v, %v", come, err)
	}
	r.clock.Advance(day)
	if come, err := r.Arrive(ctx, people.Arrival{Caller: eve}, here); err != nil || !come.Waits {
		t.Errorf("a day later: %+v, %v", come, err)
	}
}

// Those who have waited longest are answered first, however long they have been listed.
func TestWhoHasWaitedLongestIsFirst(t *testing.T) {
	r := newRig(t)
	r.arrive(caller("adele", owner))
	old, young := caller("old", none), caller("young", none)
	r.arrive(old)
	r.clock.Advance(time.Hour)
	r.arrive(young)
	r.must(r.Ask(ctx, young, here))
	r.clock.Advance(time.Hour)
	r.must(r.Ask(ctx, old, here))
	waiting, err := r.Waiting(ctx, glass)
	if err != nil || len(waiting) != 2 || waiting[0].Name != "young" {
		t.Errorf("%+v, %v", waiting, err)
	}
}

// R8: who is deactivated keeps what they were given until they are activated, though two rows turned out to be them meanwhile.
func TestActivatedTheyHaveWhatTheyHad(t *testing.T) {
	r, d := lookingUp(t)
	r.arrive(caller("first", owner))
	megan := r.give("megan", admin)
	r.must(r.Deactivate(ctx, glass, here, []people.ID{r.id(megan)}))
	d.found = []people.Candidate{userNamed("megan", 1)}
	r.added(r.Add(ctx, glass, here, byApp, refsOf(d.found...), owner))
	if _, err := r.Arrive(ctx, people.Arrival{Caller: megan, Tenant: contoso, Object: object(1)}, here); problem.KindOf(err) != problem.Forbidden {
		t.Errorf("deactivated: %v", err)
	}
	r.must(r.Activate(ctx, glass, here, []people.ID{r.id(megan)}))
	if got := r.role(megan); got != owner {
		t.Errorf("activated: %q", got)
	}
}

// R6: somebody who is called otherwise at Microsoft since is listed so once they are added again, with the same role or another; the members of
// a group read its new name. The name of somebody who has signed in is for the identity provider to say.
func TestWhoIsRenamedAtMicrosoftIsListedSo(t *testing.T) {
	r, d := lookingUp(t)
	r.arrive(caller("first", owner))
	d.found = []people.Candidate{groupNamed("Operators", 3), userNamed("alex", 2), userNamed("megan", 1)}
	r.added(r.Add(ctx, glass, here, byApp, refsOf(d.found...), admin))
	megan := caller("megan", none)
	r.came(r.Arrive(ctx, people.Arrival{Caller: megan, Tenant: contoso, Object: object(1), Groups: []string{object(3)}, GroupsTold: true}, here))
	for i, role := range []access.Role{admin, owner} {
		for n := range d.found {
			d.found[n].Name += " II"
		}
		r.added(r.Add(ctx, glass, here, byApp, refsOf(d.found...), role))
		suffix := strings.Repeat(" II", i+1)
		for object, want := range map[string]string{object(3): "Operators" + suffix, object(2): "alex" + suffix, object(1): "megan"} {
			if p, err := r.Find(ctx, glass, r.idOfObject(object)); err != nil || p.Name != want || p.Given != role {
				t.Errorf("%q, %q; want %q, %q; %v", p.Name, p.Given, want, role, err)
			}
		}
		if p, err := r.Find(ctx, glass, r.id(megan)); err != nil || p.GroupedBy != "Operators"+suffix {
			t.Errorf("megan is in the group %q, %v", p.GroupedBy, err)
		}
	}
}
