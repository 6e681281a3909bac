package microsoft_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"purser.example/internal/m365sim"
	"purser.example/internal/microsoft"
	"purser.example/internal/secret"
	"purser.example/internal/verdict"
	"purser.example/internal/whose"
)

// scannedFixture is a tenant with things of every kind, in pages of a handful. Its SharePoint has another name than its initial domain.
const scannedFixture = `{"pageSize":5,"tenants":[{"id":"` + tenantID + `","displayName":"Contoso","initialDomain":"contoso.onmicrosoft.com",
	"sharePoint":{"host":"fabrikam"},
	"domains":[{"id":"contoso.com"}],
	"apps":[{"appId":"a0000000-0000-4000-8000-000000000001","displayName":"Purser","clientSecret":"` + clientSecret + `"}],
	"users":[
		{"userPrincipalName":"svc@contoso.com","displayName":"Svc","password":"Right-1!","roles":["SharePoint Administrator"],"servicePlans":["EXCHANGE_S_ENTERPRISE"]},
		{"userPrincipalName":"plain@contoso.com","displayName":"Plain","password":"Right-1!"},
		{"userPrincipalName":"box@contoso.com","displayName":"Box","password":"Right-1!","servicePlans":["EXCHANGE_S_STANDARD"]},
		{"userPrincipalName":"trap@contoso.com","displayName":"Foundation","password":"Right-1!","servicePlans":["EXCHANGE_S_FOUNDATION"]}],
	"groups":[
		{"displayName":"Pool","mail":"pool@contoso.com","kind":"mailEnabledSecurity"},
		{"displayName":"Team","mail":"team@contoso.com","kind":"microsoft365","team":true,"owners":["svc@contoso.com"]},
		{"displayName":"Club","mail":"club@contoso.com","kind":"microsoft365"}],
	"objects":{"sites":12,"oneDrives":3,"projectSites":2,"groups":7,"teams":6,"mailboxes":8,"users":9},
	"sites":[
		{"path":"sites/finance","title":"Finance","owner":"plain@contoso.com","administrators":["svc@contoso.com"]},
		{"path":"sites/closed","lock":"NoAccess","owner":"plain@contoso.com"},
		{"path":"sites/still","lock":"ReadOnly","owner":"plain@contoso.com"},
		{"path":"sites/old","archived":"fullyArchived","owner":"plain@contoso.com"},
		{"path":"sites/odd","owner":"plain@contoso.com","signInError":{"code":53003,"status":403}}]}]}`

type scanned struct {
	*testing.T
	sim    *m365sim.Simulator
	client *microsoft.Client
	cfg    microsoft.Config
}

