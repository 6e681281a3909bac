package pool_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/m365sim"
	"purser.example/internal/pool"
	"purser.example/internal/problem"
	"purser.example/internal/run"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/runs"
	"purser.example/internal/sqlite/sqlitetest"
	"purser.example/internal/verdict"
)

// R42, R43: each new password gets its verdict at its row; a bad one costs no good one.
func TestSaveChecksNewPasswords(t *testing.T) {
	r := newRig(t, fixture("", ""))
	reading := r.validated(t, sites, "Pool")
	c := r.change(t, reading.ID, map[string]string{
		"pool01@contoso.com": marked, "pool02@contoso.com": "Wrong-2026!!", "off@contoso.com": marked, "mfa@contoso.com": marked, "ca@contoso.com": marked, "fault@contoso.com": marked,
	})
	saved := r.save(t, c)
	if saved.Checking != 6 || saved.Pool.Number != 1 || !saved.GroupChanged || r.taken.kind[string(saved.Check)] != "pool_check" {
		t.Fatalf("%+v", saved)
	}
	if got := r.standings(t, reading.ID); got["pool01@contoso.com"] != pool.Checking || got["pool03@contoso.com"] != pool.NoPassword {
		t.Errorf("before: %v", got)
	}
	check := r.work(t, saved.Check)
	if check.State != run.Finished || check.Counts[run.Confirmed] != 1 || check.Counts[run.Rejected] != 4 || check.Counts[run.NotReached] != 1 {
		t.Errorf("%+v", check)
	}
	want := map[string]pool.Standing{
		"pool01@contoso.com": pool.Ready, "pool02@contoso.com": pool.Refused, "off@contoso.com": pool.Disabled, "mfa@contoso.com": pool.Refused,
		"ca@contoso.com": pool.Barred, "fault@contoso.com": pool.NotReached, "pool03@contoso.com": pool.NoPassword,
	}
	if got := r.standings(t, reading.ID); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("after: %v\nwant: %v", got, want)
	}
	members := r.rows(t, pool.Query{Reading: reading.ID})
	if m := members["pool01@contoso.com"]; !m.Password || m.Verdict == nil || !m.Verdict.Valid() || m.Set.By != "Adele Vance" {
		t.Errorf("%+v", m)
	}
	if m := members["ca@contoso.com"]; m.Password || m.Failed == nil || m.Failed.Status != verdict.MFARequired || len(m.Failed.Policies) != 1 {
		t.Errorf("R42: conditional access: %+v", m)
	}
	if m := members["pool02@contoso.com"]; m.Password || m.Failed == nil || m.Failed.Status != verdict.WrongPassword {
		t.Errorf("%+v", m)
	}
	for user, n := range r.tried() {
		if n != 1 && user != "fault@contoso.com" {
			t.Errorf("%s was tried %d times", user, n)
		}
	}
	counts := mustReading(t, r, reading.ID).Counts
	if counts.InOrder() != 1 || counts.Trouble() != 6 {
		t.Errorf("%+v", counts)
	}
	r.clean(t)
}

func mustReading(t testing.TB, r *rig, id pool.ReadingID) pool.Reading {
	t.Helper()
	got, err := r.Reading(ctx, adele, id)
	must(t, err)
	return got
}

// R43: what is stored stays where a newer password is refused, and everything at rest is sealed for its own record.
func TestARefusedPasswordLeavesTheStoredOne(t *testing.T) {
	r := newRig(t, fixture("", ""))
	reading := r.validated(t, sites, "Pool")
	r.work(t, r.save(t, r.change(t, reading.ID, map[string]string{"pool01@contoso.com": marked})).Check)
	r.work(t, r.save(t, r.change(t, reading.ID, map[string]string{"pool01@contoso.com": "Wrong-2026!!"})).Check)
	m := r.rows(t, pool.Query{Reading: reading.ID})["pool01@contoso.com"]
	if !m.Password || m.Standing != pool.Refused || m.Failed == nil || m.Verdict == nil {
		t.Errorf("%+v", m)
	}
	r.work(t, r.save(t, r.change(t, reading.ID, map[string]string{"pool01@contoso.com": marked})).Check)
	if m := r.rows(t, pool.Query{Reading: reading.ID})["pool01@contoso.com"]; m.Standing != pool.Ready || m.Failed != nil {
		t.Errorf("%+v", m)
	}
	sealed := column(t, r, "SELECT password FROM pool_credentials")
	opened, err := r.ring.Open(sealed, secret.Record{Table: "pool_credential", ID: contoso + "/sites/" + string(m.User), Field: "password", Facts: secret.FactsOf(m.Username)})
	if err != nil || string(opened.Reveal()) != marked {
		t.Errorf("R60: %v", err)
	}
	if _, err := r.ring.Open(sealed, secret.Record{Table: "pool_credential", ID: contoso + "/project/" + string(m.User), Field: "password", Facts: secret.FactsOf(m.Username)}); err == nil {
		t.Error("R60: it opens for another record")
	}
}

