package appprofiles_test

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"purser.example/internal/access"
	"purser.example/internal/appprofile"
	"purser.example/internal/audit"
	"purser.example/internal/demo/demotest"
	"purser.example/internal/m365sim"
)

const (
	contoso = "6f1c0000-0000-4000-8000-000000000001"
	app     = "a0000000-0000-4000-8000-000000000001"
	poor    = "a0000000-0000-4000-8000-000000000002" // has few permissions
	marked  = "Marked-Client-Secret"
	wrong   = "Wrong-Client-Secret"

	fixture = `{"tenants": [{"id": "` + contoso + `", "displayName": "Contoso", "initialDomain": "contoso.onmicrosoft.com", "domains": [{"id": "contoso.com"}, {"id": "fed.contoso.com", "authenticationType": "Federated"}],
  "apps": [{"appId": "` + app + `", "secrets": [{"value": "` + marked + `", "expires": "+10d"}, {"value": "Second-Client-Secret", "expires": "+400d"}]},
    {"appId": "` + poor + `", "permissions": ["User.Read.All"], "clientSecret": "` + marked + `"}],
  "users": [{"userPrincipalName": "svc-backup@contoso.com", "password": "Marked-Secret-2026!"}]}]}`
)

func open(t *testing.T) (*demotest.House, *demotest.Browser) {
	t.Helper()
	h := demotest.OpenFixture(t, fixture)
	return h, h.SignedIn(t, "owner@purser.test")
}

func typed(changes url.Values) url.Values {
	form := url.Values{"name": {"Contoso app"}, "tenant": {"contoso.com"}, "application_id": {app}, "credential": {"secret"}, "client_secret": {marked}}
	maps.Copy(form, changes)
	return form
}

// create makes an app profile and gives the address of its details.
func create(t *testing.T, b *demotest.Browser, changes url.Values) string {
	t.Helper()
	form := typed(changes)
	res := b.Post("/app-profiles", form)
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("not saved: %d\n%s", res.StatusCode, res.Page(t).Find("#outcome").Text())
	}
	if to := res.Header.Get("Location"); to != "/app-profiles" {
		return to
	}
	href, _ := row(t, b, form.Get("name")).Find("a").Attr("href")
	if href == "" {
		t.Fatalf("%s is not in the list", form.Get("name"))
	}
	return href
}

func row(t *testing.T, b *demotest.Browser, name string) *goquery.Selection {
	t.Helper()
	return b.Get("/app-profiles").Page(t).Find("#selection tbody tr").FilterFunction(func(_ int, row *goquery.Selection) bool {
		return row.Find("a").Text() == name
	})
}

// cell is the cell of a row that stands below a head.
func cell(row *goquery.Selection, head string) *goquery.Selection {
	heads := row.Closest("table").Find("thead th").FilterFunction(func(_ int, th *goquery.Selection) bool { return plain(th) == head })
	return row.Find("td").Eq(heads.First().Index())
}

// preferred reports whether a row says so.
func preferred(row *goquery.Selection) bool {
	return cell(row, "Status").Find("i").FilterFunction(func(_ int, i *goquery.Selection) bool { return plain(i) == "Preferred" }).Length() == 1
}

func plain(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }

// upload posts the form as a browser does that brings a file.
func upload(t *testing.T, b *demotest.Browser, form url.Values, file string) *demotest.Response {
	t.Helper()
	var body bytes.Buffer
	parts := multipart.NewWriter(&body)
	for _, name := range slices.Sorted(maps.Keys(form)) {
		if err := parts.WriteField(name, form.Get(name)); err != nil {
			t.Fatal(err)
		}
	}
	part, err := parts.CreateFormFile("certificate_file", "purser.pem")
	if err == nil {
		_, err = part.Write([]byte(file))
	}
	if err != nil || parts.Close() != nil {
		t.Fatal(err)
	}
	return b.Carry(http.MethodPost, "/app-profiles", &body, http.Header{"Sec-Fetch-Site": {"same-origin"}, "Content-Type": {parts.FormDataContentType()}})
}