func newScanned(t *testing.T, change ...func(*microsoft.Config)) *scanned {
	t.Helper()
	fixture, err := m365sim.Read(strings.NewReader(scannedFixture))
	if err != nil {
		t.Fatal(err)
	}
	sim, err := m365sim.New(fixture, m365sim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := &scanned{T: t, sim: sim, cfg: microsoft.Config{Simulator: serve(t, sim), Patience: time.Millisecond}}
	for _, c := range change {
		c(&s.cfg)
	}
	s.client = microsoft.New(s.cfg)
	return s
}

func (s *scanned) byAccount(username string) *microsoft.Survey {
	s.Helper()
	survey, v := s.client.SurveyAsAccount(s.Context(), accountOf(username, "Right-1!"), "")
	if survey == nil {
		s.Fatal(v)
	}
	s.Cleanup(survey.Close)
	return survey
}

func (s *scanned) byApp() *microsoft.Survey {
	s.Helper()
	survey, err := s.client.SurveyAsApp(s.Context(), microsoft.TenantRef{ID: tenantID}, microsoft.App{ID: svc().App.ID, Secret: secret.FromString(clientSecret)})
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(survey.Close)
	return survey
}

// all reads a kind from a place on, and gives where each page began too.
func all(t *testing.T, s *microsoft.Survey, kind microsoft.Kind, from string) (names, places []string) {
	t.Helper()
	err := s.Read(t.Context(), kind, from, func(page microsoft.Things) error {
		for _, thing := range page.List {
			if thing.ID == "" || thing.Flaw != "" {
				t.Errorf("%s: %+v", kind, thing)
			}
			names = append(names, thing.Name)
		}
		places = append(places, page.Next)
		return nil
	})
	if err != nil {
		t.Fatalf("%s: %v", kind, err)
	}
	return names, places
}

// R50, R53: an account reads sites, OneDrives and project sites by pages at the admin host of the tenant's own name, with one password.
func TestAnAccountReadsSitesByPages(t *testing.T) {
	s := newScanned(t)
	survey := s.byAccount("svc@contoso.com")
	for kind, want := range map[microsoft.Kind]int{microsoft.KindSites: 17, microsoft.KindOneDrives: 3, microsoft.KindProjects: 2} {
		names, places := all(t, survey, kind, "")
		if len(names) != want || kind == microsoft.KindSites && len(places) < 4 {
			t.Errorf("%s: %d in %d pages: %v", kind, len(names), len(places), names)
		}
		for i, place := range places[:len(places)-1] {
			rest, later := all(t, survey, kind, place)
			if len(later) != len(places)-1-i || !slices.Equal(rest, names[len(names)-len(rest):]) {
				t.Errorf("%s from page %d: %v", kind, i+1, rest)
			}
		}
	}
	if passwords(s.sim) != 1 {
		t.Errorf("%d passwords were sent", passwords(s.sim))
	}
	s.onlyOwnHosts()
}

// onlyOwnHosts fails where a request went to a host that is none of the tenant's.
func (s *scanned) onlyOwnHosts() {
	s.Helper()
	own := []string{"login.microsoftonline.com", "graph.microsoft.com", "fabrikam.sharepoint.com", "fabrikam-my.sharepoint.com", "fabrikam-admin.sharepoint.com"}
	for _, r := range s.sim.Requests() {
		if !slices.Contains(own, r.Host) {
			s.Errorf("%s was asked for %s", r.Host, r.Path)
		}
	}
}

// R51: what is known of a site beside its name comes with it.
func TestLockedAndArchivedSitesAreToldInTheList(t *testing.T) {
	s := newScanned(t)
	found := map[string]microsoft.Thing{}
	err := s.byAccount("svc@contoso.com").Read(t.Context(), microsoft.KindSites, "", func(page microsoft.Things) error {
		for _, thing := range page.List {
			found[thing.Address] = thing
		}
		return nil
	})
	at := func(path string) microsoft.Thing { return found["https://fabrikam.sharepoint.com/sites/"+path] }
	if err != nil || at("closed").Lock != "NoAccess" || at("still").Lock != "ReadOnly" || !at("old").Archived || at("finance").Lock != "" || at("finance").Archived || at("finance").Name != "Finance" {
		t.Errorf("%v %+v", err, found)
	}
}

// siteOf finds a site by its path.
func siteOf(t *testing.T, s *microsoft.Survey, path string) microsoft.Thing {
	t.Helper()
	var found microsoft.Thing
	if err := s.Read(t.Context(), microsoft.KindSites, "", func(page microsoft.Things) error {
		for _, thing := range page.List {
			if strings.HasSuffix(thing.Address, "/sites/"+path) {
				found = thing
			}
		}
		return nil
	}); err != nil || found.ID == "" {
		t.Fatalf("no site %s: %v", path, err)
	}
	return found
}

const (
	plainClaim, svcClaim = "i:0#.f|membership|plain@contoso.com", "i:0#.f|membership|svc@contoso.com"
	boxClaim, trapClaim  = "i:0#.f|membership|box@contoso.com", "i:0#.f|membership|trap@contoso.com"
)

// R51, R54: administrators are read without the owner, and one is added to them by one question at the admin center.
func TestAdministratorsOfASite(t *testing.T) {
	s := newScanned(t)
	survey := s.byAccount("svc@contoso.com")
	site := siteOf(t, survey, "finance")
	names, err := survey.SiteAdministrators(t.Context(), site.ID, site.Address)
	if err != nil || !slices.Equal(names, []string{svcClaim}) {
		t.Fatalf("%v %v", names, err)
	}
	if err := survey.AddSiteAdministrator(t.Context(), site.ID, site.Address, boxClaim); err != nil {
		t.Fatal(err)
	}
	names, err = survey.SiteAdministrators(t.Context(), site.ID, site.Address)
	held, _ := s.sim.SiteAdministrators("fabrikam.sharepoint.com/sites/finance")
	if err != nil || !slices.Equal(names, []string{svcClaim, boxClaim}) || !slices.Equal(held, []string{plainClaim, svcClaim, boxClaim}) {
		t.Errorf("%v %v, held %v", names, err, held)
	}
	for _, r := range s.sim.Requests() {
		if strings.Contains(r.Path, "siteusers") {
			t.Errorf("the site itself was asked: %s", r.Path)
		}
	}
}

// R54: the owner of a site is asked for anew after a while: whoever was the owner may be an administrator by then, and stays one.
func TestTheOwnerIsAskedForAnewR54(t *testing.T) {
	var late atomic.Int64
	s := newScanned(t, func(cfg *microsoft.Config) {
		cfg.Now = func() time.Time { return time.Now().Add(time.Duration(late.Load())) }
	})
	survey := s.byAccount("svc@contoso.com")
	site := siteOf(t, survey, "finance")
	asked := func() (n int) {
		for _, r := range s.sim.Requests() {
			if strings.Contains(r.Path, "/_api/SPO.Tenant/sites(") {
				n++
			}
		}
		return n
	}
	for _, step := range []struct {
		wait time.Duration
		want int
	}{{0, 1}, {0, 1}, {15 * time.Second, 2}} {
		late.Add(int64(step.wait))
		if names, err := survey.SiteAdministrators(t.Context(), site.ID, site.Address); err != nil || !slices.Equal(names, []string{svcClaim}) || asked() != step.want {
			t.Errorf("after %v: %v %v, asked %d times", step.wait, names, err, asked())
		}
	}
}

// R51, R54: where the admin center lets the account in to nothing, a site that it administers is asked itself; others refuse. There nobody
// loses the right because somebody else is given it.
func TestAdministratorsAtTheSiteItself(t *testing.T) {
	s := newScanned(t)
	site := siteOf(t, s.byAccount("svc@contoso.com"), "finance")
	survey := s.byAccount("plain@contoso.com")
	names, err := survey.SiteAdministrators(t.Context(), site.ID, site.Address)
	if err != nil || !slices.Equal(names, []string{svcClaim}) {
		t.Fatalf("%v %v", names, err)
	}
	if err := survey.AddSiteAdministrator(t.Context(), site.ID, site.Address, boxClaim); err != nil {
		t.Fatal(err)
	}
	if held, _ := s.sim.SiteAdministrators("fabrikam.sharepoint.com/sites/finance"); !slices.Equal(held, []string{plainClaim, svcClaim, boxClaim}) {
		t.Errorf("held %v", held)
	}
	err = survey.AddSiteAdministrator(t.Context(), site.ID, "https://fabrikam.sharepoint.com/sites/site00001", boxClaim)
	if f, _ := microsoft.FailureOf(err); !f.Denied || f.Code != "HTTP 403" {
		t.Errorf("%+v %v", f, err)
	}
	s.onlyOwnHosts()
	err = survey.Read(t.Context(), microsoft.KindSites, "", func(microsoft.Things) error { return nil })
	if f, _ := microsoft.FailureOf(err); !f.Denied || f.Right != "SharePoint Administrator" || f.Whose != whose.Account {
		t.Errorf("%+v %v", f, err)
	}
}

// R54: administrators who are added at the same time, at the admin center and at the site, are all there afterwards.
func TestAdministratorsAreAddedAtOnceR54(t *testing.T) {
	s := newScanned(t)
	central, local := s.byAccount("svc@contoso.com"), s.byAccount("plain@contoso.com")
	site := siteOf(t, central, "finance")
	names := []string{boxClaim, trapClaim}
	for n := range 7 {
		names = append(names, fmt.Sprintf("i:0#.f|membership|u%05d@contoso.onmicrosoft.com", n+1))
	}
	var all sync.WaitGroup
	for i, name := range names {
		for _, survey := range []*microsoft.Survey{central, local}[i%2:] {
			all.Go(func() {
				if err := survey.AddSiteAdministrator(t.Context(), site.ID, site.Address, name); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			})
		}
	}
	all.Wait()
	held, err := central.SiteAdministrators(t.Context(), site.ID, site.Address)
	want := append(names, svcClaim)
	slices.Sort(held)
	slices.Sort(want)
	if err != nil || !slices.Equal(held, want) {
		t.Errorf("%v instead of %v, %v", held, want, err)
	}
}

// R54, R56: a refusal of CSOM's, which comes with status 200, is told by its type, its number, and what state the site is in.
func TestRefusalsOfCSOM(t *testing.T) {
	const noState, locked, old = `{"LockState":"Unlock"}`, `{"LockState":"NoAccess"}`, `{"ArchiveStatus":"FullyArchived"}`
	for name, c := range map[string]struct {
		kind   string
		number int
		state  string
		want   error
		whose  whose.Fault
	}{
		"no such site":         {"Microsoft.Online.SharePoint.Common.SpoNoSiteException", -1, noState, microsoft.ErrNoSite, ""},
		"no such file":         {"System.IO.FileNotFoundException", -2147024894, noState, microsoft.ErrNoSite, ""},
		"archived":             {"Microsoft.SharePoint.SPSiteArchivedException", -2147018894, noState, microsoft.ErrSiteArchived, ""},
		"archived, by state":   {"Microsoft.SharePoint.SPException", -2146232832, old, microsoft.ErrSiteArchived, ""},
		"read-only":            {"Microsoft.SharePoint.SPException", -2130575202, noState, microsoft.ErrSiteLocked, ""},
		"locked, by state":     {"System.UnauthorizedAccessException", -2147024891, locked, microsoft.ErrSiteLocked, ""},
		"denied":               {"System.UnauthorizedAccessException", -2147024891, noState, nil, whose.App},
		"no such user":         {"Microsoft.SharePoint.SPException", -2146232832, noState, nil, whose.Purser},
		"a type nobody knows":  {"", -2146232832, noState, nil, whose.Purser},
		"out of time":          {"System.TimeoutException", -2146233083, noState, nil, whose.Microsoft},
		"a digest that is old": {"Microsoft.SharePoint.SPException", -2130575251, noState, nil, whose.Microsoft},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStandIn(t)
			s.scans()
			s.says["/_vti_bin/"] = says(200, fmt.Sprintf(`[{"SchemaVersion":"15.0.0.0","ErrorInfo":{"ErrorMessage":"Gone, locked, archived.","ErrorCode":%d,"ErrorTypeName":%q}}]`, c.number, c.kind))
			s.says["/_api/SPO.Tenant/sites("] = says(200, c.state)
			survey, v := s.patient().SurveyAsAccount(t.Context(), svc(), "")
			if survey == nil {
				t.Fatal(v)
			}
			defer survey.Close()
			err := survey.AddSiteAdministrator(t.Context(), tenantID, "https://contoso.sharepoint.com/sites/a", boxClaim)
			if c.want != nil {
				if !errors.Is(err, c.want) {
					t.Errorf("%v", err)
				}
				return
			}
			if f, failed := microsoft.FailureOf(err); !failed || f.Whose != c.whose || f.Code == "" {
				t.Errorf("%+v %v", f, err)
			}
		})
	}
}

