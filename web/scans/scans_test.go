package scans_test

import (
	"database/sql"
	"encoding/csv"
	"maps"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"purser.example/internal/demo/demotest"
)

const (
	contoso  = "6f1c0000-0000-4000-8000-000000000001"
	fabrikam = "6f1c0000-0000-4000-8000-000000000002"
	marked   = "Marked-Secret-2026!"

	fixture = `{"tenants": [{"id": "` + contoso + `", "displayName": "Contoso", "initialDomain": "contoso.onmicrosoft.com", "connected": true, "domains": [{"id": "contoso.com"}],
  "apps": [{"appId": "a0000000-0000-4000-8000-000000000001", "clientSecret": "Marked-Client-Secret"}],
  "users": [{"userPrincipalName": "svc-scan@contoso.com", "displayName": "Scans", "password": "` + marked + `", "roles": ["SharePoint Administrator"]},
    {"userPrincipalName": "pool01@contoso.com", "displayName": "Pool One", "password": "` + marked + `"}],
  "groups": [{"displayName": "AOS Pool", "mail": "aos-pool@contoso.com", "kind": "mailEnabledSecurity", "members": ["pool01@contoso.com"]}, {"displayName": "Aosta", "mail": "aosta@contoso.com", "kind": "microsoft365", "members": ["pool01@contoso.com"]}],
  "sites": [{"path": "sites/finance", "title": "=Finance", "owner": "svc-scan@contoso.com", "administrators": ["pool01@contoso.com"]},
    {"path": "sites/sealed", "title": "Sealed", "owner": "svc-scan@contoso.com", "lock": "NoAccess"}]},
 {"id": "` + fabrikam + `", "displayName": "Fabrikam", "initialDomain": "fabrikam.onmicrosoft.com", "connected": true,
  "apps": [{"appId": "a0000000-0000-4000-8000-000000000002", "clientSecret": "Marked-Client-Secret"}]}]}`
)

func open(t *testing.T) (*demotest.House, *demotest.Browser) {
	t.Helper()
	h := demotest.OpenFixture(t, fixture)
	return h, h.SignedIn(t, "admin@purser.test")
}

// plain is a selection's text as somebody reads it: what stands in different elements is apart.
func plain(s *goquery.Selection) string {
	s = s.Clone()
	s.Find("td, th, p, h2, h3, li, a, b, span, button, summary, dt, dd, time").AfterHtml(" ")
	return strings.Join(strings.Fields(s.Text()), " ")
}

// account makes the service account profile that scans sign in with, and gives its id.
func account(t *testing.T, b *demotest.Browser) string {
	t.Helper()
	res := b.Post("/service-accounts", url.Values{"name": {"Scanner"}, "tenant": {contoso}, "services": {"fly"}, "username": {"svc-scan@contoso.com"}, "password": {marked}})
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("the service account profile is not saved: %d\n%s", res.StatusCode, plain(res.Page(t).Find("#outcome")))
	}
	href := b.Get("/service-accounts").Page(t).Find("#selection tbody td a").First().AttrOr("href", "")
	return href[strings.LastIndex(href, "/")+1:]
}

func typed(changes url.Values) url.Values {
	form := url.Values{"name": {"Nightly"}, "tenant": {contoso}, "types": {"groups", "users"}, "method": {"app"}, "schedule": {"hand"}}
	maps.Copy(form, changes)
	return form
}

// create makes a scan profile and gives the address of its details.
func create(t *testing.T, b *demotest.Browser, changes url.Values) string {
	t.Helper()
	form := typed(changes)
	if res := b.Post("/scan-profiles", form); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("not saved: %d\n%s", res.StatusCode, plain(res.Page(t).Find("#outcome")))
	}
	return row(t, b, form.Get("name")).Find("a").AttrOr("href", "")
}

func row(t *testing.T, b *demotest.Browser, name string) *goquery.Selection {
	t.Helper()
	return b.Get("/scan-profiles").Page(t).Find("#selection tbody tr").FilterFunction(func(_ int, row *goquery.Selection) bool {
		return row.Find("a").First().Text() == name
	})
}

