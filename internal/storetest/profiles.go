package storetest

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/profile"
	"purser.example/internal/run"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

// Profiles holds a profile.Store to its promises.
func Profiles(t *testing.T, open Open) {
	hold(t, open, []promise{
		{"a profile comes back as it was stored, with its password and its first validation", profileComesBack},
		{"a profile that was deleted is gone", profileIsGone},
		{"it is known whether there are classic MFA profiles", classicAreKnown},
		{"it is known how many stand how, of one tenant and of all", standingIsKnown},
		{"an edit needs the version that it began with", editNeedsItsVersion},
		{"an edit leaves alone what it does not give: the password, the verdict, the history", editLeavesAlone},
		{"a name is taken in whatever case it is written", nameIsTaken},
		{"a new password goes to the account's other places, each with its entry, all together or not at all", passwordGoesEverywhere},
		{"a profile is created with its entries or not at all", func(r *rig) {
			p := r.sketch("p1", contoso.ID)
			r.allOrNothing("created", r.kept("p1"), func() error {
				return r.Profiles.Create(ctx, p, []byte("sealed"), profile.Validation{At: p.Validated, By: "Adele", Verdict: p.Verdict}, nil, r.entry(done), r.entry("created"))
			})
		}},
		{"a profile is changed with its entries or not at all", func(r *rig) {
			p := r.sketch("p1", contoso.ID)
			p.Kind, p.AdminCenterURL = profile.ClassicMFA, "https://contoso-admin.sharepoint.com"
			p = r.create(p)
			p.Kind, p.AdminCenterURL = profile.Common, "" // as a conversion has it (R33)
			p.Name, p.Tenant, p.Username, p.Services, p.Version, p.Verdict, p.Status = "Another", fabrikam.ID, "another@contoso.com", []string{"opus"}, 2, refused, refused.Status
			r.allOrNothing("changed", r.kept("p1"), func() error {
				return r.Profiles.Update(ctx, p, 1, []byte("another"), &profile.Validation{At: refused.At, Verdict: refused}, nil, r.entry(done), r.entry("changed"))
			})
		}},
		{"profiles of an import are stored together with their entries, or none of them is", bringAllTogether},
		{"a profile of an import that cannot be stored costs no other", bringMeetsOthers},
		{"what an import leaves in the activity log is found by its id", importIsLogged},
		{"profiles are deleted all together with their entries or not at all", deleteAllTogether},
		{"a verdict is stored with its entry or not at all", func(r *rig) {
			p := r.create(r.sketch("p1", contoso.ID))
			r.allOrNothing("validated", r.kept("p1"), func() error {
				return r.Profiles.Validated(ctx, p, profile.Validation{At: refused.At, Verdict: refused}, r.entry("validated"))
			})
		}},
		{"a verdict about the account is its status from then on, and one that could not tell stands beside it", verdictStands},
		{"a verdict of an account that the profile has no more is not stored, but its attempt is", verdictOfAnother},
		{"the outcome of an item is stored with the verdict and the entry, or not at all", concludedProfile},
		{"an item has its outcome though its profile has another account, or is gone", concludedAnother},
		{"validations and changes come newest first, as many as are asked for", pastComesNewestFirst},
		{"of many who edit at once each version has one winner, and each winner its entry", manyEdit},
		{"of many who take a name at once, one has it", manyTakeAName},
	})
}

// sketch is a profile as it may be stored. It is valid, and named after its id.
func (r *rig) sketch(id profile.ID, of tenant.ID) profile.Profile {
	return profile.Profile{
		ID: id, Kind: profile.Common, Name: "Profile " + string(id), Description: "Nightly", Tenant: of, Services: []string{"fly", "opus"}, Username: "svc-" + string(id) + "@contoso.com",
		Version: 1, Created: stamp(0), Modified: stamp(time.Second), Status: verdict.Valid, Verdict: valid, Validated: valid.At,
	}
}

func (r *rig) create(p profile.Profile) profile.Profile {
	r.Helper()
	r.must(r.Profiles.Create(ctx, p, []byte("sealed "+p.ID), profile.Validation{At: p.Validated, By: "Adele Vance", Verdict: p.Verdict}, nil, r.entry(done)))
	return p
}

func (r *rig) profile(id profile.ID) profile.Profile {
	r.Helper()
	p, err := r.Profiles.Profile(ctx, id)
	r.must(err)
	return p
}

