package appprofile_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/app"
	"purser.example/internal/appprofile"
	"purser.example/internal/problem"
	"purser.example/internal/sqlite/appprofiles"
	"purser.example/internal/tenant"
)

// R72: consent that was taken away later is found by Check, which asks anew and asks little.
func TestCheckSaysThatConsentWasTakenAway(t *testing.T) {
	r := newRig(t)
	p, err := r.Create(ctx, adele, here, draft("Contoso", "contoso.com", appID, word))
	must(t, err)
	r.steer(t, "PATCH", "/_sim/tenants/"+string(contoso), `{"displayName": "Contoso Ltd", "apps": [{"appId": "`+appID+`", "clientSecret": "`+word+`", "permissions": ["User.Read.All", "Organization.Read.All", "Directory.Read.All"], "delegatedPermissions": ["openid"]}]}`)
	before := len(r.sim.Requests())
	p, err = r.Check(ctx, adele, here, p.ID)
	must(t, err)
	if n := len(r.sim.Requests()) - before; n > 6 {
		t.Errorf("%d requests", n)
	}
	lacks := p.Lacks()
	if p.Status != appprofile.PermissionsMissing || len(lacks) != 1 || lacks[0].Name != "User.Read" {
		t.Errorf("%s %+v", p.Status, lacks)
	}
	if found, err := r.tenants.Find(ctx, contoso); err != nil || found.DisplayName != "Contoso Ltd" {
		t.Errorf("a tenant that was renamed is %+v, %v", found, err)
	}
}

// R72: Check tells what was consented to of SharePoint apart from what was of Graph, and sees that it was taken away.
func TestCheckReadsConsentToSharePoint(t *testing.T) {
	r := newRig(t)
	holding := func(p appprofile.Profile) (sites, terms, ofGraph appprofile.Holding) {
		for _, held := range p.Permissions() {
			switch {
			case held.Name == "AllSites.FullControl":
				sites = held.Holding
			case held.Name == "TermStore.ReadWrite.All":
				terms = held.Holding
			case held.Name == "Sites.Read.All" && held.Type == appprofile.Delegated:
				ofGraph = held.Holding
			}
		}
		return sites, terms, ofGraph
	}
	p, err := r.Create(ctx, adele, here, draft("Contoso", "contoso.com", appID, word))
	must(t, err)
	if sites, terms, ofGraph := holding(p); sites != appprofile.Granted || terms != appprofile.Granted || ofGraph != appprofile.Granted {
		t.Errorf("with all: %s, %s, %s", sites, terms, ofGraph)
	}
	for scopes, want := range map[string][3]appprofile.Holding{
		`["User.Read", "AllSites.FullControl"]`: {appprofile.Granted, appprofile.Missing, appprofile.Missing},
		`["User.Read", "Sites.Read.All"]`:       {appprofile.Missing, appprofile.Missing, appprofile.Granted},
	} {
		r.steer(t, "PATCH", "/_sim/tenants/"+string(contoso), `{"apps": [{"appId": "`+appID+`", "clientSecret": "`+word+`", "delegatedPermissions": `+scopes+`}]}`)
		p, err = r.Check(ctx, adele, here, p.ID)
		must(t, err)
		if sites, terms, ofGraph := holding(p); [3]appprofile.Holding{sites, terms, ofGraph} != want || p.Status != appprofile.Active {
			t.Errorf("%s: %s, %s, %s, %s", scopes, sites, terms, ofGraph, p.Status)
		}
	}
	r.steer(t, "PATCH", "/_sim/tenants/"+string(contoso), `{"apps": [{"appId": "`+appID+`", "clientSecret": "`+word+`", "permissions": ["User.Read.All", "GroupMember.Read.All"]}]}`)
	p, err = r.Check(ctx, adele, here, p.ID)
	must(t, err)
	if sites, terms, ofGraph := holding(p); sites != appprofile.Untold || terms != appprofile.Untold || ofGraph != appprofile.Untold {
		t.Errorf("unread: %s, %s, %s", sites, terms, ofGraph)
	}
}

