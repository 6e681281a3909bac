package pools_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/demo/demotest"
	"purser.example/internal/m365sim"
	"purser.example/internal/pool"
)

const (
	contoso    = "6f1c0000-0000-4000-8000-000000000001"
	marked     = "Marked-Secret-2026!"
	one        = "0a000000-0000-4000-8000-000000000001"
	two        = "0a000000-0000-4000-8000-000000000002"
	poolPath   = "/classic/account-pool"
	poolsGroup = `{"tenants": [{"id": "` + contoso + `", "displayName": "Contoso", "initialDomain": "contoso.onmicrosoft.com", "connected": true,
  "domains": [{"id": "contoso.com"}], "sharePoint": {"legacyAuthEnabled": true, "legacyRetired": false},
  "apps": [{"appId": "a0000000-0000-4000-8000-000000000001", "clientSecret": "Marked-Client-Secret"}],
  "users": [{"id": "` + one + `", "userPrincipalName": "pool01@contoso.com", "displayName": "Pool One", "password": "` + marked + `"},
    {"id": "` + two + `", "userPrincipalName": "pool02@contoso.com", "displayName": "Pool Two", "password": "` + marked + `", "mfa": "perUser", "appPassword": "abcdefghijklmnop"}],
  "groups": [{"displayName": "AOS Pool", "mail": "aos-pool@contoso.com", "kind": "mailEnabledSecurity", "members": ["pool01@contoso.com", "pool02@contoso.com"]},
    {"displayName": "Night", "kind": "security", "members": ["pool02@contoso.com"]},
    {"displayName": "List", "mail": "list@contoso.com", "kind": "distribution", "members": ["pool01@contoso.com"]},
    {"displayName": "Twins", "mail": "twins@contoso.com", "kind": "microsoft365", "members": []}, {"displayName": "Twins", "kind": "security", "members": []}]}]}`
)

func openPools(t *testing.T) (*demotest.House, *demotest.Browser) {
	t.Helper()
	h := demotest.OpenFixture(t, poolsGroup)
	return h, h.SignedIn(t, "admin@purser.test")
}

// poolForm is the page's form as a browser would send it.
func poolForm(t *testing.T, page *goquery.Document) url.Values {
	t.Helper()
	form := url.Values{}
	page.Find("#pools input").Each(func(_ int, in *goquery.Selection) {
		name, there := in.Attr("name")
		_, elsewhere := in.Attr("form")
		if kind := in.AttrOr("type", "text"); there && !elsewhere && kind != "radio" && (kind != "checkbox" || in.Is("[checked]")) {
			form.Add(name, in.AttrOr("value", ""))
		}
	})
	if form.Get("tenant") == "" {
		t.Fatal("the page has no form")
	}
	return form
}

// with sets fields of a form by pairs.
func with(form url.Values, pairs ...string) url.Values {
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return form
}

// validated validates a group of a pool and gives the page when its members are read.
func validated(t *testing.T, b *demotest.Browser, class, group string) *goquery.Document {
	t.Helper()
	form := with(poolForm(t, b.Get(poolPath).Page(t)), "group-"+class, group, "do", "validate:"+class)
	res := b.Post(poolPath+"/group", form)
	var page *goquery.Document
	demotest.Until(t, "the members", func() bool {
		if page = res.Page(t); res.StatusCode != http.StatusOK {
			t.Fatalf("status %d\n%s", res.StatusCode, page.Find("[role=alert]").Text())
		}
		if page.Find("#users-"+class+" tbody tr").Length() > 0 && page.Find("#reading-"+class+" progress").Length() == 0 {
			return true
		}
		res = b.Post(poolPath+"/group", with(poolForm(t, page), "do", "show:"+class))
		return false
	})
	return page
}

// saveOK saves a form and gives where it led.
func saveOK(t *testing.T, b *demotest.Browser, form url.Values) string {
	t.Helper()
	res := b.Post(poolPath, form)
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("status %d\n%s", res.StatusCode, res.Page(t).Find("[role=alert]").Text())
	}
	return res.Header.Get("Location")
}

