package scans_test

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"purser.example/internal/access"
	"purser.example/internal/demo/demotest"
	"purser.example/internal/m365sim"
	"purser.example/internal/pool"
	"purser.example/internal/scan"
)

var (
	adele   = access.Caller{Issuer: "i", Subject: "s", Name: "Adele Vance", SignIn: "adele@contoso.com", Roles: []access.Role{access.ServiceAdministrator}}
	ofSites = pool.Key{Tenant: contoso, Class: pool.Sites}
)

const (
	svc       = "svc-scan@contoso.com"
	adminHost = "contoso-admin.sharepoint.com"
	poolMail  = "aos-pool@contoso.com"
)

// troubled is a house with a saved pool and a scan profile that registers it on twelve sites.
type troubled struct {
	*demotest.House
	t       *testing.T
	b       *demotest.Browser
	details string
}

// openTroubled opens it; more are fields of the tenant in the fixture, such as `"throttle": {}`.
func openTroubled(t *testing.T, more string) *troubled {
	t.Helper()
	text := strings.Replace(fixture, `{"tenants": [{`, `{"pageSize": 5, "tenants": [{"objects": {"sites": 10, "groups": 8}, `+more, 1)
	h := demotest.OpenFixture(t, text)
	v := &troubled{House: h, t: t, b: h.SignedIn(t, "admin@purser.test")}
	savePool(t, v.b)
	v.details = create(t, v.b, url.Values{"types": {"sites", "groups"}, "method": {"account"}, "account": {account(t, v.b)}})
	return v
}

// begin runs the scan profile, and gives the address of the scan.
func (v *troubled) begin() string {
	v.t.Helper()
	res := v.b.Post(v.details+"/run", nil)
	if res.StatusCode != http.StatusSeeOther {
		v.t.Fatalf("not run: %d", res.StatusCode)
	}
	return res.Header.Get("Location")
}

// scan gives a scan by its address.
func (v *troubled) scan(address string) scan.Scan {
	v.t.Helper()
	s, err := v.App.Scans.Scan(v.t.Context(), adele, scan.ID(address[strings.LastIndex(address, "/")+1:]))
	if err != nil {
		v.t.Fatal(err)
	}
	return s
}

// ended waits for the end of a scan and holds it to its state and code.
func (v *troubled) ended(address string, state scan.State, code scan.Code) scan.Scan {
	v.t.Helper()
	over(v.t, v.b, address)
	s := v.scan(address)
	if s.State != state || s.Code != code {
		v.t.Errorf("the scan ended %s with %q instead of %s with %q: %+v", s.State, s.Code, state, code, s)
	}
	return s
}

// inForce is the version of the pool in force.
func (v *troubled) inForce() int64 {
	v.t.Helper()
	p, err := v.App.Pools.Saved(v.t.Context(), ofSites)
	if err != nil {
		v.t.Fatal(err)
	}
	return p.InForce.Number
}

func (v *troubled) must(err error) {
	v.t.Helper()
	if err != nil {
		v.t.Fatal(err)
	}
}

// asking are requests of SharePoint's with such an end, from the nth on.
func asking(end string, n int64) func(*http.Request) bool {
	var seen atomic.Int64
	return func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, end) && seen.Add(1) >= n }
}

const (
	listing = "/ProcessQuery"
	looking = "/SPO.Tenant/GetSiteAdministrators"
)

// adding gives the address of the site that a request adds an administrator to; empty for any other request.
func adding(r *http.Request) string {
	if !strings.HasSuffix(r.URL.Path, listing) {
		return ""
	}
	query, err := io.ReadAll(r.Body)
	if err != nil {
		return ""
	}
	r.Body = io.NopCloser(bytes.NewReader(query))
	_, parameters, adds := strings.Cut(string(query), `Name="SetSiteAdmin"`)
	if _, address, found := strings.Cut(parameters, "https://"); adds && found {
		address, _, _ = strings.Cut(address, "<")
		return address
	}
	return ""
}

func adds(r *http.Request) bool { return adding(r) != "" }

