package profile_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/m365sim"
	"purser.example/internal/problem"
	"purser.example/internal/profile"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite/profiles"
	"purser.example/internal/sqlite/sqlitetest"
	"purser.example/internal/verdict"
)

var ben = access.Caller{Issuer: "https://idp.contoso.com", Subject: "s3", Name: "Ben Walters", SignIn: "ben@contoso.com", Roles: []access.Role{access.TenantOwner}}

// outcome is what a validation came to.
type outcome struct {
	v   verdict.Verdict
	err error
}

// held begins an attempt that Microsoft answers only after a while, waits until the password has arrived there, and gives
// the way to its outcome.
func held[T any](t *testing.T, r *rig, attempt func() T) <-chan T {
	t.Helper()
	r.sim.ResetRequests()
	once := 1
	if err := r.sim.SetFaults([]m365sim.Fault{{PathPrefix: "/" + contoso, Method: "POST", DelayMs: 1200, Times: &once}}); err != nil {
		t.Fatal(err)
	}
	done := make(chan T, 1)
	go func() { done <- attempt() }()
	for range 2000 {
		if r.attempts() > 0 {
			return done
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("nothing arrived at Microsoft")
	return nil
}

func (r *rig) validation(id profile.ID) func() outcome {
	return func() outcome {
		v, err := r.Validate(ctx, adele, here, id)
		return outcome{v, err}
	}
}

func (r *rig) change(id profile.ID, version int64, d profile.Draft) func() error {
	return func() error {
		_, err := r.Update(ctx, ben, here, id, version, d)
		return err
	}
}

func keeping(changes ...func(*profile.Draft)) profile.Draft {
	return draft(append([]func(*profile.Draft){func(d *profile.Draft) { d.Password = secret.Value{} }}, changes...)...)
}

// Of two who validate one account one signs in, and the other hears whom to wait for.
func TestTheSecondIsToldWhomToWaitFor(t *testing.T) {
	r := newRig(t)
	p := r.create(t)
	twin := r.create(t, named("The same account"))
	first := held(t, r, r.validation(p.ID))
	_, bens := r.Validate(ctx, ben, here, p.ID)
	_, twins := r.Validate(ctx, ben, here, twin.ID)
	_, again := r.Validate(ctx, adele, here, p.ID)
	save := r.change(p.ID, 1, draft())()
	for what, tc := range map[string]struct {
		err error
		who string
	}{"the profile": {bens, "Adele Vance is"}, "another of this account": {twins, "Adele Vance is"}, "another tab": {again, "You are"}, "a save": {save, "Adele Vance is"}} {
		if problem.KindOf(tc.err) != problem.Conflict || !strings.HasPrefix(problem.Message(tc.err), tc.who) {
			t.Errorf("%s: %v", what, tc.err)
		}
	}
	if out := <-first; out.err != nil || !out.v.Valid() {
		t.Errorf("the first: %s, %v", out.v.Status, out.err)
	}
	if n := r.attempts(); n != 1 {
		t.Errorf("%d attempts", n)
	}
	if _, err := r.Validate(ctx, ben, here, p.ID); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// What is edited while a validation runs is kept, and the verdict counts for the account that was validated and no other.
func TestAnEditDuringAValidation(t *testing.T) {
	for name, tc := range map[string]struct {
		edit    profile.Draft
		counts  bool // the verdict of the running validation
		refused bool // the edit, until the validation has ended
	}{
		"of the name":                 {edit: keeping(named("Backup – World")), counts: true},
		"of the username's letters":   {edit: keeping(as("SVC-Backup@contoso.com")), counts: true},
		"of the password":             {edit: draft(func(d *profile.Draft) { d.Password = secret.FromString("Another-Secret-2026!") }), counts: true, refused: true},
		"to another account":          {edit: draft(as("svc-other@contoso.com"))},
		"to another account and name": {edit: draft(as("svc-other@contoso.com"), named("Backup – World"))},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			p := r.create(t)
			if err := r.sim.PatchUser(goodUser, []byte(`{"accountEnabled": false}`)); err != nil {
				t.Fatal(err)
			}
			running := held(t, r, r.validation(p.ID))
			err := r.change(p.ID, 1, tc.edit)()
			if refused := problem.KindOf(err) == problem.Conflict; refused != tc.refused || err != nil && !refused {
				t.Fatalf("the edit: %v", err)
			}
			out := <-running
			if out.v.Status != verdict.AccountBlocked {
				t.Fatalf("the validation: %s %v", out.v.Status, out.err)
			}
			_, conflict := errors.AsType[*profile.Conflict](out.err)
			if conflict == tc.counts || out.err != nil && !conflict {
				t.Errorf("the validation was told %v", out.err)
			}
			now, err := r.Find(ctx, adele, p.ID)
			if err != nil {
				t.Fatal(err)
			}
			if want := map[bool]verdict.Status{true: verdict.AccountBlocked, false: verdict.Valid}[tc.counts]; now.Status != want {
				t.Errorf("status %s, want %s", now.Status, want)
			}
			if !tc.refused && (now.Name != tc.edit.Name || now.Username != tc.edit.Username || now.Version != 2) {
				t.Errorf("the edit is lost: %+v", now)
			}
			d, err := r.Details(ctx, adele, p.ID)
			if err != nil || (d.History[0].Verdict.Status == verdict.AccountBlocked) != tc.counts {
				t.Errorf("history %+v, %v", d.History, err)
			}
			links, err := r.db.Activity(ctx, 1)
			if err != nil || links[0].Action != profile.ValidationEnded || links[0].Details["username"] != goodUser {
				t.Errorf("activity %+v, %v", links, err)
			}
		})
	}
}

// A verdict of the old password never stands on the new one: whoever saves it meanwhile waits, and then it counts.
func TestTheVerdictOfTheOldPasswordDoesNotStandOnTheNewOne(t *testing.T) {
	r := newRig(t)
	p := r.create(t)
	const fresh = "Another-Secret-2026!"
	if err := r.sim.PatchUser(goodUser, []byte(`{"password": "`+fresh+`"}`)); err != nil {
		t.Fatal(err)
	}
	running := held(t, r, r.validation(p.ID))
	save := r.change(p.ID, 1, draft(func(d *profile.Draft) { d.Password = secret.FromString(fresh) }))
	if err := save(); problem.KindOf(err) != problem.Conflict {
		t.Errorf("while it ran: %v", err)
	}
	if out := <-running; out.v.Status != verdict.WrongPassword {
		t.Errorf("the old password: %s, %v", out.v.Status, out.err)
	}
	if err := save(); err != nil {
		t.Fatalf("afterwards: %v", err)
	}
	if now, _ := r.Find(ctx, adele, p.ID); now.Status != verdict.Valid {
		t.Errorf("status %s", now.Status)
	}
	if v, err := r.Validate(ctx, adele, here, p.ID); err != nil || !v.Valid() {
		t.Errorf("the stored password: %s, %v", v.Status, err)
	}
}

// overtaken is a store in which somebody is always just faster than who opens a password.
type overtaken struct {
	profile.Store
	first func()
}

func (o *overtaken) Password(ctx context.Context, id profile.ID) ([]byte, error) {
	o.first()
	return o.Store.Password(ctx, id)
}

// nobodyToAsk takes turns, and panics where somebody is asked.
func nobodyToAsk() *account.Service { return account.NewService(account.Parts{}) }

// A password never goes to the account that the profile had before.
func TestAPasswordGoesToItsOwnAccountOnly(t *testing.T) {
	r := newRig(t)
	p := r.create(t)
	store := &overtaken{Store: profiles.New(r.db), first: func() {
		if err := r.change(p.ID, 1, draft(as("svc-other@contoso.com")))(); err != nil {
			t.Error(err)
		}
		r.sim.ResetRequests()
	}}
	slow := profile.NewService(store, r.tenants, nobodyToAsk(), r.ring, profile.Settings{}, r.clock.Now)
	_, err := slow.Validate(ctx, adele, here, p.ID)
	if conflict, ok := errors.AsType[*profile.Conflict](err); !ok || conflict.Current.Username != "svc-other@contoso.com" || r.attempts() != 0 {
		t.Errorf("err = %v, %d attempts", err, r.attempts())
	}
}

// A deletion while a validation or a Save runs: the attempt is in the activity log, and no row comes back.
func TestADeletionMeanwhile(t *testing.T) {
	for name, attempt := range map[string]func(r *rig, id profile.ID) func() error{
		"of a validation": func(r *rig, id profile.ID) func() error {
			return func() error { return r.validation(id)().err }
		},
		"of a save": func(r *rig, id profile.ID) func() error { return r.change(id, 1, draft()) },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			p := r.create(t)
			running := held(t, r, attempt(r, p.ID))
			if n, err := r.Delete(ctx, ben, here, []profile.Seen{{ID: p.ID, Version: 1}}); n != 1 || err != nil {
				t.Fatalf("deleted %d, %v", n, err)
			}
			err := <-running
			if conflict, ok := errors.AsType[*profile.Conflict](err); !ok || !conflict.Gone || !strings.Contains(problem.Message(err), "deleted") {
				t.Errorf("the other was told %v", err)
			}
			if rows := r.stored(t); len(rows) != 0 {
				t.Errorf("it came back: %+v", rows)
			}
			actions := r.actions(t)
			if last := actions[len(actions)-2:]; last[0] != string(profile.Deleted) || last[1] != string(profile.ValidationEnded) {
				t.Errorf("activity %v", actions)
			}
			if err := r.db.VerifyActivity(ctx); err != nil {
				t.Error(err)
			}
		})
	}
}