// R70, R71: an app profile is saved after Microsoft 365 was asked, stands in the list under the heads of the contract, and is edited,
// checked and deleted.
func TestTheLifeOfAnAppProfile(t *testing.T) {
	_, b := open(t)
	details := create(t, b, nil)
	list := b.Get("/app-profiles").Page(t)
	var heads []string
	list.Find("thead th").Each(func(_ int, head *goquery.Selection) { heads = append(heads, plain(head)) })
	if got := strings.Join(heads, "|"); got != "|Name|Tenant|Cloud|Application (client) ID|Credential|Credential expires|Status|Last checked" {
		t.Errorf("the heads are %s", got)
	}
	of := row(t, b, "Contoso app")
	for label, want := range map[string]string{"Tenant": "Contoso", "Cloud": "Worldwide", "Application (client) ID": app, "Credential": "Client secret", "Status": "Active", "Last checked": "just now"} {
		if got := plain(cell(of, label)); got != want {
			t.Errorf("%s is %q", label, got)
		}
	}
	if due := of.Find("td[data-label='Credential expires'] time"); !due.HasClass("tone-warn") || !strings.Contains(due.Text(), "days") {
		t.Errorf("ten days before its end the credential is told as %q", of.Find("td[data-label='Credential expires']").Text())
	}
	if list.Find("input[aria-label='Select Contoso app']").Length() != 1 {
		t.Error("the row cannot be selected by its name")
	}
	pane := b.Get(details).Page(t).Find("[role=dialog]")
	if pane.Find("h2").Text() != "Contoso app" || pane.Find("a[href='/tenants/"+contoso+"']").Length() == 0 || !strings.Contains(plain(pane), "It expires soon.") {
		t.Errorf("the details say %s", plain(pane))
	}

	version := b.Get(details+"/edit").Page(t).Find("form#app input[name=version]").AttrOr("value", "")
	edit := url.Values{"name": {"Renamed"}, "application_id": {app}, "credential": {"keep"}, "version": {version}}
	if res := b.Post(details, edit); res.StatusCode != http.StatusSeeOther || row(t, b, "Renamed").Length() != 1 {
		t.Errorf("not renamed: %d", res.StatusCode)
	}
	if res := b.Post(details, edit); res.StatusCode != http.StatusConflict || res.Page(t).Find("#outcome [role=alert] a").AttrOr("href", "") != details+"/edit" {
		t.Errorf("an edit of a version of before: %d\n%s", res.StatusCode, res.Page(t).Find("#outcome").Text())
	}
	if res := b.Post(details+"/check", nil); res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != details {
		t.Errorf("check: %d", res.StatusCode)
	}
	if said := b.Get(details).Page(t).Find(".pane-body [role=status]"); !strings.Contains(said.Text(), "Renamed: Microsoft 365 accepts it") {
		t.Errorf("the check says %q", said.Text())
	}

	id := strings.TrimPrefix(details, "/app-profiles/")
	if dialog := b.Get("/app-profiles/delete?id=" + id).Page(t).Find("dialog#delete"); !strings.Contains(dialog.Text(), "Renamed") || dialog.Find("button").Text() != "Confirm" {
		t.Errorf("the question says %s", plain(dialog))
	}
	if res := b.Post("/app-profiles/delete", url.Values{"id": {id}}); res.StatusCode != http.StatusSeeOther {
		t.Errorf("not deleted: %d", res.StatusCode)
	}
	if empty := b.Get("/app-profiles").Page(t); empty.Find(".empty h2").Text() != "No tenant is connected" || !strings.Contains(empty.Find("#flash").Text(), "App profile Renamed deleted.") {
		t.Errorf("the list afterwards: %s", plain(empty.Find("main")))
	}
}

