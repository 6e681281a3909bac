package microsoft_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"purser.example/internal/m365sim"
	"purser.example/internal/microsoft"
	"purser.example/internal/secret"
	"purser.example/internal/verdict"
	"purser.example/internal/whose"
)

// R50, R53: what Graph lists is read by pages, by an app and by an account, and gone on with from each page.
func TestWhatGraphListsIsReadByPages(t *testing.T) {
	s := newScanned(t)
	byApp, byAccount := s.byApp(), s.byAccount("svc@contoso.com")
	for _, c := range []struct {
		kind   microsoft.Kind
		survey *microsoft.Survey
		by     string
	}{
		{microsoft.KindSites, byApp, "app"},
		{microsoft.KindOneDrives, byApp, "app"},
		{microsoft.KindGroups, byApp, "app"},
		{microsoft.KindTeams, byApp, "app"},
		{microsoft.KindUsers, byApp, "app"},
		{microsoft.KindMailboxes, byApp, "app"},
		{microsoft.KindGroups, byAccount, "account"},
		{microsoft.KindTeams, byAccount, "account"},
		{microsoft.KindUsers, byAccount, "account"},
		{microsoft.KindMailboxes, byAccount, "account"},
	} {
		names, places := all(t, c.survey, c.kind, "")
		want := map[microsoft.Kind]int{
			microsoft.KindSites: 19, microsoft.KindOneDrives: 3, microsoft.KindGroups: 9, microsoft.KindTeams: 7, microsoft.KindUsers: 13, microsoft.KindMailboxes: 10,
		}[c.kind]
		if len(names) != want || len(places) < 2 {
			t.Errorf("%s by %s: %d in %d pages: %v", c.kind, c.by, len(names), len(places), names)
		}
		for i, place := range places[:len(places)-1] {
			if rest, later := all(t, c.survey, c.kind, place); len(later) != len(places)-1-i || !slices.Equal(rest, names[len(names)-len(rest):]) {
				t.Errorf("%s by %s from page %d: %v", c.kind, c.by, i+1, rest)
			}
		}
	}
	s.onlyOwnHosts()
}

// inMemory is the same tenant without a network, in which a test can let time pass at once.
func inMemory(t *testing.T, throttle string, change ...func(*microsoft.Config)) (*m365sim.Simulator, *microsoft.Client) {
	t.Helper()
	fixture, err := m365sim.Read(strings.NewReader(scannedFixture))
	if err != nil {
		t.Fatal(err)
	}
	sim, err := m365sim.New(fixture, m365sim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := sim.PatchTenant("contoso.com", []byte(`{"throttle":`+throttle+`}`)); err != nil {
		t.Fatal(err)
	}
	cfg := microsoft.Config{Transport: transport(func(r *http.Request) (*http.Response, error) {
		if r = r.Clone(r.Context()); r.Body == nil {
			r.Body = http.NoBody
		}
		rec := httptest.NewRecorder()
		sim.ServeHTTP(rec, r)
		return rec.Result(), nil
	})}
	for _, c := range change {
		c(&cfg)
	}
	return sim, microsoft.New(cfg)
}

func appOfContoso() microsoft.App {
	return microsoft.App{ID: svc().App.ID, Secret: secret.FromString(clientSecret)}
}

func refusals(sim *m365sim.Simulator) (n int) {
	for _, r := range sim.Requests() {
		if r.Status == http.StatusTooManyRequests || r.Status == http.StatusServiceUnavailable {
			n++
		}
	}
	return n
}

// R55: a scan that is throttled waits as long as Microsoft says, in seconds or by a date, and goes on; who was throttled when is told.
func TestAThrottledScanWaitsAndGoesOn(t *testing.T) {
	for _, throttle := range []string{
		`{"graphRequests":1,"windowSeconds":60}`, `{"graphRequests":1,"windowSeconds":60,"retryAfter":"date"}`,
	} {
		synctest.Test(t, func(t *testing.T) {
			var told []microsoft.Throttle
			sim, client := inMemory(t, throttle, func(cfg *microsoft.Config) { cfg.Throttled = func(th microsoft.Throttle) { told = append(told, th) } })
			started := time.Now()
			survey, err := client.SurveyAsApp(t.Context(), microsoft.TenantRef{ID: tenantID}, appOfContoso())
			if err != nil {
				t.Fatal(err)
			}
			names, places := all(t, survey, microsoft.KindUsers, "")
			if len(names) != 13 || time.Since(started) < 2*time.Minute-5*time.Second || time.Since(started) > 3*time.Minute {
				t.Errorf("%d in %d pages after %v", len(names), len(places), time.Since(started))
			}
			if len(told) == 0 || len(told) != refusals(sim) || len(told) > 2 {
				t.Fatalf("%d told of %d refusals for %d pages", len(told), refusals(sim), len(places))
			}
			if th := told[0]; th.Tenant != tenantID || th.Service != microsoft.OfGraph || th.By != appOfContoso().ID || th.HTTP != 429 || th.Wait < 50*time.Second || th.At.IsZero() {
				t.Errorf("%+v", th)
			}
		})
	}
}

// R55: where SharePoint warns, a scan spreads what is left over the time that it is for, and does not run into the wall.
func TestAScanSlowsDownBeforeTheWall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim, client := inMemory(t, `{"sharePointRequests":10,"windowSeconds":60}`)
		survey, v := client.SurveyAsAccount(t.Context(), accountOf("svc@contoso.com", "Right-1!"), "")
		if survey == nil {
			t.Fatal(v)
		}
		started := time.Now()
		for range 4 {
			if names, _ := all(t, survey, microsoft.KindSites, ""); len(names) != 17 {
				t.Errorf("%v", names)
			}
		}
		if took := time.Since(started); took < time.Minute || took > 10*time.Minute || refusals(sim) > 0 {
			t.Errorf("%v with %d refusals", took, refusals(sim))
		}
	})
}

