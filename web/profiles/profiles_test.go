package profiles_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"purser.example/internal/demo/demotest"
	"purser.example/internal/m365sim"
)

const (
	contoso = "6f1c0000-0000-4000-8000-000000000001"
	marked  = "Marked-Secret-2026!"
	wrong   = "Wrong-Secret-2026!"
)

const profilesFixture = `{"tenants": [{"id": "` + contoso + `", "displayName": "Contoso", "initialDomain": "contoso.onmicrosoft.com", "connected": true,
  "apps": [{"appId": "a0000000-0000-4000-8000-000000000001", "clientSecret": "Marked-Client-Secret"}],
  "users": [{"userPrincipalName": "svc-backup@contoso.onmicrosoft.com", "password": "` + marked + `"}, {"userPrincipalName": "svc-other@contoso.onmicrosoft.com", "password": "` + marked + `"}]}]}`

func openProfiles(t *testing.T) (*demotest.House, *demotest.Browser) {
	t.Helper()
	h := demotest.OpenFixture(t, profilesFixture)
	return h, h.SignedIn(t, "admin@purser.test")
}

func typed(changes url.Values) url.Values {
	form := url.Values{
		"name": {"Backup – Europe"}, "description": {"Nightly"}, "tenant": {contoso}, "services": {"fly", "opus"},
		"username": {"svc-backup@contoso.onmicrosoft.com"}, "password": {marked},
	}
	maps.Copy(form, changes)
	return form
}

// R17: without script a refused Save comes back as a whole page with everything typed, but never the password.
func TestARefusedSaveKeepsWhatWasTyped(t *testing.T) {
	for name, tc := range map[string]struct {
		changes url.Values
		says    string
	}{
		"a mistake":        {url.Values{"username": {"svc-backup"}}, "svc-backup@contoso.onmicrosoft.com."},
		"a wrong password": {url.Values{"password": {wrong}}, "AADSTS50126"},
		"nobody":           {url.Values{"username": {"nobody@contoso.onmicrosoft.com"}}, "AADSTS50034"},
	} {
		t.Run(name, func(t *testing.T) {
			_, b := openProfiles(t)
			form := typed(tc.changes)
			res := b.Post("/service-accounts", form)
			page := res.Page(t)
			alert := page.Find(`[role="alert"]`)
			if res.StatusCode != http.StatusUnprocessableEntity || alert.Length() == 0 || !strings.Contains(page.Text(), tc.says) {
				t.Fatalf("status %d\n%s", res.StatusCode, alert.Text())
			}
			if got := page.Find("#name").AttrOr("value", ""); got != form.Get("name") {
				t.Errorf("name %q", got)
			}
			if got := page.Find("#username").AttrOr("value", ""); got != form.Get("username") {
				t.Errorf("username %q", got)
			}
			if got := page.Find(`#tenant option[selected]`).AttrOr("value", ""); got != contoso {
				t.Errorf("tenant %q", got)
			}
			if got := page.Find(`input[name="services"][checked]`).Length(); got != 2 {
				t.Errorf("%d services", got)
			}
			if _, there := page.Find("#password").Attr("value"); there || strings.Contains(res.Text(), form.Get("password")) {
				t.Error("the password came back")
			}
		})
	}
}

// With htmx the answer holds the outcome and the notes below the fields, and no field: what was typed stays in them.
func TestARefusedSaveOfAScriptLeavesTheFieldsAlone(t *testing.T) {
	_, b := openProfiles(t)
	res := b.ByScript(http.MethodPost, "/service-accounts", typed(url.Values{"password": {wrong}}))
	page := res.Page(t)
	if res.StatusCode != http.StatusUnprocessableEntity || page.Find("#outcome [role=alert]").Length() != 1 || page.Find("input:not([type=hidden]), textarea, select").Length() != 0 {
		t.Errorf("status %d\n%s", res.StatusCode, res.Text())
	}
	res = b.ByScript(http.MethodPost, "/service-accounts", typed(nil))
	if res.StatusCode != http.StatusOK || res.Header.Get("Hx-Redirect") != "/service-accounts" {
		t.Errorf("saved: status %d to %q", res.StatusCode, res.Header.Get("Hx-Redirect"))
	}
	list := b.Get("/service-accounts").Page(t)
	row := list.Find("tr[data-told]")
	if note := list.Find("#flash [role=status] a"); note.Text() != "Open" || note.AttrOr("href", "") != row.Find("a").AttrOr("href", "none") {
		t.Errorf("the note leads to %q, and marked is %q", note.AttrOr("href", ""), row.Find("a").AttrOr("href", ""))
	}
}

