package profiles_test

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"purser.example/internal/audit"
	"purser.example/internal/demo/demotest"
	"purser.example/internal/demo/sample"
	"purser.example/internal/profile"
	"purser.example/internal/secret"
)

const (
	appPassword    = "abcdefghijklmnop"
	classicUser    = "svc-mfa@contoso.onmicrosoft.com"
	adminCenter    = "https://contoso-admin.sharepoint.com"
	classicFixture = `{"tenants": [{"id": "` + contoso + `", "displayName": "Contoso", "initialDomain": "contoso.onmicrosoft.com", "connected": true,
  "sharePoint": {"legacyAuthEnabled": true, "legacyRetired": false},
  "apps": [{"appId": "a0000000-0000-4000-8000-000000000001", "clientSecret": "Marked-Client-Secret"}],
  "users": [{"userPrincipalName": "` + classicUser + `", "password": "` + marked + `", "mfa": "perUser", "appPassword": "` + appPassword + `"},
    {"userPrincipalName": "svc-own@contoso.onmicrosoft.com", "password": "` + marked + `", "roles": ["SharePoint Administrator"]}]}]}`
)

// openClassic opens a house with one classic MFA profile, as an import would have brought it, and gives its address.
func openClassic(t *testing.T) (h *demotest.House, b *demotest.Browser, href string) {
	t.Helper()
	h = demotest.OpenFixture(t, classicFixture)
	p, err := h.App.Profiles.Adopt(t.Context(), sample.Caller(), audit.Origin{}, profile.Draft{
		Name: "Classic", Description: "From the classic UI", Tenant: contoso, Services: []string{"fly"}, Username: classicUser,
		Password: secret.FromString(appPassword), AdminCenterURL: adminCenter,
	})
	if err != nil {
		t.Fatal(err)
	}
	return h, h.SignedIn(t, "admin@purser.test"), "/classic/service-accounts/" + string(p.ID)
}

// classicForm is the form as it opens, with changes; an empty value leaves a field out.
func classicForm(changes url.Values) url.Values {
	form := url.Values{
		"name": {"Classic"}, "description": {"From the classic UI"}, "mfa": {"on"}, "username": {classicUser}, "password": {""}, "center": {"custom"},
		"admin_center_url": {adminCenter}, "version": {"1"}, "do": {"save"}, "tenant": {contoso},
	}
	maps.Copy(form, changes)
	for name, values := range form {
		if len(values) == 0 {
			delete(form, name)
		}
	}
	return form
}

// converting clears Enable MFA and names an account that Microsoft lets in without it.
func converting(do string, changes url.Values) url.Values {
	form := classicForm(url.Values{"mfa": nil, "center": {"default"}, "username": {"svc-own@contoso.onmicrosoft.com"}, "password": {marked}, "do": {do}})
	maps.Copy(form, changes)
	return form
}

func alertOf(page *goquery.Document) string {
	return strings.Join(strings.Fields(page.Find(`[role="alert"]`).Text()), " ")
}