func headsOf(page *goquery.Document) string {
	var heads []string
	page.Find("thead th").Each(func(_ int, head *goquery.Selection) { heads = append(heads, plain(head)) })
	return strings.Join(heads, "|")
}

// run begins a scan of a scan profile, waits for its end and gives its address.
func run(t *testing.T, b *demotest.Browser, details string) string {
	t.Helper()
	res := b.Post(details+"/run", nil)
	if res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(res.Header.Get("Location"), "/scans/") {
		t.Fatalf("not run: %d to %s", res.StatusCode, res.Header.Get("Location"))
	}
	return over(t, b, res.Header.Get("Location"))
}

func over(t *testing.T, b *demotest.Browser, scan string) string {
	t.Helper()
	demotest.Until(t, "the end of "+scan, func() bool { return b.Get(scan).Page(t).Find("#scan .verdict").Length() == 1 })
	return scan
}

// R50, R52: a scan profile is made under the labels of the contract, stands in the list, and is edited and deleted.
func TestTheLifeOfAScanProfile(t *testing.T) {
	_, b := open(t)
	form := b.Get("/scan-profiles/new").Page(t)
	if got := plain(form.Find("#scan-pane-title")); got != "Create scan profile" {
		t.Errorf("the pane is headed %q", got)
	}
	for _, label := range []string{
		"Scan profile name", "Description", "Select tenant", "SharePoint sites", "OneDrive", "Microsoft 365 Groups", "Microsoft Teams", "Exchange mailboxes", "Microsoft 365 users",
		"Project sites", "Exchange public folders", "App profile", "Service account", "Service account profile", "By hand", "Daily", "Time", "Time zone",
	} {
		labels := form.Find(".pane label").FilterFunction(func(_ int, l *goquery.Selection) bool { return l.Text() == label })
		if labels.Length() != 1 || form.Find("[id='"+labels.AttrOr("for", "none")+"']").Length() != 1 {
			t.Errorf("%d labels read %q", labels.Length(), label)
		}
	}
	for _, legend := range []string{"Object types", "Authentication method", "Schedule"} {
		if form.Find(".pane legend").FilterFunction(func(_ int, l *goquery.Selection) bool { return l.Text() == legend }).Length() != 1 {
			t.Errorf("no group is called %q", legend)
		}
	}

	details := create(t, b, url.Values{"schedule": {"daily"}, "time": {"02:30"}, "zone": {"Europe/Berlin"}})
	list := b.Get("/scan-profiles").Page(t)
	if got := headsOf(list); got != "|Scan profile|Tenant|Object types|Method|Schedule|Last scan|Next scan" {
		t.Errorf("the heads are %s", got)
	}
	if of := plain(row(t, b, "Nightly")); !strings.Contains(of, "Contoso") || !strings.Contains(of, "App profile Daily 02:30 Europe/Berlin None yet in ") {
		t.Errorf("the row says %s", of)
	}
	for _, command := range []string{"Edit", "Run", "Stop", "Delete"} {
		if list.Find(".commands button").FilterFunction(func(_ int, x *goquery.Selection) bool { return plain(x) == command }).Length() != 1 {
			t.Errorf("there is no %s", command)
		}
	}
	pane := b.Get(details).Page(t).Find("[role=dialog]")
	if said := plain(pane); !strings.Contains(said, "Microsoft 365 Groups") || !strings.Contains(said, "Daily 02:30 Europe/Berlin") || !strings.Contains(said, "None yet") {
		t.Errorf("the details say %s", said)
	}

	edit := b.Get(details + "/edit").Page(t)
	if tenant := edit.Find("#tenant"); tenant.AttrOr("value", "") != "Contoso" || !tenant.Is("[disabled]") || !strings.Contains(plain(edit.Find("#tenant-notes")), "can't be changed") {
		t.Error("the tenant can be changed, or nothing says that it cannot")
	}
	changed := typed(url.Values{"name": {"Renamed"}, "tenant": {fabrikam}, "version": {edit.Find("input[name=version]").AttrOr("value", "")}})
	if res := b.Post(details, changed); res.StatusCode != http.StatusSeeOther || !strings.Contains(plain(row(t, b, "Renamed")), "Contoso") {
		t.Errorf("not renamed: %d", res.StatusCode)
	}
	res := b.Post(details, changed)
	alert := res.Page(t).Find("#outcome [role=alert]")
	if res.StatusCode != http.StatusConflict || !strings.Contains(plain(alert), "Someone else saved this scan profile") || alert.Find("button[name=overwrite]").AttrOr("value", "") != "2" {
		t.Errorf("an edit of a version of before: %d\n%s", res.StatusCode, plain(alert))
	}
	changed.Set("overwrite", "2")
	if res := b.Post(details, changed); res.StatusCode != http.StatusSeeOther {
		t.Errorf("not overwritten: %d", res.StatusCode)
	}

	dialog := b.Get("/scan-profiles/delete?id=" + details[strings.LastIndex(details, "/")+1:]).Page(t).Find("dialog[open]")
	if said := plain(dialog); !strings.Contains(said, "Renamed") || !strings.Contains(said, "It has no scans yet.") || !strings.Contains(said, "Confirm") {
		t.Errorf("the question is %s", said)
	}
	if res := b.Post("/scan-profiles/delete", fieldsOf(dialog)); res.StatusCode != http.StatusSeeOther || row(t, b, "Renamed").Length() != 0 {
		t.Errorf("not deleted: %d", res.StatusCode)
	}
}

