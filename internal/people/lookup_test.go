package people_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/appprofile"
	"purser.example/internal/audit"
	"purser.example/internal/people"
	"purser.example/internal/problem"
	"purser.example/internal/profile"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
	"purser.example/internal/whose"
)

// directory is a tenant as a look-up finds it.
type directory struct {
	rig    *rig
	found  []people.Candidate
	groups map[string][]string // of each user
	down   error
	asked  []string
	opened int
}

func (d *directory) AsApp(context.Context, tenant.Tenant, appprofile.App) (people.Lookup, error) {
	d.opened++
	if d.down != nil {
		return nil, d.down
	}
	return d, nil
}

func (d *directory) AsAccount(context.Context, account.Account) (people.Lookup, verdict.Verdict) {
	d.opened++
	return d, verdict.Verdict{Status: verdict.Valid}
}

func (d *directory) Ends() time.Time { return d.rig.clock.Now().Add(time.Hour) }

func (d *directory) Like(_ context.Context, text string) ([]people.Candidate, error) {
	d.asked = append(d.asked, text)
	return d.found, d.down
}

func (d *directory) Find(_ context.Context, ref people.Ref) (people.Candidate, error) {
	for _, c := range d.found {
		if c.Kind == ref.Kind && strings.EqualFold(c.Object, ref.Object) {
			return c, d.down
		}
	}
	return people.Candidate{}, errors.Join(people.ErrNone, d.down)
}

func (d *directory) GroupsOf(_ context.Context, user string, some []string) ([]string, error) {
	d.asked = append(d.asked, "groups of "+user)
	if d.down != nil {
		return nil, d.down
	}
	var in []string
	for _, group := range d.groups[user] {
		if slices.Contains(some, group) {
			in = append(in, group)
		}
	}
	return in, nil
}

// The parts around people: one tenant with an app profile, a common and a classic profile.
type parts struct{ d *directory }

func (parts) OfTenant(context.Context, access.Caller, tenant.ID) ([]appprofile.Profile, error) {
	return []appprofile.Profile{{Name: "Purser", Preferred: true}}, nil
}

func (parts) Credentials(context.Context, tenant.ID) (appprofile.App, error) {
	return appprofile.App{Kind: appprofile.Secret, ApplicationID: "a1"}, nil
}

func (parts) Find(_ context.Context, id tenant.ID) (tenant.Tenant, error) {
	return tenant.Tenant{ID: id, DisplayName: "Contoso"}, nil
}

func (parts) List(context.Context, access.Caller, profile.Query) (profile.Page, profile.Counts, error) {
	return profile.Page{}, profile.Counts{}, nil
}

func (parts) Known(_ context.Context, id profile.ID) (profile.Profile, error) {
	kind := profile.Common
	if id == "classic" {
		kind = profile.ClassicMFA
	}
	return profile.Profile{ID: id, Kind: kind, Tenant: contoso}, nil
}

func (p parts) LendOf(ctx context.Context, _ access.Caller, _ audit.Origin, id profile.ID, signIn func(context.Context, account.Account) verdict.Verdict) (profile.Profile, error) {
	v := signIn(ctx, account.Account{Tenant: tenant.Tenant{ID: contoso}})
	if !v.Valid() {
		return profile.Profile{}, &profile.Refused{Verdict: v}
	}
	return profile.Profile{ID: id}, nil
}

// lookingUp is a rig with a directory behind it.
func lookingUp(t *testing.T) (*rig, *directory) {
	r := newRig(t)
	d := &directory{rig: r, groups: map[string][]string{}}
	r.Tenants, r.Apps, r.Profiles, r.Directory = parts{d}, parts{d}, parts{d}, d
	return r, d
}

func userNamed(name string, n int) people.Candidate {
	return people.Candidate{Ref: people.Ref{Kind: people.OnePerson, Object: object(n)}, Name: name, Address: name + "@contoso.com", Mail: "mail." + name + "@contoso.com"}
}

func groupNamed(name string, n int) people.Candidate {
	return people.Candidate{Ref: people.Ref{Kind: people.Group, Object: object(n)}, Name: name, Address: name + "@contoso.com"}
}

var byApp = people.Look{Tenant: contoso, With: people.ByApp}

func refsOf(list ...people.Candidate) (refs []people.Ref) {
	for _, c := range list {
		refs = append(refs, c.Ref)
	}
	return refs
}

var down = &people.Unread{Code: "TIMEOUT", Whose: whose.Between}