// R71: what Microsoft 365 or the form refuses saves nothing, keeps what was typed, and says it beside its field.
func TestARefusedSaveKeepsWhatWasTyped(t *testing.T) {
	_, b := open(t)
	for name, tc := range map[string]struct {
		changes     url.Values
		field, says string
	}{
		"a wrong secret":        {url.Values{"client_secret": {wrong}}, "client_secret", "AADSTS7000215"},
		"a secret's id":         {url.Values{"client_secret": {"0d3c0000-0000-4000-8000-000000000009"}}, "client_secret", "Secret ID"},
		"blanks around":         {url.Values{"client_secret": {" " + marked}}, "client_secret", "spaces"},
		"no secret":             {url.Values{"client_secret": nil}, "client_secret", "Enter the client secret."},
		"no name":               {url.Values{"name": {" "}}, "name", "Enter a name."},
		"an unknown domain":     {url.Values{"tenant": {"nowhere.example"}}, "tenant", "knows no tenant"},
		"no domain":             {url.Values{"tenant": {"contoso"}}, "tenant", "Enter a domain"},
		"no application":        {url.Values{"application_id": {"app"}}, "application_id", "application (client) ID"},
		"an unknown app":        {url.Values{"application_id": {"a0000000-0000-4000-8000-00000000000f"}}, "application_id", "AADSTS700016"},
		"no choice":             {url.Values{"credential": nil}, "credential", "Choose a credential"},
		"a certificate without": {url.Values{"credential": {"certificate"}}, "certificate_file", "Choose a file"},
	} {
		t.Run(name, func(t *testing.T) {
			form := typed(tc.changes)
			res := b.Post("/app-profiles", form)
			page := res.Page(t)
			if note := page.Find("#" + tc.field + "-notes .field-error"); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(note.Text(), tc.says) {
				t.Fatalf("status %d, beside the field: %q\n%s", res.StatusCode, note.Text(), plain(page.Find("#outcome")))
			}
			if page.Find("#outcome [role=alert]").Length() != 1 {
				t.Error("no alert")
			}
			consent := page.Find("#outcome [role=alert] a:contains('Grant admin consent')").AttrOr("href", "")
			if want := consentAddress(form.Get("application_id")); tc.says == "AADSTS700016" && consent != want || tc.says != "AADSTS700016" && consent != "" {
				t.Errorf("for consent it leads to %q", consent)
			}
			for _, field := range []string{"name", "tenant", "application_id"} {
				if got := page.Find("form#app [name="+field+"]").AttrOr("value", ""); got != form.Get(field) {
					t.Errorf("%s came back as %q", field, got)
				}
			}
			if chosen := form.Get("credential"); chosen != "" && page.Find("#credential [checked]").AttrOr("value", "") != chosen {
				t.Error("the choice is lost")
			}
			if secret := form.Get("client_secret"); secret != "" && strings.Contains(res.Text(), strings.TrimSpace(secret)) || !strings.Contains(page.Find("#client_secret-notes").Text(), "Enter it again") {
				t.Error("the secret came back, or nothing says that it has to be entered again")
			}
		})
	}
	if page := b.Get("/app-profiles").Page(t); page.Find(".list").Length() != 0 {
		t.Error("something was saved")
	}
}

// consentAddress is where an administrator of Contoso gives consent to an app.
func consentAddress(application string) string {
	return "https://login.microsoftonline.com/" + contoso + "/adminconsent?client_id=" + application
}

// With htmx the answer holds the outcome and the notes below the fields, and no field: secret and file stay in them.
func TestARefusedSaveOfAScriptLeavesTheFieldsAlone(t *testing.T) {
	_, b := open(t)
	unknown := b.ByScript(http.MethodPost, "/app-profiles", typed(url.Values{"application_id": {"a0000000-0000-4000-8000-00000000000f"}})).Page(t)
	if to := unknown.Find("#outcome [role=alert] a:contains('Grant admin consent')").AttrOr("href", ""); to != consentAddress("a0000000-0000-4000-8000-00000000000f") {
		t.Errorf("for consent it leads to %q", to)
	}
	res := b.ByScript(http.MethodPost, "/app-profiles", typed(url.Values{"client_secret": {wrong}}))
	page := res.Page(t)
	if res.StatusCode != http.StatusUnprocessableEntity || page.Find("#outcome [role=alert]").Length() != 1 || page.Find("input, textarea, select").Length() != 0 || page.Find("#client_secret-notes[hx-swap-oob] .field-error").Length() != 1 {
		t.Errorf("status %d\n%s", res.StatusCode, res.Text())
	}
	if res := b.ByScript(http.MethodPost, "/app-profiles", typed(nil)); res.StatusCode != http.StatusOK || res.Header.Get("Hx-Redirect") != "/app-profiles" {
		t.Errorf("saved: status %d to %q", res.StatusCode, res.Header.Get("Hx-Redirect"))
	}
}

