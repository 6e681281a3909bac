package profile_test

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/profile"
	"purser.example/internal/run"
	"purser.example/internal/secret"
	"purser.example/internal/sheet"
	"purser.example/internal/sqlite/profiles"
	"purser.example/internal/sqlite/sqlitetest"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

const (
	head     = "name,description,tenant,services,username,password,type,admin_center_url\n"
	adminURL = "https://contoso-admin.sharepoint.com"
	appWord  = "abcdefghijklmnop"
)

// importRig is the rig with files to import.
type importRig struct {
	*runRig
	*profile.Imports
	shifts *run.Shifts
}

func newImportRig(t *testing.T) *importRig {
	t.Helper()
	r, _ := newRunRig(t, quick)
	return (&importRig{runRig: r}).again()
}

// again is what a new process finds.
func (r *importRig) again() *importRig {
	again := *r
	again.shifts = run.NewShifts()
	again.Imports = profile.NewImports(r.Service, r.runs.Validations, again.shifts, r.clock.Now, r.logger)
	return &again
}

// bring imports a file and waits for its end.
func (r *importRig) bring(t *testing.T, file string) profile.Import {
	t.Helper()
	id, err := r.Import(ctx, adele, here, "profiles.csv", []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	return r.ended(t, id)
}

func (r *importRig) ended(t *testing.T, id profile.ImportID) profile.Import {
	t.Helper()
	changes, stop := r.Watch(id)
	defer stop()
	for {
		i, err := r.Imports.Find(ctx, adele, "", id)
		if err != nil {
			t.Fatal(err)
		}
		if i.State.Over() {
			return i
		}
		<-changes
	}
}

// outcomes are the rows of a report in one line each.
func (r *importRig) outcomes(t *testing.T, id profile.ImportID) []string {
	t.Helper()
	rows, _, err := r.Rows(adele, profile.RowQuery{Import: id, Limit: profile.MaxImportRows})
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, row := range rows {
		list = append(list, strings.TrimRight(fmt.Sprintf("%s %s %s %s", row.Where, row.Outcome, row.Name, row.Notes), " "))
	}
	return list
}

func (r *importRig) called(t *testing.T, name string) profile.Profile {
	t.Helper()
	found, err := profiles.New(r.db).Called(ctx, []string{account.Fold(name)})
	if err != nil || len(found) != 1 {
		t.Fatalf("%s: %d profiles, %v", name, len(found), err)
	}
	p, err := r.Known(ctx, found[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// password opens the stored password of a profile.
func (r *importRig) password(t *testing.T, p profile.Profile) string {
	t.Helper()
	sealed, err := profiles.New(r.db).Password(ctx, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	v, err := r.ring.Open(sealed, profile.PasswordRecord(p))
	if err != nil {
		t.Fatal(err)
	}
	return string(v.Reveal())
}

// R30, R32: a file is checked without a trace, and imported row by row without a sign-in; what is imported is not validated. The same file
// again changes nothing.
func TestAFileIsCheckedAndImported(t *testing.T) {
	r := newImportRig(t)
	file := head +
		"Backup,\"Nightly,\nall sites\",contoso.onmicrosoft.com,Fly;GASaas," + goodUser + "," + marked + ",,\n" +
		"Classic,,6F1C0000-0000-4000-8000-000000000001,office365backup,mfa@contoso.com," + appWord + ",MFA,HTTPS://Contoso-Admin.SharePoint.com/\n" +
		",,,,,,,\n" +
		"backup,,contoso.onmicrosoft.com,Fly,svc-other@contoso.com," + marked + ",,\n" +
		"'=Sum,,contoso.onmicrosoft.com,\" opus ; Fly;\",svc-other@contoso.com," + marked + ",common," + adminURL + "\n"
	want := []string{
		"line 2 new Backup",
		"line 4 new Classic Classic MFA profile.",
		"line 6 refused backup This name is already in line 2.",
		"line 7 new =Sum",
	}
	id, err := r.Check(ctx, adele, here, "session", "profiles.csv", []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, r.outcomes(t, id)); diff != "" {
		t.Errorf("checked (-want +got):\n%s", diff)
	}
	if len(r.stored(t)) != 0 || len(r.actions(t)) != 1 {
		t.Errorf("a check left %d profiles, %v", len(r.stored(t)), r.actions(t))
	}
	if err := r.ImportChecked(ctx, adele, here, "session", id); err != nil {
		t.Fatal(err)
	}
	i := r.ended(t, id)
	if diff := cmp.Diff(want, r.outcomes(t, id)); diff != "" || i.State != profile.Imported || i.Untested != 3 || i.Held {
		t.Errorf("imported: %+v (-want +got):\n%s", i, diff)
	}
	for name, rig := range map[string]*importRig{"by the same Purser": r, "after a restart": r.again()} { // the log below has one import
		if err := rig.ImportChecked(ctx, adele, here, "session", id); err != nil {
			t.Errorf("imported twice %s: %v", name, err)
		}
	}
	p, classic, sum := r.called(t, "Backup"), r.called(t, "Classic"), r.called(t, "=Sum")
	if p.Kind != profile.Common || p.Status != verdict.NotValidated || !p.Validated.IsZero() || p.Description != "Nightly,\nall sites" || strings.Join(p.Services, " ") != "cloud-governance fly" || p.Created.By != "Adele Vance" || r.password(t, p) != marked {
		t.Errorf("%+v", p)
	}
	if classic.Kind != profile.ClassicMFA || classic.AdminCenterURL != adminURL || classic.Tenant != contoso || r.password(t, classic) != appWord || sum.AdminCenterURL != adminURL || strings.Join(sum.Services, " ") != "fly opus" {
		t.Errorf("%+v, %+v", classic, sum)
	}
	if diff := cmp.Diff([]string{"profile import begun", "profile created", "profile created", "profile created", "profile import continued", "profile import ended"}, r.actions(t)[1:]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	again := r.bring(t, file)
	if want := map[profile.RowOutcome]int{profile.RowUnchanged: 3, profile.RowRefused: 1}; !maps.Equal(nonzero(again.Counts), want) || again.Untested != 3 {
		t.Errorf("the same file again: %+v", again)
	}
	if after := r.called(t, "Backup"); after.Version != 1 || r.attempts() != 0 {
		t.Errorf("version %d, %d sign-ins", after.Version, r.attempts())
	}
	if err := r.db.VerifyActivity(ctx); err != nil {
		t.Error(err)
	}
}

func nonzero(counts map[profile.RowOutcome]int) map[profile.RowOutcome]int {
	maps.DeleteFunc(counts, func(_ profile.RowOutcome, n int) bool { return n == 0 })
	return counts
}

// R30: what the file says otherwise than a profile changes it. Another account, password or admin center is one that nobody has validated;
// what only describes the profile leaves its verdict alone, and an empty password the stored one.
func TestAnImportChangesProfiles(t *testing.T) {
	r := newImportRig(t)
	for _, name := range []string{"Same", "Described", "Password", "Account", "Case", "Kept"} {
		r.create(t, named(name), func(d *profile.Draft) { d.Services = []string{"fly"} })
	}
	r.bring(t, head+"Classic,,"+contoso+",Fly,mfa@contoso.com,"+appWord+",mfa,"+adminURL+"\n")
	row := func(name, description, user, password string) string {
		return name + "," + description + "," + contoso + ",Fly," + user + "," + password + "\n"
	}
	i := r.bring(t, "name,description,tenant,services,username,password\n"+
		row("Same", "Nightly backup", goodUser, marked)+
		row("Described", "Weekly", goodUser, "")+
		row("Password", "Nightly backup", goodUser, "Another-Secret-2026!")+
		row("Account", "Nightly backup", "svc-other@contoso.com", marked)+
		row("CASE", "Nightly backup", "SVC-Backup@contoso.com", "")+
		row("Kept", "Nightly backup", "svc-other@contoso.com", "")+
		row("Classic", "", "mfa@contoso.com", ""))
	if diff := cmp.Diff([]string{
		"line 2 unchanged Same",
		"line 3 changed Described Changes: description.",
		"line 4 changed Password Changes: password. It has to be validated again.",
		"line 5 changed Account Changes: username, password. It has to be validated again.",
		"line 6 changed CASE Changes: name, username.",
		"line 7 refused Kept You changed the tenant or username. Enter the password of that account.",
		"line 8 unchanged Classic",
	}, r.outcomes(t, i.ID)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for name, want := range map[string]verdict.Status{"Same": verdict.Valid, "Described": verdict.Valid, "Password": verdict.NotValidated, "Account": verdict.NotValidated, "CASE": verdict.Valid, "Kept": verdict.Valid} {
		if p := r.called(t, name); p.Status != want || p.Validated.IsZero() != (want == verdict.NotValidated) || p.Verdict.Status != want {
			t.Errorf("%s is %s", name, p.Status)
		}
	}
	if got := r.password(t, r.called(t, "Password")); got != "Another-Secret-2026!" {
		t.Errorf("the password is %q", got)
	}
	if p := r.called(t, "CASE"); p.Name != "CASE" || p.Username != "SVC-Backup@contoso.com" || r.password(t, p) != marked {
		t.Errorf("%+v", p)
	}
	if i.Untested != 3 {
		t.Errorf("%d are not validated", i.Untested)
	}
}

// R62: an app password that Microsoft refused is refused at any admin center. An import that changes nothing but that leaves the profile parked,
// so that no run sends it once more; a new app password is tried.
func TestARefusedAppPasswordStaysRefused(t *testing.T) {
	for name, refused := range map[string]verdict.Verdict{
		"refused last":                  {Status: verdict.WrongPassword, AppPassword: true},
		"refused, and then not reached": {Status: verdict.PolicyBlocked, AppPassword: true, StillRefused: true},
	} {
		t.Run(name, func(t *testing.T) {
			r := newImportRig(t)
			row := func(password, center string) string {
				return head + "Classic,," + contoso + ",Fly,mfa@contoso.com," + password + ",mfa," + center + "\n"
			}
			r.bring(t, row(appWord, adminURL))
			p := r.called(t, "Classic")
			refused.At = r.clock.Now()
			ended := audit.By(adele, here, profile.ValidationEnded, audit.Target{Kind: "profile", ID: string(p.ID), Name: p.Name})
			if err := profiles.New(r.db).Validated(ctx, p, profile.Validation{At: refused.At, By: "Adele", Verdict: refused}, ended); err != nil {
				t.Fatal(err)
			}
			const other = "https://fabrikam-admin.sharepoint.com"
			for _, password := range []string{"", appWord} {
				i := r.bring(t, row(password, other))
				if p := r.called(t, "Classic"); p.AdminCenterURL != other || p.Status != refused.Status || !p.Parked() || i.Untested != 0 {
					t.Errorf("%+v, and %d to be validated", p, i.Untested)
				}
			}
			i := r.bring(t, row("ponmlkjihgfedcba", other))
			if p := r.called(t, "Classic"); p.Status != verdict.NotValidated || p.Parked() || i.Untested != 1 {
				t.Errorf("with a new app password: %+v, and %d to be validated", p, i.Untested)
			}
		})
	}
}

// R30: each refused row says why, in the words of the form, and shows nothing that may be a password in the wrong column.
func TestRefusedRows(t *testing.T) {
	r := newImportRig(t)
	r.create(t, named("Common"))
	r.bring(t, head+"Classic,,"+contoso+",Fly,mfa@contoso.com,"+appWord+",mfa,"+adminURL+"\n")
	for row, says := range map[string]string{
		"," + "d," + contoso + ",Fly," + goodUser + "," + marked + ",,":                                "Enter a name for the profile.",
		"a,," + contoso + ",Fly," + goodUser + ",,,":                                                   "Enter the password of the account.",
		"a,," + contoso + ",Fly," + goodUser + ",short,,":                                              "breaks the rule “8 characters or more”. Correct it in the file.",
		"a,," + contoso + ",Fly,svc," + marked + ",,":                                                  "Enter the full username",
		"a,,,Fly," + goodUser + "," + marked + ",,":                                                    "Enter the ID or a domain of the tenant.",
		"a,,fabrikam.com,Fly," + goodUser + "," + marked + ",,":                                        "a connected tenant. To make its custom domains known, select Check in App management first.",
		"a,," + contoso + ",Fly;Flies," + goodUser + "," + marked + ",,":                               "Service 2 of this row is unknown.",
		"a,," + contoso + ",;," + goodUser + "," + marked + ",,":                                       "Enter at least one service.",
		"a,," + contoso + ",AvePoint Online Services common service," + goodUser + "," + marked + ",,": "Select services from the list only.",
		"a,," + contoso + ",Fly," + goodUser + "," + marked + ",both,":                                 "Enter the type common or mfa.",
		"a,," + contoso + ",Fly," + goodUser + "," + marked + ",mfa,":                                  "A classic MFA profile needs its admin_center_url.",
		"a,," + contoso + ",Fly," + goodUser + "," + marked + ",mfa,https://contoso.sharepoint.com":    "not a SharePoint admin center address",
		"a,," + contoso + ",Fly," + goodUser + ",with blank,mfa," + adminURL:                           "Enter the app password as Microsoft shows it",
		"a,," + contoso + ",Fly," + goodUser + ",,mfa," + adminURL:                                     "Enter the app password of the account.",
		"Common,," + contoso + ",Fly," + goodUser + "," + marked + ",mfa," + adminURL:                  "doesn't become a classic MFA profile",
		"Classic,," + contoso + ",Fly,mfa@contoso.com," + marked + ",common,":                          "open the profile and select Convert.",
		strings.Repeat("x", 121) + ",," + contoso + ",Fly," + goodUser + "," + marked + ",,":           "at most 120 characters",
		"a,," + marked + ",Fly," + marked + "," + marked + ",,":                                        "This tenant is not connected.",
		"a," + contoso: "ends before the column",
	} {
		id, err := r.Check(ctx, adele, here, "s", "f", []byte(head+row+"\n"))
		if err != nil {
			t.Errorf("%.60s: %v", row, err)
			continue
		}
		got := r.outcomes(t, id)
		if len(got) != 1 || !strings.HasPrefix(got[0], "line 2 refused") || !strings.Contains(got[0], says) || strings.Contains(fmt.Sprint(got), marked) {
			t.Errorf("%.60s: %v", row, got)
		}
		if rows, _, err := r.Rows(adele, profile.RowQuery{Import: id}); err != nil || strings.Contains(rows[0].Username, marked) {
			t.Errorf("%.60s: %v %v", row, rows, err)
		}
	}
	if _, err := r.Check(ctx, adele, here, "s", "f", []byte("name,tenant,services,username,color\na,b,c,d,e\n")); problem.KindOf(err) != problem.Invalid || !strings.Contains(problem.Message(err), `unknown columns: "color"`) {
		t.Errorf("an unknown column: %v", err)
	}
	id, err := r.Check(ctx, adele, here, "s", "f", []byte(`[{"name":"a","tenant":"`+contoso+`","services":["FLYOnline"],"username":"`+goodUser+`","password":"`+marked+`"},{"name":"A","tenant":"x","services":"Fly","username":"x"}]`))
	if err != nil {
		t.Fatal(err)
	}
	if got := r.outcomes(t, id); got[0] != "entry 1 new a" || !strings.HasPrefix(got[1], "entry 2 refused A This name is already in entry 1.") {
		t.Errorf("JSON: %v", got)
	}
	if _, err := r.Check(ctx, nobody, here, "s", "f", []byte(head)); problem.KindOf(err) != problem.Forbidden {
		t.Errorf("somebody without a role: %v", err)
	}
}

// R30, R60: a checked file is held for one person, in one session, for ten minutes, one of each, and not beyond what all may take.
func TestACheckedFileIsHeldForAWhile(t *testing.T) {
	r := newImportRig(t)
	file := []byte(head + "a,," + contoso + ",Fly," + goodUser + "," + marked + ",,\n")
	check := func(caller access.Caller, session string) profile.ImportID {
		t.Helper()
		id, err := r.Check(ctx, caller, here, session, "f.csv", file)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	refused := func(what string, caller access.Caller, session string, id profile.ImportID) {
		t.Helper()
		if err := r.ImportChecked(ctx, caller, here, session, id); problem.KindOf(err) != problem.Invalid || problem.Fields(err)[0].Field != profile.FieldFile {
			t.Errorf("%s: %v", what, err)
		}
	}
	other := adele
	other.Subject = "s9"
	id := check(adele, "one")
	refused("another session", adele, "two", id)
	refused("another person", other, "one", id)
	if _, err := r.Imports.Find(ctx, other, "one", id); problem.KindOf(err) != problem.NotFound {
		t.Errorf("another person sees a check: %v", err)
	}
	second := check(adele, "one")
	refused("one that a newer took the place of", adele, "one", id)
	r.clock.Advance(10 * time.Minute)
	refused("one that is too old", adele, "one", second)
	if i, err := r.Imports.Find(ctx, adele, "one", second); err != nil || i.Held {
		t.Errorf("%+v %v", i, err)
	}
	r.Tidy()
	r.clock.Advance(3 * time.Hour)
	r.Tidy()
	if _, err := r.Imports.Find(ctx, adele, "one", second); problem.KindOf(err) != problem.NotFound {
		t.Errorf("an old report: %v", err)
	}
	file = append(file, strings.Repeat("\n", profile.MaxImport-len(file))...)
	var first profile.ImportID
	for n := range 6 {
		other.Subject = fmt.Sprint("p", n)
		if id := check(other, "s"); n == 0 {
			first = id
		}
		r.clock.Advance(time.Second)
	}
	other.Subject = "p0"
	refused("the oldest of too many", other, "s", first)
	if i, err := r.Imports.Find(ctx, other, "s", first); err != nil || i.Held || !i.Reported {
		t.Errorf("%+v %v", i, err)
	}
}

// many is a file of so many rows.
func many(rows int) string {
	var b strings.Builder
	b.WriteString(head)
	for n := range rows {
		fmt.Fprintf(&b, "Profile %05d,,%s,Fly,svc-%05d@contoso.com,%s,,\n", n, contoso, n, marked)
	}
	return b.String()
}

// R30: while one import is under way another one is told to wait, whoever's it is.
func TestOneImportAtATime(t *testing.T) {
	r := newImportRig(t)
	id, err := r.Import(ctx, adele, here, "f", []byte(many(2000)))
	if err != nil {
		t.Fatal(err)
	}
	other := adele
	other.Subject = "s9"
	for _, caller := range []access.Caller{adele, other} {
		if _, err := r.Import(ctx, caller, here, "f", []byte(many(1))); problem.KindOf(err) != problem.Unavailable || !strings.Contains(problem.Message(err), "in progress") {
			t.Errorf("a second import: %v", err)
		}
	}
	if _, err := r.Check(ctx, other, here, "s", "f", []byte(many(1))); err != nil {
		t.Errorf("a check meanwhile: %v", err)
	}
	if i := r.ended(t, id); i.Counts[profile.RowNew] != 2000 || i.Total != 2000 {
		t.Errorf("%+v", i)
	}
	if i := r.bring(t, many(1)); i.Counts[profile.RowUnchanged] != 1 {
		t.Errorf("afterwards: %+v", i)
	}
}

// R30, X36: where nothing can be written any more the import stops, says so, and every profile that is there is whole. The same file then
// brings the rest.
func TestAnImportThatCannotWriteLeavesWholeProfiles(t *testing.T) {
	r := newImportRig(t)
	mend := sqlitetest.FillDiskFor(t, r.db, "profiles", "NEW.name = 'Profile 00750'")
	i := r.bring(t, many(1000))
	if i.State != profile.Stopped || i.Failure == "" || i.Done != 600 || i.Counts[profile.RowWaiting] != 400 || i.Counts[profile.RowNew] != 600 {
		t.Errorf("%+v", i)
	}
	if found, err := profiles.New(r.db).List(ctx, profile.Query{Limit: 1000}); err != nil || len(found.Rows) != 600 {
		t.Errorf("%d profiles, %v", len(found.Rows), err)
	}
	mend()
	if i = r.bring(t, many(1000)); i.State != profile.Imported || i.Counts[profile.RowNew] != 400 || i.Counts[profile.RowUnchanged] != 600 {
		t.Errorf("again: %+v", i)
	}
	if p := r.called(t, "Profile 00750"); r.password(t, p) != marked {
		t.Error("a profile is not whole")
	}
	for name, breakDisk := range sqlitetest.Breakers {
		mend := breakDisk(t, r.db)
		if _, err := r.Import(ctx, adele, here, "f", []byte(many(10))); problem.KindOf(err) != problem.Unavailable {
			t.Errorf("%s: begun: %v", name, err)
		}
		mend()
	}
	if err := r.db.VerifyActivity(ctx); err != nil {
		t.Error(err)
	}
}

// R30: a Purser that stops ends the import at a whole step. What it stored, and how far it came, is known afterwards.
func TestAnImportEndsWithPurser(t *testing.T) {
	r := newImportRig(t)
	id, err := r.Import(ctx, adele, here, "f", []byte(many(10_000)))
	if err != nil {
		t.Fatal(err)
	}
	changes, stop := r.Watch(id)
	<-changes
	stop()
	r.shifts.HandBack()
	i, err := r.Imports.Find(ctx, adele, "", id)
	if err != nil || i.State != profile.Stopped || i.Done == 0 || i.Done%200 != 0 || i.Done == i.Total || i.Failure != "Purser was stopped." {
		t.Fatalf("%+v %v", i, err)
	}
	next := r.again()
	again, err := next.Imports.Find(ctx, adele, "", id)
	if err != nil || again.State != profile.Stopped || again.Done != i.Done || again.Total != 10_000 || again.Counts[profile.RowNew] != i.Done || again.Reported || again.By != "Adele Vance" {
		t.Errorf("after the restart: %+v %v", again, err)
	}
	if _, err := next.Imports.Find(ctx, adele, "", "no-such"); problem.KindOf(err) != problem.NotFound {
		t.Errorf("an unknown one: %v", err)
	}
	if left := next.bring(t, many(1000)); left.Counts[profile.RowUnchanged] < i.Done && left.Counts[profile.RowUnchanged] != 1000 {
		t.Errorf("the same rows again: %+v", left)
	}
}

// R30, R76: somebody who comes between looking and storing wins; the row says so and costs no other. So does an account that is being
// validated, and a tenant that went.
func TestAnImportMeetsOthers(t *testing.T) {
	r := newImportRig(t)
	kept := r.create(t, named("Busy"))
	release, err := r.accounts.Turn(account.KeyOf(kept.Tenant, kept.Username), adele)
	if err != nil {
		t.Fatal(err)
	}
	r.Service = profile.NewService(profiles.New(r.db), r.tenants, r.accounts, r.ring, profile.Settings{}, r.clock.Now)
	i := r.again().bring(t, head+"Busy,Nightly backup,"+contoso+",Fly;Cloud Governance,"+goodUser+",Another-Secret-2026!,,\nFree,,"+contoso+",Fly,"+goodUser+","+marked+",,\n")
	if i.Counts[profile.RowRefused] != 1 || i.Counts[profile.RowNew] != 1 {
		t.Errorf("%+v", i)
	}
	release()
	if r.called(t, "Busy").Status != verdict.Valid {
		t.Error("the profile was changed during its validation")
	}
	gone := tenant.ID("6f1c0000-0000-4000-8000-0000000000ff")
	taken := kept
	taken.ID, taken.Name = "new", "FREE"
	lost, late := taken, kept
	lost.ID, lost.Name, lost.Tenant, late.Version = "lost", "Lost", gone, 9
	failed, err := profiles.New(r.db).Bring(ctx, []profile.Brought{{Profile: taken, Password: []byte("x")}, {Profile: lost, Password: []byte("x")}, {Profile: late, Was: 8}}, nil)
	if err != nil || !errors.Is(failed[0], profile.ErrNameTaken) || !errors.Is(failed[1], profile.ErrNoTenant) || !errors.Is(failed[2], profile.ErrChanged) {
		t.Errorf("%v %v", failed, err)
	}
}

// R30: one click validates what was imported.
func TestImportedProfilesAreValidatedInARun(t *testing.T) {
	r := newImportRig(t)
	i := r.bring(t, head+"A,,"+contoso+",Fly,"+goodUser+","+marked+",,\nB,,"+contoso+",Fly,svc-other@contoso.com,"+marked+",,\nC,,nowhere,Fly,svc@contoso.com,"+marked+",,\n")
	begun, err := r.Imports.Validate(ctx, adele, here, i.ID)
	if err != nil || begun.Total != 2 || begun.Title != "Imported profiles" {
		t.Fatalf("%+v %v", begun, err)
	}
	// Whoever selects twice does not sign in twice.
	if i, err := r.Imports.Find(ctx, adele, "", i.ID); err != nil || i.Untested != 0 {
		t.Errorf("%d are left to be validated, %v", i.Untested, err)
	}
	if _, err := r.Imports.Validate(ctx, adele, here, i.ID); problem.KindOf(err) != problem.Invalid {
		t.Errorf("validated again: %v", err)
	}
	if err := r.runs.Work(ctx, begun.ID); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"A", "B"} {
		if p := r.called(t, name); p.Status != verdict.Valid {
			t.Errorf("%s is %s", name, p.Status)
		}
	}
	checked, err := r.Check(ctx, adele, here, "s", "f", []byte(head+"D,,"+contoso+",Fly,"+goodUser+","+marked+",,\n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Imports.Validate(ctx, adele, here, checked); problem.KindOf(err) != problem.Invalid {
		t.Errorf("of a check: %v", err)
	}
}

// R30, R44: an admin center that is not the tenant's usual one is told where it comes or changes, and keeps no row out.
func TestAnotherAdminCenterIsTold(t *testing.T) {
	r := newImportRig(t)
	classic := func(name, address string) string {
		return name + ",," + contoso + ",Fly,mfa@contoso.com," + appWord + ",mfa," + address + "\n"
	}
	r.bring(t, head+classic("Old", adminURL)+classic("Same", "https://fabrikam-admin.sharepoint.com"))
	id, err := r.Check(ctx, adele, here, "s", "f", []byte(head+classic("Old", "https://fabrikam-admin.sharepoint.com")+classic("Same", "https://fabrikam-admin.sharepoint.com")+classic("New", "https://fabrikam-admin.sharepoint.com")))
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range r.outcomes(t, id) {
		if told := strings.Contains(row, "This is not the usual admin center of "); told != (i != 1) || strings.Contains(row, "refused") {
			t.Errorf("%q", row)
		}
	}
}

// R30: what an export gives out comes back as it was, whatever the profile is short of: an admin center that nobody has entered, or that is not
// allowed any more, keeps no row out as long as the app password stays.
func TestAnExportComesBackWhole(t *testing.T) {
	r := newImportRig(t)
	services := []string{"fly", "opus"}
	former := profile.NewService(profiles.New(r.db), r.tenants, r.accounts, r.ring, profile.Settings{AdminCenterHosts: []string{"spo.fabrikam.com"}}, r.clock.Now)
	adopt := func(name, about, center string) {
		t.Helper()
		if _, err := former.Adopt(ctx, adele, here, profile.Draft{Name: name, Description: about, Tenant: contoso, Services: services, Username: "mfa@contoso.com", Password: secret.FromString(appWord), AdminCenterURL: center}); err != nil {
			t.Fatal(err)
		}
	}
	adopt("Without an admin center", "", "")
	adopt("Elsewhere", "", "https://spo.fabrikam.com")
	adopt("=Formula, \"quoted\"; and more", "=1+1\n'=2\n\tin lines; with, all \"signs\"", adminURL)
	adopt("'=Disarmed", "'", adminURL)
	r.create(t, named("Common"))
	export := func() string {
		t.Helper()
		var file strings.Builder
		table := sheet.NewWriter(&file, profile.ExportHead...)
		if err := r.Export(ctx, adele, here, profile.Query{}, "all", func(rows [][]string) error {
			for _, row := range rows {
				if err := table.Row(row...); err != nil {
					return err
				}
			}
			return table.Flush()
		}); err != nil {
			t.Fatal(err)
		}
		return file.String()
	}
	file := export()
	if i := r.bring(t, file); i.Counts[profile.RowUnchanged] != 5 {
		t.Errorf("%+v\n%s\n%s", i.Counts, strings.Join(r.outcomes(t, i.ID), "\n"), file)
	}
	if again := export(); again != file {
		t.Errorf("afterwards the export is\n%s\nand was\n%s", again, file)
	}
	for name, row := range map[string]string{
		"another app password": "Without an admin center,,contoso.onmicrosoft.com,Fly,mfa@contoso.com,ponmlkjihgfedcba,mfa,",
		"another host":         "Without an admin center,,contoso.onmicrosoft.com,Fly,mfa@contoso.com,,mfa,https://spo.fabrikam.com",
	} {
		if i := r.bring(t, head+row+"\n"); i.Counts[profile.RowRefused] != 1 {
			t.Errorf("%s: %v", name, r.outcomes(t, i.ID))
		}
	}
}

// R30: a tenant is found by its id and by each of its domains, in any case, as long as no other connected tenant has the domain, too.
func TestTenantsAreFoundByTheirDomains(t *testing.T) {
	other := tenant.Tenant{ID: "6f1c0000-0000-4000-8000-000000000002", InitialDomain: "fabrikam.onmicrosoft.com", Facts: tenant.Facts{Domains: []tenant.Domain{{Name: "shared.com"}}}}
	connected := []tenant.Tenant{{ID: contoso, InitialDomain: "contoso.onmicrosoft.com", Facts: tenant.Facts{Domains: []tenant.Domain{{Name: "contoso.com"}, {Name: "shared.com"}}}}, other}
	for text, want := range map[string]tenant.ID{
		contoso: contoso, " CONTOSO.com\u00a0": contoso, "contoso.onmicrosoft.com": contoso, strings.ToUpper(string(other.ID)): other.ID, "fabrikam.onmicrosoft.com": other.ID, "shared.com": "", "": "", "contoso": "",
	} {
		if got := profile.TenantCalled(connected, text).ID; got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}