// Whoever saves a new description while a new password is at Microsoft keeps it; the other decides with both versions in
// sight, and the stored password is the one from before.
func TestANameIsSavedWhileAPasswordIsUnderWay(t *testing.T) {
	r := newRig(t)
	p := r.create(t)
	const fresh = "Another-Secret-2026!"
	if err := r.sim.PatchUser(goodUser, []byte(`{"password": "`+fresh+`"}`)); err != nil {
		t.Fatal(err)
	}
	save := func(version int64) func() error {
		return r.change(p.ID, version, draft(func(d *profile.Draft) { d.Password = secret.FromString(fresh) }))
	}
	running := held(t, r, save(1))
	if _, err := r.Update(ctx, adele, here, p.ID, 1, keeping(named("Backup – World"))); err != nil {
		t.Fatal(err)
	}
	if conflict, ok := errors.AsType[*profile.Conflict](<-running); !ok || conflict.Current.Name != "Backup – World" {
		t.Errorf("the password's save: %+v", conflict)
	}
	if v, _ := r.Validate(ctx, adele, here, p.ID); v.Status != verdict.WrongPassword {
		t.Errorf("the password was stored with the conflict: %s", v.Status)
	}
	if err := save(2)(); err != nil {
		t.Errorf("over it, on purpose: %v", err)
	}
}