// Files that are of no use are told beside their field.
func TestAFileThatIsNoCertificateIsRefused(t *testing.T) {
	_, b := open(t)
	form := typed(url.Values{"credential": {"certificate"}, "client_secret": nil})
	for file, says := range map[string]string{
		"no certificate": "neither PEM nor PFX",
		"":               "Choose a file",
		strings.Repeat("A", appprofile.MaxFile+1):      "larger than 32 KB",
		strings.Repeat("-----BEGIN X\n", 1_000_000/13): "larger than 32 KB",
	} {
		res := upload(t, b, form, file)
		if note := res.Page(t).Find("#certificate_file-notes .field-error"); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(note.Text(), says) {
			t.Errorf("a file of %d bytes: %d, %q", len(file), res.StatusCode, note.Text())
		}
	}
}

// R71: of a certificate that Purser makes the public part can be downloaded, and the private key never leaves.
func TestACertificateThatPurserMakes(t *testing.T) {
	_, b := open(t)
	details := create(t, b, url.Values{"credential": {"made"}, "client_secret": nil})
	pane := b.Get(details).Page(t).Find("[role=dialog]")
	href, there := pane.Find("a:contains('Download certificate')").Attr("href")
	if !there || !strings.Contains(plain(pane), "Not uploaded yet") || pane.Find("h2").Text() != "Contoso app" {
		t.Fatalf("the details say %s", plain(pane))
	}
	file := b.Get(href)
	block, rest := pem.Decode([]byte(file.Text()))
	if block == nil || block.Type != "CERTIFICATE" || len(bytes.TrimSpace(rest)) > 0 || !strings.HasPrefix(file.Header.Get("Content-Disposition"), "attachment; filename=\"purser-") {
		t.Fatalf("the download is %s: %s", file.Header.Get("Content-Disposition"), file.Text())
	}
	if cert, err := x509.ParseCertificate(block.Bytes); err != nil || !strings.Contains(plain(pane), strings.ToUpper("sha-256")) || cert.Subject.CommonName != "Purser "+app {
		t.Errorf("the certificate: %v", err)
	}
	for _, path := range []string{details + "/certificates/nothing.cer", strings.TrimSuffix(href, ".cer"), "/app-profiles/" + contoso + href[strings.Index(href, "/certificates"):]} {
		if res := b.Get(path); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s answers %d", path, res.StatusCode)
		}
	}
	if res := b.Post(details+"/check", nil); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("check: %d", res.StatusCode)
	}
	if alert := b.Get(details).Page(t).Find(".pane-body [role=alert]"); alert.Length() != 1 || !strings.Contains(plain(alert), "does not know the certificate yet") || !strings.Contains(plain(alert), "Correlation id") {
		t.Errorf("before it is uploaded the check says %q", plain(alert))
	}
}

