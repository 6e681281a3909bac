package activity_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"purser.example/internal/audit"
	"purser.example/internal/demo/demotest"
)

func texts(of *goquery.Selection) []string {
	return of.Map(func(_ int, s *goquery.Selection) string { return strings.TrimSpace(s.Text()) })
}

// R3, R63: Tenant Owners find the log in the navigation, with the heads and filters of old; nobody else may open it or learn of an entry.
func TestOnlyTenantOwnersReadTheLog(t *testing.T) {
	h := demotest.Open(t)
	owner := h.SignedIn(t, "owner@purser.test")
	page := owner.Get("/activity").Page(t)
	if got := texts(page.Find("thead th")); !slices.Equal(got, []string{"Time", "Who", "Action", "Object", "Result", "Address"}) {
		t.Errorf("heads %q", got)
	}
	if got := texts(page.Find("#filters label")); !slices.Equal(got, []string{"From", "To", "Person", "Object", "Action", "Result", "Tenant"}) {
		t.Errorf("filters %q", got)
	}
	if link := page.Find("nav#navigation a[aria-current=page]"); strings.TrimSpace(link.Text()) != "Activity log" || page.Find("h1").Text() != "Activity log" {
		t.Errorf("navigation %q", link.Text())
	}
	if page.Find("tbody tr").Length() == 0 || page.Find("svg rect").Length() == 0 || page.Find(".chart-numbers li").Length() == 0 {
		t.Error("no entries, or no picture of them")
	}
	for _, email := range []string{"admin@purser.test", "user@purser.test"} {
		b := h.SignedIn(t, email)
		for _, path := range []string{"/activity", "/activity/1", "/activity/999999", "/activity/x", "/activity?from=x"} {
			if res := b.Get(path); res.StatusCode != http.StatusForbidden {
				t.Errorf("%s reads %s: %d", email, path, res.StatusCode)
			}
		}
		if email == "admin@purser.test" && b.Get("/service-accounts").Page(t).Find("nav a[href='/activity']").Length() != 0 {
			t.Error("an administrator sees the way")
		}
	}
}

// R63: a change of a profile has a before and an after, and no password in any of the two.
func TestAChangeHasItsBeforeAndAfter(t *testing.T) {
	h := demotest.OpenFixture(t, `{"tenants": [{"id": "6f1c0000-0000-4000-8000-000000000001", "displayName": "Contoso", "initialDomain": "contoso.onmicrosoft.com", "connected": true,
		"apps": [{"appId": "a0000000-0000-4000-8000-000000000001", "clientSecret": "Marked-Client-Secret"}],
		"users": [{"userPrincipalName": "svc@contoso.onmicrosoft.com", "displayName": "Backup", "password": "Marked-Secret-2026!"}]}]}`)
	b := h.SignedIn(t, "owner@purser.test")
	if res := b.Post("/service-accounts", url.Values{
		"name": {"Backup"}, "tenant": {"6f1c0000-0000-4000-8000-000000000001"}, "services": {"fly"}, "username": {"svc@contoso.onmicrosoft.com"}, "password": {"Marked-Secret-2026!"},
	}); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("created: %d\n%s", res.StatusCode, res.Text())
	}
	row := b.Get("/service-accounts").Page(t).Find("#selection tbody td a").First()
	address, _ := url.Parse(row.AttrOr("href", ""))
	form := url.Values{}
	b.Get(address.Path + "/edit").Page(t).Find(".pane form [name]").Each(func(_ int, s *goquery.Selection) {
		_, checked := s.Attr("checked")
		switch name := s.AttrOr("name", ""); {
		case s.Is("textarea"):
			form.Set(name, s.Text())
		case s.Is("select"):
			form.Set(name, s.Find("option[selected]").AttrOr("value", ""))
		case s.AttrOr("type", "") != "checkbox" || checked:
			form.Add(name, s.AttrOr("value", ""))
		}
	})
	former := form.Get("name")
	form.Set("name", "Backup of Europe")
	if res := b.Post(address.Path, form); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("saved: %d\n%s", res.StatusCode, res.Text())
	}
	list := b.Get("/activity?" + url.Values{"action": {"profile changed"}, "object": {"backup of eu"}, "person": {"OWNER"}, "result": {"done"}}.Encode()).Page(t)
	entry := list.Find("tbody td a")
	if entry.Length() != 1 || !strings.HasSuffix(entry.AttrOr("aria-description", ""), "changed the profile Backup of Europe: name.") {
		t.Fatalf("entries %q", texts(list.Find("tbody tr")))
	}
	pane := b.Get(entry.AttrOr("href", "")).Page(t).Find(".pane")
	if got := texts(pane.Find("tbody td")); !slices.Equal(got, []string{"name", former, "Backup of Europe"}) {
		t.Errorf("before and after: %q", got)
	}
	if alone := b.ByScript(http.MethodGet, entry.AttrOr("href", ""), nil); strings.Contains(alone.Text(), "<nav") || !strings.Contains(alone.Text(), "entry-pane") {
		t.Error("htmx gets more than the pane")
	}
}