// R55: a scan that is throttled for long waits, says so, and comes to its end.
func TestAThrottledScanSaysSoAndEndsR55(t *testing.T) {
	v := openTroubled(t, `"throttle": {"sharePointUserRequests": 20, "windowSeconds": 2}, `)
	s := v.begin()
	demotest.Until(t, "the page says that Purser waits", func() bool {
		return strings.Contains(plain(v.b.Get(s).Page(t).Find("#scan")), "Microsoft 365 asked Purser to wait")
	})
	demotest.Until(t, "the end of the scan", func() bool {
		v.Clock.Advance(100 * time.Millisecond)
		return v.scan(s).State.Over()
	})
	v.ended(s, scan.Finished, "")
	if v.inForce() != 1 {
		t.Error("the pool is not in force")
	}
	if said := plain(v.b.Get("/tenants/" + contoso).Page(t).Find("main")); !strings.Contains(said, svc) || !strings.Contains(said, "SharePoint") {
		t.Errorf("the tenant says %s", said)
	}
}

// R51: a site that is deleted while the others are registered holds nothing back.
func TestASiteThatIsDeletedMeanwhileR51(t *testing.T) {
	v := openTroubled(t, "")
	held := v.Hold(t, 1, asking(looking, 1))
	s := v.begin()
	held.Arrived()
	for n := range 10 {
		if n%3 == 0 {
			v.must(v.Sim.DeleteSite(fmt.Sprintf("contoso.sharepoint.com/sites/site%05d", n+1)))
		}
	}
	held.Release()
	v.ended(s, scan.Finished, "")
	for n := range 10 {
		names, err := v.Sim.SiteAdministrators(fmt.Sprintf("contoso.sharepoint.com/sites/site%05d", n+1))
		if n%3 != 0 && (err != nil || !strings.Contains(strings.Join(names, " "), "c:0t.c|tenant|")) {
			t.Errorf("site %d has %v, %v", n+1, names, err)
		}
	}
	if v.inForce() != 1 {
		t.Error("the pool is not in force")
	}
}

// R54: a person who adds an administrator to a site after Purser has read it and before it adds the group loses nobody, on any site.
func TestAPersonAddsAnAdministratorMeanwhileR54(t *testing.T) {
	const person = "i:0#.f|membership|" + svc
	v := openTroubled(t, "")
	added := map[string][]string{} // who administers a site when the person has been there
	v.Hold(t, demotest.Everything, func(r *http.Request) bool {
		site := adding(r)
		if site == "" {
			return false
		}
		names, err := v.Sim.SiteAdministrators(site)
		if err == nil && !slices.Contains(names, person) {
			names = append(names, person)
			err = v.Sim.PatchSite(site, []byte(`{"administrators": ["`+strings.Join(names[1:], `", "`)+`"]}`))
		}
		if err != nil {
			t.Errorf("%s: %v", site, err)
		}
		added[site] = names
		return false
	})
	s := v.ended(v.begin(), scan.Finished, "")
	if len(added) < 10 || v.inForce() != 1 {
		t.Errorf("the person was at %d sites, and the scan is %+v", len(added), s)
	}
	for site, before := range added {
		names, err := v.Sim.SiteAdministrators(site)
		if err != nil || len(names) != len(before)+1 || !slices.Equal(names[:len(before)], before) || !strings.HasPrefix(names[len(before)], "c:0t.c|tenant|") {
			t.Errorf("%s: %v after %v, %v", site, names, before, err)
		}
	}
}

// R56, R62: what happens to the account in the middle of a scan ends it with a code of its own, while it reads and while it registers, and
// no password is sent again.
func TestWhatHappensToTheAccountMeanwhileR56(t *testing.T) {
	for name, c := range map[string]struct {
		patch string
		code  scan.Code
	}{
		"turned off":       {`{"accountEnabled": false}`, scan.AccountOff},
		"another password": {`{"password": "Another-2026!"}`, scan.AccountRefused},
		"no role":          {`{"roles": []}`, scan.NoRole},
	} {
		t.Run(name, func(t *testing.T) {
			v := openTroubled(t, "")
			held := v.Hold(t, 1, asking(listing, 2))
			s := v.begin()
			held.Arrived()
			sent := v.Passwords()
			v.must(v.Sim.PatchUser(svc, []byte(c.patch)))
			v.must(v.Sim.RotateKeys()) // the tokens of before are not taken any more, as after their hour
			held.Release()
			over(t, v.b, s)
			if got := v.scan(s); got.Sections[0].Code != c.code || got.Sections[0].State != scan.SectionFailed || got.Sections[0].Found == 0 {
				t.Errorf("%+v", got)
			}
			if n := v.Passwords() - sent; n != 0 || v.inForce() != 0 {
				t.Errorf("%d passwords were sent, version %d is in force", n, v.inForce())
			}
		})
	}
}