// Of several to delete one changes between looking and deleting: it is named, and nothing is deleted.
func TestADeletionNamesWhatChanged(t *testing.T) {
	r := newRig(t)
	a, b := r.create(t, named("A")), r.create(t, named("B"), as("svc-other@contoso.com"))
	store := &lookedAt{Store: profiles.New(r.db), then: func() {
		if err := r.change(b.ID, 1, keeping(named("B2"), as("svc-other@contoso.com")))(); err != nil {
			t.Error(err)
		}
	}}
	slow := profile.NewService(store, r.tenants, nobodyToAsk(), r.ring, profile.Settings{}, r.clock.Now)
	n, err := slow.Delete(ctx, adele, here, []profile.Seen{{ID: a.ID, Version: 1}, {ID: b.ID, Version: 1}})
	if conflict, ok := errors.AsType[*profile.Conflict](err); !ok || conflict.Current.Name != "B2" || n != 0 || len(r.stored(t)) != 2 {
		t.Errorf("deleted %d, %+v, %v", n, conflict, err)
	}
}

// lookedAt lets somebody come between looking and deleting, once.
type lookedAt struct {
	profile.Store
	then func()
	once sync.Once
}

func (l *lookedAt) Delete(ctx context.Context, profiles []profile.Profile, entries ...audit.Entry) error {
	l.once.Do(l.then)
	return l.Store.Delete(ctx, profiles, entries...)
}

