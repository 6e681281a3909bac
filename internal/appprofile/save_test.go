package appprofile_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/appprofile"
	"purser.example/internal/m365sim"
	"purser.example/internal/problem"
	"purser.example/internal/secret"
	"purser.example/internal/tenant"
)

// R71, R73: what is saved was accepted by Microsoft, and the tenant is what Microsoft says of it.
func TestCreateAsksFirst(t *testing.T) {
	r := newRig(t)
	p, err := r.Create(ctx, adele, here, draft("Contoso", "Contoso.com ", appID, word))
	must(t, err)
	if p.Status != appprofile.Active || !p.Preferred || p.Tenant != contoso || p.Kind() != appprofile.Secret || p.Checked.IsZero() {
		t.Errorf("%+v", p)
	}
	if left := time.Until(p.Credentials[0].Expires); left < 19*24*time.Hour || left > 21*24*time.Hour {
		t.Errorf("the secret ends in %s", left)
	}
	found, err := r.tenants.Find(ctx, contoso)
	must(t, err)
	f := found.Facts
	if found.DisplayName != "Contoso" || found.InitialDomain != "contoso.onmicrosoft.com" || len(f.Domains) != 3 || len(f.Licences) != 1 || f.Licences[0].Used != 1 ||
		f.SecurityDefaults == nil || !*f.SecurityDefaults || f.LegacyAuth == nil || !*f.LegacyAuth || found.Read.IsZero() || found.Apps != 1 {
		t.Errorf("%+v %+v", found, f)
	}
	for _, held := range p.Permissions() {
		if held.Holding != appprofile.Granted {
			t.Errorf("%s %s: %s", held.Type, held.Name, held.Holding)
		}
	}
	if n := r.asked("/"); n > 6 {
		t.Errorf("%d requests", n)
	}
	app, err := r.Credentials(ctx, contoso)
	if err != nil || string(app.Secret.Reveal()) != word {
		t.Errorf("%v", err)
	}
	if strings.Contains(r.log.String(), word) {
		t.Error("the secret is in the log")
	}
}

// X17, X45: blanks that came along when somebody pasted a name, a tenant or an ID go, whatever kind they are of.
func TestWhatIsPastedIsTidied(t *testing.T) {
	r := newRig(t)
	p, err := r.Create(ctx, adele, here, draft("\u2800Contoso\u00a0\u3000Backup\u200b", "\u00a0\ufeffContoso.com\u2060", "\u200b"+strings.ToUpper(appID)+"\u00a0", word))
	if err != nil || p.Name != "Contoso Backup" || p.Tenant != contoso || p.ApplicationID != appID {
		t.Errorf("%+v %v", p, err)
	}
	_, err = r.Create(ctx, adele, here, draft("\u2800\u200b", "contoso.com", otherApp, word))
	if fields := problem.Fields(err); len(fields) != 1 || fields[0].Field != appprofile.FieldName {
		t.Errorf("a name of blanks: %v", err)
	}
}

