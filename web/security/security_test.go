package security_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"purser.example/internal/audit"
	"purser.example/internal/demo/demotest"
	"purser.example/internal/session"
)

// plain is a selection's text as somebody reads it.
func plain(s *goquery.Selection) string {
	s = s.Clone()
	s.Find("td, th, p, h2, li, b, span, dt, dd, time").AfterHtml(" ")
	return strings.Join(strings.Fields(s.Text()), " ")
}

// named gives the ids of the sessions of a person as the list has them.
func named(t *testing.T, b *demotest.Browser, path, name string) (ids []string) {
	t.Helper()
	b.Get(path).Page(t).Find("#selection tbody tr").Each(func(_ int, row *goquery.Selection) {
		if strings.Contains(plain(row), name) {
			ids = append(ids, row.Find("input[name=id]").AttrOr("value", ""))
		}
	})
	return ids
}

func form(action *goquery.Document) url.Values {
	values := url.Values{}
	action.Find("#end-form input").Each(func(_ int, in *goquery.Selection) { values.Add(in.AttrOr("name", ""), in.AttrOr("value", "")) })
	return values
}

// R66: the page of a Tenant Owner says who is signed in and from where, and which settings are in force; no other role opens it.
func TestTheSecurityPage(t *testing.T) {
	h := demotest.Open(t)
	admin := h.SignedIn(t, "admin@purser.test")
	h.Clock.Advance(time.Second)
	owner := h.SignedIn(t, "owner@purser.test")
	page := owner.Get("/settings/security").Page(t)
	rows := page.Find("#selection tbody tr")
	if rows.Length() != 2 || !strings.HasPrefix(plain(rows.Eq(0)), "Olivia Owner Tenant Owner") || !strings.HasSuffix(plain(rows.Eq(0)), "This session") || !strings.Contains(plain(rows.Eq(1)), "Adele Vance Service Administrator") || strings.Contains(plain(rows.Eq(1)), "This session") || !strings.Contains(plain(rows), "127.0.0.1") {
		t.Errorf("rows: %q", plain(rows))
	}
	// Where a row is a card, words in no element would stand before the person.
	if last := rows.Eq(0).Find("td").Last().Children().First(); last.Children().Length() != 2 || plain(last.Children().First()) == "" {
		t.Errorf("the browser and the mark are %q", last.Text())
	}
	if page.Find(`#navigation a[href="/settings/security"][aria-current="page"]`).Length() != 1 || plain(page.Find("h1")) != "Security" {
		t.Errorf("the navigation does not lead here")
	}
	text := plain(page.Find("main"))
	for _, want := range []string{"A session ends after 15 minutes", "A session ends after 12 hours", h.URL() + "/idp", "PURSER_SESSION_IDLE", "Trusted proxies None", "Encryption key Made for the demo"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, path := range []string{"/settings/security", "/settings/security/end", "/settings/security/end-person", "/settings/security/end-others"} {
		if res := admin.Get(path); res.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %d for a Service Administrator", path, res.StatusCode)
		}
	}
	for _, path := range []string{"/settings/security/end", "/settings/security/end-person", "/settings/security/end-others"} {
		if res := admin.Post(path, url.Values{"id": named(t, owner, "/settings/security", "Olivia Owner")}); res.StatusCode != http.StatusForbidden {
			t.Errorf("POST %s: %d for a Service Administrator", path, res.StatusCode)
		}
	}
	if admin.Get("/service-accounts").Page(t).Find(`#navigation a[href="/settings/security"]`).Length() != 0 {
		t.Error("the navigation leads a Service Administrator to what they may not open")
	}
}

// R66, X14: an owner ends a session after a dialog that names it; its next request leads to sign-in, what was half-typed can be sent after
// it, and the log says who did it to whom.
func TestAnOwnerEndsASession(t *testing.T) {
	h := demotest.Open(t)
	admin, owner := h.SignedIn(t, "admin@purser.test"), h.SignedIn(t, "owner@purser.test")
	ids := named(t, owner, "/settings/security", "Adele Vance")
	dialog := owner.Get("/settings/security/end?id=" + ids[0]).Page(t)
	if got := plain(dialog.Find("dialog#end")); !strings.Contains(got, "End this session?") || !strings.Contains(got, "Adele Vance") {
		t.Errorf("the dialog says %q", got)
	}
	res := owner.Post("/settings/security/end", form(dialog))
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/settings/security" {
		t.Fatalf("%d %s", res.StatusCode, res.Text())
	}
	after := owner.Get("/settings/security").Page(t)
	if got := plain(after.Find("#flash")); !strings.Contains(got, "1 session ended.") || after.Find("#selection tbody tr").Length() != 1 {
		t.Errorf("after: %q", got)
	}
	if res := admin.Get("/service-accounts"); res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(res.Header.Get("Location"), "/auth/sign-in") {
		t.Errorf("the ended session: %d", res.StatusCode)
	}
	typed := url.Values{"name": {"Nightly"}}
	if res := admin.Post("/scan-profiles", typed); res.StatusCode != http.StatusUnauthorized || !strings.Contains(res.Text(), "Your session has ended") {
		t.Errorf("a half-typed form: %d", res.StatusCode)
	}
	again := h.SignedIn(t, "admin@purser.test")
	if res := again.Post("/scan-profiles", typed); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("the form after signing in again: %d", res.StatusCode)
	}
	if res := owner.Post("/settings/security/end", url.Values{"id": ids}); res.StatusCode != http.StatusSeeOther || !strings.Contains(plain(owner.Get("/settings/security").Page(t).Find("#flash")), "No such session is left") {
		t.Errorf("again: %d", res.StatusCode)
	}
	entries, err := h.App.DB.Activity(t.Context(), 100)
	if err != nil {
		t.Fatal(err)
	}
	ended := slices.DeleteFunc(entries, func(l audit.Link) bool { return l.Action != session.Ended })
	if len(ended) != 1 || ended[0].Actor.SignIn != "owner@purser.test" || ended[0].Target.Name != "Adele Vance" || ended[0].Details["sign-in"] != "admin@purser.test" {
		t.Errorf("%+v", ended)
	}
}