// R5, R7: several are added at once, are not signed in yet, and are recognized at their first sign-in by their object, whatever the provider
// calls them. Added again, they get the other role.
func TestWhoeverWasAddedComesIn(t *testing.T) {
	r, d := lookingUp(t)
	r.arrive(caller("first", owner))
	d.found = []people.Candidate{userNamed("megan", 1), userNamed("alex", 2)}
	added, err := r.Add(ctx, glass, here, byApp, refsOf(d.found...), admin)
	r.must(err)
	if len(added) != 2 || added[0].Status() != people.NotSignedInYet || added[0].Role() != admin {
		t.Errorf("%+v", added)
	}
	if e := r.newest(1)[0]; e.Action != people.Added || e.Details["role"] != "Service Administrator" || e.Details["object"] != object(2) {
		t.Errorf("the log says %+v", e.Entry)
	}
	megan := caller("renamed since", none)
	come, err := r.Arrive(ctx, people.Arrival{Caller: megan, Tenant: contoso, Object: object(1)}, here)
	if err != nil || come.Caller.Role() != admin || come.Waits || r.id(megan) != added[0].ID {
		t.Errorf("%+v, %v", come, err)
	}
	r.added(r.Add(ctx, glass, here, byApp, refsOf(d.found[0]), owner))
	if got := r.role(megan); got != owner {
		t.Errorf("added again: %q", got)
	}
}

// R5: what is wrong with the form stands beside its fields, and nothing is added.
func TestWhatCannotBeAdded(t *testing.T) {
	r, d := lookingUp(t)
	r.arrive(caller("first", owner))
	megan := caller("megan", admin)
	r.arrive(megan)
	d.found = []people.Candidate{userNamed("alex", 2), groupNamed("operators", 3)}
	elsewhere := people.Look{Tenant: "6f1c0000-0000-4000-8000-000000000002", With: people.ByApp}
	for name, tc := range map[string]struct {
		by    access.Caller
		look  people.Look
		refs  []people.Ref
		role  access.Role
		field string
	}{
		"nobody":                        {glass, byApp, nil, admin, people.FieldPeople},
		"no role":                       {glass, byApp, refsOf(d.found[0]), none, people.FieldRole},
		"an administrator makes owners": {r.now(megan), byApp, refsOf(d.found[0]), owner, people.FieldRole},
		"a group of another tenant":     {glass, elsewhere, refsOf(d.found[1]), admin, people.FieldPeople},
		"somebody who is gone":          {glass, byApp, refsOf(userNamed("gone", 9)), admin, people.FieldPeople},
		"with nothing":                  {glass, people.Look{Tenant: contoso}, refsOf(d.found[0]), admin, people.FieldWith},
		"with a classic profile":        {glass, people.Look{Tenant: contoso, With: "classic"}, refsOf(d.found[0]), admin, people.FieldWith},
		"more than fifty":               {glass, byApp, make([]people.Ref, 51), admin, people.FieldPeople},
	} {
		_, err := r.Add(ctx, tc.by, here, tc.look, tc.refs, tc.role)
		fields := problem.Fields(err)
		if len(fields) != 1 || fields[0].Field != tc.field {
			t.Errorf("%s: %v", name, err)
		}
	}
	page, err := r.List(ctx, glass, people.Query{})
	if err != nil || page.Total != 2 {
		t.Errorf("%d are listed, %v", page.Total, err)
	}
	r.Service = r.withIssuer("https://idp.contoso.com", d)
	if _, err := r.Add(ctx, glass, here, byApp, refsOf(d.found[1]), admin); len(problem.Fields(err)) != 1 {
		t.Errorf("a group whose members come by another provider: %v", err)
	}
}

func (r *rig) withIssuer(by string, d *directory) *people.Service {
	s := r.joined(by)
	s.Tenants, s.Apps, s.Profiles, s.Directory = parts{d}, parts{d}, parts{d}, d
	return s
}

