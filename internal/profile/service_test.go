package profile_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/appprofile"
	"purser.example/internal/audit"
	"purser.example/internal/m365sim"
	"purser.example/internal/microsoft"
	"purser.example/internal/problem"
	"purser.example/internal/profile"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/accounts"
	"purser.example/internal/sqlite/appprofiles"
	"purser.example/internal/sqlite/profiles"
	"purser.example/internal/sqlite/sqlitetest"
	"purser.example/internal/sqlite/tenants"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

const (
	contoso  = "6f1c0000-0000-4000-8000-000000000001"
	marked   = "Marked-Secret-2026!"
	goodUser = "svc-backup@contoso.com"
)

var (
	ctx    = context.Background()
	adele  = access.Caller{Issuer: "https://idp.contoso.com", Subject: "s1", Name: "Adele Vance", SignIn: "adele@contoso.com", Roles: []access.Role{access.ServiceAdministrator}}
	nobody = access.Caller{Issuer: "https://idp.contoso.com", Subject: "s2", SignIn: "uma@contoso.com"}
	here   = audit.Origin{Request: "r1", Address: "127.0.0.1"}
)

// rig is the real service on a real database, with the real client asking the simulator over HTTP.
type rig struct {
	*profile.Service
	db     *sqlite.DB
	sim    *m365sim.Simulator
	clock  *sqlitetest.Clock
	folder string
	log    *bytes.Buffer
	logger *slog.Logger // writes it

	tenants  *tenant.Service
	apps     *appprofile.Service
	accounts *account.Service
	ring     *secret.Keyring

	validator account.Validator
}

type asker struct{ client *microsoft.Client }

func (a asker) Validate(ctx context.Context, acct account.Account) verdict.Verdict {
	return a.client.Validate(ctx, microsoft.Account{
		Tenant: microsoft.TenantRef{ID: string(acct.Tenant.ID), InitialDomain: acct.Tenant.InitialDomain, Cloud: microsoft.Cloud(acct.Tenant.Cloud)},
		App:    microsoft.App{ID: acct.App.ApplicationID, Secret: acct.App.Secret}, Username: acct.Username, Password: acct.Password,
	})
}

func newRig(t *testing.T) *rig { return newRigWith(t, profile.Settings{}, false) }

// newRigWith is newRig with settings, and strict password rules or not.
func newRigWith(t *testing.T, settings profile.Settings, strict bool) *rig {
	t.Helper()
	r := &rig{clock: sqlitetest.StartingNow(), folder: t.TempDir(), log: &bytes.Buffer{}}
	fixture, err := m365sim.Read(strings.NewReader(fixtureJSON))
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug})) // one, or two would write at once
	r.logger = log
	if r.sim, err = m365sim.New(fixture, m365sim.Options{}); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(r.sim)
	t.Cleanup(server.Close)
	address, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	r.db = sqlitetest.OpenIn(t, r.folder, r.clock.Now)
	ring, err := r.db.Unlock(ctx, secret.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	tenants := tenant.NewService(tenants.New(r.db), ring, r.clock.Now)
	apps := appprofile.NewService(appprofile.Parts{Store: appprofiles.New(r.db), Tenants: tenants, Ring: ring, Now: r.clock.Now})
	if err := apps.Connect(ctx, adele, here, tenant.Tenant{ID: contoso, DisplayName: "Contoso", InitialDomain: "contoso.onmicrosoft.com", Cloud: tenant.Worldwide},
		appprofile.App{ApplicationID: "a0000000-0000-4000-8000-000000000001"}); err != nil {
		t.Fatal(err)
	}
	r.tenants, r.apps, r.ring = tenants, apps, ring
	client := microsoft.New(microsoft.Config{Simulator: address, Now: r.clock.Now, Log: log, CallTimeout: 3 * time.Second})
	r.validator = asker{client}
	r.accounts = account.NewService(account.Parts{
		Store: accounts.New(r.db), Tenants: tenants, Apps: apps, Validator: r.validator, Settings: account.Settings{StrictPasswords: strict}, Limits: account.Usual, Now: r.clock.Now,
	})
	r.Service = profile.NewService(profiles.New(r.db), tenants, r.accounts, ring, settings, r.clock.Now)
	return r
}

