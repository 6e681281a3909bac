package drill

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"purser.example/e2e/programs"
	"purser.example/internal/app"
	"purser.example/internal/appprofile"
	"purser.example/internal/audit"
	"purser.example/internal/config"
	"purser.example/internal/demo/demotest"
	"purser.example/internal/pool"
	"purser.example/internal/profile"
	"purser.example/internal/scan"
	"purser.example/internal/secret"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/scans"
	"purser.example/internal/tenant"
)

const (
	scanner    = "svc-scan@contoso.onmicrosoft.com"
	groupID    = "c0000000-0000-4000-8000-000000000001"
	groupLogin = "c:0t.c|tenant|" + groupID
	sitesHost  = "contoso.sharepoint.com/"

	killsEach  = 10  // of the drill's kills there is one of a scan
	ownSites   = 60  // with administrators of their own, every tenth locked, archived or refusing
	oneDrives  = 40  // with the users' own names
	groupsMade = 45  // Microsoft 365 Groups
	usersMade  = 220 // enough for a site with 200 administrators
	sitesEach  = 50  // generated sites for each kill, so that every kill finds a scan at work
	askedASite = 3   // requests for a site that takes the group: read, add, read back
)

// Issue 14: a scan that registers the pool's group is killed at random moments and started again until it ends. Then every object is there
// once, nothing that was read to its end was read again, no password was sent without an entry of its own, and each site's administrators
// are those of before with the group.
func TestAKilledScanIsCompletedOnceR51(t *testing.T) {
	n := max(1, *kills/killsEach)
	s := openScan(t, n)
	defer func() {
		if t.Failed() {
			t.Logf("repeat with -seed %d; Purser said:\n%s\nThe simulator said:\n%s", *seed, s.said, s.simSaid)
		}
	}()
	before := s.administrators(s.addresses())
	id := s.begin()
	met := s.killWhileItGoesOn(id, n)
	s.killed = met
	demotest.Until(t, "the end of the scan", func() bool { return s.over(id) })
	s.stop(id)
	t.Logf("%d of %d kills met the scan; %d requests, %d passwords, %d sites", met, n, s.requests, s.passwords, len(before))
	if 2*met < n {
		t.Errorf("only %d of %d kills met the scan", met, n)
	}
	after := s.administrators(s.addresses())
	if wrong := append(s.stored(t, s.folder, id), compareAdministrators(before, after, s.closed)...); len(wrong) > 0 {
		t.Errorf("%s", strings.Join(wrong, "\n"))
	}
	if wrong := s.journal(); len(wrong) > 0 {
		t.Errorf("%s", strings.Join(wrong, "\n"))
	}
	s.control(before, id)
}

// scanDrill is a Purser that scans, whose simulator lives on when it is killed.
type scanDrill struct {
	t       *testing.T
	rand    *rand.Rand
	folder  programs.Folder
	plain   int // generated sites
	closed  map[string]bool
	profile scan.ProfileID
	sim     *programs.Process
	purser  *programs.Served
	browser *programs.Browser
	said    *bytes.Buffer
	simSaid *bytes.Buffer // a buffer of its own: both speak at once

	requests, passwords int
	killed              int
	read                map[scan.Type]bool // to their end, when Purser was last killed
	asked               map[scan.Type]int  // requests for a type
	late                []string           // requests for a type that was read to its end
}

func openScan(t *testing.T, kills int) *scanDrill {
	t.Helper()
	folder := t.TempDir()
	s := &scanDrill{
		t: t, rand: rand.New(rand.NewPCG(*seed, 14)), folder: programs.NewFolder(filepath.Join(folder, "data")), plain: kills * sitesEach,
		closed: map[string]bool{}, said: &bytes.Buffer{}, simSaid: &bytes.Buffer{}, read: map[scan.Type]bool{}, asked: map[scan.Type]int{},
	}
	fixture := filepath.Join(folder, "fixture.json")
	s.must(os.WriteFile(fixture, s.fixture(), 0o600))
	var err error
	s.sim, err = programs.Simulator(t.Context(), simulator, s.simSaid, fixture)
	s.must(err)
	t.Cleanup(func() { _ = s.sim.Kill() })
	s.furnish()
	s.purser, err = programs.Serve(t.Context(), binary, s.folder, s.said, "PURSER_M365_SIMULATOR="+s.sim.URL)
	s.must(err)
	t.Cleanup(s.purser.Stop)
	s.browser, err = programs.SignIn(t.Context(), s.purser.URL, programs.Email, programs.Password)
	s.must(err)
	s.harvest()
	s.requests, s.passwords = 0, 0
	return s
}

