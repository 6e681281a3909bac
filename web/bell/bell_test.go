package bell_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"purser.example/internal/demo/demotest"
	"purser.example/internal/event"
)

// plain is a selection's text as somebody reads it.
func plain(s *goquery.Selection) string {
	s = s.Clone()
	s.Find("td, th, p, h2, li, b, span, time").AfterHtml(" ")
	return strings.Join(strings.Fields(s.Text()), " ")
}

// ring is what the bell of a page says.
func ring(t *testing.T, b *demotest.Browser, path string) (name, shows string) {
	t.Helper()
	bell := b.Get(path).Page(t).Find("header .icon-bell")
	if bell.Length() != 1 || bell.AttrOr("href", "") != "/notifications" {
		t.Fatalf("%s has %d bells", path, bell.Length())
	}
	return bell.AttrOr("title", ""), plain(bell)
}

func happened(h *demotest.House, n int, kind event.Kind) event.Event {
	return event.Event{
		ID: event.IDOf(kind, strconv.Itoa(n)), Kind: kind, At: h.Clock.Now().Add(time.Duration(n) * time.Second), Cause: "Password expired (AADSTS50055)", Account: "svc@contoso.com",
		Object: event.Object{Kind: "profile", ID: "p" + strconv.Itoa(n), Name: "Backup <b>" + strconv.Itoa(n)}, Facts: []event.Fact{{Name: "Since", Value: "Monday"}},
	}
}

// R92: the bell counts what happened since one's last look, for each person by themselves and by what their role may see; the page lists it,
// and a look that is confirmed ends the counting, but not for what came meanwhile.
func TestTheBell(t *testing.T) {
	h := demotest.Open(t)
	owner, admin := h.SignedIn(t, "owner@purser.test"), h.SignedIn(t, "admin@purser.test")
	if name, shows := ring(t, owner, "/service-accounts"); name != "What happened" || shows != "" {
		t.Errorf("while nothing happened: %q %q", name, shows)
	}
	if text := plain(owner.Get("/notifications").Page(t).Find("main")); !strings.Contains(text, "Nothing happened yet") {
		t.Errorf("%s", text)
	}
	put := func(events ...event.Event) {
		t.Helper()
		if err := h.App.Events.Put(t.Context(), events...); err != nil {
			t.Fatal(err)
		}
	}
	put(happened(h, 1, event.Broken), happened(h, 2, event.Recovered), happened(h, 3, event.LogBroken))
	if name, shows := ring(t, owner, "/people"); name != "What happened: 3 new" || shows != "3" {
		t.Errorf("an owner: %q %q", name, shows)
	}
	if name, shows := ring(t, admin, "/people"); name != "What happened: 2 new" || shows != "2" {
		t.Errorf("an administrator: %q %q", name, shows)
	}
	page := owner.Get("/notifications").Page(t)
	rows := page.Find("tbody tr")
	if rows.Length() != 3 || !strings.HasPrefix(plain(rows.Eq(0)), "Activity log altered New") || !strings.Contains(plain(rows.Eq(2)), "Account stopped working New") || !strings.Contains(plain(rows.Eq(2)), "Backup <b>1 svc@contoso.com Password expired (AADSTS50055)") {
		t.Errorf("%q", plain(rows))
	}
	if href := rows.Eq(2).Find("a").AttrOr("href", ""); href != "/service-accounts/p1" {
		t.Errorf("it leads to %s", href)
	}
	if href := rows.Eq(0).Find("a").AttrOr("href", ""); href != "/activity" {
		t.Errorf("an altered log leads to %s", href)
	}
	if page.Find(".icon-bell[aria-current=page]").Length() != 1 {
		t.Error("the bell does not say that one is there")
	}
	put(happened(h, 4, event.Broken)) // meanwhile
	form := page.Find("form[action='/notifications/seen'] input")
	res := owner.Post("/notifications/seen", url.Values{form.AttrOr("name", ""): {form.AttrOr("value", "")}})
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/notifications" {
		t.Fatalf("%d %s", res.StatusCode, res.Text())
	}
	if name, _ := ring(t, owner, "/service-accounts"); name != "What happened: 1 new" {
		t.Errorf("afterwards: %q", name)
	}
	if name, _ := ring(t, admin, "/service-accounts"); name != "What happened: 3 new" {
		t.Errorf("an administrator afterwards: %q", name)
	}
	if rows := owner.Get("/notifications").Page(t).Find("tbody tr"); rows.Length() != 4 || rows.Find(".chip").Length() != 1 {
		t.Errorf("%q", plain(rows))
	}
	if text := plain(admin.Get("/notifications").Page(t).Find("main")); strings.Contains(text, "Activity log altered") {
		t.Errorf("an administrator sees %s", text)
	}
}

// R92: a number too large says so, and the page is read a part at a time.
func TestTheBellOfAStorm(t *testing.T) {
	h := demotest.Open(t)
	owner := h.SignedIn(t, "owner@purser.test")
	var events []event.Event
	for n := range 120 {
		events = append(events, happened(h, n, event.Broken))
	}
	if err := h.App.Events.Put(t.Context(), events...); err != nil {
		t.Fatal(err)
	}
	if name, shows := ring(t, owner, "/notifications"); name != "What happened: 99+ new" || shows != "99+" {
		t.Errorf("%q %q", name, shows)
	}
	seen := map[string]bool{}
	for path := "/notifications"; path != ""; {
		page := owner.Get(path).Page(t)
		page.Find("tbody tr a").Each(func(_ int, a *goquery.Selection) { seen[a.Text()] = true })
		path = page.Find(".links a").AttrOr("href", "")
	}
	if len(seen) != 120 {
		t.Errorf("%d events", len(seen))
	}
	for _, through := range []string{"", "x", "99999999999999999999"} {
		if res := owner.Post("/notifications/seen", url.Values{"through": {through}}); res.StatusCode != http.StatusBadRequest {
			t.Errorf("%q: %d", through, res.StatusCode)
		}
	}
	if res := owner.Post("/notifications/seen", url.Values{"through": {"9999999"}}); res.StatusCode != http.StatusSeeOther {
		t.Errorf("%d", res.StatusCode)
	}
	if err := h.App.Events.Put(t.Context(), happened(h, 500, event.Broken)); err != nil {
		t.Fatal(err)
	}
	if name, _ := ring(t, owner, "/notifications"); name != "What happened: 1 new" {
		t.Errorf("who said too much misses what comes: %q", name)
	}
}