// R40: three pools, what they hold, and the services that use them.
func TestThePageOfPools(t *testing.T) {
	_, b := openPools(t)
	page := b.Get(poolPath + "?tab=project").Page(t)
	if got := page.Find("[role=tab]").Map(func(_ int, tab *goquery.Selection) string { return tab.Text() }); strings.Join(got, " | ") != "Sites, Mailboxes, Groups, and Teams | Project Sites | Exchange Public Folders" {
		t.Errorf("tabs %q", got)
	}
	if got := page.Find("[role=tab][aria-selected=true]").Text(); got != "Project Sites" {
		t.Errorf("in front is %q", got)
	}
	for _, words := range []string{"EnPower", "Fly", "Other services", "Microsoft 365 Groups, Microsoft Teams"} {
		if !strings.Contains(page.Find("#panel-sites .pool-holdings").Text(), words) {
			t.Errorf("the first tab does not say %q", words)
		}
	}
	services := page.Find(".pool-services li")
	if services.Length() != len(pool.Services()) || !strings.Contains(services.Text(), "(inferred)") {
		t.Errorf("services %q", services.Text())
	}
	if page.Find("#requirements tbody tr").Length() != 11 || !strings.Contains(page.Find("#requirements").Text(), "is lost") {
		t.Error("the guide's table is not whole, or says nothing of the lost footnote")
	}
	if page.Find("#url-sites").Length() != 1 || !page.Find("html").HasClass("classic") {
		t.Error("the page lacks its field or its look")
	}
	if script := page.Find(`script[src$="/js/pool.js"]`); script.Length() != 1 || b.Get(script.AttrOr("src", "")).StatusCode != http.StatusOK {
		t.Error("the page lacks its script")
	}
	if b.Get("/service-accounts").Page(t).Find(`script[src$="/js/pool.js"]`).Length() != 0 {
		t.Error("a page without a pool loads its script")
	}
	if href, _ := b.Get("/service-accounts").Page(t).Find(`a:contains("classic UI")`).Attr("href"); href != poolPath {
		t.Errorf("the Service account page leads to %q", href)
	}
	if res := b.Get(poolPath + "?tenant=nothing"); res.StatusCode != http.StatusNotFound {
		t.Errorf("an unknown tenant: %d", res.StatusCode)
	}
}

// X17: suggestions pass over blanks that somebody pasted.
func TestWhatIsPastedIsLookedFor(t *testing.T) {
	_, b := openPools(t)
	plain := b.Get(suggesting).Text()
	pasted := b.Get(suggesting[:len(suggesting)-len("aos")] + url.QueryEscape("\u00a0\u200baos\ufeff\u3000")).Text()
	if !strings.Contains(plain, "aos-pool@contoso.com") || pasted != plain {
		t.Errorf("pasted: %s\ntyped: %s", pasted, plain)
	}
	if got := b.Get(suggesting[:len(suggesting)-len("aos")] + url.QueryEscape("\u200b\u00a0a\u2800")).Text(); strings.Contains(got, "<option") {
		t.Errorf("a letter among blanks suggests %s", got)
	}
}

// X45: what turns the direction of writing stands on no page, whether Microsoft has it in a tenant's name, a group's or its rule.
func TestNothingTurnsAPageAround(t *testing.T) {
	fixture := strings.NewReplacer(`"displayName": "Contoso"`, `"displayName": "Con\u202etoso"`, `"displayName": "Night", "kind": "security",`,
		`"displayName": "Night\u202e", "mail": "night@contoso.com", "kind": "mailEnabledSecurity", "dynamicRule": "user.department -eq \"Mig\u202eration\"",`).Replace(poolsGroup)
	h := demotest.OpenFixture(t, fixture)
	b := h.SignedIn(t, "admin@purser.test")
	page := validated(t, b, "sites", "night@contoso.com")
	text, err := page.Html()
	if err != nil || !strings.Contains(text, "Migration") || !strings.Contains(text, "Contoso") {
		t.Errorf("the rule or the tenant is not shown: %v", err)
	}
	for _, shown := range []string{text, b.Get(suggesting[:len(suggesting)-len("aos")] + "night").Text(), b.Get("/tenants/" + contoso).Text(), b.Get("/service-accounts/new").Text(), b.Get("/app-profiles").Text()} {
		if len(shown) < 50 || strings.ContainsRune(shown, '\u202e') {
			t.Errorf("a page with it, or none: %.200s", shown)
		}
	}
}