// R51: locked, archived, refusing and deleted sites are told apart.
func TestSitesThatTakeNoAdministrators(t *testing.T) {
	s := newScanned(t)
	survey := s.byAccount("svc@contoso.com")
	for path, want := range map[string]error{"closed": microsoft.ErrSiteLocked, "still": microsoft.ErrSiteLocked, "old": microsoft.ErrSiteArchived, "finance": nil} {
		site := siteOf(t, survey, path)
		if err := survey.AddSiteAdministrator(t.Context(), site.ID, site.Address, svcClaim); !errors.Is(err, want) {
			t.Errorf("%s: %v", path, err)
		}
	}
	odd, gone := siteOf(t, survey, "odd"), siteOf(t, survey, "finance")
	_, err := survey.SiteAdministrators(t.Context(), odd.ID, odd.Address)
	if f, _ := microsoft.FailureOf(err); f.Code != "HTTP 403" || !f.Denied {
		t.Errorf("%+v %v", f, err)
	}
	if err := s.sim.DeleteSite("fabrikam.sharepoint.com/sites/finance"); err != nil {
		t.Fatal(err)
	}
	if _, err := survey.SiteAdministrators(t.Context(), gone.ID, gone.Address); !errors.Is(err, microsoft.ErrNoSite) {
		t.Errorf("%v", err)
	}
	if err := survey.AddSiteAdministrator(t.Context(), gone.ID, gone.Address, boxClaim); !errors.Is(err, microsoft.ErrNoSite) {
		t.Errorf("%v", err)
	}
	plain := s.byAccount("plain@contoso.com")
	for path, want := range map[string]error{"closed": microsoft.ErrSiteLocked, "still": microsoft.ErrSiteLocked, "old": microsoft.ErrSiteArchived, "gone": microsoft.ErrNoSite} {
		err := plain.AddSiteAdministrator(t.Context(), odd.ID, "https://fabrikam.sharepoint.com/sites/"+path, svcClaim)
		if path == "closed" {
			if f, _ := microsoft.FailureOf(err); f.Denied && f.Code == "HTTP 403" {
				continue // a site says no more to those who are not let in at the admin center
			}
		}
		if !errors.Is(err, want) {
			t.Errorf("at the site, %s: %v", path, err)
		}
	}
}