func fieldsOf(form *goquery.Selection) url.Values {
	fields := url.Values{}
	form.Find("input[type=hidden]").Each(func(_ int, in *goquery.Selection) { fields.Add(in.AttrOr("name", ""), in.AttrOr("value", "")) })
	return fields
}

// R52: what is refused comes back as typed, with what is wrong beside each field and the way to the scan profile that has a type already.
func TestARefusedScanProfile(t *testing.T) {
	_, b := open(t)
	res := b.Post("/scan-profiles", url.Values{"description": {"Kept"}, "method": {"account"}, "schedule": {"daily"}, "time": {"late"}, "zone": {"Europe/Nowhere"}})
	page := res.Page(t)
	if res.StatusCode != http.StatusUnprocessableEntity || page.Find("#description").Text() != "Kept" || page.Find("#zone").AttrOr("value", "") != "Europe/Nowhere" {
		t.Errorf("status %d, and typed text is gone", res.StatusCode)
	}
	for _, field := range []string{"name", "tenant", "types", "account", "time", "zone"} {
		if page.Find("#"+field+"-notes .field-error").Length() != 1 {
			t.Errorf("nothing is wrong with %s", field)
		}
		if page.Find("#outcome a[href^='#"+field+"']").Length() != 1 {
			t.Errorf("the summary does not lead to %s", field)
		}
	}

	rival := create(t, b, nil)
	form := b.Get("/scan-profiles/new?tenant=" + contoso).Page(t)
	if beside := form.Find("#types-users-help a"); beside.AttrOr("href", "") != rival || !strings.Contains(plain(beside), "Nightly") {
		t.Errorf("beside the type stands %q", plain(form.Find("#types-users-help")))
	}
	refused := b.Post("/scan-profiles", typed(url.Values{"name": {"Second"}, "types": {"users", "teams"}})).Page(t)
	if said := plain(refused.Find("#types-notes")); !strings.Contains(said, "Nightly") || refused.Find("#outcome a[href='"+rival+"']").Length() != 1 {
		t.Errorf("a type that is taken: %s", said)
	}
	part := b.ByScript(http.MethodPost, "/scan-profiles", typed(nil))
	if fragment := part.Page(t); part.StatusCode != http.StatusUnprocessableEntity || fragment.Find("form").Length() != 0 || fragment.Find("#types-notes .field-error").Length() != 1 {
		t.Errorf("with script: %d %s", part.StatusCode, part.Text())
	}
}