// R55: where the rest is longer than there is time, the scan is told so at once, and nothing more is asked: neither for it nor for a person.
func TestARestIsKeptByEverybody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim, client := inMemory(t, `{"graphRequests":1,"windowSeconds":600}`)
		survey, err := client.SurveyAsApp(t.Context(), microsoft.TenantRef{ID: tenantID}, appOfContoso())
		if err != nil {
			t.Fatal(err)
		}
		if !survey.Resting().IsZero() {
			t.Error("it rests before anything was asked")
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		started := time.Now()
		for range 2 {
			err = survey.Read(ctx, microsoft.KindUsers, "", func(microsoft.Things) error { return nil })
			if f, _ := microsoft.FailureOf(err); !f.Throttled || f.Code != "HTTP 429" || f.Whose != whose.Microsoft {
				t.Errorf("%+v %v", f, err)
			}
		}
		d, err := client.ReadAsApp(t.Context(), microsoft.TenantRef{ID: tenantID}, appOfContoso())
		if err != nil {
			t.Fatal(err)
		}
		_, err = d.GroupsNamed(t.Context(), "Pool")
		if f, _ := microsoft.FailureOf(err); !f.Throttled || f.Code != "HTTP 429" {
			t.Errorf("a person: %+v %v", f, err)
		}
		if refusals(sim) != 1 || time.Since(started) > 10*time.Second {
			t.Errorf("%d refusals after %v", refusals(sim), time.Since(started))
		}
		if until := survey.Resting(); time.Until(until) < 9*time.Minute {
			t.Errorf("rests until %v", until)
		}
		time.Sleep(11 * time.Minute)
		if _, err := d.GroupsNamed(t.Context(), "Pool"); err != nil || !survey.Resting().IsZero() {
			t.Errorf("afterwards: %v, %v", err, survey.Resting())
		}
	})
}

// R55: one account's rest is not another's.
func TestMembersTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim, client := inMemory(t, `{"sharePointUserRequests":4,"sharePointStatus":503,"windowSeconds":600}`)
		if err := sim.PatchUser("box@contoso.com", []byte(`{"roles":["SharePoint Administrator"]}`)); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		for _, username := range []string{"svc@contoso.com", "box@contoso.com"} {
			survey, v := client.SurveyAsAccount(ctx, accountOf(username, "Right-1!"), "https://fabrikam-admin.sharepoint.com")
			if survey == nil {
				t.Fatal(v)
			}
			pages := 0
			err := survey.Read(ctx, microsoft.KindProjects, "", func(microsoft.Things) error { pages++; return nil })
			if err != nil || pages == 0 {
				t.Errorf("%s: %v after %d pages", username, err, pages)
			}
		}
	})
}