// R71, R72: missing permissions alone are saved as such; the details show each with what it enables and what to do, with the help to
// grant them ready to be copied.
func TestMissingPermissionsAreShownWithWhatToDo(t *testing.T) {
	_, b := open(t)
	details := create(t, b, url.Values{"application_id": {poor}})
	if of := row(t, b, "Contoso app"); plain(of.Find(".badge")) != "Permissions missing" || !strings.Contains(plain(of), "GroupMember.Read.All") {
		t.Errorf("the row says %s", plain(of))
	}
	pane := b.Get(details).Page(t).Find("[role=dialog]")
	rows := pane.Find(".permissions tbody tr")
	if rows.Length() != len(appprofile.Permissions()) {
		t.Errorf("%d permissions", rows.Length())
	}
	states := map[string]string{}
	rows.Each(func(_ int, row *goquery.Selection) {
		states[plain(row.Find("td").First())] = plain(row.Find("td").Last().Find(".badge")) + ". " + plain(row.Find("td").Last().Find(".sub"))
	})
	for permission, want := range map[string]string{
		"GroupMember.Read.All Microsoft Graph · Application · needed": "Not granted. Add it as an application permission of Microsoft Graph and grant admin consent.",
		"User.Read.All Microsoft Graph · Application · needed":        "Granted. ",
		"AllSites.FullControl SharePoint · Delegated · optional":      "Unknown. Look under API permissions, or grant the app Directory.Read.All and select Check.",
	} {
		if got := states[permission]; got != want {
			t.Errorf("%s: %q", permission, got)
		}
	}
	consent := "https://login.microsoftonline.com/" + contoso + "/adminconsent?client_id=" + poor
	if pane.Find("a[href='"+consent+"'][target=_blank]").Length() != 1 {
		t.Error("no link for admin consent")
	}
	var copied []string
	pane.Find("#grant-title").Parent().Find("[data-copy]").Each(func(_ int, button *goquery.Selection) { copied = append(copied, button.AttrOr("data-copy", "")) })
	for _, want := range []string{consent, `"resourceAppId": "00000003-0000-0000-c000-000000000000"`, `"resourceAppId": "00000003-0000-0ff1-ce00-000000000000"`, "New-MgApplication"} {
		if !strings.Contains(strings.Join(copied, "\n"), want) {
			t.Errorf("nothing to copy has %q", want)
		}
	}
	if res := b.Post("/app-profiles/check", url.Values{"id": {strings.TrimPrefix(details, "/app-profiles/")}}); res.Header.Get("Location") != "/app-profiles" {
		t.Errorf("the list's Check leads to %q", res.Header.Get("Location"))
	}
	if alert := b.Get("/app-profiles").Page(t).Find("#flash [role=alert]"); !strings.Contains(alert.Text(), "1 needed permission missing: GroupMember.Read.All.") || alert.Find("a").AttrOr("href", "") != details {
		t.Errorf("the list says %q", plain(alert))
	}
}

// R62: where Microsoft 365 does not answer, nothing is saved and everything typed stays.
func TestMicrosoftDownInTheMiddleOfSave(t *testing.T) {
	h, b := open(t)
	details := create(t, b, nil)
	if err := h.Sim.SetFaults([]m365sim.Fault{{PathPrefix: "/", Status: 503}}); err != nil {
		t.Fatal(err)
	}
	res := b.Post("/app-profiles", typed(url.Values{"name": {"Another"}}))
	if page := res.Page(t); res.StatusCode != http.StatusBadGateway || page.Find("form#app [name=name]").AttrOr("value", "") != "Another" || !strings.Contains(page.Find("#outcome [role=alert]").Text(), "Nothing was saved") {
		t.Errorf("status %d: %s", res.StatusCode, plain(res.Page(t).Find("#outcome")))
	}
	if res := b.Post(details+"/check", nil); res.StatusCode != http.StatusSeeOther {
		t.Errorf("check: %d", res.StatusCode)
	}
	pane := b.Get(details).Page(t).Find("[role=dialog]")
	if plain(pane.Find(".identity .badge")) != "Active" || pane.Find(".pane-body [role=alert]").Length() != 1 {
		t.Errorf("the details say %s", plain(pane))
	}
	h.Sim.ResetFaults()
	if row(t, b, "Another").Length() != 0 {
		t.Error("something was saved")
	}
}

