package overview_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/demo/demotest"
	"purser.example/internal/m365sim"
	"purser.example/internal/profile"
	"purser.example/internal/sqlite"
	"purser.example/internal/sqlite/profiles"
	"purser.example/internal/sqlite/watches"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
	"purser.example/internal/watch"
)

const (
	contoso  = "6f1c0000-0000-4000-8000-000000000001"
	fabrikam = "6f1c0000-0000-4000-8000-000000000002"
	admin    = "admin@purser.test"
	owner    = "owner@purser.test"
)

// told is what a part of a page says, as somebody reads it.
func told(s *goquery.Selection) string {
	s = s.Clone()
	s.Find("td, th, p, h2, li, a, b, span, summary, time").AfterHtml(" ")
	return strings.Join(strings.Fields(s.Text()), " ")
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// house is a Purser whose clock the test has.
type house struct {
	*demotest.House
	t *testing.T
}

func open(t *testing.T) *house { return &house{demotest.Open(t), t} }

// plant stores a profile that was validated an hour ago, and whose password ends after so many days; 0: never.
func (h *house) plant(name string, of tenant.ID, status verdict.Status, ends int) profile.Profile {
	h.t.Helper()
	now := h.Clock.Now()
	v := verdict.Verdict{Status: status, At: now.Add(-time.Hour), Expiry: verdict.Expiry{Kind: verdict.ExpiresNever}}
	if status != verdict.Valid {
		v.Code = "AADSTS50126"
	}
	if ends > 0 {
		at := now.AddDate(0, 0, ends)
		v.Expiry = verdict.Expiry{Kind: verdict.ExpiresOn, At: at, Warn: at.AddDate(0, 0, -14)}
	}
	stamp := account.Stamp{At: v.At, By: "Adele Vance"}
	p := profile.Profile{
		ID: profile.ID("0193a1c2-7d40-7000-8000-" + name), Kind: profile.Common, Tenant: of, Version: 1, Name: name, Username: name + "@contoso.com",
		Services: []string{"fly"}, Created: stamp, Modified: stamp, Status: v.Status, Verdict: v, Validated: v.At,
	}
	must(h.t, profiles.New(h.App.DB).Create(h.t.Context(), p, []byte("sealed"), profile.Validation{At: v.At, By: stamp.By, Verdict: v}, nil))
	return p
}

// night stores what a night found of each profile.
func (h *house) night(began time.Time, found map[profile.ID]watch.Check) {
	h.t.Helper()
	store, ctx := watches.New(h.App.DB), h.t.Context()
	for _, of := range []tenant.ID{contoso, fabrikam} {
		for more := true; more; {
			var err error
			more, err = store.Gather(ctx, of, 100)
			must(h.t, err)
		}
	}
	for id, check := range found {
		w, err := store.Watched(ctx, account.Place{Kind: profile.PlaceKind, ID: string(id)})
		must(h.t, err)
		must(h.t, store.Assign(ctx, began, []watch.Turn{{No: w.No}}))
		check.At = began.Add(time.Hour)
		must(h.t, store.Settle(ctx, w.No, &check, time.Time{}))
	}
}

// R94: everybody who may enter begins here, by its own first line of the navigation; somebody without a role stays where they are.
func TestEverybodyBeginsHere(t *testing.T) {
	h := open(t)
	for _, who := range []string{admin, owner} {
		b := h.SignedIn(t, who)
		if to := b.Get("/").Header.Get("Location"); to != "/overview" {
			t.Errorf("%s is led to %s", who, to)
		}
		page := b.Get("/overview").Page(t)
		first := page.Find("nav#navigation a").First()
		if strings.TrimSpace(first.Text()) != "Overview" || first.AttrOr("aria-current", "") != "page" || page.Find("h1").Text() != "Overview" || page.Find("head title").Text() != "Overview · Purser" {
			t.Errorf("%s: %q, %q", who, first.Text(), page.Find("h1").Text())
		}
	}
	user := h.SignedIn(t, "user@purser.test")
	if res := user.Get("/"); res.StatusCode != http.StatusOK || user.Get("/overview").StatusCode != http.StatusForbidden {
		t.Errorf("somebody without a role: %d", res.StatusCode)
	}
}

// R94, R75: an installation in which nothing was ever done says what to do first; the steps stand there until there is a profile.
func TestAnEmptyInstallationSaysWhatToDo(t *testing.T) {
	h := &house{demotest.OpenFixture(t, `{"tenants": []}`), t}
	page := h.SignedIn(t, admin).Get("/overview").Page(t)
	if page.Find(".empty a[href='/app-profiles/new']").Length() != 1 || page.Find("ol.first-steps [aria-current=step]").Text() == "" || page.Find("#attention, svg").Length() != 0 {
		t.Errorf("without a tenant: %s", told(page.Find("main")))
	}
	connected := open(t)
	page = connected.SignedIn(t, admin).Get("/overview").Page(t)
	if got := told(page.Find("ol.first-steps")); !strings.Contains(got, "Create the first profile") || page.Find("#attention").Length() != 1 {
		t.Errorf("without a profile: %s", got)
	}
	connected.plant("a", contoso, verdict.Valid, 0)
	if page = connected.SignedIn(t, admin).Get("/overview").Page(t); page.Find(".first-steps").Length() != 0 {
		t.Error("the first steps stay")
	}
}

// R91, R94: what is broken and what ends stands there with why and when, each with its way; the numbers are those of the tenant that the
// address names, and every way leads somewhere.
func TestWhatNeedsAttention(t *testing.T) {
	h := open(t)
	h.plant("refused", contoso, verdict.WrongPassword, 0)
	h.plant("blocked", fabrikam, verdict.PolicyBlocked, 0)
	h.plant("near", contoso, verdict.Valid, 5)
	h.plant("far", contoso, verdict.Valid, 40)
	b := h.SignedIn(t, admin)
	page := b.Get("/overview").Page(t)
	for _, want := range []string{
		"Broken 2 accounts and apps don't work", "blocked Policy blocked · AADSTS50126 1 hour ago", "refused Wrong password · AADSTS50126 1 hour ago", "Ends soon 1 ends within 7 days near Password in 5 days",
		"Off Health checks are turned off",
	} {
		if got := told(page.Find("#attention")); !strings.Contains(got, want) {
			t.Errorf("%q is not said in %q", want, got)
		}
	}
	if got := told(page.Find(".tiles")); got != "2 Don't work 1 End within 7 days 1 End within 14 days 1 End within 30 days 2 End within 90 days" {
		t.Errorf("tiles: %s", got)
	}
	if got := told(page.Find("#profiles li")); got != "Valid 2 Wrong password 1 Policy blocked 1" {
		t.Errorf("statuses: %s", got)
	}
	if rows := page.Find("#endings tbody tr"); rows.Length() != 2 || page.Find("#endings svg rect").Length() != 2 {
		t.Errorf("weeks: %s", told(rows))
	}
	narrow := b.Get("/overview?tenant=" + fabrikam).Page(t)
	if got := told(narrow.Find("#attention")); !strings.Contains(got, "1 account or app doesn't work") || strings.Contains(got, "refused") || strings.Contains(got, "near") {
		t.Errorf("of one tenant: %s", got)
	}
	if got := told(narrow.Find("#profiles li")); got != "Valid 0 Policy blocked 1" || narrow.Find("select[name=tenant] option[selected]").AttrOr("value", "") != fabrikam {
		t.Errorf("statuses of one tenant: %s", got)
	}
	if other := b.Get("/overview?tenant=nowhere"); other.StatusCode != http.StatusOK || told(other.Page(t).Find(".tiles")) != told(page.Find(".tiles")) {
		t.Errorf("a tenant that is not there: %d", other.StatusCode)
	}
	for _, p := range []*goquery.Document{page, narrow} {
		p.Find("main a").Each(func(_ int, s *goquery.Selection) {
			if href := s.AttrOr("href", ""); b.Get(href).StatusCode != http.StatusOK {
				t.Errorf("%q leads to %s, which answers %d", s.Text(), href, b.Get(href).StatusCode)
			}
		})
	}
	if got := narrow.Find("#profiles a").First().AttrOr("href", ""); got != "/service-accounts?status=valid&tenant="+fabrikam {
		t.Errorf("the way to a status: %s", got)
	}
}

// R90, R94: the last nights are a picture with their numbers, and what health checks leave out is said.
func TestHealthOfTheLastNights(t *testing.T) {
	h := open(t)
	ctx, now := t.Context(), h.Clock.Now().UTC()
	good, bad := h.plant("good", contoso, verdict.Valid, 0), h.plant("bad", contoso, verdict.WrongPassword, 0)
	last := now.Truncate(24*time.Hour).AddDate(0, 0, -1).Add(22 * time.Hour)
	h.night(last.AddDate(0, 0, -1), map[profile.ID]watch.Check{good.ID: {Outcome: watch.Good}, bad.ID: {Outcome: watch.Bad}})
	h.night(last, map[profile.ID]watch.Check{good.ID: {Outcome: watch.Good}, bad.ID: {Outcome: watch.Skipped, Reason: account.Parked}})
	store := watches.New(h.App.DB)
	must(t, store.SetPlan(ctx, watch.Plan{Tenant: contoso, Zone: "UTC", Night: last, Next: last.AddDate(0, 0, 1), Pace: time.Second, Total: 2, Left: 3}, nil))
	must(t, store.Freeze(ctx, watch.TenantScope(fabrikam), watch.Freeze{Because: "Merger"}, audit.Entry{}))
	b := h.SignedIn(t, admin)
	page := b.Get("/overview").Page(t)
	rows := page.Find("#checks tbody tr")
	if rows.Length() != 2 || told(rows.First()) != last.AddDate(0, 0, -1).Format("Jan 2")+" 1 0 0 1" || told(rows.Last()) != last.Format("Jan 2")+" 0 0 1 1" {
		t.Errorf("nights: %s", told(rows))
	}
	got := told(page.Find("#attention"))
	for _, want := range []string{"Parked 1 password is parked", "Night 3 accounts of Contoso didn't fit into the last night", "Frozen Health checks of Fabrikam are frozen Because Merger"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not said in %q", want, got)
		}
	}
	if other := b.Get("/overview?tenant=" + fabrikam).Page(t); other.Find("#checks svg").Length() != 0 || strings.Contains(told(other.Find("#attention")), "Parked") {
		t.Errorf("of another tenant: %s", told(other.Find("#checks")))
	}
}