// F12: a thousand pairs save one version at the same time: one of each wins, the other sees the winner's, and no update is
// lost.
func TestAThousandContestedEdits(t *testing.T) {
	r := newRig(t)
	p := r.create(t)
	for pair := range int64(1000) {
		type result struct {
			said string
			err  error
		}
		results := make(chan result, 2)
		for _, who := range []access.Caller{adele, ben} {
			go func() {
				said := fmt.Sprintf("%s %d", who.Name, pair)
				_, err := r.Update(ctx, who, here, p.ID, pair+1, keeping(func(d *profile.Draft) { d.Description = said }))
				results <- result{said, err}
			}()
		}
		won, lost := <-results, <-results
		if won.err != nil {
			won, lost = lost, won
		}
		conflict, ok := errors.AsType[*profile.Conflict](lost.err)
		if won.err != nil || !ok || conflict.Current.Description != won.said || conflict.Current.Version != pair+2 {
			t.Fatalf("pair %d: %v and %v", pair, won.err, lost.err)
		}
	}
	links, err := r.db.Activity(ctx, 1000)
	if err != nil || len(links) != 1000 || links[999].Action != profile.Changed {
		t.Errorf("not each of the winners is in the activity log: %v", err)
	}
	if n := r.attempts(); n != 1 {
		t.Errorf("%d attempts, want the first one only", n)
	}
}

// A disk that fails while Microsoft answers: the person hears what it answered, what was stored before stands, and it goes
// on after.
func TestAnAnswerThatCannotBeStoredIsStillHeard(t *testing.T) {
	for name, breakDisk := range sqlitetest.Breakers {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			p := r.create(t)
			if err := r.sim.PatchUser(goodUser, []byte(`{"accountEnabled": false}`)); err != nil {
				t.Fatal(err)
			}
			running := held(t, r, r.validation(p.ID))
			mend := breakDisk(t, r.db)
			out := <-running
			unstored, ok := errors.AsType[*profile.Unstored](out.err)
			if !ok || unstored.Verdict.Status != verdict.AccountBlocked || problem.KindOf(out.err) != problem.Unavailable || !strings.Contains(problem.Message(out.err), "couldn't store") {
				t.Fatalf("the validation: %v", out.err)
			}
			mend()

			refused := held(t, r, r.change(p.ID, 1, draft()))
			mend = breakDisk(t, r.db)
			if refused, ok := errors.AsType[*profile.Refused](<-refused); !ok || refused.Unrecorded == nil || refused.Verdict.Status != verdict.AccountBlocked {
				t.Errorf("a refused save: %+v", refused)
			}
			mend()

			confirmed := held(t, r, r.change(p.ID, 1, draft(as("svc-other@contoso.com"))))
			mend = breakDisk(t, r.db)
			if err := <-confirmed; problem.KindOf(err) != problem.Unavailable || !strings.Contains(problem.Message(err), "confirmed the account") {
				t.Errorf("a confirmed save: %v", err)
			}
			mend()

			if now, err := r.Find(ctx, adele, p.ID); err != nil || now.Status != verdict.Valid || now.Version != 1 || now.Username != goodUser {
				t.Errorf("stored %+v, %v", now, err)
			}
			if err := r.change(p.ID, 1, draft(as("svc-other@contoso.com")))(); err != nil {
				t.Errorf("after mending: %v", err)
			}
			if err := r.db.VerifyActivity(ctx); err != nil {
				t.Error(err)
			}
		})
	}
}