// R70: the last app profile of a tenant that is in use is named with what needs it, and goes only by its name.
func TestTheLastOneOfATenantInUse(t *testing.T) {
	_, b := open(t)
	details := create(t, b, nil)
	if res := b.Post("/service-accounts", url.Values{"name": {"Backup"}, "tenant": {contoso}, "services": {"fly"}, "username": {"svc-backup@contoso.com"}, "password": {"Marked-Secret-2026!"}}); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("no profile: %d", res.StatusCode)
	}
	id := strings.TrimPrefix(details, "/app-profiles/")
	dialog := b.Get("/app-profiles/delete?id=" + id).Page(t).Find("dialog#delete")
	if !strings.Contains(plain(dialog), "1 service account profile: Backup") || dialog.Find("label").Text() != "Name of the app profile" {
		t.Fatalf("the question says %s", plain(dialog))
	}
	for _, named := range []string{"", "contoso"} {
		res := b.Post("/app-profiles/delete", url.Values{"id": {id}, "named": {named}})
		if again := res.Page(t).Find("dialog#delete"); res.StatusCode != http.StatusUnprocessableEntity || again.Find("input[name=named]").AttrOr("value", "") != named || again.Find(".field-error").Length() != 1 {
			t.Errorf("named %q: %d\n%s", named, res.StatusCode, plain(again))
		}
	}
	if res := b.Post("/app-profiles/delete", url.Values{"id": {id}, "named": {"Contoso app"}}); res.StatusCode != http.StatusSeeOther {
		t.Errorf("not deleted: %d", res.StatusCode)
	}
	if page := b.Get("/tenants/" + contoso).Page(t); !strings.Contains(page.Text(), "Known from profiles only") {
		t.Errorf("the tenant says %s", plain(page.Find("main")))
	}
}

// R74: a second credential stands beside the first, and the former one is removed after a question.
func TestASecondCredential(t *testing.T) {
	h, b := open(t)
	details := create(t, b, nil)
	h.Clock.Advance(time.Minute)
	form := b.Get(details + "/credentials/new").Page(t).Find("form#app")
	if form.Find("[name=name]").Length() != 0 || form.Find("[name=credential]").Length() != 3 {
		t.Error("the form of a credential asks for more")
	}
	secret := url.Values{"version": {form.Find("[name=version]").AttrOr("value", "")}, "credential": {"secret"}, "client_secret": {wrong}}
	if res := b.Post(details+"/credentials", secret); res.StatusCode != http.StatusUnprocessableEntity || strings.Contains(res.Text(), wrong) {
		t.Errorf("a wrong one: %d", res.StatusCode)
	}
	secret.Set("client_secret", "Second-Client-Secret")
	if res := b.Post(details+"/credentials", secret); res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != details {
		t.Fatalf("not added: %d", res.StatusCode)
	}
	pane := b.Get(details).Page(t).Find("[role=dialog]")
	if pane.Find(".credentials > li").Length() != 2 || pane.Find("a:contains('Add credential')").Length() != 0 {
		t.Fatalf("the details say %s", plain(pane.Find(".credentials")))
	}
	used := pane.Find(".credentials > li:contains('In use')")
	if used.Length() != 1 || used.Index() != 1 {
		t.Errorf("of two that are accepted, the one that was added last is not marked: %s", plain(pane.Find(".credentials")))
	}
	remove, _ := pane.Find(".credentials a:contains('Remove')").First().Attr("href")
	dialog := b.Get(used.Find("a:contains('Remove')").AttrOr("href", "")).Page(t).Find("dialog#remove")
	if !strings.Contains(plain(dialog), "Purser uses this one now.") {
		t.Errorf("the question says %s", plain(dialog))
	}
	dialog = b.Get(remove).Page(t).Find("dialog#remove")
	if strings.Contains(plain(dialog), "Purser uses this one now.") {
		t.Errorf("the question about the other says %s", plain(dialog))
	}
	if res := b.Post(remove, url.Values{"version": {dialog.Find("[name=version]").AttrOr("value", "")}}); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("not removed: %d", res.StatusCode)
	}
	if pane := b.Get(details).Page(t).Find("[role=dialog]"); pane.Find(".credentials > li").Length() != 1 || !strings.Contains(plain(pane), "Credential removed.") || strings.Contains(plain(pane.Find(".credentials")), "In use") {
		t.Errorf("the details say %s", plain(pane))
	}
}