// R31: every way to a classic MFA profile leads to its detail page, and every way to its editor to the classic form, with and without
// script; a common one has neither.
func TestAClassicProfileOpensOnItsDetailPage(t *testing.T) {
	_, b, href := openClassic(t)
	pane := strings.Replace(href, "/classic/", "/", 1)
	list := b.Get("/service-accounts?q=classic").Page(t)
	row := list.Find("#selection td>a")
	if row.AttrOr("href", "") != pane+"?q=classic" || !strings.Contains(row.AttrOr("aria-description", ""), "Classic MFA profile") {
		t.Errorf("the row leads to %q and says %q", row.AttrOr("href", ""), row.AttrOr("aria-description", ""))
	}
	for from, to := range map[string]string{
		pane + "?q=classic": href + "?q=classic", pane + "/edit": href + "/edit", "/service-accounts/edit?id=" + pane[strings.LastIndex(pane, "/")+1:]: href + "/edit",
	} {
		if res := b.Get(from); res.StatusCode != http.StatusSeeOther || strings.Split(res.Header.Get("Location"), "?")[0] != strings.Split(to, "?")[0] {
			if again := b.Get(res.Header.Get("Location")); again.Header.Get("Location") != to {
				t.Errorf("%s leads to %d %q, want %q", from, res.StatusCode, res.Header.Get("Location"), to)
			}
		}
		if res := b.ByScript(http.MethodGet, from, nil); res.Header.Get("Hx-Redirect") != strings.ReplaceAll(to, "/edit?", "/edit") {
			t.Errorf("%s leads a script to %q", from, res.Header.Get("Hx-Redirect"))
		}
	}
	page := b.Get(href + "?q=classic").Page(t)
	text := page.Find("main").Text()
	if labels := page.Find("main dt").Text(); !strings.Contains(labels, "User Role") || !strings.Contains(labels, "SharePoint Online Admin Center URL") || strings.Contains(labels, "Roles found") {
		t.Errorf("the facts are not called as the guide does: %s", labels)
	}
	for _, said := range []string{"Classic MFA profile", "Not validated", classicUser, adminCenter, "Fly", "From the classic UI", "cannot be retrieved due to Microsoft API limitations"} {
		if !strings.Contains(text, said) {
			t.Errorf("the detail page doesn't say %q", said)
		}
	}
	if !page.Find("html").HasClass("classic") || page.Find("h1").Text() != "Classic" {
		t.Error("the page lacks its look or its name")
	}
	for label, to := range map[string]string{"Edit": href + "/edit?q=classic", "Convert": href + "/edit?convert=yes&q=classic", "Back to Service account": "/service-accounts?q=classic"} {
		link := page.Find("main a").FilterFunction(func(_ int, a *goquery.Selection) bool { return strings.TrimSpace(a.Text()) == label })
		if link.AttrOr("href", "") != to {
			t.Errorf("%s leads to %q", label, link.AttrOr("href", ""))
		}
	}
	if b.Get("/classic/service-accounts/nothing").StatusCode != http.StatusNotFound || b.Get("/classic/service-accounts/nothing/edit").StatusCode != http.StatusNotFound {
		t.Error("a page of nothing")
	}
}