// R56: a pool whose group was deleted comes not into force by sites that cannot take it.
func TestTheGroupIsDeletedR51(t *testing.T) {
	v := openTroubled(t, "")
	v.must(v.Sim.DeleteGroup(poolMail))
	v.ended(v.begin(), scan.Exception, scan.SitesLeftOver)
	if v.inForce() != 0 {
		t.Error("the pool is in force, and no site has its group")
	}
}

// R52: of two scans that are asked for at once one runs, and the other is skipped.
func TestTwoScansAtOnceR52(t *testing.T) {
	v := openTroubled(t, "")
	held := v.Hold(t, demotest.Everything, asking(listing, 1))
	var all sync.WaitGroup
	scans := make([]string, 4)
	for i := range scans {
		all.Go(func() { scans[i] = v.b.Post(v.details+"/run", nil).Header.Get("Location") })
	}
	all.Wait()
	history, _, err := v.App.Scans.Scans(t.Context(), adele, scan.ScanQuery{Tenant: contoso})
	v.must(err)
	skipped := 0
	for _, s := range history {
		if s.State == scan.Skipped && s.Code == scan.StillRuns {
			skipped++
		}
	}
	if len(history) != len(scans) || skipped != len(scans)-1 {
		t.Errorf("%d scans, %d skipped", len(history), skipped)
	}
	held.Release()
	for _, s := range history {
		over(t, v.b, "/scans/"+string(s.ID))
	}
}

// R50, R46: a scan that is stopped at any step stops, and the saved pool is not in force.
func TestAScanIsStoppedAtEachStepR50(t *testing.T) {
	for name, of := range map[string]func(*http.Request) bool{
		"signing in": demotest.SignIns, "reading": asking(listing, 2), "registering": adds,
	} {
		t.Run(name, func(t *testing.T) {
			v := openTroubled(t, "")
			held := v.Hold(t, 1, of)
			s := v.begin()
			held.Arrived()
			if res := v.b.Post(s+"/stop", nil); res.StatusCode != http.StatusSeeOther {
				t.Fatalf("not stopped: %d", res.StatusCode)
			}
			held.Release()
			v.ended(s, scan.Stopped, scan.StoppedByPerson)
			if v.inForce() != 0 {
				t.Error("the pool is in force")
			}
			v.ended(v.begin(), scan.Finished, "")
			if v.inForce() != 1 {
				t.Error("the pool is not in force after a whole scan")
			}
		})
	}
}

// R56: a list that leads elsewhere, or in a circle, fails its type with a code of its own; nothing is gone, and nobody else is asked.
func TestAListLeadsNowhereR56(t *testing.T) {
	for name, next := range map[string]string{
		"elsewhere":   "https://graph.contoso.example/v1.0/groups?$skiptoken=a",
		"in a circle": "https://graph.microsoft.com/v1.0/groups?$skiptoken=a",
	} {
		t.Run(name, func(t *testing.T) {
			v := openTroubled(t, "")
			v.ended(v.begin(), scan.Finished, "")
			v.must(v.Sim.SetFaults([]m365sim.Fault{{PathPrefix: "/v1.0/groups", Status: http.StatusOK, Body: m365sim.Verbatim(
				`{"value": [{"id": "d0000000-0000-4000-8000-000000000001", "displayName": "Planted"}], "@odata.nextLink": "` + next + `"}`)}}))
			v.Sim.ResetRequests()
			s := v.ended(v.begin(), scan.Exception, scan.NotReadOn)
			if of := s.Sections[1]; of.State != scan.SectionFailed || of.Code != scan.NotReadOn || of.Gone != 0 {
				t.Errorf("%+v", of)
			}
			for _, r := range v.Sim.Requests() {
				if strings.Contains(r.Host, "example") {
					t.Errorf("%s was asked", r.Host)
				}
			}
		})
	}
}