// R63: a filter that cannot be read is answered by 422 with a sentence beside its field, and what was typed stays.
func TestFiltersThatCannotBeRead(t *testing.T) {
	h := demotest.Open(t)
	b := h.SignedIn(t, "owner@purser.test")
	for query, wrong := range map[string][]string{
		"from=yesterday":                       {"from"},
		"to=2026-13-01":                        {"to"},
		"from=2026-11-30&to=2026-11-29":        {"to"},
		"from=x&to=y&result=z&person=Jo%CC%88": {"from", "to", "result"},
		"from=0001-01-01":                      {"from"},
	} {
		res := b.Get("/activity?" + query)
		page := res.Page(t)
		if res.StatusCode != http.StatusUnprocessableEntity || page.Find("[role=alert] a").Length() != len(wrong) {
			t.Errorf("%s: %d, %q", query, res.StatusCode, page.Find("[role=alert]").Text())
		}
		for _, name := range wrong {
			if page.Find("#"+name).AttrOr("aria-invalid", "") != "true" || page.Find("#"+name+"-error").Text() == "" {
				t.Errorf("%s: %s has no sentence", query, name)
			}
		}
		given, _ := url.ParseQuery(query)
		for _, name := range []string{"from", "to", "person"} {
			if got := page.Find("#"+name).AttrOr("value", ""); got != given.Get(name) {
				t.Errorf("%s: %s is %q", query, name, got)
			}
		}
	}
	for _, query := range []string{"from=2026-11-30", "to=2026-11-30T14%3A00", "from=2026-11-30+14:00:05", "after=x", "before=9-9", "action=none", "tenant=%00", "object=%25", "from=2026-11-30&to=2026-11-30"} {
		if res := b.Get("/activity?" + query); res.StatusCode != http.StatusOK {
			t.Errorf("%s: %d", query, res.StatusCode)
		}
	}
	for path, status := range map[string]int{"/activity/1": 200, "/activity/0": 404, "/activity/99999999": 404, "/activity/one": 404, "/activity/99999999999999999999": 404, "/activity/1?from=x": 200} {
		if res := b.Get(path); res.StatusCode != status {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
}

// R63: names that turn the writing around, markup, and actions of a newer Purser are told as they may be shown.
func TestWhatAnybodyMayHaveWritten(t *testing.T) {
	h := demotest.Open(t)
	b := h.SignedIn(t, "owner@purser.test")
	evil := audit.Entry{
		Actor: audit.Actor{Subject: "9", Name: "Ad\u200bele \u202ecnaV", SignIn: "<script>alert(1)</script>@contoso.com"}, Action: "key\u202e polished", Target: audit.Target{Kind: "k\u2066ey", ID: "\u202e1", Name: "=cmd|' /C calc'!A0\u202e"},
	}.With("not\u202ee", "\u202esecret\u202c").With("unit", strings.Repeat("x", 5000))
	if err := h.App.DB.Record(t.Context(), evil); err != nil {
		t.Fatal(err)
	}
	list := b.Get("/activity?action=" + url.QueryEscape(string(evil.Action)))
	entry := list.Page(t).Find("tbody td a")
	pane := b.Get(entry.AttrOr("href", "/nowhere"))
	seen := func(r *demotest.Response) string {
		page := r.Page(t)
		return page.Find("body").Text() + strings.Join(page.Find("[title], [aria-description]").Map(func(_ int, s *goquery.Selection) string {
			return s.AttrOr("title", "") + s.AttrOr("aria-description", "")
		}), "\n")
	}
	for _, text := range []string{seen(list), seen(pane)} {
		if strings.ContainsAny(text, "\u202e\u202c\u200b\u2066") {
			t.Error("the page has what turns writing around, or markup")
		}
	}
	if strings.Contains(list.Text()+pane.Text(), "<script>alert") {
		t.Error("the page has markup of somebody else's")
	}
	if pane.StatusCode != http.StatusOK || !strings.Contains(pane.Text(), "did something that this version of Purser doesn&#39;t know: key polished") {
		t.Errorf("%d\n%s", pane.StatusCode, pane.Text())
	}
}