// kept gives all that is stored of a profile.
func (r *rig) kept(id profile.ID) func() any {
	return func() any {
		p, err := r.Profiles.Profile(ctx, id)
		if errors.Is(err, profile.ErrGone) {
			return "gone"
		}
		r.must(err)
		password, err := r.Profiles.Password(ctx, id)
		r.must(err)
		history, err := r.Profiles.History(ctx, id, 100)
		r.must(err)
		return []any{p, password, history}
	}
}

func profileComesBack(r *rig) {
	full := r.sketch("p1", contoso.ID)
	full.Kind, full.Name, full.Username = profile.ClassicMFA, "Rückgrat – 東京 🙂", "SVC-Backup@contoso.com"
	full.AdminCenterURL = "https://contoso-admin.sharepoint.com"
	full.Verdict.Roles, full.Verdict.RolesRead = []verdict.Role{verdict.NewRole(verdict.GlobalAdministrator, "")}, true
	full.Verdict.Products, full.Verdict.Proof.Licence = []string{"Exchange Online", "SharePoint Online"}, verdict.Proved
	full.Verdict.Warnings = []verdict.Warning{{Kind: verdict.RolesNotRead, Code: "HTTP 403"}}
	full.Verdict.Expiry = verdict.Expiry{Kind: verdict.ExpiresOn, At: monday.AddDate(0, 1, 0), Warn: monday.AddDate(0, 0, 16), Reason: "A reason."}
	failed := unreachable
	full.Failed = &failed
	bare := profile.Profile{
		ID: "p2", Kind: profile.Common, Name: "x", Tenant: fabrikam.ID, Services: []string{}, Username: "x@contoso.com", Version: 7, Created: stamp(0), Modified: stamp(0),
		Status: verdict.NotValidated, Verdict: verdict.Verdict{Status: verdict.NotValidated},
	}
	for _, p := range []profile.Profile{full, bare} {
		r.create(p)
		var history []profile.Validation // of the bare one, which nobody validated, there is none
		if !p.Validated.IsZero() {
			history = append(history, profile.Validation{At: p.Validated, By: "Adele Vance", Verdict: p.Verdict})
		}
		r.same("the profile, its password and its history", r.kept(p.ID)(), any([]any{p, []byte("sealed " + p.ID), history}))
	}
}

func profileIsGone(r *rig) {
	p := r.create(r.sketch("p1", contoso.ID))
	r.must(r.Profiles.Delete(ctx, []profile.Profile{p}, r.entry(done)))
	_, found := r.Profiles.Profile(ctx, "p1")
	_, password := r.Profiles.Password(ctx, "p1")
	updated := r.Profiles.Update(ctx, p, 1, nil, nil, nil, r.entry("late"))
	deleted := r.Profiles.Delete(ctx, []profile.Profile{p}, r.entry("late"))
	for _, err := range []error{found, password, updated, deleted} {
		if !errors.Is(err, profile.ErrGone) {
			r.Errorf("err = %v", err)
		}
	}
	history, err := r.Profiles.History(ctx, "p1", 10)
	if taken, again := r.Profiles.NameTaken(ctx, account.Fold(p.Name), ""); err != nil || again != nil || len(history) != 0 || taken || r.logged("late") != 0 {
		r.Errorf("left of it: %v, %v, name taken %v, %v, %d entries", history, err, taken, again, r.logged("late"))
	}
	r.create(p) // and whoever comes next may have its name
}

func standingIsKnown(r *rig) {
	standing := func(t tenant.ID, want map[verdict.Status]int) {
		r.Helper()
		got, err := r.Profiles.Standing(ctx, t)
		r.must(err)
		r.same("of "+string(t), got, want)
	}
	standing("", map[verdict.Status]int{})
	sketch := func(id profile.ID, t tenant.ID, status verdict.Status) profile.Profile {
		p := r.sketch(id, t)
		p.Status, p.Verdict.Status = status, status
		return r.create(p)
	}
	p := sketch("p1", contoso.ID, verdict.Valid)
	sketch("p2", contoso.ID, verdict.AccountLocked)
	gone := sketch("p3", fabrikam.ID, verdict.Valid)
	standing("", map[verdict.Status]int{verdict.Valid: 2, verdict.AccountLocked: 1})
	standing(contoso.ID, map[verdict.Status]int{verdict.Valid: 1, verdict.AccountLocked: 1})
	standing(fabrikam.ID, map[verdict.Status]int{verdict.Valid: 1})
	p.Tenant, p.Status, p.Verdict.Status, p.Version = fabrikam.ID, verdict.PolicyBlocked, verdict.PolicyBlocked, 2
	r.must(r.Profiles.Update(ctx, p, 1, nil, &profile.Validation{At: monday, By: "Adele Vance", Verdict: p.Verdict}, nil, r.entry(done)))
	r.must(r.Profiles.Delete(ctx, []profile.Profile{gone}, r.entry(done)))
	standing(contoso.ID, map[verdict.Status]int{verdict.AccountLocked: 1})
	standing(fabrikam.ID, map[verdict.Status]int{verdict.PolicyBlocked: 1})
}