// Service account profile follows the tenant, with script and without, and what was typed stays. What a method cannot read of a type
// stands beside it before it is saved.
func TestTheFormFollowsItsTenant(t *testing.T) {
	_, b := open(t)
	id := account(t, b)
	form := typed(url.Values{"name": {"Kept"}, "types": {"sites"}, "method": {"account"}})
	whole := b.Post("/scan-profiles/new", form).Page(t)
	if option := whole.Find("#account option[value='" + id + "']"); !strings.Contains(plain(option), "Scanner (svc-scan@contoso.com)") {
		t.Errorf("the profiles of the tenant are %s", plain(whole.Find("#account")))
	}
	if whole.Find("#name").AttrOr("value", "") != "Kept" || !whole.Find("#types-sites").Is("[checked]") || !whole.Find("#tenant option[selected]").Is("[value='"+contoso+"']") {
		t.Error("what was typed is gone")
	}
	form.Set("tenant", fabrikam)
	part := b.ByScript(http.MethodPost, "/scan-profiles/new", form).Page(t)
	if part.Find("#of-tenant").Length() != 1 || part.Find("#name").Length() != 0 || !strings.Contains(plain(part.Find("#account-notes")), "no service account profile") {
		t.Errorf("with script comes %s", plain(part.Selection))
	}
	for kind, want := range map[string]string{"public-folders": "Microsoft offers no interface", "project-sites": "An app profile can't tell", "sites": "SharePoint Administrator role"} {
		if note := plain(whole.Find("#types-" + kind + "-help")); !strings.Contains(note, want) || whole.Find("#types-"+kind).AttrOr("aria-describedby", "") != "types-"+kind+"-help" {
			t.Errorf("beside %s stands %q", kind, note)
		}
	}
}

// R50, R53: a scan is run, followed by a stream to its end, shown with its numbers, and what it found is searched, filtered and exported.
func TestAScanIsRunAndItsObjectsShown(t *testing.T) {
	_, b := open(t)
	details := create(t, b, nil)
	scan := run(t, b, details)
	page := b.Get(scan).Page(t)
	if outcome := page.Find("#scan .verdict"); outcome.AttrOr("role", "") != "status" || !strings.Contains(plain(outcome), "Finished") || !strings.Contains(plain(outcome), "3 objects found, 3 new, 0 gone") {
		t.Errorf("the scan says %s", plain(outcome))
	}
	if got := headsOf(page); got != "Object type|State|Found|New|Gone|Failed|Duration" {
		t.Errorf("the heads are %s", got)
	}
	if page.Find("[hx-sse\\:connect]").Length() != 0 || page.Find("progress").Length() != 0 {
		t.Error("a scan that is over is followed on")
	}
	stream := b.Get(scan + "/events")
	if !strings.Contains(stream.Text(), "event: over") || stream.Header.Get("Content-Type") != "text/event-stream" {
		t.Errorf("the stream says %s", stream.Text())
	}
	if said := plain(b.Get(details).Page(t).Find("#details-pane")); !strings.Contains(said, "3 found, 3 new, 0 gone, 0 failed") || !strings.Contains(said, "Finished") {
		t.Errorf("the details say %s", said)
	}
	if b.Get(details).Page(t).Find(".scan-history .scan-bar").Length() != 1 {
		t.Error("the history draws no duration")
	}

	objects := b.Get("/objects?tenant=" + contoso + "&type=users").Page(t)
	if got := headsOf(objects); got != "Name|Type|Tenant|Address|First seen|Last seen|State" {
		t.Errorf("the heads are %s", got)
	}
	if rows := objects.Find("#results tbody tr"); rows.Length() != 2 || !strings.Contains(plain(rows.First()), "Pool One User Contoso pool01@contoso.com") || !strings.Contains(plain(rows.First()), "Present") {
		t.Errorf("the users are %s", plain(rows))
	}
	demotest.Until(t, "the search finds a group by a part of its name", func() bool {
		return b.Get("/objects?q=aos").Page(t).Find("#results tbody tr").Length() == 1
	})
	if said := plain(b.Get("/objects?state=gone").Page(t).Find("#results")); !strings.Contains(said, "Nothing matches") {
		t.Errorf("gone are %s", said)
	}
	if said := plain(b.Get("/tenants/" + contoso).Page(t).Find("#objects")); !strings.Contains(said, "Microsoft 365 users 2 Read just now") {
		t.Errorf("the tenant says %s", said)
	}
}