// R5, R62: while Microsoft is down, nobody is added, and it is said whose fault that is.
func TestNobodyIsAddedWhileMicrosoftIsDown(t *testing.T) {
	r, d := lookingUp(t)
	d.found, d.down = []people.Candidate{userNamed("megan", 1)}, down
	for name, ask := range map[string]func() error{
		"a search": func() error { _, err := r.Search(ctx, glass, here, byApp, "megan"); return err },
		"an add":   func() error { _, err := r.Add(ctx, glass, here, byApp, refsOf(d.found...), admin); return err },
	} {
		if err := ask(); problem.KindOf(err) != problem.Upstream || !strings.Contains(problem.Message(err), "TIMEOUT") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// X39: typing never signs in with an account; a search does, once, and typing goes on with what it opened.
func TestTypingNeverSignsIn(t *testing.T) {
	r, d := lookingUp(t)
	d.found = []people.Candidate{userNamed("megan", 1)}
	by := people.Look{Tenant: contoso, With: "p1"}
	if list, err := r.Suggest(ctx, glass, here, by, "me"); err != nil || list != nil || d.opened != 0 {
		t.Errorf("typing: %v, %v, %d sign-ins", list, err, d.opened)
	}
	r.searched(r.Search(ctx, glass, here, by, "meg"))
	list, err := r.Suggest(ctx, glass, here, by, "mega")
	if err != nil || len(list) != 1 || d.opened != 1 {
		t.Errorf("after a search: %v, %v, %d sign-ins", list, err, d.opened)
	}
	r.clock.Advance(5 * time.Minute)
	if list, err := r.Suggest(ctx, glass, here, by, "megan"); err != nil || list != nil || d.opened != 1 {
		t.Errorf("later: %v, %v, %d sign-ins", list, err, d.opened)
	}
	if _, err := r.Search(ctx, caller("nobody", none), here, by, "megan"); problem.KindOf(err) != problem.Forbidden {
		t.Errorf("without a role: %v", err)
	}
}

// R7: a group counts by the claim where that is whole, and is read from the tenant otherwise, which is kept for five minutes.
func TestAGroupGivesItsRole(t *testing.T) {
	for name, told := range map[string]bool{"by the claim": true, "read from the tenant": false} {
		r, d := lookingUp(t)
		r.arrive(caller("first", owner))
		operators := groupNamed("Operators", 3)
		d.found = []people.Candidate{operators}
		added, err := r.Add(ctx, glass, here, byApp, refsOf(operators), admin)
		r.must(err)
		megan, alex := caller("megan", none), caller("alex", none)
		d.groups[object(1)], d.groups[object(2)] = []string{operators.Object, "another"}, []string{"another"}
		come := func(c access.Caller, n int) access.Role {
			arrival := people.Arrival{Caller: c, Tenant: contoso, Object: object(n), GroupsTold: told}
			if told {
				arrival.Groups = d.groups[object(n)]
			}
			now, err := r.Arrive(ctx, arrival, here)
			if err != nil || now.Unknown != nil {
				t.Fatalf("%s: %v, %v", name, err, now.Unknown)
			}
			return now.Caller.Role()
		}
		if got := come(megan, 1); got != admin {
			t.Errorf("%s: in the group: %q", name, got)
		}
		if got := come(alex, 2); got != none {
			t.Errorf("%s: in another: %q", name, got)
		}
		p, err := r.Find(ctx, glass, r.id(megan))
		if err != nil || !slices.Equal(p.Sources(), []string{"Group Operators"}) {
			t.Errorf("%s: %v, %v", name, p.Sources(), err)
		}
		asked := len(d.asked)
		if come(megan, 1); len(d.asked) != asked {
			t.Errorf("%s: asked again within five minutes", name)
		}
		r.must(r.ChangeRole(ctx, glass, here, []people.ID{added[0].ID}, owner))
		if got := r.role(megan); got != owner {
			t.Errorf("%s: the group has another role: %q", name, got)
		}
		r.must(r.Remove(ctx, glass, here, []people.ID{added[0].ID}))
		if got := r.role(megan); got != none {
			t.Errorf("%s: the group is removed: %q", name, got)
		}
	}
}

// R7: that the groups cannot be read is told, and never counts as a no: who was in the group stays in it.
func TestAFailureIsNoNo(t *testing.T) {
	r, d := lookingUp(t)
	r.arrive(caller("first", owner))
	operators := groupNamed("Operators", 3)
	d.found, d.groups[object(1)] = []people.Candidate{operators}, []string{operators.Object}
	_, err := r.Add(ctx, glass, here, byApp, refsOf(operators), admin)
	r.must(err)
	megan := people.Arrival{Caller: caller("megan", none), Tenant: contoso, Object: object(1)}
	_, err = r.Arrive(ctx, megan, here)
	r.must(err)
	r.clock.Advance(6 * time.Minute)
	d.down = down
	come, err := r.Arrive(ctx, megan, here)
	if err != nil || come.Caller.Role() != admin || come.Unknown == nil {
		t.Errorf("%+v, %v", come, err)
	}
	alex := people.Arrival{Caller: caller("alex", none), Tenant: contoso, Object: object(2)}
	if come, err = r.Arrive(ctx, alex, here); err != nil || come.Caller.Role() != none || come.Unknown == nil {
		t.Errorf("somebody who was never read: %+v, %v", come, err)
	}
}

// R7: by another provider, nobody gets a role for an address: an owner accepts them, once. Whoever has the address later gets nothing.
func TestAnOwnerAcceptsWhoComesByAnAddress(t *testing.T) {
	r, d := lookingUp(t)
	r.Service = r.withIssuer("https://idp.contoso.com", d)
	from := func(name string, claim access.Role) access.Caller {
		c := caller(name, claim)
		c.Issuer = r.Issuer
		return c
	}
	adele, assistant := from("adele", owner), from("assistant", admin)
	r.arrive(adele)
	r.arrive(assistant)
	d.found = []people.Candidate{userNamed("megan", 1)}
	added, err := r.Add(ctx, r.now(adele), here, byApp, refsOf(d.found...), admin)
	r.must(err)

	megan := from("a subject", none)
	megan.SignIn = "Mail.Megan@contoso.com"
	come, err := r.Arrive(ctx, people.Arrival{Caller: megan}, here)
	if err != nil || come.Caller.Role() != none || !come.Waits {
		t.Fatalf("%+v, %v", come, err)
	}
	waiting, err := r.Waiting(ctx, r.now(adele))
	if err != nil || len(waiting) != 1 || waiting[0].For == nil || waiting[0].For.ID != added[0].ID {
		t.Fatalf("%+v, %v", waiting, err)
	}
	if err := r.Accept(ctx, r.now(assistant), here, waiting[0].ID); problem.KindOf(err) != problem.Forbidden {
		t.Errorf("a Service Administrator accepts: %v", err)
	}
	r.must(r.Accept(ctx, r.now(adele), here, waiting[0].ID))
	if got := r.role(megan); got != admin {
		t.Errorf("accepted: %q", got)
	}
	if err := r.Accept(ctx, r.now(adele), here, waiting[0].ID); problem.KindOf(err) != problem.Conflict {
		t.Errorf("again: %v", err)
	}
	if _, err := r.Find(ctx, glass, added[0].ID); problem.KindOf(err) != problem.NotFound {
		t.Errorf("who was added is still listed: %v", err)
	}
	successor := from("another subject", none)
	successor.SignIn = "mail.megan@contoso.com"
	if come, err = r.Arrive(ctx, people.Arrival{Caller: successor}, here); err != nil || come.Waits || come.Caller.Role() != none {
		t.Errorf("whoever has the address later: %+v, %v", come, err)
	}
}

// R7: when the provider is another one since, who was given a role by the former one waits for an owner as well; one who would be recognized
// by an object never does.
func TestAnotherIssuerInheritsNothingByItself(t *testing.T) {
	r, d := lookingUp(t)
	r.Service = r.withIssuer("https://idp.former.com", d)
	megan := caller("megan", none)
	megan.Issuer = r.Issuer
	r.arrive(megan)
	r.must(r.ChangeRole(ctx, glass, here, []people.ID{r.id(megan)}, admin))
	r.Service = r.withIssuer("https://idp.new.com", d)
	again := megan
	again.Issuer = r.Issuer
	come, err := r.Arrive(ctx, people.Arrival{Caller: again}, here)
	if err != nil || come.Caller.Role() != none || !come.Waits {
		t.Errorf("%+v, %v", come, err)
	}
	r.must(r.Decline(ctx, glass, here, r.id(again)))
	if waiting, err := r.Waiting(ctx, glass); err != nil || len(waiting) != 0 {
		t.Errorf("declined: %+v, %v", waiting, err)
	}

	r, d = lookingUp(t)
	d.found = []people.Candidate{userNamed("alex", 1)}
	r.added(r.Add(ctx, glass, here, byApp, refsOf(d.found...), owner))
	if come, err := r.Arrive(ctx, people.Arrival{Caller: caller("alex", none), Tenant: contoso, Object: object(2)}, here); err != nil || come.Waits {
		t.Errorf("the same address, another object: %+v, %v", come, err)
	}
}

// R2: whoever has no role asks for one, once a day at most, and is answered.
func TestAskingForARole(t *testing.T) {
	r := newRig(t)
	adele, megan := caller("adele", owner), caller("megan", none)
	r.arrive(adele)
	r.arrive(megan)
	entries := func() (n int) {
		for _, e := range r.newest(100) {
			if e.Action == people.RoleAsked {
				n++
			}
		}
		return n
	}
	for range 3 {
		r.must(r.Ask(ctx, megan, here))
	}
	if waiting, err := r.Waiting(ctx, r.now(adele)); err != nil || len(waiting) != 1 || waiting[0].For != nil || entries() != 1 {
		t.Errorf("%+v, %v, %d entries", waiting, err, entries())
	}
	r.must(r.Decline(ctx, r.now(adele), here, r.id(megan)))
	r.must(r.Ask(ctx, megan, here))
	if entries() != 1 {
		t.Error("asked again at once")
	}
	r.clock.Advance(day)
	r.must(r.Ask(ctx, megan, here))
	r.must(r.ChangeRole(ctx, r.now(adele), here, []people.ID{r.id(megan)}, admin))
	if waiting, err := r.Waiting(ctx, r.now(adele)); err != nil || len(waiting) != 0 || entries() != 2 {
		t.Errorf("given one: %+v, %v, %d entries", waiting, err, entries())
	}
	r.must(r.Ask(ctx, megan, here))
	if entries() != 2 {
		t.Error("somebody with a role asked")
	}
}

// R9: the primary owner hands over, both are told, and there is one at any time.
func TestHandingOver(t *testing.T) {
	r := newRig(t)
	adele, alex, megan := caller("adele", owner), caller("alex", owner), caller("megan", admin)
	for _, c := range []access.Caller{adele, alex, megan, caller("nobody", none)} {
		r.arrive(c)
	}
	if err := r.SetOwner(ctx, r.now(alex), here, r.id(alex)); problem.KindOf(err) != problem.Forbidden {
		t.Errorf("another owner takes it: %v", err)
	}
	if err := r.SetOwner(ctx, r.now(megan), here, r.id(megan)); problem.KindOf(err) != problem.Forbidden {
		t.Errorf("an administrator takes it: %v", err)
	}
	for _, c := range []access.Caller{adele, caller("nobody", none)} {
		if err := r.SetOwner(ctx, r.now(adele), here, r.id(c)); problem.KindOf(err) != problem.Conflict {
			t.Errorf("to %s: %v", c.Name, err)
		}
	}
	r.must(r.SetOwner(ctx, r.now(adele), here, r.id(megan)))
	if got := r.role(megan); got != owner {
		t.Errorf("the new one is %q", got)
	}
	p, err := r.Primary(ctx, glass)
	if err != nil || p.Name != "megan" {
		t.Errorf("%s is it, %v", p.Name, err)
	}
	for _, c := range []access.Caller{adele, megan} {
		n, told, err := r.Notice(ctx, c)
		if err != nil || !told || n.From != "adele" || n.To != "megan" {
			t.Errorf("%s is told %+v, %v", c.Name, n, err)
		}
		r.must(r.Dismiss(ctx, c, n.At))
		if _, told, err := r.Notice(ctx, c); err != nil || told {
			t.Errorf("%s is told again, %v", c.Name, err)
		}
	}
	if _, told, _ := r.Notice(ctx, alex); told {
		t.Error("another is told")
	}
	if e := r.newest(1)[0]; e.Action != people.OwnerSet || e.Details["from"] != "adele" || e.Target.Name != "megan" {
		t.Errorf("the log says %+v", e.Entry)
	}
	r.must(r.SetOwner(ctx, glass, here, r.id(alex))) // whoever has the server and its key
	if err := r.Remove(ctx, r.now(megan), here, []people.ID{r.id(alex)}); problem.KindOf(err) != problem.Conflict {
		t.Errorf("the primary owner is removed: %v", err)
	}
}

// An access review sees everybody, with who has not been seen for 90 days.
func TestTheExportSaysWhoIsLongUnseen(t *testing.T) {
	r := newRig(t)
	r.arrive(caller("adele", owner))
	r.clock.Advance(90 * day)
	r.arrive(caller("megan", admin))
	unseen := map[string]bool{}
	r.must(r.Export(ctx, glass, here, func(part []people.Person) error {
		for _, p := range part {
			unseen[p.Name] = p.Unseen(r.clock.Now())
		}
		return nil
	}))
	if len(unseen) != 2 || !unseen["adele"] || unseen["megan"] {
		t.Errorf("%v", unseen)
	}
}

func (r *rig) searched(_ []people.Candidate, err error) { r.Helper(); r.must(err) }

func (r *rig) added(_ []people.Person, err error) { r.Helper(); r.must(err) }