func classicAreKnown(r *rig) {
	has := func(want bool) {
		r.Helper()
		if found, err := r.Profiles.HasClassic(ctx); err != nil || found != want {
			r.Errorf("there are classic MFA profiles: %v, want %v (%v)", found, want, err)
		}
	}
	p := r.create(r.sketch("p1", contoso.ID))
	has(false)
	classic := r.sketch("p2", contoso.ID)
	classic.Kind = profile.ClassicMFA
	classic = r.create(classic)
	has(true)
	classic.Kind, classic.Version = profile.Common, 2
	r.must(r.Profiles.Update(ctx, classic, 1, nil, nil, nil, r.entry(done)))
	has(false)
	r.must(r.Profiles.Delete(ctx, []profile.Profile{p}, r.entry(done)))
	has(false)
}

func editNeedsItsVersion(r *rig) {
	p := r.create(r.sketch("p1", contoso.ID))
	p.Version, p.Description = 2, "Weekly"
	r.must(r.Profiles.Update(ctx, p, 1, nil, nil, nil, r.entry(done)))
	before := r.kept("p1")()
	for _, was := range []int64{0, 1, 3} {
		late := p
		late.Version, late.Name, late.Description = was+1, "Late", "Late"
		if err := r.Profiles.Update(ctx, late, was, []byte("late"), &profile.Validation{At: monday, Verdict: refused}, nil, r.entry("late")); !errors.Is(err, profile.ErrChanged) {
			r.Errorf("an edit of version %d: %v", was, err)
		}
		late.Version = was
		if err := r.Profiles.Delete(ctx, []profile.Profile{late}, r.entry("late")); !errors.Is(err, profile.ErrChanged) {
			r.Errorf("a deletion of version %d: %v", was, err)
		}
	}
	r.same("what is stored", r.kept("p1")(), before)
	r.same("entries", r.logged("late"), 0)
}

func editLeavesAlone(r *rig) {
	p := r.create(r.sketch("p1", contoso.ID))
	history, err := r.Profiles.History(ctx, "p1", 10)
	r.must(err)
	p.Version, p.Name, p.Description, p.Services, p.Modified = 2, "Renamed", "", []string{"cense"}, stamp(time.Hour)
	edited := p
	edited.Status, edited.Verdict, edited.Validated = refused.Status, refused, refused.At // not given, because nothing was validated
	r.must(r.Profiles.Update(ctx, edited, 1, nil, nil, nil, r.entry(done)))
	r.same("what is stored", r.kept("p1")(), any([]any{p, []byte("sealed p1"), history}))
	p.Version, p.Status, p.Verdict, p.Validated = 3, refused.Status, refused, refused.At
	now := profile.Validation{At: refused.At, By: "Alex Wilber", Verdict: refused}
	r.must(r.Profiles.Update(ctx, p, 2, []byte("another"), &now, nil, r.entry(done)))
	r.same("what is stored", r.kept("p1")(), any([]any{p, []byte("another"), append([]profile.Validation{now}, history...)}))
}

func nameIsTaken(r *rig) {
	first := r.sketch("p1", contoso.ID)
	first.Name = "Straße – Αθήνα"
	r.create(first)
	second := r.create(r.sketch("p2", fabrikam.ID))
	for _, name := range []string{"Straße – Αθήνα", "STRASSE – ΑΘΉΝΑ", "strasse – αθήνα"} {
		third := r.sketch("p3", contoso.ID)
		third.Name = name
		v := profile.Validation{At: monday, Verdict: valid}
		if err := r.Profiles.Create(ctx, third, []byte("sealed"), v, nil, r.entry("late")); !errors.Is(err, profile.ErrNameTaken) {
			r.Errorf("created as %q: %v", name, err)
		}
		renamed := second
		renamed.Name, renamed.Version = name, 2
		if err := r.Profiles.Update(ctx, renamed, 1, []byte("late"), &v, nil, r.entry("late")); !errors.Is(err, profile.ErrNameTaken) {
			r.Errorf("renamed to %q: %v", name, err)
		}
		for except, want := range map[profile.ID]bool{"": true, "p2": true, "p1": false} {
			if taken, err := r.Profiles.NameTaken(ctx, account.Fold(name), except); err != nil || taken != want {
				r.Errorf("%q but for %q: %v, %v", name, except, taken, err)
			}
		}
	}
	r.same("what is stored", []any{r.profile("p2"), r.kept("p3")(), r.logged("late")}, []any{second, "gone", 0})
	first.Name, first.Version = "STRASSE – αθήνα", 2
	r.must(r.Profiles.Update(ctx, first, 1, nil, nil, nil, r.entry(done)))
	r.same("its own name in another case", r.profile("p1").Name, first.Name)
}