// R52: a place that is not known any more, or is another list's, is told as one.
func TestAPlaceThatIsNotKnownIsStale(t *testing.T) {
	s := newScanned(t)
	survey := s.byAccount("svc@contoso.com")
	for _, c := range []struct {
		kind microsoft.Kind
		from string
	}{
		{microsoft.KindSites, "csom:nonsense"},
		{microsoft.KindSites, "graph:/v1.0/sites/getAllSites?$top=5"},
		{microsoft.KindSites, "x"},
		{microsoft.KindUsers, "csom:abc"},
		{microsoft.KindUsers, "graph:/v1.0/groups?$top=5"},
		{microsoft.KindUsers, "graph://elsewhere.example/v1.0/users?x"},
		{microsoft.KindUsers, "graph:/v1.0/users?$skiptoken=nonsense"},
		{microsoft.KindUsers, "graph:/v1.0/users/../groups?x"},
		{microsoft.KindUsers, "graph:/v1.0/users?a\r\nb"},
	} {
		if err := survey.Read(t.Context(), c.kind, c.from, func(microsoft.Things) error { return nil }); !errors.Is(err, microsoft.ErrStale) {
			t.Errorf("%s from %q: %v", c.kind, c.from, err)
		}
	}
	s.onlyOwnHosts()
}

