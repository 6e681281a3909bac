package profiles_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"purser.example/internal/demo/demotest"
)

const connectHref = "/app-profiles/new?for=" + contoso

// disconnect deletes the tenant's only app profile as its owner does.
func disconnect(t *testing.T, h *demotest.House) {
	t.Helper()
	res := h.SignedIn(t, "owner@purser.test").Post("/app-profiles/delete", url.Values{"id": {contoso}, "named": {"Contoso"}})
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("not deleted: %d\n%s", res.StatusCode, res.Text())
	}
}

// Issue 13: a Save for a tenant whose last app profile was deleted says so beside the tenant, leads to a new app profile for it, and keeps
// what was typed, with and without script.
func TestASaveForATenantWithoutAnAppProfile(t *testing.T) {
	h, b := openProfiles(t)
	saved(t, b, nil)
	disconnect(t, h)
	form := typed(url.Values{"name": {"Second"}, "username": {"svc-other@contoso.onmicrosoft.com"}})
	res := b.Post("/service-accounts", form)
	page := res.Page(t)
	if said := page.Find("#tenant-error").Text(); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(said+page.Find(".field-error").Text(), "no app profile") {
		t.Errorf("without script: %d, %q", res.StatusCode, page.Find("#outcome").Text())
	}
	if link := page.Find("#outcome .links a"); link.AttrOr("href", "") != connectHref || !strings.HasPrefix(strings.TrimSpace(link.Text()), "Create app profile") {
		t.Errorf("the link leads to %q", link.AttrOr("href", ""))
	}
	if page.Find("#name").AttrOr("value", "") != "Second" || page.Find("#tenant option[selected]").AttrOr("value", "") != contoso {
		t.Error("what was typed is lost")
	}
	if option := page.Find("#tenant option[selected]").Text(); !strings.HasSuffix(option, "no app profile") {
		t.Errorf("the tenant is offered as %q", option)
	}
	res = b.ByScript(http.MethodPost, "/service-accounts", form)
	page = res.Page(t)
	if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(page.Text(), "no app profile") || page.Find("#outcome .links a").AttrOr("href", "") != connectHref || page.Find("input:not([type=hidden]), select").Length() != 0 {
		t.Errorf("with script: %d\n%s", res.StatusCode, res.Text())
	}
	if got := h.SignedIn(t, "owner@purser.test").Get(connectHref).Page(t).Find("#tenant").AttrOr("value", ""); got != "contoso.onmicrosoft.com" {
		t.Errorf("the form of the new app profile opens for %q", got)
	}
}

// Issue 13: Validate, in the details and in the list, says the same on the page it began at, with the link; the stored profile still shows
// its tenant.
func TestValidateForATenantWithoutAnAppProfile(t *testing.T) {
	h, b := openProfiles(t)
	href := saved(t, b, nil)
	disconnect(t, h)
	sent := h.Passwords()
	for name, post := range map[string]func() *demotest.Response{
		"details": func() *demotest.Response { return b.Post(href+"/validate", nil) },
		"list": func() *demotest.Response {
			return b.Post("/service-accounts/validate", url.Values{"id": {string(idOf(href))}})
		},
	} {
		res := post()
		if res.StatusCode != http.StatusSeeOther {
			t.Errorf("%s: %d\n%s", name, res.StatusCode, res.Text())
			continue
		}
		page := b.Get(res.Header.Get("Location")).Page(t)
		if alert := page.Find("[role=alert]:contains('no app profile')"); alert.Length() == 0 || page.Find(`a[href="`+connectHref+`"]`).Length() == 0 {
			t.Errorf("%s says %q", name, page.Find("[role=alert]").Text())
		}
	}
	if h.Passwords() != sent {
		t.Error("a password was sent")
	}
	if page := b.Get(href).Page(t); !strings.Contains(page.Find("[role=dialog]").Text(), "Contoso") {
		t.Error("the profile does not show its tenant")
	}
}

// Issue 13: the page of a run says why nothing was tried.
func TestARunSaysThatATenantHasNoAppProfile(t *testing.T) {
	h, b, ids := openRuns(t)
	disconnect(t, h)
	to := b.Post("/service-accounts/validate", url.Values{"id": ids}).Header.Get("Location")
	if text := finished(t, b, to); strings.Count(text, "The tenant has no app profile.") != 2 || strings.Contains(text, "our side") {
		t.Errorf("the run says\n%s", text)
	}
	if log := h.Log.String(); strings.Contains(log, "item of a run not tried") {
		t.Error("the log tells of a fault")
	}
}