// R2, R94: who asks for a role stands there for owners, and for nobody else.
func TestOwnersSeeWhoAsks(t *testing.T) {
	h := open(t)
	user := h.SignedIn(t, "user@purser.test")
	user.Post("/auth/ask-for-role", url.Values{})
	if got := told(h.SignedIn(t, owner).Get("/overview").Page(t).Find("#attention")); !strings.Contains(got, "Request 1 person waits for an answer") || !strings.Contains(got, "Asks for a role") {
		t.Errorf("an owner reads: %s", got)
	}
	if got := told(h.SignedIn(t, admin).Get("/overview").Page(t).Find("#attention")); strings.Contains(got, "Request") {
		t.Errorf("a Service Administrator reads: %s", got)
	}
}

// R92, R94: a message that was given up stands there for owners, who can send it again.
func TestOwnersSeeWhatWasNotDelivered(t *testing.T) {
	h := open(t)
	must(t, h.App.DB.Write(t.Context(), func(tx *sqlite.Tx) error {
		_, err := tx.Exec(`INSERT INTO notify_letters (id, contact_id, called, way, mail, message, state, tries, unsure, made_at, next_at, ended_at, reason)
			VALUES ('1', 'c', 'Operations', 'mail', 'operations@contoso.com', '{"Subject":"3 accounts stopped working"}', 'dead', 12, 0, ?1, 0, ?1, 'The mail server refused the address.')`, h.Clock.Now().UnixMilli())
		return err
	}))
	if got := told(h.SignedIn(t, owner).Get("/overview").Page(t).Find("#attention")); !strings.Contains(got, "Notifications weren't delivered") || !strings.Contains(got, "3 accounts stopped working") || !strings.Contains(got, "Operations · The mail server refused the address.") {
		t.Errorf("an owner reads: %s", got)
	}
	if got := told(h.SignedIn(t, admin).Get("/overview").Page(t).Find("#attention")); strings.Contains(got, "delivered") {
		t.Errorf("a Service Administrator reads: %s", got)
	}
}