const fixtureJSON = `{"tenants": [{
  "id": "6f1c0000-0000-4000-8000-000000000001", "displayName": "Contoso", "initialDomain": "contoso.onmicrosoft.com",
  "domains": [{"id": "contoso.com", "passwordValidityPeriodInDays": 90, "passwordNotificationWindowInDays": 14}, {"id": "fed.contoso.com", "authenticationType": "Federated"}],
  "apps": [{"appId": "a0000000-0000-4000-8000-000000000001", "displayName": "Purser"}],
  "policies": [{"id": "7f6f0000-0000-4000-8000-000000000001", "displayName": "Block all but managed devices", "state": "enabled"}],
  "users": [
    {"userPrincipalName": "svc-backup@contoso.com", "password": "Marked-Secret-2026!", "lastPasswordChangeDateTime": "-30d", "roles": ["SharePoint Administrator"], "servicePlans": ["SHAREPOINTENTERPRISE"]},
    {"userPrincipalName": "svc-other@contoso.com", "password": "Marked-Secret-2026!", "lastPasswordChangeDateTime": "-30d"},
    {"userPrincipalName": "blocked@contoso.com", "password": "Marked-Secret-2026!", "signInError": {"code": 53003, "policy": "Block all but managed devices"}},
    {"userPrincipalName": "disabled@contoso.com", "password": "Marked-Secret-2026!", "accountEnabled": false},
    {"userPrincipalName": "expired@contoso.com", "password": "Marked-Secret-2026!", "signInError": 50055},
    {"userPrincipalName": "locked@contoso.com", "password": "Marked-Secret-2026!", "signInError": 50053},
    {"userPrincipalName": "mfa@contoso.com", "password": "Marked-Secret-2026!", "mfa": "perUser"},
    {"userPrincipalName": "ca@contoso.com", "password": "Marked-Secret-2026!", "mfa": "conditionalAccess"},
    {"userPrincipalName": "fault@contoso.com", "password": "Marked-Secret-2026!", "signInError": {"code": 90033, "status": 503}},
    {"userPrincipalName": "consent@contoso.com", "password": "Marked-Secret-2026!", "signInError": 65001},
    {"userPrincipalName": "new-code@contoso.com", "password": "Marked-Secret-2026!", "signInError": 599999},
    {"userPrincipalName": "someone@fed.contoso.com", "password": "Marked-Secret-2026!"}
  ]}]}`

func draft(changes ...func(*profile.Draft)) profile.Draft {
	d := profile.Draft{
		Name: "Backup – Europe", Description: "Nightly backup", Tenant: contoso, Services: []string{"fly", "cloud-governance"},
		Username: goodUser, Password: secret.FromString(marked),
	}
	for _, change := range changes {
		change(&d)
	}
	return d
}

func as(username string) func(*profile.Draft) {
	return func(d *profile.Draft) { d.Username = username }
}

func named(name string) func(*profile.Draft) { return func(d *profile.Draft) { d.Name = name } }