// R31, R32: the form has the guide's fields by its labels, and what it says with Enable MFA on and without.
func TestTheClassicForm(t *testing.T) {
	h, b, href := openClassic(t)
	page := b.Get(href + "/edit").Page(t)
	for label, control := range map[string]string{
		"Profile Name": "#name", "Description": "#description", "Our organization uses multi-factor authentication": "#mfa", "Username": "#username", "Password": "#password", "User Role": "#role",
		"Our organization uses the default SharePoint Online admin center URL": "#center-default", "Our organization uses a custom SharePoint Online admin center URL": "#center-custom",
		"SharePoint Online Admin Center URL": "#admin_center_url",
	} {
		found := page.Find("label").FilterFunction(func(_ int, l *goquery.Selection) bool { return strings.TrimSpace(l.Text()) == label })
		if found.Length() != 1 || "#"+found.AttrOr("for", "") != control || page.Find(control).Length() != 1 {
			t.Errorf("%s labels %d fields: %q", label, found.Length(), found.AttrOr("for", ""))
		}
	}
	if center := page.Find("#admin_center_url"); center.AttrOr("placeholder", "") != "" || center.AttrOr("aria-required", center.AttrOr("required", "none")) == "none" ||
		!page.Find("label[for=admin_center_url]").HasClass("required") || !strings.Contains(page.Find("#admin_center_url-help").Text(), "Example: "+adminCenter+".") {
		t.Error("the address does not look required, or has an example that looks like a value")
	}
	legends := page.Find("#profile legend").Map(func(_ int, l *goquery.Selection) string { return l.Text() })
	if strings.Join(legends, ", ") != "Enable MFA, Advanced Settings" || page.Find(`button[value="test"]`).Text() != "Validation Test" {
		t.Errorf("groups %q", legends)
	}
	on, off := page.Find("#profile .with-mfa").Text(), page.Find("#profile .without-mfa").Text()
	for _, said := range []string{"cannot be used to invite", "Ghost Guest Users", "does not support some features", "Global Administrator account or SharePoint Administrator", "User Role field will be empty"} {
		if !strings.Contains(on, said) || strings.Contains(off, said) {
			t.Errorf("%q is not said with Enable MFA on alone", said)
		}
	}
	if !strings.Contains(off, "converts this profile") || strings.Contains(on, "converts") || page.Find("#role").Text() != "" || !strings.Contains(page.Find("#center-default-help").Text(), adminCenter) {
		t.Errorf("without: %q", off)
	}
	if _, on := page.Find("#mfa").Attr("checked"); !on || page.Find("#password").AttrOr("value", "") != "" {
		t.Error("the form doesn't open as the profile is")
	}
	if _, on := b.Get(href + "/edit?convert=yes").Page(t).Find("#mfa").Attr("checked"); on {
		t.Error("Convert doesn't clear Enable MFA")
	}
	if _, on := b.Get(href + "/edit?convert=yes").Page(t).Find("#center-custom").Attr("checked"); !on {
		t.Error("Convert leaves the address that the profile has")
	}
	bare, err := h.App.Profiles.Adopt(t.Context(), sample.Caller(), audit.Origin{}, profile.Draft{Name: "Bare", Tenant: contoso, Services: []string{"fly"}, Username: classicUser, Password: secret.FromString(appPassword)})
	if err != nil {
		t.Fatal(err)
	}
	if _, on := b.Get("/classic/service-accounts/" + string(bare.ID) + "/edit?convert=yes").Page(t).Find("#center-default").Attr("checked"); !on {
		t.Error("Convert of a profile without an address doesn't choose the default one")
	}
}

// R34: Validation Test tells the verdict, keeps what was typed, and stores nothing. Each press sends the app password once.
func TestAValidationTestOnThePage(t *testing.T) {
	h, b, href := openClassic(t)
	for name, c := range map[string]struct {
		changes url.Values
		status  int
		says    string
	}{
		"as stored":          {nil, http.StatusOK, "The account is valid"},
		"a wrong one":        {url.Values{"password": {"wrongwrongwrongw"}}, http.StatusUnprocessableEntity, "AADSTS50126"},
		"no address":         {url.Values{"admin_center_url": {""}}, http.StatusUnprocessableEntity, "then select Validation Test again"},
		"another account":    {url.Values{"username": {"svc-own@contoso.onmicrosoft.com"}}, http.StatusUnprocessableEntity, "Enter the app password of that account"},
		"the own, for MFA":   {url.Values{"mfa": nil, "center": {"default"}, "password": {marked}}, http.StatusUnprocessableEntity, "AADSTS50076"},
		"the own, with none": {converting("test", nil), http.StatusOK, "The account is valid"},
	} {
		form := classicForm(url.Values{"name": {"Typed"}, "do": {"test"}})
		maps.Copy(form, c.changes)
		form.Set("name", "Typed")
		if c.changes["mfa"] == nil && form.Get("center") == "default" {
			form.Del("mfa")
		}
		h.Sim.ResetRequests()
		res := b.Post(href+"/edit", form)
		page := res.Page(t)
		if res.StatusCode != c.status || !strings.Contains(page.Find("#outcome").Text(), c.says) {
			t.Errorf("%s: %d\n%s", name, res.StatusCode, page.Find("#outcome").Text())
		}
		if got := page.Find("#name").AttrOr("value", ""); got != "Typed" || page.Find("#username").AttrOr("value", "") != form.Get("username") || strings.Contains(res.Text(), marked) || strings.Contains(res.Text(), appPassword) {
			t.Errorf("%s: the form comes back as %q, or with a password", name, got)
		}
		script := b.ByScript(http.MethodPost, href+"/edit", form)
		if fragment := script.Page(t); script.StatusCode != c.status || fragment.Find("input:not([type=hidden]), textarea, select").Length() != 0 || !strings.Contains(fragment.Find("#outcome").Text(), c.says) {
			t.Errorf("%s, with script: %d\n%s", name, script.StatusCode, script.Text())
		}
		if role := page.Find("#role").Text(); strings.Contains(role, "SharePoint Administrator") != (name == "the own, with none") {
			t.Errorf("%s: R32: User Role says %q", name, role)
		}
	}
	if now, err := h.App.Profiles.Known(t.Context(), idOf(strings.Replace(href, "/classic/", "/", 1))); err != nil || now.Version != 1 || now.Name != "Classic" || !now.Validated.IsZero() {
		t.Errorf("stored %+v, %v", now, err)
	}
}