// R34, R42, R43, R44: an app password needs the admin center's address, goes there over the legacy protocol alone, and is stored once
// SharePoint has taken it.
func TestAppPasswordsAndTheAdminCenterR34(t *testing.T) {
	r := newRig(t, fixture("", ""))
	r.legacy(t, true, false)
	reading := r.validated(t, sites, "Pool")
	m := r.rows(t, pool.Query{Reading: reading.ID})["mfa@contoso.com"]
	c := pool.Change{Key: sites, Reading: reading.ID, Members: []pool.MemberChange{{User: m.User, MFA: true, Password: secret.FromString(appWord)}}}
	if _, err := r.Save(ctx, adele, here, c); !strings.Contains(fieldOf(err, pool.FieldAdminURL), "required") {
		t.Fatalf("R44: without the address: %v", err)
	}
	c.AdminURL = "https://contoso-admin.sharepoint.us"
	if _, err := r.Save(ctx, adele, here, c); fieldOf(err, pool.FieldAdminURL) == "" {
		t.Fatalf("R44: another cloud: %v", err)
	}
	c.AdminURL = " HTTPS://Contoso-Admin.SharePoint.com/ "
	saved := r.save(t, c)
	if saved.Checking != 1 || saved.Pool.AdminURL != poolURL {
		t.Fatalf("%+v", saved)
	}
	if got := r.rows(t, pool.Query{Reading: reading.ID})["mfa@contoso.com"]; got.Standing != pool.Checking || got.AppPassword || !got.MFA {
		t.Errorf("before the check: %+v", got)
	}
	if check := r.work(t, saved.Check); check.Counts[run.Confirmed] != 1 {
		t.Errorf("%+v", check)
	}
	got := r.rows(t, pool.Query{Reading: reading.ID, Filter: pool.WithMFA})["mfa@contoso.com"]
	if got.Standing != pool.Ready || !got.AppPassword || !got.MFA || got.Password || got.Verdict == nil || !got.Verdict.AppPassword || got.Verdict.UserID != string(m.User) || got.Verdict.Legacy != verdict.Proved {
		t.Errorf("%+v", got)
	}
	if len(r.tried()) != 0 || r.asked("/_vti_bin/idcrl.svc/") != 1 || r.asked("/rst2.srf") != 1 {
		t.Errorf("the app password went another way: %v", r.sim.Requests())
	}
	// A wrong one leaves it, and is sent once.
	wrong := pool.Change{Key: sites, Seen: 1, AdminURL: poolURL, Members: []pool.MemberChange{{User: m.User, MFA: true, Password: secret.FromString("wrongwrongwrongw")}}}
	r.work(t, r.save(t, wrong).Check)
	got = r.rows(t, pool.Query{Reading: reading.ID})["mfa@contoso.com"]
	if got.Standing != pool.Refused || !got.AppPassword || got.Failed == nil || got.Failed.Status != verdict.WrongPassword || got.Verdict == nil || r.asked("/rst2.srf") != 2 {
		t.Errorf("%+v after %d attempts", got, r.asked("/rst2.srf"))
	}
	// Where Microsoft has retired the protocol, it has accepted the password all the same: what was typed is kept, and the verdict says so.
	r.legacy(t, true, true)
	must(t, r.sim.PatchUser("mfa@contoso.com", []byte(`{"appPassword": "`+secondWord+`"}`)))
	wrong.Seen, wrong.Members[0].Password = 2, secret.FromString(secondWord)
	if check := r.work(t, r.save(t, wrong).Check); check.Counts[run.Warned] != 1 || check.Kept {
		t.Errorf("retired: %+v", check)
	}
	if got = r.rows(t, pool.Query{Reading: reading.ID})["mfa@contoso.com"]; got.Standing != pool.Refused || got.Standing.InOrder() || !got.AppPassword || got.Failed != nil || got.Verdict == nil || got.Verdict.Status != verdict.LegacyRetired || got.Verdict.Proof.Password != verdict.Proved {
		t.Errorf("retired: %+v", got)
	}
	if kept := r.appPassword(t, m); string(kept.Reveal()) != secondWord {
		t.Error("what was typed is not what is stored")
	}
	// A wrong one is refused as ever, and the one before it stays.
	wrong.Seen, wrong.Members[0].Password = 3, secret.FromString("wrongwrongwrongw")
	r.work(t, r.save(t, wrong).Check)
	if got = r.rows(t, pool.Query{Reading: reading.ID})["mfa@contoso.com"]; got.Failed == nil || got.Failed.Status != verdict.WrongPassword || string(r.appPassword(t, m).Reveal()) != secondWord {
		t.Errorf("a wrong one: %+v", got)
	}
	// As long as one member has MFA on, the address stays needed; turned off, it is not.
	later := pool.Change{Key: sites, Seen: 4}
	if _, err := r.Save(ctx, adele, here, later); fieldOf(err, pool.FieldAdminURL) == "" {
		t.Error("R44: the address was dropped while a member has MFA on")
	}
	later.Members = []pool.MemberChange{{User: m.User, MFA: false}}
	r.save(t, later)
	if got := r.rows(t, pool.Query{Reading: reading.ID})["mfa@contoso.com"]; got.Standing != pool.NoPassword || !got.AppPassword {
		t.Errorf("%+v", got)
	}
	later = pool.Change{Key: sites, Seen: 5, Members: []pool.MemberChange{{User: m.User, Forget: true}}}
	r.save(t, later)
	if got := r.rows(t, pool.Query{Reading: reading.ID})["mfa@contoso.com"]; got.AppPassword {
		t.Errorf("%+v", got)
	}
	if r.acted(t, pool.MemberChanged) != 3 {
		t.Errorf("R61: %d entries", r.acted(t, pool.MemberChanged))
	}
	r.clean(t)
}

