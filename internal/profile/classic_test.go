package profile_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/problem"
	"purser.example/internal/profile"
	"purser.example/internal/run"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite/accounts"
	"purser.example/internal/sqlite/appprofiles"
	"purser.example/internal/sqlite/profiles"
	"purser.example/internal/verdict"
)

const (
	appPassword = "abcdefghijklmnop"
	adminCenter = "https://contoso-admin.sharepoint.com"
)

// classicRig is the rig with a stand-in for the legacy protocol: it keeps what it is asked and says what the test wants. Everything else
// goes to the real client.
type classicRig struct {
	*rig
	says  verdict.Verdict
	asked []account.Account
	sent  []string // app passwords, as they were when they came
}

func (r *classicRig) Validate(ctx context.Context, a account.Account) verdict.Verdict {
	if !a.AppPassword {
		return r.validator.Validate(ctx, a)
	}
	r.asked, r.sent = append(r.asked, a), append(r.sent, string(a.Password.Reveal()))
	v := r.says
	v.At, v.Attempted = r.clock.Now(), true
	return v
}

func newClassicRig(t *testing.T) *classicRig {
	t.Helper()
	r := &classicRig{rig: newRig(t), says: verdict.Verdict{Status: verdict.Valid}}
	r.use(profile.Settings{})
	return r
}

// use joins the service anew with other settings.
func (r *classicRig) use(settings profile.Settings) {
	r.accounts = account.NewService(account.Parts{Store: accounts.New(r.db), Tenants: r.tenants, Apps: r.apps, Validator: r, Limits: account.Usual, Now: r.clock.Now})
	store := profiles.New(r.db).KeptBy(accounts.Keepers{profile.PlaceKind: profiles.Renew})
	r.Service = profile.NewService(store, r.tenants, r.accounts, r.ring, settings, r.clock.Now)
	r.accounts.KeptBy(r.Service)
}