// Whatever is typed is text, wherever it is shown.
func TestHTMLInEveryFieldIsText(t *testing.T) {
	_, b := openProfiles(t)
	const evil = `"><img src=x onerror=alert(1)><script>alert(1)</script>`
	for _, field := range []string{"name", "description", "tenant", "services", "username", "version", "overwrite"} {
		res := b.Post("/service-accounts", typed(url.Values{field: {evil}}))
		if strings.Contains(res.Text(), "<img src=x") || strings.Contains(res.Text(), "<script>alert") {
			t.Errorf("%s comes back as HTML", field)
		}
	}
	for _, path := range []string{"/service-accounts", "/service-accounts?q=", "/service-accounts?status=", "/service-accounts?sort=", "/service-accounts/new?q=", "/service-accounts?after="} {
		res := b.Get(path + url.QueryEscape(evil))
		if strings.Contains(res.Text(), "<img src=x") || strings.Contains(res.Text(), "<script>alert") {
			t.Errorf("%s comes back as HTML", path)
		}
	}
	if res := b.Get("/service-accounts"); !strings.Contains(res.Text(), "&lt;script&gt;alert(1)") {
		t.Error("control: the profile with that name was not made")
	}
}

func TestUnknownProfilesAreNotFound(t *testing.T) {
	_, b := openProfiles(t)
	for _, path := range []string{"/service-accounts/nothing", "/service-accounts/%27--", "/service-accounts/019aaaaa-0000-7000-8000-000000000000/edit"} {
		if res := b.Get(path); res.StatusCode != http.StatusNotFound {
			t.Errorf("GET %s: %d", path, res.StatusCode)
		}
	}
	if res := b.Post("/service-accounts/nothing/validate", url.Values{}); res.StatusCode != http.StatusNotFound {
		t.Errorf("validate: %d", res.StatusCode)
	}
	if res := b.Post("/service-accounts/nothing", typed(nil)); res.StatusCode != http.StatusConflict || !strings.Contains(res.Text(), "deleted") {
		t.Errorf("an edit of what is gone: %d", res.StatusCode)
	}
}

// R60, R61: a whole journey with marked secrets, after which they are in no file, log, page or journal.
func TestNoSecretIsLeftBehind(t *testing.T) {
	h, b := openProfiles(t)
	var seen strings.Builder
	look := func(res *demotest.Response) *demotest.Response {
		fmt.Fprintln(&seen, res.Header, res.Text())
		return res
	}
	look(b.Post("/service-accounts", typed(url.Values{"password": {wrong}})))
	look(b.Post("/service-accounts", typed(nil)))
	list := look(b.Get("/service-accounts"))
	href, _ := list.Page(t).Find("#selection td>a").Attr("href")
	if href == "" {
		t.Fatal("the profile is not in the list")
	}
	look(b.Get(href))
	look(b.Get(href + "/edit"))
	look(b.Post(href, typed(url.Values{"version": {"1"}, "username": {"svc-other@contoso.onmicrosoft.com"}})))
	look(b.Post(href, typed(url.Values{"version": {"1"}, "password": {wrong}}))) // conflict
	if err := h.Sim.SetFaults([]m365sim.Fault{{PathPrefix: "/", Status: 503, Body: "<html>", ContentType: "text/html"}}); err != nil {
		t.Fatal(err)
	}
	look(b.Post(href+"/validate", url.Values{}))
	look(b.Get(href))
	h.Sim.ResetFaults()
	look(b.Post(href+"/validate", url.Values{}))
	look(b.Get("/service-accounts/delete?id=" + strings.TrimPrefix(href, "/service-accounts/")))
	entries, err := h.App.DB.Activity(t.Context(), 100)
	if err != nil {
		t.Fatal(err)
	}
	journal := h.Sim.Requests()
	files := map[string]string{"pages": seen.String(), "log": h.Log.String(), "activity": fmt.Sprint(entries), "journal": fmt.Sprint(journal)}
	names, err := filepath.Glob(filepath.Join(h.Data, "*"))
	if err != nil || len(names) < 3 {
		t.Fatalf("%v %v", names, err)
	}
	for _, name := range names {
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.Base(name)] = string(body)
	}
	for _, secret := range []string{marked, wrong, "Marked-Client-Secret"} {
		for where, text := range files {
			if strings.Contains(text, secret) || strings.Contains(text, url.QueryEscape(secret)) {
				t.Errorf("%s holds a secret", where)
			}
		}
	}
	if !strings.Contains(files["purser.db-wal"]+files["purser.db"], "svc-other@contoso") || len(journal) < 10 || !regexp.MustCompile(`validation ended`).MatchString(files["activity"]) {
		t.Error("control: the journey left too few traces to search")
	}
	if err := h.App.DB.VerifyActivity(t.Context()); err != nil {
		t.Error(err)
	}
}