// R41: a refused group leaves everything as typed and says why, with choices where there are some.
func TestAGroupIsRefused(t *testing.T) {
	_, b := openPools(t)
	for group, says := range map[string]string{"": "Enter the name", "list@contoso.com": "distribution list", "nothing": "group", "Twins": "Several groups"} {
		form := with(poolForm(t, b.Get(poolPath).Page(t)), "group-sites", group, "do", "validate:sites", "url-project", "https://half", "objects-sites", "12x")
		res := b.Post(poolPath+"/group", form)
		page := res.Page(t)
		if alert := page.Find("#pool-sites [role=alert]"); res.StatusCode != http.StatusUnprocessableEntity || alert.Length() != 1 || !strings.Contains(alert.Text(), says) {
			t.Errorf("%q: status %d, %q", group, res.StatusCode, alert.Text())
		}
		for field, want := range map[string]string{"group-sites": group, "url-project": "https://half", "objects-sites": "12x"} {
			if got := page.Find("#"+field).AttrOr("value", ""); got != want {
				t.Errorf("%q: %s comes back as %q", group, field, got)
			}
		}
		if choices := page.Find("#pool-sites input[type=radio]").Length(); group == "Twins" && choices != 2 {
			t.Errorf("%d choices", choices)
		}
	}
}

// R34, R42, R43, R44: a Save without the address that MFA needs stores nothing; with it the password is checked and kept.
func TestAPoolIsSaved(t *testing.T) {
	h, b := openPools(t)
	page := validated(t, b, "sites", "aos-pool@contoso.com")
	form := poolForm(t, page)
	form.Set("password-sites-"+one, marked)
	form.Set("mfa-sites-"+two, "on")
	form.Set("password-sites-"+two, "abcdefghijklmnop")
	form.Set("objects-sites", "1,500")

	res := b.Post(poolPath, form)
	refused := res.Page(t)
	if alert := refused.Find("#outcome[role=alert]"); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(alert.Text(), "Admin Center URL") {
		t.Fatalf("status %d\n%s", res.StatusCode, alert.Text())
	}
	if strings.Contains(res.Text(), marked) || strings.Contains(res.Text(), "abcdefghijklmnop") {
		t.Error("a password came back")
	}
	if _, ticked := refused.Find("#users-sites [name='mfa-sites-" + two + "']").Attr("checked"); !ticked || refused.Find("#objects-sites").AttrOr("value", "") != "1,500" {
		t.Error("what was typed is lost")
	}
	if !strings.Contains(refused.Find("#users-sites").Text(), "Type new passwords again") {
		t.Error("nothing says that passwords have to be typed again")
	}
	if !strings.Contains(b.Get(poolPath).Page(t).Find("#pool-sites .pool-versions").Text(), "Nothing is saved yet") {
		t.Error("a refused Save stored something")
	}

	check := saveOK(t, b, with(form, "url-sites", "https://contoso-admin.sharepoint.com"))
	if !strings.HasPrefix(check, poolPath+"/checks/") {
		t.Fatalf("Save leads to %s", check)
	}
	done := waitFor(t, b, check, "[role=status]")
	if !strings.Contains(done.Find("[role=status]").Text(), "2 of 2 passwords are stored") || done.Find("progress").Length() != 0 {
		t.Errorf("the check says %q", done.Find("#run").Text())
	}
	saved := b.Get(poolPath).Page(t).Find("#pool-sites")
	for _, words := range []string{"2 of 2 members can be used", "App password stored", "14 needed", "In force: nothing yet", "Required, because", "permanently since May 1, 2026"} {
		if !strings.Contains(strings.Join(strings.Fields(saved.Text()), " "), words) {
			t.Errorf("the saved pool does not say %q", words)
		}
	}
	for _, secret := range []string{marked, "abcdefghijklmnop", "Marked-Client-Secret"} {
		if strings.Contains(h.Log.String(), secret) || strings.Contains(b.Get(poolPath).Text()+b.Get(check).Text(), secret) {
			t.Error("the log or a page holds a secret (R60)")
		}
	}
}