// R66: all sessions of a person, and all but one's own.
func TestAnOwnerEndsAllSessions(t *testing.T) {
	h := demotest.Open(t)
	admins := []*demotest.Browser{h.SignedIn(t, "admin@purser.test"), h.SignedIn(t, "admin@purser.test")}
	other, owner := h.SignedIn(t, "owner@purser.test"), h.SignedIn(t, "owner@purser.test")
	ids := named(t, owner, "/settings/security", "Adele Vance")
	if len(ids) != 2 {
		t.Fatalf("%d sessions", len(ids))
	}
	dialog := owner.Get("/settings/security/end-person?id=" + ids[0]).Page(t)
	if got := plain(dialog.Find("dialog#end")); !strings.Contains(got, "End all sessions of Adele Vance?") {
		t.Errorf("the dialog says %q", got)
	}
	owner.Post("/settings/security/end-person", form(dialog))
	for i, b := range admins {
		if res := b.Get("/service-accounts"); res.StatusCode != http.StatusSeeOther {
			t.Errorf("session %d goes on: %d", i, res.StatusCode)
		}
	}
	h.SignedIn(t, "admin@purser.test")
	dialog = owner.Get("/settings/security/end-others").Page(t)
	owner.Post("/settings/security/end-others", form(dialog))
	if got := named(t, owner, "/settings/security", ""); len(got) != 2 {
		t.Errorf("%d sessions are left, want the owner's two", len(got))
	}
	if res := other.Get("/service-accounts"); res.StatusCode != http.StatusOK {
		t.Errorf("the owner's other session: %d", res.StatusCode)
	}
}

// R66: everybody sees and ends their own sessions, and the one that they use last of all.
func TestYourSessions(t *testing.T) {
	h := demotest.Open(t)
	phone, b := h.SignedIn(t, "admin@purser.test"), h.SignedIn(t, "admin@purser.test")
	owners := named(t, h.SignedIn(t, "owner@purser.test"), "/settings/sessions", "")
	if res := b.Get("/service-accounts"); res.Page(t).Find(`#person-menu a[href="/settings/sessions"]`).Text() != "Your sessions" {
		t.Error("the person's menu does not lead to their sessions")
	}
	if ids := named(t, b, "/settings/sessions", ""); len(ids) != 2 || slices.Contains(ids, owners[0]) {
		t.Errorf("sessions %q", ids)
	}
	if res := b.Get("/settings/sessions/end?id=" + owners[0]); res.StatusCode != http.StatusSeeOther {
		t.Errorf("somebody else's is offered: %d", res.StatusCode)
	}
	b.Post("/settings/sessions/end", url.Values{"id": owners})
	if got := plain(b.Get("/settings/sessions").Page(t).Find("#flash")); !strings.Contains(got, "Nothing was changed") {
		t.Errorf("somebody else's was ended: %q", got)
	}
	b.Post("/settings/sessions/end-others", form(b.Get("/settings/sessions/end-others").Page(t)))
	if res := phone.Get("/service-accounts"); res.StatusCode != http.StatusSeeOther {
		t.Errorf("the other session goes on: %d", res.StatusCode)
	}
	this := named(t, b, "/settings/sessions", "This session")
	dialog := b.Get("/settings/sessions/end?id=" + this[0]).Page(t)
	if got := plain(dialog.Find("dialog#end")); !strings.Contains(got, "you will be signed out of Purser") {
		t.Errorf("the dialog says %q", got)
	}
	if res := b.Post("/settings/sessions/end", form(dialog)); res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/auth/signed-out" {
		t.Errorf("%d %s", res.StatusCode, res.Header.Get("Location"))
	}
	if res := b.Get("/auth/signed-out"); res.StatusCode != http.StatusOK {
		t.Errorf("signed out: %d", res.StatusCode)
	}
	if res := b.Get("/service-accounts"); res.StatusCode != http.StatusSeeOther {
		t.Errorf("the session goes on: %d", res.StatusCode)
	}
}