func (s *scanDrill) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatalf("%v\n%s", err, s.said)
	}
}

// fixture has sites of every sort beside the generated ones.
func (s *scanDrill) fixture() []byte {
	var own []map[string]any
	for n := range ownSites {
		site := map[string]any{"path": ownPath(n), "owner": scanner, "administrators": []string{user(n + 1), user(n + 2)}}
		switch n % 10 {
		case 3:
			site["lock"] = "NoAccess"
		case 5:
			site["lock"] = "ReadOnly"
		case 7:
			site["archived"] = "fullyArchived"
		case 9:
			site["signInError"] = map[string]any{"code": 1, "status": http.StatusForbidden}
		case 0:
			if n == 0 {
				var all []string
				for i := range 200 {
					all = append(all, user(i+1))
				}
				site["administrators"] = all
			}
		}
		s.closed[sitesHost+ownPath(n)] = n%10 == 3 || n%10 == 5 || n%10 == 7 || n%10 == 9
		own = append(own, site)
	}
	text, err := json.Marshal(map[string]any{"pageSize": 20, "tenants": []any{map[string]any{
		"id": tenantID, "displayName": "Contoso", "initialDomain": "contoso.onmicrosoft.com",
		"apps":     []any{map[string]any{"appId": appID, "displayName": "Purser", "clientSecret": "Drill-Client-Secret-1"}},
		"users":    []any{map[string]any{"userPrincipalName": scanner, "password": passwordMark + "scan", "roles": []string{"SharePoint Administrator"}}},
		"groups":   []any{map[string]any{"id": groupID, "displayName": "AOS Pool", "mail": "aos-pool@contoso.onmicrosoft.com", "kind": "mailEnabledSecurity", "members": []string{scanner}}},
		"generate": map[string]any{"users": usersMade, "upn": "u%05d@contoso.onmicrosoft.com"},
		"objects":  map[string]any{"sites": s.plain, "oneDrives": oneDrives, "groups": groupsMade},
		"sites":    own,
	}}})
	s.must(err)
	return text
}

func ownPath(n int) string { return fmt.Sprintf("sites/own%03d", n) }
func user(n int) string    { return fmt.Sprintf("u%05d@contoso.onmicrosoft.com", n) }

// addresses are those of all sites and OneDrives, as the fixture makes them.
func (s *scanDrill) addresses() []string {
	var list []string
	for n := range ownSites {
		list = append(list, sitesHost+ownPath(n))
	}
	for n := range s.plain {
		list = append(list, fmt.Sprintf(sitesHost+"sites/site%05d", n+1))
	}
	for n := range oneDrives {
		list = append(list, fmt.Sprintf("contoso-my.sharepoint.com/personal/u%05d_contoso_onmicrosoft_com", n+1))
	}
	return list
}

// furnish makes what a scan needs, before Purser is started.
func (s *scanDrill) furnish() {
	s.t.Helper()
	ctx, origin := s.t.Context(), audit.Origin{}
	address, err := url.Parse(s.sim.URL)
	s.must(err)
	a, err := app.Open(ctx, config.Config{
		Data: s.folder.Path, Key: s.folder.Key.Text(), BaseURL: address, M365Simulator: address, Session: config.Session{Idle: time.Hour, Max: time.Hour},
		OIDC: config.OIDC{Issuer: s.sim.URL, ClientID: "purser", TenantOwner: "owner", ServiceAdministrator: "admin"},
	}, app.Options{Log: slog.New(slog.DiscardHandler), New: true})
	s.must(err)
	defer func() { s.must(a.Close()) }()
	s.must(a.Apps.Connect(ctx, programs.Administrator, origin, tenant.Tenant{ID: tenantID, DisplayName: "Contoso", InitialDomain: "contoso.onmicrosoft.com", Cloud: tenant.Worldwide},
		appprofile.App{ApplicationID: appID, Secret: secret.FromString("Drill-Client-Secret-1")}))
	account, err := a.Profiles.Create(ctx, programs.Administrator, origin, profile.Draft{Name: "Scanner", Tenant: tenantID, Services: []string{"fly"}, Username: scanner, Password: secret.FromString(passwordMark + "scan")})
	s.must(err)
	key := pool.Key{Tenant: tenantID, Class: pool.Sites}
	reading, err := a.Pools.Validate(ctx, programs.Administrator, origin, key, "AOS Pool")
	s.must(err)
	demotest.Until(s.t, "the reading of the group", func() bool {
		now, err := a.Pools.Reading(ctx, programs.Administrator, reading.ID)
		return err == nil && now.State == pool.ReadingDone
	})
	_, err = a.Pools.Save(ctx, programs.Administrator, origin, pool.Change{Key: key, Reading: reading.ID})
	s.must(err)
	made, err := a.Scans.Create(ctx, programs.Administrator, origin, scan.Profile{
		Name: "Drill", Tenant: tenantID, Types: []scan.Type{scan.Sites, scan.OneDrive, scan.Groups, scan.Users}, Method: scan.ByAccount, Account: account.ID,
	})
	s.must(err)
	s.profile = made.ID
}