// R34: where Microsoft has retired the sign-in that app passwords belong to, one that it accepted is kept all the same. The check and the
// row say that it is, and that it cannot be used.
func TestAnAppPasswordThatNothingTakesAnyMoreIsKept(t *testing.T) {
	h, b := openPools(t)
	page := validated(t, b, "sites", "aos-pool@contoso.com")
	if err := h.Sim.PatchTenant(contoso, []byte(`{"sharePoint": {"legacyAuthEnabled": true, "legacyRetired": true}}`)); err != nil {
		t.Fatal(err)
	}
	form := with(poolForm(t, page), "mfa-sites-"+two, "on", "password-sites-"+two, "abcdefghijklmnop", "password-sites-"+one, "Wrong-2026!!", "url-sites", "https://contoso-admin.sharepoint.com")
	check := saveOK(t, b, form)
	told := plainly(waitFor(t, b, check, "[role=alert]").Find("main"))
	for _, words := range []string{
		"1 of 2 passwords are stored.", "Of these, 1 app password can't be used: Microsoft accepted it, but has turned off the sign-in", "A refused password is not stored",
		"1 Stored, legacy retired", "1 Refused", "Microsoft accepted the password.",
	} {
		if !strings.Contains(told, words) {
			t.Errorf("the check does not say %q: %s", words, told)
		}
	}
	row := b.Get(poolPath).Page(t).Find("#pool-sites tr:contains('pool02@contoso.com')")
	if badge := row.Find(".badge"); badge.Text() != "Legacy retired" || !badge.HasClass("tone-warn") {
		t.Errorf("the row says %q as %s", badge.Text(), badge.AttrOr("class", ""))
	}
	for _, words := range []string{"The app password is stored. Microsoft accepted it, but has turned off the sign-in it belongs to.", "App password stored"} {
		if !strings.Contains(plainly(row), words) {
			t.Errorf("the row does not say %q: %s", words, plainly(row))
		}
	}
}

// waitFor asks for a page until something is on it.
func waitFor(t *testing.T, b *demotest.Browser, path, selector string) (page *goquery.Document) {
	t.Helper()
	demotest.Until(t, selector+" on "+path, func() bool {
		page = b.Get(path).Page(t)
		return page.Find(selector).Length() > 0
	})
	return page
}

// R46: the second of two Saves changes nothing and shows both versions; then the person decides. A change of group recommends to
// rerun the scan, the first group does not.
func TestTwoSavesOfAPool(t *testing.T) {
	_, b := openPools(t)
	mine := poolForm(t, validated(t, b, "sites", "aos-pool@contoso.com"))
	theirs := poolForm(t, validated(t, b, "sites", "Night"))
	if to := saveOK(t, b, theirs); strings.Contains(to, "changed=") {
		t.Errorf("the first group leads to %s", to)
	}
	res := b.Post(poolPath, mine)
	page := res.Page(t)
	alert := page.Find("#outcome[role=alert]").Text()
	if res.StatusCode != http.StatusConflict || !strings.Contains(alert, "AOS Pool") || !strings.Contains(alert, "Night") {
		t.Fatalf("status %d\n%s", res.StatusCode, alert)
	}
	over := page.Find(`#outcome button[name="overwrite-sites"]`)
	if over.AttrOr("value", "") != "1" {
		t.Fatalf("saving over sends version %q", over.AttrOr("value", ""))
	}
	saveOK(t, b, with(poolForm(t, page), "overwrite-sites", "1"))
	saved := b.Get(poolPath).Page(t)
	if got := saved.Find("#group-sites").AttrOr("value", ""); got != "AOS Pool" {
		t.Errorf("saved is %q", got)
	}
	to := saveOK(t, b, poolForm(t, validated(t, b, "sites", "Night")))
	if dialog := b.Get(to).Page(t).Find("dialog[open]"); !strings.Contains(dialog.Text(), "no such scan profile yet") || dialog.Find("a").Text() != "Create scan profileLater" {
		t.Errorf("%s asks %q", to, dialog.Text())
	}
}