func (r *rig) create(t *testing.T, changes ...func(*profile.Draft)) profile.Profile {
	t.Helper()
	p, err := r.Create(ctx, adele, here, draft(changes...))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// attempts counts the passwords that reached Microsoft.
func (r *rig) attempts() int {
	n := 0
	for _, q := range r.sim.Requests() {
		if q.GrantType == "password" {
			n++
		}
	}
	return n
}

func (r *rig) stored(t *testing.T) []profile.Row {
	t.Helper()
	page, _, err := r.List(ctx, adele, profile.Query{})
	if err != nil {
		t.Fatal(err)
	}
	return page.Rows
}

func (r *rig) actions(t *testing.T) []string {
	t.Helper()
	links, err := r.db.Activity(ctx, 50)
	if err != nil {
		t.Fatal(err)
	}
	var actions []string
	for _, l := range slices.Backward(links) {
		actions = append(actions, string(l.Action))
	}
	return actions
}

// R14, R17, R61: a valid account is stored, with one attempt and its traces.
func TestASaveValidatesFirst(t *testing.T) {
	r := newRig(t)
	made := r.create(t)
	if n := r.attempts(); n != 1 {
		t.Errorf("%d attempts, want 1", n)
	}
	got, err := r.Find(ctx, adele, made.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got.Status != verdict.Valid || got.Name != "Backup – Europe" || !slices.Equal(got.Services, []string{"cloud-governance", "fly"}) ||
		got.Version != 1 || got.Created.By != "Adele Vance" || got.Verdict.Expiry.Kind != verdict.ExpiresOn || len(got.Verdict.Roles) != 1 {
		t.Errorf("stored %+v", got)
	}
	want := []string{"tenant connected", "validation begun", "validation ended", "profile created"}
	if actions := r.actions(t); !slices.Equal(actions, want) {
		t.Errorf("activity %v, want %v", actions, want)
	}
	if err := r.db.VerifyActivity(ctx); err != nil {
		t.Error(err)
	}
}

// R17: with any other verdict nothing is saved, and a wrong password is sent once.
func TestARefusedSaveSavesNothing(t *testing.T) {
	for username, want := range map[string]verdict.Status{
		"nobody@contoso.com":      verdict.AccountNotFound,
		"disabled@contoso.com":    verdict.AccountBlocked,
		"locked@contoso.com":      verdict.AccountLocked,
		"expired@contoso.com":     verdict.PasswordExpired,
		"mfa@contoso.com":         verdict.MFARequired,
		"ca@contoso.com":          verdict.MFARequired,
		"blocked@contoso.com":     verdict.PolicyBlocked,
		"consent@contoso.com":     verdict.AppSetup,
		"someone@fed.contoso.com": verdict.Federated,
		"fault@contoso.com":       verdict.Unreachable,
		"new-code@contoso.com":    verdict.Unknown,
	} {
		t.Run(string(want)+" "+username, func(t *testing.T) {
			r := newRig(t)
			_, err := r.Create(ctx, adele, here, draft(as(username)))
			refused, ok := errors.AsType[*profile.Refused](err)
			if !ok || refused.Verdict.Status != want {
				t.Fatalf("err = %v, want %s", err, want)
			}
			if n := len(r.stored(t)); n != 0 {
				t.Errorf("%d profiles stored", n)
			}
			most := 1
			if want == verdict.Federated {
				most = 0
			}
			if n := r.attempts(); n > most && want != verdict.Unreachable {
				t.Errorf("%d attempts", n)
			}
			if actions := r.actions(t); actions[len(actions)-1] != "validation ended" {
				t.Errorf("activity %v", actions)
			}
		})
	}
	t.Run("wrong password", func(t *testing.T) {
		r := newRig(t)
		_, err := r.Create(ctx, adele, here, draft(func(d *profile.Draft) { d.Password = secret.FromString("Not-The-Password1") }))
		refused, ok := errors.AsType[*profile.Refused](err)
		if !ok || refused.Verdict.Status != verdict.WrongPassword || r.attempts() != 1 || len(r.stored(t)) != 0 {
			t.Errorf("err = %v, %d attempts", err, r.attempts())
		}
	})
}

// R62: failures of Microsoft or the network are told from the account's own; a lost answer is not asked for again.
func TestOthersFailuresAreNotTheAccounts(t *testing.T) {
	status, five := 503, 429
	for name, tc := range map[string]struct {
		fault    m365sim.Fault
		attempts int
	}{
		"an HTML page with 503":     {m365sim.Fault{PathPrefix: "/", Status: status, Body: "<html>busy</html>", ContentType: "text/html"}, 0},
		"throttled for long":        {m365sim.Fault{PathPrefix: "/" + contoso, Status: five, RetryAfter: "120"}, 1},
		"a reset":                   {m365sim.Fault{PathPrefix: "/" + contoso, Reset: true}, 1},
		"half an answer":            {m365sim.Fault{PathPrefix: "/" + contoso, Truncate: true}, 1},
		"a redirect elsewhere":      {m365sim.Fault{PathPrefix: "/" + contoso, Status: 302, Location: "https://evil.example/"}, 1},
		"an answer that is late":    {m365sim.Fault{PathPrefix: "/" + contoso, DelayMs: 5000}, 1},
		"an answer that is not one": {m365sim.Fault{PathPrefix: "/" + contoso, Status: 200, Body: "hello", ContentType: "text/plain"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			p := r.create(t)
			r.sim.ResetRequests()
			if err := r.sim.SetFaults([]m365sim.Fault{tc.fault}); err != nil {
				t.Fatal(err)
			}
			v, err := r.Validate(ctx, adele, here, p.ID)
			if err != nil || v.Status != verdict.Unreachable {
				t.Fatalf("verdict %s %s, %v", v.Status, v.Code, err)
			}
			if n := r.attempts(); n != tc.attempts && tc.attempts == 1 {
				t.Errorf("%d attempts, want %d", n, tc.attempts)
			}
			after, err := r.Find(ctx, adele, p.ID)
			if err != nil || after.Status != verdict.Valid || after.Failed == nil || after.Failed.Status != verdict.Unreachable {
				t.Errorf("the former status does not stand: %s, failed %v, %v", after.Status, after.Failed, err)
			}
			if err := r.sim.SetFaults(nil); err != nil {
				t.Fatal(err)
			}
			if v, err = r.Validate(ctx, adele, here, p.ID); err != nil || !v.Valid() {
				t.Errorf("afterwards: %s, %v", v.Status, err)
			}
			if after, _ = r.Find(ctx, adele, p.ID); after.Failed != nil {
				t.Error("the failed attempt is still noted after a good one")
			}
		})
	}
}

// R14, R16: what cannot be right is refused beside its field, and nothing is sent.
func TestBadInputIsRefusedBeforeItIsSent(t *testing.T) {
	pass := func(p string) func(*profile.Draft) {
		return func(d *profile.Draft) { d.Password = secret.FromString(p) }
	}
	for name, tc := range map[string]struct {
		change func(*profile.Draft)
		field  string // empty: accepted
	}{
		"no name":                      {named("  "), profile.FieldName},
		"a name of 121":                {named(strings.Repeat("ä", 121)), profile.FieldName},
		"a name of 120":                {named(strings.Repeat("ä", 120)), ""},
		"a control in the name":        {named("a\x07b"), profile.FieldName},
		"a broken name":                {named("a\xff"), profile.FieldName},
		"a name that turns around":     {named("a\u202eb"), profile.FieldName},
		"a name in another script":     {named("Резервная копия 備份 नकल"), ""},
		"HTML in the name":             {named("<script>alert(1)</script>"), ""},
		"a long description":           {func(d *profile.Draft) { d.Description = strings.Repeat("x", 1001) }, profile.FieldDescription},
		"a control in the description": {func(d *profile.Draft) { d.Description = "a\x00b" }, profile.FieldDescription},
		"lines in the description":     {func(d *profile.Draft) { d.Description = "a\r\nb\tc" }, ""},
		"no tenant":                    {func(d *profile.Draft) { d.Tenant = "" }, profile.FieldTenant},
		"an unknown tenant":            {func(d *profile.Draft) { d.Tenant = "6f1c0000-0000-4000-8000-00000000ffff" }, profile.FieldTenant},
		"no service":                   {func(d *profile.Draft) { d.Services = nil }, profile.FieldServices},
		"an unknown service":           {func(d *profile.Draft) { d.Services = []string{"fly", "nothing"} }, profile.FieldServices},
		"the common service (R13)":     {func(d *profile.Draft) { d.Services = []string{"common"} }, profile.FieldServices},
		"a service twice":              {func(d *profile.Draft) { d.Services = []string{"fly", "fly"} }, ""},
		"no username":                  {as(""), profile.FieldUsername},
		"a username without @":         {as("svc-backup"), profile.FieldUsername},
		"two @":                        {as("a@b@contoso.com"), profile.FieldUsername},
		"no domain":                    {as("svc@"), profile.FieldUsername},
		"a domain without a dot":       {as("svc@contoso"), profile.FieldUsername},
		"blanks inside":                {as("svc backup@contoso.com"), profile.FieldUsername},
		"characters outside ASCII":     {as("dienst-süd@contoso.com"), profile.FieldUsername},
		"HTML":                         {as("<b>@contoso.com"), profile.FieldUsername},
		"a path":                       {as("../me@contoso.com"), profile.FieldUsername},
		"a username of 114":            {as(strings.Repeat("a", 102) + "@contoso.com"), profile.FieldUsername},
		"blanks around":                {as(" " + goodUser + " "), ""},
		"pasted blanks (X17)":          {as("\u200b\ufeff" + goodUser + "\u00a0\u2060\u200d"), ""},
		"a username that turns (X45)":  {as("svc\u202e-backup@contoso.com"), profile.FieldUsername},
		"a pasted blank within (X17)":  {as("svc\u200b-backup@contoso.com"), profile.FieldUsername},
		"a name of blanks (X45)":       {named("\u2800\u200b\u3164\u00a0"), profile.FieldName},
		"a name of a mark (X45)":       {named("\u0601"), profile.FieldName},
		"a mark before a number (X45)": {named("\u0601\u0662\u0660"), ""},
		"a name in Braille (X45)":      {named("\u2801\u2800\u2803"), ""},
		"no password":                  {pass(""), profile.FieldPassword},
		"a short password":             {pass("Abc-123"), profile.FieldPassword},
		"a password of 257":            {pass(strings.Repeat("Ab1-", 64) + "x"), profile.FieldPassword},
		"Unicode in the password":      {pass("Pässword-2026"), profile.FieldPassword},
		"a control in the password":    {pass("Password\t2026"), profile.FieldPassword},
		"a blank at the end":           {pass("Password-2026 "), profile.FieldPassword},
		"a blank at the beginning":     {pass(" Password-2026"), profile.FieldPassword},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			_, err := r.Create(ctx, adele, here, draft(tc.change))
			if tc.field == "" {
				if err != nil {
					t.Errorf("refused: %v", err)
				}
				return
			}
			fields := problem.Fields(err)
			if problem.KindOf(err) != problem.Invalid || len(fields) != 1 || fields[0].Field != tc.field || fields[0].Message == "" {
				t.Errorf("err = %v, fields %v, want %s", err, fields, tc.field)
			}
			if n := len(r.sim.Requests()); n != 0 {
				t.Errorf("%d requests were sent", n)
			}
		})
	}
}