// R73: of several app profiles of a tenant one is preferred, and the tenant's page names them and what was read.
func TestSeveralOfATenant(t *testing.T) {
	_, b := open(t)
	create(t, b, nil)
	second := create(t, b, url.Values{"name": {"Second"}, "tenant": {contoso}, "application_id": {poor}})
	if !preferred(row(t, b, "Contoso app")) || preferred(row(t, b, "Second")) {
		t.Error("the first one is not the preferred one")
	}
	if res := b.Post(second+"/prefer", nil); res.StatusCode != http.StatusSeeOther || !preferred(row(t, b, "Second")) {
		t.Errorf("prefer: %d", res.StatusCode)
	}
	main := b.Get("/tenants/" + contoso).Page(t).Find("main")
	if links := main.Find("#apps a"); links.Length() != 2 || links.First().AttrOr("href", "") != second {
		t.Errorf("the tenant names %s", plain(main.Find("#apps")))
	}
	for _, want := range []string{"Contoso", "contoso.onmicrosoft.com Managed, initial", "fed.contoso.com Federated", "Security defaultsOff"} {
		if !strings.Contains(plain(main), want) {
			t.Errorf("the tenant does not say %q: %s", want, plain(main))
		}
	}
}

// R75: the first steps go on with what is done, and are gone with the first profile.
func TestTheFirstSteps(t *testing.T) {
	_, b := open(t)
	states := func() string {
		return plain(b.Get("/service-accounts").Page(t).Find(".first-steps .badge"))
	}
	if got := states(); got != "NextLaterLater" {
		t.Errorf("at first: %s", got)
	}
	details := create(t, b, url.Values{"application_id": {poor}})
	if got := states(); got != "DoneNextLater" {
		t.Errorf("connected, with permissions missing: %s", got)
	}
	create(t, b, url.Values{"name": {"Whole"}})
	if got := states(); got != "DoneDoneNext" {
		t.Errorf("with permissions: %s", got)
	}
	if res := b.Post("/service-accounts", url.Values{"name": {"Backup"}, "tenant": {contoso}, "services": {"fly"}, "username": {"svc-backup@contoso.com"}, "password": {"Marked-Secret-2026!"}}); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("no profile: %d", res.StatusCode)
	}
	if got := states(); got != "" {
		t.Errorf("with a profile they are still there: %s, %s", got, details)
	}
}

// R75: a step that was passed by is named above the list until it is done, and no longer.
func TestAFirstStepThatIsLeft(t *testing.T) {
	_, b := open(t)
	left := func() string { return plain(b.Get("/service-accounts").Page(t).Find(".first-left")) }
	create(t, b, url.Values{"application_id": {poor}})
	if res := b.Post("/service-accounts", url.Values{"name": {"Backup"}, "tenant": {contoso}, "services": {"fly"}, "username": {"svc-backup@contoso.com"}, "password": {"Marked-Secret-2026!"}}); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("no profile: %d", res.StatusCode)
	}
	if got := left(); got != "First steps: Check permissions" {
		t.Errorf("with a profile and permissions missing: %q", got)
	}
	create(t, b, url.Values{"name": {"Whole"}})
	if got := left(); got != "" {
		t.Errorf("with permissions: %q", got)
	}
}