// A group that was typed and not validated is not saved, and Clear takes effect with Save only.
func TestATypedGroupAndAClearedOne(t *testing.T) {
	_, b := openPools(t)
	res := b.Post(poolPath, with(poolForm(t, b.Get(poolPath).Page(t)), "group-sites", "AOS Pool"))
	if !strings.Contains(res.Page(t).Find("#group-sites-notes").Text(), "Select Validate first") || res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("status %d", res.StatusCode)
	}
	saveOK(t, b, poolForm(t, validated(t, b, "public-folders", "Night")))
	page := b.Get(poolPath).Page(t)
	if page.Find("#users-public-folders input[type=password]").Length() != 0 || !strings.Contains(page.Find("#users-public-folders").Text(), "impersonation") {
		t.Error("public folders ask for passwords, or do not say why not")
	}
	cleared := b.Post(poolPath+"/group", with(poolForm(t, page), "do", "clear:public-folders")).Page(t)
	if !strings.Contains(cleared.Find("#pool-public-folders").Text(), "with the next Save") || b.Get(poolPath).Page(t).Find("#group-public-folders").AttrOr("value", "") != "Night" {
		t.Error("Clear says nothing, or takes effect at once")
	}
	saveOK(t, b, poolForm(t, cleared))
	if got := b.Get(poolPath).Page(t).Find("#group-public-folders").AttrOr("value", ""); got != "" {
		t.Errorf("after Clear and Save the group is %q", got)
	}
}

// With htmx a refused Save holds the outcome and the notes below the fields, and no field; a pool is brought alone.
func TestAPoolByScript(t *testing.T) {
	_, b := openPools(t)
	form := poolForm(t, validated(t, b, "sites", "aos-pool@contoso.com"))
	res := b.ByScript(http.MethodPost, poolPath, with(form, "url-sites", "http://elsewhere"))
	page := res.Page(t)
	if res.StatusCode != http.StatusUnprocessableEntity || page.Find("#outcome[role=alert]").Length() != 1 || page.Find("input").Length() != 0 || page.Find("#url-sites-notes .field-error").Length() != 1 {
		t.Errorf("status %d\n%s", res.StatusCode, res.Text())
	}
	res = b.ByScript(http.MethodPost, poolPath+"/group", with(form, "group-sites", "list@contoso.com", "do", "validate:sites"))
	page = res.Page(t)
	if res.StatusCode != http.StatusUnprocessableEntity || page.Find("#pool-sites").Length() != 1 || page.Find("#pool-project, header").Length() != 0 {
		t.Errorf("status %d: not the pool alone", res.StatusCode)
	}
	res = b.ByScript(http.MethodGet, poolPath+"/suggest?tenant="+contoso+"&tab=sites&group-sites=aos", nil)
	if got := res.Page(t).Find("option").AttrOr("value", ""); got != "aos-pool@contoso.com" {
		t.Errorf("suggested is %q", got)
	}
}