// secondWord is another app password of the same account.
const secondWord = "ponmlkjihgfedcba"

// appPassword opens the app password that is stored of a member of the pool for sites.
func (r *rig) appPassword(t testing.TB, m pool.Member) secret.Value {
	t.Helper()
	v, err := r.ring.Open(column(t, r, "SELECT app_password FROM pool_credentials"), secret.Record{
		Table: "pool_credential", ID: contoso + "/sites/" + string(m.User), Field: "app_password", Facts: secret.FactsOf(m.Username),
	})
	must(t, err)
	return v
}

// R34: an app password that an older Purser stored without a check is checked with the next Save, whatever else that changes.
func TestAnUncheckedAppPasswordIsCheckedWithTheNextSaveR34(t *testing.T) {
	r := newRig(t, fixture("", ""))
	r.legacy(t, true, false)
	reading := r.validated(t, sites, "Pool")
	m := r.rows(t, pool.Query{Reading: reading.ID})["mfa@contoso.com"]
	first := pool.Change{Key: sites, Reading: reading.ID, AdminURL: poolURL, Members: []pool.MemberChange{{User: m.User, MFA: true, Password: secret.FromString(appWord)}}}
	r.work(t, r.save(t, first).Check)
	must(t, r.db.Write(ctx, func(tx *sqlite.Tx) error {
		_, err := tx.Exec(`UPDATE pool_credentials SET verdict = NULL`)
		if err == nil {
			_, err = tx.Exec(`UPDATE pool_members SET standing = 'unverified' WHERE mfa = 1`)
		}
		return err
	}))
	if got := r.rows(t, pool.Query{Reading: reading.ID})["mfa@contoso.com"]; got.Standing != pool.Unchecked || !got.Standing.InOrder() {
		t.Fatalf("%+v", got)
	}
	saved := r.save(t, pool.Change{Key: sites, Seen: 1, AdminURL: poolURL, Objects: 2500})
	if saved.Checking != 1 {
		t.Fatalf("%+v", saved)
	}
	r.work(t, saved.Check)
	if got := r.rows(t, pool.Query{Reading: reading.ID})["mfa@contoso.com"]; got.Standing != pool.Ready || got.Verdict == nil || r.asked("/rst2.srf") != 2 {
		t.Errorf("%+v", got)
	}
	if again := r.save(t, pool.Change{Key: sites, Seen: 2, AdminURL: poolURL}); again.Checking != 0 {
		t.Errorf("checked once more: %+v", again)
	}
	r.clean(t)
}