// begin runs the scan profile, and gives the scan.
func (s *scanDrill) begin() scan.ID {
	s.t.Helper()
	a, err := s.browser.Post(s.t.Context(), "/scan-profiles/"+string(s.profile)+"/run", url.Values{}, false)
	to := a.Header.Get("Location")
	if err != nil || !strings.HasPrefix(to, "/scans/") {
		s.t.Fatalf("status %d to %q, %v", a.Status, to, err)
	}
	return scan.ID(path.Base(to))
}

// over asks the page of the scan whether it has ended.
func (s *scanDrill) over(id scan.ID) bool {
	s.t.Helper()
	a, err := s.browser.Get(s.t.Context(), "/scans/"+string(id))
	s.must(err)
	page, err := goquery.NewDocumentFromReader(bytes.NewReader(a.Body))
	s.must(err)
	return page.Find("#scan .verdict").Length() == 1
}

// killWhileItGoesOn kills Purser after so many requests to Microsoft as chance says, again and again, and starts it each time. It gives
// how many of the kills met a scan at work.
func (s *scanDrill) killWhileItGoesOn(id scan.ID, kills int) (met int) {
	s.t.Helper()
	share := askedASite * (s.plain + oneDrives) / kills // of all requests; none waits for more, so that the last one comes before the end
	for range kills {
		wait := 1 + s.rand.IntN(share)
		demotest.Until(s.t, "more requests, or the end", func() bool { return len(s.requestsSince()) >= wait || s.over(id) })
		if !s.stop(id) {
			met++
		}
		s.must(s.purser.Restart(s.t.Context()))
	}
	return met
}

// stop kills Purser, takes in what the simulator was asked and what types are read to their end by now. It reports whether the scan is over.
func (s *scanDrill) stop(id scan.ID) bool {
	s.t.Helper()
	s.must(s.purser.Kill())
	s.browser.Forget()
	s.harvest()
	db, _, err := s.folder.Open(s.t.Context())
	s.must(err)
	defer func() { s.must(db.Close()) }()
	now, err := scans.New(db).Scan(s.t.Context(), id)
	s.must(err)
	for _, of := range now.Sections {
		s.read[of.Type] = of.State == scan.SectionRead
	}
	return now.State.Over()
}

// asked is a request as the simulator's journal has it.
type asked struct{ Method, Host, Path, GrantType, Username string }

// typeOf is the type that a request lists; empty for any other. Sites and OneDrives are listed by the same.
func (r asked) typeOf() scan.Type {
	switch {
	case strings.HasSuffix(r.Path, "/ProcessQuery"):
		return scan.OneDrive
	case r.Path == "/v1.0/groups":
		return scan.Groups
	case r.Path == "/v1.0/users":
		return scan.Users
	}
	return ""
}

func (s *scanDrill) requestsSince() (list []asked) {
	s.t.Helper()
	s.ask(http.MethodGet, "/_sim/requests", nil, &list)
	return list
}