func TestAllMistakesAreToldAtOnce(t *testing.T) {
	_, err := newRig(t).Create(ctx, adele, here, profile.Draft{})
	if n := len(problem.Fields(err)); n != 5 {
		t.Errorf("%d fields: %v", n, problem.Fields(err))
	}
}

// R16: strict refuses what is advice otherwise.
func TestStrictRules(t *testing.T) {
	long := draft(func(d *profile.Draft) { d.Password = secret.FromString("Seventeen-Chars-1!") })
	_, err := newRigWith(t, profile.Settings{}, true).Create(ctx, adele, here, long)
	if fields := problem.Fields(err); len(fields) != 1 || fields[0].Field != profile.FieldPassword {
		t.Errorf("strict: %v", err)
	}
	_, err = newRig(t).Create(ctx, adele, here, long)
	if _, sent := errors.AsType[*profile.Refused](err); !sent {
		t.Errorf("advise: %v, want the simulator's answer", err)
	}
}

// R14: names are unique without regard to case in every script.
func TestNamesAreUniqueInEveryScript(t *testing.T) {
	r := newRig(t)
	r.create(t, named("Straße ΟΔΟΣ Ⅳ"))
	before := r.attempts()
	for _, again := range []string{"straße οδος ⅳ", "STRASSE ΟΔΟΣ Ⅳ", "Straße  οδοσ iv", " strasse οδος IV "} {
		_, err := r.Create(ctx, adele, here, draft(named(again), as("svc-other@contoso.com")))
		if fields := problem.Fields(err); len(fields) != 1 || fields[0].Field != profile.FieldName {
			t.Errorf("%q: %v", again, err)
		}
	}
	if r.attempts() != before {
		t.Error("a taken name costs an attempt")
	}
}