// R17: a verdict leads to no page that is missing, and its links open beside the form, so that nothing typed is lost.
func TestAVerdictsLinksLeadSomewhere(t *testing.T) {
	h, b := openProfiles(t)
	for _, code := range []string{"700016", "50126", "599999"} {
		if err := h.Sim.PatchUser("svc-backup@contoso.onmicrosoft.com", []byte(`{"signInError": `+code+`}`)); err != nil {
			t.Fatal(err)
		}
		res := b.Post("/service-accounts", typed(nil))
		links := res.Page(t).Find(`[role="alert"] a`)
		if res.StatusCode != http.StatusUnprocessableEntity || links.Length() == 0 {
			t.Fatalf("%s: %d with %d links", code, res.StatusCode, links.Length())
		}
		links.Each(func(_ int, a *goquery.Selection) {
			href := a.AttrOr("href", "")
			if a.AttrOr("target", "") != "_blank" {
				t.Errorf("%s: %s takes the place of the form", code, href)
			}
			if strings.HasPrefix(href, "/") {
				if page := b.Get(href); page.StatusCode != http.StatusOK {
					t.Errorf("%s: %s answers %d", code, href, page.StatusCode)
				}
			}
		})
	}
}

// X34, X35, R10: the tiles count what the search and the filters let through, and each leads to as many; the search passes over accents,
// and finds by description, service and code.
func TestTheTilesCountWhatIsSearchedFor(t *testing.T) {
	h, b := openProfiles(t)
	saved(t, b, url.Values{"name": {"Archiv München"}, "description": {"Für die Straße"}, "services": {"fly"}})
	href := saved(t, b, url.Values{"name": {"Other"}, "description": {""}, "services": {"opus"}, "username": {"svc-other@contoso.onmicrosoft.com"}})
	if err := h.Sim.PatchUser("svc-other@contoso.onmicrosoft.com", []byte(`{"accountEnabled": false}`)); err != nil {
		t.Fatal(err)
	}
	b.Post(href+"/validate", url.Values{})
	for q, want := range map[string]string{
		"": "2 All profiles 1 Valid 1 Need attention", "munchen": "1 All matching 1 Valid 0 Need attention", "STRASSE": "1 All matching 1 Valid 0 Need attention",
		"opus": "1 All matching 0 Valid 1 Need attention", "aadsts50057": "1 All matching 0 Valid 1 Need attention", "50057": "1 All matching 0 Valid 1 Need attention",
		"svc-": "2 All matching 1 Valid 1 Need attention", "nothing like it": "0 All matching 0 Valid 0 Need attention",
	} {
		page := b.Get("/service-accounts?" + url.Values{"q": {q}}.Encode()).Page(t)
		tiles := page.Find("#tiles a")
		said := tiles.Map(func(_ int, tile *goquery.Selection) string {
			return tile.Find("b").Text() + " " + tile.Find("span").Text()
		})
		if got := strings.Join(said, " "); !strings.HasPrefix(got, want) {
			t.Errorf("%q: %q, want %q", q, got, want)
		}
		for _, tile := range tiles.EachIter() {
			rows := b.Get(tile.AttrOr("href", "")).Page(t).Find("#selection tbody tr").Length()
			if count := tile.Find("b").Text(); count != fmt.Sprint(rows) {
				t.Errorf("%q: the tile %q leads to %d rows", q, tile.Text(), rows)
			}
		}
	}
}

// X31: while a simulator answers, every page says so, for whoever is not signed in too.
func TestEveryPageSaysThatASimulatorAnswers(t *testing.T) {
	h, b := openProfiles(t)
	for _, path := range []string{"/service-accounts", "/service-accounts/new", "/classic/account-pool", "/help/validation-notes", "/nothing-here"} {
		if said := b.Get(path).Page(t).Find(".simulated").Text(); !strings.Contains(said, "A simulator is used instead of Microsoft 365.") {
			t.Errorf("%s says %q", path, said)
		}
	}
	if said := h.Browser(t).Get("/auth/signed-out").Page(t).Find(".simulated").Length(); said != 1 {
		t.Error("whoever is signed out hears nothing of it")
	}
}