// R53: an export is the view as a table that no program takes for formulas, and says so in the activity log.
func TestObjectsAreExported(t *testing.T) {
	h, b := open(t)
	run(t, b, create(t, b, url.Values{"types": {"sites"}}))
	res := b.Get("/objects/export?tenant=" + contoso)
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/csv; charset=utf-8" || !strings.HasPrefix(res.Header.Get("Content-Disposition"), "attachment") {
		t.Fatalf("%d %v", res.StatusCode, res.Header)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(res.Text(), "\ufeff"))).ReadAll()
	if err != nil || len(rows) < 3 || rows[0][0] != "Name" {
		t.Fatalf("%v %v", rows, err)
	}
	if !slices.ContainsFunc(rows, func(row []string) bool { return row[0] == "'=Finance" && strings.HasSuffix(row[4], "/sites/finance") }) {
		t.Errorf("the rows are %v", rows)
	}
	if none := b.Get("/objects/export?q=nothing+such").Text(); !strings.HasPrefix(none, "\ufeffName,Type,") || strings.Count(none, "\n") != 1 {
		t.Errorf("an export of nothing is %q", none)
	}
	if strings.Contains(h.Log.String(), "Marked-Client-Secret") {
		t.Error("the log holds a secret (R60)")
	}
}

// R46, R51: a pool that was saved is registered on the sites and comes into force with the scan, and its page shows each step of the way.
func TestAPoolComesIntoForceByItsScan(t *testing.T) {
	h, b := open(t)
	savePool(t, b)
	chain := func() string { return plain(b.Get("/classic/account-pool").Page(t).Find("#pool-sites .pool-chain")) }
	if said := chain(); !strings.Contains(said, "Create scan profile") || !strings.Contains(said, "Nothing yet") {
		t.Errorf("without a scan profile the way is %s", said)
	}
	details := create(t, b, url.Values{"types": {"sites"}, "method": {"account"}, "account": {account(t, b)}})
	scan := run(t, b, details)
	page := b.Get(scan).Page(t)
	if card := plain(page.Find("#registration")); !strings.Contains(card, "registered") {
		t.Errorf("the registration says %s\n%s", card, plain(page.Find("#scan")))
	}
	if said := chain(); !strings.Contains(said, "Scanner") || !strings.Contains(said, "In force In force Version 1") {
		t.Errorf("the way is %s", said)
	}
	registration := b.Get(page.Find("#registration a").AttrOr("href", "")).Page(t)
	if said := plain(registration.Find("main")); !strings.Contains(said, "Registration of sites") || !strings.Contains(said, "Sealed") || headsOf(registration) != "Site|Address|Registration|Tried" {
		t.Errorf("the run says %s", said)
	}
	if said := plain(b.Get("/classic/account-pool").Page(t).Find("#pool-sites .pool-counted")); !strings.Contains(said, "Found by the last scan:") {
		t.Errorf("the number of objects says %q", said)
	}
	if uses := plain(b.Get("/service-accounts/" + accountOf(t, b)).Page(t).Find("#details-pane")); !strings.Contains(uses, "Scan profile Nightly") {
		t.Errorf("the service account profile is used by %s", uses)
	}
	res := b.Post("/classic/account-pool/rerun", url.Values{"tenant": {contoso}, "tab": {"sites"}})
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/scan-profiles?tenant="+contoso {
		t.Errorf("Rerun now: %d to %s", res.StatusCode, res.Header.Get("Location"))
	}
	demotest.Until(t, "the end of the second scan", func() bool {
		return strings.Count(plain(b.Get(details).Page(t).Find(".scan-history tbody")), "Finished") == 2
	})
	if strings.Contains(h.Log.String(), marked) {
		t.Error("the log holds a password (R60)")
	}
	loseRegistrations(t, h)
	if page := b.Get(scan).Page(t); page.Find("#scan .verdict").Length() != 1 || page.Find("#registration").Length() != 0 {
		t.Errorf("without its registration the scan says %s", plain(page.Find("main")))
	}
}