// R55: a token goes to no host but the tenant's own, whatever address a site has.
func TestATokenGoesToNoOtherHost(t *testing.T) {
	s := newScanned(t)
	site := siteOf(t, s.byAccount("svc@contoso.com"), "finance")
	survey := s.byAccount("plain@contoso.com")
	for _, address := range []string{
		"https://contoso.sharepoint.com/sites/finance", "https://fabrikam.sharepoint.com.elsewhere.example/sites/finance", "http://fabrikam.sharepoint.com/sites/finance",
		"https://fabrikam.sharepoint.com:8443/sites/finance", "https://user@fabrikam.sharepoint.com/sites/finance", "https://elsewhere.example/sites/finance", "",
	} {
		if _, err := survey.SiteAdministrators(t.Context(), site.ID, address); microsoft.CodeOf(err) != verdict.BadAnswer {
			t.Errorf("%s: %v", address, err)
		}
	}
	s.onlyOwnHosts()
}

// R55: a custom admin center goes before the tenant's usual one; one of another cloud does not.
func TestACustomAdminCenter(t *testing.T) {
	s := newScanned(t)
	for admin, host := range map[string]string{
		"https://FABRIKAM-admin.sharepoint.com/": "fabrikam-admin.sharepoint.com", "https://fabrikam-admin.sharepoint.us": "fabrikam-admin.sharepoint.com", "http://x": "fabrikam-admin.sharepoint.com",
	} {
		survey, v := s.client.SurveyAsAccount(t.Context(), accountOf("svc@contoso.com", "Right-1!"), admin)
		if survey == nil {
			t.Fatal(v)
		}
		s.sim.ResetRequests()
		names, _ := all(t, survey, microsoft.KindProjects, "")
		asked := s.sim.Requests()
		if len(names) != 2 || asked[len(asked)-1].Host != host {
			t.Errorf("%s: %v by %s", admin, names, asked[len(asked)-1].Host)
		}
		survey.Close()
	}
}