// X50: a tenant of which nobody says the one initial domain is read all the same, and known by what is known of it.
func TestATenantWithoutOneInitialDomain(t *testing.T) {
	organization := func(domains string) m365sim.Fault {
		return m365sim.Fault{PathPrefix: "/v1.0/organization", Status: 200, Body: m365sim.Verbatim(`{"value":[{"id":"` + string(contoso) + `","displayName":"Contoso Ltd","verifiedDomains":` + domains + `}]}`)}
	}
	listed := func(domains string) m365sim.Fault {
		return m365sim.Fault{PathPrefix: "/v1.0/domains", Status: 200, Body: m365sim.Verbatim(`{"value":` + domains + `}`)}
	}
	const (
		none    = `[{"name":"contoso.com","isDefault":true,"isInitial":false},{"name":"contoso.example","isInitial":null}]`
		several = `[{"name":"contoso.com","isDefault":true},{"name":"contoso.onmicrosoft.com","isInitial":true},{"name":"litware.onmicrosoft.com","isInitial":true}]`
	)
	asDomains := strings.NewReplacer(`"name"`, `"id"`).Replace
	for name, c := range map[string]struct {
		organization, domains string
		named, known          string
		listed                int
	}{
		"none":                          {none, asDomains(none), "contoso.com", "contoso.com", 2},
		"none, named by its ID":         {none, asDomains(none), string(contoso), "contoso.com", 2},
		"several":                       {several, asDomains(several), "contoso.com", "contoso.com", 3},
		"several, named by its ID":      {several, asDomains(several), string(contoso), "contoso.com", 3},
		"none here, one there":          {none, "", "contoso.com", "contoso.onmicrosoft.com", 3},
		"several here, one there":       {several, "", string(contoso), "contoso.onmicrosoft.com", 3},
		"no domains at all":             {`[]`, `[]`, "contoso.com", "contoso.com", 0},
		"no domains at all, by its ID":  {`null`, `[]`, string(contoso), string(contoso), 0},
		"no domains here, one of there": {`[]`, "", "contoso.com", "contoso.onmicrosoft.com", 3},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			faults := []m365sim.Fault{organization(c.organization)}
			if c.domains != "" {
				faults = append(faults, listed(c.domains))
			}
			must(t, r.sim.SetFaults(faults))
			p, err := r.Create(ctx, adele, here, draft("Contoso", c.named, appID, word))
			if err != nil || p.Status != appprofile.Active {
				t.Fatalf("%+v %v", p, err)
			}
			found, err := r.tenants.Find(ctx, contoso)
			if err != nil || found.DisplayName != "Contoso Ltd" || found.InitialDomain != c.known || len(found.Facts.Domains) != c.listed {
				t.Errorf("%+v %v", found, err)
			}
			if _, err := r.Credentials(ctx, contoso); err != nil {
				t.Errorf("the credential does not open: %v", err)
			}
			if p, err = r.Check(ctx, adele, here, p.ID); err != nil || p.Status != appprofile.Active {
				t.Errorf("checked: %+v %v", p, err)
			}
		})
	}
}

// R71: a wrong credential saves nothing, and says what is wrong with it.
func TestAWrongCredentialSavesNothing(t *testing.T) {
	for name, tc := range map[string]struct {
		draft appprofile.Draft
		field string
		says  string
	}{
		"another word":                      {draft("A", "contoso.com", appID, "Not-The-Secret~1"), appprofile.FieldSecret, "AADSTS7000215"},
		"the secret of another app":         {draft("A", "contoso.com", appID, "Other-Secret~1"), appprofile.FieldSecret, "a secret of another app"},
		"the secret id":                     {draft("A", "contoso.com", appID, "0f3a0000-0000-4000-8000-00000000000F"), appprofile.FieldSecret, "Secret ID"},
		"the application id":                {draft("A", "contoso.com", appID, appID), appprofile.FieldSecret, "not a client secret"},
		"an expired one":                    {draft("A", "contoso.com", appID, "Old-Secret~0000"), appprofile.FieldSecret, "AADSTS7000222"},
		"blanks around":                     {draft("A", "contoso.com", appID, " "+word), appprofile.FieldSecret, "spaces"},
		"a line break at its end":           {draft("A", "contoso.com", appID, word+"\r\n"), appprofile.FieldSecret, "line breaks"},
		"nothing":                           {draft("A", "contoso.com", appID, ""), appprofile.FieldSecret, "Enter the client secret"},
		"no choice":                         {appprofile.Draft{Name: "A", Tenant: "contoso.com", ApplicationID: appID}, appprofile.FieldCredential, "Choose"},
		"an app of another tenant":          {draft("A", "fabrikam.com", appID, word), appprofile.FieldApplication, "AADSTS700016"},
		"a tenant of another cloud":         {draft("A", "contosofederal.onmicrosoft.us", appID, word), appprofile.FieldSecret, "AADSTS7000215"},
		"an unknown domain":                 {draft("A", "northwind.example", appID, word), appprofile.FieldTenant, "knows no tenant"},
		"an unknown tenant":                 {draft("A", "6f1c0000-0000-4000-8000-0000000000ff", appID, word), appprofile.FieldTenant, "knows no tenant"},
		"what is neither":                   {draft("A", "contoso", appID, word), appprofile.FieldTenant, "directory (tenant) ID"},
		"an address in place of the domain": {draft("A", "https://contoso.com/", appID, word), appprofile.FieldTenant, "directory (tenant) ID"},
		"no application id":                 {draft("A", "contoso.com", "Purser", word), appprofile.FieldApplication, "application (client) ID"},
		"no name":                           {draft(" ", "contoso.com", appID, word), appprofile.FieldName, "name"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			_, err := r.Create(ctx, adele, here, tc.draft)
			fields := problem.Fields(err)
			if problem.KindOf(err) != problem.Invalid || len(fields) != 1 || fields[0].Field != tc.field || !strings.Contains(fields[0].Message, tc.says) {
				t.Errorf("err = %v, fields %+v", err, fields)
			}
			if refused, ok := errors.AsType[*appprofile.Refusal](err); ok && (refused.CorrelationID == "" || refused.Remedy == "") {
				t.Errorf("nothing to quote: %+v", refused)
			}
			if n, m := r.kept(t); n != 0 || m != 0 {
				t.Errorf("%d app profiles and %d tenants were kept", n, m)
			}
		})
	}
}

