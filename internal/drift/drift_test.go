package drift_test

import (
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/appprofile"
	"purser.example/internal/audit"
	"purser.example/internal/drift"
	"purser.example/internal/event"
	"purser.example/internal/problem"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/appprofiles"
	"purser.example/internal/sqlite/drifts"
	"purser.example/internal/sqlite/events"
	"purser.example/internal/sqlite/sqlitetest"
	"purser.example/internal/sqlite/tenants"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

const (
	contoso    = tenant.ID("6f1c0000-0000-4000-8000-000000000001")
	username   = "svc01@contoso.com"
	sharePoint = "f28a1f50-f6e7-4571-818b-6a12f2af6b6c"
	exchange   = "29232cdf-9323-42fd-ade2-1d097af3e4de"
)

var (
	key   = account.KeyOf(contoso, username)
	adele = access.Caller{Issuer: "https://idp.contoso.com", Subject: "s1", Name: "Adele Vance", SignIn: "adele@contoso.com", Roles: []access.Role{access.ServiceAdministrator}}
)

// rig is the service on a real database, by a clock that tests move.
type rig struct {
	*testing.T
	*drift.Service
	db    *sqlite.DB
	clock *sqlitetest.Clock
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{T: t, clock: sqlitetest.StartingNow()}
	db, ring := sqlitetest.Open(t, r.clock.Now)
	r.db = db
	of := tenant.NewService(tenants.New(db), ring, r.clock.Now)
	apps := appprofile.NewService(appprofile.Parts{Store: appprofiles.New(db), Tenants: of, Ring: ring, Now: r.clock.Now})
	err := apps.Connect(t.Context(), adele, audit.Origin{}, tenant.Tenant{ID: contoso, DisplayName: "Contoso", InitialDomain: "contoso.onmicrosoft.com", Cloud: tenant.Worldwide},
		appprofile.App{ApplicationID: "a0000000-0000-4000-8000-000000000001", Secret: secret.FromString("App-Secret-2026!")})
	if err != nil {
		t.Fatal(err)
	}
	r.Service = drift.NewService(drift.Parts{Store: drifts.New(db), Tenants: of, Apps: apps, Now: r.clock.Now, Log: slog.New(slog.DiscardHandler)})
	return r
}

// roles is what a sign-in tells of an account with these roles.
func roles(ids ...string) drift.Facts {
	v := verdict.Verdict{Status: verdict.Valid, UserID: "u1", RolesRead: true, Proof: verdict.Proof{Licence: verdict.Proved}, Products: []string{"Exchange Online"}}
	for _, id := range ids {
		v.Roles = append(v.Roles, verdict.NewRole(id, ""))
	}
	return drift.FactsOf(v)
}

// night lets a day pass and notes what was read then.
func (r *rig) night(read drift.Facts) {
	r.Helper()
	r.clock.Advance(24 * time.Hour)
	if err := r.Note(r.Context(), key, username, read); err != nil {
		r.Fatal(err)
	}
}

func (r *rig) account() drift.Account {
	r.Helper()
	a, err := r.Service.Account(r.Context(), adele, key)
	if err != nil {
		r.Fatal(err)
	}
	return a
}

// open are the titles of the drifts of the account.
func (r *rig) open() (titles []string) {
	r.Helper()
	for _, d := range r.account().Open {
		titles = append(titles, d.Title())
	}
	return titles
}

// told are the causes of the events so far, oldest first.
func (r *rig) told() (causes []string) {
	r.Helper()
	page, err := events.New(r.db).List(r.Context(), event.Query{})
	if err != nil {
		r.Fatal(err)
	}
	for _, e := range slices.Backward(page.Rows) {
		if e.Kind != event.Drifted || e.Account != username || strings.Contains(e.Object.Name+e.Object.ID+e.Cause, "svc01") {
			r.Errorf("event %+v", e)
		}
		causes = append(causes, e.Cause)
	}
	return causes
}

func (r *rig) want(what string, got []string, want ...string) {
	r.Helper()
	if !slices.Equal(got, want) {
		r.Errorf("%s: %q, want %q", what, got, want)
	}
}

// R93: what is read first is as expected. A role that is lost is told once, however many nights nothing can be read and however often it is
// read again, and it is over when the role is back.
func TestADriftIsToldOnceR93(t *testing.T) {
	r := newRig(t)
	r.night(roles(sharePoint))
	r.want("at first", r.open())
	r.night(roles())
	first := r.account().Open[0].First
	unread := roles()
	delete(unread, drift.Roles)
	refused := drift.FactsOf(verdict.Verdict{Status: verdict.WrongPassword, Code: "AADSTS50126"})
	for _, read := range []drift.Facts{unread, refused, roles(), unread, roles()} {
		r.night(read)
	}
	r.want("told", r.told(), "Role lost: SharePoint Administrator")
	if open := r.account().Open; len(open) != 1 || !open[0].First.Equal(first) {
		t.Errorf("open: %+v", open)
	}
	r.night(roles(sharePoint))
	r.want("back", r.open())
	r.night(roles())
	r.want("lost again", r.told(), "Role lost: SharePoint Administrator", "Role lost: SharePoint Administrator")
}

// R93, X8: what could not be read is neither lost nor changed.
func TestWhatIsNotReadIsNotLostR93(t *testing.T) {
	r := newRig(t)
	r.night(roles(sharePoint))
	hidden := drift.FactsOf(verdict.Verdict{Status: verdict.Valid, UserID: "u1"}) // roles without their template ids, and no licenses
	if _, read := hidden[drift.Roles]; read {
		t.Fatal("roles that were not read are among the facts")
	}
	r.night(hidden)
	r.night(drift.FactsOf(verdict.Verdict{Status: verdict.Unreachable, Code: "TIMEOUT"}))
	r.want("open", r.open())
	r.want("told", r.told())
	if got := r.account().Read[drift.Roles]; !got.Has(sharePoint) {
		t.Errorf("forgotten: %+v", got)
	}
}

// R93: a role that comes twice, or by another spelling of its template's id, is the same role.
func TestARoleUnderTwoIdsIsOneR93(t *testing.T) {
	r := newRig(t)
	r.night(roles(sharePoint))
	r.night(roles(strings.ToUpper(sharePoint), sharePoint))
	r.want("open", r.open())
	if items := r.account().Read[drift.Roles].Items; len(items) != 1 {
		t.Errorf("roles: %+v", items)
	}
}

// R93: what somebody accepts becomes what is expected, in the log with who did, and what changes after that is told anew.
func TestADriftIsAcceptedR93(t *testing.T) {
	r := newRig(t)
	r.night(roles(sharePoint))
	r.night(roles(sharePoint, verdict.GlobalAdministrator))
	id := r.account().Open[0].ID
	if _, err := r.Accept(t.Context(), adele, audit.Origin{}, id, false, false); problem.KindOf(err) != problem.Invalid {
		t.Errorf("the most powerful role, without a word: %v", err)
	}
	if _, err := r.Accept(t.Context(), access.Caller{Issuer: adele.Issuer, Subject: "s2", Name: "Lee Gu"}, audit.Origin{}, id, false, true); problem.KindOf(err) != problem.Forbidden {
		t.Errorf("by somebody without a role: %v", err)
	}
	if n, err := r.Accept(t.Context(), adele, audit.Origin{}, id, false, true); n != 1 || err != nil {
		t.Fatalf("accepted %d, %v", n, err)
	}
	if _, err := r.Accept(t.Context(), adele, audit.Origin{}, id, false, true); problem.KindOf(err) != problem.NotFound {
		t.Errorf("once more: %v", err)
	}
	log, err := r.db.Activity(t.Context(), 1)
	if err != nil || log[0].Action != drift.Accepted || log[0].Actor.Name != "Adele Vance" || log[0].Details["change"] != "Role added: Global Administrator" {
		t.Errorf("log: %+v, %v", log, err)
	}
	r.night(roles(sharePoint, verdict.GlobalAdministrator))
	r.want("as accepted", r.open())
	r.night(roles(sharePoint))
	r.want("changed again", r.open(), "Role lost: Global Administrator")
	r.want("told", r.told(), "Role added: Global Administrator", "Role lost: Global Administrator")
}

// R93: an account that is removed is one drift, and none of what it had is called lost; one that takes its username is another account.
func TestARemovedAccountR93(t *testing.T) {
	r := newRig(t)
	r.night(roles(sharePoint))
	r.night(drift.Facts{drift.Identity: drift.SetOf()})
	r.want("removed", r.open(), "Account removed")
	other := roles(sharePoint)
	other[drift.Identity] = drift.SetOf(drift.Item{Key: "u2"})
	r.night(other)
	r.want("another one", r.open(), "Account removed", "Another account has the username")
	r.night(roles(sharePoint))
	r.want("restored", r.open())
}

// R93: a sign-in that is blocked, licenses and a second factor are told; a changed password is kept and no drift.
func TestWhatElseDriftsR93(t *testing.T) {
	r := newRig(t)
	good := roles()
	good[drift.MFA] = drift.Flag(drift.Registered, false)
	good[drift.Password] = drift.FactsOf(verdict.Verdict{PasswordSet: r.clock.Now()})[drift.Password]
	r.night(good)
	before := r.clock.Now()
	bad := drift.FactsOf(verdict.Verdict{Status: verdict.AccountBlocked, Code: "AADSTS50057", Proof: verdict.Proof{Licence: verdict.Refuted}, PasswordSet: before})
	bad[drift.MFA] = drift.Flag(drift.Registered, true)
	r.night(bad)
	r.want("open", r.open(), "Sign-in blocked", "License lost: Exchange Online", "Multi-factor authentication registered")
	seen, err := r.Between(t.Context(), adele, key, before, r.clock.Now())
	var titles []string
	for _, s := range seen {
		titles = append(titles, s.Title())
	}
	if err != nil || !slices.Contains(titles, "Password changed in Microsoft 365") || !slices.Contains(titles, "Sign-in blocked") {
		t.Errorf("between: %q, %v", titles, err)
	}
	for _, d := range r.account().Open {
		if d.Todo() == "" {
			t.Errorf("%s: nothing to do", d.Title())
		}
	}
}

// R93: of a policy that names groups, nothing is told of an account whose groups could not be read.
func TestPoliciesThatCoverAnAccountR93(t *testing.T) {
	all := drift.Policy{ID: "P1", Name: "Everyone", On: true, Include: drift.Audience{Users: []string{"All"}}, Resources: []string{"All"}}
	group := drift.Policy{ID: "p2", Name: "Pool", On: true, Include: drift.Audience{Groups: []string{"G1"}}, Resources: []string{"Office365"}}
	spared := all
	spared.ID, spared.Exclude = "p3", drift.Audience{Roles: []string{sharePoint}}
	off, other := all, all
	off.ID, off.On = "p4", false
	other.ID, other.Resources = "p5", []string{"11111111-0000-0000-0000-000000000000"}
	policies := []drift.Policy{all, group, spared, off, other}
	for name, c := range map[string]struct {
		of             drift.Person
		covers, unsure []string
	}{
		"nothing is read":    {drift.Person{ID: "u1"}, []string{"p1"}, []string{"p2", "p3"}},
		"in the group":       {drift.Person{ID: "u1", Groups: []string{"g1"}, GroupsRead: true, RolesRead: true}, []string{"p1", "p2", "p3"}, nil},
		"with the role":      {drift.Person{ID: "u1", Roles: []string{strings.ToUpper(sharePoint)}, GroupsRead: true, RolesRead: true}, []string{"p1"}, nil},
		"in no group at all": {drift.Person{ID: "u1", GroupsRead: true, RolesRead: true}, []string{"p1", "p3"}, nil},
	} {
		set := drift.Covering(policies, c.of)
		var covers []string
		for _, i := range set.Items {
			covers = append(covers, i.Key)
		}
		if !slices.Equal(covers, c.covers) || !slices.Equal(set.Unsure, c.unsure) {
			t.Errorf("%s: covered by %q, unsure %q", name, covers, set.Unsure)
		}
	}
	r := newRig(t)
	r.night(drift.Facts{drift.Policies: drift.Covering(policies, drift.Person{ID: "u1"})})
	r.night(drift.Facts{drift.Policies: drift.Covering(policies, drift.Person{ID: "u1", Groups: []string{"g1"}, GroupsRead: true, RolesRead: true})})
	r.want("what is known at last", r.open())
	r.night(drift.Facts{drift.Policies: drift.Covering(policies, drift.Person{ID: "u1"})})
	r.want("what is not known any more", r.open())
	r.night(drift.Facts{drift.Policies: drift.Covering(append(policies, drift.Policy{ID: "p6", Name: "New", On: true, Include: drift.Audience{Users: []string{"u1"}}, Resources: []string{"All"}}), drift.Person{ID: "u1"})})
	r.want("a new one", r.open(), "Now covered by the policy New")
}