// R55: a tenant is asked so much at once and no more; where a person waits, that goes first.
func TestSoMuchAtOnceAndAPersonFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		asking, most := 0, 0
		var order []string
		answered := make(chan struct{})
		client := microsoft.New(microsoft.Config{CallTimeout: time.Hour, Transport: transport(func(r *http.Request) (*http.Response, error) {
			if strings.HasSuffix(r.URL.Path, "/token") {
				return answer(200, nil, `{"token_type":"Bearer","access_token":"`+accessToken+`","expires_in":86400}`), nil
			}
			mu.Lock()
			asking++
			most = max(most, asking)
			order = append(order, r.URL.Path)
			mu.Unlock()
			<-answered
			mu.Lock()
			asking--
			mu.Unlock()
			if agent := r.Header.Get("User-Agent"); (agent == "NONISV|Purser|Purser/1.0") != strings.HasSuffix(r.URL.Path, "/users") {
				t.Errorf("%s by %s", r.URL.Path, agent)
			}
			if strings.HasSuffix(r.URL.Path, "/users") {
				return answer(200, nil, `{"value":[{"id":"u1","displayName":"U","userPrincipalName":"u@contoso.com"}]}`), nil
			}
			return answer(200, nil, `{"value":[]}`), nil
		})})
		survey, err := client.SurveyAsApp(t.Context(), microsoft.TenantRef{ID: tenantID}, appOfContoso())
		if err != nil {
			t.Fatal(err)
		}
		d, err := client.ReadAsApp(t.Context(), microsoft.TenantRef{ID: tenantID}, appOfContoso())
		if err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				if err := survey.Read(t.Context(), microsoft.KindUsers, "", func(microsoft.Things) error { return nil }); err != nil {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		all.Go(func() {
			if _, err := d.GroupsNamed(t.Context(), "Pool"); err != nil {
				t.Error(err)
			}
		})
		gone, leave := context.WithCancel(t.Context())
		all.Go(func() {
			if err := survey.Read(gone, microsoft.KindUsers, "", func(microsoft.Things) error { return nil }); microsoft.CodeOf(err) != verdict.Cancelled {
				t.Error(err)
			}
		})
		synctest.Wait()
		leave()
		synctest.Wait()
		for range 21 {
			answered <- struct{}{}
			synctest.Wait()
		}
		all.Wait()
		if most != 8 || slices.Index(order, "/v1.0/groups") != 8 {
			t.Errorf("%d at once, %v", most, order)
		}
	})
}

// R53: a next page that leads elsewhere, in a circle or nowhere ends the reading with a fault, and a token goes nowhere else.
func TestNextPagesThatLeadNowhere(t *testing.T) {
	const users = "https://graph.microsoft.com/v1.0/users?$skiptoken="
	for name, c := range map[string]struct {
		next  func(n int) string
		pages int
	}{
		"another host":    {func(int) string { return "https://elsewhere.example/v1.0/users?$skiptoken=a" }, 0},
		"another list":    {func(int) string { return "https://graph.microsoft.com/v1.0/groups?$skiptoken=a" }, 0},
		"another version": {func(int) string { return "https://graph.microsoft.com/beta/users?$skiptoken=a" }, 0},
		"without TLS":     {func(int) string { return "http://graph.microsoft.com/v1.0/users?$skiptoken=a" }, 0},
		"itself":          {func(int) string { return users + "a" }, 1},
		"a circle":        {func(n int) string { return users + fmt.Sprint(n%3) }, 3},
	} {
		s := newStandIn(t)
		s.scans()
		asked := 0
		s.says["/v1.0/users"] = func(w http.ResponseWriter, r *http.Request) {
			asked++
			says(200, `{"value":[{"id":"u1","displayName":"U"}],"@odata.nextLink":"`+c.next(asked)+`"}`)(w, r)
		}
		survey, v := s.patient().SurveyAsAccount(t.Context(), svc(), "")
		if survey == nil {
			t.Fatal(v)
		}
		pages := 0
		err := survey.Read(t.Context(), microsoft.KindUsers, "", func(microsoft.Things) error { pages++; return nil })
		if !errors.Is(err, microsoft.ErrNowhere) || pages != c.pages {
			t.Errorf("%s: %v after %d pages", name, err, pages)
		}
		for _, r := range s.seen() {
			if r.host != "graph.microsoft.com" && r.host != "login.microsoftonline.com" {
				t.Errorf("%s: %s was asked", name, r.host)
			}
		}
		survey.Close()
	}
	s := newStandIn(t)
	s.scans()
	s.says["/_vti_bin/"] = says(200, `[{"SchemaVersion":"15.0.0.0","ErrorInfo":null},5,{"_Child_Items_":[],"NextStartIndexFromSharePoint":"again"}]`)
	survey, _ := s.patient().SurveyAsAccount(t.Context(), svc(), "")
	if err := survey.Read(t.Context(), microsoft.KindSites, "", func(microsoft.Things) error { return nil }); !errors.Is(err, microsoft.ErrNowhere) {
		t.Errorf("CSOM: %v", err)
	}
}