// R71: nothing meant for one cloud is sent to another.
func TestACloudIsRecognizedAndNothingGoesToAnother(t *testing.T) {
	r := newRig(t)
	p, err := r.Create(ctx, adele, here, draft("Federal", "contosofederal.onmicrosoft.us", appID, "Federal-Secret~1"))
	must(t, err)
	found, err := r.tenants.Find(ctx, p.Tenant)
	if err != nil || found.Cloud != tenant.GCCHigh {
		t.Errorf("%+v %v", found, err)
	}
	for _, q := range r.sim.Requests() {
		if q.Method == "POST" && q.Host != "login.microsoftonline.us" && q.Host != "graph.microsoft.us" {
			t.Errorf("a token was asked for, or used, at %s", q.Host)
		}
	}
	gcc, err := r.Create(ctx, adele, here, draft("Fabrikam", string(fabrikam), otherApp, "Fabrikam-Secret~1"))
	must(t, err)
	if found, err = r.tenants.Find(ctx, gcc.Tenant); err != nil || found.Cloud != tenant.GCC || found.DisplayName != "Fabrikam" {
		t.Errorf("%+v %v", found, err)
	}
}

// R71, R72: missing permissions alone are kept as such; what cannot be told is not told as missing.
func TestMissingPermissionsAreKeptAsSuch(t *testing.T) {
	r := newRig(t)
	p, err := r.Create(ctx, adele, here, draft("Poor", "contoso.com", poorApp, "Poor-Secret~1"))
	must(t, err)
	if p.Status != appprofile.PermissionsMissing || len(p.Lacks()) != 2 {
		t.Errorf("%s, lacks %v", p.Status, p.Lacks())
	}
	for _, held := range p.Permissions() {
		want := appprofile.Missing
		if held.Type == appprofile.Delegated {
			want = appprofile.Untold
		}
		if held.Holding != want {
			t.Errorf("%s %s: %s", held.Type, held.Name, held.Holding)
		}
	}
	found, err := r.tenants.Find(ctx, contoso)
	if err != nil || found.DisplayName != "contoso.com" || found.InitialDomain != "contoso.com" {
		t.Errorf("a tenant that could not be read is %+v, %v", found, err)
	}
	// The next one that can read it says what it is called (R73).
	_, err = r.Create(ctx, adele, here, draft("Rich", "contoso.example", appID, word))
	must(t, err)
	if found, err = r.tenants.Find(ctx, contoso); err != nil || found.DisplayName != "Contoso" || found.InitialDomain != "contoso.onmicrosoft.com" || found.Apps != 2 {
		t.Errorf("%+v %v", found, err)
	}
	if _, err := r.Credentials(ctx, contoso); err != nil {
		t.Errorf("the first does not open any more: %v", err)
	}
}