// R47, X17: a file is told row by row before anything is stored, without the blanks that came along, is never taken when it is too large, and brings no password back.
func TestPasswordsFromAFile(t *testing.T) {
	h, b := openPools(t)
	saveOK(t, b, poolForm(t, validated(t, b, "sites", "aos-pool@contoso.com")))
	href, _ := b.Get(poolPath).Page(t).Find(`#users-sites a:contains("Import CSV")`).Attr("href")
	action, _ := b.Get(href).Page(t).Find("#import").Attr("action")
	if action == "" {
		t.Fatalf("no form at %q", href)
	}
	csv := "username,password,app_password\r\n\u200bpool01@contoso.com\u00a0," + marked + ",\r\nstranger@contoso.com,x,\r\n"
	res := b.Upload(action, csv, "check")
	page := res.Page(t)
	if res.StatusCode != http.StatusOK || page.Find("tbody tr").Length() != 2 || !strings.Contains(page.Find("[role=alert]").Text(), "1 of 2 rows can be imported") || strings.Contains(res.Text(), marked) {
		t.Errorf("Check: status %d\n%s", res.StatusCode, page.Find("main").Text())
	}
	for _, cell := range page.Find("td[data-label]").EachIter() {
		if cell.Text() == "" && cell.Children().Length() > 0 {
			t.Errorf("nothing stands at %q, and a telephone shows its label all the same", cell.AttrOr("data-label", ""))
		}
	}
	// R46: an answer to Check stands for the pool as the page showed it, so that Import overwrites nobody's change.
	other := h.SignedIn(t, "owner@purser.test")
	saveOK(t, other, with(poolForm(t, other.Get(poolPath).Page(t)), "objects-sites", "70"))
	stale, _ := b.Upload(action, csv, "check").Page(t).Find("#import").Attr("action")
	if res := b.Upload(stale, csv, "import"); stale != action || res.StatusCode != http.StatusConflict {
		t.Errorf("a stale Import to %q: status %d", stale, res.StatusCode)
	}
	action, _ = b.Get(href).Page(t).Find("#import").Attr("action")
	h.Sim.ResetRequests()
	if res := b.Upload(action, "name,secret\r\n", "check"); res.StatusCode != http.StatusUnprocessableEntity || res.Page(t).Find("#file-notes .field-error").Length() != 1 {
		t.Errorf("unknown columns: status %d", res.StatusCode)
	}
	if res := b.Upload(action, strings.Repeat("x", pool.MaxImport+1<<20), "check"); res.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("too large: status %d", res.StatusCode)
	}
	half := "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"passwords.csv\"\r\n\r\n" + csv
	if res := b.Carry(http.MethodPost, action, strings.NewReader(half), http.Header{"Sec-Fetch-Site": {"same-origin"}, "Content-Type": {"multipart/form-data; boundary=x"}}); res.StatusCode != http.StatusBadRequest {
		t.Errorf("half a file: status %d", res.StatusCode)
	}
	if res := b.Upload(action, csv, "import"); res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(res.Header.Get("Location"), poolPath+"/checks/") {
		t.Errorf("Import: status %d to %q", res.StatusCode, res.Header.Get("Location"))
	} else {
		waitFor(t, b, res.Header.Get("Location"), "[role=status]")
	}
	if res := b.Get(poolPath + "/import/template.csv"); !strings.HasPrefix(res.Text(), "username,password,app_password") {
		t.Errorf("template %q", res.Text())
	}
}