// R53, X47: what comes without an id is told and not dropped; users without their plans are not users without mailboxes.
func TestWhatCannotBeReadWholeIsTold(t *testing.T) {
	s := newStandIn(t)
	s.scans()
	s.says["/v1.0/groups"] = says(200, `{"value":[{"id":"g1","displayName":"G"},{"displayName":"No id"},{"id":"a/b","mail":"odd@contoso.com"}]}`)
	s.says["/v1.0/users"] = says(200, `{"value":[{"id":"u1","displayName":null,"mail":null,"assignedPlans":null}]}`)
	s.says["/_vti_bin/"] = says(200, `[{"SchemaVersion":"15.0.0.0","ErrorInfo":null},5,{"_Child_Items_":[{"Url":"https://contoso.sharepoint.com/sites/a","Title":null}],"NextStartIndexFromSharePoint":null}]`)
	survey, _ := s.patient().SurveyAsAccount(t.Context(), svc(), "")
	for kind, want := range map[microsoft.Kind][]microsoft.Thing{
		microsoft.KindGroups: {{ID: "g1", Name: "G"}, {Name: "No id", Flaw: microsoft.NoID}, {Name: "odd@contoso.com", Address: "odd@contoso.com", Flaw: microsoft.NoID}},
		microsoft.KindSites:  {{Name: "https://contoso.sharepoint.com/sites/a", Address: "https://contoso.sharepoint.com/sites/a", Flaw: microsoft.NoID}},
	} {
		var got []microsoft.Thing
		err := survey.Read(t.Context(), kind, "", func(page microsoft.Things) error { got = append(got, page.List...); return nil })
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v %+v", kind, err, got)
		}
	}
	err := survey.Read(t.Context(), microsoft.KindMailboxes, "", func(microsoft.Things) error { return nil })
	if f, _ := microsoft.FailureOf(err); !f.Denied || f.Right != "User.Read.All" {
		t.Errorf("%+v %v", f, err)
	}
}

// X9: a tenant without a single user is one whose users were not read; a tenant without groups may be.
func TestNobodyInTheTenantIsNotRead(t *testing.T) {
	s := newStandIn(t)
	s.scans()
	s.says["/v1.0/groups"], s.says["/v1.0/users"] = says(200, `{"value":[]}`), says(200, `{"value":[]}`)
	survey, _ := s.patient().SurveyAsAccount(t.Context(), svc(), "")
	for kind, read := range map[microsoft.Kind]bool{microsoft.KindGroups: true, microsoft.KindUsers: false, microsoft.KindMailboxes: false} {
		err := survey.Read(t.Context(), kind, "", func(microsoft.Things) error { return nil })
		if f, failed := microsoft.FailureOf(err); failed == read || failed && f.Denied {
			t.Errorf("%s: %+v %v", kind, f, err)
		}
	}
}