// R42: an account whose MFA comes from conditional access does not come in by an app password.
func TestConditionalAccessStaysOut(t *testing.T) {
	r := newRig(t, fixture("", ""))
	reading := r.validated(t, sites, "Pool")
	r.work(t, r.save(t, r.change(t, reading.ID, map[string]string{"ca@contoso.com": marked})).Check)
	m := r.rows(t, pool.Query{Reading: reading.ID})["ca@contoso.com"]
	r.work(t, r.save(t, pool.Change{Key: sites, Seen: 1, AdminURL: poolURL, Members: []pool.MemberChange{{User: m.User, MFA: true, Password: secret.FromString(appWord)}}}).Check)
	if got := r.rows(t, pool.Query{Reading: reading.ID})["ca@contoso.com"]; got.Standing != pool.Barred || got.Standing.InOrder() {
		t.Errorf("%+v", got)
	}
	// Removing what is stored opens no way around the policy either.
	r.save(t, pool.Change{Key: sites, Seen: 2, AdminURL: poolURL, Members: []pool.MemberChange{{User: m.User, Forget: true}}})
	r.work(t, r.save(t, pool.Change{Key: sites, Seen: 3, AdminURL: poolURL, Members: []pool.MemberChange{{User: m.User, MFA: true, Password: secret.FromString(appWord)}}}).Check)
	if got := r.rows(t, pool.Query{Reading: reading.ID})["ca@contoso.com"]; got.Standing != pool.Barred {
		t.Errorf("R42: %+v", got)
	}
}