// X45, R14: names that look the same are the same, whatever their blanks are, and are stored without what nobody means.
func TestNamesThatDifferInBlanksAlone(t *testing.T) {
	r := newRig(t)
	p := r.create(t, named("\u2800Backup\u00a0\u3000Europe\u200b\u2800"))
	if p.Name != "Backup Europe" {
		t.Errorf("stored as %+q", p.Name)
	}
	for _, again := range []string{"Backup\u2800Europe", "Backup \u200b Europe", "backup\u202feurope", "Backup Europe\u2800", "Backup Europe\u0601"} {
		_, err := r.Create(ctx, adele, here, draft(named(again), as("svc-other@contoso.com")))
		if fields := problem.Fields(err); len(fields) != 1 || fields[0].Field != profile.FieldName {
			t.Errorf("%+q beside it: %v", again, err)
		}
	}
}

// R19: a new description never costs an attempt, and works while Microsoft is down.
func TestAnEditSignsInOnlyWhereTheAccountChanged(t *testing.T) {
	r := newRig(t)
	p := r.create(t)
	r.sim.ResetRequests()
	if err := r.sim.SetFaults([]m365sim.Fault{{PathPrefix: "/", Status: 503}}); err != nil {
		t.Fatal(err)
	}
	edit := draft(func(d *profile.Draft) { d.Description, d.Password = "Weekly", secret.Value{} })
	edited, err := r.Update(ctx, adele, here, p.ID, 1, edit)
	if err != nil || edited.Version != 2 || len(r.sim.Requests()) != 0 {
		t.Fatalf("version %d, %d requests, %v", edited.Version, len(r.sim.Requests()), err)
	}
	if err := r.sim.SetFaults(nil); err != nil {
		t.Fatal(err)
	}
	if v, err := r.Validate(ctx, adele, here, p.ID); err != nil || !v.Valid() {
		t.Errorf("the password was not kept: %s %v", v.Status, err)
	}
	_, err = r.Update(ctx, adele, here, p.ID, 2, draft(as("svc-other@contoso.com"), func(d *profile.Draft) { d.Password = secret.Value{} }))
	if fields := problem.Fields(err); len(fields) != 1 || fields[0].Field != profile.FieldPassword || !strings.Contains(fields[0].Message, "changed") {
		t.Errorf("another username without its password: %v", err)
	}
	_, err = r.Update(ctx, adele, here, p.ID, 2, draft(as("blocked@contoso.com")))
	if _, ok := errors.AsType[*profile.Refused](err); !ok {
		t.Errorf("a blocked account: %v", err)
	}
	if now, _ := r.Find(ctx, adele, p.ID); now.Username != goodUser || now.Version != 2 || now.Status != verdict.Valid {
		t.Errorf("a refused edit changed %+v", now)
	}
	if now, err := r.Update(ctx, adele, here, p.ID, 2, draft(as("svc-other@contoso.com"))); err != nil || now.Username != "svc-other@contoso.com" || now.Version != 3 {
		t.Errorf("the other account: %v", err)
	}
}