// R56: what is refused for want of a permission names it.
func TestTheMissingPermissionIsNamed(t *testing.T) {
	s := newScanned(t)
	if err := s.sim.PatchTenant("contoso.com", []byte(`{"apps":[{"appId":"`+svc().App.ID+`","displayName":"Purser","clientSecret":"`+clientSecret+`","permissions":[],"delegatedPermissions":["User.Read"]}]}`)); err != nil {
		t.Fatal(err)
	}
	byApp, byAccount := s.byApp(), s.byAccount("svc@contoso.com")
	for _, c := range []struct {
		survey *microsoft.Survey
		kind   microsoft.Kind
		right  string
	}{
		{byApp, microsoft.KindSites, "Sites.Read.All"},
		{byApp, microsoft.KindOneDrives, "Sites.Read.All"},
		{byApp, microsoft.KindGroups, "GroupMember.Read.All"},
		{byApp, microsoft.KindTeams, "GroupMember.Read.All"},
		{byApp, microsoft.KindUsers, "User.Read.All"},
		{byApp, microsoft.KindMailboxes, "User.Read.All"},
		{byAccount, microsoft.KindGroups, "GroupMember.Read.All"},
		{byAccount, microsoft.KindSites, "Sites.Read.All"},
	} {
		err := c.survey.Read(t.Context(), c.kind, "", func(microsoft.Things) error { return nil })
		if f, _ := microsoft.FailureOf(err); !f.Denied || f.Right != c.right || f.Whose != whose.App {
			t.Errorf("%s: %+v %v", c.kind, f, err)
		}
	}
}

// consents makes these the delegated permissions of the app.
func (s *scanned) consents(scopes string) {
	s.Helper()
	if err := s.sim.PatchTenant("contoso.com", []byte(`{"apps":[{"appId":"`+svc().App.ID+`","displayName":"Purser","clientSecret":"`+clientSecret+`","delegatedPermissions":`+scopes+`}]}`)); err != nil {
		s.Fatal(err)
	}
}

// R51, R56: an account's scan names the permission of SharePoint that is missing, whether there is consent to none of them or to another,
// and tells it from a role of the account's own.
func TestTheMissingPermissionOfSharePointIsNamed(t *testing.T) {
	for scopes, c := range map[string]struct {
		code, right string
		whose       whose.Fault
	}{
		`["User.Read","Sites.Read.All"]`:                               {"AADSTS65001", "AllSites.FullControl", whose.App},
		`["User.Read","Sites.Read.All","AllSites.Read"]`:               {"HTTP 403", "AllSites.FullControl", whose.App},
		`["User.Read","Sites.FullControl.All","AllSites.FullControl"]`: {"HTTP 403", "SharePoint Administrator", whose.Account},
		`["User.Read","TermStore.ReadWrite.All"]`:                      {"HTTP 403", "Sites.Read.All", whose.App},
	} {
		s := newScanned(t)
		s.consents(scopes)
		err := s.byAccount("plain@contoso.com").Read(t.Context(), microsoft.KindSites, "", func(microsoft.Things) error { return nil })
		if f, _ := microsoft.FailureOf(err); !f.Denied || f.Code != c.code || f.Right != c.right || f.Whose != c.whose {
			t.Errorf("%s: %+v %v", scopes, f, err)
		}
	}
	s := newScanned(t)
	s.consents(`["User.Read","Sites.Read.All","AllSites.FullControl"]`)
	err := s.byAccount("svc@contoso.com").AddTermStoreAdministrator(t.Context(), "box@contoso.com")
	if f, _ := microsoft.FailureOf(err); !f.Denied || f.Right != "TermStore.ReadWrite.All" || f.Whose != whose.App {
		t.Errorf("term store: %+v %v", f, err)
	}
}

// R56: where the token has the permission and Graph refuses all the same, it is the account that lacks a right.
func TestARightOfTheAccountIsNotThePermission(t *testing.T) {
	s := newScanned(t)
	s.consents(`["User.Read","Group.Read.All"]`)
	survey := s.byAccount("svc@contoso.com")
	if err := s.sim.SetFaults([]m365sim.Fault{{PathPrefix: "/v1.0/groups", Status: 403, Body: `{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges."}}`}}); err != nil {
		t.Fatal(err)
	}
	err := survey.Read(t.Context(), microsoft.KindGroups, "", func(microsoft.Things) error { return nil })
	if f, _ := microsoft.FailureOf(err); !f.Denied || f.Right != "" || f.Whose != whose.Account {
		t.Errorf("%+v %v", f, err)
	}
}