// R94: the last scans and runs stand there, and a scan that failed among what needs attention.
func TestTheLastScansAndRuns(t *testing.T) {
	h := open(t)
	good, other := h.plant("good", contoso, verdict.Valid, 0), h.plant("other", contoso, verdict.Valid, 0)
	b := h.SignedIn(t, admin)
	must(t, h.Sim.SetFaults([]m365sim.Fault{{PathPrefix: "/" + contoso + "/oauth2/", Status: 401, Body: `{"error":"invalid_client","error_codes":[7000215],"error_description":"AADSTS7000215: Invalid client secret provided."}`, ContentType: "application/json"}}))
	res := b.Post("/scan-profiles", url.Values{"name": {"Nightly"}, "tenant": {contoso}, "types": {"users"}, "method": {"app"}, "schedule": {"hand"}})
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("no scan profile: %d", res.StatusCode)
	}
	list := b.Get("/scan-profiles").Page(t)
	details := list.Find("#selection tbody a[href^='/scan-profiles/']").First().AttrOr("href", "")
	scan := b.Post(details+"/run", nil).Header.Get("Location")
	demotest.Until(t, "the scan failed", func() bool { return strings.Contains(b.Get("/overview").Page(t).Find("#scans").Text(), "Failed") })
	page := b.Get("/overview").Page(t)
	if got := told(page.Find("#attention")); !strings.Contains(got, "Scan The last scan of 1 scan profile failed Nightly") || page.Find("#attention a[href='"+scan+"']").Length() != 1 {
		t.Errorf("attention: %s", got)
	}
	if got := told(page.Find("#scans")); !strings.Contains(got, "Nightly Contoso · 0 objects") || page.Find("#runs li").Length() != 0 {
		t.Errorf("scans: %s", got)
	}
	run := b.Post("/service-accounts/validate", url.Values{"id": {string(good.ID), string(other.ID)}}).Header.Get("Location")
	demotest.Until(t, "the run stands there", func() bool { return b.Get("/overview").Page(t).Find("#runs a[href='"+run+"']").Length() == 1 })
}