// ask steers the simulator.
func (s *scanDrill) ask(method, address string, body any, into any) {
	s.t.Helper()
	text, err := json.Marshal(body)
	s.must(err)
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.sim.URL+address, bytes.NewReader(text))
	s.must(err)
	res, err := http.DefaultClient.Do(req)
	s.must(err)
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode/100 != 2 {
		s.t.Fatalf("%s %s: %s", method, address, res.Status)
	}
	if into != nil {
		s.must(json.NewDecoder(res.Body).Decode(into))
	}
}

// harvest counts the journal while nobody asks anything, and empties it.
func (s *scanDrill) harvest() {
	s.t.Helper()
	for _, r := range s.requestsSince() {
		s.requests++
		if r.GrantType == "password" {
			s.passwords++
		}
		if of := r.typeOf(); of != "" {
			s.asked[of]++
			if s.read[of] && of != scan.OneDrive { // the term store is asked there too, which is counted in journal
				s.late = append(s.late, r.Path)
			}
		}
	}
	s.ask(http.MethodDelete, "/_sim/requests", nil, nil)
}

// journal lists what was asked too often: a type again that was read to its end, or a page more than once for each kill.
func (s *scanDrill) journal() []string {
	var wrong []string
	for _, path := range s.late {
		wrong = append(wrong, path+": asked for again after it was read to its end")
	}
	pages := (s.plain+ownSites)/20 + 1 + oneDrives/20 + 1
	open := s.plain + ownSites + oneDrives // the group is added to them by the same address
	for _, closed := range s.closed {
		if closed {
			open--
		}
	}
	n := s.asked[scan.OneDrive]
	s.t.Logf("sites were listed and the group added %d times, for %d pages and %d sites", n, pages, open)
	if n > pages+open+2*(s.killed+1) {
		wrong = append(wrong, fmt.Sprintf("sites were listed and the group added %d times, for %d pages and %d sites", n, pages, open))
	}
	return wrong
}

// administrators reads who administers the sites, at the simulator itself.
func (s *scanDrill) administrators(addresses []string) map[string][]string {
	s.t.Helper()
	of := map[string][]string{}
	for _, address := range addresses {
		var names []string
		s.ask(http.MethodGet, "/_sim/sites/"+address+"/administrators", nil, &names)
		of[address] = names
	}
	return of
}