// R43: what is wrong is said at its field, and then nothing is stored.
func TestSaveRefuses(t *testing.T) {
	r := newRig(t, fixture("", ""))
	reading := r.validated(t, sites, "Pool")
	user := r.rows(t, pool.Query{Reading: reading.ID})["pool01@contoso.com"].User
	other := r.validated(t, pool.Key{Tenant: contoso, Class: pool.Project}, "Pool")
	folders := pool.Key{Tenant: contoso, Class: pool.PublicFolders}
	foldersReading := r.validated(t, folders, "Pool")
	row := pool.FieldMember + "." + string(user)
	with := func(m pool.MemberChange) []pool.MemberChange { m.User = user; return []pool.MemberChange{m} }
	for name, c := range map[string]struct {
		change pool.Change
		field  string
	}{
		"no group":                    {pool.Change{Key: sites, Members: with(pool.MemberChange{})}, pool.FieldGroup},
		"a reading that is not there": {pool.Change{Key: sites, Reading: "gone"}, pool.FieldGroup},
		"a reading of another pool":   {pool.Change{Key: sites, Reading: other.ID}, pool.FieldGroup},
		"an empty group":              {pool.Change{Key: sites, Reading: r.validated(t, sites, "Nobody").ID}, pool.FieldGroup},
		"no member":                   {pool.Change{Key: sites, Reading: reading.ID, Members: []pool.MemberChange{{User: "x"}}}, "member.x"},
		"a member twice":              {pool.Change{Key: sites, Reading: reading.ID, Members: append(with(pool.MemberChange{}), with(pool.MemberChange{})...)}, row},
		"too short":                   {pool.Change{Key: sites, Reading: reading.ID, Members: with(pool.MemberChange{Password: secret.FromString("short")})}, row},
		"app password with a blank":   {pool.Change{Key: sites, Reading: reading.ID, AdminURL: poolURL, Members: with(pool.MemberChange{MFA: true, Password: secret.FromString("ab cd")})}, row},
		"new and removed":             {pool.Change{Key: sites, Reading: reading.ID, Members: with(pool.MemberChange{Forget: true, Password: secret.FromString(marked)})}, row},
		"objects":                     {pool.Change{Key: sites, Reading: reading.ID, Objects: -1}, pool.FieldObjects},
		"public folders":              {pool.Change{Key: folders, Reading: foldersReading.ID, Members: with(pool.MemberChange{Password: secret.FromString(marked)})}, row},
	} {
		_, err := r.Save(ctx, adele, here, c.change)
		if problem.KindOf(err) != problem.Invalid || fieldOf(err, c.field) == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if p, err := r.Pool(ctx, adele, sites); err != nil || p.Number != 0 {
		t.Errorf("something was stored: %+v %v", p, err)
	}
	if _, err := r.Save(ctx, nobody, here, pool.Change{Key: sites}); problem.KindOf(err) != problem.Forbidden {
		t.Errorf("R2: %v", err)
	}
	// Public folders need nothing, so every member that may sign in is in order; a pool of one member can be.
	saved, err := r.Save(ctx, adele, here, pool.Change{Key: folders, Reading: foldersReading.ID, Objects: 10})
	if err != nil || mustReading(t, r, saved.Pool.Reading).Counts.InOrder() != 6 {
		t.Errorf("%+v %v", saved, err)
	}
	if saved := r.save(t, pool.Change{Key: sites, Reading: r.validated(t, sites, "O'Brien & Co").ID}); saved.Pool.Version.Members != 1 {
		t.Errorf("%+v", saved)
	}
}

// R41: the group may go between Validate and Save; where Microsoft does not answer then, what it answered before stands.
func TestAGroupThatGoesBetweenValidateAndSave(t *testing.T) {
	r := newRig(t, fixture("", ""))
	reading := r.validated(t, sites, "O'Brien & Co")
	must(t, r.sim.SetFaults([]m365sim.Fault{{PathPrefix: "/v1.0/groups/", Status: 500}}))
	r.save(t, r.change(t, reading.ID, nil))
	r.sim.ResetFaults()
	twice := r.validated(t, sites, "twice@contoso.com")
	must(t, r.sim.DeleteGroup("twice@contoso.com"))
	if _, err := r.Save(ctx, adele, here, r.change(t, twice.ID, nil)); !strings.Contains(fieldOf(err, pool.FieldGroup), "no longer exists in Microsoft 365") {
		t.Errorf("%v", err)
	}
	must(t, r.sim.DeleteGroup("obrien@contoso.com"))
	if _, err := r.Drift(ctx, adele, here, sites); fieldOf(err, pool.FieldGroup) == "" {
		t.Errorf("%v", err)
	}
}

// R43: a member who is gone from the tenant by now is reported at its row.
func TestAMemberThatGoesBeforeTheCheck(t *testing.T) {
	r := newRig(t, fixture("", ""))
	reading := r.validated(t, sites, "Pool")
	saved := r.save(t, r.change(t, reading.ID, map[string]string{"pool01@contoso.com": marked, "pool02@contoso.com": marked}))
	must(t, r.sim.DeleteUser("pool02@contoso.com"))
	if c := r.work(t, saved.Check); c.Counts[run.Confirmed] != 1 || c.Counts[run.Rejected] != 1 {
		t.Errorf("%+v", c)
	}
	items, _, err := r.runs.Items(ctx, adele, run.ItemQuery{Run: saved.Check, Outcome: run.Rejected})
	if err != nil || len(items) != 1 || items[0].Username != "pool02@contoso.com" || items[0].Verdict.Status != verdict.AccountNotFound || items[0].Kept {
		t.Errorf("%+v %v", items, err)
	}
}

// The second of two administrators gets a conflict, and nothing is overwritten.
func TestTwoAdministrators(t *testing.T) {
	r := newRig(t, fixture("", ""))
	reading := r.validated(t, sites, "Pool")
	first, second := r.change(t, reading.ID, map[string]string{"pool01@contoso.com": marked}), r.change(t, reading.ID, map[string]string{"pool02@contoso.com": marked})
	second.Objects = 5
	r.save(t, first)
	_, err := r.Save(ctx, alex, here, second)
	conflict, ok := errors.AsType[*pool.Conflict](err)
	if !ok || conflict.Current.Number != 1 || conflict.Current.By.By != "Adele Vance" || problem.KindOf(err) != problem.Conflict {
		t.Fatalf("%v", err)
	}
	// At the same moment: one of many.
	var all sync.WaitGroup
	var mu sync.Mutex
	won := 0
	for i := range 8 {
		all.Go(func() {
			c := second
			c.Seen, c.Objects = 1, i+1
			if _, err := r.Save(ctx, alex, here, c); err == nil {
				mu.Lock()
				defer mu.Unlock()
				won++
			} else if problem.KindOf(err) != problem.Conflict {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if p, err := r.Pool(ctx, adele, sites); won != 1 || err != nil || p.Number != 2 {
		t.Errorf("%d won, version %d, %v", won, p.Number, err)
	}
}

// R43, R62: wrong passwords and throttling among fifty cost the others nothing, and nobody is tried twice.
func TestFiftyPasswords(t *testing.T) {
	r := newRig(t, bigGroup(50, 20, 0))
	reading := r.validated(t, sites, "Big pool")
	words := map[string]string{}
	for i := 1; i <= 50; i++ {
		words[fmt.Sprintf("u%05d@contoso.com", i)] = fmt.Sprintf("Gen-%05d!", i)
	}
	for _, i := range []int{7, 23, 41} {
		words[fmt.Sprintf("u%05d@contoso.com", i)] = "Wrong-2026!!"
	}
	saved := r.save(t, r.change(t, reading.ID, words))
	must(t, r.sim.SetFaults([]m365sim.Fault{{PathPrefix: "/" + contoso + "/oauth2", Status: 429, RetryAfter: "1", Times: new(4)}}))
	c := r.work(t, saved.Check)
	if c.Counts[run.Confirmed] != 47 || c.Counts[run.Rejected] != 3 {
		t.Errorf("%+v", c)
	}
	accepted := map[string]int{}
	for _, q := range r.sim.Requests() {
		if q.GrantType == "password" && q.Status != 429 {
			accepted[q.Username]++
		}
	}
	for user, n := range accepted {
		if n > 1 {
			t.Errorf("R62: %s was tried %d times", user, n)
		}
	}
	if counts := mustReading(t, r, reading.ID).Counts; counts.Standings[pool.Ready] != 47 || counts.Standings[pool.Refused] != 3 {
		t.Errorf("%+v", counts)
	}
	r.clean(t)
}

// R43, R62: a Save that was cut off goes on: what was accepted is there, and what may have counted is not repeated.
func TestACheckGoesOnWithoutASecondAttempt(t *testing.T) {
	r := newRig(t, bigGroup(40, 20, 20))
	reading := r.validated(t, sites, "Big pool")
	words := map[string]string{}
	for i := 1; i <= 40; i++ {
		words[fmt.Sprintf("u%05d@contoso.com", i)] = fmt.Sprintf("Gen-%05d!", i)
	}
	saved := r.save(t, r.change(t, reading.ID, words))
	dying, die := contextWithCancel()
	done := make(chan error, 1)
	go func() { done <- r.runs.Work(dying, saved.Check) }()
	waitFor(t, func() bool { return len(r.tried()) >= 10 })
	die()
	if err := <-done; !errors.Is(err, run.ErrHandedBack) {
		t.Fatalf("ended with %v", err)
	}
	stored := mustReading(t, r, reading.ID).Counts.Standings[pool.Ready]
	waiting, err := runs.New(r.db, nil).Waiting(ctx, saved.Check, contoso, 0, 1)
	must(t, err)
	if stored == 0 || len(waiting) == 0 {
		t.Fatalf("%d stored, waiting %v", stored, waiting)
	}
	// As a process that died in the middle of an attempt leaves it.
	must(t, runs.New(r.db, nil).Try(ctx, r.check(t, saved.Check), waiting[0].No, account.KeyOf(contoso, waiting[0].Username), audit.Entry{Action: pool.PasswordBegun}))
	r.start()
	c := r.work(t, saved.Check)
	if c.Counts[run.Confirmed] != 39 || c.Counts[run.Interrupted] != 1 {
		t.Errorf("%+v", c)
	}
	if r.tried()[waiting[0].Username] != 0 {
		t.Error("R62: an attempt that may have counted was repeated")
	}
	if got := r.standings(t, reading.ID)[waiting[0].Username]; got != pool.NotReached || r.acted(t, pool.CutOff) != 1 {
		t.Errorf("%s, %d entries", got, r.acted(t, pool.CutOff))
	}
	// A person decides about it: its password was kept.
	again, err := r.again(saved.Check)
	if err != nil || again.ID != saved.Check || again.Counts[run.Waiting] != 1 {
		t.Fatalf("%+v %v", again, err)
	}
	if c := r.work(t, saved.Check); c.Counts[run.Confirmed] != 40 || c.State != run.Finished {
		t.Errorf("%+v", c)
	}
	for user, n := range r.tried() {
		if n != 1 {
			t.Errorf("%s was tried %d times", user, n)
		}
	}
	if _, err := r.again(saved.Check); problem.KindOf(err) != problem.Invalid {
		t.Errorf("nothing is left: %v", err)
	}
	r.clean(t)
}

// R43: a check can be cancelled; what had its outcome keeps it, and the rest can go on later.
func TestACheckIsCancelled(t *testing.T) {
	r := newRig(t, bigGroup(30, 20, 20))
	reading := r.validated(t, sites, "Big pool")
	words := map[string]string{}
	for i := 1; i <= 30; i++ {
		words[fmt.Sprintf("u%05d@contoso.com", i)] = fmt.Sprintf("Gen-%05d!", i)
	}
	saved := r.save(t, r.change(t, reading.ID, words))
	done := make(chan error, 1)
	go func() { done <- r.runs.Work(ctx, saved.Check) }()
	waitFor(t, func() bool { return len(r.tried()) >= 8 })
	must(t, r.cancelCheck(saved.Check))
	must(t, <-done)
	c, err := r.runs.Find(ctx, adele, r.Checks(), saved.Check)
	must(t, err)
	if c.State != run.Cancelled || c.Counts[run.Dropped] == 0 || c.Counts[run.Confirmed]+c.Counts[run.Dropped] != 30 {
		t.Errorf("%+v", c)
	}
	links, err := r.db.Activity(ctx, 1)
	if err != nil || links[0].Action != pool.CheckEnded || !strings.HasPrefix(links[0].Target.Name, "Contoso: ") {
		t.Errorf("R61: the end of it: %+v %v", links, err)
	}
	if err := r.cancelCheck(saved.Check); problem.KindOf(err) != problem.Conflict {
		t.Errorf("%v", err)
	}
	if _, err := r.again(saved.Check); err != nil {
		t.Fatal(err)
	}
	if c := r.work(t, saved.Check); c.Counts[run.Confirmed] != 30 {
		t.Errorf("%+v", c)
	}
	r.clean(t)
}

// R43: a newer password for a member replaces one that still waits, or whose answer is still on its way.
func TestANewerPasswordReplaces(t *testing.T) {
	r := newRig(t, fixture("", ""))
	reading := r.validated(t, sites, "Pool")
	old := r.save(t, r.change(t, reading.ID, map[string]string{"pool01@contoso.com": "Wrong-2026!!", "pool02@contoso.com": marked}))
	now := r.save(t, r.change(t, reading.ID, map[string]string{"pool01@contoso.com": marked}))
	if c := r.work(t, old.Check); c.Counts[run.Skipped] != 1 || c.Counts[run.Confirmed] != 1 {
		t.Errorf("%+v", c)
	}
	items, _, err := r.runs.Items(ctx, adele, run.ItemQuery{Run: old.Check, Outcome: run.Skipped})
	if err != nil || items[0].Reason != run.Replaced {
		t.Errorf("%+v %v", items, err)
	}
	must(t, r.sim.SetFaults([]m365sim.Fault{{PathPrefix: "/" + contoso + "/oauth2", DelayMs: 200}}))
	done := make(chan error, 1)
	go func() { done <- r.runs.Work(ctx, now.Check) }()
	waitFor(t, func() bool { return r.acted(t, pool.PasswordBegun) == 2 })
	m := r.rows(t, pool.Query{Reading: reading.ID})["pool01@contoso.com"]
	p, err := r.Pool(ctx, adele, sites)
	must(t, err)
	r.save(t, pool.Change{Key: sites, Seen: p.Number, Members: []pool.MemberChange{{User: m.User, Forget: true}}})
	must(t, <-done)
	if m := r.rows(t, pool.Query{Reading: reading.ID})["pool01@contoso.com"]; m.Password || m.Standing != pool.NoPassword {
		t.Errorf("a password came back after it was removed: %+v", m)
	}
	if c, err := r.runs.Find(ctx, adele, r.Checks(), now.Check); err != nil || c.Counts[run.Confirmed] != 0 || c.Counts[run.Skipped] != 1 || c.Kept {
		t.Errorf("R43: what is not stored is called stored: %+v %v", c, err)
	}
	r.clean(t)
}

// R43, R60: a password is stored for the account that it was accepted of, whoever has the username by now.
func TestAUsernameThatChangedHands(t *testing.T) {
	r := newRig(t, fixture("", ""))
	reading := r.validated(t, sites, "Pool")
	saved := r.save(t, r.change(t, reading.ID, map[string]string{"pool01@contoso.com": marked}))
	must(t, r.sim.DeleteUser("pool01@contoso.com"))
	must(t, r.sim.PatchUser("svc-reader@contoso.com", []byte(`{"userPrincipalName": "pool01@contoso.com"}`)))
	if c := r.work(t, saved.Check); c.Counts[run.Confirmed] != 0 || c.Counts[run.Skipped] != 1 {
		t.Errorf("%+v", c)
	}
	if m := r.rows(t, pool.Query{Reading: reading.ID})["pool01@contoso.com"]; m.Password || m.Standing.InOrder() {
		t.Errorf("the password of another account is stored: %+v", m)
	}
}

// R62: one account is tried once at a time, whoever tries it.
func TestOneAttemptAtATimeForAnAccount(t *testing.T) {
	r := newRig(t, fixture("", ""))
	p := r.profile(t, "Backup", "pool01@contoso.com")
	reading := r.validated(t, sites, "Pool")
	saved := r.save(t, r.change(t, reading.ID, map[string]string{"pool01@contoso.com": marked}))
	must(t, r.sim.SetFaults([]m365sim.Fault{{PathPrefix: "/" + contoso + "/oauth2", DelayMs: 300}}))
	r.sim.ResetRequests()
	done := make(chan error, 1)
	go func() { done <- r.runs.Work(ctx, saved.Check) }()
	waitFor(t, func() bool { return r.acted(t, pool.PasswordBegun) == 1 })
	if _, err := r.profiles.Validate(ctx, alex, here, p.ID); problem.KindOf(err) != problem.Conflict || !strings.Contains(problem.Message(err), "Adele Vance") {
		t.Errorf("%v", err)
	}
	must(t, <-done)
	if n := r.tried()["pool01@contoso.com"]; n != 1 {
		t.Errorf("tried %d times", n)
	}
}

// R43, R62: a password whose account somebody else was trying is kept, and can be tried again.
func TestABusyAccountIsKeptForAgain(t *testing.T) {
	r := newRig(t, fixture("", ""))
	reading := r.validated(t, sites, "Pool")
	saved := r.save(t, r.change(t, reading.ID, map[string]string{"pool01@contoso.com": marked, "pool02@contoso.com": "Wrong-2026!!"}))
	release, err := r.accounts.Turn(account.KeyOf(contoso, "POOL01@contoso.com"), alex)
	must(t, err)
	c := r.work(t, saved.Check)
	release()
	if c.Counts[run.Skipped] != 1 || c.Counts[run.Rejected] != 1 || !c.Kept || len(r.tried()) != 1 {
		t.Fatalf("%+v, tried %v", c, r.tried())
	}
	_, err = r.again(saved.Check)
	must(t, err)
	if c := r.work(t, saved.Check); c.Counts[run.Confirmed] != 1 || c.Kept || r.tried()["pool02@contoso.com"] != 1 {
		t.Errorf("%+v, tried %v", c, r.tried())
	}
}

// R62: an outage ends in a few failures; the passwords are kept.
func TestAnOutageKeepsThePasswords(t *testing.T) {
	r := newRig(t, bigGroup(30, 20, 0))
	reading := r.validated(t, sites, "Big pool")
	words := map[string]string{}
	for i := 1; i <= 30; i++ {
		words[fmt.Sprintf("u%05d@contoso.com", i)] = fmt.Sprintf("Gen-%05d!", i)
	}
	saved := r.save(t, r.change(t, reading.ID, words))
	must(t, r.sim.SetFaults([]m365sim.Fault{{PathPrefix: "/common/UserRealm", Reset: true}}))
	if c := r.work(t, saved.Check); c.Counts[run.NotReached] != 30 {
		t.Errorf("%+v", c)
	}
	if len(r.tried()) != 0 {
		t.Error("passwords were sent into an outage")
	}
	r.sim.ResetFaults()
	if c, err := r.again(saved.Check); err != nil || c.Counts[run.Waiting] != 30 {
		t.Fatalf("%+v %v", c, err)
	}
	if c := r.work(t, saved.Check); c.Counts[run.Confirmed] != 30 {
		t.Errorf("%+v", c)
	}
}

// R62: while the disk takes nothing, nothing is asked of Microsoft, and what was answered is stored when it has room again.
func TestAFullDiskLosesNoAnswer(t *testing.T) {
	r := newRig(t, bigGroup(20, 20, 20))
	reading := r.validated(t, sites, "Big pool")
	words := map[string]string{}
	for i := 1; i <= 20; i++ {
		words[fmt.Sprintf("u%05d@contoso.com", i)] = fmt.Sprintf("Gen-%05d!", i)
	}
	saved := r.save(t, r.change(t, reading.ID, words))
	must(t, r.sim.SetFaults([]m365sim.Fault{{PathPrefix: "/" + contoso + "/oauth2", DelayMs: 400}})) // so that the disk fills in the middle
	done := make(chan error, 1)
	go func() { done <- r.runs.Work(ctx, saved.Check) }()
	waitFor(t, func() bool { return len(r.tried()) >= 5 })
	mend := sqlitetest.FillDisk(t, r.db)
	time.Sleep(400 * time.Millisecond)
	before := len(r.tried())
	time.Sleep(400 * time.Millisecond)
	if n := len(r.tried()); n != before || n == 20 {
		t.Errorf("%d passwords were sent while nothing could be written down", n-before)
	}
	mend()
	must(t, <-done)
	c, err := r.runs.Find(ctx, adele, r.Checks(), saved.Check)
	must(t, err)
	if c.Counts[run.Confirmed] != 20 || c.State != run.Finished {
		t.Errorf("%+v", c)
	}
	for user, n := range r.tried() {
		if n != 1 {
			t.Errorf("%s was tried %d times", user, n)
		}
	}
}

func column(t testing.TB, r *rig, query string) (value []byte) {
	t.Helper()
	must(t, r.db.Write(ctx, func(tx *sqlite.Tx) error { return tx.QueryRow(query).Scan(&value) }))
	return value
}