// R62, R71: where Microsoft is down in the middle of a Save, nothing is saved.
func TestMicrosoftDownInTheMiddleSavesNothing(t *testing.T) {
	for name, fault := range map[string]string{
		"at the discovery":            `[{"pathPrefix": "/contoso.com/v2.0", "status": 503}]`,
		"at the token":                `[{"pathPrefix": "/` + string(contoso) + `/oauth2", "status": 503}]`,
		"at Graph":                    `[{"pathPrefix": "/v1.0/$batch", "status": 502}]`,
		"at the organization":         `[{"pathPrefix": "/v1.0/organization", "status": 503}]`,
		"at Graph, which breaks off":  `[{"pathPrefix": "/v1.0/$batch", "reset": true}]`,
		"at Graph, by something else": `[{"pathPrefix": "/v1.0/$batch", "status": 403, "body": "<html>blocked</html>", "contentType": "text/html"}]`,
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.steer(t, "POST", "/_sim/faults", fault)
			_, err := r.Create(ctx, adele, here, draft("Contoso", "contoso.com", appID, word))
			if problem.KindOf(err) != problem.Upstream || !strings.Contains(problem.Message(err), "Nothing was saved") {
				t.Errorf("err = %v", err)
			}
			if n, m := r.kept(t); n != 0 || m != 0 {
				t.Errorf("%d app profiles and %d tenants were kept", n, m)
			}
			r.steer(t, "DELETE", "/_sim/faults", "")
			r.advance(time.Minute)
			_, err = r.Create(ctx, adele, here, draft("Contoso", "contoso.com", appID, word))
			must(t, err)
		})
	}
}

// R71: of a public client nothing can be asked; it is kept as not checked, under what was typed.
func TestAPublicClient(t *testing.T) {
	r := newRig(t)
	p, err := r.Create(ctx, adele, here, appprofile.Draft{Name: "Public", Tenant: "contoso.com", ApplicationID: publicID, Credential: appprofile.NewCredential{Choice: appprofile.None}})
	must(t, err)
	if p.Status != appprofile.NotChecked || p.Kind() != appprofile.Public || p.Tenant != contoso {
		t.Errorf("%+v", p)
	}
	if r.asked("/oauth2/") != 0 {
		t.Error("a token was asked for")
	}
	if app, err := r.Credentials(ctx, contoso); err != nil || app.Kind != appprofile.Public || !app.Secret.Empty() {
		t.Errorf("%v", err)
	}
	if p, err = r.Check(ctx, adele, here, p.ID); err != nil || p.Status != appprofile.NotChecked || p.Checked.IsZero() {
		t.Errorf("%+v %v", p, err)
	}
}