// compareAdministrators lists the sites whose administrators are others than those of before, with the group where the site is open.
func compareAdministrators(before, after map[string][]string, closed map[string]bool) (wrong []string) {
	for address, was := range before {
		want, got := slices.Clone(was), slices.Clone(after[address])
		if !closed[address] {
			want = append(want, groupLogin)
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(want, got) {
			wrong = append(wrong, fmt.Sprintf("%s has the administrators %v instead of %v", address, got, want))
		}
	}
	return wrong
}

// stored lists what is wrong in a database: objects that are there twice or not at all, counters that differ from a recount, what is in
// force, and what the activity log says.
func (s *scanDrill) stored(t *testing.T, folder programs.Folder, id scan.ID) (wrong []string) {
	t.Helper()
	db, _, err := folder.Open(t.Context())
	s.must(err)
	defer func() { s.must(db.Close()) }()
	store := scans.New(db)
	of, err := store.Scan(t.Context(), id)
	s.must(err)
	if of.State != scan.Exception || of.Code != scan.SitesLeftOver { // for the sites that refuse
		wrong = append(wrong, fmt.Sprintf("the scan ended %s with %q", of.State, of.Code))
	}
	counts, err := store.Counts(t.Context(), tenantID)
	s.must(err)
	want := map[scan.Type]int{scan.Sites: ownSites + s.plain, scan.OneDrive: oneDrives, scan.Groups: groupsMade, scan.Users: usersMade + 1}
	there := map[string]bool{}
	for _, section := range of.Sections {
		objects := s.objects(db, section.Type)
		keys, places := map[string]bool{}, map[string]bool{}
		for _, o := range objects {
			if keys[o.Key] || places[o.Address] {
				wrong = append(wrong, fmt.Sprintf("%s: there twice", o.Address))
			}
			keys[o.Key], places[o.Address] = true, true
			there[strings.ToLower(strings.TrimPrefix(o.Address, "https://"))] = true
			if address := strings.TrimPrefix(o.Address, "https://"); section.Type.Registered() && (o.Grant.State == scan.Granted) == s.closed[address] {
				wrong = append(wrong, fmt.Sprintf("%s is said to be %q", o.Address, o.Grant.State))
			}
		}
		counted := slices.IndexFunc(counts, func(c scan.Count) bool { return c.Type == section.Type })
		if n := want[section.Type]; len(objects) != n || section.Found != n || section.New != n || counted < 0 || counts[counted].N != n {
			wrong = append(wrong, fmt.Sprintf("%s: %d objects instead of %d; the scan counts %+v, and what is kept says %v", section.Type, len(objects), n, section, counts))
		}
	}
	for _, address := range s.addresses() {
		if !there[address] {
			wrong = append(wrong, address+": missing")
		}
	}
	return append(wrong, s.log(t, db)...)
}

func (s *scanDrill) objects(db *sqlite.DB, of scan.Type) (all []scan.Object) {
	s.t.Helper()
	q := scan.ObjectQuery{Tenant: tenantID, Type: of, State: scan.Present, Sort: scan.ByName, Limit: 1000}
	for {
		page, err := scans.New(db).Objects(s.t.Context(), q)
		s.must(err)
		all = append(all, page.Rows...)
		if q.After = page.Next; q.After == "" {
			return all
		}
	}
}

// log lists what is wrong with the activity log: its chain, how often the pool came into force, and passwords that nobody entered.
func (s *scanDrill) log(t *testing.T, db *sqlite.DB) (wrong []string) {
	t.Helper()
	if err := db.VerifyActivity(t.Context()); err != nil {
		wrong = append(wrong, err.Error())
	}
	links, err := db.Activity(t.Context(), math.MaxInt32)
	s.must(err)
	logged := map[audit.Action]int{}
	for _, link := range links {
		logged[link.Action]++
	}
	if logged[pool.CameIntoForce] != 1 || logged[scan.Ended] != 1 || logged[scan.Begun] != 1 {
		wrong = append(wrong, fmt.Sprintf("the log has %d beginnings, %d ends, and the pool in force %d times", logged[scan.Begun], logged[scan.Ended], logged[pool.CameIntoForce]))
	}
	if n := logged[profile.Lent]; s.passwords > n || s.passwords > 2*(s.killed+1) || s.passwords == 0 {
		wrong = append(wrong, fmt.Sprintf("%d passwords were sent in %d starts, with %d entries", s.passwords, s.killed+1, n))
	}
	return wrong
}

// control is the positive control: each case takes away or alters one thing where the comparison is otherwise content.
func (s *scanDrill) control(before map[string][]string, id scan.ID) {
	for name, c := range map[string]struct{ sql, want string }{
		"nothing":           {`SELECT 1`, ""},
		"a planted double":  {`UPDATE scan_objects SET address = (SELECT address FROM scan_objects WHERE name = 'own000') WHERE name = 'own001'`, "own000: there twice"},
		"a missing object":  {`DELETE FROM scan_objects WHERE name = 'own002'`, "own002: missing"},
		"a forgotten grant": {`UPDATE scan_objects SET grant_state = 0 WHERE name = 'own002'`, "own002"},
	} {
		s.t.Run(name, func(t *testing.T) {
			folder := programs.Folder{Path: filepath.Join(t.TempDir(), "data"), Key: s.folder.Key}
			s.must(os.CopyFS(folder.Path, os.DirFS(s.folder.Path)))
			db, _, err := folder.Open(t.Context())
			s.must(err)
			s.must(db.Write(t.Context(), func(tx *sqlite.Tx) error {
				_, err := tx.Exec(c.sql)
				return err
			}))
			s.must(db.Close())
			wrong := strings.Join(s.stored(t, folder, id), "\n")
			if (c.want == "") != (wrong == "") || !strings.Contains(wrong, c.want) {
				t.Errorf("found: %s", wrong)
			}
		})
	}
	s.t.Run("a lost administrator", func(t *testing.T) {
		s.ask(http.MethodPatch, "/_sim/sites/"+sitesHost+ownPath(1), map[string]any{"administrators": []string{user(2), groupLogin}}, nil)
		wrong := strings.Join(compareAdministrators(before, s.administrators(s.addresses()), s.closed), "\n")
		if !strings.HasPrefix(wrong, sitesHost+ownPath(1)+" has the administrators") || strings.Contains(wrong, "\n") {
			t.Errorf("found: %s", wrong)
		}
	})
}