// X37: a file of eight megabytes of commas is answered by a few lines. While a person sends one slowly, everybody else's are read, and a
// second one of theirs has to wait.
func TestFloodsOfCommas(t *testing.T) {
	h, b := openPools(t)
	saveOK(t, b, poolForm(t, validated(t, b, "sites", "aos-pool@contoso.com")))
	href, _ := b.Get(poolPath).Page(t).Find(`#users-sites a:contains("Import CSV")`).Attr("href")
	action, _ := b.Get(href).Page(t).Find("#import").Attr("action")
	for name, c := range map[string]struct {
		file   string
		status int
	}{
		"a head of commas": {"username,password" + strings.Repeat(",", 8_000_000), http.StatusUnprocessableEntity},
		"a head of names":  {"username" + strings.Repeat(",x", 4_000_000), http.StatusUnprocessableEntity},
		"many names":       {"username" + strings.Repeat(",x", 16_000), http.StatusUnprocessableEntity},
		"a row of commas":  {"username,password\na" + strings.Repeat(",", 8_000_000), http.StatusOK},
	} {
		if res := b.Upload(action, c.file, "check"); res.StatusCode != c.status || len(res.Text()) > 64<<10 {
			t.Errorf("%s: status %d, %d bytes", name, res.StatusCode, len(res.Text()))
		}
	}

	good := "username,password\r\npool01@contoso.com," + marked + "\r\n"
	rest, first := b.UploadSlowly(action, good)
	second := b.Upload(action, good, "check")
	if text := second.Page(t).Find("main").Text(); second.StatusCode != http.StatusServiceUnavailable || second.Header.Get("Retry-After") == "" || !strings.Contains(text, "still reading another file of yours") {
		t.Errorf("a second file: status %d: %s", second.StatusCode, text)
	}
	if res := h.SignedIn(t, "owner@purser.test").Upload(action, good, "check"); res.StatusCode != http.StatusOK {
		t.Errorf("somebody else's file: status %d", res.StatusCode)
	}
	rest()
	if status := <-first; status != http.StatusOK {
		t.Errorf("the slow file: status %d", status)
	}
	if res := b.Upload(action, good, "check"); res.StatusCode != http.StatusOK {
		t.Errorf("the file after it: status %d", res.StatusCode)
	}
}

// profileOf is the form of a service account profile with a member's account.
func profileOf(name, username string) url.Values {
	return url.Values{"name": {name}, "tenant": {contoso}, "services": {"fly", "opus"}, "username": {username}, "password": {marked}}
}

// R20: what uses a profile stands in its details and in the question before it is deleted.
func TestAProfileInAPoolSaysSo(t *testing.T) {
	_, b := openPools(t)
	b.Post("/service-accounts", profileOf("Backup – Europe", "pool01@contoso.com"))
	href, _ := b.Get("/service-accounts").Page(t).Find("#selection td>a").Attr("href")
	const title = "Account pool Sites, Mailboxes, Groups, and Teams"
	if strings.Contains(b.Get(href).Text(), title) {
		t.Error("a pool uses the profile before there is one")
	}
	saveOK(t, b, poolForm(t, validated(t, b, "sites", "aos-pool@contoso.com")))
	if !strings.Contains(b.Get(href).Text(), title) {
		t.Error("the details say nothing of the pool")
	}
	asked := b.Get("/service-accounts/delete?id=" + strings.TrimPrefix(href, "/service-accounts/")).Text()
	if !strings.Contains(asked, title) || !strings.Contains(asked, "This profile is in use") {
		t.Error("the question before the deletion says nothing of the pool")
	}
	b.Post("/service-accounts", profileOf("The same account", "POOL01@contoso.com"))
	if second, _ := b.Get("/service-accounts?q=same").Page(t).Find("#selection td>a").Attr("href"); second == "" || !strings.Contains(b.Get(second).Text(), title) {
		t.Errorf("a second profile with the account, at %q, says nothing of the pool", second)
	}
	if page := b.Get(poolPath).Page(t).Find("#users-sites"); !strings.Contains(page.Text(), "also used for managing operations") {
		t.Error("the member's row says nothing of the profile")
	}
}