// R51: what was signed in with is renewed by the refresh token; where that is refused, the account's fault is told by Microsoft's code.
func TestTokensAreRenewedWithoutThePassword(t *testing.T) {
	now := time.Now()
	s := newScanned(t, func(cfg *microsoft.Config) { cfg.Now = func() time.Time { return now } })
	survey := s.byAccount("svc@contoso.com")
	all(t, survey, microsoft.KindProjects, "")
	now = now.Add(2 * time.Hour)
	all(t, survey, microsoft.KindProjects, "")
	grants := map[string]int{}
	for _, r := range s.sim.Requests() {
		grants[r.GrantType]++
	}
	if grants["password"] != 1 || grants["refresh_token"] < 2 {
		t.Errorf("%v", grants)
	}
	for _, c := range []struct {
		patch, code string
	}{{`{"password":"Other-1!"}`, "AADSTS50173"}, {`{"password":"Right-1!","accountEnabled":false}`, "AADSTS50057"}} {
		now = now.Add(2 * time.Hour)
		if err := s.sim.PatchUser("svc@contoso.com", []byte(c.patch)); err != nil {
			t.Fatal(err)
		}
		err := survey.Read(t.Context(), microsoft.KindProjects, "", func(microsoft.Things) error { return nil })
		if f, _ := microsoft.FailureOf(err); f.Code != c.code || f.Whose != whose.Account || f.Cause == "" {
			t.Errorf("%+v %v", f, err)
		}
	}
	survey.Close()
	if err := survey.Read(t.Context(), microsoft.KindProjects, "", func(microsoft.Things) error { return nil }); microsoft.CodeOf(err) != verdict.Cancelled {
		t.Errorf("after the end: %v", err)
	}
}

// R51: an account is asked for once, and a wrong password, or none, opens nothing.
func TestAWrongPasswordOpensNothing(t *testing.T) {
	s := newScanned(t)
	survey, v := s.client.SurveyAsAccount(t.Context(), accountOf("svc@contoso.com", "wrong"), "")
	if survey != nil || v.Status != verdict.WrongPassword || passwords(s.sim) != 1 {
		t.Errorf("%v %+v", survey, v)
	}
}

// R50: what an app cannot do it is not asked to.
func TestAnAppAdministersNothing(t *testing.T) {
	s := newScanned(t)
	survey := s.byApp()
	for name, err := range map[string]error{
		"add":        survey.AddSiteAdministrator(t.Context(), "x", "", svcClaim),
		"term store": survey.AddTermStoreAdministrator(t.Context(), "svc@contoso.com"),
	} {
		if !errors.Is(err, microsoft.ErrNotByApp) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := survey.Read(t.Context(), microsoft.KindProjects, "", nil); !errors.Is(err, microsoft.ErrUnreadable) {
		t.Errorf("%v", err)
	}
	if err := survey.Read(t.Context(), "", "", nil); !errors.Is(err, microsoft.ErrUnreadable) {
		t.Errorf("%v", err)
	}
}

// An error of whoever uses the pages ends the reading and comes back as it is.
func TestAReaderMayStop(t *testing.T) {
	s := newScanned(t)
	enough := errors.New("enough")
	pages := 0
	err := s.byAccount("svc@contoso.com").Read(t.Context(), microsoft.KindSites, "", func(microsoft.Things) error { pages++; return enough })
	if !errors.Is(err, enough) || pages != 1 {
		t.Errorf("%v after %d", err, pages)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err = s.byAccount("svc@contoso.com").Read(ctx, microsoft.KindSites, "", func(microsoft.Things) error { cancel(); return nil })
	if microsoft.CodeOf(err) != verdict.Cancelled {
		t.Errorf("%v", err)
	}
}