func deleteAllTogether(r *rig) {
	var all []profile.Profile
	for i := range 3 {
		all = append(all, r.create(r.sketch(profile.ID(named("p", i)), contoso.ID)))
	}
	state := func() any { return []any{r.kept(all[0].ID)(), r.kept(all[1].ID)(), r.kept(all[2].ID)()} }
	before := state()
	changed, gone := all[2], all[2]
	changed.Version, gone.ID = 9, "nobody"
	for _, c := range []struct {
		last profile.Profile
		want error
	}{{changed, profile.ErrChanged}, {gone, profile.ErrGone}} {
		if err := r.Profiles.Delete(ctx, []profile.Profile{all[0], all[1], c.last}, r.entry("deleted")); !errors.Is(err, c.want) {
			r.Errorf("err = %v, want %v", err, c.want)
		}
	}
	r.same("what is stored", state(), before)
	r.allOrNothing("deleted", state, func() error { return r.Profiles.Delete(ctx, all, r.entry(done), r.entry("deleted")) })
	r.same("what is left", state(), any([]any{"gone", "gone", "gone"}))
}

func verdictStands(r *rig) {
	p := r.create(r.sketch("p1", contoso.ID))
	validated := func(v verdict.Verdict, user string) {
		r.Helper()
		asked := p
		asked.Username = user
		r.must(r.Profiles.Validated(ctx, asked, profile.Validation{At: v.At, By: "Adele", Verdict: v}, r.entry(done)))
	}
	validated(unreachable, "SVC-P1@contoso.com") // in another case it is the same account
	want := p
	failed := unreachable
	want.Failed = &failed
	r.same("after one that could not tell", r.profile("p1"), want)
	validated(refused, p.Username)
	want.Failed, want.Status, want.Verdict, want.Validated = nil, refused.Status, refused, refused.At
	r.same("after one that could", r.profile("p1"), want)
	history, err := r.Profiles.History(ctx, "p1", 10)
	r.must(err)
	if len(history) != 3 || history[0].Verdict.Status != refused.Status || history[1].Verdict.Status != unreachable.Status {
		r.Errorf("history: %+v", history)
	}
}

func verdictOfAnother(r *rig) {
	p := r.create(r.sketch("p1", contoso.ID))
	before := r.kept("p1")()
	user, moved, gone := p, p, p
	user.Username, moved.Tenant, gone.ID = "former@contoso.com", fabrikam.ID, "nobody"
	for _, c := range []struct {
		asked profile.Profile
		want  error
	}{{user, profile.ErrChanged}, {moved, profile.ErrChanged}, {gone, profile.ErrGone}} {
		for _, v := range []verdict.Verdict{refused, unreachable} {
			entries := r.logged("attempted")
			if err := r.Profiles.Validated(ctx, c.asked, profile.Validation{At: v.At, Verdict: v}, r.entry("attempted")); !errors.Is(err, c.want) {
				r.Errorf("%+v: %v, want %v", c.asked, err, c.want)
			}
			r.same("entries", r.logged("attempted"), entries+1)
		}
	}
	r.same("what is stored", r.kept("p1")(), before)
}

// trial is a run of one profile, whose item is being tried.
func (r *rig) trial(p profile.Profile) (run.Run, run.Item) {
	r.Helper()
	of := r.begin(run.Run{ID: run.ID("run-" + p.ID), Kind: profile.ValidationRun}, run.Item{Subject: string(p.ID), Name: p.Name, Username: p.Username, Tenant: p.Tenant})
	r.must(r.Runs.Try(ctx, of, 1, account.KeyOf(p.Tenant, p.Username), r.entry(done)))
	i := r.items(of.ID)[0]
	i.Outcome, i.Status, i.Code, i.At = run.Rejected, refused.Status, refused.Code, refused.At
	return of, i
}