// R73: two administrators who connect the same tenant, by different domains and at once, have one tenant and two app profiles.
func TestTwoConnectTheSameTenant(t *testing.T) {
	r := newRig(t)
	var both sync.WaitGroup
	for name, domain := range map[string]string{"One": "contoso.com", "Two": "contoso.onmicrosoft.com"} {
		both.Go(func() {
			if _, err := r.Create(ctx, adele, here, draft(name, domain, appID, word)); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	if n, m := r.kept(t); n != 2 || m != 1 {
		t.Errorf("%d app profiles, %d tenants", n, m)
	}
	list, err := r.OfTenant(ctx, adele, contoso)
	if err != nil || len(list) != 2 || !list[0].Preferred || list[1].Preferred {
		t.Errorf("%+v %v", list, err)
	}
	must(t, r.Prefer(ctx, adele, here, list[1].ID))
	if app, err := r.Credentials(ctx, contoso); err != nil || app.Profile != list[1].ID {
		t.Errorf("the preferred one is not taken: %v", err)
	}
	_, err = r.Create(ctx, adele, here, draft("one", "contoso.com", appID, word))
	if fields := problem.Fields(err); len(fields) != 1 || fields[0].Field != appprofile.FieldName {
		t.Errorf("the same name again: %v", err)
	}
}

// R74: a second credential is added before the first is removed, each tried first; at no time there is none.
func TestAChangeOfCredentialsCostsNoOutage(t *testing.T) {
	r := newRig(t)
	p, err := r.Create(ctx, adele, here, draft("Contoso", "contoso.com", otherApp, "Other-Secret~1"))
	must(t, err)
	if _, err := r.AddCredential(ctx, adele, here, p.ID, p.Version, withSecret("Second-Secret~2")); problem.KindOf(err) != problem.Invalid {
		t.Errorf("one that Microsoft refuses: %v", err)
	}
	r.steer(t, "PATCH", "/_sim/tenants/"+string(contoso), `{"apps": [{"appId": "`+otherApp+`", "secrets": [{"value": "Other-Secret~1"}, {"value": "Second-Secret~2", "expires": "+300d"}]}]}`)
	r.advance(time.Minute)
	first := p.Credentials[0].ID
	p, err = r.AddCredential(ctx, adele, here, p.ID, p.Version, withSecret("Second-Secret~2"))
	must(t, err)
	if len(p.Credentials) != 2 {
		t.Fatalf("%+v", p.Credentials)
	}
	app, err := r.Credentials(ctx, contoso)
	if err != nil || string(app.Secret.Reveal()) != "Second-Secret~2" {
		t.Errorf("the newer one is not taken: %v", err)
	}
	if used, there := p.Used(time.Now()); !there || used.ID != app.Credential {
		t.Errorf("the one that is said to be used, %s, is not the one that is taken, %s", used.ID, app.Credential)
	}
	if _, err := r.AddCredential(ctx, adele, here, p.ID, p.Version, withSecret("Third~3")); problem.KindOf(err) != problem.Conflict {
		t.Errorf("a third one: %v", err)
	}
	if _, err := r.RemoveCredential(ctx, adele, here, p.ID, p.Version-1, first); problem.KindOf(err) != problem.Conflict {
		t.Errorf("an older version: %v", err)
	}
	p, err = r.RemoveCredential(ctx, adele, here, p.ID, p.Version, first)
	must(t, err)
	if _, err := r.RemoveCredential(ctx, adele, here, p.ID, p.Version, p.Credentials[0].ID); problem.KindOf(err) != problem.Conflict {
		t.Errorf("the only one: %v", err)
	}
	if app, err := r.Credentials(ctx, contoso); err != nil || string(app.Secret.Reveal()) != "Second-Secret~2" {
		t.Errorf("%v", err)
	}
}

// R70: Edit renames without asking anybody, and tries what is new.
func TestEdit(t *testing.T) {
	r := newRig(t)
	p, err := r.Create(ctx, adele, here, draft("Contoso", "contoso.com", appID, word))
	must(t, err)
	before := len(r.sim.Requests())
	p, err = r.Edit(ctx, adele, here, p.ID, p.Version, appprofile.Draft{Name: "Contoso main", ApplicationID: appID})
	must(t, err)
	if p.Name != "Contoso main" || p.Status != appprofile.Active || len(r.sim.Requests()) != before {
		t.Errorf("%+v", p)
	}
	if _, err := r.Edit(ctx, adele, here, p.ID, p.Version-1, appprofile.Draft{Name: "Older", ApplicationID: appID}); problem.KindOf(err) != problem.Conflict {
		t.Errorf("an older version: %v", err)
	}
	if _, err := r.Edit(ctx, adele, here, p.ID, p.Version, appprofile.Draft{Name: "Other", ApplicationID: otherApp}); len(problem.Fields(err)) != 1 {
		t.Errorf("another app with the former credential: %v", err)
	}
	if _, err := r.Edit(ctx, adele, here, p.ID, p.Version, draft("Other", "", otherApp, word)); problem.KindOf(err) != problem.Invalid {
		t.Errorf("another app with a wrong secret: %v", err)
	}
	p, err = r.Edit(ctx, adele, here, p.ID, p.Version, draft("Other", "", otherApp, "Other-Secret~1"))
	must(t, err)
	if app, err := r.Credentials(ctx, contoso); err != nil || app.ApplicationID != otherApp || len(p.Credentials) != 1 {
		t.Errorf("%+v %v", p, err)
	}
}

// R2: whoever has no role may nothing.
func TestWithoutARole(t *testing.T) {
	r := newRig(t)
	nobody := access.Caller{Subject: "s2"}
	_, created := r.Create(ctx, nobody, here, draft("Contoso", "contoso.com", appID, word))
	_, checked := r.Check(ctx, nobody, here, "x")
	_, listed := r.List(ctx, nobody, appprofile.Query{})
	for _, err := range []error{created, checked, listed, r.Delete(ctx, nobody, here, "x", ""), r.Prefer(ctx, nobody, here, "x")} {
		if problem.KindOf(err) != problem.Forbidden {
			t.Errorf("err = %v", err)
		}
	}
	if len(r.sim.Requests()) != 0 {
		t.Error("Microsoft was asked")
	}
}

// Step 14 of the database tells public clients from others by it: a sealed nothing has 33 bytes.
func TestASealedNothingHas33Bytes(t *testing.T) {
	r := newRig(t)
	nothing, err := r.ring.Prove(secret.Record{Table: "app_profile", ID: "a", Field: "secret", Facts: secret.FactsOf("a", "b")})
	if err != nil || len(nothing) != 33 {
		t.Errorf("%d bytes, %v", len(nothing), err)
	}
}