// R19, R31: mistakes stand beside their fields, and of two editors the second sees both versions.
func TestAClassicEditIsRefused(t *testing.T) {
	h, b, href := openClassic(t)
	res := b.Post(href+"/edit", classicForm(url.Values{"name": {""}, "username": {"half"}, "admin_center_url": {"https://contoso.sharepoint.com"}}))
	page := res.Page(t)
	if res.StatusCode != http.StatusUnprocessableEntity || page.Find("#outcome .mistakes li").Length() != 4 { // another username asks for its password, too
		t.Fatalf("%d %s", res.StatusCode, alertOf(page))
	}
	for _, field := range []string{"name", "username", "admin_center_url"} {
		if page.Find("#"+field+"-error").Length() != 1 || page.Find("#"+field).AttrOr("aria-invalid", "") != "true" {
			t.Errorf("%s has no message beside it", field)
		}
	}
	if res := b.Post(href+"/edit", classicForm(url.Values{"description": {"By the first"}})); res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != href {
		t.Fatalf("%d to %q", res.StatusCode, res.Header.Get("Location"))
	}
	if said := b.Get(href).Page(t).Find("[role=status]").Text(); !strings.Contains(said, "Profile Classic saved.") {
		t.Errorf("the detail page says %q", said)
	}
	other := h.SignedIn(t, "owner@purser.test")
	res = other.Post(href+"/edit", classicForm(url.Values{"description": {"By the second"}}))
	page = res.Page(t)
	if versions := page.Find("table.versions").Text(); res.StatusCode != http.StatusConflict || !strings.Contains(versions, "By the first") || !strings.Contains(versions, "By the second") {
		t.Errorf("%d %s", res.StatusCode, versions)
	}
	if res := other.Post(href+"/edit", classicForm(url.Values{"description": {"By the second"}, "overwrite": {"2"}})); res.StatusCode != http.StatusSeeOther {
		t.Errorf("overwritten: %d", res.StatusCode)
	}
	if res := b.Post(href+"/edit", classicForm(url.Values{"version": {"x"}})); res.StatusCode != http.StatusBadRequest {
		t.Errorf("a damaged version: %d", res.StatusCode)
	}
	if h.Passwords() != 0 {
		t.Errorf("%d passwords were sent", h.Passwords())
	}
}