// R19: the second of two editors gets a conflict, and nothing is overwritten.
func TestTwoEditors(t *testing.T) {
	r := newRig(t)
	p := r.create(t)
	without := func(description string) profile.Draft {
		return draft(func(d *profile.Draft) { d.Description, d.Password = description, secret.Value{} })
	}
	if _, err := r.Update(ctx, adele, here, p.ID, 1, without("first")); err != nil {
		t.Fatal(err)
	}
	before := r.attempts()
	_, err := r.Update(ctx, adele, here, p.ID, 1, draft(func(d *profile.Draft) { d.Description = "second" }))
	conflict, ok := errors.AsType[*profile.Conflict](err)
	if !ok || conflict.Current.Description != "first" || conflict.Current.Version != 2 || problem.KindOf(err) != problem.Conflict {
		t.Fatalf("err = %v", err)
	}
	if r.attempts() != before {
		t.Error("a conflict costs an attempt")
	}
	if _, err := r.Update(ctx, adele, here, p.ID, conflict.Current.Version, without("second")); err != nil {
		t.Errorf("saving over it on purpose: %v", err)
	}
	if _, err := r.Delete(ctx, adele, here, []profile.Seen{{p.ID, 2}}); err == nil {
		t.Error("deleting what changed since it was seen")
	}
	if n, err := r.Delete(ctx, adele, here, []profile.Seen{{p.ID, 3}}); n != 1 || err != nil {
		t.Errorf("delete: %d %v", n, err)
	}
	_, err = r.Update(ctx, adele, here, p.ID, 3, without("third"))
	if conflict, ok := errors.AsType[*profile.Conflict](err); !ok || !conflict.Gone {
		t.Errorf("editing what is gone: %v", err)
	}
	if _, err := r.Find(ctx, adele, p.ID); problem.KindOf(err) != problem.NotFound {
		t.Errorf("finding what is gone: %v", err)
	}
	if err := r.db.VerifyActivity(ctx); err != nil {
		t.Error(err)
	}
}