// R2, R3, R60: who has no role sees nothing of it; whatever is typed is text; no secret is logged.
func TestTheDoorAndTheWords(t *testing.T) {
	h, b := open(t)
	const evil = `"><img src=x onerror=alert(1)><script>alert(1)</script>`
	for _, field := range []string{"name", "tenant", "application_id", "credential", "version"} {
		if res := b.Post("/app-profiles", typed(url.Values{field: {evil}})); strings.Contains(res.Text(), "<img src=x") || strings.Contains(res.Text(), "<script>alert") {
			t.Errorf("%s comes back as HTML", field)
		}
	}
	for _, query := range []string{"?q=", "?after=", "?status=", "?tenant="} {
		if res := b.Get("/app-profiles" + query + url.QueryEscape(evil)); res.StatusCode != http.StatusOK || strings.Contains(res.Text(), "<img src=x") {
			t.Errorf("%s answers %d", query, res.StatusCode)
		}
	}
	b.Post("/app-profiles", typed(url.Values{"client_secret": {wrong}}))
	for _, path := range []string{"/app-profiles", "/app-profiles/new", "/app-profiles/" + contoso, "/tenants/" + contoso} {
		if res := h.SignedIn(t, "user@purser.test").Get(path); res.StatusCode != http.StatusForbidden {
			t.Errorf("%s is open to everybody: %d", path, res.StatusCode)
		}
	}
	for _, path := range []string{"/app-profiles/nothing", "/app-profiles/nothing/edit", "/app-profiles/nothing/credentials/new", "/app-profiles/nothing/credentials/x/remove"} {
		if res := b.Get(path); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
	if log := h.Log.String(); strings.Contains(log, marked) || strings.Contains(log, wrong) {
		t.Error("the log holds a secret")
	}
}

// R70: the heads sort, up and down, and a command and a filter keep the order; long lists have pages, with a way back.
func TestTheListIsSortedByItsHeadsAndHasPages(t *testing.T) {
	h, b := open(t)
	caller := access.Caller{Issuer: "test", Subject: "test", Name: "Adele Vance", Roles: []access.Role{access.ServiceAdministrator}}
	for i := range 52 {
		draft := appprofile.Draft{Name: fmt.Sprintf("App %02d", i), Tenant: contoso, ApplicationID: app, Credential: appprofile.NewCredential{Choice: appprofile.None}}
		if _, err := h.App.Apps.Create(t.Context(), caller, audit.Origin{}, draft); err != nil {
			t.Fatal(err)
		}
	}
	if res := b.Post("/app-profiles", typed(url.Values{"name": {"With a secret"}})); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("not saved: %d", res.StatusCode)
	}
	names := func(page *goquery.Document) (first, last string) {
		rows := page.Find("#selection tbody tr")
		return rows.First().Find("a").First().Text(), rows.Last().Find("a").First().Text()
	}
	head := func(page *goquery.Document, label string) *goquery.Selection {
		return page.Find("thead th").FilterFunction(func(_ int, th *goquery.Selection) bool { return plain(th) == label })
	}
	follow := func(link *goquery.Selection) *goquery.Document {
		t.Helper()
		return b.Get(link.AttrOr("href", "")).Page(t)
	}
	page := b.Get("/app-profiles").Page(t)
	if first, last := names(page); first != "App 00" || last != "App 49" || head(page, "Name").AttrOr("aria-sort", "") != "ascending" || plain(page.Find(".pager-summary")) != "53 total" {
		t.Errorf("the first page goes from %s to %s, of %s", first, last, plain(page.Find(".pager-summary")))
	}
	page = follow(page.Find("a[rel=next]"))
	if first, last := names(page); first != "App 50" || last != "With a secret" || page.Find("a[rel=next]").Length() != 0 {
		t.Errorf("the next page goes from %s to %s", first, last)
	}
	page = follow(page.Find("a[rel=prev]"))
	if first, last := names(page); first != "App 00" || last != "App 49" || page.Find("a[rel=prev]").Length() != 0 {
		t.Errorf("back, the page goes from %s to %s", first, last)
	}
	page = follow(head(page, "Name").Find("a"))
	if first, _ := names(page); first != "With a secret" || head(page, "Name").AttrOr("aria-sort", "") != "descending" {
		t.Errorf("downwards it begins with %s", first)
	}
	page = follow(head(page, "Credential expires").Find("a"))
	if first, second := names(page); first != "With a secret" || second != "App 48" || page.Find("#filters [name=sort]").AttrOr("value", "") != "expires" || page.Find("#selection [name=sort]").AttrOr("value", "") != "expires" {
		t.Errorf("by the end of the credential it goes from %s to %s", first, second)
	}
	if head(page, "Credential").Find("a").Length() != 0 {
		t.Error("the kind of the credential sorts, though two have none in common")
	}
	for _, address := range []string{"?sort=nothing", "?after=x", "?before=x", "?sort=-", "?sort=status&after=" + strings.Repeat("A", 200)} {
		if res := b.Get("/app-profiles" + address); res.StatusCode != http.StatusOK || res.Page(t).Find("#selection tbody tr").Length() != 50 {
			t.Errorf("%s: %d", address, res.StatusCode)
		}
	}
}