// loseRegistrations leaves scans with the ids of registrations that are not there, as one that is stopped while its registration is being
// prepared.
func loseRegistrations(t *testing.T, h *demotest.House) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(h.Data, "purser.db")+"?_pragma=busy_timeout(20000)&_pragma=foreign_keys(1)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), `DELETE FROM runs WHERE kind = 'site_grant'`); err != nil {
		t.Fatal(err)
	}
}

func accountOf(t *testing.T, b *demotest.Browser) string {
	t.Helper()
	href := b.Get("/service-accounts").Page(t).Find("#selection tbody td a").First().AttrOr("href", "")
	return href[strings.LastIndex(href, "/")+1:]
}

// savePool saves the pool of sites with its group.
func savePool(t *testing.T, b *demotest.Browser) {
	t.Helper()
	page := b.Get("/classic/account-pool?tenant=" + contoso).Page(t)
	form := poolForm(page)
	form.Set("group-sites", "AOS Pool")
	form.Set("do", "validate:sites")
	found := b.Post("/classic/account-pool/group", form).Page(t)
	form = poolForm(found)
	if res := b.Post("/classic/account-pool", form); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("the pool is not saved: %d %s", res.StatusCode, plain(res.Page(t).Find("#outcome")))
	}
}

func poolForm(page *goquery.Document) url.Values {
	form := url.Values{}
	page.Find("#pools input").Each(func(_ int, in *goquery.Selection) {
		_, elsewhere := in.Attr("form")
		if kind := in.AttrOr("type", "text"); !elsewhere && in.AttrOr("name", "") != "" && kind != "radio" && (kind != "checkbox" || in.Is("[checked]")) {
			form.Add(in.AttrOr("name", ""), in.AttrOr("value", ""))
		}
	})
	return form
}

// R46: where the tenant has no scan profile, Rerun now says so.
func TestRerunWithoutAScanProfile(t *testing.T) {
	_, b := open(t)
	res := b.Post("/classic/account-pool/rerun", url.Values{"tenant": {fabrikam}, "tab": {"project"}})
	if res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(res.Header.Get("Location"), "/classic/account-pool?") {
		t.Errorf("%d to %s", res.StatusCode, res.Header.Get("Location"))
	}
	if said := plain(b.Get(res.Header.Get("Location")).Page(t).Find("#flash")); said == "" {
		t.Error("nothing is said")
	}
	dialog := b.Get("/classic/account-pool?tenant=" + fabrikam + "&changed=sites").Page(t).Find("dialog[open]")
	if dialog.Find("a[href='/scan-profiles/new?tenant="+fabrikam+"']").Length() != 1 || strings.Contains(plain(dialog), "Rerun now") {
		t.Errorf("the question is %s", plain(dialog))
	}
}

// R2: who may not manage service accounts sees nothing of any of it.
func TestNobodyWithoutTheRightSeesScans(t *testing.T) {
	h, b := open(t)
	scan := run(t, b, create(t, b, nil))
	other := h.Browser(t)
	for _, path := range []string{"/scan-profiles", "/scan-profiles/new", scan, scan + "/events", "/objects", "/objects/export"} {
		if res := other.Get(path); res.StatusCode != http.StatusSeeOther && res.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s answers %d", path, res.StatusCode)
		}
	}
	for _, path := range []string{"/scan-profiles/none", "/scans/none", "/scan-profiles/none/edit"} {
		if res := b.Get(path); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s answers %d", path, res.StatusCode)
		}
	}
}