// R33: a conversion is explained and confirmed, said afterwards, and has no way back.
func TestAConversionOnThePage(t *testing.T) {
	h, b, href := openClassic(t)
	pane := strings.Replace(href, "/classic/", "/", 1)
	dialog := b.Get(href + "/edit").Page(t).Find("dialog#convert")
	for _, said := range []string{"Convert to a common profile?", "own password first", "app password is permanently deleted", "Service account page from then on", "no way back"} {
		if !strings.Contains(dialog.Text(), said) {
			t.Errorf("the question doesn't say %q", said)
		}
	}
	if button := dialog.Find("button[value=convert]"); button.Text() != "Confirm" || dialog.AttrOr("popover", "none") == "none" {
		t.Error("the question can't be answered without script")
	}
	res := b.Post(href+"/edit", converting("save", nil)) // Enter in a field, with Enable MFA cleared
	page := res.Page(t)
	if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(alertOf(page), "Convert to a common profile?") || page.Find("#outcome button[value=convert]").Length() != 1 || h.Passwords() != 0 {
		t.Errorf("unconfirmed: %d %s, %d sent", res.StatusCode, alertOf(page), h.Passwords())
	}
	res = b.Post(href+"/edit", converting("convert", url.Values{"password": {wrong}}))
	if page := res.Page(t); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(alertOf(page), "AADSTS50126") || h.Passwords() != 1 {
		t.Errorf("a wrong password: %d, %d sent", res.StatusCode, h.Passwords())
	}
	for do, again := range map[string]string{"convert": "then select Save and Confirm again", "save": "then select Save again"} {
		form := converting(do, url.Values{"password": {"short"}})
		if do == "save" {
			form = classicForm(url.Values{"name": {""}})
		}
		if said := alertOf(b.Post(href+"/edit", form).Page(t)); !strings.Contains(said, again) {
			t.Errorf("a refused %s says %q", do, said)
		}
	}
	if res = b.Post(href+"/edit", converting("convert", nil)); res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != pane {
		t.Fatalf("%d to %q\n%s", res.StatusCode, res.Header.Get("Location"), alertOf(res.Page(t)))
	}
	page = b.Get(pane).Page(t)
	dialogText := page.Find("[role=dialog]").Text()
	for _, said := range []string{"is a common profile now", "Microsoft 365 confirmed the account", "Common profile", "Converted to a common profile", "Valid"} {
		if !strings.Contains(dialogText, said) {
			t.Errorf("afterwards the profile doesn't say %q\n%s", said, dialogText)
		}
	}
	for from, to := range map[string]string{href: pane, href + "/edit": pane + "/edit"} {
		if res := b.Get(from); res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != to {
			t.Errorf("%s leads to %q", from, res.Header.Get("Location"))
		}
	}
	for _, do := range []string{"save", "test", "convert"} {
		res = b.Post(href+"/edit", classicForm(url.Values{"version": {"2"}, "do": {do}, "password": {appPassword}}))
		if page := res.Page(t); res.StatusCode != http.StatusConflict || !strings.Contains(alertOf(page), "can't become a classic MFA profile again") || page.Find(`#outcome a[href="`+pane+`"]`).Length() != 1 {
			t.Errorf("the way back by %s: %d %s", do, res.StatusCode, alertOf(page))
		}
	}
	if h.Passwords() != 2 {
		t.Errorf("%d passwords were sent", h.Passwords())
	}
	if log := h.Log.String(); strings.Contains(log, marked) || strings.Contains(log, appPassword) || strings.Contains(log, wrong) {
		t.Error("R60: the log holds a password")
	}
}