// R51: an account becomes administrator of the term store, or SharePoint does not allow it.
func TestTermStoreAdministrators(t *testing.T) {
	s := newScanned(t)
	survey := s.byAccount("svc@contoso.com")
	if err := survey.AddTermStoreAdministrator(t.Context(), "box@contoso.com"); err != nil {
		t.Fatal(err)
	}
	if list, err := s.sim.TermStoreAdministrators("contoso.com"); err != nil || !slices.Contains(list, "i:0#.f|membership|box@contoso.com") {
		t.Errorf("%v %v", list, err)
	}
	if err := survey.AddTermStoreAdministrator(t.Context(), "nobody & <co>@contoso.com"); !errors.Is(err, microsoft.ErrUnsupported) {
		t.Errorf("somebody who is not there: %v", err)
	}
	if err := s.sim.PatchTenant("contoso.com", []byte(`{"sharePoint":{"host":"fabrikam","termStoreRefuses":true}}`)); err != nil {
		t.Fatal(err)
	}
	if err := survey.AddTermStoreAdministrator(t.Context(), "svc@contoso.com"); !errors.Is(err, microsoft.ErrUnsupported) {
		t.Errorf("%v", err)
	}
	if err := s.byAccount("plain@contoso.com").AddTermStoreAdministrator(t.Context(), "svc@contoso.com"); !errors.Is(err, microsoft.ErrUnsupported) {
		t.Errorf("without the role: %v", err)
	}
}

// R60: neither tokens nor the password nor the secret appear in an error, in the log or in a survey.
func TestAScanKeepsSecrets(t *testing.T) {
	for _, c := range anyone {
		if c.name == "a time-out" {
			continue // its log is that of a reset
		}
		for _, path := range []string{"/v1.0/users", "/_vti_bin/", "/_api/contextinfo", "/" + tenantID} {
			s := newStandIn(t)
			s.scans()
			survey, v := s.patient().SurveyAsAccount(t.Context(), svc(), "")
			if survey == nil {
				t.Fatal(v)
			}
			s.mu.Lock()
			s.says[path] = c.says
			s.mu.Unlock()
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			for _, kind := range []microsoft.Kind{microsoft.KindUsers, microsoft.KindSites} {
				err := survey.Read(ctx, kind, "", func(microsoft.Things) error { return nil })
				v.Detail += fmt.Sprintf("%v %+v %#v", err, err, survey.Resting())
			}
			cancel()
			survey.Close()
			s.keepsSecrets(t, v)
			if text := fmt.Sprintf("%+v %#v", survey, survey); strings.Contains(text, "arked") {
				t.Errorf("%s", text)
			}
		}
	}
}

// R51: a digest that is not good any more is asked for anew, once; a token that a host stops accepting, too.
func TestADigestIsRenewed(t *testing.T) {
	s := newStandIn(t)
	s.scans()
	digests := 0
	s.says["/_api/contextinfo"] = func(w http.ResponseWriter, r *http.Request) {
		digests++
		says(200, fmt.Sprintf(`{"FormDigestValue":"0x%d,now","FormDigestTimeoutSeconds":1800}`, digests))(w, r)
	}
	good := s.says["/_vti_bin/"]
	s.says["/_vti_bin/"] = func(w http.ResponseWriter, r *http.Request) {
		switch r.Header.Get("X-Requestdigest") {
		case "0x1,now":
			says(200, `[{"SchemaVersion":"15.0.0.0","ErrorInfo":{"ErrorMessage":"x","ErrorCode":-2130575251,"ErrorTypeName":"Microsoft.SharePoint.SPException"}}]`)(w, r)
		case "0x2,now":
			good(w, r)
		default:
			says(200, `[{"SchemaVersion":"15.0.0.0","ErrorInfo":{"ErrorMessage":"x","ErrorCode":-1,"ErrorTypeName":"System.Exception"}}]`)(w, r)
		}
	}
	survey, _ := s.patient().SurveyAsAccount(t.Context(), svc(), "")
	read := func() error {
		return survey.Read(t.Context(), microsoft.KindSites, "", func(microsoft.Things) error { return nil })
	}
	if err := errors.Join(read(), read()); err != nil || digests != 2 {
		t.Errorf("%v after %d digests", err, digests)
	}
	s.says["/_vti_bin/"] = says(200, `[{"SchemaVersion":"15.0.0.0","ErrorInfo":{"ErrorMessage":"x","ErrorCode":-2146232832,"ErrorTypeName":"Microsoft.SharePoint.SPException"}}]`)
	if err := read(); microsoft.CodeOf(err) != "CSOM -2146232832" {
		t.Errorf("%v", err)
	}
}