// R50, R52: a scan that goes on is shown as that, is stopped, and keeps a second one from beginning.
func TestAScanIsStopped(t *testing.T) {
	h := demotest.OpenFixture(t, strings.Replace(fixture, `"initialDomain": "contoso.onmicrosoft.com",`, `"initialDomain": "contoso.onmicrosoft.com", "latencyMs": 400,`, 1))
	b := h.SignedIn(t, "admin@purser.test")
	details := create(t, b, nil)
	scan := b.Post(details+"/run", nil).Header.Get("Location")
	page := b.Get(scan).Page(t)
	if page.Find("progress[role=progressbar]").Length() == 0 || page.Find("[aria-busy=true]").Length() == 0 || page.Find("#scan").AttrOr("hx-sse:connect", "") != scan+"/events" {
		t.Errorf("a scan that goes on looks like %s", plain(page.Find("#scan")))
	}
	if refresh := page.Find("#scan a[data-without-script]"); refresh.AttrOr("href", "") != scan || refresh.Text() != "Refresh" {
		t.Errorf("without script it is renewed by %q", refresh.Text())
	}
	if res := b.Post(details+"/run", nil); res.Header.Get("Location") != details {
		t.Errorf("a second scan leads to %s", res.Header.Get("Location"))
	}
	if said := plain(b.Get(details).Page(t).Find("#details-pane [role=alert]")); !strings.Contains(said, "Skipped: the previous scan of Nightly is still in progress.") {
		t.Errorf("of a second scan is said %q", said)
	}
	if said := plain(b.Get("/scan-profiles").Page(t).Find("main")); !strings.Contains(said, "1 scan is in progress") {
		t.Errorf("the list says %s", said)
	}
	id := details[strings.LastIndex(details, "/")+1:]
	if res := b.Post("/scan-profiles/stop", url.Values{"id": {id}}); res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/scan-profiles" {
		t.Errorf("Stop: %d to %s", res.StatusCode, res.Header.Get("Location"))
	}
	over(t, b, scan)
	if said := plain(b.Get(scan).Page(t).Find("#scan .verdict")); !strings.Contains(said, "Stopped") || !strings.Contains(said, "cs0000016") {
		t.Errorf("the stopped scan says %s", said)
	}
	if res := b.Post("/scan-profiles/stop", url.Values{"id": {id}}); res.StatusCode != http.StatusSeeOther || !strings.Contains(plain(b.Get("/scan-profiles").Page(t).Find("#flash [role=alert]")), "No scan is in progress") {
		t.Error("stopping what is over says nothing")
	}
}

// R56, R72: a scan that fails because a permission is missing names it, and leads to the app profiles of the tenant: on its own page, in its
// type, and in the history of the scan profile.
func TestAMissingPermissionIsNamedWithTheWayToGrantIt(t *testing.T) {
	h, b := open(t)
	id := account(t, b)
	apps := "/app-profiles?tenant=" + contoso
	for name, c := range map[string]struct {
		app, says string
		profile   url.Values
	}{
		"By app":     {`"permissions": ["User.Read.All", "GroupMember.Read.All"]`, "HTTP 403 Sites.Read.All", url.Values{"types": {"sites"}, "method": {"app"}}},
		"By account": {`"delegatedPermissions": ["User.Read", "Sites.Read.All"]`, "AADSTS65001 AllSites.FullControl", url.Values{"types": {"onedrive"}, "method": {"account"}, "account": {id}}},
	} {
		if err := h.Sim.PatchTenant(contoso, []byte(`{"apps": [{"appId": "a0000000-0000-4000-8000-000000000001", "clientSecret": "Marked-Client-Secret", `+c.app+`}]}`)); err != nil {
			t.Fatal(err)
		}
		c.profile.Set("name", name)
		details := create(t, b, c.profile)
		page := b.Get(run(t, b, details)).Page(t)
		if outcome := page.Find("#scan .verdict"); !strings.Contains(plain(outcome), "A permission is missing") || !strings.Contains(plain(outcome), c.says) || outcome.Find("a[href='"+apps+"']").Length() != 1 {
			t.Errorf("%s: the scan says %s", name, plain(outcome))
		}
		if of := page.Find(".scan-sections tbody tr"); !strings.Contains(plain(of), c.says) || of.Find("a[href='"+apps+"']").Length() != 1 {
			t.Errorf("%s: its type says %s", name, plain(of))
		}
		if of := b.Get(details).Page(t).Find(".scan-history tbody tr"); !strings.Contains(plain(of), c.says) || of.Find("a[href='"+apps+"']").Length() != 1 {
			t.Errorf("%s: the history says %s", name, plain(of))
		}
	}
}