// R50, R56: a tenant that can't be reached fails the scan with a code, and the next scan works again.
func TestATenantThatCannotBeReachedR56(t *testing.T) {
	for name, c := range map[string]struct {
		fault m365sim.Fault
		code  scan.Code
	}{
		"reset":      {m365sim.Fault{Host: adminHost, Reset: true}, scan.NotReachable},
		"no gateway": {m365sim.Fault{Host: adminHost, Status: http.StatusBadGateway}, scan.NotReachable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := openTroubled(t, "")
			v.must(v.Sim.SetFaults([]m365sim.Fault{c.fault}))
			s := v.ended(v.begin(), scan.Exception, c.code)
			if s.Sections[0].State != scan.SectionFailed || v.inForce() != 0 {
				t.Errorf("%+v", s)
			}
			v.Sim.ResetFaults()
			v.ended(v.begin(), scan.Finished, "")
			if v.inForce() != 1 {
				t.Error("the pool is not in force")
			}
		})
	}
}

// R52: another time zone is another next time.
func TestAnotherTimeZoneR52(t *testing.T) {
	v := openTroubled(t, "")
	id := scan.ProfileID(v.details[strings.LastIndex(v.details, "/")+1:])
	nextIn := func(zone string, version string) int {
		t.Helper()
		form := typed(url.Values{
			"types": {"sites", "groups"}, "method": {"account"}, "account": {accountOf(t, v.b)}, "schedule": {"daily"}, "time": {"02:30"}, "zone": {zone}, "version": {version},
		})
		if res := v.b.Post(v.details, form); res.StatusCode != http.StatusSeeOther {
			t.Fatalf("not saved: %d %s", res.StatusCode, plain(res.Page(t).Find("#outcome")))
		}
		p, err := v.App.Scans.Find(t.Context(), adele, id)
		v.must(err)
		if !p.Next.After(v.Clock.Now()) {
			t.Errorf("the next scan of %s is in the past: %s", zone, p.Next)
		}
		return p.Next.Hour()*60 + p.Next.Minute()
	}
	if east, west := nextIn("Asia/Tokyo", "1"), nextIn("UTC", "2"); east != 17*60+30 || west != 2*60+30 {
		t.Errorf("by UTC the scans begin at %d and %d", east, west)
	}
}

// R60: passwords, secrets and tokens of a scan stand in no file of Purser's, in no log, on no page and in no export.
func TestAScanTellsNoSecretsR60(t *testing.T) {
	v := openTroubled(t, "")
	tokens := map[string]bool{}
	v.Hold(t, demotest.Everything, func(r *http.Request) bool { carried(t, r, tokens); return false })
	s := v.begin()
	v.ended(s, scan.Finished, "")
	if len(tokens) < 3 { // of Graph, of the admin host, and what that one was got by
		t.Fatalf("%d tokens were used", len(tokens))
	}
	page := v.b.Get(s)
	told := map[string]string{
		"the log": v.Log.String(), "the scan": page.Text(), "the registration": v.b.Get(page.Page(t).Find("#registration a").AttrOr("href", "")).Text(),
		"the objects": v.b.Get("/objects").Text(), "the export": v.b.Get("/objects/export").Text(), "the scan profiles": v.b.Get("/scan-profiles").Text(),
		"the details": v.b.Get(v.details).Text(), "the events": v.b.Get(s + "/events").Text(), "the tenant": v.b.Get("/tenants/" + contoso).Text(), "the pool": v.b.Get("/classic/account-pool").Text(),
	}
	v.must(filepath.WalkDir(v.Data, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		told[filepath.Base(path)] = string(text)
		return err
	}))
	if len(told["purser.db"]) == 0 {
		t.Fatalf("there is no database in %s", v.Data)
	}
	for where, text := range told {
		for _, secret := range slices.AppendSeq([]string{marked, "Marked-Client-Secret"}, maps.Keys(tokens)) {
			if strings.Contains(text, secret) {
				t.Errorf("%s holds %s", where, secret)
			}
		}
	}
}

// carried adds the tokens that a request to Microsoft 365 carries, in its head or in its form.
func carried(t *testing.T, r *http.Request, tokens map[string]bool) {
	if token, is := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); is {
		tokens[token] = true
	}
	if !demotest.SignIns(r) {
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Error(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	form, err := url.ParseQuery(string(body))
	if err != nil {
		t.Error(err)
	}
	if token := form.Get("refresh_token"); token != "" {
		tokens[token] = true
	}
}