// R33: what a conversion took over of a custom admin center is shown, and the pane takes it away.
func TestACustomAdminCenterInThePane(t *testing.T) {
	_, b, href := openClassic(t)
	pane := strings.Replace(href, "/classic/", "/", 1)
	custom := "https://fabrikam-admin.sharepoint.com"
	if res := b.Post(href+"/edit", converting("convert", url.Values{"center": {"custom"}, "admin_center_url": {custom}})); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d %s", res.StatusCode, alertOf(res.Page(t)))
	}
	if text := b.Get(pane).Page(t).Find("[role=dialog]").Text(); !strings.Contains(text, custom) {
		t.Error("the details don't show it")
	}
	if got := b.Get(pane+"/edit").Page(t).Find("#admin_center_url").AttrOr("value", ""); got != custom {
		t.Errorf("the pane shows %q", got)
	}
	edit := func(address, version string) *demotest.Response {
		return b.Post(pane, url.Values{"name": {"Classic"}, "tenant": {contoso}, "services": {"fly"}, "username": {"svc-own@contoso.onmicrosoft.com"}, "admin_center_url": {address}, "version": {version}})
	}
	if res := edit("https://elsewhere.example", "2"); res.StatusCode != http.StatusUnprocessableEntity || res.Page(t).Find("#admin_center_url-error").Length() != 1 {
		t.Errorf("a wrong address: %d", res.StatusCode)
	}
	if res := edit("", "2"); res.StatusCode != http.StatusSeeOther {
		t.Errorf("taken away: %d", res.StatusCode)
	}
	if b.Get(pane+"/edit").Page(t).Find("#admin_center_url").Length() != 0 {
		t.Error("a common profile without one has the field")
	}
}

// R10, R30: the list finds classic MFA profiles by their type, without script too. What the list does with a view (its pages and orders, its
// counts, Export CSV, a validation of all of it) keeps to that.
func TestTheListFindsProfilesByTheirType(t *testing.T) {
	_, b, _ := openClassic(t)
	if res := b.Post("/service-accounts", url.Values{"name": {"Common"}, "tenant": {contoso}, "services": {"fly"}, "username": {"svc-own@contoso.onmicrosoft.com"}, "password": {marked}}); res.StatusCode != http.StatusSeeOther {
		t.Fatal(alertOf(res.Page(t)))
	}
	for kind, name := range map[string]string{"mfa": "Classic", "common": "Common"} {
		page := b.Get("/service-accounts?type=" + kind).Page(t)
		if rows := page.Find("#selection td>a"); strings.Count(rows.Text(), name) != 1 || page.Find("#selection tbody tr").Length() != 1 {
			t.Errorf("%s: %q", kind, rows.Text())
		}
		filter := page.Find("#filters select[name=type]")
		if page.Find("#filters label[for="+filter.AttrOr("id", "none")+"]").Text() != "Type" || filter.Find("option[selected]").AttrOr("value", "") != kind || filter.Find("option").First().Text() != "All types" {
			t.Errorf("%s: the filter is %s", kind, filter.Text())
		}
		if tile := page.Find("#tiles a").First(); !strings.Contains(tile.Text(), "1") || !strings.Contains(tile.Text(), "All matching") || !strings.Contains(tile.AttrOr("href", ""), "type="+kind) {
			t.Errorf("%s: the first tile says %q and leads to %q", kind, tile.Text(), tile.AttrOr("href", ""))
		}
		if kept := page.Find("#selection input[type=hidden][name=type]").AttrOr("value", ""); kept != kind {
			t.Errorf("%s: a command on selected rows leads back to type %q", kind, kept)
		}
		export := page.Find("#export").AttrOr("href", "")
		if file := b.Get(export).Text(); export != "/service-accounts/export?type="+kind || strings.Count(file, "\r\n") != 2 || !strings.Contains(file, name) {
			t.Errorf("%s: %s gives %q", kind, export, file)
		}
		if asked := b.Get("/service-accounts/validate?type=" + kind).Page(t).Find("[role=dialog], dialog").Text(); !strings.Contains(asked, "type "+map[string]string{"mfa": "Classic MFA profile", "common": "Common profile"}[kind]) {
			t.Errorf("%s: Validate asks %q", kind, asked)
		}
	}
	if all := b.Get("/service-accounts?type=another").Page(t); all.Find("#selection tbody tr").Length() != 2 {
		t.Error("a type that there is not narrows the list")
	}
	_, plain := openProfiles(t)
	if filters := plain.Get("/service-accounts").Page(t).Find("#filters"); filters.Find("select[name=type]").Length() != 0 {
		t.Error("a list of common profiles alone asks for their type")
	}
}