// R2: without the role nothing is read or changed.
func TestWithoutTheRight(t *testing.T) {
	r := newRig(t)
	p := r.create(t)
	_, create := r.Create(ctx, nobody, here, draft(named("Other")))
	_, update := r.Update(ctx, nobody, here, p.ID, 1, draft())
	_, validate := r.Validate(ctx, nobody, here, p.ID)
	_, remove := r.Delete(ctx, nobody, here, []profile.Seen{{p.ID, 1}})
	_, find := r.Find(ctx, nobody, p.ID)
	_, details := r.Details(ctx, nobody, p.ID)
	_, _, list := r.List(ctx, nobody, profile.Query{})
	for name, err := range map[string]error{"create": create, "update": update, "validate": validate, "remove": remove, "find": find, "details": details, "list": list} {
		if problem.KindOf(err) != problem.Forbidden {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// At most one attempt for an account is under way, whoever asks.
func TestTwoAttemptsForOneAccountWait(t *testing.T) {
	r := newRig(t)
	p := r.create(t)
	r.sim.ResetRequests()
	if err := r.sim.SetFaults([]m365sim.Fault{{PathPrefix: "/" + contoso, DelayMs: 1500}}); err != nil {
		t.Fatal(err)
	}
	first := make(chan error, 1)
	go func() { _, err := r.Validate(ctx, adele, here, p.ID); first <- err }()
	for r.attempts() == 0 {
		time.Sleep(5 * time.Millisecond)
	}
	if _, err := r.Validate(ctx, adele, here, p.ID); problem.KindOf(err) != problem.Conflict {
		t.Errorf("the second: %v", err)
	}
	if err := <-first; err != nil {
		t.Errorf("the first: %v", err)
	}
}

// A disk that takes nothing: nothing is sent, because the use of a secret could not be written down, and nothing is stored.
func TestADiskThatTakesNothing(t *testing.T) {
	for name, breakDisk := range sqlitetest.Breakers {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			p := r.create(t)
			r.sim.ResetRequests()
			mend := breakDisk(t, r.db)
			_, create := r.Create(ctx, adele, here, draft(named("Another"), as("svc-other@contoso.com")))
			_, validate := r.Validate(ctx, adele, here, p.ID)
			for what, err := range map[string]error{"create": create, "validate": validate} {
				if problem.KindOf(err) != problem.Unavailable {
					t.Errorf("%s: %v", what, err)
				}
			}
			if r.attempts() != 0 {
				t.Error("a password left without a trace")
			}
			mend()
			r.create(t, named("Another"), as("svc-other@contoso.com"))
			if err := r.db.VerifyActivity(ctx); err != nil {
				t.Error(err)
			}
		})
	}
}

// R60: the password is nowhere but sealed.
func TestThePasswordIsNowhere(t *testing.T) {
	r := newRig(t)
	p := r.create(t)
	if _, err := r.Validate(ctx, adele, here, p.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Create(ctx, adele, here, draft(named("Other"), as("blocked@contoso.com"))); err == nil {
		t.Fatal("control: a blocked account was saved")
	}
	if strings.Contains(r.log.String(), marked) || !strings.Contains(r.log.String(), "level=DEBUG") {
		t.Error("the log holds the password, or nothing")
	}
	files, err := filepath.Glob(filepath.Join(r.folder, "*"))
	if err != nil || len(files) < 3 {
		t.Fatalf("%v, %v", files, err)
	}
	found := false
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, form := range []string{marked, url.QueryEscape(marked)} {
			if bytes.Contains(b, []byte(form)) {
				t.Errorf("%s holds the password", filepath.Base(file))
			}
		}
		found = found || bytes.Contains(b, []byte(goodUser))
	}
	if !found {
		t.Error("control: the files do not even hold the username")
	}
}

// R10: sorts, filters and cursors agree with a list sorted in memory.
func TestTheListPagesInEveryOrder(t *testing.T) {
	r := newRig(t)
	for i := range 7 {
		r.clock.Advance(time.Minute)
		r.create(t, named(string(rune('g'-i))+" profile"))
	}
	for _, column := range profile.Columns {
		for _, down := range []bool{false, true} {
			all, err := profiles.New(r.db).List(ctx, profile.Query{Sort: column, Down: down, Limit: 100})
			if err != nil || len(all.Rows) != 7 || all.Next != "" || all.Previous != "" {
				t.Fatalf("%s: %d rows, %v", column, len(all.Rows), err)
			}
			var seen []profile.ID
			q := profile.Query{Sort: column, Down: down, Limit: 3}
			var page profile.Page
			for range 4 {
				if page, err = profiles.New(r.db).List(ctx, q); err != nil {
					t.Fatal(err)
				}
				for _, row := range page.Rows {
					seen = append(seen, row.ID)
				}
				if page.Next == "" {
					break
				}
				q.After = page.Next
			}
			var want []profile.ID
			for _, row := range all.Rows {
				want = append(want, row.ID)
			}
			if !slices.Equal(seen, want) {
				t.Errorf("%s down=%v: forwards %v, want %v", column, down, seen, want)
			}
			q.After, q.Before = "", page.Previous
			if page, err = profiles.New(r.db).List(ctx, q); err != nil || len(page.Rows) != 3 || page.Rows[0].ID != want[3] {
				t.Errorf("%s down=%v: backwards: %v", column, down, err)
			}
		}
	}
	for name, tc := range map[string]struct {
		query profile.Query
		want  int
	}{
		"text in another case": {profile.Query{Text: "A PROF"}, 1},
		"a username":           {profile.Query{Text: "SVC-backup"}, 7},
		"a percent sign":       {profile.Query{Text: "%"}, 0},
		"a tenant":             {profile.Query{Tenant: contoso}, 7},
		"another tenant":       {profile.Query{Tenant: "x"}, 0},
		"a service":            {profile.Query{Service: "fly"}, 7},
		"another service":      {profile.Query{Service: "opus"}, 0},
		"valid":                {profile.Query{Status: "valid"}, 7},
		"attention":            {profile.Query{Status: profile.Attention}, 0},
		"garbage":              {profile.Query{Status: "'; DROP TABLE profiles", After: "garbage", Before: "%%%"}, 0},
	} {
		page, _, err := r.List(ctx, adele, tc.query)
		if err != nil || len(page.Rows) != tc.want || page.Total != tc.want {
			t.Errorf("%s: %d rows of %d, want %d (%v)", name, len(page.Rows), page.Total, tc.want, err)
		}
	}
}

// R61: a sign-in that was made is in the log, though another profile took the name meanwhile.
func TestALostNameStillLeavesItsTrace(t *testing.T) {
	r := newRig(t)
	if err := r.sim.SetFaults([]m365sim.Fault{{PathPrefix: "/" + contoso, DelayMs: 1500}}); err != nil {
		t.Fatal(err)
	}
	results := make(chan error, 2)
	for _, username := range []string{goodUser, "svc-other@contoso.com"} {
		go func() {
			_, err := r.Create(ctx, adele, here, draft(named("Race"), as(username)))
			results <- err
		}()
	}
	first, second := <-results, <-results
	if (first == nil) == (second == nil) {
		t.Fatalf("%v, %v: want one of the two", first, second)
	}
	begun, ended := 0, 0
	for _, action := range r.actions(t) {
		switch audit.Action(action) {
		case profile.ValidationBegun:
			begun++
		case profile.ValidationEnded:
			ended++
		}
	}
	if begun != 2 || ended != 2 {
		t.Errorf("%d begun, %d ended", begun, ended)
	}
}

// R62: a hiccup of the directory after a good token takes nothing away that was known.
func TestWhatWasKnownIsKept(t *testing.T) {
	r := newRig(t)
	p := r.create(t)
	if err := r.sim.SetFaults([]m365sim.Fault{{PathPrefix: "/v1.0", Status: 403}}); err != nil {
		t.Fatal(err)
	}
	if v, err := r.Validate(ctx, adele, here, p.ID); err != nil || !v.Valid() || len(v.Warnings) == 0 {
		t.Fatalf("%s %v %v", v.Status, v.Warnings, err)
	}
	after, err := r.Find(ctx, adele, p.ID)
	if err != nil || after.Verdict.Expiry != p.Verdict.Expiry || len(after.Verdict.Roles) != 1 || len(after.Verdict.Warnings) == 0 {
		t.Errorf("kept %+v, roles %v, warnings %v, %v", after.Verdict.Expiry, after.Verdict.Roles, after.Verdict.Warnings, err)
	}
	page, _, err := r.List(ctx, adele, profile.Query{Sort: profile.ByExpires})
	if err != nil || page.Rows[0].Verdict.Expiry.Kind != verdict.ExpiresOn {
		t.Errorf("%v", err)
	}
}

// R13: a profile keeps the common service though it is not offered any more.
func TestAServiceFromBeforeStays(t *testing.T) {
	r := newRigWith(t, profile.Settings{ServiceProvider: true}, false)
	p := r.create(t, func(d *profile.Draft) { d.Services = []string{"common"} })
	later := profile.NewService(profiles.New(r.db), r.tenants, r.accounts, r.ring, profile.Settings{}, r.clock.Now)
	edit := draft(func(d *profile.Draft) {
		d.Services, d.Description, d.Password = []string{"common"}, "Later", secret.Value{}
	})
	if _, err := later.Update(ctx, adele, here, p.ID, 1, edit); err != nil {
		t.Error(err)
	}
}

func FuzzUsername(f *testing.F) {
	for _, seed := range []string{goodUser, "a@b.c", "@", "a@b", "\x00@b.c", "<@b.c", "a@b..c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, username string) {
		if message := profile.CheckUsername(username); message == "" {
			if _, err := url.Parse("https://graph.microsoft.com/v1.0/users/" + username); err != nil || strings.ContainsAny(username, " /?<>\"") || strings.Count(username, "@") != 1 {
				t.Errorf("accepted %q", username)
			}
		}
	})
}