// R73: a tenant that was renamed at Microsoft has a former name from the next check on, which the activity log tells once. One whose name is
// read for the first time has none.
func TestCheckTellsOfATenantThatWasRenamed(t *testing.T) {
	r := newRig(t)
	p, err := r.Create(ctx, adele, here, draft("Contoso", "contoso.com", appID, word))
	must(t, err)
	told := func() (names []string) {
		t.Helper()
		links, err := r.db.Activity(ctx, 100)
		must(t, err)
		for _, l := range links {
			if former := l.Details["former tenant name"]; former != "" {
				names = append(names, former+" > "+l.Details["tenant name"])
			}
		}
		return names
	}
	if found, err := r.tenants.Find(ctx, contoso); err != nil || found.DisplayName != "Contoso" || found.Facts.Former != "" || told() != nil {
		t.Errorf("a tenant that was read once is %+v, %v, told %q", found, err, told())
	}
	for range 2 { // the second one finds nothing new
		r.steer(t, "PATCH", "/_sim/tenants/"+string(contoso), `{"displayName": "Contoso Ltd"}`)
		r.advance(time.Minute)
		_, err = r.Check(ctx, adele, here, p.ID)
		must(t, err)
		found, err := r.tenants.Find(ctx, contoso)
		must(t, err)
		if found.Facts.Former != "Contoso" || found.Facts.Renaming.IsZero() || !slices.Equal(told(), []string{"Contoso > Contoso Ltd"}) {
			t.Errorf("a tenant that was renamed is %+v, told %q", found, told())
		}
	}
	r.steer(t, "PATCH", "/_sim/tenants/"+string(contoso), `{"displayName": "Fabrikam"}`)
	_, err = r.Create(ctx, adele, here, draft("Again", "contoso.com", appID, word))
	must(t, err)
	if found, err := r.tenants.Find(ctx, contoso); err != nil || found.Facts.Former != "Contoso Ltd" || len(told()) != 2 {
		t.Errorf("connected again, it is %+v, %v, told %q", found, err, told())
	}
}

// R70, R62: a secret that was taken away makes the profile invalid; a Microsoft that does not answer leaves it as it was.
func TestCheckOfASecretThatIsGone(t *testing.T) {
	r := newRig(t)
	p, err := r.Create(ctx, adele, here, draft("Contoso", "contoso.com", appID, word))
	must(t, err)
	r.steer(t, "POST", "/_sim/faults", `[{"pathPrefix": "/`+string(contoso)+`/oauth2", "status": 503}]`)
	if _, err := r.Check(ctx, adele, here, p.ID); problem.KindOf(err) != problem.Upstream {
		t.Errorf("err = %v", err)
	}
	if now, err := r.Find(ctx, adele, p.ID); err != nil || now.Status != appprofile.Active || !now.Checked.Equal(p.Checked) {
		t.Errorf("%+v %v", now, err)
	}
	r.steer(t, "DELETE", "/_sim/faults", "")
	r.steer(t, "PATCH", "/_sim/tenants/"+string(contoso), `{"apps": [{"appId": "`+appID+`", "secrets": [{"value": "`+word+`", "expires": "-1d"}]}]}`)
	p, err = r.Check(ctx, adele, here, p.ID)
	must(t, err)
	if p.Status != appprofile.Invalid || p.Finding.Code != "AADSTS7000222" || p.Finding.Cause == "" || p.Finding.Remedy == "" || p.Finding.CorrelationID == "" || p.Credentials[0].Standing != appprofile.Refused {
		t.Errorf("%+v", p)
	}
}

// R73: a tenant that was removed is told as removed.
func TestCheckOfATenantThatIsGone(t *testing.T) {
	r := newRig(t)
	p, err := r.Create(ctx, adele, here, draft("Contoso", "contoso.com", appID, word))
	must(t, err)
	r.steer(t, "POST", "/_sim/faults", `[{"pathPrefix": "/`+string(contoso)+`/oauth2", "status": 400, "contentType": "application/json", "body": "{\"error\":\"invalid_request\",\"error_codes\":[90002],\"trace_id\":\"7b1f0000-0000-4000-8000-000000000001\",\"correlation_id\":\"5a0c0000-0000-4000-8000-000000000001\"}"}]`)
	p, err = r.Check(ctx, adele, here, p.ID)
	must(t, err)
	found, err := r.tenants.Find(ctx, contoso)
	if err != nil || p.Status != appprofile.Invalid || found.Gone.IsZero() || found.DisplayName != "Contoso" {
		t.Errorf("%+v %+v %v", p, found, err)
	}
}

// uses is a noun that keeps something for every tenant.
type uses struct{}

func (uses) UsesOfTenant(context.Context, access.Caller, tenant.ID) ([]appprofile.Use, error) {
	return []appprofile.Use{{Kind: "service account profile", Count: 2, Names: []string{"Backup"}}}, nil
}

// R70: Delete names what would not be reached any more.
func TestBeforeDelete(t *testing.T) {
	r := newRig(t)
	r.UsedBy(uses{})
	p, err := r.Create(ctx, adele, here, draft("Contoso", "contoso.com", appID, word))
	must(t, err)
	d, err := r.BeforeDelete(ctx, adele, p.ID)
	if err != nil || !d.Last || !d.InUse() || d.Uses[0].Count != 2 {
		t.Errorf("%+v %v", d, err)
	}
	must(t, r.Delete(ctx, adele, here, p.ID, ""))
	if n, m := r.kept(t); n != 0 || m != 0 {
		t.Errorf("%d app profiles, %d tenants", n, m)
	}
	if err := r.Delete(ctx, adele, here, p.ID, ""); problem.KindOf(err) != problem.NotFound {
		t.Errorf("again: %v", err)
	}
}