// adopt stores a classic MFA profile of the account that the simulator knows.
func (r *classicRig) adopt(t *testing.T, changes ...func(*profile.Draft)) profile.Profile {
	t.Helper()
	p, err := r.Adopt(ctx, adele, here, draft(slices.Concat([]func(*profile.Draft){appOnly}, changes)...))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func appOnly(d *profile.Draft) {
	d.Name, d.Password, d.AdminCenterURL = "Classic", secret.FromString(appPassword), adminCenter
}

// edited is the classic form as it opens for a profile, with changes.
func edited(p profile.Profile, changes ...func(*profile.ClassicDraft)) profile.ClassicDraft {
	d := profile.ClassicDraft{Name: p.Name, Description: p.Description, MFA: true, Username: p.Username, Custom: true, AdminCenterURL: p.AdminCenterURL}
	for _, change := range changes {
		change(&d)
	}
	return d
}

func typing(password string) func(*profile.ClassicDraft) {
	return func(d *profile.ClassicDraft) { d.Password = secret.FromString(password) }
}

func converting(d *profile.ClassicDraft) { d.MFA, d.Confirmed, d.Custom = false, true, false }

// sameAs reports whether everything that is stored of a profile is as it was.
func (r *classicRig) sameAs(t *testing.T, was profile.Details) {
	t.Helper()
	now := r.details(t, was.ID)
	if now.Version != was.Version || now.Status != was.Status || now.Kind != was.Kind || now.Username != was.Username || now.AdminCenterURL != was.AdminCenterURL || len(now.History) != len(was.History) {
		t.Errorf("stored is %+v, and was %+v", now.Profile, was.Profile)
	}
}

func (r *classicRig) details(t *testing.T, id profile.ID) profile.Details {
	t.Helper()
	d, err := r.Details(ctx, adele, id)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (r *classicRig) last(t *testing.T, n int) []string {
	t.Helper()
	actions := r.actions(t)
	return actions[max(0, len(actions)-n):]
}

// fieldsOf are the fields that a refusal names.
func fieldsOf(err error) (fields []string) {
	for _, f := range problem.Fields(err) {
		fields = append(fields, f.Field)
	}
	return fields
}

// R30: a profile of the classic UI is stored as it was there, and nobody has validated it.
func TestAnAdoptedProfileIsNotValidated(t *testing.T) {
	r := newClassicRig(t)
	p := r.adopt(t)
	d := r.details(t, p.ID)
	if d.Kind != profile.ClassicMFA || d.Status != verdict.NotValidated || !d.Validated.IsZero() || len(d.History) != 0 || d.AdminCenterURL != adminCenter {
		t.Errorf("stored %+v with %d validations", d.Profile, len(d.History))
	}
	if len(r.asked) != 0 || r.attempts() != 0 || !slices.Equal(r.last(t, 1), []string{"profile created"}) {
		t.Errorf("asked %d times, activity %v", len(r.asked), r.last(t, 1))
	}
	for name, c := range map[string]struct {
		change func(*profile.Draft)
		field  string
	}{
		"a name that is taken":     {func(*profile.Draft) {}, profile.FieldName},
		"a password in four parts": {func(d *profile.Draft) { d.Name, d.Password = "Second", secret.FromString("abcd efgh ijkl mnop") }, profile.FieldPassword},
		"no password":              {func(d *profile.Draft) { d.Name, d.Password = "Second", secret.Value{} }, profile.FieldPassword},
		"another cloud's address":  {func(d *profile.Draft) { d.Name, d.AdminCenterURL = "Second", "https://contoso-admin.sharepoint.us" }, profile.FieldAdminCenterURL},
	} {
		if _, err := r.Adopt(ctx, adele, here, draft(appOnly, c.change)); !slices.Equal(fieldsOf(err), []string{c.field}) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := r.Adopt(ctx, nobody, here, draft(appOnly)); problem.KindOf(err) != problem.Forbidden {
		t.Errorf("without the right: %v", err)
	}
}

// R34: Validation Test signs in once with what is typed, or with the stored app password, and stores nothing but the attempt.
func TestAValidationTestStoresNothing(t *testing.T) {
	r := newClassicRig(t)
	p := r.adopt(t)
	was := r.details(t, p.ID)
	for name, c := range map[string]struct {
		change func(*profile.ClassicDraft)
		says   verdict.Status
		sent   string
		user   string
		host   string
	}{
		"as stored":          {func(*profile.ClassicDraft) {}, verdict.LegacyRetired, appPassword, goodUser, "contoso-admin.sharepoint.com"},
		"as typed":           {typing("ponmlkjihgfedcba"), verdict.WrongPassword, "ponmlkjihgfedcba", goodUser, "contoso-admin.sharepoint.com"},
		"of another account": {func(d *profile.ClassicDraft) { typing(appPassword)(d); d.Username = " other@contoso.com " }, verdict.Valid, appPassword, "other@contoso.com", "contoso-admin.sharepoint.com"},
		"at another place":   {func(d *profile.ClassicDraft) { d.AdminCenterURL = "HTTPS://Fabrikam-admin.sharepoint.com/" }, verdict.Valid, appPassword, goodUser, "fabrikam-admin.sharepoint.com"},
	} {
		r.asked, r.sent, r.says = nil, nil, verdict.Verdict{Status: c.says}
		tested, err := r.Test(ctx, adele, here, p.ID, edited(p, c.change))
		if err != nil || tested.Verdict.Status != c.says || tested.Unrecorded != nil {
			t.Errorf("%s: %+v, %v", name, tested, err)
		}
		if len(r.asked) != 1 || r.sent[0] != c.sent || r.asked[0].Username != c.user || r.asked[0].AdminCenter != c.host {
			t.Errorf("%s: asked %d times, with %q of %+v", name, len(r.asked), r.sent, r.asked)
		}
		if !slices.Equal(r.last(t, 2), []string{"validation begun", "validation ended"}) {
			t.Errorf("%s: activity %v", name, r.last(t, 2))
		}
		r.sameAs(t, was)
	}
	// With Enable MFA cleared, it is the account's own password, and tells the roles.
	r.asked = nil
	tested, err := r.Test(ctx, adele, here, p.ID, edited(p, converting, typing(marked)))
	if err != nil || !tested.Verdict.Valid() || len(tested.Verdict.Roles) != 1 || len(r.asked) != 0 || r.attempts() != 1 {
		t.Errorf("R32, without MFA: %+v, %v", tested.Verdict, err)
	}
	r.sameAs(t, was)
}

// R32, R34: what cannot be right is refused beside its field, and nothing is sent.
func TestAClassicFormIsRefusedBeforeAnythingIsSent(t *testing.T) {
	r := newClassicRig(t)
	p := r.adopt(t)
	r.create(t, as("svc-other@contoso.com"), named("Taken"))
	r.sim.ResetRequests()
	for name, c := range map[string]struct {
		change func(*profile.ClassicDraft)
		field  string
		test   bool // a Validation Test refuses it too
	}{
		"no name":                    {func(d *profile.ClassicDraft) { d.Name = " " }, profile.FieldName, false},
		"a name that is taken":       {func(d *profile.ClassicDraft) { d.Name = "TAKEN" }, profile.FieldName, false},
		"a long description":         {func(d *profile.ClassicDraft) { d.Description = strings.Repeat("x", 1001) }, profile.FieldDescription, false},
		"half a username":            {func(d *profile.ClassicDraft) { d.Username = "svc-backup"; typing(appPassword)(d) }, profile.FieldUsername, true},
		"another username alone":     {func(d *profile.ClassicDraft) { d.Username = "svc-other@contoso.com" }, profile.FieldPassword, true},
		"blanks in the app password": {typing("abcd efgh ijkl mnop"), profile.FieldPassword, true},
		"no admin center":            {func(d *profile.ClassicDraft) { d.AdminCenterURL = "" }, profile.FieldAdminCenterURL, true},
		"the default one, with MFA":  {func(d *profile.ClassicDraft) { d.Custom, d.AdminCenterURL = false, "" }, profile.FieldAdminCenterURL, true},
		"a site":                     {func(d *profile.ClassicDraft) { d.AdminCenterURL = "https://contoso.sharepoint.com" }, profile.FieldAdminCenterURL, true},
		"a custom one that is none":  {func(d *profile.ClassicDraft) { converting(d); typing(marked)(d); d.Custom, d.AdminCenterURL = true, "" }, profile.FieldAdminCenterURL, true},
		"a conversion without one":   {converting, profile.FieldPassword, true},
		"a short password":           {func(d *profile.ClassicDraft) { converting(d); typing("short")(d) }, profile.FieldPassword, true},
	} {
		if _, err := r.UpdateClassic(ctx, adele, here, p.ID, p.Version, edited(p, c.change)); !slices.Equal(fieldsOf(err), []string{c.field}) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := r.Test(ctx, adele, here, p.ID, edited(p, c.change)); c.test && !slices.Equal(fieldsOf(err), []string{c.field}) {
			t.Errorf("%s, tested: %v", name, err)
		}
	}
	for _, err := range []error{
		second(r.UpdateClassic(ctx, nobody, here, p.ID, p.Version, edited(p))), second(r.Test(ctx, nobody, here, p.ID, edited(p))),
	} {
		if problem.KindOf(err) != problem.Forbidden {
			t.Errorf("without the right: %v", err)
		}
	}
	if r.attempts() != 0 {
		t.Errorf("%d passwords were sent", r.attempts())
	}
}

func second[T any](_ T, err error) error { return err }

// R31, R19: an edit signs in only where the username or the app password is another one.
func TestAnEditOfAClassicProfile(t *testing.T) {
	r := newClassicRig(t)
	p := r.adopt(t)
	p, err := r.UpdateClassic(ctx, adele, here, p.ID, p.Version, edited(p, func(d *profile.ClassicDraft) {
		d.Name, d.Description, d.AdminCenterURL, d.Username = "Classic, renamed", "By hand", "https://fabrikam-admin.sharepoint.com", strings.ToUpper(goodUser)
	}))
	if err != nil || len(r.asked) != 0 {
		t.Fatalf("asked %d times: %v", len(r.asked), err)
	}
	d := r.details(t, p.ID)
	if d.Version != 2 || d.Name != "Classic, renamed" || d.AdminCenterURL != "https://fabrikam-admin.sharepoint.com" || d.Status != verdict.NotValidated || d.Kind != profile.ClassicMFA {
		t.Errorf("stored %+v", d.Profile)
	}
	if !slices.Equal(r.last(t, 1), []string{"profile changed"}) {
		t.Errorf("activity %v", r.last(t, 1))
	}
	if v, err := r.Service.Validate(ctx, adele, here, p.ID); err != nil || !v.Valid() || r.sent[0] != appPassword { // it still opens
		t.Errorf("%s, %v", v.Status, err)
	}
	// Two editors: the second sees what the first stored.
	_, err = r.UpdateClassic(ctx, adele, here, p.ID, 1, edited(p))
	if conflict, ok := errors.AsType[*profile.Conflict](err); !ok || conflict.Current.Version != 2 {
		t.Errorf("an older version: %v", err)
	}
}

// R34, R17: an app password is stored where Microsoft confirmed it, or refused nothing but the protocol; otherwise nothing is, and it was
// sent once. It goes to no other place of the account.
func TestANewAppPassword(t *testing.T) {
	for status, stored := range map[verdict.Status]bool{
		verdict.Valid: true, verdict.LegacyRetired: true,
		verdict.WrongPassword: false, verdict.PolicyBlocked: false, verdict.AccountNotFound: false, verdict.AccountLocked: false, verdict.Unreachable: false,
	} {
		t.Run(string(status), func(t *testing.T) {
			r := newClassicRig(t)
			p := r.adopt(t)
			other := r.create(t, named("Common"))
			was := r.details(t, p.ID)
			r.says = verdict.Verdict{Status: status}
			_, err := r.UpdateClassic(ctx, adele, here, p.ID, p.Version, edited(p, typing("ponmlkjihgfedcba")))
			if len(r.sent) != 1 {
				t.Errorf("sent %d times", len(r.sent))
			}
			if !stored {
				if refused, ok := errors.AsType[*profile.Refused](err); !ok || refused.Verdict.Status != status || refused.Unrecorded != nil {
					t.Errorf("err = %v", err)
				}
				r.sameAs(t, was)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			now := r.details(t, p.ID)
			if now.Status != status || now.Version != 2 || len(now.History) != 1 || now.Kind != profile.ClassicMFA {
				t.Errorf("stored %+v", now.Profile)
			}
			if _, err := r.Service.Validate(ctx, adele, here, p.ID); err != nil || r.sent[1] != "ponmlkjihgfedcba" {
				t.Errorf("stored is %q, %v", r.sent[1:], err)
			}
			if found := r.details(t, other.ID); found.Version != 1 {
				t.Error("the app password went to a common profile of the account")
			}
			if v, err := r.Service.Validate(ctx, adele, here, other.ID); err != nil || !v.Valid() {
				t.Errorf("the common profile is %s, %v", v.Status, err)
			}
		})
	}
}

// R33: Enable MFA cleared, a Save converts after a validation as a common profile, once somebody has confirmed it. Every use stays, the
// app password is gone, the new UI edits the profile, and there is no way back.
func TestAConversion(t *testing.T) {
	r := newClassicRig(t)
	p := r.adopt(t)
	other := r.create(t, named("Common"))
	r.UsedBy(user{func(asked profile.Profile) ([]profile.Use, error) {
		if asked.ID != p.ID {
			return nil, nil
		}
		return []profile.Use{{Kind: "account pool", ID: "sites", Name: "Pool of " + asked.Username}}, nil
	}})
	refused := verdict.Verdict{Status: verdict.WrongPassword, Code: "AADSTS50126", At: r.clock.Now()}
	if err := profiles.New(r.db).Validated(ctx, other, profile.Validation{At: refused.At, Verdict: refused}, audit.Entry{}); err != nil {
		t.Fatal(err)
	}
	was := r.details(t, p.ID)
	r.sim.ResetRequests()
	unconfirmed := func(d *profile.ClassicDraft) { d.Confirmed = false }
	if _, err := r.UpdateClassic(ctx, adele, here, p.ID, p.Version, edited(p, converting, typing(marked), unconfirmed)); !errors.Is(err, profile.ErrUnconfirmed) || r.attempts() != 0 {
		t.Errorf("unconfirmed: %v, %d attempts", err, r.attempts())
	}
	_, err := r.UpdateClassic(ctx, adele, here, p.ID, p.Version, edited(p, converting, typing("Not-The-Password1")))
	if refused, ok := errors.AsType[*profile.Refused](err); !ok || refused.Verdict.Status != verdict.WrongPassword || r.attempts() != 1 {
		t.Errorf("a wrong password: %v, %d attempts", err, r.attempts())
	}
	r.sameAs(t, was)

	made, err := r.UpdateClassic(ctx, adele, here, p.ID, p.Version, edited(p, converting, typing(marked)))
	if err != nil || len(r.asked) != 0 {
		t.Fatalf("%v, asked %d times with an app password", err, len(r.asked))
	}
	now := r.details(t, p.ID)
	if now.Kind != profile.Common || now.Status != verdict.Valid || now.Version != 2 || now.AdminCenterURL != "" || len(now.Verdict.Roles) != 1 || len(now.History) != 1 {
		t.Errorf("stored %+v", now.Profile)
	}
	if !slices.Equal(now.Uses, was.Uses) || len(now.Uses) != 1 || !slices.Equal(now.Profile.Services, was.Profile.Services) || now.Tenant != was.Tenant {
		t.Errorf("used by %v, and was by %v", now.Uses, was.Uses)
	}
	if !slices.Equal(r.last(t, 4), []string{"validation begun", "validation ended", "profile converted", "profile changed"}) || len(now.Changes) != 2 {
		t.Errorf("activity %v, changes %d", r.last(t, 4), len(now.Changes)) // the last one is of the other profile
	}
	if len(made.Renewed) != 1 || r.details(t, other.ID).Version != 2 {
		t.Errorf("the account's other place got nothing: %v", made.Renewed)
	}
	if v, err := r.Service.Validate(ctx, adele, here, p.ID); err != nil || !v.Valid() || len(r.asked) != 0 {
		t.Errorf("validated as a common profile: %s, %v", v.Status, err)
	}
	if p, err := r.Update(ctx, adele, here, p.ID, 2, draft(named("New UI"), func(d *profile.Draft) { d.Password = secret.Value{} })); err != nil || p.Name != "New UI" {
		t.Errorf("edited in the new UI: %v", err)
	}
	for name, err := range map[string]error{
		"posting MFA on": second(r.UpdateClassic(ctx, adele, here, p.ID, 3, edited(p))),
		"a test":         second(r.Test(ctx, adele, here, p.ID, edited(p))),
	} {
		if conflict, ok := errors.AsType[*profile.Conflict](err); !ok || conflict.Current.Kind != profile.Common {
			t.Errorf("the way back, %s: %v", name, err)
		}
	}
	if err := r.db.VerifyActivity(ctx); err != nil {
		t.Error(err)
	}
	if strings.Contains(r.log.String(), marked) || strings.Contains(r.log.String(), appPassword) {
		t.Error("R60: the log holds a password")
	}
}

// R33, R32: a conversion keeps a custom admin center, which scans go by and the pane can take away.
func TestAConversionKeepsACustomAdminCenter(t *testing.T) {
	r := newClassicRig(t)
	r.use(profile.Settings{AdminCenterHosts: []string{"admin.contoso.com"}})
	p := r.adopt(t)
	custom := func(d *profile.ClassicDraft) { d.Custom, d.AdminCenterURL = true, "https://Admin.Contoso.com" }
	p, err := r.UpdateClassic(ctx, adele, here, p.ID, p.Version, edited(p, converting, custom, typing(marked)))
	if err != nil || p.AdminCenterURL != "https://admin.contoso.com" {
		t.Fatalf("%s, %v", p.AdminCenterURL, err)
	}
	keep := func(url string) func(*profile.Draft) {
		return func(d *profile.Draft) { d.Name, d.Password, d.AdminCenterURL = p.Name, secret.Value{}, url }
	}
	if _, err := r.Update(ctx, adele, here, p.ID, 2, draft(keep("https://elsewhere.example"))); !slices.Equal(fieldsOf(err), []string{profile.FieldAdminCenterURL}) {
		t.Errorf("an address that is none: %v", err)
	}
	if p, err := r.Update(ctx, adele, here, p.ID, 2, draft(keep("https://admin.contoso.com"))); err != nil || p.AdminCenterURL == "" {
		t.Errorf("kept: %q, %v", p.AdminCenterURL, err)
	}
	if p, err := r.Update(ctx, adele, here, p.ID, 3, draft(keep(""))); err != nil || p.AdminCenterURL != "" {
		t.Errorf("taken away: %q, %v", p.AdminCenterURL, err)
	}
}

// R30, R34: a profile whose admin center is missing, or is not allowed any more, is not tried, alone or in a run.
func TestAnAppPasswordNeedsItsAdminCenter(t *testing.T) {
	r := newClassicRig(t)
	r.use(profile.Settings{AdminCenterHosts: []string{"admin.contoso.com"}})
	missing := r.adopt(t, named("Missing"), func(d *profile.Draft) { d.AdminCenterURL = "" })
	withdrawn := r.adopt(t, named("Withdrawn"), func(d *profile.Draft) { d.AdminCenterURL = "https://admin.contoso.com" })
	if v, err := r.Service.Validate(ctx, adele, here, withdrawn.ID); err != nil || !v.Valid() {
		t.Errorf("control: %s, %v", v.Status, err)
	}
	r.use(profile.Settings{})
	for _, p := range []profile.Profile{missing, withdrawn} {
		if _, err := r.Service.Validate(ctx, adele, here, p.ID); problem.KindOf(err) != problem.Invalid || !strings.Contains(problem.Message(err), "admin center") {
			t.Errorf("%s: %v", p.Name, err)
		}
	}
	if len(r.sent) != 1 {
		t.Errorf("%d app passwords were sent", len(r.sent))
	}
}

// R34: no app takes part in the legacy protocol, so that a tenant without an app profile has its app passwords validated too.
func TestAnAppPasswordNeedsNoAppProfile(t *testing.T) {
	r := newClassicRig(t)
	p := r.adopt(t)
	if err := appprofiles.New(r.db).Delete(ctx, contoso, true, audit.Entry{}); err != nil {
		t.Fatal(err)
	}
	if v, err := r.Service.Validate(ctx, adele, here, p.ID); err != nil || !v.Valid() {
		t.Errorf("%s, %v", v.Status, err)
	}
}

// R30, R33: a run tries app passwords as they go, and a profile that was converted before its turn as the common one that it is by then.
func TestARunOfClassicProfiles(t *testing.T) {
	r := newClassicRig(t)
	taken := &taken{}
	r.db.SetQueue(taken)
	runs := r.runsOf(quick, r)
	classic, converted := r.adopt(t), r.adopt(t, named("Converted"), as("svc-other@contoso.com"))
	missing := r.adopt(t, named("Missing"), as("ca@contoso.com"), func(d *profile.Draft) { d.AdminCenterURL = "" })
	made, err := runs.Begin(ctx, adele, here, []profile.ID{classic.ID, converted.ID, missing.ID})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.UpdateClassic(ctx, adele, here, converted.ID, 1, edited(converted, converting, typing(marked))); err != nil {
		t.Fatal(err)
	}
	r.sim.ResetRequests()
	r.says = verdict.Verdict{Status: verdict.LegacyRetired}
	if err := runs.Work(ctx, made.ID); err != nil {
		t.Fatal(err)
	}
	got := outcomes(t, runs, made.ID)
	want := []string{"Classic rejected legacy-retired", "Converted confirmed valid", "Missing skipped not-validatedno-admin-center"}
	if !slices.Equal(got, want) || len(r.sent) != 1 || r.asked[0].Username != goodUser || r.attempts() != 1 {
		t.Errorf("items %q, sent %d", got, len(r.sent))
	}
}

// R41, R31: a valid common profile lends its account to whoever reads the tenant, however many valid classic MFA profiles, which cannot,
// were validated after it.
func TestClassicProfilesStandInNoLendersPlace(t *testing.T) {
	r := newClassicRig(t)
	common := r.create(t)
	r.clock.Advance(time.Minute)
	for n := range profile.PageSize + 1 {
		p := r.adopt(t, func(d *profile.Draft) {
			d.Name, d.Username = fmt.Sprintf("Classic %d", n), fmt.Sprintf("mfa-%d@contoso.com", n)
		})
		if v, err := r.Service.Validate(ctx, adele, here, p.ID); err != nil || !v.Valid() {
			t.Fatalf("%+v, %v", v, err)
		}
	}
	lent := ""
	p, err := r.Lend(ctx, adele, here, common.Tenant, func(_ context.Context, a account.Account) verdict.Verdict {
		lent = a.Username
		return verdict.Verdict{Status: verdict.Valid, At: r.clock.Now()}
	})
	if err != nil || p.ID != common.ID || lent != common.Username {
		t.Errorf("%+v, %q, %v", p, lent, err)
	}
}

// R34, R30: that Microsoft retired the protocol of app passwords keeps a run from no other profile of the account; a refused app password
// does, after which no other of the account's is sent (R62).
func TestARunGoesOnAfterARetiredProtocol(t *testing.T) {
	for _, c := range []struct {
		says verdict.Status
		want []string
		sent int
	}{
		{verdict.LegacyRetired, []string{"Classic rejected legacy-retired", "Classic too rejected legacy-retired", "Common confirmed valid"}, 2},
		{verdict.WrongPassword, nil, 1}, // whichever comes first
	} {
		r := newClassicRig(t)
		r.db.SetQueue(&taken{})
		runs := r.runsOf(quick, r)
		classic, too, common := r.adopt(t), r.adopt(t, named("Classic too")), r.create(t, named("Common"))
		r.says = verdict.Verdict{Status: c.says}
		made, err := runs.Begin(ctx, adele, here, []profile.ID{classic.ID, too.ID, common.ID})
		if err != nil {
			t.Fatal(err)
		}
		if err := runs.Work(ctx, made.ID); err != nil {
			t.Fatal(err)
		}
		got := outcomes(t, runs, made.ID)
		if c.want != nil && !slices.Equal(got, c.want) || len(r.sent) != c.sent {
			t.Errorf("%s: items %q, sent %d", c.says, got, len(r.sent))
		}
	}
}

// outcomes gives what came of each item of a run, in their order.
func outcomes(t *testing.T, runs validations, id run.ID) (list []string) {
	t.Helper()
	items, _, err := runs.Items(ctx, adele, run.ItemQuery{Run: id})
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range items {
		list = append(list, i.Name+" "+string(i.Outcome)+" "+string(i.Status)+string(i.Reason))
	}
	return list
}