// R46: what is saved stands beside what is in force, with the difference; and what changed in the group since is told, and taken
// over only when somebody says so.
func TestVersionsAndDriftOfAPool(t *testing.T) {
	h, b := openPools(t)
	saveOK(t, b, poolForm(t, validated(t, b, "sites", "aos-pool@contoso.com")))
	key := pool.Key{Tenant: contoso, Class: pool.Sites}
	if _, err := h.App.Pools.BringIntoForce(t.Context(), key, account.Stamp{At: h.Clock.Now(), By: "Nightly scan"}, audit.Target{Kind: "scan", Name: "Nightly scan"}); err != nil {
		t.Fatal(err)
	}
	versions := func() string {
		return strings.Join(strings.Fields(b.Get(poolPath).Page(t).Find("#pool-sites .pool-versions").Text()), " ")
	}
	if got := versions(); !strings.Contains(got, "Saved and in force: version 1") {
		t.Errorf("in force: %q", got)
	}
	if err := h.Sim.PatchGroup("aos-pool@contoso.com", []byte(`{"members": ["pool01@contoso.com"]}`)); err != nil {
		t.Fatal(err)
	}
	page := b.Post(poolPath+"/group", with(poolForm(t, b.Get(poolPath).Page(t)), "do", "compare:sites")).Page(t)
	if got := page.Find("#drift-sites").Text(); !strings.Contains(got, "1 left the group since the last save") || !strings.Contains(got, "pool02@contoso.com") {
		t.Errorf("drift: %q", got)
	}
	if page.Find("#users-sites tbody tr").Length() != 2 {
		t.Error("a member was dropped before anybody said so")
	}
	page = b.Post(poolPath+"/group", with(poolForm(t, page), "do", "adopt:sites")).Page(t)
	saveOK(t, b, poolForm(t, page))
	if got := versions(); !strings.Contains(got, "In force: version 1 of") || !strings.Contains(got, "Saved: version 2, from the next scan") || !strings.Contains(got, "1 left the group") {
		t.Errorf("versions: %q", got)
	}
}

// X1, X2: where Microsoft 365 could not be read the page says so at the pool, and brings back what was typed.
func TestWhatWasTypedStaysWhenAGroupCannotBeRead(t *testing.T) {
	h, b := openPools(t)
	for body, says := range map[m365sim.Verbatim]string{
		`{"error":{"code":"UnknownError","message":""}}`: "could not be read (HTTP 404)",
		"<html>Not found</html>":                         "something other than Microsoft 365 responded",
	} {
		if err := h.Sim.SetFaults([]m365sim.Fault{{PathPrefix: "/v1.0/groups", Status: 404, Body: body}}); err != nil {
			t.Fatal(err)
		}
		res := b.Post(poolPath+"/group", with(poolForm(t, b.Get(poolPath).Page(t)), "group-sites", "AOS Pool", "objects-sites", "1234", "do", "validate:sites"))
		page := res.Page(t)
		form := poolForm(t, page)
		if res.StatusCode != http.StatusBadGateway || form.Get("group-sites") != "AOS Pool" || form.Get("objects-sites") != "1234" || !strings.Contains(page.Find("#pool-sites").Text(), says) {
			t.Errorf("%s: status %d, %v, %q", body, res.StatusCode, form, page.Find("[role=alert]").Text())
		}
	}
}

// X9: a group that Microsoft lists no members of is not offered as a change that drops everybody.
func TestAnEmptyGroupDropsNobody(t *testing.T) {
	h, b := openPools(t)
	saveOK(t, b, poolForm(t, validated(t, b, "sites", "aos-pool@contoso.com")))
	if err := h.Sim.PatchGroup("aos-pool@contoso.com", []byte(`{"members": []}`)); err != nil {
		t.Fatal(err)
	}
	page := b.Post(poolPath+"/group", with(poolForm(t, b.Get(poolPath).Page(t)), "do", "compare:sites")).Page(t)
	drift := page.Find("#drift-sites")
	if !strings.Contains(drift.Text(), "Microsoft 365 listed no members.") || !strings.Contains(drift.Text(), "The pool keeps its members.") || strings.Contains(drift.Text(), "Update members") {
		t.Errorf("drift: %q", drift.Text())
	}
	id := page.Find("#drift-sites [name=drift-sites]").AttrOr("value", "")
	res := b.Post(poolPath+"/group", with(poolForm(t, page), "do", "adopt:sites"))
	if id == "" && res.StatusCode == http.StatusOK {
		t.Errorf("everybody was dropped: %d", res.StatusCode)
	}
	form := with(poolForm(t, b.Get(poolPath).Page(t)), "group-sites", "aos-pool@contoso.com", "do", "validate:sites")
	found := b.Post(poolPath+"/group", form).Page(t).Find("#reading-sites")
	if !strings.Contains(found.Text(), "Microsoft 365 listed no members.") || found.Find("[role=status]").Length() > 0 {
		t.Errorf("an empty list is a plain success: %q", found.Text())
	}
}