// Limit of issue 13: a hundred who read one tenant at once ask for one token. Run with others that give up.
func TestAHundredReadersAskForOneToken(t *testing.T) {
	r := newRig(t)
	_, err := r.Create(ctx, adele, here, draft("Contoso", "contoso.com", appID, word))
	must(t, err)
	a, err := r.Credentials(ctx, contoso)
	must(t, err)
	found, err := r.tenants.Find(ctx, contoso)
	must(t, err)
	directory := app.Apps(r.client)
	directory.Forget(a.Profile)
	before := r.asked("/oauth2/")
	gone, leave := context.WithCancel(ctx)
	leave()
	var all sync.WaitGroup
	for i := range 100 {
		all.Go(func() {
			of := ctx
			if i%10 == 9 {
				of = gone
			}
			var unread *appprofile.Unread
			if err := directory.Enter(of, found, a); err != nil && (of != gone || !errors.As(err, &unread)) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := r.asked("/oauth2/") - before; n != 1 {
		t.Errorf("%d token requests", n)
	}
	r.advance(2 * time.Hour)
	must(t, directory.Enter(ctx, found, a))
	if n := r.asked("/oauth2/") - before; n != 2 {
		t.Errorf("%d token requests after the token has ended", n)
	}
}

// X43: a row that somebody else wrote is not used.
func TestARowThatSomebodyElseWroteIsNotUsed(t *testing.T) {
	for name, statement := range map[string]string{
		"another cloud":       `UPDATE tenants SET cloud = 'china'`,
		"another application": `UPDATE app_profiles SET application_id = '` + otherApp + `'`,
		"another tenant":      `UPDATE app_profiles SET preferred = 0, tenant_id = '` + string(fabrikam) + `' WHERE name = 'Contoso'`,
		"another secret":      `UPDATE app_credentials SET secret = (SELECT c.secret FROM app_credentials c JOIN app_profiles p ON p.id = c.profile_id WHERE p.name = 'Fabrikam')`,
		"none":                `DELETE FROM app_credentials`,
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			p, err := r.Create(ctx, adele, here, draft("Contoso", "contoso.com", appID, word))
			must(t, err)
			q, err := r.Create(ctx, adele, here, draft("Fabrikam", "fabrikam.com", otherApp, "Fabrikam-Secret~1"))
			must(t, err)
			r.tamper(t, statement)
			r.tenants.Forget()
			before := r.asked("/oauth2/")
			if name == "another tenant" {
				must(t, r.Prefer(ctx, adele, here, p.ID))
				_, err = r.Credentials(ctx, q.Tenant)
			} else {
				_, err = r.Credentials(ctx, p.Tenant)
			}
			if problem.KindOf(err) != problem.Altered || !strings.Contains(problem.Message(err), "changed outside of Purser") {
				t.Errorf("err = %v", err)
			}
			if _, err := r.Check(ctx, adele, here, p.ID); err == nil || r.asked("/oauth2/") != before {
				t.Errorf("it was sent; %v", err)
			}
		})
	}
}

// watched notes with which credentials Microsoft 365 is asked.
type watched struct {
	appprofile.Directory
	asked []appprofile.CredentialID
}

func (w *watched) Inspect(ctx context.Context, t tenant.Tenant, a appprofile.App) (appprofile.Inspection, error) {
	w.asked = append(w.asked, a.Credential)
	return w.Directory.Inspect(ctx, t, a)
}

func (w *watched) Enter(ctx context.Context, t tenant.Tenant, a appprofile.App) error {
	w.asked = append(w.asked, a.Credential)
	return w.Directory.Enter(ctx, t, a)
}

// R74: Check asks with the credential in use first, whichever was added first: what that one may read is what Purser may.
func TestCheckAsksWithTheCredentialInUseFirst(t *testing.T) {
	r := newRig(t)
	r.steer(t, "PATCH", "/_sim/tenants/"+string(contoso), `{"apps": [{"appId": "`+appID+`", "secrets": [{"value": "`+word+`", "expires": "+20d"}, {"value": "Second-Secret~1", "expires": "+200d"}]}]}`)
	p, err := r.Create(ctx, adele, here, draft("Contoso", "contoso.com", appID, word))
	must(t, err)
	r.advance(time.Minute)
	p, err = r.AddCredential(ctx, adele, here, p.ID, p.Version, withSecret("Second-Secret~1"))
	must(t, err)
	w := &watched{Directory: app.Apps(r.client)}
	checks := appprofile.NewService(appprofile.Parts{Store: appprofiles.New(r.db), Tenants: r.tenants, Directory: w, Ring: r.ring, Now: r.now})
	p, err = checks.Check(ctx, adele, here, p.ID)
	must(t, err)
	used, _ := p.Used(r.now())
	if len(w.asked) != 2 || w.asked[0] != used.ID || used.ID != p.Credentials[1].ID {
		t.Errorf("asked with %v, in use is %s", w.asked, used.ID)
	}
}