func concludedProfile(r *rig) {
	p := r.create(r.sketch("p1", contoso.ID))
	of, i := r.trial(p)
	r.allOrNothing("validated", func() any { return []any{r.kept("p1")(), r.items(of.ID)} }, func() error {
		return r.Profiles.Concluded(ctx, of, i, p, profile.Validation{At: refused.At, By: "Adele", Verdict: refused}, r.entry("validated"))
	})
	r.same("the item and the status", []any{r.items(of.ID), r.profile("p1").Status}, []any{[]run.Item{i}, refused.Status})
}

func concludedAnother(r *rig) {
	for n, change := range []func(*profile.Profile) error{
		func(p *profile.Profile) error { return r.Profiles.Delete(ctx, []profile.Profile{*p}, r.entry(done)) },
		func(p *profile.Profile) error {
			edited := *p
			edited.Version, edited.Username = 2, "another@contoso.com"
			return r.Profiles.Update(ctx, edited, 1, nil, nil, nil, r.entry(done))
		},
	} {
		p := r.create(r.sketch(profile.ID(named("p", n)), contoso.ID))
		of, i := r.trial(p)
		r.must(change(&p))
		before, entries := r.kept(p.ID)(), r.logged("validated")
		r.must(r.Profiles.Concluded(ctx, of, i, p, profile.Validation{At: refused.At, By: "Adele", Verdict: refused}, r.entry("validated")))
		r.same("the item, the profile, entries", []any{r.items(of.ID), r.kept(p.ID)(), r.logged("validated")}, []any{[]run.Item{i}, before, entries + 1})
	}
}

func pastComesNewestFirst(r *rig) {
	p := r.create(r.sketch("p1", contoso.ID))
	r.create(r.sketch("p2", contoso.ID))
	about := func(action audit.Action, id profile.ID) audit.Entry {
		return audit.By(adele, here, action, audit.Target{Kind: "profile", ID: string(id), Name: "Profile"}).With("n", string(action))
	}
	for i := range 5 {
		v := valid
		v.At = monday.Add(time.Duration(i) * time.Hour)
		r.must(r.Profiles.Validated(ctx, p, profile.Validation{At: v.At, By: fmt.Sprint(i), Verdict: v}, about(profile.ValidationEnded, "p1")))
		r.must(r.Profiles.Note(ctx, about(profile.Changed, "p2")))
	}
	for _, action := range []audit.Action{profile.Created, profile.Changed, profile.Deleted} {
		r.must(r.Profiles.Note(ctx, about(action, "p1")))
	}
	history, err := r.Profiles.History(ctx, "p1", 3)
	r.must(err)
	var by []string
	for _, v := range history {
		by = append(by, v.By)
	}
	r.same("who validated", by, []string{"4", "3", "2"})
	for limit, want := range map[int][]audit.Action{2: {profile.Deleted, profile.Changed}, 9: {profile.Deleted, profile.Changed, profile.Created}} {
		changes, err := r.Profiles.Changes(ctx, "p1", limit)
		r.must(err)
		var actions []audit.Action
		for _, c := range changes {
			actions = append(actions, c.Action)
		}
		r.same("the changes", actions, want)
	}
}

func manyEdit(r *rig) {
	p := r.create(r.sketch("p1", contoso.ID))
	const writers, each = 8, 10
	var won atomic.Int64
	_, failed := atOnce(writers, func(int) error {
		for range each {
			now, err := r.Profiles.Profile(ctx, p.ID)
			if err != nil {
				return err
			}
			was := now.Version
			now.Version, now.Description = was+1, fmt.Sprint("Version ", was+1)
			switch err := r.Profiles.Update(ctx, now, was, nil, nil, nil, r.entry("edited")); {
			case err == nil:
				won.Add(1)
			case !errors.Is(err, profile.ErrChanged):
				return err
			}
		}
		return nil
	})
	if len(failed) > 0 {
		r.Errorf("some edits failed: %v", failed)
	}
	now := r.profile(p.ID)
	if n := won.Load(); n == 0 || now.Version != 1+n || r.logged("edited") != int(n) || now.Description != fmt.Sprint("Version ", now.Version) {
		r.Errorf("%d edits were made, %d entries are there, and the profile is %+v", n, r.logged("edited"), now)
	}
}

func manyTakeAName(r *rig) {
	won, lost := atOnce(16, func(i int) error {
		p := r.sketch(profile.ID(named("p", i)), contoso.ID)
		p.Name = []string{"Backup", "BACKUP", "backup"}[i%3]
		return r.Profiles.Create(ctx, p, []byte("sealed"), profile.Validation{At: monday, Verdict: valid}, nil, r.entry("created"))
	})
	r.oneWon(won, lost, profile.ErrNameTaken)
	r.same("entries", r.logged("created"), 1)
}
